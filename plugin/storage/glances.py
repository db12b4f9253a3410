"""Which part of a profile does a list of products need?

To read all of a profile costs as much as most lists do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from plugin.storage.engine import Tx

AFFINITIES = "select affinities from profiles where id = :profile"
CART = "select cart, cart_value_now from profiles where id = :profile"


class Cart(NamedTuple):
    """What is in a visitor's cart by the events that came. ``value``: minor units."""

    item_ids: frozenset[str] = frozenset()
    value: int = 0


def affinities(tx: Tx, profile_id: int | None) -> Mapping[str, tuple[float, int]]:
    """What ``Profile.affinities`` of this profile says; of nobody nothing."""
    kept = None if profile_id is None else tx.value(AFFINITIES, profile=profile_id)
    found: dict[str, tuple[float, int]] = {} if kept in (None, "{}") else orjson.loads(kept)
    return found


def cart(tx: Tx, profile_id: int | None) -> Cart:
    """The visitor's cart; of nobody an empty one."""
    rows = () if profile_id is None else tx.tuples(CART, profile=profile_id)
    if not rows or rows[0][0] == "[]":
        return Cart()
    return Cart(frozenset(line[0] for line in orjson.loads(rows[0][0])), rows[0][1])
