"""Who meets a popup, over a real store: what the manners count, and by which segments they go."""

from __future__ import annotations

from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event, Scalar
from plugin.journey import STEPS, Wish
from plugin.segment.templates import template_called
from plugin.shop import DAY, HOUR, MINUTE, SECOND, Shop
from plugin.storage.engine import Store

MINA, CHO = "mina-0123456789abcdef", "cho-01234567890abcdef"
IPHONE: dict[str, Scalar] = {"device": "mobile"}


class Door:
    """A shop with popups, and people who come in."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._events = store, shop, now, 0

    def puts(self, slug: str, **doc: Any) -> None:
        body = {
            "trigger": {"on": "load"},
            "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
            "control_share": 0,
            **doc,
        }
        with self.store.write() as tx:
            STEPS["put_campaign"](
                tx, self.shop, kind="popup", slug=slug, body=body,
                enabled=body.pop("enabled", True), now=self.now,
            )  # fmt: skip

    def adopts(self, key: str, rule: Any = None, enabled: bool = True) -> None:
        rule = rule or template_called(key).rule()
        with self.store.write() as tx:
            journey.put_segment(tx, self.shop, key, key, rule, enabled, self.now)

    def does(
        self, who: str, what: str, ago: int = MINUTE, value: int = 0, **params: Scalar
    ) -> None:
        self._events += 1
        name, at = f"event-{self._events:06}", self.now - ago
        bought = {"value": value, "currency": "KRW", "transaction_id": name} if value else {}
        event = Event(name, who, what, at, at, params, (), **bought)
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=[event])

    def meets(self, who: str = MINA, path: str = "/", **more: Any) -> str | None:
        wish = Wish(visitor_id=who, path=path, popup=True, **more)
        found = journey.offers(self.store, self.shop, wish, self.now).popup
        return found and found["id"]


@pytest.fixture
def door(store: Store, shop: Shop, now: int) -> Door:
    return Door(store, shop, now)


def test_three_closes_without_an_answer_keep_the_page_uncovered(door: Door) -> None:
    door.puts("hello")
    door.puts("bar", kind="bar", priority=-1)
    for day in (2, 3, 4):
        assert door.meets() == "hello"
        door.does(MINA, "popup_dismiss", ago=day * DAY, popup_id="old")
    door.does(CHO, "popup_dismiss", ago=2 * DAY, popup_id="old")

    assert door.meets() == "bar"
    assert door.meets(CHO) == "hello"


def test_an_owner_who_adopted_a_segment_of_a_template_is_taken_at_its_rule(door: Door) -> None:
    door.puts("hello")
    door.adopts("popup-averse", {"trait": "pageviews_total", "op": ">=", "value": 1})
    door.does(MINA, "page_view")

    assert door.meets() is None

    door.adopts("popup-averse", {"trait": "pageviews_total", "op": ">=", "value": 1}, enabled=False)
    assert door.meets() == "hello"


def test_who_buys_at_full_price_is_shown_no_code(door: Door) -> None:
    door.puts("code", discount=True)
    for day in (20, 40):
        door.does(MINA, "purchase", ago=day * DAY, value=50_000)
    door.does(MINA, "page_view")

    assert door.meets() is None
    assert door.meets(CHO) == "code"

    door.puts("code", discount=True, shield=False)
    assert door.meets() == "code"


def test_what_was_met_on_one_device_counts_for_all_campaigns(door: Door) -> None:
    door.puts("first", priority=9)
    door.puts("second")
    door.puts("bar", kind="bar", priority=-1)
    door.does(MINA, "page_view", ago=5 * MINUTE)
    door.does(MINA, "popup_view", ago=5 * MINUTE, popup_id="first")

    assert door.meets() == "bar"

    door.does(MINA, "popup_view", ago=10 * SECOND, popup_id="first")
    assert door.meets() is None


def test_a_phones_first_page_is_not_covered_and_its_second_may_be(door: Door) -> None:
    door.puts("hello")
    door.does(MINA, "page_view", ago=2 * MINUTE, **IPHONE)
    with door.store.read() as tx:
        assert tx.value("select device from profiles") == "mobile"
    assert door.meets() is None

    door.does(MINA, "page_view", ago=MINUTE, **IPHONE)
    assert door.meets() == "hello"


def test_a_popup_for_a_segment_entered_comes_in_the_visit_of_the_entering(door: Door) -> None:
    door.adopts("readers", {"trait": "pageviews_total", "op": ">=", "value": 2})
    door.puts("welcome", trigger={"on": "segment_entered", "segment": "readers"})
    door.does(MINA, "page_view", ago=2 * MINUTE)
    assert door.meets() is None

    door.does(MINA, "page_view")
    assert door.meets() == "welcome"

    with door.store.write() as tx:
        STEPS["collect"](tx, door.shop, events=[])
    journey.reassign(door.store, door.shop, door.now)
    door.now += 5 * HOUR
    door.does(MINA, "page_view")
    assert door.meets() is None


def test_a_visitor_who_has_just_bought_is_left_alone_where_the_owner_says_so(door: Door) -> None:
    door.puts("hello", stop_on=["purchase"])
    door.does(MINA, "page_view", ago=2 * MINUTE)
    door.does(MINA, "purchase", value=10_000)

    assert door.meets() is None
    assert door.meets(CHO) == "hello"


def test_a_visit_that_is_over_counts_for_no_cap_of_this_one(door: Door) -> None:
    door.puts("hello")
    door.does(MINA, "page_view", ago=2 * HOUR)
    door.does(MINA, "popup_view", ago=2 * HOUR, popup_id="hello")

    assert door.meets() == "hello"

    door.does(MINA, "page_view")
    door.does(MINA, "popup_view", popup_id="hello")
    assert door.meets() is None
