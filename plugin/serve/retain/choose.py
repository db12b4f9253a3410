"""Which popup, if any, is this visitor offered on this page?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.segment.rule import Rule
from plugin.serve.experiment import arm, variant
from plugin.serve.page import is_checkout, is_named
from plugin.serve.retain.popup import CONTROL_SHARE, Popup

# A visit that met so many other popups is left in peace; a popup's own repeats are for its caps.
OTHERS_PER_VISIT = 2


@dataclass(frozen=True)
class Seen:
    """How often a visitor met one popup, and what came of it.

    To be kept from it in the control group counts as a view, so that both groups meet it as often.
    """

    views_visit: int = 0
    views_day: int = 0
    views_week: int = 0
    views_ever: int = 0
    dismissals: int = 0
    submits: int = 0
    clicks: int = 0
    orders: int = 0  # since the first meeting


@dataclass(frozen=True)
class Moment:
    """One visitor on one page.

    ``page_path``: path, and query if there is one. ``now_local``: the shop's local time, with its
    zone. ``matches``: whether an audience's rule holds for the visitor now; ``segments``: those the
    visitor is in. ``checkouts``: the owner's patterns of pages that are one, beside those of known
    platforms. ``seen``: by popup. ``purchased``: the visitor has ordered in this visit.
    ``control_share``: the shop's own for popups that name none.
    """

    visitor_id: str
    page_path: str
    now_local: datetime
    matches: Callable[[Rule], bool]
    segments: frozenset[str] = frozenset()
    checkouts: Sequence[str] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)
    purchased: bool = False
    control_share: float | None = None


@dataclass(frozen=True)
class Decision:
    """The popup of this page. ``arm`` control: nothing is shown, only that it would have been.

    ``why``: in plain words for the owner, never for the shopper.
    """

    popup: Popup
    arm: str
    variant: int
    why: tuple[str, ...]


def choose(popups: Sequence[Popup], moment: Moment) -> Decision | None:
    """The one popup for this page, or None: the highest priority of those that may be met.

    Never on a checkout. Of equal priority, the first by name. When the visitor is in the control
    group of the chosen one, no other takes its place: that would spoil the comparison.
    """
    if is_checkout(moment.page_path, moment.checkouts):
        return None
    for popup in sorted(popups, key=lambda one: (-one.priority, one.slug)):
        if may_meet(popup, moment):
            return _decided(popup, moment)
    return None


def may_meet(popup: Popup, moment: Moment) -> bool:
    """Whether everything but the popup's rank allows it here and now."""
    return (
        popup.enabled
        and popup.schedule.is_open(moment.now_local)
        and is_named(moment.page_path, popup.pages)
        and _has_room(popup, moment)
        and not _is_over(popup, moment)
        and (popup.audience is None or moment.matches(popup.audience))
    )


def _has_room(popup: Popup, moment: Moment) -> bool:
    seen = moment.seen.get(popup.slug, Seen())
    others = sum(one.views_visit for slug, one in moment.seen.items() if slug != popup.slug)
    caps = popup.caps
    bounds = (
        (seen.views_visit, caps.per_visit),
        (seen.views_day, caps.per_day),
        (seen.views_week, caps.per_week),
        (seen.views_ever, caps.ever),
    )
    fits = all(most is None or views < most for views, most in bounds)
    return fits and others < OTHERS_PER_VISIT


def _is_over(popup: Popup, moment: Moment) -> bool:
    seen = moment.seen.get(popup.slug, Seen())
    reached = {
        "answer": seen.submits + seen.clicks > 0,
        "close2": seen.dismissals >= 2,
        "purchase": moment.purchased or seen.orders > 0,
    }
    return any(reached[stop] for stop in popup.stop_on)


def _decided(popup: Popup, moment: Moment) -> Decision:
    seen = moment.seen.get(popup.slug, Seen())
    segments = ", ".join(sorted(moment.segments)) or "no segment"
    shares = (popup.control_share, moment.control_share, CONTROL_SHARE)
    why = (
        "it is for everyone"
        if popup.audience is None
        else f"the visitor (in {segments}) is in its audience",
        f"the page {moment.page_path} is one of its pages"
        if popup.pages
        else "it is for all pages",
        f"met {seen.views_visit} times in this visit, {seen.views_ever} times ever",
        f"its priority is {popup.priority:g}, the highest of those that may show",
    )
    return Decision(
        popup,
        arm(popup.slug, moment.visitor_id, next(share for share in shares if share is not None)),
        variant(popup.slug, moment.visitor_id, [one.weight for one in popup.variants]),
        why,
    )
