"""What does the owner see at a glance: visitors, events, orders and revenue, day by day?

Every question is bounded by days and answered from an index; revenue is net of refunds, counts in
the shop's own currency only, and belongs to the day of its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from plugin.storage.engine import Row, Tx

EVENT_DAYS = """
select day, cast(sum(events) as {int}) as events, count(*) as visitors
from day_visitors
where day between :first and :last
group by day
"""
ORDER_DAYS = """
select day, count(*) as orders,
  cast(coalesce(sum(value - refunded) filter (where confirmed = 1 and currency = :currency), 0)
       as {int}) as confirmed,
  cast(coalesce(sum(value - refunded) filter (where confirmed = 0 and currency = :currency), 0)
       as {int}) as unverified,
  count(*) filter (where currency <> :currency) as foreign_orders
from orders
where day between :first and :last
group by day
"""
EVENT_COUNT = """
select cast(coalesce(sum(events), 0) as {int}) from day_visitors where day between :first and :last
"""
SEEN_SINCE = "select count(*) from profiles where last_seen_at >= :since"
LAST_SEEN = """
select id, last_seen_at from profiles
where last_seen_at <= :at and (last_seen_at < :at or id < :id)
order by last_seen_at desc, id desc
limit :limit
"""
OLDEST_STORED = "select received_at from events order by seq limit 1"
NEWEST_STORED = """
select name, received_at, source, currency, value, transaction_id, params, items
from events order by seq desc limit 1
"""
WHETHER_CONFIRMED = """
select transaction_id, confirmed from orders where transaction_id in texts(:ids)
"""
FOREVER = 2**62


@dataclass(frozen=True)
class Day:
    """One calendar day of the shop. ``day``: days since 1970-01-01; money: minor units, net."""

    day: int
    visitors: int = 0
    events: int = 0
    orders: int = 0
    confirmed: int = 0  # revenue the shop's server or an import told of
    unverified: int = 0  # revenue only browsers told of
    foreign_orders: int = 0  # orders in another currency: counted, but not in the revenue

    @property
    def revenue(self) -> int:
        """Confirmed and unverified revenue together."""
        return self.confirmed + self.unverified


@dataclass(frozen=True)
class Totals:
    """What several days add up to; visitors cannot be added, so they are not in it."""

    events: int
    orders: int
    confirmed: int
    unverified: int
    foreign_orders: int

    @property
    def revenue(self) -> int:
        """Confirmed and unverified revenue together."""
        return self.confirmed + self.unverified


@dataclass(frozen=True)
class Arrivals:
    """When the first event was stored and what the newest is; times are Unix ms of arrival.

    ``newest``: name, source, currency, value (minor units), transaction_id, params and items.
    """

    first_at: int
    last_at: int
    newest: Row


def days(tx: Tx, first: int, last: int, currency: str) -> list[Day]:
    """Every day from ``first`` to ``last`` (both in, days since 1970), quiet ones too, in order."""
    events = _by_day(tx.all(EVENT_DAYS, first=first, last=last))
    orders = _by_day(tx.all(ORDER_DAYS, first=first, last=last, currency=currency))
    quiet: Row = {}
    return [
        Day(**({"day": day} | events.get(day, quiet) | orders.get(day, quiet)))
        for day in range(first, last + 1)
    ]


def total(some_days: Sequence[Day]) -> Totals:
    """What ``some_days`` add up to."""
    return Totals(
        events=sum(day.events for day in some_days),
        orders=sum(day.orders for day in some_days),
        confirmed=sum(day.confirmed for day in some_days),
        unverified=sum(day.unverified for day in some_days),
        foreign_orders=sum(day.foreign_orders for day in some_days),
    )


def totals(tx: Tx, first: int, last: int, currency: str) -> Totals:
    """As ``total`` of those days, without counting visitors: much cheaper, for comparisons."""
    orders = tx.all(ORDER_DAYS, first=first, last=last, currency=currency)
    summed = total([Day(**row) for row in orders])
    return Totals(**{**vars(summed), "events": tx.value(EVENT_COUNT, first=first, last=last)})


def seen_since(tx: Tx, since: int) -> int:
    """How many visitors sent an event at or after ``since`` (Unix ms)."""
    return int(tx.value(SEEN_SINCE, since=since))


def last_seen(
    tx: Tx, limit: int, after: tuple[int, int] | None = None
) -> tuple[list[int], tuple[int, int] | None]:
    """Profile ids, seen last first, and the cursor of the next page (None: this was the last)."""
    at, profile = after or (FOREVER, 0)
    rows = tx.all(LAST_SEEN, at=at, id=profile, limit=limit + 1)
    ids = [row["id"] for row in rows[:limit]]
    if len(rows) <= limit:
        return ids, None
    return ids, (rows[limit - 1]["last_seen_at"], rows[limit - 1]["id"])


def arrivals(tx: Tx) -> Arrivals | None:
    """The first and the newest event by arrival; None: none came yet. Cheap enough to poll."""
    oldest, newest = tx.one(OLDEST_STORED), tx.one(NEWEST_STORED)
    if oldest is None or newest is None:
        return None
    return Arrivals(
        first_at=oldest["received_at"],
        last_at=newest["received_at"],
        newest=newest | {key: orjson.loads(newest[key]) for key in ("params", "items")},
    )


def confirmed_orders(tx: Tx, transaction_ids: Sequence[str]) -> dict[str, bool]:
    """Whether each order we know of is confirmed; ids we do not know are left out."""
    rows = tx.all(WHETHER_CONFIRMED, ids=list(transaction_ids))
    return {row["transaction_id"]: bool(row["confirmed"]) for row in rows}


def _by_day(rows: Sequence[Row]) -> dict[int, Row]:
    return {row["day"]: row for row in rows}
