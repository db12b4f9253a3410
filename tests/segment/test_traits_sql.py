"""A trait that is worked out holds for the same people in SQL as one by one, on both engines."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.journey.look import look_at
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import event_names, needs_also, needs_events, read_rule
from plugin.segment.traits import TRAITS
from plugin.shop import DAY
from plugin.storage import rules
from plugin.storage.ahead import facts_by_now
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts
from tests.conftest import NOON as NOW
from tests.segment.test_traits import BOOTS, MINA, did
from tests.segment.test_traits_moments import SHOP, histories, story

WORKED = sorted(name for name, trait in TRAITS.items() if trait.worked is not None)


def test_they_hold_for_the_same_people(store: Store) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        people=st.lists(histories, min_size=1, max_size=3),
        op=st.sampled_from(("=", "!=", "<=", ">", "between", "set", "unset")),
        value=st.sampled_from((0, 1, 2, 0.5, 1.5, 30)),
        country=st.sampled_from(("KR", "NZ", "Korea")),
        unset=st.booleans(),
    )
    def check(people: list[Any], op: str, value: float, country: str, unset: bool) -> None:
        every = _collected(store, people, country)
        for name in WORKED:
            leaf = _leaf(name, op, value)
            rule = read_rule(leaf if op in ("set", "unset") else leaf | {"include_unset": unset})
            with store.read() as tx:
                needs = event_names(rule), needs_events(rule), needs_also(rule)
                known = load_facts(tx, every, *needs)
                facts, _ = facts_by_now(tx, known, NOW + DAY, SHOP)
                found = rules.matching_profiles(tx, rule, NOW + DAY, SHOP)
            held = {p for p in every if evaluate(rule, facts[p], NOW + DAY, SHOP).holds}
            assert found == held, rule.document

    check()


def _leaf(name: str, op: str, value: float) -> dict[str, Any]:
    if op in ("set", "unset"):
        return {"trait": name, "op": op}
    if TRAITS[name].kind == "bool":
        return {"trait": name, "op": "is", "value": value > 1}
    if TRAITS[name].kind == "text":
        return {"trait": name, "op": "is_not", "value": "spring"}
    return {"trait": name, "op": op, "value": [value, value + 1] if op == "between" else value}


def _collected(store: Store, people: list[Any], country: str) -> list[int]:
    """The profiles of people who did these things."""
    with store.write() as tx:
        for table in ("memberships", "orders", "profiles"):
            tx.run(f"delete from {table}")
        for place, history in enumerate(people):
            person = f"person-{uuid.uuid4().hex}"
            events = [_of(person, event) for event in story(history, NOW)]
            if place:
                events.append(_of(person, did("page_view", NOW, country=country)))
            STEPS["collect"](tx, SHOP, events=events)
        return [row["id"] for row in tx.all("select id from profiles")]


def _of(person: str, event: Event) -> Event:
    order = f"{person}-{event.transaction_id}" if event.name in ("purchase", "refund") else None
    return replace(event, event_id=uuid.uuid4().hex, visitor_id=person, transaction_id=order)


def test_a_visitors_page_shows_every_trait_though_no_rule_asks(store: Store) -> None:
    views = [did("view_item", NOW - n * DAY, BOOTS) for n in range(3)]
    with store.write() as tx:
        STEPS["collect"](tx, SHOP, events=views)
    traits = look_at(store, SHOP, MINA, NOW).traits
    assert (traits["max_views_same_product_7d"], traits["sessions_30d"]) == (3, 3)
    assert traits["top_category_share_30d"] == 1
