"""Visits are the same for SQL, which knows most of them from the profile, as one by one."""

from __future__ import annotations

import uuid
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.profile.fold import IDLE_MS as IDLE
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import Rule, event_names, needs_events, read_rule
from plugin.segment.visits import MONTH, QUARTER
from plugin.shop import DAY, HOUR, MINUTE, SECOND, Shop
from plugin.storage import rules
from plugin.storage.ahead import facts_by_now
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts
from tests.conftest import NOON as NOW

SHOP = Shop("moon", "pk_moon0000000000000000", timezone="America/New_York")
GAPS = (0, 1, 20 * MINUTE, IDLE - 1, IDLE, IDLE + 1, HOUR, 7 * HOUR, DAY, 25 * DAY, 40 * DAY)
BACK = (-HOUR, -1, 0, 1, HOUR, MONTH - 1, MONTH, MONTH + HOUR, QUARTER - 1, QUARTER)
ASKED: list[tuple[str, str, Any]] = [
    ("sessions_30d", "=", 0),
    ("sessions_30d", ">=", 2),
    ("night_visit_share_90d", ">", 0.3),
    ("night_visit_share_90d", "unset", None),
    ("device_mobile_share_90d", ">=", 0.5),
    ("device_mobile_share_90d", "unset", None),
    ("slow_connection_share_30d", ">", 0.4),
    ("slow_connection_share_30d", "unset", None),
]
told = st.fixed_dictionaries(
    {},
    optional={
        "device": st.sampled_from(("mobile", "mobile", "desktop", "", 3, True, '"', "모바일")),
        "connection": st.sampled_from(("4g", "3g", "save-data", 3)),
    },
)
acts = st.tuples(
    st.sampled_from(("page_view", "page_view", "view_item")), st.sampled_from(GAPS), told
)


def asked() -> list[Rule]:
    documents: list[dict[str, Any]] = [
        {"trait": name, "op": op} | ({} if value is None else {"value": value})
        for name, op, value in ASKED
    ]
    return [read_rule(document) for document in documents]


def come(store: Store, acts: list[Any], back: int, rng: Random) -> None:
    """Somebody does this, the last of it ``back`` ms ago, and tells of it in any order."""
    person, at, events = f"person-{uuid.uuid4().hex}", NOW - back, []
    for name, gap, params in reversed(acts):
        events.append(Event(uuid.uuid4().hex, person, name, at, NOW, params))
        at -= gap
    rng.shuffle(events)
    half = rng.randint(0, len(events))
    for some in (events[:half], events[half:]):
        if some:
            with store.write() as tx:
                STEPS["collect"](tx, SHOP, events=some)


def agree(store: Store, now: int) -> None:
    """Fails for a rule that SQL, asked of everybody or of some, and Python read differently."""
    with store.read() as tx:
        every = [profile for (profile,) in tx.tuples("select id from profiles")]
        for rule in asked():
            known = load_facts(tx, every, event_names(rule), needs_events(rule))
            facts, _ = facts_by_now(tx, known, now, SHOP)
            held = {one for one in every if evaluate(rule, facts[one], now, SHOP).holds}
            assert rules.matching_profiles(tx, rule, now, SHOP) == held, rule.document
            some = every[::2]
            among = rules.matching_among(tx, rule, now, SHOP, some)
            assert among == held & set(some), rule.document


def test_all_readers_count_the_same_visits(store: Store) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        acts=st.lists(acts, min_size=1, max_size=10),
        back=st.sampled_from(BACK),
        seed=st.integers(0, 99),
    )
    def law(acts: list[Any], back: int, seed: int) -> None:
        come(store, acts, back, Random(seed))  # and stays: it is asked of in the later examples too
        agree(store, NOW)

    law()
    for moment in (NOW + MONTH, NOW + QUARTER - 1, NOW - 1):
        agree(store, moment)


@pytest.mark.parametrize("visits", [1, 2, 3, 4])
def test_each_visit_of_a_month_counts_whether_the_profile_knows_it_or_not(
    store: Store, visits: int
) -> None:
    moments = [NOW - DAY - n * HOUR + s * SECOND for n in range(visits) for s in range(3)]
    with store.write() as tx:
        person = "mina-0123456789abcdef"
        views = [Event(f"view-{at}", person, "page_view", at, NOW) for at in moments]
        STEPS["collect"](tx, SHOP, events=views)
        for count in range(6):
            rule = read_rule({"trait": "sessions_30d", "op": "=", "value": count})
            assert rules.count_matching(tx, rule, NOW, SHOP) == int(count == visits)


@pytest.mark.parametrize(("first", "share"), [("mobile", 1), ("desktop", 0)])
def test_of_page_views_of_one_moment_the_first_by_its_id_tells(
    store: Store, first: str, share: int
) -> None:
    told = {"view-b": {"device": first}, "view-c": {"device": "tablet"}, "view-a": {}}
    with store.write() as tx:
        for event_id in ("view-c", "view-b", "view-a"):
            person = "mina-0123456789abcdef"
            view = Event(event_id, person, "page_view", NOW, NOW, told[event_id])
            STEPS["collect"](tx, SHOP, events=[view])
        rule = read_rule({"trait": "device_mobile_share_90d", "op": "=", "value": share})
        assert rules.count_matching(tx, rule, NOW, SHOP) == 1
    agree(store, NOW)
