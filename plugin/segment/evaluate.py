"""Does a rule hold for a visitor now, and when may that change with no new event?

Answers are true, false, or unknown (None: a prediction that nobody has made yet), and combine as
SQL's do. ``storage.rules`` gives the same rules the same meaning over many visitors.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Any

from plugin.errors import RuleRefused
from plugin.segment.facts import Facts
from plugin.segment.rule import (
    All,
    AnyOf,
    Bucket,
    CountLeaf,
    Everyone,
    Not,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    TraitLeaf,
    segments_of,
)
from plugin.segment.text import fold
from plugin.segment.traits import (
    BOOL,
    DATE,
    MONEY,
    NUMBER,
    PREDICTIONS,
    TRAITS,
    Trait,
    declared_value,
    value_of,
)
from plugin.shop import Shop, exponent

NOBODY: Mapping[str, bool] = {}
COMPARED: dict[str, Callable[[Any, Sequence[Any]], bool]] = {
    "=": lambda value, to: value == to[0],
    "!=": lambda value, to: value != to[0],
    "<": lambda value, to: value < to[0],
    "<=": lambda value, to: value <= to[0],
    ">": lambda value, to: value > to[0],
    ">=": lambda value, to: value >= to[0],
    "between": lambda value, to: to[0] <= value <= to[1],
    "is": lambda value, to: value == to[0],
    "is_not": lambda value, to: value != to[0],
    "in": lambda value, to: value in to,
    "not_in": lambda value, to: value not in to,
    "contains": lambda value, to: to[0] in value,
    "not_contains": lambda value, to: to[0] not in value,
    "starts_with": lambda value, to: value.startswith(to[0]),
    "ends_with": lambda value, to: value.endswith(to[0]),
    "before": lambda value, to: value < to[0],
    "after": lambda value, to: value > to[0],
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``holds``: True, False or None (unknown). ``next_check``: the first moment (Unix ms) at which
    it may change with no new event, exact or early, never late; None: it cannot.
    """

    holds: bool | None
    next_check: int | None = None


def evaluate(
    rule: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> Verdict:
    """Whether ``rule`` holds; ``segments`` says which others the visitor is in.

    A visitor is in no segment before its first event.
    """
    first = facts.profile.first_seen_at
    if first is None or first > now:
        return Verdict(False, first)
    return _part(rule, facts, now, shop, segments)


def evaluate_all(
    rules: Mapping[str, Rule], facts: Facts, now: int, shop: Shop
) -> dict[str, Verdict]:
    """The verdict of each segment's rule; ``rules`` come after those they are built on."""
    found: dict[str, Verdict] = {}
    inside: dict[str, bool] = {}
    for slug, rule in rules.items():
        found[slug] = evaluate(rule, facts, now, shop, inside)
        inside[slug] = bool(found[slug].holds)
    return found


def order_by_dependency(rules: Mapping[str, Rule]) -> list[str]:
    """The slugs, each after those its rule is built on. Raises RuleRefused with a circle's path."""
    built_on = {slug: sorted(segments_of(rule) & rules.keys()) for slug, rule in rules.items()}
    try:
        return list(TopologicalSorter(built_on).static_order())
    except CycleError as trouble:
        path = " → ".join(reversed(trouble.args[1]))
        raise RuleRefused(f"these segments go round in a circle: {path}") from None


def _part(rule: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool]) -> Verdict:
    if isinstance(rule, (All, AnyOf)):
        parts = [_part(part, facts, now, shop, segments) for part in rule.parts]
        return Verdict(_joined(rule, parts), soonest(part.next_check for part in parts))
    if isinstance(rule, Not):
        part = _part(rule.part, facts, now, shop, segments)
        return Verdict(None if part.holds is None else not part.holds, part.next_check)
    return leaf_verdict(rule, facts, now, shop, segments)


def _joined(rule: All | AnyOf, parts: Sequence[Verdict]) -> bool | None:
    decisive = isinstance(rule, AnyOf)
    if any(part.holds is decisive for part in parts):
        return decisive
    return None if any(part.holds is None for part in parts) else not decisive


def leaf_verdict(
    leaf: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> Verdict:
    """The verdict of one leaf, by its kind."""
    if isinstance(leaf, TraitLeaf):
        return _trait(leaf, facts, now, shop)
    if isinstance(leaf, CountLeaf):
        times = facts.times.get(leaf.event, ())
        return _count(times, leaf.op, leaf.values, leaf.within, now)
    if isinstance(leaf, RecencyLeaf):
        return _recency(leaf, facts.times.get(leaf.event, ()), now)
    if isinstance(leaf, SegmentLeaf):
        return Verdict(segments.get(leaf.slug, False))
    if isinstance(leaf, Bucket):
        return Verdict(bucket(leaf.salt, facts.profile.visitor_id) < leaf.below)
    assert isinstance(leaf, Everyone)
    return Verdict(True)


def bucket(salt: str, visitor_id: str) -> float:
    """The visitor's fixed place from 0 to below 100 under ``salt``."""
    digest = hashlib.sha256(f"{salt}:{visitor_id}".encode()).hexdigest()
    return int(digest[:8], 16) / 0x1_0000_0000 * 100


def soonest(moments: Iterable[int | None]) -> int | None:
    """The earliest of ``moments``, leaving out None; None when there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


def _trait(leaf: TraitLeaf, facts: Facts, now: int, shop: Shop) -> Verdict:
    if leaf.trait in PREDICTIONS:
        return Verdict(None)
    trait = TRAITS.get(leaf.trait)
    if trait is None:
        return _compared(leaf, _as_kind(declared_value(leaf.trait, facts), leaf.kind))
    if trait.counts and leaf.op not in ("set", "unset"):
        times = tuple(sorted(t for name in trait.counts for t in facts.times.get(name, ())))
        return _count(times, leaf.op, leaf.values, trait.span, now)
    if trait.since is not None:
        return _since(leaf, trait, facts, now)
    value = value_of(trait, facts, now)
    if trait.kind == DATE and leaf.op in ("newer_than", "older_than"):
        return _age(leaf, value, now)
    if trait.kind == MONEY:
        return _compared(leaf, value, in_minor(leaf.values, shop))
    return _compared(leaf, fold(value) if isinstance(value, str) else value)


def in_minor(amounts: Sequence[float], shop: Shop) -> tuple[float, ...]:
    """A rule's amounts of money (major units) as they are stored: minor units."""
    digits = exponent(shop.currency)
    return tuple(float(Decimal(str(amount)).scaleb(digits)) for amount in amounts)


def _as_kind(value: Any, kind: str) -> Any:
    """A declared value as the leaf takes it to be; None: unset, or of another kind."""
    if kind == NUMBER:
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if kind == BOOL:
        return value if isinstance(value, bool) else None
    return None if value is None else fold(declared_text(value))


def declared_text(value: Any) -> str:
    """A declared value as text: "true" and "false" for booleans."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compared(leaf: TraitLeaf, value: Any, to: Sequence[Any] | None = None) -> Verdict:
    """An unset value satisfies only ``unset`` and leaves that let it pass."""
    if leaf.op in ("set", "unset"):
        return Verdict((value is None) == (leaf.op == "unset"))
    if value is None:
        return Verdict(leaf.include_unset)
    return Verdict(COMPARED[leaf.op](value, leaf.values if to is None else to))


def _since(leaf: TraitLeaf, trait: Trait, facts: Facts, now: int) -> Verdict:
    """A time since: it grows by itself, and changes its answer only around its bounds."""
    start = getattr(facts.profile, trait.since or "")
    bounds = [value * trait.span for value in leaf.values]
    verdict = _compared(leaf, None if start is None or start > now else now - start, bounds)
    if start is None:
        return verdict
    moments = (start + math.floor(bound) + extra for bound in bounds for extra in (0, 1))
    later = soonest(moment for moment in (start, *moments) if moment > now)
    return Verdict(verdict.holds, later)


def _age(leaf: TraitLeaf, value: int | None, now: int) -> Verdict:
    if value is None or value > now:
        return Verdict(leaf.include_unset, value)
    old = value <= now - leaf.values[0]
    turns = value + int(leaf.values[0])
    return Verdict(old == (leaf.op == "older_than"), turns if turns > now else None)


def _count(
    times: Sequence[int], op: str, values: Sequence[float], within: int | None, now: int
) -> Verdict:
    """How many of ``times`` lie in (now - within, now], compared; and when that may turn."""
    ends = [at for at in times if at > now]  # these will come in
    inside = [at for at in times if at <= now and (within is None or at > now - within)]
    holds = COMPARED[op](len(inside), values)
    steps = Counter(ends)
    if within is not None:  # and each goes out when its time is over
        steps.subtract(at + within for at in (*inside, *ends))
    count = len(inside)
    for moment in sorted(steps):
        count += steps[moment]
        if COMPARED[op](count, values) != holds:
            return Verdict(holds, moment)
    return Verdict(holds)


def _recency(leaf: RecencyLeaf, times: Sequence[int], now: int) -> Verdict:
    past = [at for at in times if at <= now]
    coming = next((at for at in times if at > now), None)
    if not past:
        return Verdict(leaf.or_never, coming)
    at = past[0] if leaf.first else past[-1]
    old = at <= now - leaf.span
    turns = at + leaf.span
    return Verdict(old == leaf.older, soonest((turns if turns > now else None, coming)))
