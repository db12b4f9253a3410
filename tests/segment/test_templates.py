"""The segments that come ready: they can be read, set within bounds, and known again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import DocumentRefused, NotFound
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts
from plugin.segment.rule import read_rule
from plugin.segment.templates import MODELS, READY, TEMPLATES, WAITS, template_called
from plugin.segment.templates.ladder import (
    KNOBS,
    RUNGS,
    ladder_fits,
    ladder_state,
    ladder_values,
)
from plugin.segment.templates.pattern import LANGUAGES, fitted, trait
from plugin.shop import DAY, Shop
from tests.conftest import NOON

EVERY = [*TEMPLATES.values(), *RUNGS]
SHOP = Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")


def test_there_are_55_templates_by_the_seven_models() -> None:
    models = Counter(one.model for one in TEMPLATES.values())
    assert dict(models) == {
        "demographic": 5, "geographic": 5, "psychographic": 5, "technographic": 5,
        "behavioural": 16, "needs": 7, "value": 12,
    }  # fmt: skip
    assert [one.slug for one in MODELS] == list(models)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_the_rule_of_a_template_can_be_read(one: Any) -> None:
    assert read_rule(one.rule())
    assert one.state == (WAITS if one.key == "promising" else READY)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_a_template_says_in_three_languages_who_is_in_it_and_what_for(one: Any) -> None:
    for language in LANGUAGES:
        said = one.says(language)
        assert said
        assert "{" not in said
        assert one.name.of(language)
        assert one.use.of(language)
    others = {one.says("en"), one.says("ko"), one.says("ja")}
    assert len(others) == 3


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_an_adopted_rule_is_known_again_with_its_numbers(one: Any) -> None:
    at_the_top = {name: knob.high for name, knob in one.knobs.items()}
    assert one.fits(one.rule()) == {name: knob.value for name, knob in one.knobs.items()}
    assert one.fits(json.loads(json.dumps(one.rule(at_the_top)))) == at_the_top
    assert one.fits({"everyone": True}) is None
    assert one.fits({"all": [one.rule()]}) is None


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_a_threshold_names_the_place_of_its_number(one: Any) -> None:
    for found in one.thresholds:
        part: Any = one.rule()
        for key in found.place:
            part = part[key]
        assert part == found.knob.value
        assert found.knob.low <= found.knob.value <= found.knob.high


def test_the_sentence_says_the_numbers_that_were_chosen() -> None:
    eco = template_called("eco-minded")
    assert "at least 30% of them of products tagged eco" in eco.says("en")
    assert "at least 45% of them of products tagged eco" in eco.says(
        "en", eco.values({"share": 0.45})
    )
    assert "상위 10%" in template_called("vip").says("ko")


@pytest.mark.parametrize(
    ("key", "given", "says"),
    [
        ("window-shoppers", {"views": 0}, "views must be a number from 1 to 1000"),
        ("window-shoppers", {"views": True}, "views must be a number"),
        ("window-shoppers", {"views": float("nan")}, "views must be a number"),
        ("window-shoppers", {"views": 2.5}, "views must be a whole number"),
        ("window-shoppers", {"loves": 2}, "unknown thresholds: loves; known: views"),
        ("window-shoppers", [2], "must be an object"),
        ("checkout-abandoners", {"from": 80}, "from must be below to"),
        ("students", {"views": 2}, "unknown thresholds: views; known: none"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(key: str, given: Any, says: str) -> None:
    with pytest.raises(DocumentRefused, match=says):
        template_called(key).values(given)


def test_an_unknown_template_is_not_found() -> None:
    with pytest.raises(NotFound):
        template_called("nobody")


def test_a_rule_with_more_in_it_than_other_numbers_is_somebody_elses() -> None:
    pattern = trait("sessions_total", ">=", KNOBS["loyal_orders"])
    assert fitted(pattern, {"trait": "sessions_total", "op": ">=", "value": 7}) == {
        "loyal_orders": 7
    }
    assert fitted(pattern, {"trait": "sessions_total", "op": ">=", "value": True}) is None
    assert fitted(pattern, {"trait": "orders_total", "op": ">=", "value": 7}) is None
    assert fitted(pattern, {"trait": "sessions_total", "op": ">="}) is None


# The ladder

ago = st.integers(-2 * DAY, 800 * DAY) | st.sampled_from([n * DAY for n in (0, 30, 60, 180, 365)])
people = st.fixed_dictionaries(
    {
        "sessions_total": st.integers(0, 4),
        "orders_total": st.integers(0, 6),
        "last_seen_at": st.none() | ago.map(lambda ms: NOON - ms),
        "last_order_at": st.none() | ago.map(lambda ms: NOON - ms),
    }
)
chosen = st.fixed_dictionaries(
    {
        "dormant_days": st.integers(1, 400),
        "one_order_days": st.integers(1, 100),
        "lapsed_days": st.integers(101, 250),
        "lost_days": st.integers(251, 700),
        "loyal_orders": st.integers(3, 6),
        "late_times": st.sampled_from((1, 1.5, 2, 4)),
    }
)
gaps = st.none() | st.sampled_from((0, 0.5, 1, 1.5, 2, 4)) | st.floats(0, 10)


@settings(max_examples=30, deadline=None)
@given(person=people, gap=gaps, values=st.just({}) | chosen)
def test_whoever_it_is_exactly_one_rung_holds(
    person: dict[str, Any], gap: float | None, values: dict[str, float]
) -> None:
    # What the trait itself tells is not the ladder's: here it is whatever was declared.
    declared = {} if gap is None else {"gap": (gap, 0)}
    who = Profile("cho-0123456789abcdef", first_seen_at=0, declared=declared, **person)
    facts, found = Facts(who, {}), []
    for rung in RUNGS:
        text = json.dumps(rung.rule(ladder_values(values)))
        rule = read_rule(json.loads(text.replace("reorder_ratio", "gap")))
        if evaluate(rule, facts, NOON, SHOP).holds:
            found.append(rung.key)
    assert len(found) == 1


def test_the_ladder_can_be_asked() -> None:
    assert ladder_state() == READY


@pytest.mark.parametrize(
    "given", [{"lapsed_days": 365}, {"one_order_days": 200}, {"loyal_orders": 2}, {"rungs": 3}]
)
def test_thresholds_that_would_tear_the_ladder_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(DocumentRefused):
        ladder_values(given)


def test_rungs_of_two_ladders_are_not_one() -> None:
    values = ladder_values({"lost_days": 400})
    whole = {rung.key: rung.rule(values) for rung in RUNGS}
    assert ladder_fits(whole) == values
    assert ladder_fits({**whole, "ladder-lost": RUNGS[-1].rule()}) is None
    assert ladder_fits({key: whole[key] for key in list(whole)[1:]}) is None


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_a_template_is_documented(one: Any) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text("utf-8")
    assert f"| `{one.key}` | {one.name.en} | {one.says('en')} | {one.use.en} |" in text
