"""What counts between two models: views of a minute ago, and whoever is to be left out."""

from __future__ import annotations

import pytest

from plugin.collect.event import Event, Item
from plugin.journey import STEPS, build_model, keep_model
from plugin.serve.recommend.for_you import for_you
from plugin.shop import HOUR, MINUTE, Shop
from plugin.storage import fresh, models, profiles
from plugin.storage.engine import Store

MINA, JUN, CHO = "mina-0123456789abcdef", "jun-00123456789abcdef", "cho-00123456789abcdef"


class Town:
    """A shop with a model, whose people go on looking at products."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._events = store, shop, now, 0

    def views(self, who: str, *ids: str, ago: int = HOUR) -> None:
        for step, item_id in enumerate(ids):
            self.does(who, "view_item", item_id, ago=ago - step * MINUTE)

    def does(self, who: str, what: str, item_id: str, ago: int = HOUR) -> None:
        self._events += 1
        at = self.now - ago
        told = Event(f"event-{self._events:06}", who, what, at, at, {}, (Item(item_id),))
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=[told])

    def build(self) -> None:
        made = build_model(self.store, self.shop, self.now)
        with self.store.write() as tx:
            keep_model(tx, self.shop, **made)

    def current(self) -> models.Built:
        version = self.store.version()  # as requests do
        with self.store.read() as tx:
            found = models.current(self.store, tx, version)
        assert found is not None
        return found

    def goes_with(self, *seen: str) -> list[str]:
        """What the next answer has for a visit that has seen these, without them."""
        built = self.current()
        with built.lock:
            placed = for_you(
                built.sessions, built.recent.numbers(seen), 10,
                recent=built.recent, forgotten=built.forgotten,
            )  # fmt: skip
            found = [built.recent.item_id(one.number) for one in placed]
        return [item_id for item_id in found if item_id not in seen]


@pytest.fixture
def town(store: Store, shop: Shop, now: int) -> Town:
    made = Town(store, shop, now)
    made.views(MINA, "mug", "bag", ago=50 * HOUR)
    made.build()
    return made


def test_a_visit_of_a_minute_ago_counts_in_the_next_answer(town: Town) -> None:
    assert town.goes_with("mug") == ["bag"]
    town.views(JUN, "mug", "lamp")
    assert set(town.goes_with("mug")) == {"bag", "lamp"}


def test_what_no_model_knows_yet_is_a_product_too(town: Town) -> None:
    town.views(JUN, "vase", "bowl")
    assert town.goes_with("vase") == ["bowl"]


def test_only_views_are_taken_in(town: Town) -> None:
    town.does(JUN, "add_to_cart", "mug", ago=HOUR)
    town.does(JUN, "add_to_cart", "lamp", ago=HOUR - MINUTE)
    assert len(town.current().recent) == 0


def test_whoever_is_erased_counts_no_more_in_the_model_nor_beside_it(town: Town) -> None:
    town.views(JUN, "mug", "lamp")
    assert set(town.goes_with("mug")) == {"bag", "lamp"}
    with town.store.write() as tx:
        STEPS["erase"](tx, town.shop, visitor_id=JUN, now=town.now)
    assert town.goes_with("mug") == ["bag"]
    with town.store.read() as tx:
        found = profiles.find(tx, MINA)
    assert found is not None
    with town.store.write() as tx:
        STEPS["erase"](tx, town.shop, visitor_id=MINA, now=town.now)
    assert found[0] in town.current().forgotten


def test_the_next_model_begins_without_the_views_it_holds(town: Town) -> None:
    town.views(JUN, "mug", "lamp")
    assert len(town.current().recent) == 2
    town.build()
    assert len(town.current().recent) == 0
    assert set(town.goes_with("mug")) == {"bag", "lamp"}


def test_no_request_pays_for_a_backlog(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "AT_ONCE", 2)
    town.current()
    town.views(JUN, "mug", "lamp", "vase")
    assert [len(town.current().recent) for _ in range(3)] == [2, 3, 3]


def test_of_more_than_can_be_taken_in_the_newest_are(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_BEHIND", "AT_ONCE"):
        monkeypatch.setattr(fresh, name, 2)
    town.current()
    town.views(JUN, "mug", "lamp", "vase")
    built = town.current()
    assert len(built.recent) == 2
    assert len(built.recent.numbers(["lamp", "vase"])) == 2


def test_an_older_look_brings_nobody_back(town: Town) -> None:
    built = town.current()
    with town.store.write() as tx:
        STEPS["erase"](tx, town.shop, visitor_id=MINA, now=town.now)
    gone = town.current().forgotten
    with town.store.read() as tx:
        built.fresh.take_in(tx, 0)
    assert built.forgotten == gone != frozenset()
