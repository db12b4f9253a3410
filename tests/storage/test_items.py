"""The promises of plugin.storage.items, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Item
from plugin.serve.product import Product
from plugin.storage import items
from plugin.storage.engine import Store

BAG: dict[str, Any] = {
    "item_id": "bag", "name": "Canvas bag", "url": "https://moon.example/bag/1", "price": 4_000,
    "sale_price": 3_000, "currency": "EUR", "availability": "in_stock", "category": "Bags > Totes",
    "brand": "Pine", "tags": ("new", "linen"),
}  # fmt: skip


def put(store: Store, *rows: dict[str, Any], now: int = 1) -> None:
    with store.write() as tx:
        items.upsert(tx, rows, now)


def learn(store: Store, *found: Item, currency: str = "EUR") -> None:
    with store.write() as tx:
        items.learn(tx, [(item, currency) for item in found], 5)


def product(store: Store, item_id: str) -> Product | None:
    with store.read() as tx:
        return items.products(tx, [item_id]).get(item_id)


def test_a_product_of_a_feed_is_in_the_catalogue(store: Store) -> None:
    put(store, BAG)

    assert product(store, "bag") == Product(
        "bag", "Canvas bag", "https://moon.example/bag/1", None, 4_000, 3_000, "EUR",
        "in_stock", "Bags > Totes", "Pine", ("new", "linen"),
    )  # fmt: skip


def test_what_a_later_feed_leaves_out_stays_as_it_was(store: Store) -> None:
    put(store, BAG)
    put(store, {"item_id": "bag", "availability": "out_of_stock"}, now=2)

    kept = product(store, "bag")

    assert kept is not None
    assert (kept.availability, kept.name, kept.sale_price) == ("out_of_stock", "Canvas bag", 3_000)
    assert kept.tags == ("new", "linen")


def test_a_sale_ends_when_the_price_comes_without_it(store: Store) -> None:
    put(store, BAG)
    put(store, {"item_id": "bag", "price": 4_500}, now=2)

    kept = product(store, "bag")

    assert kept is not None
    assert (kept.price, kept.sale_price) == (4_500, None)


def test_only_known_products_are_found(store: Store) -> None:
    put(store, BAG)

    with store.read() as tx:
        assert set(items.products(tx, ["bag", "gone"])) == {"bag"}
        assert items.products(tx, []) == {}


def test_a_product_that_only_events_know_is_learnt(store: Store) -> None:
    learn(store, Item("mug", "Mug", price=900, url="javascript:x", image="/mug.png"))

    assert product(store, "mug") == Product("mug", "Mug", None, "/mug.png", 900, None, "EUR")


def test_a_shopper_cannot_change_what_is_known(store: Store) -> None:
    put(store, BAG)
    learn(store, Item("bag", "HACKED", price=1), Item("mug", "Mug", price=900))
    learn(store, Item("mug", "HACKED", price=1))

    bag, mug = product(store, "bag"), product(store, "mug")

    assert bag is not None
    assert mug is not None
    assert (bag.name, bag.price) == ("Canvas bag", 4_000)
    assert (mug.name, mug.price) == ("Mug", 900)


def test_a_learnt_product_is_completed_by_later_events_and_replaced_by_a_feed(store: Store) -> None:
    learn(store, Item("bag"))
    learn(store, Item("bag", "Bag from the page", brand="Oak"))
    learnt = product(store, "bag")
    put(store, BAG)
    fed = product(store, "bag")

    assert learnt is not None
    assert fed is not None
    assert (learnt.name, learnt.brand) == ("Bag from the page", "Oak")
    assert (fed.name, fed.brand) == ("Canvas bag", "Pine")


def test_a_removed_product_stays_away_until_a_feed_names_it_again(store: Store) -> None:
    put(store, BAG)
    with store.write() as tx:
        assert items.remove(tx, "bag")
        assert not items.remove(tx, "bag")
        assert not items.remove(tx, "never-there")
    learn(store, Item("bag", "Canvas bag"))

    assert product(store, "bag") is None
    with store.read() as tx:
        assert items.count(tx) == 0
        assert items.page(tx, 10) == []

    put(store, {"item_id": "bag", "price": 4_000})
    revived = product(store, "bag")
    assert revived is not None
    assert revived.availability == "in_stock"


def test_the_catalogue_is_read_page_by_page_in_the_currencys_own_unit(store: Store) -> None:
    put(store, BAG, {"item_id": "amp", "price": 12_000, "currency": "KRW", "cost": 100})

    with store.read() as tx:
        first = items.page(tx, 1)
        second = items.page(tx, 5, after=first[-1]["item_id"])
        assert items.count(tx) == 2

    assert first == [
        {"item_id": "amp", "price": 12_000, "cost": 100, "currency": "KRW",
         "availability": "in_stock", "tags": []},
    ]  # fmt: skip
    assert [row["price"] for row in second] == [40]


@pytest.mark.parametrize(
    "location",
    [
        "https://moon.example/bag/1", "http://www.moon.example/bag/1/", "https://MOON.example/bag/1",
        "https://moon.example/bag/1?utm_source=mail&x=1#reviews",
    ],
)  # fmt: skip
def test_a_product_is_found_by_the_address_of_its_page(store: Store, location: str) -> None:
    put(store, BAG)

    with store.read() as tx:
        found = items.by_location(tx, location)

    assert found is not None
    assert (found.item_id, found.name, found.price) == ("bag", "Canvas bag", 3_000)


def test_a_catalogue_of_paths_is_found_by_whole_addresses(store: Store) -> None:
    put(store, {"item_id": "mug", "url": "/demo/product/mug"})

    with store.read() as tx:
        found = items.by_location(tx, "http://127.0.0.1:8000/demo/product/mug?x=1")
        other = items.by_location(tx, "http://127.0.0.1:8000/demo/product/mugs")

    assert found is not None
    assert found.item_id == "mug"
    assert other is None


def test_products_told_apart_by_a_query_key_are_not_mixed_up(store: Store) -> None:
    page = "https://moon.example/detail.html"
    put(
        store,
        {"item_id": "7", "url": f"{page}?product_no=7"},
        {"item_id": "8", "url": f"{page}?product_no=8"},
    )

    with store.read() as tx:
        found = items.by_location(tx, f"{page}?cate_no=3&product_no=8")
        nothing = items.by_location(tx, page)

    assert found is not None
    assert found.item_id == "8"
    assert nothing is None


def test_an_address_that_is_none_is_no_products(store: Store) -> None:
    with store.read() as tx:
        assert items.by_location(tx, "http://[broken") is None
        assert items.by_location(tx, "") is None
