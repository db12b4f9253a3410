"""What good news is there of a product since somebody looked at it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

SOLD_OUT = "out_of_stock"
FELL = 0.95  # of the price that was seen, or less, is news


class Told(NamedTuple):
    """What the catalogue said of a product from ``at`` (Unix ms) on; money in minor units."""

    at: int
    price: int | None
    sale_price: int | None
    currency: str | None
    availability: str


def good_news(told: Sequence[Told], looked_at: int) -> int | None:
    """When (Unix ms) the product came back, or fell by a twentieth of the price that was seen.

    told: oldest first, from what was in force at ``looked_at`` on, up to what is in force now. Of
    both the later one; None: neither, or it cannot be bought now.
    """
    if not told or told[-1].availability == SOLD_OUT:
        return None
    moments = [_came_back(told), _fell(told, looked_at)]
    return max((at for at in moments if at is not None and at > looked_at), default=None)


def _came_back(told: Sequence[Told]) -> int | None:
    out = [place for place, one in enumerate(told) if one.availability == SOLD_OUT]
    return told[out[-1] + 1].at if out else None


def _fell(told: Sequence[Told], looked_at: int) -> int | None:
    """Since when it has cost so much less than what was in force at the look."""
    seen, since = told[0], None
    price = _price(seen)
    if seen.at > looked_at or price is None:
        return None
    for one in reversed(told[1:]):
        now = _price(one)
        if now is None or one.currency != seen.currency or now > FELL * price:
            break
        since = one.at
    return since


def _price(one: Told) -> int | None:
    if one.price is not None and one.sale_price is not None and one.sale_price < one.price:
        return one.sale_price
    return one.price
