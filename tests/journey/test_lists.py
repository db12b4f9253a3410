"""The lists that the clock makes, through the step that makes them, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.journey.offers import Wish, recommend
from plugin.shop import DAY, Shop
from plugin.storage.engine import Store
from plugin.storage.shelf_again import buy_again
from tests.storage.little_shop import LittleShop


def test_the_clock_learns_what_people_buy_again(store: Store, shop: Shop, now: int) -> None:
    moon = LittleShop(store, now)
    moon.sells("beans", category="Coffee")
    moon.sells("machine", category="Machines")
    for number in range(12):
        moon.does(f"buyer-{number}", "purchase", ["machine", "beans"], ago=80 * DAY)
        moon.does(f"buyer-{number}", "purchase", ["beans"], ago=60 * DAY)
    moon.does("mina", "purchase", ["machine"], ago=100 * DAY)
    moon.does("mina", "purchase", ["beans"], ago=3 * DAY)

    journey.rank(store, shop, now)

    assert moon.shelf(buy_again, "mina") == ["beans", "machine"]


def recommended(shop: LittleShop, of: Shop, strategy: str, who: str | None = None) -> list[str]:
    wish = Wish(visitor_id=who, strategy=strategy)
    return [one["item_id"] for one in recommend(shop.store, of, wish, shop.now).items]


@pytest.mark.parametrize("who", [None, "mina"])
def test_a_sale_that_begins_or_ends_counts_in_the_next_answer(
    store: Store, shop: Shop, now: int, who: str | None
) -> None:
    moon = LittleShop(store, now)
    moon.does("mina", "view_item", ["bag"])
    moon.sells_all("bag", "mug", price=10_000)
    assert recommended(moon, shop, "offers", who) == []

    moon.sells("mug", ago=0, price=10_000, sale_price=9_000)
    assert recommended(moon, shop, "offers", who) == ["mug"]

    moon.sells("mug", ago=0, price=10_000)
    assert recommended(moon, shop, "offers", who) == []


@pytest.mark.parametrize("who", [None, "mina"])
def test_a_product_that_comes_or_comes_back_counts_in_the_next_answer(
    store: Store, shop: Shop, now: int, who: str | None
) -> None:
    moon = LittleShop(store, now)
    moon.does("mina", "view_item", ["bag"])
    moon.sells("bag", ago=3 * DAY, availability="out_of_stock")
    moon.sells("mug", ago=2 * DAY)
    assert recommended(moon, shop, "new_arrivals", who) == ["mug"]
    assert recommended(moon, shop, "back_in_stock", who) == []

    moon.sells("bag", ago=0, availability="in_stock")
    moon.sells("lamp", ago=DAY)
    assert recommended(moon, shop, "new_arrivals", who) == ["lamp", "mug", "bag"]
    assert recommended(moon, shop, "back_in_stock", who) == ["bag"]


def test_the_clocks_trends_count_in_the_next_answer(
    store: Store, shop: Shop, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moon = LittleShop(store, now)
    moon.sells_all("bag", "mug")
    monkeypatch.setattr("plugin.storage.shelf_trends.YOUNG", 0)
    moon.does("mina", "view_item", ["bag"])
    journey.rank(store, shop, now)
    assert recommended(moon, shop, "trending")[0] == "bag"

    moon.does("cho", "view_item", ["mug", "mug", "mug"])
    journey.rank(store, shop, now)
    assert recommended(moon, shop, "trending")[0] == "mug"


@pytest.mark.parametrize("cart", [None, ("mug",)])
def test_two_pieces_in_the_cart_count_twice_towards_free_delivery(
    store: Store, shop: Shop, now: int, cart: tuple[str, ...] | None
) -> None:
    free = replace(shop, settings={"free_shipping_from": 30_000})
    moon = LittleShop(store, now)
    for item_id, price in (("mug", 10_000), ("cap", 10_500), ("belt", 9_000), ("boots", 20_000)):
        moon.sells(item_id, price=price)
    two = (Item("mug", quantity=2, price=10_000),)
    added = Event("added-1", "mina-and-her-phone", "add_to_cart", now - 1, now - 1, {}, two)
    with store.write() as tx:
        STEPS["collect"](tx, free, events=[added])

    wish = Wish("mina-and-her-phone", strategy="free_shipping_gap", cart=cart)
    found = [one["item_id"] for one in recommend(store, free, wish, now).items]
    assert found == ["cap", "belt"]

    of_another_cart = replace(wish, cart=("cap",))
    found = [one["item_id"] for one in recommend(store, free, of_another_cart, now).items]
    assert found == ["boots", "mug", "belt"]
