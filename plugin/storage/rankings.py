"""Which lists did the clock make?"""

from __future__ import annotations

from plugin.storage import marks
from plugin.storage.engine import Row, Tx

TWICE, EVERY = 2, 2**53

STORED = """
select item_id from rankings
where strategy = :strategy and scope in texts(:scopes)
group by item_id
order by sum(score) desc, item_id
limit :most
"""
ANY_OF = "select scope from rankings where strategy = :strategy limit 1"
HAS_ROWS = """
select count(*) from (
  select 1 as one from item_events
  where name in ('purchase', 'add_to_cart', 'view_item') and at <= :now
  limit :rows
) counted
"""
AVAILABLE = """
select item_id from items
where item_id in texts(:ids) and availability in ('in_stock', 'preorder')
"""
DROP_RANKINGS = "delete from rankings"
KEEP_RANKING = """
insert into rankings (strategy, scope, item_id, score)
values (:strategy, :scope, :item_id, :score)
"""


def stored(tx: Tx, strategy: str, scopes: tuple[str, ...], limit: int) -> list[str]:
    """The available products of a list, best first; those of several scopes by their sum."""
    # Looked up for the first ones alone, whose places nearly always do: the whole list costs more,
    # and joined with it PostgreSQL reads the whole catalogue.
    for most in (TWICE * limit, EVERY):
        rows = tx.tuples(STORED, strategy=strategy, scopes=scopes, most=most)
        ids = [item_id for (item_id,) in rows]
        there = available(tx, ids)
        found = [item_id for item_id in ids if item_id in there]
        if len(found) >= limit or len(rows) < most:
            break
    return found[:limit]


def any_of(tx: Tx, strategy: str) -> list[str]:
    """The name of a scope that has a list by ``strategy``; empty: none has."""
    return [scope for (scope,) in tx.tuples(ANY_OF, strategy=strategy)]


def is_young(tx: Tx, now: int, most: int) -> bool:
    """Whether the shop has no more than ``most`` product events, and so is ranked when asked."""
    return bool(tx.value(HAS_ROWS, now=now, rows=most + 1) <= most)


def available(tx: Tx, item_ids: list[str]) -> set[str]:
    """Those of ``item_ids`` that can be bought now."""
    return {item_id for (item_id,) in tx.tuples(AVAILABLE, ids=item_ids)}


def keep(tx: Tx, rows: list[Row]) -> int:
    """Replace every list by ``rows`` made by ``place``; how many there are."""
    tx.run(DROP_RANKINGS)
    tx.many(KEEP_RANKING, rows)
    marks.touch(tx, marks.RANKINGS)
    return len(rows)


def place(strategy: str, scope: str, item_id: str, score: float) -> Row:
    """One row of a list; more ``score`` stands before less."""
    return {"strategy": strategy, "scope": scope, "item_id": item_id, "score": score}
