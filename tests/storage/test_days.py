"""The visitors and events of each day are what counting the log gives, whatever became of them."""

from __future__ import annotations

from plugin.collect.event import Event
from plugin.shop import DAY, Shop
from plugin.storage import events, joins, profiles
from plugin.storage.engine import Store, Tx

PHONE, LAPTOP = "anas-phone-000001", "anas-laptop-00001"
COUNTED = "select day, profile, events from day_visitors order by day, profile"
IN_THE_LOG = """
select day, profile, count(*) as events from events group by day, profile order by day, profile
"""


def visit(tx: Tx, shop: Shop, visitor: str, day: int, *names: str) -> None:
    """Events of one visitor on a day, stored twice as a resending page does."""
    ids = profiles.ensure(tx, {visitor})
    told = [
        Event(f"{visitor}-{day}-{place}", visitor, name, day * DAY + place, day * DAY + place)
        for place, name in enumerate(names)
    ]
    events.add(tx, told, ids, shop)
    events.add(tx, [*told, *told], ids, shop)


def agrees(tx: Tx) -> bool:
    """Whether the counts are those of the log."""
    return tx.tuples(COUNTED) == tx.tuples(IN_THE_LOG)


def test_events_that_come_again_count_once(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        visit(tx, shop, PHONE, 5, "page_view", "view_item")
        visit(tx, shop, PHONE, 6, "page_view")
        visit(tx, shop, LAPTOP, 6, "page_view")
        assert [row[::2] for row in tx.tuples(COUNTED)] == [(5, 2), (6, 1), (6, 1)]
        assert agrees(tx)


def test_two_browsers_of_one_person_are_one_visitor_of_their_day_and_two_again(
    store: Store, shop: Shop
) -> None:
    with store.write() as tx:
        visit(tx, shop, PHONE, 5, "page_view", "view_item")
        visit(tx, shop, LAPTOP, 5, "page_view")
        ids = profiles.ensure(tx, {PHONE, LAPTOP})
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 9 * DAY)
        assert tx.tuples(COUNTED) == [(5, ids[LAPTOP], 3)]
        joins.part(tx, PHONE, ids[LAPTOP], ())
        assert agrees(tx)
        assert len(tx.tuples(COUNTED)) == 2


def test_who_is_erased_counts_on_no_day(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        visit(tx, shop, PHONE, 5, "page_view")
        visit(tx, shop, LAPTOP, 5, "page_view")
        profiles.erase(tx, PHONE)
        assert len(tx.tuples(COUNTED)) == 1
        assert agrees(tx)
