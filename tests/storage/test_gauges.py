"""What strategies need and what the shop has of it, on both engines."""

from __future__ import annotations

import pytest

from plugin.serve.recommend.gauge import NEEDS
from plugin.shop import DAY
from plugin.storage.engine import Store
from plugin.storage.gauges import gauges
from tests.storage.little_shop import LittleShop


@pytest.fixture
def moon(store: Store, now: int) -> LittleShop:
    return LittleShop(store, now)


def has(shop: LittleShop, *strategies: str) -> list[int]:
    with shop.store.read() as tx:
        found = {one.strategy: one for one in gauges(tx, shop.now)}
    assert list(found) == list(NEEDS)
    return [found[strategy].has for strategy in strategies]


def test_a_new_shop_has_nothing_of_anything(moon: LittleShop) -> None:
    assert set(has(moon, *NEEDS)) == {0}


def test_orders_with_two_products_or_more_are_counted_once_each(moon: LittleShop) -> None:
    moon.does("mina", "purchase", ["bag", "mug", "lamp"])
    moon.does("mina", "purchase", ["bag", "mug"], ago=DAY)
    moon.does("cho", "purchase", ["bag"])
    moon.does("ana", "purchase", ["bag", "bag"])

    assert has(moon, "bought_together", "cart_complements", "bestsellers") == [2, 2, 4]


def test_orders_of_30_days_are_counted_up_to_the_newest(moon: LittleShop) -> None:
    moon.does("mina", "purchase", ["bag"], ago=400 * DAY)
    moon.does("mina", "purchase", ["bag"], ago=401 * DAY)
    moon.does("mina", "purchase", ["bag"], ago=431 * DAY)

    assert has(moon, "bestsellers", "trending") == [2, 2]


def test_visitors_who_looked_at_two_products_are_counted(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["bag", "mug"])
    moon.does("cho", "view_item", ["bag", "bag"])

    assert has(moon, "viewed_together", "for_you", "recently_viewed") == [1, 1, 1]


def test_who_bought_the_same_twice_is_counted_once(moon: LittleShop) -> None:
    for ago in (DAY, 2 * DAY, 3 * DAY):
        moon.does("mina", "purchase", ["beans", "milk"], ago=ago)
    moon.does("cho", "purchase", ["beans"])

    assert has(moon, "buy_again") == [1]


def test_products_count_by_what_the_catalogue_says_of_them(moon: LittleShop) -> None:
    moon.sells("bag", category="Bags", price=10_000, ago=50 * DAY)
    moon.sells("mug", category="Home", price=10_000, ago=DAY)
    moon.sells("lamp", price=10_000, sale_price=9_000, availability="out_of_stock", ago=DAY)
    moon.sells("bag", price=10_000, sale_price=5_000, ago=2 * DAY)

    assert has(moon, "new_arrivals", "offers", "similar", "back_in_stock") == [1, 1, 2, 1]


def test_segments_with_a_list_are_counted(moon: LittleShop) -> None:
    moon.ranked("segment_favourites", "vip", "bag", "mug")
    moon.ranked("segment_favourites", "new", "bag")
    moon.ranked("bestsellers", "", "bag")

    assert has(moon, "segment_favourites") == [1]  # one is all that is needed


def test_the_owners_amount_for_free_delivery_is_all_that_the_gap_needs(moon: LittleShop) -> None:
    with moon.store.read() as tx:
        without = {one.strategy: one.enough for one in gauges(tx, moon.now)}
        with_it = {one.strategy: one.enough for one in gauges(tx, moon.now, 30_000)}

    assert (without["free_shipping_gap"], with_it["free_shipping_gap"]) == (False, True)


def test_counting_ends_where_it_is_enough(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["bag"] * 250, ago=DAY)

    assert has(moon, "trending", "recently_viewed") == [200, 1]
