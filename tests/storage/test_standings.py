"""Figures over everybody: SQL finds those whom Python finds, on both engines."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.journey.standings import TRAITS, keep_standings
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import event_names, needs_also, needs_events, read_rule
from plugin.shop import DAY, Shop
from plugin.storage import items, past, rules, standings
from plugin.storage.ahead import facts_by_now
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts
from tests.conftest import NOON as NOW

SHOP = Shop("moon", "pk_moon0000000000000000", currency="EUR", settings={"order_value": 7})
AGO = [n * DAY for n in (0, 1, 9, 10, 40, 89, 90, 200, 364, 365, 400, -1)]
NAMES = ("purchase", "purchase", "refund", "view_item", "add_to_cart")
acts = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(AGO),
    st.sampled_from((0, 500, 900, 1_000)),
    st.sampled_from(("coffee", "tea", "boots")),
    st.sampled_from(("EUR", "EUR", "EUR", "USD")),
)
people = st.lists(st.lists(acts, max_size=8), min_size=6, max_size=30)


def story(who: str, history: list[Any]) -> list[Event]:
    """What somebody did; a refund is of the order told before it, else of one that never was."""
    found, order = [], f"{who}-lost"
    for place, (name, ago, value, item, currency) in enumerate(history):
        at, lines = NOW - ago + place, (Item(item, price=value),)
        if name == "purchase":
            order = f"{who}-{place}"
        number = order if name in ("purchase", "refund") else None
        found.append(Event(uuid.uuid4().hex, who, name, at, at, {}, lines, currency, value, number))
    return found


def test_sql_and_python_agree_about_every_figure(store: Store) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        crowd=people,
        op=st.sampled_from((">=", "<", "between", "set", "unset")),
        value=st.sampled_from((1, 2, 0.2, 0.5, 1.5, 5, 50)),
        later=st.sampled_from((0, DAY, 30 * DAY)),
        unset=st.booleans(),
    )
    def law(crowd: Any, op: str, value: float, later: int, unset: bool) -> None:
        every = _collected(store, crowd)
        keep_standings(store, SHOP, NOW)
        extra: dict[str, Any] = (
            {}
            if op in ("set", "unset")
            else {"value": [value, value + 1] if op == "between" else value, "include_unset": unset}
        )
        for name in sorted(TRAITS):
            rule = read_rule({"trait": name, "op": op} | extra)
            with store.read() as tx:
                needs = event_names(rule), needs_events(rule), needs_also(rule)
                known = load_facts(tx, every, *needs)
                facts, _ = facts_by_now(tx, known, NOW + later, SHOP)
                found = rules.matching_profiles(tx, rule, NOW + later, SHOP)
            held = {p for p in every if evaluate(rule, facts[p], NOW + later, SHOP).holds}
            assert found == held, rule.document

    law()


def test_the_orders_of_then_are_those_that_are_kept(store: Store) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(crowd=people)
    def law(crowd: Any) -> None:
        _collected(store, crowd)
        with store.read() as tx:
            kept = sorted(standings.orders(tx, NOW + 2 * DAY, "EUR"))
            then = past.sales_then(tx, NOW + 2 * DAY, SHOP)
            assert then.orders == kept
            spent = standings.spent(tx)
            assert {one: then.spent[one] for one in spent} == spent

    law()


def _collected(store: Store, crowd: list[Any]) -> list[int]:
    """The profiles of people who did these things, of a catalogue of three products."""
    prices = [{"item_id": one, "price": n, "currency": "EUR"} for n, one in
              enumerate(("coffee", "tea", "boots"))]  # fmt: skip
    with store.write() as tx:
        for table in ("orders", "profiles", "figures", "standings", "product_standings"):
            tx.run(f"delete from {table}")
        items.upsert(tx, prices, NOW)
        events = [e for history in crowd for e in story(f"guest-{uuid.uuid4().hex}", history)]
        # Enough who buy coffee again.
        again = [("purchase", n * DAY, 800, "coffee", "EUR") for n in (50, 20)]
        events += [e for n in range(5) for e in story(f"cho-{uuid.uuid4().hex}", again)]
        STEPS["collect"](tx, SHOP, events=events)
        return [row["id"] for row in tx.all("select id from profiles")]


def test_money_given_back_of_an_order_nobody_told_us_of_counts_in_the_scores_too(
    store: Store,
) -> None:
    moneys = {"mina": 9_000, "cho": 8_000, "ana": 7_000, "tomo": 6_000, "lin": 5_000}
    events = [
        event
        for name, money in moneys.items()
        for event in story(f"{name}-0123456789abcdef", [("purchase", DAY, money, "tea", "EUR")])
    ]
    back = story("mina-0123456789abcdef", [("refund", 0, 8_000, "tea", "EUR")])
    with store.write() as tx:
        STEPS["collect"](tx, SHOP, events=[*events, *back])
    keep_standings(store, SHOP, NOW)
    with store.read() as tx:
        kept = standings.figures(tx)
    assert kept is not None
    assert kept.money == (5_000, 6_000, 7_000, 8_000)
