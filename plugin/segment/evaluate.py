"""Does a rule hold for a visitor now, and when may that change with no new event?

Answers are true, false, or unknown (None: a prediction that nobody has made yet), and combine as
SQL's do. ``storage.rules`` gives the same rules the same meaning over many visitors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from plugin.errors import RuleRefused
from plugin.segment.compare import COMPARED, declared_text, minor_amounts
from plugin.segment.course import not_followed, recency, sequence
from plugin.segment.facts import Facts
from plugin.segment.figure import measure
from plugin.segment.rule import segments_of
from plugin.segment.shape import (
    All,
    AnyOf,
    Bucket,
    Everyone,
    MeasureLeaf,
    Not,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
)
from plugin.segment.trait_leaf import trait
from plugin.shop import Shop

__all__ = [
    "COMPARED", "NOBODY", "Verdict", "bucket", "declared_text", "evaluate", "evaluate_all",
    "in_minor", "leaf_verdict", "order_by_dependency", "soonest",
]  # fmt: skip
NOBODY: Mapping[str, bool] = {}
Answer = tuple["bool | None", "int | None"]  # holds, next_check
Ask = Callable[[Facts, int, Mapping[str, bool]], Answer]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``holds``: True, False or None (unknown). ``next_check``: the first moment (Unix ms) at which
    it may change with no new event, exact or early, never late; None: it cannot.

    What another segment may change is not in it: that one has a next check of its own. ``failed``:
    why the rule could not be asked; then it is unknown.
    """

    holds: bool | None
    next_check: int | None = None
    failed: str | None = None


def evaluate(
    rule: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> Verdict:
    """Whether ``rule`` holds; ``segments`` says which others the visitor is in.

    A visitor is in no segment before its first event.
    """
    first = facts.profile.first_seen_at
    if first is None or first > now:
        return Verdict(False, first)
    return leaf_verdict(rule, facts, now, shop, segments)


def evaluate_all(
    rules: Mapping[str, Rule], facts: Facts, now: int, shop: Shop
) -> dict[str, Verdict]:
    """The verdict of each segment's rule; ``rules`` come after those they are built on."""
    found: dict[str, Verdict] = {}
    inside: dict[str, bool] = {}
    for slug, rule in rules.items():
        verdict = found[slug] = evaluate(rule, facts, now, shop, inside)
        inside[slug] = bool(verdict.holds)
    return found


def order_by_dependency(rules: Mapping[str, Rule]) -> list[str]:
    """The slugs, each after those its rule is built on. Raises RuleRefused with a circle's path."""
    built_on = {slug: sorted(segments_of(rule) & rules.keys()) for slug, rule in rules.items()}
    try:
        return list(TopologicalSorter(built_on).static_order())
    except CycleError as trouble:
        path = " → ".join(reversed(trouble.args[1]))
        raise RuleRefused(f"these segments go round in a circle: {path}") from None


def leaf_verdict(
    leaf: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> Verdict:
    """The verdict of a leaf, or of any part of a rule, whenever the visitor was first seen."""
    holds, later = asked(leaf, shop)(facts, now, segments)
    return Verdict(holds, later)


def asked(rule: Rule, shop: Shop) -> Ask:
    """The rule as a function, made once for each money, clock and manners that shops have."""
    key = shop.reads_as
    found: Ask | None = rule.ready.get(key)
    if found is None:
        found = rule.ready[key] = _made(rule, shop)
    return found


def _made(rule: Rule, shop: Shop) -> Ask:
    if isinstance(rule, (All, AnyOf)):
        return _group([asked(part, shop) for part in rule.parts], isinstance(rule, AnyOf))
    if isinstance(rule, Not):
        return _turned(asked(rule.part, shop))
    if isinstance(rule, SegmentLeaf):
        slug = rule.slug
        return lambda facts, now, segments: (segments.get(slug, False), None)
    if isinstance(rule, Bucket):
        salt, below = rule.salt, rule.below
        return lambda facts, now, segments: (bucket(salt, facts.profile.visitor_id) < below, None)
    if isinstance(rule, Everyone):
        return lambda facts, now, segments: (True, None)
    judge = _judge(rule, shop)
    return lambda facts, now, segments: judge(facts, now)


def _judge(leaf: Rule, shop: Shop) -> Callable[[Facts, int], Answer]:
    money, zone = shop.currency, shop.timezone
    if isinstance(leaf, TraitLeaf):
        return trait(leaf, shop)
    if isinstance(leaf, MeasureLeaf):
        return measure(leaf, money, zone)
    if isinstance(leaf, RecencyLeaf):
        return recency(leaf, money, zone)
    if isinstance(leaf, SequenceLeaf):
        return sequence(leaf)
    assert isinstance(leaf, NotFollowedLeaf)
    return not_followed(leaf)


def _group(parts: Sequence[Ask], decisive: bool) -> Ask:
    """All of ``parts`` (one that is false decides) or any of them (one that is true decides).

    As long as the part that decides stays as it is, so does the group.
    """

    def ask(facts: Facts, now: int, segments: Mapping[str, bool]) -> Answer:
        unknown, later = False, None
        for part in parts:
            holds, turn = part(facts, now, segments)
            if holds is decisive:
                return decisive, turn
            unknown = unknown or holds is None
            if turn is not None and (later is None or turn < later):
                later = turn
        return (None if unknown else not decisive), later

    return ask


def _turned(part: Ask) -> Ask:
    def ask(facts: Facts, now: int, segments: Mapping[str, bool]) -> Answer:
        holds, later = part(facts, now, segments)
        return (None if holds is None else not holds), later

    return ask


def bucket(salt: str, visitor_id: str) -> float:
    """The visitor's fixed place from 0 to below 100 under ``salt``."""
    digest = hashlib.sha256(f"{salt}:{visitor_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0x1_0000_0000 * 100


def soonest(moments: Iterable[int | None]) -> int | None:
    """The earliest of ``moments``, leaving out None; None when there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


def in_minor(amounts: Sequence[float], shop: Shop) -> tuple[float, ...]:
    """A rule's amounts of money (major units) as they are stored: minor units."""
    return minor_amounts(amounts, shop.currency)
