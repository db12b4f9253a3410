"""The promises of plugin.storage.campaigns, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Event
from plugin.serve.retain.moment import Seen
from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import campaigns, meetings
from plugin.storage.engine import Store

NEW_PROFILE = "insert into profiles (visitor_id) values (:name) returning id"
EVENT = """
insert into events (event_id, profile, name, at, day, received_at, source, params)
values (:event_id, :profile, :name, :at, 0, :at, 'browser', :params)
"""
ORDER = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value, refunded)
values (:transaction_id, 'e', :profile, :at, 0, :currency, :value, :refunded)
"""
POPUP: dict[str, Any] = {"trigger": {"on": "exit"}, "variants": []}


class Town:
    """A shop with a popup "hello" and a window "home-1", and people who meet them."""

    def __init__(self, store: Store, now: int) -> None:
        self.store, self.now, self._events = store, now, 0
        self.people: dict[str, int] = {}
        with store.write() as tx:
            campaigns.put(tx, "popup", "hello", POPUP, True, now)
            campaigns.put(tx, "window", "home-1", {"strategies": ["bestsellers"]}, True, now)

    def profile(self, name: str) -> int:
        if name not in self.people:
            with self.store.write() as tx:
                self.people[name] = tx.value(NEW_PROFILE, name=name)
        return self.people[name]

    def does(self, name: str, *what: str, ago: int = HOUR, **params: str) -> None:
        """Stores the events and records what they tell, as the collect step does."""
        profile, at = self.profile(name), self.now - ago
        told = params or {"popup_id": "hello"}
        events = []
        for one in what:
            self._events += 1
            events.append(Event(f"event-{self._events:04d}", name, one, at, at, told))
        with self.store.write() as tx:
            for event in events:
                text = "{" + ",".join(f'"{k}":"{v}"' for k, v in told.items()) + "}"
                tx.run(
                    EVENT, event_id=event.event_id, profile=profile, name=event.name,
                    at=event.at, params=text,
                )  # fmt: skip
            campaigns.record_exposures(tx, {profile: events})

    def orders(
        self, name: str, value: int, ago: int, currency: str = "KRW", refunded: int = 0
    ) -> None:
        profile = self.profile(name)
        with self.store.write() as tx:
            tx.run(
                ORDER, transaction_id=f"{name}-{ago}", profile=profile, at=self.now - ago,
                currency=currency, value=value, refunded=refunded,
            )  # fmt: skip

    def seen(self, name: str, session_ago: int | None = 30 * MINUTE) -> dict[str, Seen]:
        profile = self.profile(name)
        started = None if session_ago is None else self.now - session_ago
        with self.store.read() as tx:
            return meetings.seen(tx, profile, self.now, started)


@pytest.fixture
def town(store: Store, now: int) -> Town:
    return Town(store, now)


def test_a_campaign_is_read_as_it_was_put(town: Town) -> None:
    with town.store.read() as tx:
        row = campaigns.get(tx, "popup", "hello")
        assert [one["slug"] for one in campaigns.all(tx, "popup")] == ["hello"]
        assert campaigns.get(tx, "window", "hello") is None

    assert row == {
        "kind": "popup", "slug": "hello", "body": POPUP, "enabled": True,
        "created_at": town.now, "updated_at": town.now,
    }  # fmt: skip


def test_an_edit_replaces_the_document_and_remembers_when_it_began(town: Town) -> None:
    with town.store.write() as tx:
        campaigns.put(tx, "popup", "hello", {**POPUP, "priority": 2}, False, town.now + 5)
        row = campaigns.get(tx, "popup", "hello")

    assert row is not None
    assert (row["body"]["priority"], row["enabled"]) == (2, False)
    assert (row["created_at"], row["updated_at"]) == (town.now, town.now + 5)


def test_every_change_of_the_owners_raises_the_generation(town: Town) -> None:
    with town.store.write() as tx:
        numbers = [campaigns.generation(tx)]
        campaigns.put(tx, "popup", "hello", POPUP, True, town.now)
        numbers.append(campaigns.generation(tx))
        assert campaigns.delete(tx, "popup", "hello")
        numbers.append(campaigns.generation(tx))
        campaigns.bump_generation(tx)
        numbers.append(campaigns.generation(tx))
        assert not campaigns.delete(tx, "popup", "hello")

    assert numbers == [3, 4, 5, 6]


def test_views_are_counted_for_this_visit_the_day_the_week_and_ever(town: Town) -> None:
    town.does("mina", "popup_view", ago=30 * DAY)
    town.does("mina", "popup_view", ago=3 * DAY)
    town.does("mina", "popup_view", ago=2 * HOUR)
    town.does("mina", "popup_view", "popup_dismiss", ago=10 * MINUTE)

    assert town.seen("mina") == {
        "hello": Seen(
            views_visit=1,
            views_day=2,
            views_week=3,
            views_ever=4,
            dismissals=1,
            submits=0,
            clicks=0,
            first_at=town.now - 30 * DAY,
            last_at=town.now - 10 * MINUTE,
        )
    }


def test_being_kept_back_counts_as_a_view(town: Town) -> None:
    town.does("mina", "popup_holdout", ago=MINUTE)

    assert town.seen("mina")["hello"] == Seen(
        views_visit=1, views_day=1, views_week=1, views_ever=1,
        first_at=town.now - MINUTE, last_at=town.now - MINUTE,
    )  # fmt: skip


def test_answers_and_later_orders_are_known_to_the_caps(town: Town) -> None:
    town.orders("mina", 9_000, ago=3 * HOUR)
    town.does("mina", "popup_view", "popup_click", "popup_submit", ago=2 * HOUR)
    before = town.seen("mina")["hello"]
    town.orders("mina", 9_000, ago=HOUR)

    assert (before.clicks, before.submits, before.orders) == (1, 1, 0)
    assert town.seen("mina")["hello"].orders == 1


def test_nobody_is_held_to_what_another_one_saw(town: Town) -> None:
    town.does("mina", "popup_view")

    assert town.seen("cho") == {}
    assert town.seen("mina", session_ago=None)["hello"].views_visit == 0


def test_only_campaigns_that_exist_are_counted(town: Town) -> None:
    town.does("mina", "view_item_list", item_list_id="search results")
    town.does("mina", "popup_view", popup_id="home-1")
    town.does("mina", "page_view", page_location="/")

    assert town.seen("mina") == {}
    with town.store.read() as tx:
        assert tx.value("select count(*) from exposures") == 0
