"""What rules ask about a visitor is loaded as it was collected, on both engines."""

from __future__ import annotations

from typing import Any

from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.segment.rule import event_names, needs_events, read_rule
from plugin.shop import HOUR, Shop
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts

TOMO = "tomo-0123456789abcdef"


def collected(store: Store, shop: Shop, now: int) -> int:
    """The profile of tomo, who viewed boots twice and bought them in an order told of twice."""
    boots = (Item("boots", category="Shoes", price=30_000, quantity=2),)
    seen = Event("view-0002", TOMO, "view_item", now - HOUR, now, {"color": "red"}, boots, "KRW")
    again = Event("view-0001", TOMO, "view_item", now - HOUR, now, {}, boots, "KRW")
    bought = [
        Event(
            f"order-{source}", TOMO, "purchase", now, now, {}, boots, "KRW", 60_000, "A-1", source
        )
        for source in ("browser", "server")
    ]
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[seen, again, *bought])
        (row,) = tx.all("select id from profiles")
        return int(row["id"])


def loaded(store: Store, profile: int, rule: Any) -> Facts:
    read = read_rule(rule)
    with store.read() as tx:
        return load_facts(tx, [profile], event_names(read), needs_events(read))[profile]


def test_events_asked_for_whole_come_with_params_items_and_money(
    store: Store, shop: Shop, now: int
) -> None:
    profile = collected(store, shop, now)
    rule = {"event": "view_item", "measure": "sum", "of": "price", "op": ">", "value": 1}
    facts = loaded(store, profile, rule)
    (first, second) = facts.events["view_item"]
    assert facts.times == {"view_item": (now - HOUR, now - HOUR)}
    assert (first.event_id, second.event_id) == ("view-0001", "view-0002")
    assert (second.params, second.items[0].price, second.currency) == (
        {"color": "red"},
        30_000,
        "KRW",
    )


def test_of_the_others_only_the_times_are_loaded(store: Store, shop: Shop, now: int) -> None:
    profile = collected(store, shop, now)
    facts = loaded(store, profile, {"sequence": ["view_item", "purchase"]})
    assert facts.times == {"view_item": (now - HOUR, now - HOUR), "purchase": (now,)}
    assert facts.events == {}


def test_an_order_told_of_twice_is_one_purchase_in_every_figure(
    store: Store, shop: Shop, now: int
) -> None:
    profile = collected(store, shop, now)
    spent = {"event": "purchase", "measure": "sum", "of": "value", "op": "=", "value": 60_000}
    pieces = {"event": "purchase", "measure": "sum", "of": "quantity", "op": "=", "value": 2}
    once = {"event": "purchase", "measure": "count", "op": "=", "value": 1}
    shoes = {"param": "item_category", "op": "is", "value": "SHOES"}
    rule = {"all": [spent, pieces, once, {**once, "where": [shoes]}]}
    assert evaluate(read_rule(rule), loaded(store, profile, rule), now, shop).holds is True
