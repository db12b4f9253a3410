"""One meaning: SQL finds exactly the people for whom a rule holds one by one, on both engines,
whether it is asked of everybody or of some.

REGULARS_RULE_EXAMPLES: how many examples of four rules to try in each place, for a longer look.
"""

from __future__ import annotations

import os
import sys
import uuid
from random import Random
from typing import Any
from unicodedata import category

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.journey import STEPS
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import Rule, event_names, needs_events, read_rule
from plugin.segment.text import fold
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import backfills, letters, rules
from plugin.storage.ahead import facts_by_now
from plugin.storage.engine import Store, Tx
from plugin.storage.facts import load_facts
from plugin.storage.rule_parts import Parts
from plugin.storage.rule_words import SPACES
from tests.segment.lives import MOMENTS, ZONES
from tests.storage import rule_histories

LONGER = os.environ.get("REGULARS_RULE_EXAMPLES")
EXAMPLES = int(LONGER or "70")
CROWD = 40
PLACES = list(zip(ZONES, (MOMENTS[0], MOMENTS[4], MOMENTS[7], MOMENTS[5]), strict=True))
MEMBER = "insert into memberships (segment, profile, entered_at, version) values (:s, :p, 0, 1)"


@pytest.mark.parametrize(("zone", "now"), PLACES)
def test_sql_finds_those_for_whom_the_rule_holds(store: Store, zone: str, now: int) -> None:
    shop = Shop("moon", "pk_moon0000000000000000", currency="EUR", timezone=zone)
    for one in rule_histories.crowd(Random(now), CROWD):
        collect(store, one, now, shop)
    letters.take_in(store)  # of these, not of who comes later

    # The same examples in each ordinary run; others in a longer look.
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=LONGER is None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        documents=st.lists(rule_histories.rules, min_size=4, max_size=4),
        person=rule_histories.people,
        later=st.sampled_from((0, 0, 1, -1, HOUR, DAY, 8 * DAY)),
    )
    def law(documents: list[Any], person: Any, later: int) -> None:
        collect(store, person, now, shop)  # and stays: later rules are asked of it too
        read = [read_rule(document) for document in documents]
        with store.read() as tx:
            agree(tx, read, now + later, shop)

    law()


def collect(store: Store, one: Any, now: int, shop: Shop) -> None:
    """Somebody new of whom ``rule_histories`` tells; every second one is in a segment."""
    person = f"person-{uuid.uuid4().hex}"
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=rule_histories.events_of(person, one, now, shop))
        newest = tx.value("select max(id) from profiles")
        if newest % 2:
            tx.many(MEMBER, [{"s": "vip", "p": newest}])


def agree(tx: Tx, read: list[Rule], moment: int, shop: Shop) -> None:
    """Fails for a rule that SQL and Python read differently."""
    every = [row["id"] for row in tx.all("select id from profiles")]
    names = set().union(*(event_names(rule) for rule in read))
    whole = set().union(*(needs_events(rule) for rule in read))
    facts, _ = facts_by_now(tx, load_facts(tx, every, names, whole), moment, shop)
    for rule in read:
        held = {
            one
            for one in every
            if evaluate(rule, facts[one], moment, shop, {"vip": one % 2 == 1}).holds
        }
        assert rules.matching_profiles(tx, rule, moment, shop) == held, rule.document
        some = every[::3]
        among = backfills.matching_among(tx, rule, some, moment, shop)
        assert among == held & set(some), rule.document


def test_sql_takes_off_the_spaces_that_python_does() -> None:
    assert "".join(chr(i) for i in range(sys.maxunicode + 1) if chr(i).isspace()) == SPACES


@pytest.mark.parametrize("engine", ["postgresql"])
def test_postgresql_folds_every_letter_as_we_do(store: Store, shop: Shop, now: int) -> None:
    # Those that our Python knows: a newer PostgreSQL may know how to write more of them plainly.
    letters = [chr(i) for i in range(1, sys.maxunicode + 1) if category(chr(i)) not in ("Cn", "Cs")]
    with store.read() as tx:
        parts = Parts(tx, shop, now)
        sql = f"select {parts.words.column('w.value')} as folded from texts(:letters) w"
        rows = tx.all(sql, **parts.params, letters=letters)
    told = zip(letters, rows, strict=True)
    assert [hex(ord(one)) for one, row in told if fold(one) != row["folded"]] == []
