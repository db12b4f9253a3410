"""Which of all that was told about a purchase counts, and what went back?

A browser, the shop's server and an import may each tell of one order, in any sequence. One of them
counts: a confirmed one beats a browser's, then the earliest (time, event id). The others stay in
the log with ``live = 0``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from plugin.collect.event import Event
from plugin.shop import Shop
from plugin.storage.engine import Row, Tx
from plugin.storage.events import add_lines, event_of
from plugin.storage.guesses import MARK

TOLD = """
select e.*, p.visitor_id from events e join profiles p on p.id = e.profile
where e.transaction_id = :transaction_id and e.name in ('purchase', 'refund')
"""
SET_LIVE = "update events set live = :live where event_id = :event_id"
DROP_LINES = """
delete from item_events
where profile = :profile and name = :name and at = :at and event_id = :event_id
"""
ORDER = "select * from orders where transaction_id = :transaction_id"
PUT = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value, confirmed,
                    refunded)
values (:transaction_id, :event_id, :profile, :at, :day, :currency, :value, :confirmed, :refunded)
on conflict (transaction_id) do update set
  event_id = excluded.event_id, profile = excluded.profile, at = excluded.at, day = excluded.day,
  currency = excluded.currency, value = excluded.value, confirmed = excluded.confirmed,
  refunded = excluded.refunded
"""
VALUES = """
select transaction_id, value from orders
where transaction_id in texts(:ids) and currency = :currency
"""


@dataclass(frozen=True)
class Settled:
    """What settling changed: events that do not count, and profiles whose past is now another."""

    dead: frozenset[str]
    retell: frozenset[int]


def settle(tx: Tx, fresh: Iterable[Event], shop: Shop) -> Settled:
    """Decide anew every order that ``fresh`` (events just stored) speak of."""
    told = {
        e.transaction_id for e in fresh if e.transaction_id and e.name in ("purchase", "refund")
    }
    new = {event.event_id for event in fresh}
    dead: set[str] = set()
    retell: set[int] = set()
    for transaction_id in sorted(told):
        one = _settle_one(tx, transaction_id, new, shop)
        dead |= one.dead
        retell |= one.retell
    return Settled(frozenset(dead), frozenset(retell))


def values(tx: Tx, transaction_ids: Iterable[str], currency: str) -> Mapping[str, int]:
    """The value (minor units) of each order in ``currency`` known by now."""
    rows = tx.all(VALUES, ids=list(transaction_ids), currency=currency)
    return {row["transaction_id"]: row["value"] for row in rows}


def _settle_one(tx: Tx, transaction_id: str, new: set[str], shop: Shop) -> Settled:
    told = tx.all(TOLD, transaction_id=transaction_id)
    purchases = sorted((row for row in told if row["name"] == "purchase"), key=rank)
    if not purchases:
        return Settled(frozenset(), frozenset())
    winner, losers = purchases[0], purchases[1:]
    before = tx.one(ORDER, transaction_id=transaction_id)
    turned = [row for row in losers if row["live"]] + ([] if winner["live"] else [winner])
    for row in turned:
        _turn(tx, row, live=row is winner)
    retell = {row["profile"] for row in turned if row["event_id"] not in new}
    refunds = [row for row in told if row["name"] == "refund"]
    if before is None or before["value"] != winner["value"]:
        retell |= {r["profile"] for r in refunds if r["value"] is None and r["event_id"] not in new}
    _put(tx, transaction_id, winner, refunds, shop)
    return Settled(frozenset(row["event_id"] for row in losers), frozenset(retell))


def rank(row: Row) -> tuple[bool, bool, int, str]:
    """What says better of several tellings of one order: the least counts."""
    # What was concluded from a page counts where nobody tells of the order.
    guessed = MARK in orjson.loads(row["params"])
    return (row["source"] == "browser", guessed, row["at"], row["event_id"])


def _turn(tx: Tx, row: Row, *, live: bool) -> None:
    tx.run(SET_LIVE, event_id=row["event_id"], live=live)
    if live:
        add_lines(tx, [event_of(row)], {row["visitor_id"]: row["profile"]})
    else:
        told = {key: row[key] for key in ("profile", "name", "at", "event_id")}
        tx.run(DROP_LINES, **told)


def _put(tx: Tx, transaction_id: str, winner: Row, refunds: list[Row], shop: Shop) -> None:
    value = winner["value"] or 0
    back = (value if row["value"] is None else row["value"] for row in refunds)
    tx.run(
        PUT,
        transaction_id=transaction_id,
        event_id=winner["event_id"],
        profile=winner["profile"],
        at=winner["at"],
        day=winner["day"],
        currency=winner["currency"] or shop.currency,
        value=value,
        confirmed=winner["source"] != "browser",
        refunded=sum(back),
    )
