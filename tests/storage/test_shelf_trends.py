"""What rises, on both engines."""

from __future__ import annotations

import pytest

from plugin.serve.recommend.trend import DAYS, KINDS, points
from plugin.shop import DAY, HOUR
from plugin.storage import shelf_trends, shelves
from plugin.storage.engine import Store
from plugin.storage.shelf_trends import trending
from tests.storage.little_shop import LittleShop


@pytest.fixture
def moon(store: Store, now: int) -> LittleShop:
    shop = LittleShop(store, now)
    shop.sells_all("bag", "boots", "lamp", "mug")
    return shop


def every_day(shop: LittleShop, item_id: str, times: int, what: str = "view_item") -> None:
    for day in range(DAYS):
        shop.does("passers-by", what, [item_id] * times, ago=day * DAY + HOUR)


def test_what_is_looked_at_more_than_before_stands_above_what_always_is(moon: LittleShop) -> None:
    every_day(moon, "mug", 20)
    every_day(moon, "lamp", 2)
    moon.does("mina", "view_item", ["lamp"] * 30)

    assert moon.shelf(trending) == ["lamp", "mug"]


def test_what_people_turn_away_from_is_no_trend(moon: LittleShop) -> None:
    for day in range(10, DAYS):
        moon.does("mina", "view_item", ["mug"] * 9, ago=day * DAY)
    moon.does("cho", "view_item", ["bag"])

    assert moon.shelf(trending) == ["bag"]


def test_an_order_weighs_more_than_a_cart_and_a_cart_more_than_a_view(moon: LittleShop) -> None:
    every_day(moon, "boots", 1)
    for item_id, what in (("mug", "view_item"), ("bag", "purchase"), ("lamp", "add_to_cart")):
        moon.does("cho", what, [item_id])

    assert moon.shelf(trending)[:3] == ["bag", "lamp", "mug"]


def test_little_that_happened_once_does_not_stand_above_a_real_rise(moon: LittleShop) -> None:
    every_day(moon, "boots", 1)
    moon.does("tomo", "view_item", ["mug"])
    moon.does("ana", "view_item", ["bag"] * 12)

    assert moon.shelf(trending)[:2] == ["bag", "mug"]


def test_days_end_at_the_newest_event_however_old_it_is(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["mug"] * 3, ago=420 * DAY)
    moon.does("mina", "view_item", ["bag"] * 3, ago=400 * DAY)

    assert moon.shelf(trending) == ["bag"]


def test_what_comes_from_the_future_is_no_trend_yet(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["mug"] * 9, ago=-DAY)
    moon.does("cho", "view_item", ["bag"])

    assert moon.shelf(trending) == ["bag"]


def test_what_cannot_be_bought_is_no_trend(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["mug", "bag"])
    moon.sells("mug", ago=0, availability="out_of_stock")

    assert moon.shelf(trending) == ["bag"]


def test_a_shop_without_events_has_no_trend(moon: LittleShop) -> None:
    assert moon.shelf(trending) == []


def test_a_busy_shop_is_ranked_by_the_clock_as_it_would_be_when_asked(
    moon: LittleShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_day(moon, "boots", 1)
    moon.does("mina", "view_item", ["lamp"] * 5)
    moon.does("cho", "purchase", ["bag"])
    asked = moon.shelf(trending)
    monkeypatch.setattr(shelf_trends, "YOUNG", 2)

    assert moon.shelf(trending) == []  # its clock has not struck yet
    with moon.store.write() as tx:
        shelves.rebuild_rankings(tx, moon.now)
    assert moon.shelf(trending) == asked == ["lamp", "bag", "boots"]


def test_the_store_counts_points_as_the_formula_does(moon: LittleShop) -> None:
    for kind in KINDS:
        for day in (0, 3, DAYS - 1):
            moon.does("mina", kind, ["mug"], ago=day * DAY)

    with moon.store.read() as tx:
        (item_id, recent, *counts), *others = tx.tuples(shelf_trends.LINES, newest=moon.now)

    assert (item_id, counts, others) == ("mug", [3, 3, 3], [])
    assert recent == pytest.approx(
        sum(points(kind, day) for kind in KINDS for day in (0, 3, DAYS - 1))
    )


def test_what_is_sold_out_at_the_top_of_a_list_makes_room_for_what_is_far_down(
    moon: LittleShop,
) -> None:
    gone = [f"gone {number}" for number in range(9)]
    moon.sells_all(*gone, availability="out_of_stock")
    moon.ranked("trending", "", *gone, "mug", "bag")

    assert moon.shelf(trending, limit=2) == ["mug", "bag"]


def test_on_the_first_day_of_a_shop_what_happened_most_comes_first(moon: LittleShop) -> None:
    moon.does("mina", "view_item", ["bag", "mug", "mug", "mug"])
    moon.does("cho", "purchase", ["lamp"])

    assert moon.shelf(trending) == ["lamp", "mug", "bag"]
