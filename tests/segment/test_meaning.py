"""Every rule means what the contract says, at every moment: random rules, lives and clocks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.segment.evaluate import evaluate
from plugin.segment.rule import read_rule
from plugin.shop import DAY, HOUR, Shop, day_start
from tests.segment import lives
from tests.segment.oracle import Oracle, span

zones = st.sampled_from(lives.ZONES)
moments = st.sampled_from(lives.MOMENTS)


@settings(max_examples=400, deadline=None)
@given(rule=lives.rules, zone=zones, now=moments, history=lives.histories, declared=lives.declared)
def test_a_rule_means_what_the_plainest_reading_says(
    rule: Any, zone: str, now: int, history: list[Any], declared: dict[str, Any]
) -> None:
    who = lives.person(now, history, declared)
    shop = Shop("moon", "pk_moon", currency="EUR", timezone=zone)
    found = evaluate(read_rule(rule), lives.facts_of(who), now, shop)
    assert found.holds == Oracle(zone, "EUR").holds(rule, who, now)


@settings(max_examples=200, deadline=None)
@given(rule=lives.rules, zone=zones, now=moments, history=lives.histories, declared=lives.declared)
def test_until_the_next_check_the_answer_stays_as_it_is(
    rule: Any, zone: str, now: int, history: list[Any], declared: dict[str, Any]
) -> None:
    who = lives.person(now, history, declared)
    shop = Shop("moon", "pk_moon", currency="EUR", timezone=zone)
    read, oracle = read_rule(rule), Oracle(zone, "EUR")
    verdict = evaluate(read, lives.facts_of(who), now, shop)
    assert verdict.next_check is None or verdict.next_check > now
    end = verdict.next_check or now + 400 * DAY
    for moment in sorted(at for at in marks(who, now, shop) if now < at < end):
        assert oracle.holds(rule, who, moment) == verdict.holds, moment - now
        assert evaluate(read, lives.facts_of(who), moment, shop).holds == verdict.holds


def marks(who: Any, now: int, shop: Shop) -> set[int]:
    """The moments around which anything may turn."""
    spans = [0, *(span(one) for one in lives.SPANS)]
    found = {event["at"] + one for event in who.events for one in spans}
    wanted = [event["params"].get("wanted_on") for event in who.events]
    oracle = Oracle(shop.timezone, shop.currency)
    for value in (*wanted, who.declared.get("birthday")):
        day = None if value is None else oracle.moment(value)
        if day is not None:
            at = oracle.begin(day)
            found |= {at + one * sign for one in spans for sign in (1, -1)}
    today = shop.day(now)
    for day in (*range(today, today + 34), today + 150, today + 158, today + 159, today + 365):
        start = day_start(day, shop.timezone)
        found |= {start, start + 12 * HOUR, start - HOUR, start - DAY}
    return {at + step for at in found for step in (-1, 0, 1)}


@pytest.mark.parametrize("zone", lives.ZONES)
def test_a_day_begins_when_the_day_before_has_ended(zone: str) -> None:
    shop = Shop("moon", "pk_moon", timezone=zone)
    lengths = set()
    for day in range(20_400, 20_900):
        start, following = day_start(day, zone), day_start(day + 1, zone)
        assert (shop.day(start), shop.day(start - 1)) == (day, day - 1)
        lengths.add((following - start) / HOUR)
    assert lengths == {
        "Asia/Seoul": {24},
        "Australia/Lord_Howe": {23.5, 24, 24.5},
    }.get(zone, {23, 24, 25})
