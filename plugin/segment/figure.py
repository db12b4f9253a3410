"""Does a figure over events hold, and when may it turn as they come into and leave its window?"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from plugin.segment.compare import COMPARED, minor_amounts
from plugin.segment.dates import Moment, last_ms
from plugin.segment.facts import Facts
from plugin.segment.select import Chosen, Values, selection
from plugin.segment.shape import MeasureLeaf, Window
from plugin.segment.window import bounds, next_edge

MONEY_FIELDS = ("value", "price")  # kept in minor units
MOST_STEPS = 200  # looked ahead; then a check too early costs less than to look on


def measure(leaf: MeasureLeaf, currency: str, zone: str) -> Callable[[Facts, int], Moment]:
    """A function of a visitor's facts and now: whether the leaf holds, and when that may turn."""
    chosen = selection(leaf.event, leaf.where, leaf.measure, leaf.of, currency, zone).chosen
    judge = Judge(leaf, currency, zone).judge
    return lambda facts, now: judge(chosen(facts, now), now)


def counted(span: int, op: str, values: Sequence[float]) -> Callable[[Sequence[int], int], Moment]:
    """A function of times and now: whether as many lie in the last ``span`` ms, compared."""
    leaf = MeasureLeaf("", "count", op, tuple(values), Window(within=span))
    judge = Judge(leaf, "", "UTC").judge
    return lambda times, now: judge(Chosen(times), now)


def figures(measure: str, parts: Iterable[Values]) -> Iterator[Any]:
    """The figure over the first 0, 1, 2, … of ``parts``; None: over no values it is unset."""
    if measure == "count":
        yield 0
        for count, _ in enumerate(parts, 1):
            yield count
    elif measure in ("days", "distinct"):
        seen: set[Any] = set()
        yield 0
        for values in parts:
            seen.update(values)
            yield len(seen)
    elif measure in ("min", "max"):
        yield from _extremes(min if measure == "min" else max, parts)
    else:
        yield from _sums(measure == "avg", parts)


def _extremes(better: Callable[[Any], Any], parts: Iterable[Values]) -> Iterator[Any]:
    best: Any = None
    yield best
    for values in parts:
        if values:
            best = better(values if best is None else (best, *values))
        yield best


def _sums(mean: bool, parts: Iterable[Values]) -> Iterator[Any]:
    # As people add: exactly, so that 0.1 and 0.2 are 0.3, in whatever order they come.
    total: Any = 0
    count = 0
    yield None
    for values in parts:
        for value in values:
            total += Decimal(repr(value)) if isinstance(value, float) else value
        count += len(values)
        if not count:
            yield None
        elif mean:
            yield total / count if isinstance(total, int) else float(total / count)
        else:
            yield total if isinstance(total, int) else float(total)


class Judge:
    """Judges one leaf over the events that were chosen for it."""

    def __init__(self, leaf: MeasureLeaf, currency: str, zone: str) -> None:
        self.measure = leaf.measure
        self.window = leaf.window
        self.within = leaf.window.within
        self.zone = zone
        self.plain = leaf.measure == "count"
        self.nothing = next(figures(leaf.measure, ()))
        money = leaf.of in MONEY_FIELDS and leaf.measure not in ("distinct", "count", "days")
        self.to = minor_amounts(leaf.values, currency) if money else leaf.values
        self.compare = COMPARED[leaf.op]
        self.until = None if leaf.window.until is None else last_ms(leaf.window.until, zone)
        # A count turns its answer only next to what it is compared with.
        near = {math.floor(v) + step for v in leaf.values for step in (-1, 0, 1)} | {0}
        self.near = sorted((count for count in near if count >= 0), reverse=True)

    def judge(self, chosen: Chosen, now: int) -> Moment:
        """Whether the figure of the events that count now holds, and when that may turn."""
        times = chosen.times
        if not times:
            return self.test(self.nothing), chosen.turns
        low, high = self.edges(times, now)
        holds = self.holds(chosen, low, high)
        later = self.next_turn(chosen, low, high, holds, now)
        if chosen.turns is not None and (later is None or chosen.turns < later):
            later = chosen.turns
        return holds, later

    def test(self, figure: Any) -> bool:
        """Whether a figure satisfies the operator; None (unset) satisfies none."""
        return figure is not None and self.compare(figure, self.to)

    def edges(self, times: Sequence[int], now: int) -> tuple[int, int]:
        """The events that count at ``now``: from the first place up to before the second."""
        if self.within is not None:
            high = bisect_right(times, now)
            return bisect_right(times, now - self.within, 0, high), high
        first, last = bounds(self.window, now, self.zone)
        high = bisect_right(times, last)
        return (0 if first is None else bisect_left(times, first, 0, high)), high

    def holds(self, chosen: Chosen, low: int, high: int) -> bool:
        """Whether the figure over the events from ``low`` to before ``high`` holds."""
        if self.plain:
            return self.compare(high - low, self.to)
        figure = None
        for figure in figures(self.measure, chosen.values[low:high]):  # noqa: B007
            pass
        return self.test(figure)

    def next_turn(self, chosen: Chosen, low: int, high: int, holds: bool, now: int) -> int | None:
        """The first moment at which the answer is another with no new event."""
        times = chosen.times
        end = len(times) if self.until is None else bisect_right(times, self.until)
        if self.window.calendar is not None or high < end:
            return self._looking_ahead(chosen, end, holds, now)
        if self.within is None or low == high:
            return None
        if self.plain:
            return self._count_turns(times, low, high, holds)
        return self._going_out(chosen, low, high, holds)

    def _count_turns(self, times: Sequence[int], low: int, high: int, holds: bool) -> int | None:
        count, within = high - low, self.within or 0
        if self.compare(count - 1, self.to) != holds:
            return times[low] + within
        for left in self.near:
            if left < count and self.compare(left, self.to) != holds:
                return times[high - left - 1] + within
        return None

    def _going_out(self, chosen: Chosen, low: int, high: int, holds: bool) -> int | None:
        """Of events that go out one by one, the oldest first: the first going that matters."""
        times, found, place = chosen.times, None, high
        for figure in figures(self.measure, reversed(chosen.values[low:high])):
            # ``figure`` is that of the events from ``place`` on; those of one time go together.
            together = place < high and times[place] == times[place - 1]
            if place > low and not together and self.test(figure) != holds:
                found = times[place - 1] + (self.within or 0)
            place -= 1
        return found

    def _looking_ahead(self, chosen: Chosen, end: int, holds: bool, now: int) -> int | None:
        """Step by step to each moment at which an event comes in or goes out."""
        times, moment = chosen.times, now
        for _ in range(MOST_STEPS):
            low, high = self.edges(times, moment)
            coming = bisect_right(times, moment)
            ahead = [times[coming]] if coming < end else []
            if self.within is not None and low < high:
                ahead.append(times[low] + self.within)
            edge = next_edge(self.window, moment, self.zone)
            if edge is not None and low < len(times):
                ahead.append(edge)
            if not ahead:
                return None
            moment = min(ahead)
            low, high = self.edges(times, moment)
            if self.holds(chosen, low, high) != holds:
                return moment
        return moment
