"""What plugin.storage.placements reads of windows, on both engines, in a little shop."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Event, Item
from plugin.journey.collect import collect
from plugin.serve.placements import Placed
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import campaigns
from plugin.storage.engine import Store
from plugin.storage.placements import by_strategy

CHO, MINA, TOMO = "cho", "mina", "tomo"
PRICES = {"hat": 10_000, "bag": 30_000, "mug": 5_000}


class Street:
    """A shop with two windows, and what visitors do in it."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._count = store, shop, now, 0
        with store.write() as tx:
            for slug in ("home-1", "cart-1"):
                campaigns.put(tx, "window", slug, {"strategies": ["bestsellers"]}, True, now)

    def does(self, who: str, what: str, *items: str, ago: int, **more: Any) -> None:
        """An event as a page tells it, through the door that all events take."""
        self._count += 1
        fields = {name: more.pop(name) for name in ("value", "transaction_id") if name in more}
        lines = tuple(Item(item, price=PRICES[item]) for item in items)
        event = Event(
            f"event-{self._count:04d}", who, what, self.now - ago, self.now - ago, more, lines,
            currency="KRW", **fields,
        )  # fmt: skip
        with self.store.write() as tx:
            collect(tx, self.shop, [event])

    def told(self, slug: str = "home-1", days: int = 30) -> dict[tuple[str, int], Placed]:
        with self.store.read() as tx:
            return by_strategy(tx, slug, self.now - days * DAY, self.now, self.shop.currency)


@pytest.fixture
def street(store: Store, shop: Shop, now: int) -> Street:
    return Street(store, shop, now)


def seen(street: Street, who: str, slug: str = "home-1", via: str = "bs,bs,fy") -> None:
    """A visitor sees a window of hat, bag and mug."""
    street.does(
        who, "view_item_list", "hat", "bag", "mug", ago=3 * HOUR, item_list_id=slug, via=via,
        index=0,
    )  # fmt: skip


def chosen(street: Street, who: str, item: str, via: str, index: int, **more: Any) -> None:
    """A visitor clicks a product of a window."""
    told = {"item_list_id": "home-1", "ago": 2 * HOUR, **more}
    street.does(who, "select_item", item, via=via, index=index, **told)


def test_a_little_shop_is_counted_by_hand(street: Street) -> None:
    for who in (CHO, MINA, TOMO):
        seen(street, who)
    chosen(street, CHO, "hat", "bs", 0)
    chosen(street, MINA, "mug", "fy", 2)
    street.does(CHO, "add_to_cart", "hat", ago=HOUR)
    street.does(CHO, "purchase", "hat", "bag", ago=30 * MINUTE, transaction_id="A-1", value=40_000)
    street.does(TOMO, "purchase", "hat", ago=30 * MINUTE, transaction_id="A-2", value=10_000)

    assert street.told() == {
        ("bs", 1): Placed(views=3, clicks=1, adds=1, purchases=1, revenue=10_000),
        ("bs", 2): Placed(views=3),  # Cho bought the bag without clicking on it
        ("fy", 3): Placed(views=3, clicks=1),
    }


def test_a_coupon_and_a_refund_are_off_every_line_alike(street: Street) -> None:
    chosen(street, CHO, "hat", "bs", 0)
    # Of lines worth 40,000 the coupon leaves 32,000, of which 12,000 went back: half is left.
    street.does(CHO, "purchase", "hat", "bag", ago=HOUR, transaction_id="A-1", value=32_000)
    street.does(CHO, "refund", ago=MINUTE, transaction_id="A-1", value=12_000)

    assert street.told()["bs", 1].revenue == 5_000


def test_delivery_is_no_products_money(street: Street) -> None:
    chosen(street, CHO, "hat", "bs", 0)
    street.does(CHO, "purchase", "hat", ago=HOUR, transaction_id="A-1", value=13_000)
    assert street.told()["bs", 1].revenue == 10_000


def test_a_window_is_not_told_of_anothers(street: Street) -> None:
    seen(street, CHO, "cart-1", "cc,cc,cc")
    chosen(street, CHO, "hat", "cc", 0, item_list_id="cart-1")
    street.does(CHO, "add_to_cart", "hat", ago=HOUR)

    assert street.told("home-1") == {}
    assert street.told("cart-1")["cc", 1] == Placed(views=1, clicks=1, adds=1)


def test_a_list_of_the_shops_own_takes_no_credit(street: Street) -> None:
    chosen(street, CHO, "hat", "bs", 0)
    chosen(street, CHO, "hat", "xx", 0, item_list_id="search results", ago=90 * MINUTE)
    street.does(CHO, "add_to_cart", "hat", ago=HOUR)
    assert street.told() == {("bs", 1): Placed(clicks=1, adds=1)}


def test_only_the_time_asked_for_is_counted(street: Street) -> None:
    seen(street, CHO)
    chosen(street, CHO, "hat", "bs", 0, ago=40 * DAY)
    street.does(CHO, "add_to_cart", "hat", ago=35 * DAY)

    assert {place: one.clicks + one.adds for place, one in street.told().items()} == {
        ("bs", 1): 0, ("bs", 2): 0, ("fy", 3): 0,
    }  # fmt: skip
    assert street.told(days=60)["bs", 1] == Placed(views=1, clicks=1, adds=1)


def test_pages_that_do_not_say_what_chose_their_products_count_nowhere(street: Street) -> None:
    street.does(CHO, "view_item_list", "hat", ago=HOUR, item_list_id="home-1")
    street.does(CHO, "select_item", "hat", ago=HOUR, item_list_id="home-1")
    street.does(CHO, "view_item_list", "hat", ago=HOUR, item_list_id="home-1", via=7, index="x")
    assert street.told() == {}
