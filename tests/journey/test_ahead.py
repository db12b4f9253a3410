"""What a clock that runs fast says counts when its time has come."""

from __future__ import annotations

from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.journey.as_of import members_as_of
from plugin.segment.rule import read_rule
from plugin.shop import MINUTE, Shop
from plugin.storage import rules, segments
from plugin.storage.engine import Store

CHO, MINA = "cho-0123456789abcdef", "mina-0123456789abcde"
RULES: list[dict[str, Any]] = [
    {"trait": "orders_total", "op": ">=", "value": 1},
    {"trait": "revenue_total", "op": ">", "value": 100},
    {"trait": "cart_items_now", "op": "=", "value": 0},
    {"trait": "sessions_total", "op": ">=", "value": 2},
    {"trait": "vip", "op": "is", "value": True},
    {"trait": "units_per_order_avg", "op": ">", "value": 1},
    {"not": {"trait": "last_item_id", "op": "is", "value": "boots"}},
]


def history(now: int) -> list[Event]:
    """Cho has looked at boots and put them into the cart; two minutes from now she buys them."""
    boots, hat, soon = (Item("boots"),), (Item("hat", quantity=3),), now + 2 * MINUTE
    sale = {"items": hat, "currency": "KRW", "value": 500, "transaction_id": "A-1"}
    hour = 60 * MINUTE
    return [
        Event("view-00001", CHO, "view_item", now - hour, now, items=boots),
        Event("cart-00001", CHO, "add_to_cart", now - hour, now, items=boots),
        Event("view-00002", CHO, "view_item", soon, now, items=hat),
        Event("sale-00001", CHO, "purchase", soon, now, **sale),
        Event("word-00001", CHO, "identify", soon, now, {"vip": True}),
        Event("view-00003", MINA, "view_item", now - hour, now, items=boots),
    ]


def members(store: Store, slug: str) -> list[str]:
    with store.read() as tx:
        return [str(row["visitor_id"]) for row in segments.members(tx, slug, 9)[0]]


@pytest.mark.parametrize("rule", RULES)
def test_an_event_ahead_of_now_counts_in_every_trait_from_its_own_time_on(
    store: Store, shop: Shop, now: int, rule: dict[str, Any]
) -> None:
    with store.write() as tx:
        STEPS["put_segment"](tx, shop, slug="some", name="S", rule=rule, enabled=True, now=now)
        STEPS["collect"](tx, shop, events=history(now))
    found = []
    for at in (now, now + 2 * MINUTE - 1, now + 2 * MINUTE):
        journey.bring_up_to_date(store, shop, at)
        with store.read() as tx:
            seen = rules.matching(tx, read_rule(rule), at, shop, 9)
        then = members_as_of(store, shop, "some", at, 9)[0]
        was = sorted(str(one["visitor_id"]) for one in then)
        assert sorted(seen) == sorted(members(store, "some")) == was
        found.append(CHO in was)
    assert found == [False, False, True]
