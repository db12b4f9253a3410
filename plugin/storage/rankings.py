"""Which lists did the clock make?"""

from __future__ import annotations

from plugin.storage import marks
from plugin.storage.engine import Row, Tx

STORED = """
select r.item_id from rankings r
join items i on i.item_id = r.item_id
where r.strategy = :strategy and r.scope in texts(:scopes)
  and i.availability in ('in_stock', 'preorder')
group by r.item_id
order by sum(r.score) desc, r.item_id
limit :limit
"""
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
    rows = tx.all(STORED, strategy=strategy, scopes=scopes, limit=limit)
    return [row["item_id"] for row in rows]


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
