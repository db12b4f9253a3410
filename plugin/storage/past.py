"""What did the log of these visitors hold up to a moment, and who were they known to be?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.collect.event import Event
from plugin.profile.fold import fold
from plugin.profile.profile import Profile
from plugin.segment.ranking import Order
from plugin.shop import Shop
from plugin.storage.engine import Row, Tx
from plugin.storage.events import event_of
from plugin.storage.orders import rank

# Also what does not count today: an order may have been told better since.
LOG = """
select e.*, p.visitor_id from events e join profiles p on p.id = e.profile
where e.profile in ints(:ids) and e.at <= :at
"""
# Whoever told of them: the other word may have come under another visitor.
PURCHASES = """
select * from events where transaction_id in texts(:ids) and name = 'purchase' and at <= :at
"""
# Of everybody; what was told of an order later does not count yet.
ALL_PURCHASES = """
select profile, transaction_id, event_id, at, source, params, value, currency from events
where transaction_id is not null and name = 'purchase' and at <= :at
"""
ALL_REFUNDS = """
select profile, transaction_id, value, currency from events
where transaction_id is not null and name = 'refund' and at <= :at
"""
CUSTOMERS = """
select profile, customer_id from known_as where profile in ints(:ids) and at <= :at
order by at desc, event_id desc
"""
ENTERED = """
select profile, entered, due_at from transitions
where segment = :slug and profile in ints(:ids) and due_at <= :at
order by due_at, seq
"""


@dataclass(frozen=True)
class Past:
    """What was told up to a moment: the events that count, by profile, in order.

    ``values``: what each order was worth (minor units of the shop's currency). ``customers``: who
    a profile was known to be.
    """

    logs: Mapping[int, list[Event]]
    values: Mapping[str, int]
    customers: Mapping[int, str]


@dataclass(frozen=True)
class Sales:
    """The shop's ``orders``, by profile and time; ``spent``: the money (minor units) of each
    profile, net of what was given back, as its ``revenue_total``.
    """

    orders: list[Order]
    spent: Mapping[int, int]


def past(tx: Tx, ids: Sequence[int], at: int, shop: Shop) -> Past:
    """The past of profiles ``ids`` as it counted at ``at`` (Unix ms), by event time."""
    rows = tx.all(LOG, ids=list(ids), at=at)
    rows.sort(key=lambda row: (row["profile"], row["at"], row["event_id"]))
    winners = _winners(tx, rows, at)
    logs: dict[int, list[Event]] = {}
    for row in rows:
        winner = winners.get(row["transaction_id"]) if row["name"] == "purchase" else None
        if winner is None or winner["event_id"] == row["event_id"]:
            logs.setdefault(row["profile"], []).append(event_of(row))
    values = _worth(winners, shop)
    known = {row["profile"]: row["customer_id"] for row in tx.all(CUSTOMERS, ids=list(ids), at=at)}
    return Past(logs, values, known)


def profile_then(past: Past, profile: int, shop: Shop) -> Profile:
    """What the events of one of the ``past`` add up to."""
    events = past.logs[profile]
    told = fold(Profile(events[0].visitor_id), events, shop, past.values)
    if profile in past.customers:
        told.customer_id, told.identified = past.customers[profile], True
    return told


def sales_then(tx: Tx, at: int, shop: Shop) -> Sales:
    """Every order of the shop as it counted at ``at`` (Unix ms), and what came of them."""
    best = _best(tx.all(ALL_PURCHASES, at=at))
    worth = _worth(best, shop)
    spent: dict[int, int] = defaultdict(int)
    for number, value in worth.items():
        spent[best[number]["profile"]] += value
    back: dict[str, int] = defaultdict(int)
    for profile, number, value, currency in tx.tuples(ALL_REFUNDS, at=at):
        whole = best[number]["value"] or 0 if number in best else 0
        back[number] += whole if value is None else value
        if (currency or shop.currency) == shop.currency:  # as ``profile.fold`` takes it off
            spent[profile] -= worth.get(number, 0) if value is None else value
    found = [
        Order(row["profile"], row["at"], worth[number], back.get(number, 0))
        if number in worth
        else Order(row["profile"], row["at"], 0, 0, ours=False)
        for number, row in best.items()
    ]
    return Sales(sorted(found), spent)


def entered_at(tx: Tx, slug: str, ids: Sequence[int], at: int) -> dict[int, int]:
    """Since when (Unix ms) those of ``ids`` were members at ``at``, of whom history says so."""
    inside: dict[int, int] = defaultdict(int)  # 2 where a member was merged into a member
    since: dict[int, int] = {}
    for row in tx.all(ENTERED, slug=slug, ids=list(ids), at=at):
        profile = row["profile"]
        if row["entered"] and inside[profile] <= 0:
            since[profile] = row["due_at"]
        inside[profile] += 1 if row["entered"] else -1
    return {profile: at for profile, at in since.items() if inside[profile] > 0}


def _winners(tx: Tx, rows: Sequence[Row], at: int) -> dict[str, Row]:
    """Of all that were told of each order up to then, the one that counted (``orders.settle``)."""
    numbers = {
        row["transaction_id"]
        for row in rows
        if row["transaction_id"] and row["name"] in ("purchase", "refund")
    }
    return _best(tx.all(PURCHASES, ids=sorted(numbers), at=at)) if numbers else {}


def _best(told: Sequence[Row]) -> dict[str, Row]:
    """Of all that were told of each order, the one that counts."""
    best: dict[str, Row] = {}
    for row in told:
        known = best.setdefault(row["transaction_id"], row)
        if known is not row and rank(row) < rank(known):
            best[row["transaction_id"]] = row
    return best


def _worth(orders: Mapping[str, Row], shop: Shop) -> dict[str, int]:
    """What those ``orders`` are worth that are in the shop's currency, minor units."""
    return {
        number: row["value"] or 0
        for number, row in orders.items()
        if (row["currency"] or shop.currency) == shop.currency
    }
