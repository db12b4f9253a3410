"""What did one visitor look at and buy lately?"""

from __future__ import annotations

from typing import NamedTuple

from plugin.profile.fold import IDLE_MS
from plugin.storage.engine import Tx

# Of a visitor's own rows, the newest.
MOST_SEEN = 60
MOST_LINES = 500

BOUGHT_SINCE = """
select distinct item_id from item_events
where profile = :profile and name = 'purchase' and at > :since and at <= :now
"""
NEWEST_VIEWS = """
select item_id, at from item_events
where profile = :profile and name = 'view_item' and at <= :now
order by at desc, event_id desc, place desc
limit :most
"""
OWN_ORDERS = """
select at, item_id from item_events
where profile = :profile and name = 'purchase' and at <= :now
order by at desc, event_id, place
limit :most
"""


class Visit(NamedTuple):
    """The newest visit with views: products oldest first, and whether it goes on."""

    seen: tuple[str, ...] = ()
    goes_on: bool = False


def last_visit(tx: Tx, profile_id: int | None, now: int) -> Visit:
    """What the visitor looked at in the newest visit, up to ``MOST_SEEN`` of its views."""
    if profile_id is None:
        return Visit()
    rows = tx.tuples(NEWEST_VIEWS, profile=profile_id, now=now, most=MOST_SEEN)
    seen: list[str] = []
    after = rows[0][1] if rows else 0
    for item_id, at in rows:
        if after - at >= IDLE_MS:
            break
        seen.append(item_id)
        after = at
    return Visit(tuple(reversed(seen)), bool(rows) and now - rows[0][1] < IDLE_MS)


def own_orders(tx: Tx, profile_id: int | None, now: int) -> list[list[str]]:
    """The products of each of the visitor's newest orders, oldest order first."""
    if profile_id is None:
        return []
    rows = tx.tuples(OWN_ORDERS, profile=profile_id, now=now, most=MOST_LINES)
    orders: dict[int, list[str]] = {}
    for at, item_id in rows:
        orders.setdefault(at, []).append(item_id)
    return list(reversed(orders.values()))


def bought(tx: Tx, profile_id: int, since: int, now: int) -> list[str]:
    """What a visitor bought after ``since`` and by ``now`` (Unix ms), in no order."""
    rows = tx.tuples(BOUGHT_SINCE, profile=profile_id, since=since, now=now)
    return [item_id for (item_id,) in rows]
