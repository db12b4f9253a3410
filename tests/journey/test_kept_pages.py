"""Lists of a product's page are kept while what they are made of stays the same, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import STEPS, ranked
from plugin.journey.offers import Wish, desk, recommend
from plugin.shop import DAY, Shop
from plugin.storage import items
from plugin.storage.engine import Store, Tx
from tests.storage.little_shop import LittleShop

OF_PAGE = ("similar", "viewed_together", "bought_together")
Change = Callable[[Tx, int], Any]


def says(item_id: str, **told: Any) -> Change:
    return lambda tx, now: items.upsert(tx, [{"item_id": item_id, **told}], now)


CHANGES: dict[str, Change] = {
    "the page's product is of another category": says("tote", category="Kitchen > Mugs"),
    "the page's product has another name": says("tote", name="Desk lamp"),
    "the page's product is of another brand": says("tote", brand="Clay"),
    "another is of the page's category": says("mug", category="Bags > Totes"),
    "one is sold out": says("rucksack", availability="out_of_stock"),
    "one is gone": lambda tx, now: items.remove(tx, "rucksack"),
    "one is new": says("clutch", name="Canvas clutch", category="Bags > Totes", brand="Moss"),
    "events taught of one": lambda tx, now: items.learn(tx, [(Item("cup"), "KRW")], now),
}


@pytest.fixture
def moon(store: Store, shop: Shop, now: int) -> LittleShop:
    """Four bags, three mugs, and people who look at both and buy both."""
    moon = LittleShop(store, now)
    for item_id, kind in (("tote", "Totes"), ("shopper", "Totes"), ("rucksack", "Rucksacks")):
        moon.sells(item_id, name=f"Canvas {item_id}", category=f"Bags > {kind}", brand="Moss")
    for item_id in ("mug", "tall mug", "lamp"):
        moon.sells(item_id, name=f"Desk {item_id}", category="Kitchen > Mugs", brand="Clay")
    for number in range(4):
        seen = ["tote", "rucksack", "mug"] if number % 2 else ["tote", "lamp", "shopper"]
        moon.does(f"buyer-{number}", "view_item", seen, ago=number * DAY)
    for number in range(12):
        with store.write() as tx:
            STEPS["collect"](tx, shop, events=[bought(number, now)])
    made = journey.build_model(store, shop, now)
    with store.write() as tx:
        journey.keep_model(tx, shop, **made)
    return moon


def bought(number: int, now: int) -> Event:
    """An order; of every two one holds the tote, and all of those a bag and a mug beside it."""
    ids = ("tote", "shopper", "rucksack", "mug") if number % 2 else ("lamp", "tall mug")
    lines = tuple(Item(item_id, price=10) for item_id in ids)
    at = now - DAY - number
    who, order = f"buyer-number-{number:06}", f"order-{number:06}"
    return Event(order, who, "purchase", at, at, {}, lines, "KRW", 10, order)


def kept(shop: LittleShop, of: Shop, strategy: str) -> list[str]:
    wish = Wish(strategy=strategy, item_id="tote")
    return [one["item_id"] for one in recommend(shop.store, of, wish, shop.now).items]


def led(shop: LittleShop, of: Shop, strategy: str) -> str:
    wish = Wish(strategy=strategy, item_id="tote")
    return recommend(shop.store, of, wish, shop.now).strategy


def anew(shop: LittleShop, of: Shop, strategy: str) -> list[str]:
    wish = Wish(strategy=strategy, item_id="tote")
    with desk(shop.store, of, wish, shop.now, explains=True) as open_desk:
        return list(open_desk.filled(open_desk.asked_window(), wish.limit).item_ids)


@pytest.mark.parametrize("strategy", OF_PAGE)
@pytest.mark.parametrize("change", list(CHANGES))
def test_a_kept_list_is_the_one_that_would_be_made_now(
    moon: LittleShop, shop: Shop, strategy: str, change: str
) -> None:
    assert kept(moon, shop, strategy) == anew(moon, shop, strategy) != []
    assert led(moon, shop, strategy) == strategy
    with moon.store.write() as tx:
        CHANGES[change](tx, moon.now + 1)

    assert kept(moon, shop, strategy) == anew(moon, shop, strategy)


def test_a_page_whose_product_moved_has_the_neighbours_of_its_new_place(
    moon: LittleShop, shop: Shop
) -> None:
    assert kept(moon, shop, "similar")[0] == "shopper"
    with moon.store.write() as tx:
        said = {"name": "Desk mug", "category": "Kitchen > Mugs", "brand": "Clay"}
        says("tote", **said)(tx, moon.now + 1)

    assert set(kept(moon, shop, "similar")[:2]) <= {"mug", "tall mug", "lamp"}


@pytest.mark.parametrize("strategy", ["similar", "viewed_together"])
def test_a_change_of_another_product_leaves_the_list_of_a_page(
    moon: LittleShop, shop: Shop, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(moon, shop, strategy)
    for name in ("like", "viewed_beside"):
        monkeypatch.setattr(ranked, name, lambda *_: pytest.fail("it was made again"))
    with moon.store.write() as tx:
        says("tall mug", price=700, currency="KRW")(tx, moon.now + 1)

    assert kept(moon, shop, strategy) == before
