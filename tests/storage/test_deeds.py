"""The promises of plugin.storage.deeds, on both engines."""

from __future__ import annotations

import pytest

from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import deeds
from plugin.storage.deeds import Visit
from plugin.storage.engine import Store
from tests.storage.little_shop import LittleShop


@pytest.fixture
def little(store: Store, now: int) -> LittleShop:
    return LittleShop(store, now)


def test_what_was_bought_since_is_the_visitors_own(little: LittleShop) -> None:
    little.does("mina", "purchase", ["bag"], ago=40 * DAY)
    little.does("mina", "purchase", ["mug"], ago=5 * DAY)
    little.does("cho", "purchase", ["lamp"])

    with little.store.read() as tx:
        found = deeds.bought(tx, little.profile("mina"), little.now - 30 * DAY, little.now)

    assert found == ["mug"]


def test_a_visit_ends_where_half_an_hour_passed_without_a_view(little: LittleShop) -> None:
    little.does("mina", "view_item", ["lamp", "mug"], ago=3 * HOUR)
    little.does("mina", "view_item", ["bag", "mug", "bag"], ago=10 * MINUTE)

    with little.store.read() as tx:
        assert deeds.last_visit(tx, little.profile("mina"), little.now) == Visit(
            ("bag", "mug", "bag"), goes_on=True
        )
        later = deeds.last_visit(tx, little.profile("mina"), little.now + HOUR)
        assert (later.seen[-1], later.goes_on) == ("bag", False)
        assert deeds.last_visit(tx, None, little.now) == Visit()


def test_orders_come_oldest_first_each_with_its_products(little: LittleShop) -> None:
    little.does("mina", "purchase", ["mug"], ago=5 * DAY)
    little.does("mina", "purchase", ["bag", "mug"], ago=9 * DAY)
    little.does("cho", "purchase", ["lamp"])

    with little.store.read() as tx:
        found = deeds.own_orders(tx, little.profile("mina"), little.now)

    assert found == [["bag", "mug"], ["mug"]]
