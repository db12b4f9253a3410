"""How many would meet a campaign, told from the shop's own traffic, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.journey.traffic import crowd_met, crowd_of, crowds
from plugin.serve.findable import Crowd
from plugin.serve.retain.popup import Goal
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import campaigns, segments, traffic
from plugin.storage.engine import Store
from plugin.storage.proof import Did, Outcome

PERSON = """
insert into profiles (visitor_id, first_seen_at, last_seen_at) values (:name, :at, :at) returning id
"""
SEEN = """
update profiles set last_seen_at = :at where id = :profile and last_seen_at < :at
"""
EVENT = """
insert into events (event_id, profile, name, at, day, received_at, source, params)
values (:event_id, :profile, :name, :at, 0, :at, 'browser', :params)
"""
ORDER = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value)
values (:number, :number, :profile, :at, 0, 'KRW', 100)
"""
ENTERED = """
insert into transitions (segment, profile, entered, due_at, noticed_at, cause, version)
values (:slug, :profile, :entered, :at, :at, 'event', 1)
"""
TEXT = {"type": "text", "text": "Hi"}
POPUP: dict[str, Any] = {"trigger": {"on": "exit"}, "variants": [{"blocks": [TEXT]}]}


class Town:
    """People who view pages, and buy."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._count = store, shop, now, 0
        self.people: dict[str, int] = {}

    def views(self, name: str, path: str, days_ago: float) -> None:
        page = json.dumps({"page_location": f"https://moon.example{path}"})
        self.does(name, "page_view", days_ago, page)

    def does(self, name: str, what: str, days_ago: float, params: str = "{}") -> None:
        at = int(self.now - days_ago * DAY)
        self._count += 1
        with self.store.write() as tx:
            if name not in self.people:
                self.people[name] = tx.value(PERSON, name=name, at=at)
            profile = self.people[name]
            tx.run(SEEN, profile=profile, at=at)
            event_id = f"event-{self._count}"
            tx.run(EVENT, event_id=event_id, profile=profile, name=what, at=at, params=params)

    def buys(self, name: str, days_ago: float) -> None:
        self._count += 1
        at = int(self.now - days_ago * DAY)
        with self.store.write() as tx:
            tx.run(ORDER, number=f"A-{self._count}", profile=self.people[name], at=at)

    def moves(self, name: str, slug: str, days_ago: float, *, enters: bool) -> None:
        at = int(self.now - days_ago * DAY)
        with self.store.write() as tx:
            tx.run(ENTERED, slug=slug, profile=self.people[name], entered=int(enters), at=at)

    def crowd(self, kind: str = "popup", **keys: Any) -> Crowd | None:
        body = {**(POPUP if kind == "popup" else {"strategies": ["bestsellers"]}), **keys}
        row = {"kind": kind, "slug": "hello", "body": body, "enabled": True}
        with self.store.read() as tx:
            return crowd_of(tx, self.shop, traffic.traffic(tx, self.now), row)


@pytest.fixture
def town(store: Store, shop: Shop, now: int) -> Town:
    made = Town(store, shop, now)
    made.views("old", "/", 100)  # the shop is older than four weeks
    return made


def test_regulars_come_in_the_first_week_and_new_ones_follow(town: Town) -> None:
    for name in ("mina", "cho"):  # every week
        for days_ago in (27, 20, 13, 6):
            town.views(name, "/", days_ago)
    town.views("ana", "/", 5)
    found = town.crowd()
    assert found is not None
    # The eight weeks: three in four, and ana's like once a fortnight.
    assert found.visitors == pytest.approx([2, 2, 3, 5])


def test_only_the_pages_that_are_named_count(town: Town) -> None:
    town.views("mina", "/shoes/7?color=red", 27)
    town.views("cho", "/cart", 27)
    found = town.crowd(pages=["/shoes/*"])
    assert found is not None
    assert found.visitors[0] == 1


def test_of_a_window_too_the_pages_of_its_place_count(town: Town) -> None:
    town.views("mina", "/shoes/7", 27)
    assert town.crowd("window", placement={"pages": ["/hats"]}) is None
    assert town.crowd("window", placement={"pages": ["/shoes/*"]}) is not None


def test_who_was_in_the_segment_in_these_weeks_counts_though_gone(town: Town) -> None:
    for name in ("mina", "cho", "ana"):
        town.views(name, "/", 27)
    town.moves("mina", "full_cart", 20, enters=True)
    town.moves("mina", "full_cart", 19, enters=False)
    town.moves("cho", "full_cart", 40, enters=True)
    town.moves("cho", "full_cart", 39, enters=False)
    with town.store.write() as tx:
        segments.put(tx, "full_cart", "Full cart", "rule", {}, True, town.now)
    found = town.crowd(audience={"segment": "full_cart"})
    assert found is not None
    assert found.visitors[0] == 1


def test_for_whom_a_rule_of_its_own_holds_counts(town: Town) -> None:
    town.views("mina", "/", 27)
    town.views("cho", "/", 27)
    with town.store.write() as tx:
        tx.run("update profiles set orders_total = 3 where visitor_id = 'mina'")
    rule = {"trait": "orders_total", "op": ">=", "value": 1}
    found = town.crowd(audience={"rule": rule})
    assert found is not None
    assert found.visitors[0] == 1


def test_the_rate_is_of_those_whose_time_is_over(town: Town) -> None:
    for name, days_ago in (("mina", 20), ("cho", 20), ("late", 20), ("ana", 2)):
        town.views(name, "/", days_ago)
    town.buys("mina", 18)
    town.buys("mina", 17)
    town.buys("late", 12)  # on the eighth day
    found = town.crowd()
    assert found is not None
    assert found.rate == pytest.approx(1 / 3)


def test_a_goal_of_its_own_is_what_counts(town: Town) -> None:
    town.views("mina", "/", 20)
    town.does("mina", "sign_up", 20 - 0.5 / 24)
    town.views("cho", "/", 20)
    town.does("cho", "sign_up", 19)
    found = town.crowd(goal={"event": "sign_up", "within": "1h"})
    assert found is not None
    assert found.rate == pytest.approx(1 / 2)


def test_a_young_shop_goes_on_as_it_began(store: Store, shop: Shop, now: int) -> None:
    town = Town(store, shop, now)
    for days_ago in (14, 10, 6, 2):
        town.views(f"somebody-{days_ago}", "/", days_ago)
    found = town.crowd()
    assert found is not None
    assert found.visitors == pytest.approx([1, 4, 8, 16], abs=1)


def test_of_a_shop_without_traffic_nothing_is_told(town: Town) -> None:
    assert town.crowd() is None


def test_of_a_document_that_cannot_be_read_nothing_is_told(town: Town) -> None:
    town.views("mina", "/", 20)
    assert town.crowd(gone=1) is None


def test_of_many_visitors_some_stand_for_all(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "MOST", 20)
    for number in range(60):
        town.views(f"somebody-{number}", "/", 27)
    found = town.crowd()
    assert found is not None
    assert found.visitors[0] == pytest.approx(60)


def outcome(now: int, ago: int, reached: int) -> Outcome:
    shown, control = Did(visitors=1_000), Did(visitors=1_000, reached=reached)
    return Outcome(Goal(), now, (), shown, control, now - ago, 100.0)


def test_a_campaign_of_a_week_goes_on_as_it_is_met(now: int) -> None:
    assert crowd_met(outcome(now, 8 * DAY, 30)) == Crowd([2_700, 3_400, 4_800, 7_600], 0.03)


def test_before_a_week_or_ten_orders_its_own_figures_tell_nothing(now: int) -> None:
    assert crowd_met(outcome(now, 6 * DAY + HOUR, 30)) is None
    assert crowd_met(outcome(now, 8 * DAY, 9)) is None


def test_what_was_found_is_good_for_an_hour_or_until_the_owner_changes_something(
    town: Town,
) -> None:
    row = {"kind": "popup", "slug": "hello", "body": POPUP, "enabled": True}

    def told(later: int) -> float:
        with town.store.read() as tx:
            [found] = crowds(town.store, tx, town.shop, town.now + later, [row])
        assert found is not None
        return found.visitors[0]

    town.views("mina", "/", 27)
    assert told(0) == 1
    town.views("cho", "/", 27)
    assert told(HOUR - 1) == 1
    assert told(HOUR) == 2
    town.views("ana", "/", 27)
    with town.store.write() as tx:
        campaigns.put(tx, "popup", "hello", POPUP, True, town.now)
    assert told(HOUR) == 3
