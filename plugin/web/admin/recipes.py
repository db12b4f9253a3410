"""Which popups come ready, what does each do for whom, and which has the owner adopted?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect

from plugin.journey.recipes import Draft, draft_of
from plugin.segment.templates import template_called
from plugin.serve.recommend.gauge import Gauge, sentence
from plugin.serve.retain.recipes import GROUPS, RECIPES, Recipe, recipe_called
from plugin.storage import gauges, segments
from plugin.storage.segments import Segment
from plugin.web.admin.rule_words import trigger_words
from plugin.web.admin.words import KINDS
from plugin.web.definitions import bring_up_to_date
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now

WITHIN_MS = 1_500  # that adopting waits for the members of its segments; the clock finds the rest


@dataclass(frozen=True)
class Card:
    """One recipe as it stands on the page, in the owner's language.

    ``needs``: what its products still lack. ``segment`` None: the shop has not adopted it yet.
    """

    key: str
    name: str
    does: str
    kind: str
    comes: str
    who: str
    who_name: str
    template: str
    segment: Segment | None
    never: tuple[str, ...]
    needs: tuple[str, ...]
    links: tuple[str, ...]
    draft: Draft


@framed
def recipes() -> Any:
    """The 20 recipes by what they are for, each with its picture."""
    shop, language = shop_now(), language_now()
    with store_now().read() as tx:
        saved = segments.by_slug(tx)
        known = gauges.gauges(tx, here().now(), shop.manners.free_shipping)
        drafts = {key: draft_of(tx, one, set(saved)) for key, one in RECIPES.items()}
    counted = {one.strategy: one for one in known}
    cards: dict[str, list[Card]] = {group.slug: [] for group in GROUPS}
    for key, one in RECIPES.items():
        cards[one.group].append(_card(one, language, saved, counted, drafts[key]))
    return page(
        "popup_recipes.html",
        groups=[(one.slug, one.name.of(language), one.about.of(language)) for one in GROUPS],
        cards=cards,
    )


@framed
def adopt(key: str) -> Any:
    """Make a draft of a recipe, and go to it."""
    shop, one = shop_now(), recipe_called(key)
    here().writer.do(
        shop.name, "adopt_recipe", key=one.key, language=language_now(), now=here().now()
    )
    bring_up_to_date(shop, WITHIN_MS)
    return redirect(link("popups", one.key, "edit"), 303)


def _card(
    one: Recipe,
    language: str,
    saved: Mapping[str, Segment],
    counted: Mapping[str, Gauge],
    draft: Draft,
) -> Card:
    template, segment = template_called(one.segment), saved.get(one.segment)
    short = [counted[name] for name in one.strategies if name in counted]
    never = [template_called(slug).name.of(language) for slug in one.never]
    return Card(
        key=one.key,
        name=one.name.of(language),
        does=one.does.of(language),
        kind=str(KINDS[one.popup["kind"]]),
        comes=trigger_words(one.popup),
        who=template.says(language),
        who_name=template.name.of(language) if segment is None else segment.name,
        template=one.segment,
        segment=segment,
        never=tuple(never),
        needs=tuple(sentence(gauge, language) for gauge in short if not gauge.enough),
        links=one.links,
        draft=draft,
    )
