"""What models learn from: visits, orders, products, on both engines."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event, Item
from plugin.journey import collect
from plugin.serve.recommend.runs import Runs
from plugin.shop import DAY, MINUTE, SECOND, Shop
from plugin.storage import items, model_rows, profiles
from plugin.storage.engine import Store

MINA, JUN = "mina-0123456789abcdef", "jun-00123456789abcdef"


class Town:
    """People who look and buy in a shop."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._events = store, shop, now, 0

    def _told(self, who: str, name: str, at: int, ids: Iterable[str], order: str | None) -> None:
        self._events += 1
        lines = tuple(Item(one, price=100) for one in ids)
        told = Event(f"event-{self._events:06}", who, name, at, at, {}, lines, "KRW", 100, order)
        with self.store.write() as tx:
            collect(tx, self.shop, [told])

    def views(self, who: str, *ids: str, ago: int = DAY, apart: int = MINUTE) -> None:
        """One after the other, ``apart``."""
        for step, item_id in enumerate(ids):
            self._told(who, "view_item", self.now - ago + step * apart, [item_id], None)

    def buys(self, who: str, *ids: str, order: str, ago: int = DAY) -> None:
        self._told(who, "purchase", self.now - ago, ids, order)


@pytest.fixture
def town(store: Store, shop: Shop, now: int) -> Town:
    return Town(store, shop, now)


def named(ids: list[str], runs: Runs) -> list[list[str]]:
    return [[ids[number] for number in row] for row in runs]


def learnt(town: Town, **asked: int) -> model_rows.Learnt:
    with town.store.read() as tx:
        return model_rows.learnt(tx, **asked)


def sessions(town: Town, **asked: int) -> list[list[str]]:
    with town.store.read() as tx:
        return named(*model_rows.sessions(tx, **asked))


def orders(town: Town) -> list[list[str]]:
    with town.store.read() as tx:
        return named(*model_rows.orders(tx))


def test_a_visit_keeps_the_order_of_its_views_and_repeats(town: Town) -> None:
    town.views(MINA, "mug", "bag", "mug")
    assert sessions(town) == [["mug", "bag", "mug"]]


def test_thirty_minutes_without_a_view_end_a_visit(town: Town) -> None:
    town.views(MINA, "mug", "bag", apart=30 * MINUTE)
    town.views(JUN, "lamp", "bag", apart=30 * MINUTE + 1)
    assert sorted(sessions(town)) == [["bag"], ["lamp"], ["mug", "bag"]]


def test_visits_come_in_the_order_in_which_they_ended(town: Town) -> None:
    town.views(MINA, "mug", "mug", ago=DAY, apart=20 * MINUTE)
    town.views(JUN, "bag", ago=DAY - 10 * MINUTE)
    found = learnt(town).sessions
    assert named(learnt(town).item_ids, found) == [["bag"], ["mug", "mug"]]
    assert list(found.at) == [
        (town.now - DAY + 10 * MINUTE) // SECOND,
        (town.now - DAY + 20 * MINUTE) // SECOND,
    ]


def test_a_visit_says_whose_it_is(town: Town) -> None:
    town.views(MINA, "mug", ago=2 * DAY)
    town.views(JUN, "bag", ago=DAY)
    with town.store.read() as tx:
        ids = [found[0] for who in (MINA, JUN) if (found := profiles.find(tx, who))]
    assert list(learnt(town).sessions.profiles) == ids


def test_old_views_count_as_new_ones_do(town: Town) -> None:
    town.views(MINA, "mug", ago=4_000 * DAY)
    assert sessions(town) == [["mug"]]


def test_the_newest_views_are_taken_where_there_are_too_many(town: Town) -> None:
    town.views(MINA, "mug", ago=3 * DAY)
    town.views(JUN, "bag", "lamp", ago=DAY)
    assert sessions(town, most_views=2) == [["bag", "lamp"]]
    assert sessions(town, most_views=3) == [["mug"], ["bag", "lamp"]]


def test_nothing_after_the_moment_asked_for_is_learnt(town: Town) -> None:
    town.views(MINA, "mug", ago=3 * DAY)
    town.views(MINA, "bag", ago=2 * DAY)
    assert sessions(town, until=town.now - 3 * DAY) == [["mug"]]


def test_an_order_holds_each_of_its_products_once(town: Town) -> None:
    town.buys(MINA, "mug", "bag", "mug", order="o-1")
    assert orders(town) == [["mug", "bag"]]


def test_an_order_told_twice_is_learnt_once(town: Town) -> None:
    town.buys(MINA, "mug", order="o-1", ago=DAY)
    town.buys(MINA, "mug", "bag", order="o-1", ago=DAY - MINUTE)
    town.buys(JUN, "lamp", order="o-2", ago=2 * DAY)
    assert orders(town) == [["lamp"], ["mug"]]


def test_numbers_are_places_among_all_products_also_of_those_nobody_looked_at(town: Town) -> None:
    town.views(MINA, "mug")
    town.buys(MINA, "émail", order="o-1")
    with town.store.write() as tx:
        items.upsert(tx, [{"item_id": "Bag"}, {"item_id": "가방"}], town.now)
    found = learnt(town)
    assert found.item_ids == ["Bag", "mug", "émail", "가방"]
    assert named(found.item_ids, found.sessions) == [["mug"]]
    assert named(found.item_ids, found.orders) == [["émail"]]


def test_a_removed_product_still_tells_of_those_beside_it(town: Town) -> None:
    town.views(MINA, "mug", "bag")
    with town.store.write() as tx:
        items.remove(tx, "mug")
    assert sessions(town) == [["mug", "bag"]]


def test_products_come_in_the_order_asked_for_with_a_gap_for_the_unknown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_rows, "PRODUCTS", 2)
    with town.store.write() as tx:
        items.upsert(tx, [{"item_id": one, "name": one.title()} for one in "abc"], town.now)
    found = list(model_rows.products(town.store, ["c", "x", "a", "b"]))
    assert [one and one.name for one in found] == ["C", None, "A", "B"]


def test_reading_in_parts_changes_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in (MINA, JUN, "cho-00123456789abcdef"):
        town.views(who, "mug", "bag")
        town.buys(who, "bag", order=f"o-{who[:3]}")
    whole = learnt(town)
    monkeypatch.setattr(model_rows, "PROFILES", 1)
    monkeypatch.setattr(model_rows, "PRODUCTS", 1)
    assert learnt(town) == whole


def test_an_empty_shop_teaches_nothing(town: Town) -> None:
    assert learnt(town) == model_rows.Learnt([], Runs(), Runs())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=120), st.sampled_from((3, 2**17, 2**32)))
def test_counting_out_sorts_as_sorting_does(drawn: bytes, below: int) -> None:
    whole = array("I", drawn[: len(drawn) // 4 * 4])
    moments = array("I", (moment % below for moment in whole))
    found = model_rows.oldest_first(moments)
    assert list(found) == sorted(range(len(moments)), key=moments.__getitem__)
