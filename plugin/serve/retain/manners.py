"""Has this visitor been left in peace enough to meet this popup now?

Everything is counted on the server, over all campaigns. What covers the page (a modal, a slide-in)
is rationed for all of them together; a bar, a teaser or what stands in the page is not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from plugin.segment.rule import Needs, Rule, needs_of, read_rule
from plugin.segment.templates import template_called
from plugin.serve.retain.condition import Check, Told
from plugin.serve.retain.moment import Moment, Seen
from plugin.serve.retain.popup import Popup
from plugin.shop import SECOND

# A visit that met so many other popups is left in peace; a popup's own repeats are for its caps.
OTHERS_PER_VISIT = 2
GAP = 30 * SECOND  # between one popup and another
OVERLAYS_PER_VISIT = 1
OVERLAYS_PER_WEEK = 3
AVERSE = "popup-averse"  # segments are asked for by the key of the template they were made of
SHIELDED = ("full-price", "return-heavy", "hot-leads")
CLOSES = 2  # that stop a popup which stops on close2


def waits_on_phone(popup: Popup, moment: Moment) -> bool:
    """Whether this is a phone's first page of a visit, which nothing is to cover."""
    return popup.is_overlay and moment.on_phone and moment.pages() <= 1


def kind_now(popup: Popup, moment: Moment) -> str:
    """The kind in which a popup may come here: a bar for a modal, where the owner said so."""
    if popup.phone_first_page == "bar" and waits_on_phone(popup, moment):
        return "bar"
    return popup.kind


@lru_cache(maxsize=16)
def rule_of(name: str) -> tuple[Rule, Needs]:
    """A template's rule with the numbers it comes with, and what it asks of a visitor."""
    rule = read_rule(template_called(name).rule())
    return rule, needs_of([rule])


@lru_cache(maxsize=1)
def shield_needs() -> Needs:
    """What the rules of the discount shield and of the popup-averse ask of a visitor together."""
    return needs_of(rule_of(name)[0] for name in (AVERSE, *SHIELDED))


def _covers(popup: Popup, moment: Moment) -> bool:
    return popup.is_overlay and kind_now(popup, moment) == popup.kind


def _cap(span: str) -> Check:
    """A popup's own cap: so many views in a visit, a day, a week, or ever."""
    views, most = f"views_{span}", "ever" if span == "ever" else f"per_{span}"

    def told(popup: Popup, moment: Moment) -> Told:
        return {"met": getattr(moment.of(popup), views), "most": getattr(popup.caps, most)}

    def asks(popup: Popup, moment: Moment) -> bool:
        return getattr(popup.caps, most) is not None

    def holds(popup: Popup, moment: Moment) -> bool:
        return bool(getattr(moment.of(popup), views) < getattr(popup.caps, most))

    return Check(f"cap_{span}", holds, told, asks)


def _stop(
    name: str, reached: Callable[[Seen, Moment], bool], told: Callable[[Seen, Moment], Told]
) -> Check:
    """Something that ends a popup for a visitor, where the owner said that it does."""
    return Check(
        f"stop_{name}",
        lambda popup, moment: not reached(moment.of(popup), moment),
        lambda popup, moment: told(moment.of(popup), moment),
        lambda popup, moment: name in popup.stop_on,
    )


def _others(popup: Popup, moment: Moment) -> int:
    return moment.views_visit - moment.of(popup).views_visit


def _gap(popup: Popup, moment: Moment) -> bool:
    since = moment.since_another(popup)
    return since is None or since >= GAP


def _told_gap(popup: Popup, moment: Moment) -> Told:
    since = moment.since_another(popup)
    seconds = None if since is None else since // SECOND
    return {"seconds": seconds, "least": GAP // SECOND}


def _overlays_visit(popup: Popup, moment: Moment) -> int:
    """Those of all campaigns; its own repeats only where the owner set them no bound himself."""
    own = moment.of(popup).views_visit if popup.caps.per_visit is not None else 0
    return moment.overlays_visit - own


def _overlays_week(popup: Popup, moment: Moment) -> int:
    own = moment.of(popup).views_week if popup.caps.per_week is not None else 0
    return moment.overlays_week - own


def _shielded_by(moment: Moment) -> str | None:
    return next((name for name in SHIELDED if moment.belongs(name)), None)


CAPS = (
    *(_cap(span) for span in ("visit", "day", "week", "ever")),
    _stop(
        "answer",
        lambda seen, moment: seen.submits + seen.clicks > 0,
        lambda seen, moment: {"answers": seen.submits + seen.clicks},
    ),
    _stop(
        "close2",
        lambda seen, moment: seen.dismissals >= CLOSES,
        lambda seen, moment: {"closes": seen.dismissals, "most": CLOSES - 1},
    ),
    _stop(
        "purchase",
        lambda seen, moment: moment.purchased or seen.orders > 0,
        lambda seen, moment: {"orders": seen.orders, "now": moment.purchased},
    ),
    Check(
        "others_visit",
        lambda popup, moment: _others(popup, moment) < OTHERS_PER_VISIT,
        lambda popup, moment: {"met": _others(popup, moment), "most": OTHERS_PER_VISIT},
    ),
    Check("gap", _gap, _told_gap),
    Check(
        "phone_first_page",
        lambda popup, moment: not waits_on_phone(popup, moment),
        lambda popup, moment: {"page": moment.pages()},
        lambda popup, moment: (
            popup.is_overlay and moment.on_phone and popup.phone_first_page == "wait"
        ),
    ),
    Check(
        "overlays_visit",
        lambda popup, moment: _overlays_visit(popup, moment) < OVERLAYS_PER_VISIT,
        lambda popup, moment: {"met": _overlays_visit(popup, moment), "most": OVERLAYS_PER_VISIT},
        _covers,
    ),
    Check(
        "overlays_week",
        lambda popup, moment: _overlays_week(popup, moment) < OVERLAYS_PER_WEEK,
        lambda popup, moment: {"met": _overlays_week(popup, moment), "most": OVERLAYS_PER_WEEK},
        _covers,
    ),
)
# Who is asked for here costs a look at the visitor's segments, or at the coupons.
GUARDS = (
    Check("averse", lambda popup, moment: not moment.belongs(AVERSE), asks=_covers),
    Check(
        "shield",
        lambda popup, moment: _shielded_by(moment) is None,
        lambda popup, moment: {"segment": _shielded_by(moment)},
        lambda popup, moment: popup.discount and popup.shield,
    ),
    Check(
        "coupon",
        lambda popup, moment: popup.slug not in moment.without_code(),
        lambda popup, moment: {"pool": popup.coupon_pool},
        lambda popup, moment: popup.coupon_pool is not None,
    ),
)
