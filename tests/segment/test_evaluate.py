"""What a rule means, leaf by leaf, and when its answer may change."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import RuleRefused
from plugin.profile.profile import Profile
from plugin.segment.compare import parts_of
from plugin.segment.dates import read_moment
from plugin.segment.evaluate import evaluate, evaluate_all, order_by_dependency
from plugin.segment.facts import Facts
from plugin.segment.rule import read_rule
from plugin.segment.shape import LocalDay
from plugin.shop import DAY, HOUR, MINUTE, Shop

CHO = "cho-0123456789abcdef"


def facts(now: int, times: dict[str, tuple[int, ...]] | None = None, **traits: Any) -> Facts:
    """Cho, first seen ten days ago, with ``traits`` and events at ``times``."""
    seen = {"first_seen_at": now - 10 * DAY, "last_seen_at": now - HOUR}
    return Facts(Profile(CHO, **{**seen, **traits}), times or {})


def holds(rule: Any, known: Facts, now: int, shop: Shop) -> bool | None:
    return evaluate(read_rule(rule), known, now, shop).holds


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"trait": "orders_total", "op": ">=", "value": 3}, True),
        ({"trait": "orders_total", "op": "between", "value": [3, 5]}, True),
        ({"trait": "orders_total", "op": "between", "value": [1, 2]}, False),
        ({"trait": "revenue_total", "op": "=", "value": 120000}, True),
        ({"trait": "country", "op": "is", "value": "kr"}, True),
        ({"trait": "country", "op": "is_not", "value": "JP"}, True),
        ({"trait": "country", "op": "in", "value": ["JP", "KR"]}, True),
        ({"trait": "landing_page", "op": "starts_with", "value": "/SALE"}, True),
        ({"trait": "landing_page", "op": "contains", "value": "%"}, False),
        ({"trait": "identified", "op": "is", "value": False}, True),
        ({"trait": "size", "op": "is", "value": "straße"}, True),
        ({"trait": "age", "op": ">", "value": 40}, True),
        ({"trait": "first_seen", "op": "older_than", "value": "10d"}, True),
        ({"trait": "first_seen", "op": "newer_than", "value": "10d"}, False),
        ({"trait": "days_since_first_seen", "op": ">=", "value": 10}, True),
        ({"everyone": True}, True),
    ],
)
def test_a_trait_is_compared_as_the_contract_says(
    rule: Any, expected: bool, now: int, shop: Shop
) -> None:
    known = facts(
        now,
        orders_total=3,
        revenue_total=120000,
        country="KR",
        landing_page="/sale/50",
        declared={"size": ("STRASSE", now), "age": (41, now)},
    )
    assert holds(rule, known, now, shop) is expected


@pytest.mark.parametrize(
    ("kept", "asked"),
    [("Обувь", "обувь"), ("Straße", "STRASSE"), ("ﾊﾞｯｸﾞ", "バッグ"), ("Ｓｈｏｅｓ", "shoes")],  # noqa: RUF001
)
def test_a_text_is_the_same_in_any_letters(kept: str, asked: str, now: int, shop: Shop) -> None:
    known = facts(now, last_category=kept)
    for value in (kept, asked):
        assert holds({"trait": "last_category", "op": "is", "value": value}, known, now, shop)


@pytest.mark.parametrize("op", ["is", "is_not", "contains", "not_contains"])
def test_an_unset_trait_satisfies_no_comparison_unless_it_is_let_pass(
    op: str, now: int, shop: Shop
) -> None:
    rule = {"trait": "country", "op": op, "value": "KR"}
    assert holds(rule, facts(now), now, shop) is False
    assert holds({**rule, "include_unset": True}, facts(now), now, shop) is True
    assert holds({"not": rule}, facts(now), now, shop) is True


def test_only_unset_holds_for_what_was_never_told(now: int, shop: Shop) -> None:
    assert holds({"trait": "country", "op": "unset"}, facts(now), now, shop) is True
    assert holds({"trait": "country", "op": "set"}, facts(now), now, shop) is False


def test_a_window_is_half_open_and_says_when_it_expires(now: int, shop: Shop) -> None:
    rule = {"event": "view_item", "measure": "count", "op": ">=", "value": 2, "within": "7d"}
    times = {"view_item": (now - 7 * DAY + MINUTE, now)}
    verdict = evaluate(read_rule(rule), facts(now, times), now, shop)
    assert (verdict.holds, verdict.next_check) == (True, now + MINUTE)
    assert holds(rule, facts(now, times), now + MINUTE - 1, shop) is True
    assert holds(rule, facts(now, times), now + MINUTE, shop) is False


@pytest.mark.parametrize(("op", "value"), [("=", 0), ("<=", 3), ("<", 1)])
def test_who_never_did_it_did_it_few_times(op: str, value: int, now: int, shop: Shop) -> None:
    rule = {"event": "purchase", "measure": "count", "op": op, "value": value, "within": "30d"}
    assert holds(rule, facts(now), now, shop) is True


def test_one_enters_a_not_by_doing_nothing(now: int, shop: Shop) -> None:
    rule = {
        "not": {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "1d"}
    }
    verdict = evaluate(read_rule(rule), facts(now, {"view_item": (now,)}), now, shop)
    assert (verdict.holds, verdict.next_check) == (False, now + DAY)


def test_the_next_check_of_many_events_is_their_first_turn(now: int, shop: Shop) -> None:
    rule = {"event": "page_view", "measure": "count", "op": ">=", "value": 1, "within": "30d"}
    known = facts(now, {"page_view": tuple(range(now - 50_000, now))})
    assert evaluate(read_rule(rule), known, now, shop).next_check == now - 1 + 30 * DAY


def test_an_event_of_the_future_counts_when_its_time_has_come(now: int, shop: Shop) -> None:
    rule = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
    known = facts(now, {"view_item": (now + MINUTE,)})
    verdict = evaluate(read_rule(rule), known, now, shop)
    assert (verdict.holds, verdict.next_check) == (False, now + MINUTE)
    assert holds(rule, known, now + MINUTE, shop) is True


def test_longer_ago_than_needs_that_it_ever_happened(now: int, shop: Shop) -> None:
    rule = {"event": "purchase", "last": "older_than", "value": "60d"}
    assert holds(rule, facts(now), now, shop) is False
    assert holds({**rule, "or_never": True}, facts(now), now, shop) is True
    long_ago = facts(now, {"purchase": (now - 60 * DAY,)})
    assert holds(rule, long_ago, now, shop) is True
    assert holds(rule, long_ago, now - 1, shop) is False


def test_first_looks_at_the_first_and_last_at_the_last(now: int, shop: Shop) -> None:
    known = facts(now, {"purchase": (now - 90 * DAY, now - DAY)})
    assert holds({"event": "purchase", "first": "older_than", "value": "60d"}, known, now, shop)
    assert not holds({"event": "purchase", "last": "older_than", "value": "60d"}, known, now, shop)


def test_a_prediction_nobody_made_is_unknown_and_no_member(now: int, shop: Shop) -> None:
    churn = {"trait": "p_churn", "op": ">", "value": 0.5}
    yes, no = {"everyone": True}, {"not": {"everyone": True}}
    assert holds(churn, facts(now), now, shop) is None
    assert holds({"not": churn}, facts(now), now, shop) is None
    assert holds({"any": [churn, yes]}, facts(now), now, shop) is True
    assert holds({"all": [churn, no]}, facts(now), now, shop) is False


def test_before_the_first_event_a_visitor_is_in_no_segment(now: int, shop: Shop) -> None:
    known = Facts(Profile(CHO, first_seen_at=now + HOUR), {})
    verdict = evaluate(read_rule({"everyone": True}), known, now, shop)
    assert (verdict.holds, verdict.next_check) == (False, now + HOUR)


def test_days_since_grow_by_themselves(now: int, shop: Shop) -> None:
    rule = {"trait": "days_since_last_order", "op": ">=", "value": 30}
    known = facts(now, last_order_at=now - 29 * DAY)
    verdict = evaluate(read_rule(rule), known, now, shop)
    assert (verdict.holds, verdict.next_check) == (False, now + DAY)
    assert holds(rule, known, now + DAY, shop) is True


def test_a_bucket_holds_a_fixed_share_of_visitors(now: int, shop: Shop) -> None:
    rule = read_rule({"bucket": "autumn", "below": 10})
    people = [Facts(Profile(f"{n:016d}", first_seen_at=1), {}) for n in range(4000)]
    inside = [evaluate(rule, one, now, shop).holds for one in people]
    assert 320 < sum(map(bool, inside)) < 480
    assert inside == [evaluate(rule, one, now + DAY, shop).holds for one in people]


def test_segments_are_judged_after_those_they_are_built_on(now: int, shop: Shop) -> None:
    rules = {
        "top": read_rule({"all": [{"segment": "a"}, {"segment": "b"}]}),
        "a": read_rule({"segment": "base"}),
        "b": read_rule({"not": {"segment": "base"}}),
        "base": read_rule({"everyone": True}),
    }
    order = order_by_dependency(rules)  # a diamond is no circle
    assert order.index("base") < order.index("a") < order.index("top")
    found = evaluate_all({slug: rules[slug] for slug in order}, facts(now), now, shop)
    assert {slug: v.holds for slug, v in found.items()} == {
        "base": True,
        "a": True,
        "b": False,
        "top": False,
    }


def test_a_circle_of_segments_is_named() -> None:
    rules = {"a": read_rule({"segment": "b"}), "b": read_rule({"segment": "a"})}
    with pytest.raises(RuleRefused, match=r"circle: (a → b → a|b → a → b)"):
        order_by_dependency(rules)


def test_commas_of_any_width_part_a_list() -> None:
    assert parts_of("\u8d64\uff0c\u9752, Red") == {"\u8d64", "\u9752", "red"}


def test_digits_of_any_width_are_a_date() -> None:
    assert read_moment("\uff11970-01-02") == LocalDay(1)
