"""How is a trait worked out of a visitor's events when it is asked, and when may it change?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from plugin.segment.facts import Facts, Happening
from plugin.shop import Shop

Value = Callable[[Facts, int, Shop], Any]  # of facts, now and whose visitor it is
Turn = Callable[[Facts, int, Shop], "int | None"]  # the next moment after now
Reach = Callable[[Facts, int, float], "int | None"]  # of facts, now and a bound
EVERY = "*"  # among the names of events: the times of all of them


@dataclass(frozen=True)
class Worked:
    """``value``: what it is now; None: unset. ``turns``: the next moment (Unix ms) at which it may
    be another with no new event; exact or early, never late; None: it cannot be.

    ``whole``: the events it reads; ``times``: those whose times are enough. ``declared``: the
    declared traits it reads; ``also``: what else must be loaded (``Facts.also``). Who has none of
    these has the value of somebody nothing is known of. ``reaches``: of a value that the time
    alone makes grow, a moment at most 2 ms before it comes to a bound; then ``turns`` tells only
    when it is made anew.
    """

    value: Value
    turns: Turn
    whole: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    reaches: Reach | None = None

    def known(self, facts: Facts) -> bool:
        """Whether what it reads was loaded."""
        return all(name in facts.also for name in self.also) and all(
            len(facts.times.get(name, ())) == len(facts.events.get(name, ())) for name in self.whole
        )


def never(facts: Facts, now: int, shop: Shop) -> None:
    """Of a trait that only an event changes."""


def recent(facts: Facts, name: str, now: int, span: int | None) -> Sequence[Happening]:
    """The events of a name in (now - span, now], ascending; ``span`` None: all until now."""
    told = facts.events.get(name, ())
    times = facts.times.get(name, ())
    low = 0 if span is None else bisect_right(times, now - span)
    return told[low : bisect_right(times, now)]


def sliding(names: Sequence[str], span: int | None = None) -> Turn:
    """The next moment at which one of these events comes into or leaves the last ``span`` ms."""

    def turns(facts: Facts, now: int, shop: Shop) -> int | None:
        return soonest_of(
            [edge(facts.times.get(name, ()), now, span) for name in names],
        )

    return turns


def edge(times: Sequence[int], now: int, span: int | None) -> int | None:
    """The next moment after now at which one of ``times`` comes in, or is ``span`` ms old."""
    place = bisect_right(times, now)
    coming = times[place] if place < len(times) else None
    place = len(times) if span is None else bisect_right(times, now - span)
    leaving = times[place] + (span or 0) if place < len(times) else None
    return soonest_of([coming, leaving])


def soonest_of(moments: Sequence[int | None]) -> int | None:
    """The earliest of ``moments``; None: there is none."""
    return min((one for one in moments if one is not None), default=None)
