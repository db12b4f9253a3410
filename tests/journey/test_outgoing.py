"""What a pass over the visitors finds is told to the owner's addresses in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.errors import DocumentRefused, NotFound
from plugin.journey import STEPS
from plugin.shop import DAY, Shop
from plugin.storage import outbox
from plugin.storage.engine import Store

MINA = "mina-0123456789abcdef"
FRESH = {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "1d"}
HOOK = {"hook": "hook_1", "name": "CRM", "url": "https://crm.example/", "chosen": []}


def step(store: Store, shop: Shop, name: str, /, **args: Any) -> Any:
    with store.write() as tx:
        return STEPS[name](tx, shop, **args)


def told(store: Store) -> list[tuple[str, str]]:
    with store.read() as tx:
        rows = outbox.latest(tx, 100)
    return [(row["body"]["type"], row["body"].get("cause", "")) for row in reversed(rows)]


@pytest.fixture
def fresh(store: Store, shop: Shop, now: int) -> Store:
    """A shop with a segment of who looked at something today, and one hook."""
    segment = {"slug": "fresh", "name": "Fresh", "rule": FRESH, "enabled": True}
    step(store, shop, "put_segment", **segment, now=now)
    step(store, shop, "put_hook", **HOOK, now=now)
    return store


def looks(store: Store, shop: Shop, at: int) -> None:
    seen = Event(f"event-{at}", MINA, "view_item", at, at)
    step(store, shop, "collect", events=[seen])


def test_who_enters_by_an_event_and_leaves_by_time_is_told_twice(
    fresh: Store, shop: Shop, now: int
) -> None:
    looks(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now + DAY)
    assert told(fresh) == [("segment.entered", "event"), ("segment.left", "expiry")]


def test_a_pass_that_finds_nothing_new_tells_nothing(fresh: Store, shop: Shop, now: int) -> None:
    looks(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now, full=True)
    assert len(told(fresh)) == 1


def test_an_erased_visitor_is_to_be_forgotten_everywhere(
    fresh: Store, shop: Shop, now: int
) -> None:
    looks(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now)
    assert step(fresh, shop, "erase", visitor_id=MINA, now=now)
    assert told(fresh) == [("visitor.erased", "")]
    assert not step(fresh, shop, "erase", visitor_id=MINA, now=now)
    assert len(told(fresh)) == 1


def test_a_hook_for_an_unknown_segment_is_refused(fresh: Store, shop: Shop, now: int) -> None:
    with pytest.raises(DocumentRefused, match="no segment called vip"):
        step(fresh, shop, "put_hook", **{**HOOK, "chosen": ["vip"]}, now=now)


def test_a_shop_has_twenty_hooks_at_most(fresh: Store, shop: Shop, now: int) -> None:
    for number in range(19):
        step(fresh, shop, "put_hook", **{**HOOK, "hook": f"more_{number}"}, now=now)
    with pytest.raises(DocumentRefused, match="20 hooks"):
        step(fresh, shop, "put_hook", **{**HOOK, "hook": "one_too_many"}, now=now)
    step(fresh, shop, "put_hook", **{**HOOK, "name": "A change is fine"}, now=now)


def test_what_waits_for_a_hook_that_is_turned_off_is_kept_for_replay(
    fresh: Store, shop: Shop, now: int
) -> None:
    looks(fresh, shop, now)
    journey.bring_up_to_date(fresh, shop, now)
    step(fresh, shop, "put_hook", **HOOK, enabled=False, now=now)
    with pytest.raises(DocumentRefused, match="is off"):
        step(fresh, shop, "replay_messages", hook="hook_1", now=now)
    step(fresh, shop, "put_hook", **HOOK, now=now)
    assert step(fresh, shop, "replay_messages", hook="hook_1", now=now) == 1


def test_of_no_hook_there_is_nothing_to_change(fresh: Store, shop: Shop, now: int) -> None:
    for name in ("rotate_hook", "replay_messages"):
        with pytest.raises(NotFound):
            step(fresh, shop, name, hook="nobody", now=now)
    assert step(fresh, shop, "delete_hook", hook="nobody") is False
