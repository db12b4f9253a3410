"""Which segments come ready, how many would be in each, and which has the owner adopted?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, redirect, request
from flask_babel import gettext as _

from plugin.errors import DocumentRefused, PluginError
from plugin.journey.adopt import (
    LadderStanding,
    Standing,
    known_values,
    ladder_standing,
    standing,
)
from plugin.segment.rule import read_rule
from plugin.segment.templates import LATER, MODELS, TEMPLATES, template_called
from plugin.segment.templates.ladder import ABOUT, KNOBS, NAME, RUNGS, ladder_state, ladder_values
from plugin.segment.templates.ladder import KEY as LADDER
from plugin.segment.templates.pattern import SHARE, WHOLE, Knob, ThresholdRefused
from plugin.segment.templates.template import Template
from plugin.shop import Shop
from plugin.storage import rules, segments
from plugin.storage.rules import Estimate
from plugin.web.definitions import bring_up_to_date
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now, number

COUNT_MS = 400  # that counting one card may take
WITHIN_MS = 1_500  # that adopting waits for the members; the clock finds the rest
FIELD = "t-"  # before the name of a threshold's field


@dataclass(frozen=True)
class Field:
    """A threshold as it stands on the page: a share in per cent."""

    name: str
    label: str
    value: str
    low: str
    high: str
    step: str


@dataclass(frozen=True)
class Card:
    """One template as it stands on the page, in the owner's language."""

    key: str
    name: str
    who: str
    use: str
    state: str
    part: bool  # a part of it waits for predictions
    fields: tuple[Field, ...]
    stands: Standing
    size: Estimate | None = None  # as just counted


@framed
def templates() -> Any:
    """The 55 templates by model, each to adopt with its own thresholds, and the ladder."""
    return _page()


@framed
def size(key: str) -> Any:
    """How many would be in a template with the thresholds in the form: on the page, or as JSON."""
    shop, one = shop_now(), template_called(key)
    sent: dict[str, float] = {}
    try:
        sent = _sent(one.knobs)
        values = one.values(sent)
        found = _count(shop, one, values)
    except PluginError as trouble:
        if _wants_json():
            return make_response(jsonify(error=_said(trouble)), trouble.status)
        return make_response(_page(key, sent, trouble=_said(trouble)), trouble.status)
    if _wants_json():
        said = {"size": number(found.visitors), "exact": found.exact}
        return jsonify(**said, who=one.says(language_now(), values))
    return _page(key, values, found)


@framed
def adopt(key: str) -> Any:
    """Adopt one template, or the ladder whole, with the thresholds in the form."""
    shop, one = shop_now(), None if key == LADDER else template_called(key)
    sent: dict[str, float] = {}
    try:
        sent = _sent(KNOBS if one is None else one.knobs)
        if one is None:
            _adopt_ladder(shop, sent)
        else:
            _adopt(shop, [_wish(one, one.values(sent))])
    except PluginError as trouble:
        return make_response(_page(key, sent, trouble=_said(trouble)), trouble.status)
    return redirect(f"{link('segments', 'templates')}#{key}", 303)


@framed
def adopt_all() -> Any:
    """Adopt every template of a model that can be asked, as they come."""
    model = request.form.get("model", "")
    wanted = [one for one in TEMPLATES.values() if one.model == model and one.state != LATER]
    if not wanted:
        raise DocumentRefused(_("There is nothing to adopt here yet."))
    _adopt(shop_now(), [_wish(one, None) for one in wanted])
    return redirect(f"{link('segments', 'templates')}#{model}", 303)


def _page(
    key: str = "",
    sent: Mapping[str, float] | None = None,
    found: Estimate | None = None,
    trouble: str = "",
) -> str:
    """The page. ``sent``, ``found`` and ``trouble``: of the card called ``key``."""
    shop_now()
    language = language_now()
    with store_now().read() as tx:
        saved = segments.by_slug(tx)
    cards: dict[str, list[Card]] = {model.slug: [] for model in MODELS}
    for one in TEMPLATES.values():
        mine, size_found = (sent, found) if one.key == key else (None, None)
        cards[one.model].append(_card(one, standing(one, saved), language, mine, size_found))
    return page(
        "segment_templates.html",
        models=[(one.slug, one.name.of(language), one.about.of(language)) for one in MODELS],
        cards=cards,
        ladder=_ladder(ladder_standing(saved), language, sent if key == LADDER else None),
        troubled=key if trouble else "",
        trouble=trouble,
    )


def _card(
    one: Template,
    stands: Standing,
    language: str,
    sent: Mapping[str, float] | None = None,
    found: Estimate | None = None,
) -> Card:
    values = sent or stands.values or {}
    return Card(
        one.key,
        one.name.of(language),
        one.says(language, values),
        one.use.of(language),
        one.state,
        bool(one.predicted),
        _fields(one.knobs.values(), values, language),
        stands,
        found,
    )


def _ladder(
    stands: LadderStanding, language: str, sent: Mapping[str, float] | None
) -> dict[str, Any]:
    values = ladder_values() | known_values(stands)
    return {
        "name": NAME.of(language),
        "about": ABOUT.of(language),
        "state": ladder_state(),
        "stands": stands,
        "fields": _fields(KNOBS.values(), values | dict(sent or {}), language),
        "rungs": [_card(one, stands.rungs[one.key], language, values) for one in RUNGS],
    }


def _fields(knobs: Iterable[Knob], values: Mapping[str, float], language: str) -> tuple[Field, ...]:
    found = []
    for knob in knobs:
        times = 100 if knob.unit == SHARE else 1
        shown = [values.get(knob.name, knob.value), knob.low, knob.high, knob.step]
        label = knob.label.of(language) + (" (%)" if knob.unit == SHARE else "")
        found.append(Field(FIELD + knob.name, label, *(f"{one * times:.10g}" for one in shown)))
    return tuple(found)


def _sent(knobs: Mapping[str, Knob]) -> dict[str, float]:
    """The thresholds in the form; an empty field is left as it comes. Raises DocumentRefused."""
    found = {}
    for name, knob in knobs.items():
        text = request.form.get(FIELD + name, "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            raise DocumentRefused(_("Write a number: %(text)s", text=text[:40])) from None
        found[name] = round(value / 100, 6) if knob.unit == SHARE else value
    return found


def _said(trouble: PluginError) -> str:
    """What is wrong, in the owner's words where it is about a threshold."""
    if not isinstance(trouble, ThresholdRefused):
        return trouble.message
    knob, language = trouble.knob, language_now()
    label = knob.label.of(language)
    if trouble.other is not None:
        other = trouble.other.label.of(language)
        return str(_("“%(label)s” must be less than “%(other)s”.", label=label, other=other))
    low, high = knob.said(knob.low), knob.said(knob.high)
    if knob.unit in WHOLE:
        said = _(
            "“%(label)s”: a whole number from %(low)s to %(high)s.", label=label, low=low, high=high
        )
    else:
        said = _("“%(label)s”: a number from %(low)s to %(high)s.", label=label, low=low, high=high)
    return str(said)


def _count(shop: Shop, one: Template, values: Mapping[str, float]) -> Estimate:
    rule = read_rule(one.rule(values))
    with store_now().read() as tx:
        return rules.fast_estimate(tx, rule, here().now(), shop, COUNT_MS)


def _wish(one: Template, thresholds: Mapping[str, float] | None) -> dict[str, Any]:
    return {"key": one.key, "name": one.name.of(language_now()), "thresholds": thresholds}


def _adopt(shop: Shop, wanted: list[dict[str, Any]]) -> None:
    here().writer.do(shop.name, "adopt", wanted=wanted, now=here().now())
    bring_up_to_date(shop, WITHIN_MS)


def _adopt_ladder(shop: Shop, sent: Mapping[str, float]) -> None:
    with store_now().read() as tx:
        saved = segments.by_slug(tx)
    # Checked here too: what the writer refuses comes back as a text alone.
    thresholds = ladder_values({**known_values(ladder_standing(saved)), **sent})
    here().writer.do(
        shop.name,
        "adopt_ladder",
        names={rung.key: rung.name.of(language_now()) for rung in RUNGS},
        thresholds=thresholds,
        restore="restore" in request.form,
        now=here().now(),
    )
    bring_up_to_date(shop, WITHIN_MS)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
