"""Does a trait satisfy a leaf, and when may that turn by itself?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from plugin.segment.compare import COMPARED, checker
from plugin.segment.dates import Moment
from plugin.segment.facts import Facts
from plugin.segment.figure import counted
from plugin.segment.shape import TraitLeaf
from plugin.segment.traits import BOOL, DATE, PREDICTIONS, TRAITS, Trait
from plugin.segment.worked import Worked, soonest_of
from plugin.shop import Shop

MOST_STEPS = 5  # looked ahead; then a check too early costs less than to look on
Judge = Callable[[Facts, int], tuple["bool | None", "int | None"]]


def trait(leaf: TraitLeaf, shop: Shop) -> Judge:
    """A function of a visitor's facts and now: whether the leaf holds, and when that may turn."""
    if leaf.trait in PREDICTIONS:
        return lambda facts, now: (None, None)
    known = TRAITS.get(leaf.trait)
    if known is not None and known.counts:
        return _counts(leaf, known)
    if known is not None and known.since is not None and leaf.op not in ("set", "unset"):
        return _since(leaf, known)
    check = checker(
        leaf.op, leaf.kind, leaf.values, leaf.include_unset, shop.currency, shop.timezone
    )
    if known is None:
        return _declared(leaf.trait, check)
    if known.worked is not None:
        return _worked(known.worked, check, shop, leaf.values)
    if known.since is not None:
        return _elapsed(known, check)
    return _column(leaf, known, check)


def _counts(leaf: TraitLeaf, known: Trait) -> Judge:
    if leaf.op in ("set", "unset"):
        return lambda facts, now: (leaf.op == "set", None)  # a count is always set
    judge, names = counted(known.span, leaf.op, leaf.values), known.counts
    if len(names) == 1:
        return lambda facts, now: judge(facts.times.get(names[0], ()), now)

    def of_several(facts: Facts, now: int) -> Moment:
        times = facts.found.get(names)
        if times is None:
            told = (facts.times.get(name, ()) for name in names)
            times = facts.found[names] = sorted(at for one in told for at in one)
        return judge(times, now)

    return of_several


def _worked(
    worked: Worked, check: Callable[[Any, int], Moment], shop: Shop, bounds: Sequence[Any]
) -> Judge:
    """Step by step to each moment at which the value may be another, or passes a bound."""

    def holds(facts: Facts, now: int) -> bool:
        key = (id(worked), shop.reads_as, now)  # other leaves ask for the same
        if key not in facts.found:
            facts.found[key] = worked.value(facts, now, shop)
        return check(facts.found[key], now)[0]

    def turns(facts: Facts, now: int) -> int | None:
        found = [worked.turns(facts, now, shop)]
        for bound in bounds if worked.reaches else ():
            near = worked.reaches and worked.reaches(facts, now, bound)
            # On the bound and past it are two answers, and a float may be one ms off.
            found += [near + extra for extra in range(5) if near and near + extra > now]
        return soonest_of(found)

    def judge(facts: Facts, now: int) -> Moment:
        found, moment = holds(facts, now), now
        for _ in range(MOST_STEPS):
            later = turns(facts, moment)
            if later is None:
                return found, None
            moment = later
            if holds(facts, moment) != found:
                break
        return found, moment

    return judge


def _declared(name: str, check: Callable[[Any, int], Moment]) -> Judge:
    def judge(facts: Facts, now: int) -> Moment:
        found = facts.profile.declared.get(name)
        return check(None if found is None else found[0], now)

    return judge


def _column(leaf: TraitLeaf, known: Trait, check: Callable[[Any, int], Moment]) -> Judge:
    value_of = attrgetter(known.column or "")
    told = leaf.kind == BOOL
    # What is to come has not happened yet: its age is unset.
    aged = known.kind == DATE and leaf.op in ("newer_than", "older_than")

    def judge(facts: Facts, now: int) -> Moment:
        value = value_of(facts.profile)
        if value is None or value == "":
            return check(None, now)
        if aged and value > now:
            return leaf.include_unset, value
        return check(bool(value) if told else value, now)

    return judge


def _elapsed(known: Trait, check: Callable[[Any, int], Moment]) -> Judge:
    """Whether a time since is set: from its start on."""
    value_of = attrgetter(known.since or "")

    def judge(facts: Facts, now: int) -> Moment:
        start = value_of(facts.profile)
        if start is None or start > now:
            return check(None, now)[0], start
        return check(now - start, now)

    return judge


def _since(leaf: TraitLeaf, known: Trait) -> Judge:
    """A time since: it grows by itself, and changes its answer only around its bounds."""
    value_of, compare = attrgetter(known.since or ""), COMPARED[leaf.op]
    to = [value * known.span for value in leaf.values]
    around = sorted({math.floor(bound) + extra for bound in to for extra in (0, 1)})

    def judge(facts: Facts, now: int) -> Moment:
        start = value_of(facts.profile)
        if start is None:
            return leaf.include_unset, None
        elapsed = now - start
        if elapsed < 0:
            return leaf.include_unset, start
        later = next((start + turn for turn in around if turn > elapsed), None)
        return compare(elapsed, to), later

    return judge
