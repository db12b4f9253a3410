"""Did things happen in an order, or not after another, or how long ago; and when may it turn?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from plugin.segment.dates import Moment
from plugin.segment.facts import Facts
from plugin.segment.select import selection
from plugin.segment.shape import NotFollowedLeaf, RecencyLeaf, SequenceLeaf


def recency(leaf: RecencyLeaf, currency: str, zone: str) -> Callable[[Facts, int], Moment]:
    """A function of a visitor's facts and now: whether the leaf holds, and when that may turn."""
    chosen = selection(leaf.event, leaf.where, "", None, currency, zone).chosen
    first, older, span, never = leaf.first, leaf.older, leaf.span, leaf.or_never

    def judge(facts: Facts, now: int) -> Moment:
        found = chosen(facts, now)
        past = bisect_right(found.times, now)
        later = found.times[past] if past < len(found.times) else None
        later = _sooner(later, found.turns)
        if not past:
            return never, later
        turns = found.times[0 if first else past - 1] + span
        if turns <= now:
            return older, later
        return not older, _sooner(turns, later)

    return judge


def _sooner(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def sequence(leaf: SequenceLeaf) -> Callable[[Facts, int], Moment]:
    """A function of a visitor's facts and now: whether the steps were taken, or when they will be.

    Once they were, they always were.
    """

    def judge(facts: Facts, now: int) -> Moment:
        taken = first_done([facts.times.get(name, ()) for name in leaf.steps], leaf.within)
        if taken is None:
            return False, None
        return (True, None) if taken[-1] <= now else (False, taken[-1])

    return judge


def first_done(steps: Sequence[Sequence[int]], within: int | None) -> tuple[int, ...] | None:
    """One time of each of ``steps`` in strictly rising order, those that were complete first.

    within: the last at most so many ms after the first. Times ascend. None: never.
    """
    for start in steps[0]:
        taken = [start]
        for times in steps[1:]:
            place = bisect_right(times, taken[-1])
            if place == len(times):
                return None  # nor from any later start
            taken.append(times[place])
        if within is None or taken[-1] - start <= within:
            return tuple(taken)  # no later start ends earlier
    return None


def not_followed(leaf: NotFollowedLeaf) -> Callable[[Facts, int], Moment]:
    """A function of a visitor's facts and now: whether the wait after the newest event was in vain.

    What follows comes after it, at most ``within`` later.
    """

    def judge(facts: Facts, now: int) -> Moment:
        firsts = facts.times.get(leaf.event, ())
        past = bisect_right(firsts, now)
        coming = firsts[past] if past < len(firsts) else None
        if not past:
            return False, coming
        over = firsts[past - 1] + leaf.within
        if followed(facts.times.get(leaf.by, ()), firsts[past - 1], over) is not None:
            return False, coming
        return (True, coming) if over <= now else (False, _sooner(over, coming))

    return judge


def followed(times: Sequence[int], after: int, until: int) -> int | None:
    """The first of ``times`` after ``after`` and not after ``until``; None: there is none."""
    place = bisect_left(times, after + 1)
    return times[place] if place < len(times) and times[place] <= until else None
