"""Which products stand near another, where no model has been built yet?

Bounded looks at the newest rows, so that a shop's first day has these lists too.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugin.storage.engine import Tx

MOST_LINES = 2_000  # product lines of the newest orders
MOST_KIN = 1_000  # products of one category
LEAST_ORDERS = 3  # that hold both: fewer is chance

BOUGHT_WITH = """
with lines as (
  select event_id, item_id from item_events
  where name = 'purchase' and at <= :now
  order by at desc, event_id
  limit :lines
),
theirs as (select distinct event_id from lines where item_id in texts(:ids))
select l.item_id
from lines l
join theirs t on t.event_id = l.event_id
join items i on i.item_id = l.item_id
where l.item_id not in texts(:ids) and i.availability in ('in_stock', 'preorder')
group by l.item_id
having count(distinct l.event_id) >= :least
order by count(distinct l.event_id) desc, l.item_id
limit :limit
"""
SAME_CATEGORY = """
select k.item_id from (
  select i.item_id, i.brand, i.price from items i
  where i.category = (select category from items where item_id = :item)
    and i.availability in ('in_stock', 'preorder') and i.item_id <> :item
  limit :kin
) k
join items o on o.item_id = :item
order by case when k.brand = o.brand then 0 else 1 end,
  abs(coalesce(k.price, 0) - coalesce(o.price, 0)), k.item_id
limit :limit
"""


def bought_with(tx: Tx, item_ids: Sequence[str], now: int, limit: int) -> list[str]:
    """What at least ``LEAST_ORDERS`` of the newest orders hold beside any of ``item_ids``."""
    if not item_ids:
        return []
    rows = tx.tuples(
        BOUGHT_WITH, ids=list(item_ids), now=now, lines=MOST_LINES, least=LEAST_ORDERS, limit=limit
    )
    return [item_id for (item_id,) in rows]


def same_category(tx: Tx, item_id: str | None, limit: int) -> list[str]:
    """Products of the same category, those of the same brand first, then the nearest in price."""
    if item_id is None:
        return []
    rows = tx.tuples(SAME_CATEGORY, item=item_id, kin=MOST_KIN, limit=limit)
    return [found for (found,) in rows]
