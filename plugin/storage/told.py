"""How is a product kept as a feed or the shop's server tells it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from plugin.storage.engine import Tx

COLUMNS = (
    "item_id", "name", "url", "image", "price", "sale_price", "currency", "availability",
    "category", "brand", "tags", "group_id", "description", "cost",
)  # fmt: skip
UPSERT = """
insert into items (item_id, name, url, image, price, sale_price, currency, availability,
                   category, brand, tags, group_id, description, cost, created_at, updated_at)
values (:item_id, :name, :url, :image, :price, :sale_price, :currency,
        coalesce(:availability, 'in_stock'), :category, :brand, coalesce(:tags, '[]'),
        :group_id, :description, :cost, :now, :now)
on conflict (item_id) do update set
  name = coalesce(excluded.name, items.name),
  url = coalesce(excluded.url, items.url),
  image = coalesce(excluded.image, items.image),
  sale_price = case when excluded.price is null and excluded.sale_price is null
                    then items.sale_price else excluded.sale_price end,
  price = coalesce(excluded.price, items.price),
  currency = coalesce(excluded.currency, items.currency),
  availability = coalesce(:availability, nullif(items.availability, 'removed'), 'in_stock'),
  category = coalesce(excluded.category, items.category),
  brand = coalesce(excluded.brand, items.brand),
  tags = coalesce(:tags, items.tags),
  group_id = coalesce(excluded.group_id, items.group_id),
  description = coalesce(excluded.description, items.description),
  cost = coalesce(excluded.cost, items.cost),
  learnt = 0,
  updated_at = excluded.updated_at
"""
UPSERT_VARIANT = UPSERT.replace("items", "variants")


def upsert(tx: Tx, items: Sequence[Mapping[str, Any]], now: int, *, variants: bool = False) -> None:
    """Keep products, or ``variants`` of some; the newest row of one id wins.

    Keys are ``COLUMNS``, money in minor units. A key that is absent or None keeps what was known; a
    price without a sale price ends the sale. What was removed is there again.
    """
    tx.many(UPSERT_VARIANT if variants else UPSERT, [_row(item, now) for item in items])


def _row(item: Mapping[str, Any], now: int) -> dict[str, Any]:
    row = {column: item.get(column) for column in COLUMNS}
    if row["tags"] is not None:
        row["tags"] = orjson.dumps(list(row["tags"])).decode()
    return row | {"now": now}
