"""How much of what strategies need does the shop have?

Counts end where they are enough, and look no further back than ``LOOKED_AT`` lines. Still some
milliseconds: for pages of the owner, not for visits.
"""

from __future__ import annotations

from plugin.serve.recommend.gauge import NEEDS, Gauge, gauge_of
from plugin.shop import DAY
from plugin.storage.engine import Tx

LOOKED_AT = 5_000  # newest lines of views, or of orders
DAYS = 30
NEWS_DAYS = 14
KINDS = ("view_item", "add_to_cart", "purchase")

ORDERS = """
select count(*) from (
  select distinct event_id from (
    select event_id from item_events
    where name = 'purchase' and at > :since and at <= :now
    order by at desc
    limit :lines
  ) bought
  limit :most
) counted
"""
EVENTS = """
select count(*) from (
  select 1 as one from item_events
  where name in ('view_item', 'add_to_cart', 'purchase') and at > :since and at <= :now
  limit :most
) counted
"""
NEWEST = "select max(at) from item_events where name = :name and at <= :now"
ARRIVALS = f"""
select count(*) from (
  select 1 as one from items
  where availability in ('in_stock', 'preorder') and created_at >= (
    select max(created_at) from items where availability in ('in_stock', 'preorder')
  ) - {DAYS * DAY}
  limit :most
) counted
"""
OFFERS = """
select count(*) from (
  select 1 as one from items
  where sale_price < price and availability in ('in_stock', 'preorder')
  limit :most
) counted
"""
VIEWS = """
select count(*) from (
  select 1 as one from item_events where name = 'view_item' and at <= :now limit :most
) counted
"""
VIEWERS = """
select count(*) from (
  select profile from (
    select profile, item_id from item_events
    where name = 'view_item' and at <= :now
    order by at desc
    limit :lines
  ) viewed
  group by profile
  having count(distinct item_id) > 1
  limit :most
) counted
"""
BASKETS = """
select count(*) from (
  select event_id from (
    select event_id, item_id from item_events
    where name = 'purchase' and at <= :now
    order by at desc
    limit :lines
  ) bought
  group by event_id
  having count(distinct item_id) > 1
  limit :most
) counted
"""
DESCRIBED = """
select count(*) from (
  select 1 as one from items
  where category is not null and availability in ('in_stock', 'preorder')
  limit :most
) counted
"""
# As the clock found them: those that have a list.
FAVOURITES = "select count(distinct scope) from rankings where strategy = 'segment_favourites'"
REBUYERS = """
select count(distinct profile) from (
  select profile from (
    select profile, item_id, at from item_events
    where name = 'purchase' and at <= :now
    order by at desc
    limit :lines
  ) bought
  group by profile, item_id
  having count(distinct at) > 1
) again
"""
NEWS = """
select count(*) from (
  select distinct s.item_id from item_states s
  join items i on i.item_id = s.item_id
  where s.news > 0 and s.at > :now - :news and s.at <= :now
    and i.availability in ('in_stock', 'preorder')
  limit :most
) counted
"""
COUNTS = {
    "orders": ORDERS,
    "events": EVENTS,
    "arrivals": ARRIVALS,
    "offers": OFFERS,
    "views": VIEWS,
    "viewers": VIEWERS,
    "baskets": BASKETS,
    "described": DESCRIBED,
    "favourites": FAVOURITES,
    "rebuyers": REBUYERS,
    "news": NEWS,
}


def gauges(tx: Tx, now: int, free_shipping: int | None = None) -> list[Gauge]:
    """The gauge of each strategy at ``now`` (Unix ms), in the order of the contract.

    free_shipping: the owner's amount (``shop.manners``), None: none is set.
    """
    counts = {unit: _count(tx, unit, now) for unit in COUNTS}
    counts["amount"] = int(free_shipping is not None)
    return [gauge_of(strategy, counts) for strategy in NEEDS]


def _count(tx: Tx, unit: str, now: int) -> int:
    most = max(needs for needs, of in NEEDS.values() if of == unit)
    params = {"now": now, "most": most, "lines": LOOKED_AT, "since": 0, "news": NEWS_DAYS * DAY}
    if unit in ("orders", "events"):
        params["since"] = _since(tx, ("purchase",) if unit == "orders" else KINDS, now)
    sql = COUNTS[unit]
    asked = {name: value for name, value in params.items() if f":{name}" in sql}
    return int(tx.value(sql, **asked))


def _since(tx: Tx, names: tuple[str, ...], now: int) -> int:
    """30 days before the newest of these events, as the lists themselves count."""
    newest = [tx.value(NEWEST, name=name, now=now) for name in names]
    return max((at for at in newest if at is not None), default=now) - DAYS * DAY
