"""A product whose number was only read off a page is the one that the catalogue has there."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.shop import Shop
from plugin.storage.engine import Store

MINA = "mina-0123456789abcdef"
NOW = 1_790_046_000_000
SHOP = Shop("moon", "pk_moon", currency="EUR", timezone="Europe/Berlin")
LAMP = "https://moon.example/catalogue/reading-lamp_209/"
READ = Item("209", name="Reading lamp", price=4900, quantity=2)


@pytest.fixture
def shop_with_a_lamp(store: Store) -> Store:
    with store.write() as tx:
        lamp = {"item_id": "LAMP-1", "name": "Reading lamp, brass", "url": LAMP, "price": 5900}
        journey.STEPS["put_items"](tx, SHOP, products=[lamp | {"currency": "EUR"}], now=NOW)
    return store


def lines(
    store: Store, name: str, item: Item, **params: Any
) -> list[tuple[str, int | None, float]]:
    """What is stored of Mina's event: product, price and quantity of each line."""
    event = Event("event-00000001", MINA, name, NOW, NOW, params, (item,), "EUR")
    with store.write() as tx:
        journey.STEPS["collect"](tx, SHOP, events=[event])
    with store.read() as tx:
        kept = tx.all("select items from events where event_id = 'event-00000001'")
    stored = msgspec.json.decode(kept[0]["items"], type=list[Item])
    return [(one.item_id, one.price, one.quantity) for one in stored]


@pytest.mark.parametrize("name", ["view_item", "add_to_cart"])
def test_a_number_read_off_the_page_gives_way_to_the_catalogues(
    shop_with_a_lamp: Store, name: str
) -> None:
    told = lines(shop_with_a_lamp, name, READ, page_location=LAMP, found_by="form")
    assert told == [("LAMP-1", 4900, 2)]


def test_where_the_page_has_no_price_the_catalogues_counts(shop_with_a_lamp: Store) -> None:
    read = Item("209")
    told = lines(shop_with_a_lamp, "view_item", read, page_location=LAMP, found_by="form")
    assert told == [("LAMP-1", 5900, 1)]


def test_what_the_shops_own_code_says_stands(shop_with_a_lamp: Store) -> None:
    assert lines(shop_with_a_lamp, "view_item", READ, page_location=LAMP) == [("209", 4900, 2)]


def test_on_a_page_that_the_catalogue_does_not_know_the_number_stands(
    shop_with_a_lamp: Store,
) -> None:
    elsewhere = "https://moon.example/catalogue/floor-lamp_210/"
    told = lines(shop_with_a_lamp, "view_item", READ, page_location=elsewhere, found_by="form")
    assert told == [("209", 4900, 2)]
