"""Is a popup for this visitor, on this page, at this time?"""

from __future__ import annotations

from collections.abc import Callable

from plugin.segment.shape import SegmentLeaf
from plugin.serve.page import is_named
from plugin.serve.retain.condition import Check, Told
from plugin.serve.retain.moment import Moment
from plugin.serve.retain.popup import Popup
from plugin.serve.retain.triggers import SEGMENT_ENTERED, Trigger
from plugin.shop import to_major, to_minor


def triggers_left(popup: Popup, moment: Moment) -> tuple[Trigger, ...]:
    """The triggers for the browser to wait for: without those that we decide and that did not come
    yet. What we decided has come when the browser gets it.
    """
    return tuple(
        one
        for one in popup.triggers
        if one.on not in DECIDED_HERE or DECIDED_HERE[one.on](one, popup, moment)
    )


def _segment(trigger: Trigger, popup: Popup) -> str | None:
    named = trigger.segment
    if named is None and isinstance(popup.audience, SegmentLeaf):
        return popup.audience.slug
    return named


def _is_worth(trigger: Trigger, popup: Popup, moment: Moment) -> bool:
    value = to_minor(float(trigger.told["value"]), moment.currency)
    return moment.profile.cart_items_now > 0 and moment.profile.cart_value_now >= value


DECIDED_HERE: dict[str, Callable[[Trigger, Popup, Moment], bool]] = {
    SEGMENT_ENTERED: lambda trigger, popup, moment: moment.entered(_segment(trigger, popup)),
    "nth_page": lambda trigger, popup, moment: moment.pages() >= float(trigger.told["pages"]),
    "cart_value": _is_worth,
}


def _is_decided_here(popup: Popup) -> bool:
    """Whether it waits for something that the server decides, and for no segment."""
    names = {one.on for one in popup.triggers}
    return SEGMENT_ENTERED not in names and not names.isdisjoint(DECIDED_HERE)


def _device(popup: Popup, moment: Moment) -> bool:
    return moment.profile.device in popup.target.devices


def _language(popup: Popup, moment: Moment) -> bool:
    return moment.language.lower().partition("-")[0] in popup.target.languages


def _sources(moment: Moment) -> list[str]:
    one = moment.profile
    found = (one.channel_last, one.source_last, one.campaign_last)
    return [name for name in found if name]


def _source(popup: Popup, moment: Moment) -> bool:
    return any(name.lower() in popup.target.sources for name in _sources(moment))


def _visitors(popup: Popup, moment: Moment) -> bool:
    return (moment.profile.sessions_total > 1) == (popup.target.visitors == "returning")


def _cart(popup: Popup, moment: Moment) -> bool:
    one, bounds = moment.profile, popup.target.cart
    return bounds is None or bounds.hold(one.cart_items_now, one.cart_value_now, moment.currency)


def _told_cart(popup: Popup, moment: Moment) -> Told:
    asked = {} if popup.target.cart is None else vars(popup.target.cart)
    one = moment.profile
    value = to_major(one.cart_value_now, moment.currency)
    return {**asked, "lines": one.cart_items_now, "value": value}


# The cheap ones first; who is asked for last costs a look at the visitor's segments.
HERE = (
    Check("enabled", lambda popup, moment: popup.enabled),
    Check("checkout", lambda popup, moment: not moment.at_checkout),
    Check(
        "schedule",
        lambda popup, moment: popup.schedule.is_open(moment.now_local),
        lambda popup, moment: {"now": moment.now_local.isoformat(timespec="minutes")},
    ),
    Check(
        "pages",
        lambda popup, moment: is_named(moment.page_path, popup.pages),
        lambda popup, moment: {"page": moment.page_path, "pages": ", ".join(popup.pages)},
        lambda popup, moment: bool(popup.pages),
    ),
    Check(
        "device",
        _device,
        lambda popup, moment: {
            "is": moment.profile.device,
            "wanted": ", ".join(popup.target.devices),
        },
        lambda popup, moment: bool(popup.target.devices),
    ),
    Check(
        "language",
        _language,
        lambda popup, moment: {
            "is": moment.language,
            "wanted": ", ".join(popup.target.languages),
        },
        lambda popup, moment: bool(popup.target.languages),
    ),
    Check(
        "source",
        _source,
        lambda popup, moment: {
            "is": ", ".join(_sources(moment)),
            "wanted": ", ".join(popup.target.sources),
        },
        lambda popup, moment: bool(popup.target.sources),
    ),
    Check(
        "visitors",
        _visitors,
        lambda popup, moment: {
            "is": moment.profile.sessions_total,
            "wanted": popup.target.visitors,
        },
        lambda popup, moment: popup.target.visitors is not None,
    ),
    Check("cart", _cart, _told_cart, lambda popup, moment: popup.target.cart is not None),
)
WHO = (
    Check(
        "audience",
        lambda popup, moment: popup.audience is None or moment.matches(popup.audience),
        lambda popup, moment: {
            "segment": popup.audience.slug if isinstance(popup.audience, SegmentLeaf) else None
        },
        lambda popup, moment: popup.audience is not None,
    ),
    Check(
        "segment_entered",
        lambda popup, moment: bool(triggers_left(popup, moment)),
        lambda popup, moment: {
            "segment": ", ".join(
                _segment(one, popup) or "" for one in popup.triggers if one.on == SEGMENT_ENTERED
            )
        },
        lambda popup, moment: any(one.on == SEGMENT_ENTERED for one in popup.triggers),
    ),
    Check(
        "moment",
        lambda popup, moment: bool(triggers_left(popup, moment)),
        lambda popup, moment: {},
        lambda popup, moment: _is_decided_here(popup),
    ),
)
