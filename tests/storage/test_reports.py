"""The owner's figures are right on both engines."""

from __future__ import annotations

import pytest

from plugin.collect.event import Event
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import events, reports
from plugin.storage.engine import Store

ADD_PROFILE = """
insert into profiles (visitor_id, last_seen_at) values (:visitor_id, :at) returning id
"""
ADD_ORDER = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value, confirmed,
                    refunded)
values (:id, :id, :profile, :at, :day, :currency, :value, :confirmed, :refunded)
"""


@pytest.fixture
def people(store: Store, now: int) -> dict[str, int]:
    """Mina was here today, Cho forty days ago."""
    with store.write() as tx:
        return {
            "mina": tx.value(ADD_PROFILE, visitor_id="mina-0000000000000000", at=now),
            "cho": tx.value(ADD_PROFILE, visitor_id="cho-00000000000000000", at=now - 40 * DAY),
        }


def looks(store: Store, shop: Shop, people: dict[str, int], who: str, at: int) -> None:
    """``who`` opens a page at ``at``."""
    visitor = f"{who}-visitor-0000000"
    event = Event(f"event-{who}-{at}", visitor, "page_view", at, at, {"page_location": "/boots"})
    with store.write() as tx:
        events.add(tx, [event], {visitor: people[who]}, shop)


def orders(store: Store, shop: Shop, profile: int, id: str, at: int, **rest: object) -> None:
    """An order of 1,000 won, confirmed and not refunded unless ``rest`` says otherwise."""
    row = {"currency": "KRW", "value": 1_000, "confirmed": 1, "refunded": 0} | rest
    with store.write() as tx:
        tx.run(ADD_ORDER, id=id, profile=profile, at=at, day=shop.day(at), **row)


def test_a_visitor_who_comes_twice_a_day_is_one_visitor(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    looks(store, shop, people, "mina", now)
    looks(store, shop, people, "mina", now - HOUR)
    looks(store, shop, people, "cho", now)
    with store.read() as tx:
        [day] = reports.days(tx, today, today, "KRW")
    assert (day.visitors, day.events) == (2, 3)


def test_quiet_days_are_days_too(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    looks(store, shop, people, "mina", now)
    with store.read() as tx:
        found = reports.days(tx, today - 2, today, "KRW")
    assert [(day.day, day.events) for day in found] == [(today - 2, 0), (today - 1, 0), (today, 1)]


def test_revenue_only_a_browser_told_of_stands_apart(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    orders(store, shop, people["mina"], "A-1", now)
    orders(store, shop, people["mina"], "A-2", now, confirmed=0, value=300)
    with store.read() as tx:
        [day] = reports.days(tx, today, today, "KRW")
    assert (day.orders, day.confirmed, day.unverified, day.revenue) == (2, 1_000, 300, 1_300)


def test_what_went_back_is_no_revenue(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    orders(store, shop, people["mina"], "A-1", now, refunded=400)
    with store.read() as tx:
        [day] = reports.days(tx, today, today, "KRW")
    assert day.confirmed == 600


def test_money_of_another_currency_is_never_added(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    orders(store, shop, people["mina"], "A-1", now)
    orders(store, shop, people["mina"], "A-2", now, currency="EUR", value=5_000)
    with store.read() as tx:
        [day] = reports.days(tx, today, today, "KRW")
    assert (day.orders, day.revenue, day.foreign_orders) == (2, 1_000, 1)


def test_the_cheap_totals_are_the_sum_of_the_days(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    today = shop.day(now)
    for age in range(4):
        looks(store, shop, people, "mina", now - age * DAY)
        orders(store, shop, people["cho"], f"A-{age}", now - age * DAY, confirmed=age % 2)
    with store.read() as tx:
        some_days = reports.days(tx, today - 2, today, "KRW")
        cheap = reports.totals(tx, today - 2, today, "KRW")
    assert cheap == reports.total(some_days)
    assert (cheap.events, cheap.orders, cheap.revenue) == (3, 3, 3_000)


def test_who_was_here_since(store: Store, people: dict[str, int], now: int) -> None:
    with store.read() as tx:
        assert reports.seen_since(tx, now - 30 * DAY) == 1
        assert reports.seen_since(tx, now - 40 * DAY) == 2


def test_before_the_first_event_nothing_has_arrived(store: Store) -> None:
    with store.read() as tx:
        assert reports.arrivals(tx) is None


def test_arrivals_tell_the_first_and_the_newest_event(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    looks(store, shop, people, "mina", now - HOUR)
    looks(store, shop, people, "cho", now)
    with store.read() as tx:
        found = reports.arrivals(tx)
    assert found is not None
    assert (found.first_at, found.last_at) == (now - HOUR, now)
    assert found.newest["name"] == "page_view"
    assert found.newest["params"] == {"page_location": "/boots"}
    assert found.newest["items"] == []


def test_an_order_says_whether_it_is_confirmed(
    store: Store, shop: Shop, people: dict[str, int], now: int
) -> None:
    orders(store, shop, people["mina"], "A-1", now)
    orders(store, shop, people["mina"], "A-2", now, confirmed=0)
    with store.read() as tx:
        found = reports.confirmed_orders(tx, ["A-1", "A-2", "A-3"])
    assert found == {"A-1": True, "A-2": False}


def test_a_long_list_of_visitors_is_paged_without_losing_those_of_one_moment(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        ids = [tx.value(ADD_PROFILE, visitor_id=f"tomo-{n}", at=now) for n in range(5)]
    with store.read() as tx:
        first, cursor = reports.last_seen(tx, 3)
        rest, end = reports.last_seen(tx, 3, cursor)
    assert first + rest == ids[::-1]
    assert end is None
