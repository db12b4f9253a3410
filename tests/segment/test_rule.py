"""What may stand in a rule, and how it is said what may not."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import NotYet, RuleRefused
from plugin.profile.profile import Profile
from plugin.segment.explain import as_text, explain, why
from plugin.segment.facts import Facts
from plugin.segment.rule import event_names, leaves, read_rule, segments_of
from plugin.shop import DAY, Shop

LEAF: dict[str, Any] = {"trait": "orders_total", "op": ">=", "value": 1}
COUNT: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}


def nested(depth: int) -> Any:
    rule: Any = LEAF
    for _ in range(depth):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"all": []}, "at least one"),
        ({"any": "x"}, "at least one"),
        ({}, "needs one of all, any"),
        ([], "must be an object"),
        (None, "must be an object"),
        ({"everyone": 1}, "must be true"),
        ({"trait": "orders_total", "op": "~", "value": 1}, "op must be one of =, !="),
        ({"trait": "orders_total", "op": ">=", "value": "1"}, "must be a number"),
        ({"trait": "orders_total", "op": ">=", "value": True}, "must be a number"),
        ({"trait": "orders_total", "op": ">=", "value": float("nan")}, "must be a number"),
        ({"trait": "orders_total", "op": "between", "value": [1]}, "two numbers"),
        ({"trait": "country", "op": "is", "value": ""}, "not empty"),
        ({"trait": "country", "op": "in", "value": []}, "list of 1"),
        ({"trait": "identified", "op": "is", "value": "yes"}, "true or false"),
        ({"trait": "a b", "op": "is", "value": "x"}, "must be a name"),
        ({**LEAF, "where": []}, "unknown keys: where"),
        ({**COUNT, "within": "7 days"}, "7d or 4w"),
        ({**COUNT, "within": "0d"}, "7d or 4w"),
        ({**COUNT, "measure": "median"}, "measure count"),
        ({"event": "view_item", "last": "long ago", "value": "7d"}, "older_than or newer_than"),
        ({"segment": "No Such"}, "slug"),
        ({"bucket": "x", "below": 101}, "from 0 to 100"),
        ({"all": [LEAF, {"any": [{"trait": 3}]}]}, r"rule\.all\[1\]\.any\[0\]\.trait"),
        (nested(8), "nested deeper than 8"),
        ({"all": [LEAF] * 101}, "101 leaves"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(rule: Any, says: str) -> None:
    with pytest.raises(RuleRefused, match=says):
        read_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"sequence": ["add_to_cart", "purchase"], "within": "1h"},
        {**COUNT, "where": [{"param": "price", "op": ">", "value": 1}]},
        {**COUNT, "calendar": "today"},
        {**COUNT, "measure": "sum", "of": "value"},
        {"event": "add_to_cart", "not_followed_by": "purchase", "within": "1h"},
        {"trait": "lead_score", "op": ">", "value": 1},
        {"trait": "first_seen", "op": "anniversary_in_next", "value": "7d"},
    ],
)
def test_what_is_to_come_says_not_yet(rule: Any) -> None:
    with pytest.raises(NotYet):
        read_rule(rule)


def test_the_deepest_and_the_widest_rule_that_are_allowed() -> None:
    assert read_rule(nested(7))
    assert len(list(leaves(read_rule({"all": [LEAF] * 100})))) == 100


def test_a_rule_tells_which_events_and_segments_it_asks_for() -> None:
    rule = read_rule(
        {"all": [COUNT, {"trait": "orders_365d", "op": ">", "value": 1}, {"segment": "vip"}]}
    )
    assert event_names(rule) == {"view_item", "purchase"}
    assert segments_of(rule) == {"vip"}


def test_a_rule_can_be_said_in_plain_words() -> None:
    rule = {"all": [LEAF, {"any": [{**COUNT, "within": "7d"}, {"not": {"segment": "vip"}}]}]}
    assert as_text(read_rule(rule)) == (
        "orders_total >= 1 and (view_item >= 1 times in 1 week or not in segment vip)"
    )


def test_why_tells_the_leaves_that_hold_with_their_values(now: int, shop: Shop) -> None:
    rule = read_rule({"all": [{"trait": "revenue_total", "op": ">=", "value": 50000}, COUNT]})
    known = Facts(
        Profile("cho-0123456789abcdef", first_seen_at=1, revenue_total=120000),
        {"view_item": (now - DAY,)},
    )
    assert why(explain(rule, known, now, shop)) == (
        "revenue_total >= 50000 (is 120,000); view_item >= 1 times (was 1)"
    )
