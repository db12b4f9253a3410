"""Which segments are these visitors in now, and when must each be looked at again?

Only reads: this is the long part of a pass, and may run in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from plugin.journey.causes import caught_up
from plugin.journey.verdicts import verdicts
from plugin.segment.evaluate import Verdict, soonest
from plugin.segment.facts import Facts
from plugin.segment.rule import Rule, needs_of, segments_of
from plugin.shop import Shop
from plugin.storage import backfills, by_hand, segments
from plugin.storage import rules as rules_in_sql
from plugin.storage.ahead import facts_by_now
from plugin.storage.by_hand import NOTHING, Placed
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx
from plugin.storage.facts import load_facts


@dataclass(frozen=True)
class Decided:
    """What rules say of visitors, by the definitions of ``generation``.

    inside: for each profile that is there, whether it is in each segment asked about; a segment
    whose rule failed for it is left out. next_checks: when (Unix ms) its answer may change with no
    event. began: since when (Unix ms) each of its answers is so, of whoever time alone may have
    moved. hands: what was put by hand then. failed: why a rule could not be asked, by segment;
    resting: which, by profile.
    """

    generation: int
    inside: dict[int, dict[str, bool]] = field(default_factory=dict)
    next_checks: dict[int, int | None] = field(default_factory=dict)
    began: dict[int, dict[str, int]] = field(default_factory=dict)
    hands: dict[int, Placed] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    resting: dict[int, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Moves:
    """Who is not where a rule says, by the definitions of ``generation``, of ``asked`` visitors."""

    generation: int
    asked: int
    profiles: list[int]


Decide = Callable[[Store, Shop, Sequence[int], int, "str | None"], Decided]


def decide(
    store: Store, shop: Shop, ids: Sequence[int], now: int, slug: str | None = None
) -> Decided:
    """What the rules say of profiles ``ids`` at ``now`` (Unix ms); ``slug``: of this segment and
    those that are built on it alone.
    """
    with store.read() as tx:
        docs = documents(store, tx)
        rules, asked = _asked(docs, slug)
        needs = docs.needs if slug is None else needs_of(rules.values())
        facts, coming = facts_by_now(tx, load_facts(tx, ids, *needs), now, shop)
        hands = by_hand.placed(tx, list(facts)) if facts else {}
        waits = segments.waiting_of(tx, list(facts)) if slug is None else {}
    found = Decided(docs.generation, hands=hands)
    for profile, known in facts.items():
        placed = hands.get(profile, NOTHING)

        def ask(at: int, known: Facts = known, placed: Placed = placed) -> dict[str, Verdict]:
            return verdicts(rules, known, placed, at, shop)

        mark, due_at = waits.get(profile, (None, None))
        if mark is None and due_at and due_at <= now:
            answers, found.began[profile] = caught_up(ask, due_at, now)
        else:  # what came was told of no moment before now
            answers = ask(now)
        failed = {s: v.failed for s, v in answers.items() if v.failed}
        if failed:
            found.failed.update(failed)
            found.resting[profile] = list(failed)
        found.inside[profile] = {
            s: bool(v.holds) for s, v in answers.items() if s in asked and not v.failed
        }
        later = [v.next_check for v in answers.values()]
        found.next_checks[profile] = soonest([*later, coming.get(profile)])
    return found


def find_moves(store: Store, shop: Shop, slug: str, now: int) -> Moves:
    """Whom a segment's rule would let in or out at ``now`` (Unix ms), asked of everybody in SQL."""
    with store.read() as tx:
        docs = documents(store, tx)
        rule = docs.rules.get(slug)
        if rule is None:  # switched off since
            return Moves(docs.generation, 0, [])
        wanted, held = who_belongs(tx, slug, rule, now, shop), segments.member_ids(tx, slug)
    return Moves(docs.generation, len(wanted | held), sorted(wanted ^ held))


def who_belongs(
    tx: Tx, slug: str, rule: Rule, now: int, shop: Shop, among: Sequence[int] | None = None
) -> set[int]:
    """Who should be in a segment, of all or ``among`` some: by its rule, unless by hand."""
    if among is None:
        by_rule = rules_in_sql.matching_profiles(tx, rule, now, shop)
    else:
        by_rule = backfills.matching_among(tx, rule, among, now, shop)
    return by_hand.with_words(tx, slug, by_rule, now, among)


def never() -> bool:
    """Of a pass that goes on to its end."""
    return False


def at_once(took_s: float) -> None:
    """Of a pass that leaves nobody room."""


class Hands(NamedTuple):
    """Where a pass has its long parts done, and how it makes room for others.

    pause: called after each batch with the seconds it took. enough: asked then; True ends the pass,
    and what is left waits for the next.
    """

    decide: Decide = decide
    find_moves: Callable[[Store, Shop, str, int], Moves] = find_moves
    pause: Callable[[float], None] = at_once
    enough: Callable[[], bool] = never


HERE = Hands()


def built_on(rules: Mapping[str, Rule], slug: str) -> set[str]:
    """The segments whose rules name ``slug``, directly or through others."""
    found: set[str] = set()
    for other, rule in rules.items():  # each after those it names
        if segments_of(rule) & {slug, *found}:
            found.add(other)
    return found


def with_those_under(rules: Mapping[str, Rule], slugs: Collection[str]) -> dict[str, Rule]:
    """Those of ``slugs`` that have rules, and all that they are built on, these first."""
    needed = set(slugs)
    for slug in reversed(list(rules)):  # those it names come before it
        if slug in needed:
            needed |= segments_of(rules[slug])
    return {slug: rule for slug, rule in rules.items() if slug in needed}


def _asked(docs: Documents, slug: str | None) -> tuple[Mapping[str, Rule], set[str]]:
    """The rules to ask, in order, and the segments whose members they decide about."""
    if slug is None:
        return docs.rules, set(docs.rules)
    asked = {slug, *built_on(docs.rules, slug)} & docs.rules.keys()
    return with_those_under(docs.rules, asked), asked
