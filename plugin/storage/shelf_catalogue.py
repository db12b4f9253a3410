"""Which products does the catalogue bring forward: new, reduced, of the price that is missing?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plugin.serve.recommend.taste import Taste, newness, pulled, taste_of
from plugin.shop import DAY
from plugin.storage.engine import Tx

if TYPE_CHECKING:
    from plugin.storage.shelves import Wanted

NEW_DAYS = 30  # before the newest product
CHOICE = 200  # products among which a visitor's taste decides
MOST_LOOKS = 40  # of a visitor's views, newest first, that tell of a taste
MOST_SALES = 2_000  # newest lines of orders that a young shop's popularity is told by
BEYOND = 1.6  # of the gap; what costs more is no small addition any more

NEW_ITEMS = f"""
select item_id, created_at, category, brand from items
where availability in ('in_stock', 'preorder') and created_at >= (
  select max(created_at) from items where availability in ('in_stock', 'preorder')
) - {NEW_DAYS * DAY}
order by created_at desc, item_id
limit :limit
"""
VIEWED_OF = """
select i.category, i.brand from (
  select item_id from item_events
  where profile = :profile and name = 'view_item' and at <= :now
  order by at desc
  limit :most
) v
join items i on i.item_id = v.item_id
"""
KINDS_OF = "select category, brand from items where item_id in texts(:ids)"
DISCOUNT = "(cast(price - sale_price as {real}) / price)"
DEEPEST = f"""
select item_id, {DISCOUNT} as discount, category, brand from items
where sale_price < price and availability in ('in_stock', 'preorder')
order by {DISCOUNT} desc, item_id
limit :limit
"""
REDUCED = f"""
select item_id, {DISCOUNT} as discount, category, brand from items
where item_id in texts(:ids) and sale_price < price and availability in ('in_stock', 'preorder')
"""
POPULAR = """
select item_id from rankings where strategy = 'bestsellers' and scope = ''
order by score desc, item_id
limit :limit
"""
SOLD_LATELY = """
select item_id from (
  select item_id, quantity from item_events
  where name = 'purchase' and at <= :now
  order by at desc
  limit :most
) sold
group by item_id
order by sum(quantity) desc, item_id
limit :limit
"""
PRICE = "(case when sale_price < price then sale_price else price end)"
CLOSING = f"""
select item_id from items
where currency = :currency and {PRICE} >= :gap and {PRICE} <= :most
  and availability in ('in_stock', 'preorder') and item_id not in texts(:cart)
order by {PRICE}, item_id
limit :limit
"""
BELOW = f"""
select item_id from items
where currency = :currency and {PRICE} < :gap and {PRICE} > 0
  and availability in ('in_stock', 'preorder') and item_id not in texts(:cart)
order by {PRICE} desc, item_id
limit :limit
"""
PRICES = f"""
select item_id, {PRICE} from items
where item_id in texts(:ids) and currency = :currency and price is not null
"""


def new_arrivals(tx: Tx, wanted: Wanted) -> list[str]:
    """What came to the shop in the 30 days up to its newest product: newest first, and for a
    visitor of whom a taste is known what suits it before what is a little newer.
    """
    taste = _taste(tx, wanted)
    rows = tx.tuples(NEW_ITEMS, limit=max(CHOICE, wanted.limit) if taste else wanted.limit)
    if taste:
        newest = rows[0][1] if rows else 0
        rows.sort(
            key=lambda row: (-pulled(newness(newest - row[1]), taste.suits(*row[2:])), row[0])
        )
    return [row[0] for row in rows][: wanted.limit]


def offers(tx: Tx, wanted: Wanted) -> list[str]:
    """What costs less than before: the deeper reduced, the better sold and the better suited to a
    visitor of whom a taste is known, the earlier.
    """
    choice = max(CHOICE, wanted.limit)
    places = _places(tx, wanted.now, choice)
    rows = tx.tuples(DEEPEST, limit=choice)
    if len(rows) == choice:  # else they are all there
        rows += tx.tuples(REDUCED, ids=list(places))
    taste = _taste(tx, wanted) if rows else Taste()

    def worth(row: Sequence[Any]) -> float:
        place = places.get(row[0])
        popular = 0.0 if place is None else 1 / (1 + math.log2(place))
        return pulled(row[1] * (1 + popular), taste.suits(*row[2:]))

    found = {row[0]: worth(row) for row in rows}
    return sorted(found, key=lambda item_id: (-found[item_id], item_id))[: wanted.limit]


def free_shipping_gap(tx: Tx, wanted: Wanted) -> list[str]:
    """What takes the cart to free delivery: first what does so with the least beyond it, then what
    nearly does. Nothing where nothing is missing, and nothing for an empty cart.
    """
    value = _cart_value(tx, wanted)
    if wanted.free_shipping is None or not value or value >= wanted.free_shipping:
        return []
    gap = wanted.free_shipping - value
    asked = {"currency": wanted.currency, "gap": gap, "cart": list(wanted.cart)}
    rows = tx.tuples(CLOSING, most=int(BEYOND * gap), limit=wanted.limit, **asked)
    if len(rows) < wanted.limit:
        rows += tx.tuples(BELOW, limit=wanted.limit - len(rows), **asked)
    return [item_id for (item_id,) in rows]


def _cart_value(tx: Tx, wanted: Wanted) -> int:
    """What the cart is worth, minor units; 0: it is empty, or nobody knows."""
    if not wanted.cart or wanted.cart_value:
        return wanted.cart_value or 0
    prices = dict(tx.tuples(PRICES, ids=list(wanted.cart), currency=wanted.currency))
    return sum(prices.get(item_id, 0) for item_id in wanted.cart)


def _taste(tx: Tx, wanted: Wanted) -> Taste:
    """What the visitor cares for, by the profile, the newest views and what the page tells."""
    seen: list[tuple[Any, ...]] = []
    if wanted.viewed:
        seen += tx.tuples(KINDS_OF, ids=list(wanted.viewed[-MOST_LOOKS:]))
    if wanted.profile_id is not None:
        asked = {"profile": wanted.profile_id, "now": wanted.now, "most": MOST_LOOKS}
        seen += tx.tuples(VIEWED_OF, **asked)
    return taste_of(wanted.affinities, [(row[0], row[1]) for row in seen], wanted.now)


def _places(tx: Tx, now: int, limit: int) -> dict[str, int]:
    """The best sellers and their places, from 1 on; of a young shop as of this moment."""
    rows = tx.tuples(POPULAR, limit=limit)
    rows = rows or tx.tuples(SOLD_LATELY, now=now, most=MOST_SALES, limit=limit)
    return {item_id: place for place, (item_id,) in enumerate(rows, start=1)}
