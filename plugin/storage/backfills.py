"""Which edited rules have not been asked about everybody yet, and how far has each come?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from plugin.segment.shape import Rule
from plugin.shop import Shop
from plugin.storage.engine import Row, Tx
from plugin.storage.rule_sql import rule_sql

BEGIN = """
insert into backfills (segment, began_at) values (:slug, :now)
on conflict (segment) do update set
  settled = 0, after_profile = 0, upto = 0, began_at = excluded.began_at
"""
NEXT = "select * from backfills order by began_at, segment limit 1"
ALL = "select * from backfills"
SETTLED = """
update backfills set settled = 1, upto = coalesce((select max(id) from profiles), 0)
where segment = :slug
"""
REACHED = "update backfills set after_profile = :profile where segment = :slug"
ANY_RESTS = "select 1 as rests from resting limit 1"
AWAKE = "delete from resting where profile in ints(:ids)"
REST = "insert into resting (segment, profile) values (:slug, :profile) on conflict do nothing"
RESTING = "select distinct segment from resting"
NO_REST = "delete from resting where segment = :slug"
DONE = "delete from backfills where segment = :slug"
# Whoever has none of the events is not woken by a rule over them.
SOME_WITH = """
select p.id from profiles p
where p.id > :after and p.id <= :upto and exists (
  select 1 from events e where e.profile = p.id and e.name in texts(:names)
)
order by p.id limit :limit
"""
SOME = """
select p.id from profiles p where p.id > :after and p.id <= :upto order by p.id limit :limit
"""
AMONG = "select p.id from profiles p where p.id in ints(:among) and {rule}"


@dataclass(frozen=True)
class Backfill:
    """An edited rule on its way. ``settled``: its members are right already."""

    segment: str
    settled: bool
    after: int
    upto: int
    began_at: int


def rest(
    tx: Tx, looked_at: Sequence[int], failed: Mapping[int, Collection[str]]
) -> set[str] | None:
    """Keep for whom which rules ``failed``, of those who were ``looked_at``; the segments that
    still rest for anybody, or None: nothing rests, and nothing did.
    """
    if not failed and tx.one(ANY_RESTS) is None:
        return None
    tx.run(AWAKE, ids=list(looked_at))
    tx.many(REST, [{"slug": s, "profile": p} for p, slugs in failed.items() for s in slugs])
    return {slug for (slug,) in tx.tuples(RESTING)}


def begin(tx: Tx, slug: str, now: int) -> None:
    """Have the rule of a segment asked about everybody, from the beginning; it rests no more."""
    tx.run(NO_REST, slug=slug)
    tx.run(BEGIN, slug=slug, now=now)


def following(tx: Tx) -> Backfill | None:
    """The one to go on with, the oldest; None: there is none."""
    row = tx.one(NEXT)
    return None if row is None else _backfill(row)


def under_way(tx: Tx) -> dict[str, Backfill]:
    """All, by segment."""
    return {row["segment"]: _backfill(row) for row in tx.all(ALL)}


def settled(tx: Tx, slug: str) -> None:
    """The members are right; from now on whoever is there must be woken at the right moment."""
    tx.run(SETTLED, slug=slug)


def reached(tx: Tx, slug: str, profile: int) -> None:
    """Everybody up to ``profile`` is woken when the rule needs it."""
    tx.run(REACHED, slug=slug, profile=profile)


def forget(tx: Tx, slug: str) -> None:
    """A segment is gone."""
    tx.run(NO_REST, slug=slug)
    done(tx, slug)


def done(tx: Tx, slug: str) -> None:
    """Nothing is left to do for a segment."""
    tx.run(DONE, slug=slug)


def some(tx: Tx, one: Backfill, names: Collection[str] | None, limit: int) -> list[int]:
    """The next ``limit`` profiles; ``names``: only those with an event of these; None: all."""
    if names is None:
        rows = tx.tuples(SOME, after=one.after, upto=one.upto, limit=limit)
    else:
        rows = tx.tuples(
            SOME_WITH, after=one.after, upto=one.upto, names=sorted(names), limit=limit
        )
    return [profile for (profile,) in rows]


def matching_among(tx: Tx, rule: Rule, among: Sequence[int], now: int, shop: Shop) -> set[int]:
    """For which of the profiles ``among`` the rule holds at ``now`` (Unix ms)."""
    sql, params = rule_sql(tx, rule, now, shop, among)
    rows = tx.tuples(AMONG.replace("{rule}", sql), **params, among=list(among))
    return {profile for (profile,) in rows}


def _backfill(row: Row) -> Backfill:
    return Backfill(
        row["segment"],
        bool(row["settled"]),
        row["after_profile"],
        row["upto"],
        row["began_at"],
    )
