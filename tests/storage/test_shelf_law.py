"""The law of lists: known products, each once, as many as asked, whatever the shop."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.shop import DAY
from plugin.storage import shelf_again, shelf_catalogue, shelf_trends
from plugin.storage.engine import Store
from plugin.storage.sqlite import SqliteStore
from tests.conftest import NOON
from tests.storage.little_shop import LittleShop, Shelf

SHELVES: dict[str, Shelf] = {
    "trending": shelf_trends.trending,
    "new_arrivals": shelf_catalogue.new_arrivals,
    "offers": shelf_catalogue.offers,
    "free_shipping_gap": shelf_catalogue.free_shipping_gap,
    "buy_again": shelf_again.buy_again,
    "back_in_stock": shelf_again.back_in_stock,
}
IDS = ["bag", "boots", "lamp", "mug", "vase", "never told"]
PEOPLE = ["mina", "cho"]
AGES = st.integers(-1, 45).map(lambda days: days * DAY)
SAYS = st.fixed_dictionaries(
    {"item_id": st.sampled_from(IDS[:-1]), "ago": AGES},
    optional={
        "price": st.sampled_from([1_000, 5_000, 9_000]),
        "sale_price": st.sampled_from([500, 4_800, 12_000]),
        "availability": st.sampled_from(["in_stock", "out_of_stock", "preorder"]),
        "category": st.sampled_from(["Bags", "Home > Light"]),
        "brand": st.sampled_from(["Kiln", "Other"]),
    },
)
DOES = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["view_item", "add_to_cart", "purchase"]),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=4),
    AGES,
)
ASKS = st.fixed_dictionaries(
    {"limit": st.integers(1, 4)},
    optional={
        "who": st.sampled_from(PEOPLE),
        "viewed": st.lists(st.sampled_from(IDS), max_size=3).map(tuple),
        "cart": st.lists(st.sampled_from(IDS), max_size=3).map(tuple),
        "free_shipping": st.sampled_from([2_000, 10_000, 40_000]),
        "segments": st.just(("vip",)),
    },
)


def hold(shop: LittleShop, asked: dict[str, Any]) -> None:
    with shop.store.read() as tx:
        there = {
            one
            for (one,) in tx.tuples(
                "select item_id from items where availability <> 'out_of_stock'"
            )
        }
    for name, of in SHELVES.items():
        found = shop.shelf(of, **asked)
        assert len(found) <= asked["limit"], name
        assert len(set(found)) == len(found), name
        assert set(found) <= there, name
        assert shop.shelf(of, **asked) == found, name


@settings(max_examples=40, deadline=None)
@given(st.lists(SAYS, max_size=10), st.lists(DOES, max_size=8), ASKS)
def test_never_more_than_asked_nothing_twice_and_only_what_can_be_bought(
    blank: Path, says: list[dict[str, Any]], does: list[Any], asked: dict[str, Any]
) -> None:
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(shutil.copy(blank, folder)))
        live(LittleShop(store, NOON), says, does, asked)
        store.close()


def live(
    shop: LittleShop, says: list[dict[str, Any]], does: list[Any], asked: dict[str, Any]
) -> None:
    for one in sorted(says, key=lambda one: -one["ago"]):
        shop.sells(**one)
    for who, what, item_ids, ago in does:
        shop.does(who, what, item_ids, ago)
    shop.ranked("segment_favourites", "vip", "bag", "mug")
    shop.ranked("bestsellers", "", "lamp", "bag")
    hold(shop, asked)


def test_the_law_holds_on_each_engine(store: Store, now: int) -> None:
    says: list[dict[str, Any]] = [
        {"item_id": item_id, "price": price, "sale_price": price - 600, "ago": days * DAY}
        for days in (40, 20, 1)
        for item_id, price in (("bag", 9_000 - days), ("mug", 2_000 + days * 200), ("lamp", 5_000))
    ]
    does = [
        (who, what, ["bag", "mug", "lamp", "never told", "mug"], days * DAY)
        for who in PEOPLE
        for what in ("view_item", "add_to_cart", "purchase")
        for days in (30, 25, 2)
    ]
    asked = {"who": "mina", "limit": 2, "cart": ("mug",), "free_shipping": 9_000}

    live(LittleShop(store, now), says, does, {**asked, "segments": ("vip",)})
