"""New arrivals, offers and what is missing to free delivery, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.shop import DAY, HOUR
from plugin.storage.engine import Store
from plugin.storage.shelf_catalogue import free_shipping_gap, new_arrivals, offers
from tests.storage.little_shop import LittleShop


@pytest.fixture
def moon(store: Store, now: int) -> LittleShop:
    return LittleShop(store, now)


def test_new_arrivals_of_a_stranger_are_the_newest_first(moon: LittleShop) -> None:
    moon.sells("mug", ago=3 * DAY)
    moon.sells("bag", ago=DAY)
    moon.sells("lamp", ago=2 * DAY)

    assert moon.shelf(new_arrivals) == ["bag", "lamp", "mug"]


def test_products_that_came_at_one_moment_stand_by_their_ids(moon: LittleShop) -> None:
    moon.sells_all("mug", "bag", "lamp", ago=DAY)

    assert moon.shelf(new_arrivals) == ["bag", "lamp", "mug"]


def test_what_came_a_month_before_the_newest_is_not_new_however_old_the_newest_is(
    moon: LittleShop,
) -> None:
    moon.sells("bag", ago=400 * DAY)
    moon.sells("mug", ago=430 * DAY)
    moon.sells("lamp", ago=430 * DAY + HOUR)

    assert moon.shelf(new_arrivals) == ["bag", "mug"]


def test_what_is_sold_out_or_removed_is_not_new(moon: LittleShop) -> None:
    moon.sells("bag", ago=DAY)
    moon.sells("mug", ago=HOUR, availability="out_of_stock")

    assert moon.shelf(new_arrivals) == ["bag"]


def test_a_visitor_sees_new_arrivals_of_what_she_cares_for_before_those_a_little_newer(
    moon: LittleShop,
) -> None:
    moon.sells("lamp", ago=DAY, category="Home > Light")
    moon.sells("bag", ago=6 * DAY, category="Bags > Totes")
    moon.sells("old bag", ago=29 * DAY, category="Bags")

    moon.knows("mina", affinities={"Bags": (8.0, moon.now), "Home": (1.0, moon.now)})

    assert moon.shelf(new_arrivals, "mina") == ["bag", "lamp", "old bag"]
    assert moon.shelf(new_arrivals, "cho") == ["lamp", "bag", "old bag"]


def test_a_brand_that_was_looked_at_counts_too(moon: LittleShop) -> None:
    moon.sells("first mug", brand="Kiln")
    moon.sells("jug", ago=2 * DAY, brand="Kiln")
    moon.sells("vase", ago=DAY, brand="Other")
    moon.does("tomo", "view_item", ["first mug"])

    assert moon.shelf(new_arrivals, "tomo") == ["jug", "vase"]
    assert moon.shelf(new_arrivals, viewed=("first mug",)) == ["jug", "vase"]
    assert moon.shelf(new_arrivals, "ana") == ["vase", "jug"]


def test_offers_are_only_what_costs_less_than_before_the_deepest_first(moon: LittleShop) -> None:
    moon.sells("bag", price=10_000, sale_price=9_000)
    moon.sells("mug", price=1_000, sale_price=500)
    moon.sells("lamp", price=10_000)
    moon.sells("vase", price=10_000, sale_price=10_000)
    moon.sells("jug", price=10_000, sale_price=12_000)
    moon.sells("boots", price=10_000, sale_price=2_000, availability="out_of_stock")

    assert moon.shelf(offers) == ["mug", "bag"]


def test_a_sale_that_ends_is_no_offer_in_the_next_answer(moon: LittleShop) -> None:
    moon.sells("bag", price=10_000, sale_price=9_000)
    moon.sells("mug", price=1_000, sale_price=900)
    moon.sells("bag", ago=0, price=10_000)

    assert moon.shelf(offers) == ["mug"]


def test_of_offers_alike_the_better_sold_comes_first(moon: LittleShop) -> None:
    for item_id in ("bag", "mug", "vase"):
        moon.sells(item_id, price=10_000, sale_price=8_000)
    moon.does("cho", "purchase", ["vase"])

    assert moon.shelf(offers) == ["vase", "bag", "mug"]

    moon.ranked("bestsellers", "", "mug", "vase")
    assert moon.shelf(offers) == ["mug", "vase", "bag"]


def test_a_best_seller_is_offered_however_many_are_reduced_more(
    moon: LittleShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.storage.shelf_catalogue.CHOICE", 2)
    moon.sells("mug", price=10_000, sale_price=6_500)
    for number in range(5):
        moon.sells(f"vase {number}", price=10_000, sale_price=5_900 + number)
    moon.ranked("bestsellers", "", "mug")

    assert moon.shelf(offers, limit=2) == ["mug", "vase 0"]


def test_a_visitor_sees_offers_of_what_she_cares_for_first(moon: LittleShop) -> None:
    moon.sells("bag", price=10_000, sale_price=8_000, category="Bags")
    moon.sells("mug", price=10_000, sale_price=7_000, category="Home")
    moon.knows("mina", affinities={"Bags": (5.0, moon.now)})

    assert moon.shelf(offers, "mina") == ["bag", "mug"]
    assert moon.shelf(offers, "cho") == ["mug", "bag"]


def priced(shop: LittleShop) -> None:
    for item_id, price in (("cap", 2_000), ("belt", 4_900), ("mug", 5_000), ("jug", 7_000)):
        shop.sells(item_id, price=price)
    shop.sells("lamp", price=20_000, sale_price=6_000)
    shop.sells("vase", price=8_001)
    shop.sells("bag", price=25_000)


CART: dict[str, Any] = {"cart": ("bag",), "free_shipping": 30_000}


def test_what_closes_the_gap_comes_first_with_the_least_beyond_it_then_the_nearest_below(
    moon: LittleShop,
) -> None:
    priced(moon)

    assert moon.shelf(free_shipping_gap, **CART) == ["mug", "lamp", "jug", "belt", "cap"]


def test_the_store_knows_how_many_pieces_are_in_the_cart(moon: LittleShop) -> None:
    priced(moon)

    assert moon.shelf(free_shipping_gap, "mina", cart_value=25_100, **CART) == [
        "belt", "mug", "lamp", "jug", "cap",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        {"free_shipping": None, "cart": ("bag",)},
        {"free_shipping": 30_000, "cart": ()},
        {"free_shipping": 25_000, "cart": ("bag",)},
        {"free_shipping": 30_000, "cart": ("bag", "bag")},
        {"free_shipping": 30_000, "cart": ("who knows",)},
    ],
    ids=["never free", "empty", "just enough", "more than enough", "unknown"],
)
def test_where_nothing_is_known_to_be_missing_nothing_is_recommended(
    moon: LittleShop, wanted: dict[str, Any]
) -> None:
    priced(moon)

    assert moon.shelf(free_shipping_gap, **wanted) == []


def test_what_is_in_the_cart_sold_out_or_of_another_currency_closes_no_gap(
    moon: LittleShop,
) -> None:
    priced(moon)
    moon.sells("import", price=5_000, currency="EUR")
    moon.sells("mug", ago=0, availability="out_of_stock")
    cart = {"cart": ("bag", "cap"), "free_shipping": 32_000}

    assert moon.shelf(free_shipping_gap, **cart) == ["lamp", "jug", "belt"]
