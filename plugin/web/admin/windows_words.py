"""How is an owner told, in plain words, how a window chooses and why a product stands in it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.journey.explain import (
    CONTROL,
    OTHER_AUDIENCE,
    OTHER_PAGES,
    SHOWN,
    TOO_FEW,
    Explained,
    Slot,
)
from plugin.serve.language import in_language
from plugin.serve.recommend import fill
from plugin.serve.recommend.gauge import Gauge, sentence
from plugin.serve.recommend.strategies import PINS, reason_of
from plugin.web.admin.rule_words import pages_words
from plugin.web.language import language_now, number

STRATEGIES = {
    "for_you": _l("For this visitor"),
    "bestsellers": _l("Best sellers"),
    "trending": _l("On the rise"),
    "new_arrivals": _l("New products"),
    "offers": _l("Reduced products"),
    "recently_viewed": _l("Recently viewed"),
    "viewed_together": _l("Viewed together"),
    "bought_together": _l("Bought together"),
    "similar": _l("Similar products"),
    "segment_favourites": _l("Favourites of the visitor's segment"),
    "cart_complements": _l("What goes with the cart"),
    "free_shipping_gap": _l("Up to free delivery"),
    "buy_again": _l("Buy again"),
    "back_in_stock": _l("Back in stock, or cheaper"),
}
RANKERS = {
    "neighbours": _l("visits like this one"),
    "table": _l("viewed in the same visits"),
    "follow": _l("viewed right after"),
    "behind": _l("goes with the best guesses"),
    "content": _l("alike in the catalogue"),
    "orders": _l("in the same orders"),
    "buyers": _l("what buyers order next"),
}
WHYS = {
    fill.OWN_PAGE: _l("It is the page's own product"),
    fill.IN_CART: _l("It lies in the cart"),
    fill.NEVER_SHOWN: _l("It is never shown, in no window"),
    fill.BANNED: _l("It is banned from this window"),
    fill.BOUGHT: _l("This visitor bought it lately"),
    fill.EARLIER_WINDOW: _l("A window before this one shows it"),
    fill.GONE: _l("It is not in the catalogue"),
    fill.OUT_OF_STOCK: _l("It is sold out"),
    fill.FILTERED: _l("A filter turns it away"),
    fill.DIVERSE: _l("Enough of its category or brand stand there"),
}
FILTERS = {
    "category": _l("category"),
    "brand": _l("brand"),
    "tags": _l("tags"),
    "price_min": _l("lowest price"),
    "price_max": _l("highest price"),
    "margin_min": _l("margin"),
    "on_sale": _l("only reduced ones"),
}
STATES = {
    SHOWN: _l("This visitor is shown it."),
    OTHER_PAGES: _l("It has no place on this page. Elsewhere it would hold:"),
    OTHER_AUDIENCE: _l("It is not for this visitor. It would hold:"),
    CONTROL: _l("This visitor is in control and sees nothing. It would hold:"),
    TOO_FEW: _l("There are too few products, so it is not shown."),
}


@dataclass(frozen=True)
class Link:
    """One strategy of a window's chain. ``short``: what it lacks and what stands in; "": nothing.

    ``needs``: its gauge in words, always.
    """

    name: str
    label: str
    needs: str
    short: str = ""


def strategy_label(name: str) -> str:
    """What a strategy (or a pin) is called."""
    return str(_("Pinned")) if name == PINS else str(STRATEGIES.get(name, name))


def chain(strategies: Sequence[str], gauges: Mapping[str, Gauge]) -> list[Link]:
    """A window's strategies in words, each with what it lacks and which of the next stands in."""
    return [_link(name, strategies[place + 1 :], gauges) for place, name in enumerate(strategies)]


def _link(name: str, later: Sequence[str], gauges: Mapping[str, Gauge]) -> Link:
    gauge = gauges.get(name)
    if gauge is None:  # a document of another version
        return Link(name, strategy_label(name), "")
    needs = sentence(gauge, language_now())
    if gauge.enough:
        return Link(name, strategy_label(name), needs)
    instead = next((one for one in later if one in gauges and gauges[one].enough), None)
    if instead is None:
        short = _("%(needs)s: nothing stands in, so it may stay empty", needs=needs)
    else:
        short = _("%(needs)s: “%(other)s” stands in", needs=needs, other=strategy_label(instead))
    return Link(name, strategy_label(name), needs, str(short))


def where_words(slug: str, body: Mapping[str, Any]) -> str:
    """At which place of which pages a window stands."""
    placement = body.get("placement")
    selector = placement.get("selector") if isinstance(placement, Mapping) else None
    place = str(selector) if selector else f'data-rs-window="{slug}"'
    return f"{place} · {pages_words(body)}"


def slot_words(slot: Slot) -> list[str]:
    """Why a product stands where it stands, in full: for the owner alone."""
    said = [
        str(_("%(strategy)s, place %(place)s", strategy=strategy_label(slot.strategy),
              place=number(slot.place)))
    ]  # fmt: skip
    if slot.boost != 1:
        said.append(str(_("moved by your boosts: %(factor)s times", factor=f"{slot.boost:g}")))
    said += [
        str(_("%(ranker)s: place %(place)s", ranker=RANKERS.get(name, name), place=number(place)))
        for name, place in sorted(slot.rankers.items(), key=lambda ranked: ranked[1])
    ]
    return said


def shopper_words(slot: Slot) -> str:
    """The reason that the shopper reads beside a product."""
    return in_language(reason_of(slot.strategy), language_now())


def why_words(why: str, detail: str = "") -> str:
    """Why a product is left out."""
    said = str(WHYS.get(why, why))
    return f"{said} ({FILTERS.get(detail, detail)})" if detail else said


def turn_words(told: Explained) -> list[str]:
    """What each strategy that was asked had, and how many of them stand in the window."""
    return [
        str(
            _(
                "%(strategy)s: %(had)s products, %(shown)s of them here",
                strategy=strategy_label(turn.strategy),
                had=number(turn.had),
                shown=number(turn.shown),
            )
        )
        for turn in told.turns
    ]
