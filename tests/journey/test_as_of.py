"""Members as of a moment are those of a shop that had heard of nothing later."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.journey.as_of import members_as_of
from plugin.segment.evaluate import evaluate_all
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import identities, profiles
from plugin.storage.ahead import facts_by_now
from plugin.storage.documents import documents
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts
from tests.storage import rule_histories

VIP = {"event": "add_to_cart", "measure": "count", "op": ">=", "value": 1, "within": "30d"}
PHONE, LAPTOP = "anas-phone-000001", "anas-laptop-00001"


@pytest.mark.parametrize("ago", [0, HOUR, DAY, 7 * DAY, 30 * DAY])
def test_it_is_as_if_nothing_later_had_been_told(
    store: Store, other_store: Store, now: int, ago: int
) -> None:
    shop = Shop("moon", "pk_moon0000000000000000", currency="EUR", timezone="Europe/Berlin")
    rng, at = Random(ago), now - ago
    events: list[Event] = []
    for number, one in enumerate(rule_histories.crowd(rng, 40)):
        events += rule_histories.events_of(f"guest-number-{number:05d}", one, now, shop)
    rng.shuffle(events)
    tell(store, shop, events)
    tell(other_store, shop, [event for event in events if event.at <= at])
    for one in (store, other_store):
        save(one, shop, "vip", VIP, now)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(document=rule_histories.rules)
    def law(document: Any) -> None:
        for one in (store, other_store):
            save(one, shop, "asked", document, now)
        found, following = members_as_of(store, shop, "asked", at, 1_000)
        assert following is None
        assert {one["visitor_id"] for one in found} == inside(other_store, shop, "asked", at)

    law()


def test_who_turned_out_later_to_be_one_person_is_one_person(
    store: Store, shop: Shop, now: int
) -> None:
    save(store, shop, "all", {"everyone": True}, now)
    tell(store, shop, [view(PHONE, "view-0001", now), view(LAPTOP, "view-0002", now + HOUR)])
    for number, device in enumerate((PHONE, LAPTOP)):
        told = {"customer_id": "7"}
        at = now + DAY + number
        tell(store, shop, [Event(f"word-000{number}", device, "identify", at, at, told,
                                 source="server")])  # fmt: skip
    known = {"trait": "customer_id", "op": "set"}
    save(store, shop, "known", known, now)
    assert len(members_as_of(store, shop, "all", now, 10)[0]) == 1
    assert members_as_of(store, shop, "known", now + HOUR, 10)[0] == []
    assert len(members_as_of(store, shop, "known", now + DAY, 10)[0]) == 1
    with store.read() as tx:
        assert len(identities.elsewhere(tx, [PHONE, LAPTOP])) == 1


def test_browsers_are_one_visitors_from_the_time_of_the_words_whenever_these_came(
    store: Store, shop: Shop, now: int
) -> None:
    tell(store, shop, [view(PHONE, "view-0001", now), view(LAPTOP, "view-0002", now)])
    words = [
        Event(f"word-000{number}", device, "identify", now + at, now + 9 * DAY,
              {"customer_id": "7"}, source="server")
        for number, (device, at) in enumerate(((PHONE, HOUR), (LAPTOP, DAY)))
    ]  # fmt: skip
    tell(store, shop, words)
    save(store, shop, "two", {"trait": "devices_linked", "op": "=", "value": 2}, now + 9 * DAY)
    assert members_as_of(store, shop, "two", now + DAY - 1, 10)[0] == []
    assert len(members_as_of(store, shop, "two", now + DAY, 10)[0]) == 1


def test_of_many_visitors_a_page_holds_as_many_as_asked(store: Store, shop: Shop, now: int) -> None:
    save(store, shop, "all", {"everyone": True}, now)
    events = [view(f"guest-number-{n:05d}", f"view-{n:05d}", now) for n in range(600)]
    tell(store, shop, events)
    found, after = set[object](), 0
    for size in (300, 200, 100):
        page, following = members_as_of(store, shop, "all", now, 300 if size == 300 else 200, after)
        assert len(page) == size
        found |= {one["visitor_id"] for one in page}
        after = following or 0
    assert (len(found), after) == (600, 0)


def view(visitor: str, event_id: str, at: int) -> Event:
    return Event(event_id, visitor, "view_item", at, at)


def tell(store: Store, shop: Shop, events: list[Event]) -> None:
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=events)


def save(store: Store, shop: Shop, slug: str, rule: Any, now: int) -> None:
    with store.write() as tx:
        put = STEPS["put_segment"]
        put(tx, shop, slug=slug, name=slug, rule=rule, enabled=True, now=now)


def inside(store: Store, shop: Shop, slug: str, now: int) -> set[str]:
    """For whom the segment's rule holds at ``now``, asked one by one."""
    with store.read() as tx:
        docs = documents(store, tx)
        ids = profiles.some(tx, 0, 1_000)
        facts, _ = facts_by_now(tx, load_facts(tx, ids, *docs.needs), now, shop)
    return {
        one.profile.visitor_id
        for one in facts.values()
        if evaluate_all(docs.rules, one, now, shop)[slug].holds
    }
