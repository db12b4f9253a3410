"""What is in the log, and what of it is new?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec
import orjson

from plugin.collect.event import Event, Item
from plugin.shop import Shop
from plugin.storage import wordings
from plugin.storage.engine import Row, Tx

ADD = """
insert into events (event_id, profile, name, at, day, received_at, adjusted, source,
                    currency, value, transaction_id, params, items)
values (:event_id, :profile, :name, :at, :day, :received_at, :adjusted, :source,
        :currency, :value, :transaction_id, :params, :items)
on conflict (event_id) do nothing
"""
NEW = "returning event_id, day, profile"
LATEST = "select event_id, day, profile from events order by seq desc limit :count"
ADD_DAYS = """
insert into day_visitors (day, profile, events) values (:day, :profile, :events)
on conflict (day, profile) do update set events = day_visitors.events + excluded.events
"""
COUNT_DAYS = """
insert into day_visitors (day, profile, events)
select day, profile, count(*) from events where profile = :profile group by day, profile
"""
UNCOUNT_DAYS = """
delete from day_visitors where profile = :profile
  and day in (select e.day from events e where e.profile = :profile)
"""
ADD_BOT = """
insert into bot_events (event_id, name, at, params) values (:event_id, :name, :at, :params)
on conflict (event_id) do nothing
"""
ADD_LINES = """
insert into item_events (event_id, place, profile, item_id, name, at, quantity, value, wording)
values (:event_id, :place, :profile, :item_id, :name, :at, :quantity, :value, :wording)
on conflict (profile, name, at, event_id, place) do nothing
"""
LOG = """
select e.*, p.visitor_id from events e join profiles p on p.id = e.profile
where e.profile = :profile and e.live = 1
order by e.at, e.event_id
"""
TIMELINE = """
select event_id, name, at, source, currency, value, transaction_id, params, items
from events
where profile = :profile and (at < :before or (at = :before and event_id < :before_id))
order by at desc, event_id desc
limit :limit
"""
FOREVER = 2**62
DEEDS = frozenset(
    {"view_item", "add_to_cart", "remove_from_cart", "add_to_wishlist", "purchase", "refund"}
)
FIELDS = (
    "event_id", "profile", "name", "at", "day", "received_at", "adjusted", "source", "currency",
    "value", "transaction_id", "params", "items",
)  # fmt: skip
_told = itemgetter(*map(FIELDS.index, ("event_id", "day", "profile")))
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Item, ...]).decode


def add(tx: Tx, events: Sequence[Event], ids: Mapping[str, int], shop: Shop) -> set[str]:
    """Store what is not there yet; the ids of the events that are new.

    ``ids``: the profile of each visitor id. An id that repeats in ``events`` is new once.
    """
    rows = [_row(event, ids[event.visitor_id], shop) for event in events]
    if tx.alone:  # then the latest are ours
        count = tx.fill(ADD, rows)
        new = list(map(_told, rows)) if count == len(rows) else tx.tuples(LATEST, count=count)
    else:
        named = [dict(zip(FIELDS, row, strict=True)) for row in rows]
        told = tx.many_returning(ADD + NEW, named)
        new = [(one["event_id"], one["day"], one["profile"]) for one in told if one]
    counts = Counter((day, profile) for _, day, profile in new)
    # In order, so that two writers on PostgreSQL never wait for each other in a circle.
    tx.fill(ADD_DAYS, [(*key, count) for key, count in sorted(counts.items())])
    return {event_id for event_id, _, _ in new}


def uncount_days(tx: Tx, profile: int) -> None:
    """Let a profile's events count on no day, before they go to another or are erased."""
    tx.run(UNCOUNT_DAYS, profile=profile)


def count_days(tx: Tx, profile: int) -> None:
    """Let a profile's events count on their days, of which none counts yet."""
    tx.run(COUNT_DAYS, profile=profile)


def add_bots(tx: Tx, events: Iterable[Event]) -> None:
    """Keep what known bots sent, apart from everything that counts."""
    tx.many(ADD_BOT, [_bot_row(event) for event in events])


def add_lines(tx: Tx, events: Iterable[Event], ids: Mapping[str, int]) -> None:
    """Keep the product lines of live events for rankings and neighbours, by the catalogue's ids.

    What was merely listed or lay in a cart is in the event alone; what a line says, in its wording.
    """
    told = [event for event in events if event.items and event.name in DEEDS]
    if not told:
        return
    wordings.keep(tx, ((item, event.currency) for event in told for item in event.items))
    tx.fill(ADD_LINES, [row for event in told for row in _lines(event, ids[event.visitor_id])])


def log(tx: Tx, profile: int) -> list[Event]:
    """Every live event of one visitor, in the order in which they count."""
    return [event_of(row) for row in tx.all(LOG, profile=profile)]


def timeline(
    tx: Tx, profile: int, limit: int = 50, before: tuple[int, str] | None = None
) -> list[Row]:
    """A visitor's events, newest first, at most ``limit``; ``before``: (at, event_id) to go on.

    Rows: event_id, name, at, source, currency, value (minor), transaction_id, params, items.
    """
    at, event_id = before or (FOREVER, "")
    rows = tx.all(TIMELINE, profile=profile, before=at, before_id=event_id, limit=limit)
    return [row | {k: orjson.loads(row[k]) for k in ("params", "items")} for row in rows]


def event_of(row: Row) -> Event:
    """The event in a row of table ``events`` that also has visitor_id."""
    return Event(
        event_id=row["event_id"],
        visitor_id=row["visitor_id"],
        name=row["name"],
        at=row["at"],
        received_at=row["received_at"],
        params=orjson.loads(row["params"]),
        items=_decode(row["items"]),
        currency=row["currency"],
        value=row["value"],
        transaction_id=row["transaction_id"],
        source=row["source"],
        adjusted=bool(row["adjusted"]),
    )


def _row(event: Event, profile: int, shop: Shop) -> tuple[Any, ...]:
    """The values of ``FIELDS``."""
    return (
        event.event_id,
        profile,
        event.name,
        event.at,
        shop.day(event.at),
        event.received_at,
        int(event.adjusted),
        event.source,
        event.currency,
        event.value,
        event.transaction_id,
        orjson.dumps(event.params).decode(),
        _encode(event.items).decode() if event.items else "[]",
    )


def _bot_row(event: Event) -> dict[str, Any]:
    params = orjson.dumps(event.params).decode()
    return {"event_id": event.event_id, "name": event.name, "at": event.at, "params": params}


def _lines(event: Event, profile: int) -> list[tuple[Any, ...]]:
    return [
        (
            event.event_id,
            place,
            profile,
            item.card,
            event.name,
            event.at,
            item.quantity,
            None if item.price is None else round(item.price * item.quantity),
            wordings.number(wordings.wording(item, event.currency)),
        )
        for place, item in enumerate(event.items)
    ]
