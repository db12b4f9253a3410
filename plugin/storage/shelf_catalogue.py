"""Which products does the catalogue bring forward: new, reduced, of the price that is missing?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from plugin.serve.product import Product
from plugin.serve.recommend.taste import Choices, Taste, newness, taste_of, top
from plugin.shop import DAY
from plugin.storage import glances, items
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
VIEWED = """
select v.item_id, i.category, i.brand
from (
  select item_id from item_events
  where profile = :profile and name = 'view_item' and at <= :now
  order by at desc
  limit :most
) v
join items i on i.item_id = v.item_id
where i.availability <> 'removed'
"""
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


def new_arrivals(tx: Tx, wanted: Wanted) -> list[str]:
    """What came to the shop in the 30 days up to its newest product: newest first, and for a
    visitor of whom a taste is known what suits it before what is a little newer.
    """
    most = max(CHOICE, wanted.limit)
    choice = wanted.kept(("new arrivals", most), lambda: _newest(tx, most))
    return choice.best_first(_taste(tx, wanted), wanted.limit)


def offers(tx: Tx, wanted: Wanted) -> list[str]:
    """What costs less than before: the deeper reduced, the better sold and the better suited to a
    visitor of whom a taste is known, the earlier.
    """
    most = max(CHOICE, wanted.limit)
    popular = wanted.kept(("popular", most), lambda: tx.tuples(POPULAR, limit=most))
    if popular:
        choice = wanted.kept(("offers", most), lambda: _reduced(tx, popular, most))
    else:  # a young shop: its first orders count at once
        sold = tx.tuples(SOLD_LATELY, now=wanted.now, most=MOST_SALES, limit=most)
        choice = _reduced(tx, sold, most)
    return choice.best_first(_taste(tx, wanted) if choice else Taste(), wanted.limit)


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
    known = _products(tx, wanted, wanted.cart)
    lines = [known[item_id] for item_id in wanted.cart if item_id in known]
    return sum(one.price_now or 0 for one in lines if one.currency == wanted.currency)


def _products(tx: Tx, wanted: Wanted, item_ids: Sequence[str]) -> Mapping[str, Product]:
    return wanted.products(item_ids) if wanted.products else items.products(tx, item_ids)


def _taste(tx: Tx, wanted: Wanted) -> Taste:
    """What the visitor cares for, by the profile, the newest views and what the page tells."""
    told = dict.fromkeys((wanted.viewed or ())[-MOST_LOOKS:])
    rows: list[tuple[str, str | None, str | None]] = []
    if wanted.profile_id is not None:
        asked = {"profile": wanted.profile_id, "now": wanted.now, "most": MOST_LOOKS}
        rows = tx.tuples(VIEWED, **asked)
    kinds = {item_id: (category, brand) for item_id, category, brand in rows}
    if new := [one for one in told if one not in kinds]:
        known = _products(tx, wanted, new)
        kinds |= {one: (known[one].category, known[one].brand) for one in new if one in known}
    seen = [kinds[one] for one in told if one in kinds] + [kinds[row[0]] for row in rows]
    return taste_of(glances.affinities(tx, wanted.profile_id), seen, wanted.now)


def _newest(tx: Tx, most: int) -> Choices:
    rows = tx.tuples(NEW_ITEMS, limit=most)
    return Choices(
        [(one, newness(rows[0][1] - at), top(path), brand) for one, at, path, brand in rows]
    )


def _reduced(tx: Tx, popular: Sequence[Sequence[Any]], most: int) -> Choices:
    """Offers by how deep they are reduced and how well they sell. popular: best sellers first."""
    places = {row[0]: place for place, row in enumerate(popular, start=1)}
    rows = tx.tuples(DEEPEST, limit=most)
    if len(rows) == most:  # else they are all there
        rows += tx.tuples(REDUCED, ids=list(places))

    def worth(item_id: str, discount: float) -> float:
        place = places.get(item_id)
        return discount * (1 if place is None else 1 + 1 / (1 + math.log2(place)))

    found = {row[0]: (row[0], worth(*row[:2]), top(row[2]), row[3]) for row in rows}
    return Choices(found.values())
