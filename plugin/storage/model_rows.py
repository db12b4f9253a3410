"""What do models learn from: who viewed what in one visit, what was bought together, all products?

Views and orders are read in parts into flat arrays, so that ten million of them need no more than
a hundred million bytes. How old they are does not matter: an imported shop's are of any age.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from plugin.profile.fold import IDLE_MS
from plugin.serve.product import Product
from plugin.serve.recommend.arrays import in_id_order
from plugin.serve.recommend.runs import Runs
from plugin.shop import SECOND
from plugin.storage import items
from plugin.storage.engine import Store, Tx

MOST_VIEWS = 3_000_000
MOST_ORDERS = 1_000_000
PROFILES = 4_000  # whose rows are read in one piece
PRODUCTS = 2_000
EVER = 2**53
LAST_SECOND = 2**32 - 1  # that an array of 32 bits holds; the year 2106

SPAN = "select min(id) as first, max(id) as last from profiles"
VIEWS = """
select profile, at, item_id from item_events
where profile >= :first and profile < :until and name = 'view_item' and at > :after and at <= :upto
order by profile, at, event_id, place
"""
# One row of ``orders`` a purchase that counts, whoever told of it and how often.
ORDERS = """
select o.event_id, o.profile, o.at, i.item_id
from orders o
join item_events i on i.profile = o.profile and i.name = 'purchase' and i.at = o.at
  and i.event_id = o.event_id
where o.profile >= :first and o.profile < :until and o.at > :after and o.at <= :upto
order by o.profile, o.at, o.event_id, i.place
"""
# When the newest of those was that are too many.
TOO_OLD_VIEW = """
select at from item_events where name = 'view_item' and at <= :upto
order by at desc limit 1 offset :most
"""
TOO_OLD_ORDER = "select at from orders where at <= :upto order by at desc limit 1 offset :most"
CATALOGUE = """
select item_id from items where availability <> 'removed' and item_id > :after
order by item_id limit :limit
"""

Told = Callable[[str, int], None]  # what is read, and how much of it so far


def nobody(what: str, done: int) -> None:
    """Tell nobody how far the reading has come."""


@dataclass(frozen=True)
class Learnt:
    """What a model is made of. Numbers in ``sessions`` and ``orders`` are places in ``item_ids``.

    ``item_ids``: every product that was viewed, bought, or is in the catalogue, in ``in_id_order``.
    """

    item_ids: list[str]
    sessions: Runs
    orders: Runs


def learnt(
    tx: Tx,
    *,
    until: int | None = None,
    most_views: int = MOST_VIEWS,
    most_orders: int = MOST_ORDERS,
    told: Told = nobody,
) -> Learnt:
    """The newest views, as visits, and the newest orders; ``until`` (Unix ms, included): up to it.

    A visit ends after 30 minutes without a view. An order holds each product once. Both come in
    the order in which they ended.
    """
    upto, numbers = EVER if until is None else until, _Numbers()
    views = _Rows()
    for profile, at, item_id in _parts(tx, VIEWS, TOO_OLD_VIEW, upto, most_views):
        views.view(profile, at, numbers[item_id])
        if not len(views.items) % 50_000:
            told("views", len(views.items))
    told("views", len(views.items))
    bought = _Rows()
    for event_id, profile, at, item_id in _parts(tx, ORDERS, TOO_OLD_ORDER, upto, most_orders):
        bought.line(event_id, profile, at, numbers[item_id])
    told("orders", len(bought.at))
    for item_id in _catalogue(tx):
        numbers[item_id]
    item_ids = in_id_order(numbers)
    places = array("I", bytes(4 * len(item_ids)))
    for place, item_id in enumerate(item_ids):
        places[numbers[item_id]] = place
    return Learnt(item_ids, views.runs(places), bought.runs(places))


def sessions(
    tx: Tx, *, until: int | None = None, most_views: int = MOST_VIEWS
) -> tuple[list[str], Runs]:
    """The product ids by number, and the visits, as of ``learnt``."""
    found = learnt(tx, until=until, most_views=most_views, most_orders=0)
    return found.item_ids, found.sessions


def orders(
    tx: Tx, *, until: int | None = None, most_orders: int = MOST_ORDERS
) -> tuple[list[str], Runs]:
    """The product ids by number, and the orders, as of ``learnt``."""
    found = learnt(tx, until=until, most_views=0, most_orders=most_orders)
    return found.item_ids, found.orders


def products(store: Store, item_ids: Sequence[str]) -> Iterator[Product | None]:
    """The product of each of ``item_ids``, in turn; None: it is not in the catalogue.

    Every part is a look of its own, so that whoever works in between holds nothing open.
    """
    for first in range(0, len(item_ids), PRODUCTS):
        part = item_ids[first : first + PRODUCTS]
        with store.read() as tx:
            found = items.products(tx, part)
        yield from map(found.get, part)


def oldest_first(moments: array[int]) -> array[int]:
    """The places of ``moments`` (32 bits) in order of time; of equal ones the first comes first.

    Counted out in two passes of 16 bits: to sort would make an object of every place.
    """
    order = array("I", range(len(moments)))
    for shift in (0, 16):
        counts = [0] * (1 << 16)
        for moment in moments:
            counts[moment >> shift & 0xFFFF] += 1
        room = [0, *accumulate(counts)]
        placed = array("I", bytes(4 * len(order)))
        for place in order:
            digit = moments[place] >> shift & 0xFFFF
            placed[room[digit]] = place
            room[digit] += 1
        order = placed
    return order


class _Numbers(dict[str, int]):
    """A number for each product id, in the order in which they are met."""

    def __missing__(self, item_id: str) -> int:
        self[item_id] = number = len(self)
        return number


class _Rows:
    """Visits or orders in the order of their profiles, as they are read."""

    def __init__(self) -> None:
        self.items, self.starts = array("I"), array("I")
        self.at, self.profiles = array("I"), array("I")
        self._whose: Any = None  # the row that is being read
        self._last = 0
        self._in_row: set[int] = set()

    def view(self, profile: int, at: int, item: int) -> None:
        """A view, later than all others of the profile."""
        if profile != self._whose or at - self._last > IDLE_MS:
            self._begin(profile, profile)
        self._last = at
        self.at[-1] = min(max(at // SECOND, 0), LAST_SECOND)
        self.items.append(item)

    def line(self, event_id: str, profile: int, at: int, item: int) -> None:
        """A product of an order; the lines of one come together."""
        if event_id != self._whose:
            self._begin(event_id, profile)
            self._in_row.clear()
        if item not in self._in_row:
            self._in_row.add(item)
            self.at[-1] = min(max(at // SECOND, 0), LAST_SECOND)
            self.items.append(item)

    def _begin(self, whose: Any, profile: int) -> None:
        self._whose = whose
        self.starts.append(len(self.items))
        self.at.append(0)
        self.profiles.append(profile)

    def runs(self, places: array[int]) -> Runs:
        """The rows, oldest end first; ``places``: the number that each product gets."""
        self.starts.append(len(self.items))
        found, starts = Runs(), self.starts
        for row in oldest_first(self.at):
            own = self.items[starts[row] : starts[row + 1]]
            found.append([places[item] for item in own], self.at[row], self.profiles[row])
        return found


def _parts(tx: Tx, sql: str, too_old: str, upto: int, most: int) -> Iterator[tuple[Any, ...]]:
    """The rows of ``sql`` up to ``upto``, the newest ``most`` of them, by profile and time."""
    span = tx.one(SPAN)
    if not most or span is None or span["first"] is None:
        return
    # With others of the same moment: fewer then, never more.
    after = tx.value(too_old, upto=upto, most=most)
    asked = {"after": -1 if after is None else after, "upto": upto}
    for first in range(span["first"], span["last"] + 1, PROFILES):
        yield from tx.tuples(sql, first=first, until=first + PROFILES, **asked)


def _catalogue(tx: Tx) -> Iterator[str]:
    after = ""
    while part := tx.tuples(CATALOGUE, after=after, limit=PRODUCTS):
        yield from (item_id for (item_id,) in part)
        after = part[-1][0]
