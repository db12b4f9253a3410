"""What would visitors of last month have met, had these popups been there?

Real page views, one after another, with what was known of the visitor then. Each popup that could
come is met where the log tells that its moment came; where only the browser can know (scrolled,
about to leave, idle), it is taken to come, so the figures say "at most". Nobody closes or answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plugin.collect.event import Event
from plugin.serve.experiment import SHOW
from plugin.serve.retain.moment import Moment, Seen, views_at
from plugin.serve.retain.popup import Popup
from plugin.serve.retain.reach import triggers_left
from plugin.serve.retain.trace import arm_of, ranked, stopped_by
from plugin.serve.retain.triggers import Trigger
from plugin.shop import SECOND

MANY = 5  # so many popups of one person, or more


@dataclass(frozen=True)
class Stop:
    """One page view: the ``moment`` as it was, without what was met; ``visit``: in which.

    ``stays``: ms to the next page of the visit; None: it is the last. ``then``: what the visitor
    did before that. ``orders``: when this visitor ever ordered, Unix ms.
    """

    moment: Moment
    visit: int
    stays: int | None = None
    then: Sequence[Event] = ()
    orders: Sequence[int] = ()


def _stays(trigger: Trigger, stop: Stop) -> bool:
    return stop.stays is None or stop.stays >= float(trigger.told["seconds"]) * SECOND


def _did(*names: str) -> Callable[[Trigger, Stop], bool]:
    return lambda trigger, stop: any(one.name in names for one in stop.then)


def _found_nothing(trigger: Trigger, stop: Stop) -> bool:
    return any("search" in one.name and one.params.get("results") == 0 for one in stop.then)


# What the log tells of a trigger's moment; of the others nothing: they are taken to come.
COMES: dict[str, Callable[[Trigger, Stop], bool]] = {
    "time": _stays,
    "exit": lambda trigger, stop: stop.stays is None,
    "add_to_cart": _did("add_to_cart"),
    "zero_results": _found_nothing,
    "event": lambda trigger, stop: any(one.name == trigger.told["event"] for one in stop.then),
}


@dataclass
class Line:
    """What came of one popup. ``stopped``: how often each condition was the first that failed."""

    popup: Popup
    shown: int = 0  # visitors
    control: int = 0
    meetings: int = 0
    waited: int = 0  # pages on which it was chosen, and its moment did not come
    stopped: Counter[str] = field(default_factory=Counter)

    @property
    def codes(self) -> int:
        """How many visitors could have taken a code from it."""
        return self.shown if self.popup.coupon_pool is not None else 0


@dataclass
class Rehearsal:
    """A set of popups and what visitors met of it so far.

    ``worth``: what one code of a popup takes off at most (minor units; None: no bound can be told).
    ``collisions``: how often the first popup took a page on which the second could have come.
    ``per_person``: visitors by how many popups they met; the last count stands for it and more.
    """

    popups: Sequence[Popup]
    worth: Mapping[str, int | None] = field(default_factory=dict)
    lines: dict[str, Line] = field(init=False)
    collisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    per_person: Counter[int] = field(default_factory=Counter)
    codes: int = 0
    money: int | None = 0

    def __post_init__(self) -> None:
        self.popups = ranked([one for one in self.popups if one.enabled])
        self.lines = {one.slug: Line(one) for one in self.popups}
        self._kinds = {one.slug: one.kind for one in self.popups}

    def walk(self, stops: Iterable[Stop]) -> None:
        """Take one visitor through its pages, in order."""
        met: dict[str, list[tuple[int, int]]] = {}
        arms: dict[str, str] = {}
        for stop in stops:
            moment = replace(stop.moment, seen=_seen(met, stop), kinds=self._kinds)
            popup = self._chosen(moment)
            if popup is None:
                continue
            if not comes(popup, moment, stop):
                self.lines[popup.slug].waited += 1
                continue
            self.lines[popup.slug].meetings += 1
            met.setdefault(popup.slug, []).append((moment.now, stop.visit))
            arms[popup.slug] = arm_of(popup, moment)
        for slug, arm in arms.items():
            self._count(self.lines[slug], arm == SHOW)
        self.per_person[min(MANY, sum(map(len, met.values())))] += 1

    def _chosen(self, moment: Moment) -> Popup | None:
        able: list[Popup] = []
        for popup in self.popups:
            code = stopped_by(popup, moment)
            if code is None:
                able.append(popup)
            else:
                self.lines[popup.slug].stopped[code] += 1
        for other in able[1:]:
            self.collisions[able[0].slug, other.slug] += 1
        return able[0] if able else None

    def _count(self, line: Line, is_shown: bool) -> None:
        line.shown += is_shown
        line.control += not is_shown
        if is_shown and line.popup.coupon_pool is not None:
            worth = self.worth.get(line.popup.slug)
            self.codes += 1
            self.money = None if worth is None or self.money is None else self.money + worth


def comes(popup: Popup, moment: Moment, stop: Stop) -> bool:
    """Whether one of the popup's triggers came on this page, as far as the log can tell."""
    return any(
        one.on not in COMES or COMES[one.on](one, stop) for one in triggers_left(popup, moment)
    )


def _seen(met: Mapping[str, Collection[tuple[int, int]]], stop: Stop) -> dict[str, Seen]:
    now = stop.moment.now
    found = {}
    for slug, views in met.items():
        times = [at for at, _ in views]
        first = min(times)
        counts = views_at(times, now, now + 1) | {
            "views_visit": sum(visit == stop.visit for _, visit in views)
        }
        orders = sum(first <= at <= now for at in stop.orders)
        found[slug] = Seen(views_ever=len(times), orders=orders, first_at=first, **counts)
    return found
