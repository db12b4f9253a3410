"""Whom does a rule hold for, of all visitors: how many, and which?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

from plugin.segment.shape import Rule
from plugin.shop import Shop
from plugin.storage.engine import Tx
from plugin.storage.rule_sql import rule_sql

COUNT = "select count(*) from profiles p where {rule}"
SAMPLE = "select p.visitor_id from profiles p where {rule} order by p.last_seen_at desc limit :most"
IDS = "select p.id from profiles p where {rule}"
SPAN = "select min(id) as first, max(id) as last from profiles"
AMONG = "select count(*) from profiles p where p.id in ints(:ids) and {rule}"
IDS_AMONG = "select p.id from profiles p where p.id in ints(:ids) and {rule}"
FIRST_LOOK = 500  # visitors asked to learn what one costs
SHARE = 0.5  # of the time left that an estimate may take: some visitors cost more than others


class Estimate(NamedTuple):
    """How many visitors a rule holds for; ``exact``: all were asked, not some."""

    visitors: int
    exact: bool


def count_matching(tx: Tx, rule: Rule, now: int, shop: Shop) -> int:
    """How many visitors the rule holds for at ``now`` (Unix ms)."""
    sql, params = rule_sql(tx, rule, now, shop)
    return int(tx.value(COUNT.replace("{rule}", sql), **params))


def matching(tx: Tx, rule: Rule, now: int, shop: Shop, most: int) -> list[str]:
    """The ids of at most ``most`` visitors the rule holds for, the latest seen first."""
    sql, params = rule_sql(tx, rule, now, shop)
    rows = tx.all(SAMPLE.replace("{rule}", sql), **params, most=most)
    return [row["visitor_id"] for row in rows]


def matching_profiles(tx: Tx, rule: Rule, now: int, shop: Shop) -> set[int]:
    """The profiles of all visitors the rule holds for."""
    sql, params = rule_sql(tx, rule, now, shop)
    return {row["id"] for row in tx.all(IDS.replace("{rule}", sql), **params)}


def matching_among(tx: Tx, rule: Rule, now: int, shop: Shop, ids: Sequence[int]) -> set[int]:
    """Those of the profiles ``ids`` the rule holds for."""
    sql, params = rule_sql(tx, rule, now, shop, ids)
    rows = tx.tuples(IDS_AMONG.replace("{rule}", sql), **params, ids=list(ids))
    return {profile for (profile,) in rows}


def fast_estimate(
    tx: Tx,
    rule: Rule,
    now: int,
    shop: Shop,
    within_ms: float,
    clock: Callable[[], float] = perf_counter,
) -> Estimate:
    """How many visitors the rule holds for, found out in about ``within_ms``.

    Everybody is asked where there is time for it, else every k-th by id. ``clock``: seconds.
    """
    end = clock() + within_ms / 1000
    row = tx.one(SPAN) or {}
    if not row or row["first"] is None:
        return Estimate(0, True)
    ids = range(row["first"], row["last"] + 1)
    began = clock()
    step = max(1, -(-len(ids) // FIRST_LOOK))
    found = _among(tx, rule, now, shop, ids[::step])
    cost = (clock() - began) / len(ids[::step])
    may = int((end - clock()) * SHARE / cost) if cost > 0 else len(ids)
    if step > 1 and may >= len(ids):
        return Estimate(count_matching(tx, rule, now, shop), True)
    if step > 1 and may > FIRST_LOOK:
        step = -(-len(ids) // may)
        found = _among(tx, rule, now, shop, ids[::step])
    return Estimate(min(found * step, len(ids)), step == 1)


def _among(tx: Tx, rule: Rule, now: int, shop: Shop, ids: range) -> int:
    sql, params = rule_sql(tx, rule, now, shop, ids)
    return int(tx.value(AMONG.replace("{rule}", sql), **params, ids=list(ids)))
