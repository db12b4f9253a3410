"""What do product lines say of their products, each wording once?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from plugin.collect.event import Item
from plugin.storage.engine import Tx

KEEP = """
insert into wordings (id, item_id, name, brand, category, variant, price, currency)
values (:id, :item_id, :name, :brand, :category, :variant, :price, :currency)
on conflict (id) do nothing
"""
MOST_KNOWN = 20_000  # whose numbers are remembered
Wording = tuple[Any, ...]


def keep(tx: Tx, said: Iterable[tuple[Item, str | None]]) -> None:
    """Keep what lines say of their products, each with the currency of its event."""
    told = {wording(item, currency) for item, currency in said}
    # In order, so that two writers on PostgreSQL never wait for each other in a circle.
    tx.fill(KEEP, sorted((number(one), *one) for one in told))


def wording(item: Item, currency: str | None) -> Wording:
    """What a line says that another line may say too: all but how many there were."""
    return (
        item.item_id, item.name, item.brand, item.category, item.variant, item.price, currency,
    )  # fmt: skip


@lru_cache(maxsize=MOST_KNOWN)
def number(one: Wording) -> int:
    """The id of a wording: 63 bits of its hash, so that nobody has to ask for it.

    Of a million wordings two have the same id with a probability of 1 in 20 million.
    """
    return int.from_bytes(blake2b(orjson.dumps(one), digest_size=8).digest(), "big") >> 1
