"""The promises of plugin.storage.shelves, on both engines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import items, shelves
from plugin.storage.engine import Store
from plugin.storage.shelves import SHELVES, Wanted

NEW_PROFILE = "insert into profiles (visitor_id) values (:name) returning id"
LINE = """
insert into item_events (event_id, place, profile, item_id, name, at, quantity)
values (:event_id, :place, :profile, :item_id, :name, :at, :quantity)
"""
JOIN = """
insert into memberships (segment, profile, entered_at, version) values (:segment, :profile, 0, 1)
"""
CATALOGUE = ("bag", "boots", "lamp", "mug", "scarf")
OWN = (
    "bestsellers", "recently_viewed", "viewed_together", "segment_favourites", "bought_together",
    "cart_complements", "similar", "for_you",
)  # fmt: skip
KINDS = {"bag": "Wear", "boots": "Wear", "scarf": "Wear"}


class Town:
    """People of a shop and what they do, written straight into the tables."""

    def __init__(self, store: Store, now: int) -> None:
        self.store, self.now, self.people, self._rows = store, now, {}, 0
        self.people: dict[str, int] = {}
        with store.write() as tx:
            # An hour apart, so that the newest product is known: scarf.
            for age, item_id in enumerate(CATALOGUE):
                item = {"item_id": item_id, "category": KINDS.get(item_id, "Home")}
                items.upsert(tx, [item], now - 90 * DAY + age * HOUR)

    def profile(self, name: str) -> int:
        if name not in self.people:
            with self.store.write() as tx:
                self.people[name] = tx.value(NEW_PROFILE, name=name)
        return self.people[name]

    def does(
        self, name: str, what: str, item_ids: Iterable[str], ago: int = HOUR, quantity: float = 1
    ) -> None:
        profile = self.profile(name)
        with self.store.write() as tx:
            for step, item_id in enumerate(item_ids):
                self._rows += 1
                at = self.now - ago + step * MINUTE
                tx.run(
                    LINE, event_id=f"event-{self._rows}", place=0, profile=profile,
                    item_id=item_id, name=what, at=at, quantity=quantity,
                )  # fmt: skip

    def orders(self, name: str, *item_ids: str) -> None:
        profile = self.profile(name)
        self._rows += 1
        with self.store.write() as tx:
            for place, item_id in enumerate(item_ids):
                tx.run(
                    LINE, event_id=f"event-{self._rows}", place=place, profile=profile,
                    item_id=item_id, name="purchase", at=self.now - HOUR, quantity=1,
                )  # fmt: skip

    def joins(self, name: str, segment: str) -> None:
        profile = self.profile(name)
        with self.store.write() as tx:
            tx.run(JOIN, segment=segment, profile=profile)

    def shelf(self, strategy: str, who: str | None = None, **wanted: Any) -> list[str]:
        profile = self.profile(who) if who else None
        asked = {"now": self.now, "limit": 20, "profile_id": profile, **wanted}
        with self.store.read() as tx:
            return SHELVES[strategy](tx, Wanted(**asked))

    def rebuild(self) -> int:
        with self.store.write() as tx:
            return shelves.rebuild_rankings(tx, self.now)


@pytest.fixture
def town(store: Store, now: int) -> Town:
    return Town(store, now)


def test_recently_viewed_is_newest_first_each_once_without_what_was_bought(town: Town) -> None:
    town.does("mina", "view_item", ["bag", "mug", "lamp", "bag"])
    town.does("mina", "purchase", ["mug"], ago=10 * MINUTE)

    assert town.shelf("recently_viewed", "mina") == ["bag", "lamp"]


def test_what_the_page_tells_of_this_visit_comes_before_what_the_store_knows(town: Town) -> None:
    town.does("mina", "view_item", ["bag", "mug"])

    assert town.shelf("recently_viewed", "mina", viewed=("mug", "lamp")) == ["lamp", "mug", "bag"]


def test_a_stranger_gets_what_the_page_tells(town: Town) -> None:
    assert town.shelf("recently_viewed", viewed=("bag", "mug", "bag")) == ["bag", "mug"]
    assert town.shelf("recently_viewed") == []


def test_nobody_sees_what_another_one_viewed(town: Town) -> None:
    town.does("mina", "view_item", ["bag"])

    assert town.shelf("recently_viewed", "cho") == []


def test_viewed_together_is_what_more_people_viewed_beside_it(town: Town) -> None:
    for name in ("mina", "cho", "ana"):
        town.does(name, "view_item", ["bag", "mug"])
    town.does("tomo", "view_item", ["bag", "lamp"])

    assert town.shelf("viewed_together", item_id="bag") == ["mug", "lamp"]


def test_what_everybody_views_anyway_counts_less(town: Town) -> None:
    for name in ("mina", "cho"):
        town.does(name, "view_item", ["bag", "mug", "lamp"])
    for number in range(20):
        town.does(f"passer-by-{number}", "view_item", ["lamp"])

    assert town.shelf("viewed_together", item_id="bag") == ["mug", "lamp"]


def test_views_hours_apart_are_not_together(town: Town) -> None:
    town.does("mina", "view_item", ["bag"], ago=5 * HOUR)
    town.does("mina", "view_item", ["mug"], ago=1 * HOUR)

    assert town.shelf("viewed_together", item_id="bag") == []


def test_without_a_product_on_the_page_the_last_viewed_one_is_the_subject(town: Town) -> None:
    town.does("cho", "view_item", ["bag", "mug"])
    town.does("mina", "view_item", ["lamp", "bag"], ago=3 * HOUR)

    assert town.shelf("viewed_together", viewed=("lamp", "bag")) == ["lamp", "mug"]
    assert town.shelf("viewed_together", "mina") == ["lamp", "mug"]
    assert town.shelf("viewed_together") == []


def test_what_is_sold_out_or_removed_is_on_no_shelf(town: Town) -> None:
    town.does("mina", "view_item", ["bag", "mug", "lamp", "boots"])
    with town.store.write() as tx:
        items.upsert(tx, [{"item_id": "mug", "availability": "out_of_stock"}], town.now)
        items.remove(tx, "lamp")

    assert town.shelf("viewed_together", item_id="bag") == ["boots"]
    assert set(town.shelf("bestsellers")) == {"bag", "boots", "scarf"}


def test_bestsellers_are_the_pieces_sold_then_carted_then_viewed_then_the_newest(
    town: Town,
) -> None:
    town.does("mina", "purchase", ["mug"], quantity=3)
    town.does("cho", "purchase", ["bag", "bag"])
    town.does("ana", "add_to_cart", ["lamp"])
    town.does("tomo", "view_item", ["boots"] * 9)

    assert town.shelf("bestsellers") == ["mug", "bag", "lamp", "boots", "scarf"]


def test_the_first_order_of_a_shop_counts_at_once(town: Town) -> None:
    town.rebuild()
    town.does("mina", "purchase", ["lamp"])

    assert town.shelf("bestsellers")[0] == "lamp"


def test_what_sold_long_before_the_newest_orders_is_no_bestseller(town: Town) -> None:
    town.does("mina", "purchase", ["mug"] * 5, ago=60 * DAY)
    town.does("cho", "purchase", ["bag"])

    assert town.shelf("bestsellers")[0] == "bag"


def test_a_shop_whose_orders_are_old_has_bestsellers_all_the_same(town: Town) -> None:
    town.does("mina", "purchase", ["mug"], ago=400 * DAY)

    assert town.shelf("bestsellers")[0] == "mug"


def test_what_comes_from_the_future_does_not_count_yet(town: Town) -> None:
    town.does("mina", "purchase", ["mug"], ago=-DAY)
    town.does("cho", "purchase", ["bag"])

    assert town.shelf("bestsellers")[0] == "bag"


def test_a_busy_shop_is_ranked_by_the_clock_as_it_would_be_when_asked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.does("mina", "purchase", ["mug", "mug"])
    town.does("cho", "purchase", ["bag"])
    town.does("ana", "view_item", ["lamp"])
    asked = town.shelf("bestsellers")

    monkeypatch.setattr(shelves, "YOUNG", 2)
    kept = town.rebuild()

    assert kept == 3
    assert town.shelf("bestsellers") == asked


def members(town: Town, segment: str, names: Iterable[str], likes: str) -> None:
    for name in names:
        town.joins(name, segment)
        town.does(name, "view_item", [likes] * 5)


def test_a_segments_favourites_are_its_own_and_not_the_shops(town: Town) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo", "jun"], "lamp")
    town.does("mina", "purchase", ["lamp"] * 20)
    for number in range(30):
        town.does(f"buyer-{number}", "purchase", ["mug"])
    town.does("cho", "view_item", ["mug"])
    town.rebuild()

    assert town.shelf("segment_favourites", segments=("vip",)) == ["lamp", "mug"]
    assert town.shelf("bestsellers")[0] == "mug"


def test_a_small_segment_has_no_list_that_would_tell_of_single_people(town: Town) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo"], "lamp")
    town.rebuild()

    assert town.shelf("segment_favourites", segments=("vip",)) == []


def test_few_events_of_a_segment_weigh_less_than_the_taste_of_the_shop(town: Town) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo", "jun"], "lamp")
    town.does("mina", "view_item", ["mug"])
    for number in range(40):
        town.does(f"buyer-{number}", "purchase", ["mug"])
    town.rebuild()

    assert town.shelf("segment_favourites", segments=("vip",)) == ["mug", "lamp"]


def test_a_visitor_of_no_segment_has_no_segment_favourites(town: Town) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo", "jun"], "lamp")
    town.rebuild()

    assert town.shelf("segment_favourites", segments=()) == []
    assert town.shelf("segment_favourites", segments=("other",)) == []


def test_a_segment_that_everybody_left_loses_its_list(town: Town) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo", "jun"], "lamp")
    town.rebuild()
    with town.store.write() as tx:
        tx.run("delete from memberships")
    town.rebuild()

    assert town.shelf("segment_favourites", segments=("vip",)) == []


@pytest.mark.parametrize("strategy", OWN)
def test_a_shelf_is_as_long_as_asked_and_no_longer(town: Town, strategy: str) -> None:
    members(town, "vip", ["mina", "cho", "ana", "tomo", "jun"], "lamp")
    town.does("mina", "view_item", ["bag", "mug", "boots"])
    town.does("cho", "view_item", ["boots", "mug", "bag"])
    for name in ("ana", "tomo", "jun"):
        town.orders(name, "bag", "mug", "boots")
    town.rebuild()
    asked: dict[str, Any] = {"item_id": "bag", "cart": ("bag",), "segments": ("vip",)}

    wanted = town.shelf(strategy, "mina", limit=1, **asked)

    assert len(wanted) == 1


def test_bought_together_is_what_three_orders_hold_beside_it(town: Town) -> None:
    for name in ("ana", "tomo", "jun"):
        town.orders(name, "bag", "mug", "boots")
    town.orders("mina", "bag", "mug")
    for name in ("ana", "tomo"):
        town.orders(name, "bag", "lamp")

    assert town.shelf("bought_together", item_id="bag") == ["mug", "boots"]
    assert town.shelf("bought_together", item_id="lamp") == []
    assert town.shelf("cart_complements", cart=("bag", "boots")) == ["mug"]
    assert town.shelf("cart_complements") == []


def test_without_a_model_the_same_category_is_similar_one_brand_and_near_prices_first(
    town: Town,
) -> None:
    with town.store.write() as tx:
        items.upsert(tx, [
            {"item_id": "bag", "brand": "Pine", "price": 50},
            {"item_id": "boots", "price": 60},
            {"item_id": "scarf", "price": 10, "brand": "Pine"},
            {"item_id": "gloves", "price": 51, "category": "Wear"},
            {"item_id": "hat", "price": 50, "category": "Wear", "availability": "out_of_stock"},
        ], town.now)  # fmt: skip

    assert town.shelf("similar", item_id="bag") == ["scarf", "gloves", "boots"]
    assert town.shelf("similar", item_id="unheard-of") == []


def test_there_is_a_shelf_for_every_strategy() -> None:
    from plugin.serve.recommend.strategies import STRATEGIES

    assert set(SHELVES) == set(STRATEGIES)
