"""Which products does each strategy bring forward, best first?

One query a strategy, and each is bounded: it reads no more when the shop has ten years of history.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from plugin.serve.product import Product
from plugin.shop import DAY, MINUTE
from plugin.storage import rankings, shelf_again, shelf_catalogue, shelf_near, shelf_trends
from plugin.storage.engine import Row, Tx

# Which of a visitor's own rows are looked at, newest first.
MOST_VIEWS = 500
# Neighbours: viewers of the product, products they looked at, views that a product's fame counts.
MOST_VIEWERS = 400
MOST_NEIGHBOURS = 60
MOST_FAME = 1_000
NEAR = 30 * MINUTE
NEIGHBOUR_DAYS = 90
# Rankings: days counted, places kept, and up to how many rows a shop is ranked when it is asked.
RANKED_DAYS = 30
SHOP_PLACES = 1_000
SEGMENT_PLACES = 200
YOUNG = 2_000
# A segment is small below this: then its list would tell of single people, and mostly of chance.
LEAST_MEMBERS = 5
LEAST_ROWS = 20
# How many points of the whole shop's taste are mixed into a segment's (a purchase is one point).
SHRINK = 20.0
KINDS = ("purchase", "add_to_cart", "view_item")

# The views come newest first; behind them all that was ever bought.
VIEWED_AND_BOUGHT = """
select * from (
  select item_id, 0 as bought from item_events
  where profile = :profile and name = 'view_item' and at <= :now
  order by at desc, event_id desc, place desc
  limit :most
) viewed
union all
select item_id, 1 from item_events
where profile = :profile and name = 'purchase' and at <= :now
"""
LAST_VIEWED = """
select item_id from item_events
where profile = :profile and name = 'view_item' and at <= :now
order by at desc, item_id
limit 1
"""
# Ordered by viewers / sqrt(fame), written without the root: squares keep the order. A cross join,
# because SQLite keeps its order: left to itself it walked every view of the shop (300,000 lines,
# 100 viewers: 11 s, now 2 ms).
VIEWED_TOGETHER = """
with viewers as (
  select profile, at from item_events
  where item_id = :item and name = 'view_item' and at > :since and at <= :now
  order by at desc
  limit :viewers
),
together as (
  select o.item_id, count(distinct o.profile) as viewers
  from viewers v
  cross join item_events o
  where o.profile = v.profile and o.name = 'view_item' and o.item_id <> :item
    and o.at between v.at - :near and v.at + :near and o.at <= :now
  group by o.item_id
  order by viewers desc, o.item_id
  limit :neighbours
),
known as (
  select t.item_id, t.viewers, (
    select count(*) from (
      select 1 as one from item_events f
      where f.item_id = t.item_id and f.name = 'view_item' and f.at > :since and f.at <= :now
      limit :fame
    ) views
  ) as fame
  from together t
  join items i on i.item_id = t.item_id
  where i.availability in ('in_stock', 'preorder')
)
select item_id from known
order by cast(viewers * viewers as {real}) / fame desc, item_id
limit :limit
"""
NEWEST_OF = "select max(at) from item_events where name = :name and at <= :now"
# The newest rows of each kind count, up to :rows; sold before carted before looked at.
SOLD = """
with sold as (
  select item_id, quantity from item_events
  where name = 'purchase' and at > :purchase and at <= :now order by at desc limit :rows
),
carted as (
  select item_id from item_events
  where name = 'add_to_cart' and at > :add_to_cart and at <= :now order by at desc limit :rows
),
viewed as (
  select item_id from item_events
  where name = 'view_item' and at > :view_item and at <= :now order by at desc limit :rows
),
lines as (
  select item_id, quantity as sold, 0 as carted, 0 as viewed from sold
  union all select item_id, 0, 1, 0 from carted
  union all select item_id, 0, 0, 1 from viewed
)
select item_id, sum(sold) as sold, sum(carted) as carted, sum(viewed) as viewed
from lines
group by item_id
order by sold desc, carted desc, viewed desc, item_id
limit :places
"""
NEWEST_ITEMS = """
select item_id from items
where availability in ('in_stock', 'preorder')
order by created_at desc, item_id
limit :limit
"""
FAVOURITES = """
with points as (
  select profile, item_id, 1.0 as points from item_events
  where name = 'purchase' and at > :purchase and at <= :now
  union all select profile, item_id, 0.2 from item_events
  where name = 'add_to_cart' and at > :add_to_cart and at <= :now
  union all select profile, item_id, 0.02 from item_events
  where name = 'view_item' and at > :view_item and at <= :now
),
shop as (
  select item_id, sum(points) / (select sum(points) from points) as share
  from points group by item_id
),
sizes as (
  select m.segment, sum(p.points) as points
  from memberships m join points p on p.profile = m.profile
  group by m.segment
  having count(distinct p.profile) >= :members and count(*) >= :rows
),
scored as (
  select l.segment, l.item_id, (l.points + :shrink * s.share) / (z.points + :shrink) as score
  from (
    select m.segment, p.item_id, sum(p.points) as points
    from memberships m join points p on p.profile = m.profile
    group by m.segment, p.item_id
  ) l
  join sizes z on z.segment = l.segment
  join shop s on s.item_id = l.item_id
),
placed as (
  select segment, item_id, score,
    row_number() over (partition by segment order by score desc, item_id) as place
  from scored
)
select 'segment_favourites' as strategy, segment as scope, item_id,
  cast(score as {real}) as score
from placed
where place <= :places
"""


T = TypeVar("T")


class Keep(Protocol):
    """Of a name and what makes something of the catalogue: what it made, now or before."""

    def __call__(self, name: Hashable, make: Callable[[], T]) -> T:
        """As the class says."""


def _anew(name: Hashable, make: Callable[[], T]) -> T:
    return make()


@dataclass(frozen=True)
class Wanted:
    """For whom and for which page products are asked for.

    ``viewed``: product ids looked at in this visit, oldest first, as the page tells them; None or
    empty: what the store knows. ``limit``: how many are needed at most, with some to spare for
    those that may not be shown. ``cart``: its product ids; ``cart_value``: what it is worth, None:
    as the catalogue says. ``free_shipping``: what it must be worth to be delivered for nothing,
    None: never. Both in minor units of ``currency``, the shop's. ``kept``: of a name and what makes
    something, that which was made, for as long as the catalogue and the clock's lists are the same.
    ``products``: of item ids, a look-up of those in the catalogue, from memory where it can be;
    None: the store is asked.
    """

    now: int
    limit: int
    profile_id: int | None = None
    viewed: tuple[str, ...] | None = None
    item_id: str | None = None
    cart: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    cart_value: int | None = None
    free_shipping: int | None = None
    currency: str | None = None
    kept: Keep = field(default=_anew, compare=False, repr=False)
    products: Callable[[Sequence[str]], Mapping[str, Product]] | None = None


def recently_viewed(tx: Tx, wanted: Wanted) -> list[str]:
    """What the visitor looked at, newest first, each once, without what was bought."""
    ids = list(reversed(wanted.viewed or ()))
    if wanted.profile_id is not None:
        asked = {"profile": wanted.profile_id, "now": wanted.now, "most": MOST_VIEWS}
        rows = tx.tuples(VIEWED_AND_BOUGHT, **asked)
        ids += [item_id for item_id, is_bought in rows if not is_bought]
        bought = {item_id for item_id, is_bought in rows if is_bought}
        ids = [item_id for item_id in ids if item_id not in bought]
    return list(dict.fromkeys(ids))[: wanted.limit]


def viewed_together(tx: Tx, wanted: Wanted) -> list[str]:
    """What those who looked at the page's product (else the last viewed) looked at beside it."""
    item = page_product(tx, wanted)
    if item is None:
        return []
    rows = tx.all(
        VIEWED_TOGETHER,
        item=item,
        since=wanted.now - NEIGHBOUR_DAYS * DAY,
        now=wanted.now,
        near=NEAR,
        viewers=MOST_VIEWERS,
        neighbours=MOST_NEIGHBOURS,
        fame=MOST_FAME,
        limit=wanted.limit,
    )
    return [row["item_id"] for row in rows]


def page_product(tx: Tx, wanted: Wanted) -> str | None:
    """The page's own product, else the one viewed last; None: there is neither."""
    item = wanted.item_id or (wanted.viewed[-1] if wanted.viewed else None)
    if item is None and wanted.profile_id is not None:
        item = tx.value(LAST_VIEWED, profile=wanted.profile_id, now=wanted.now)
    return item


def bought_together(tx: Tx, wanted: Wanted) -> list[str]:
    """What the newest orders hold beside the page's product (else the last viewed)."""
    item = page_product(tx, wanted)
    return [] if item is None else shelf_near.bought_with(tx, [item], wanted.now, wanted.limit)


def cart_complements(tx: Tx, wanted: Wanted) -> list[str]:
    """What the newest orders hold beside anything in the cart."""
    return shelf_near.bought_with(tx, wanted.cart, wanted.now, wanted.limit)


def similar(tx: Tx, wanted: Wanted) -> list[str]:
    """What else is in the category of the page's product (else of the last viewed)."""
    return shelf_near.same_category(tx, page_product(tx, wanted), wanted.limit)


def for_you(tx: Tx, wanted: Wanted) -> list[str]:
    """Until there is a model: what was viewed beside the product looked at last."""
    return viewed_together(tx, replace(wanted, item_id=None))


def bestsellers(tx: Tx, wanted: Wanted) -> list[str]:
    """What sold most, then what was carted, then looked at most; at the end the newest products."""
    ids = rankings.stored(tx, "bestsellers", ("",), wanted.limit)
    if not ids:  # a young shop, or one whose clock has not struck yet
        ids = _available(tx, [row["item_id"] for row in _sold(tx, wanted.now, YOUNG)])
    if len(ids) < wanted.limit:
        ids += [row["item_id"] for row in tx.all(NEWEST_ITEMS, limit=wanted.limit)]
    return list(dict.fromkeys(ids))[: wanted.limit]


def segment_favourites(tx: Tx, wanted: Wanted) -> list[str]:
    """What the visitor's segments like; several segments have one vote each."""
    if not wanted.segments:
        return []
    return rankings.stored(tx, "segment_favourites", wanted.segments, wanted.limit)


# The queries of serve/recommend/strategies.py, by the same names.
SHELVES: dict[str, Callable[[Tx, Wanted], list[str]]] = {
    "bestsellers": bestsellers,
    "recently_viewed": recently_viewed,
    "viewed_together": viewed_together,
    "segment_favourites": segment_favourites,
    "bought_together": bought_together,
    "cart_complements": cart_complements,
    "similar": similar,
    "for_you": for_you,
    "trending": shelf_trends.trending,
    "new_arrivals": shelf_catalogue.new_arrivals,
    "offers": shelf_catalogue.offers,
    "free_shipping_gap": shelf_catalogue.free_shipping_gap,
    "buy_again": shelf_again.buy_again,
    "back_in_stock": shelf_again.back_in_stock,
}


def rebuild_rankings(tx: Tx, now: int) -> int:
    """Make the stored lists anew, as of ``now`` (Unix ms); how many places they hold."""
    return keep_rankings(tx, rank(tx, now))


def rank(tx: Tx, now: int) -> list[Row]:
    """The lists as they should be now (strategy, scope, item_id, score); needs no write lock.

    A shop with few rows gets no list of best sellers: it is ranked when asked, so that the first
    orders count at once.
    """
    rows: list[Row] = []
    if not rankings.is_young(tx, now, YOUNG):
        best = enumerate(_sold(tx, now, 2**53), start=1)
        rows += [rankings.place("bestsellers", "", one["item_id"], 1 / n) for n, one in best]
    rows += shelf_trends.rank(tx, now)
    rows += tx.all(
        FAVOURITES,
        **_since(tx, now),
        now=now,
        members=LEAST_MEMBERS,
        rows=LEAST_ROWS,
        shrink=SHRINK,
        places=SEGMENT_PLACES,
    )
    return rows


def keep_rankings(tx: Tx, rows: list[Row]) -> int:
    """Replace the stored lists by ``rows`` of ``rank``; how many there are."""
    return rankings.keep(tx, rows)


def _sold(tx: Tx, now: int, most: int) -> list[Row]:
    return tx.all(SOLD, now=now, rows=most, places=SHOP_PLACES, **_since(tx, now))


def _since(tx: Tx, now: int) -> dict[str, int]:
    """Since when each kind of event counts: 30 days up to its newest one.

    So that a shop whose orders were imported, or that had a quiet month, has its best sellers too.
    """
    newest = {name: tx.value(NEWEST_OF, name=name, now=now) for name in KINDS}
    return {name: (now if at is None else at) - RANKED_DAYS * DAY for name, at in newest.items()}


def _available(tx: Tx, ids: list[str]) -> list[str]:
    there = rankings.available(tx, ids)
    return [item_id for item_id in ids if item_id in there]
