"""The lists that the clock makes, through the step that makes them, on both engines."""

from __future__ import annotations

from plugin import journey
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
