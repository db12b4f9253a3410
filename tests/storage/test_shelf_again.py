"""What somebody buys again and what somebody waited for, on both engines."""

from __future__ import annotations

import pytest

from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import shelf_again
from plugin.storage.engine import Store
from plugin.storage.migrate import steps
from plugin.storage.shelf_again import back_in_stock, buy_again
from tests.storage.little_shop import LittleShop

GAP = """
insert into product_standings (item_id, gap_days, run) values (:item_id, :gap_days, 1)
"""


@pytest.fixture
def moon(store: Store, now: int) -> LittleShop:
    return LittleShop(store, now)


def test_what_is_due_comes_before_what_was_bought_of_late(moon: LittleShop) -> None:
    moon.sells_all("beans", "filters", "milk")
    with moon.store.write() as tx:
        tx.run(GAP, item_id="beans", gap_days=14)
        tx.run(GAP, item_id="filters", gap_days=90)
    moon.does("mina", "purchase", ["filters", "beans"], ago=20 * DAY)

    assert moon.shelf(buy_again, "mina") == ["beans", "filters"]


def test_a_buyers_own_rhythm_counts_more_than_that_of_others(moon: LittleShop) -> None:
    moon.sells_all("beans", "milk")
    with moon.store.write() as tx:
        tx.run(GAP, item_id="beans", gap_days=300)
    for week in (1, 2, 3):
        moon.does("mina", "purchase", ["beans"], ago=week * 7 * DAY)
    moon.does("mina", "purchase", ["milk"], ago=6 * DAY)

    assert moon.shelf(buy_again, "mina") == ["beans", "milk"]


def test_what_cannot_be_bought_is_not_bought_again(moon: LittleShop) -> None:
    moon.sells_all("beans", "milk")
    moon.does("mina", "purchase", ["beans", "milk", "unknown"], ago=20 * DAY)
    moon.sells("beans", ago=0, availability="out_of_stock")

    assert moon.shelf(buy_again, "mina") == ["milk"]


def test_who_never_bought_has_nothing_to_buy_again(moon: LittleShop) -> None:
    moon.sells("beans")
    moon.does("mina", "purchase", ["beans"])

    assert moon.shelf(buy_again) == []
    assert moon.shelf(buy_again, "cho") == []


def test_what_hardly_anybody_buys_twice_comes_last(moon: LittleShop) -> None:
    moon.sells_all("beans", category="Coffee")
    moon.sells_all("machine", category="Machines")
    for number in range(12):
        moon.does(f"buyer-{number}", "purchase", ["machine", "beans"], ago=80 * DAY)
        moon.does(f"buyer-{number}", "purchase", ["beans"], ago=60 * DAY)
    moon.does("mina", "purchase", ["machine"], ago=100 * DAY)
    moon.does("mina", "purchase", ["beans"], ago=3 * DAY)
    assert moon.shelf(buy_again, "mina") == ["machine", "beans"]

    keep_habits(moon, moon.now)

    assert moon.shelf(buy_again, "mina") == ["beans", "machine"]


def keep_habits(shop: LittleShop, now: int) -> bool:
    with shop.store.write() as tx:
        habits = shelf_again.fresh_habits(tx, now)
        if habits is not None:
            shelf_again.keep_habits(tx, habits, now)
        return habits is not None


def test_habits_tell_the_usual_gap_of_a_category_and_who_buys_again(moon: LittleShop) -> None:
    moon.sells_all("beans", "rare beans", category="Coffee")
    for number in range(10):
        moon.does(f"buyer-{number}", "purchase", ["beans"], ago=30 * DAY)
        moon.does(f"buyer-{number}", "purchase", ["rare beans"], ago=10 * DAY)
    for number in range(5):
        moon.does(f"buyer-{number}", "purchase", ["beans"], ago=10 * DAY)

    with moon.store.read() as tx:
        assert shelf_again.fresh_habits(tx, moon.now) == {"Coffee": (20.0, 0.25)}


def test_few_buyers_are_no_habit(moon: LittleShop) -> None:
    moon.sells("beans", category="Coffee")
    for number in range(9):
        moon.does(f"buyer-{number}", "purchase", ["beans"])

    with moon.store.read() as tx:
        assert shelf_again.fresh_habits(tx, moon.now) == {}


def test_habits_are_looked_for_once_a_day(moon: LittleShop) -> None:
    assert keep_habits(moon, moon.now)
    assert not keep_habits(moon, moon.now + 23 * HOUR)
    assert keep_habits(moon, moon.now + DAY)


def shelf_of_news(shop: LittleShop) -> None:
    shop.sells_all("bag", "lamp", "mug", "vase", price=10_000)
    shop.sells("boots", price=10_000, availability="out_of_stock")


def test_what_came_back_or_fell_since_she_looked_comes_first_the_newest_before(
    moon: LittleShop,
) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["boots", "vase"], ago=40 * DAY)
    moon.sells("boots", ago=30 * DAY, availability="in_stock")
    moon.sells("vase", ago=20 * DAY, price=9_500)
    moon.sells("mug", ago=DAY, price=5_000)

    assert moon.shelf(back_in_stock, "mina") == ["vase", "boots", "mug"]
    assert moon.shelf(back_in_stock, "cho") == ["mug"]
    assert moon.shelf(back_in_stock) == ["mug"]


def test_what_was_put_into_the_cart_is_waited_for_too(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("tomo", "add_to_cart", ["bag"], ago=50 * DAY)
    moon.sells("bag", ago=40 * DAY, price=10_000, sale_price=8_000)

    assert moon.shelf(back_in_stock, "tomo") == ["bag"]


def test_what_she_has_seen_already_is_no_news_of_her_own(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.sells("boots", ago=30 * DAY, availability="in_stock")
    moon.does("mina", "view_item", ["boots"], ago=20 * DAY)

    assert moon.shelf(back_in_stock, "mina") == []


def test_a_price_that_fell_less_than_a_twentieth_or_rose_is_no_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["bag", "lamp", "vase"], ago=5 * DAY)
    moon.sells("bag", ago=4 * DAY, price=9_501)
    moon.sells("lamp", ago=4 * DAY, price=12_000)
    moon.sells("vase", ago=4 * DAY, price=8_000)
    moon.sells("vase", ago=3 * DAY, price=10_000)

    assert moon.shelf(back_in_stock, "mina") == []
    assert moon.shelf(back_in_stock) == []


def test_small_steps_down_add_up_for_whoever_looked_before_them(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("ana", "view_item", ["bag"], ago=5 * DAY)
    moon.sells("bag", ago=4 * DAY, price=9_700)
    moon.sells("bag", ago=3 * DAY, price=9_450)

    assert moon.shelf(back_in_stock, "ana") == ["bag"]
    assert moon.shelf(back_in_stock) == []


def test_what_went_out_and_came_back_since_she_looked_is_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["mug"], ago=40 * DAY)
    moon.sells("mug", ago=30 * DAY, availability="out_of_stock")
    moon.sells("mug", ago=20 * DAY, availability="preorder")

    assert moon.shelf(back_in_stock, "mina") == ["mug"]


def test_what_is_gone_again_is_no_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["boots"], ago=9 * DAY)
    moon.sells("boots", ago=5 * DAY, availability="in_stock")
    moon.sells("boots", ago=DAY, availability="out_of_stock")

    assert moon.shelf(back_in_stock, "mina") == []


def test_what_her_segments_like_comes_before_other_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.sells("mug", ago=3 * DAY, price=5_000)
    moon.sells("bag", ago=2 * DAY, price=5_000)
    moon.ranked("segment_favourites", "vip", "mug", "vase")

    assert moon.shelf(back_in_stock, "mina", segments=("vip",)) == ["mug", "bag"]
    assert moon.shelf(back_in_stock, "mina", segments=("others",)) == ["bag", "mug"]


def test_after_two_weeks_it_is_news_to_nobody_who_did_not_look(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.sells("boots", ago=14 * DAY - MINUTE, availability="in_stock")
    moon.sells("mug", ago=14 * DAY + MINUTE, price=5_000)

    assert moon.shelf(back_in_stock) == ["boots"]


def test_what_she_bought_lately_is_left_out(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["bag"], ago=9 * DAY)
    moon.sells_all("bag", "mug", ago=5 * DAY, price=5_000)
    moon.does("mina", "purchase", ["bag"], ago=DAY)

    assert moon.shelf(back_in_stock, "mina") == ["mug"]


def test_where_nothing_changed_there_is_no_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.does("mina", "view_item", ["bag", "boots"], ago=9 * DAY)

    assert moon.shelf(back_in_stock, "mina") == []


def test_the_log_of_a_shop_that_comes_from_before_says_what_was_news(moon: LittleShop) -> None:
    shelf_of_news(moon)
    moon.sells("boots", ago=5 * DAY, availability="in_stock")
    moon.sells("mug", ago=4 * DAY, price=9_500)
    moon.sells("bag", ago=3 * DAY, price=9_900)
    told = "select item_id, at, news from item_states order by item_id, at"
    step = next(sql for _, name, sql in steps("shop") if name == "0014_shelves")
    update = next(one for one in step.split(";") if "update item_states" in one)

    with moon.store.write() as tx:
        kept = tx.tuples(told)
        tx.run("update item_states set news = 0")
        tx.run(update)
        assert tx.tuples(told) == kept
    assert {row[0]: row[2] for row in kept} == {
        "bag": 0, "boots": 1, "lamp": 0, "mug": 2, "vase": 0,
    }  # fmt: skip
