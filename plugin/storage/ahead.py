"""Whose events are dated later than now, and what is known of these visitors by now?

A clock may run some minutes fast, and a profile is told of an event as it comes. Rules count what
has happened by now, so the profiles of these few are told anew for them, up to now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from plugin.profile.profile import Profile
from plugin.segment.evaluate import leaf_verdict
from plugin.segment.facts import Facts
from plugin.segment.rule import needs_of
from plugin.segment.shape import TraitLeaf
from plugin.segment.traits import PREDICTIONS
from plugin.shop import Shop
from plugin.storage.engine import Tx
from plugin.storage.facts import load_facts
from plugin.storage.past import past, profile_then

AHEAD = "select id from profiles where last_seen_at > :now order by id"
AHEAD_AMONG = """
select id from profiles where last_seen_at > :now and id in ints(:ids) order by id
"""
COMING = """
select profile, min(at) as at from events where profile in ints(:ids) and at > :now group by profile
"""


def facts_by_now(
    tx: Tx, facts: Mapping[int, Facts], now: int, shop: Shop
) -> tuple[Mapping[int, Facts], Mapping[int, int]]:
    """The facts with profiles as of ``now`` (Unix ms), and when the next event of whom counts."""
    ids = [one for one, known in facts.items() if (known.profile.last_seen_at or 0) > now]
    if not ids:
        return facts, {}
    told = _profiles(tx, ids, now, shop)
    coming: dict[int, int] = dict(tx.tuples(COMING, ids=ids, now=now))
    return {**facts, **{one: _with(facts[one], told[one]) for one in told}}, coming


class Ahead:
    """Those who are ahead of ``now`` (of all, or ``among`` some), to whoever makes SQL of rules."""

    def __init__(self, tx: Tx, now: int, shop: Shop, among: Sequence[int] | None) -> None:
        self._tx, self._now, self._shop, self._among = tx, now, shop, among

    def corrected(self, leaf: TraitLeaf, sql: str, bind: Callable[[Any], str]) -> str:
        """``sql``, which asks the leaf of profiles as they are kept, right for these as well."""
        if leaf.trait in PREDICTIONS or not self._told:
            return sql
        facts = load_facts(self._tx, list(self._told), *needs_of([leaf]))
        holds = [
            one
            for one, known in facts.items()
            if leaf_verdict(leaf, _with(known, self._told[one]), self._now, self._shop).holds
        ]
        ids, yes = bind(list(facts)), bind(holds)
        return f"case when p.id in ints({ids}) then p.id in ints({yes}) else {sql} end"

    @cached_property
    def _told(self) -> Mapping[int, Profile]:
        if self._among is None:
            rows = self._tx.tuples(AHEAD, now=self._now)
        else:
            rows = self._tx.tuples(AHEAD_AMONG, now=self._now, ids=list(self._among))
        ids = [profile for (profile,) in rows]
        return _profiles(self._tx, ids, self._now, self._shop) if ids else {}


def _profiles(tx: Tx, ids: Sequence[int], now: int, shop: Shop) -> Mapping[int, Profile]:
    """As they were told up to now; without those who have done nothing yet."""
    then = past(tx, ids, now, shop)
    return {profile: profile_then(then, profile, shop) for profile in then.logs}


def _with(known: Facts, profile: Profile) -> Facts:
    return replace(known, profile=profile, found={})
