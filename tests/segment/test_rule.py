"""What may stand in a rule, and how it is said what may not."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import NotYet, RuleRefused
from plugin.profile.profile import Profile
from plugin.segment import traits
from plugin.segment.explain import as_text, explain, why
from plugin.segment.facts import Facts
from plugin.segment.rule import event_names, leaves, needs_events, read_rule, segments_of
from plugin.shop import DAY, Shop

LEAF: dict[str, Any] = {"trait": "orders_total", "op": ">=", "value": 1}
COUNT: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}

PRICE: dict[str, Any] = {"param": "price", "op": ">", "value": 1}


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
        ({"trait": "size", "op": "is", "value": None}, "not empty"),
        ({"trait": "size", "op": "contains", "value": ""}, "not empty"),
        ({"trait": "size", "op": "has_any", "value": [""]}, "not empty"),
        ({**COUNT, "where": [{"param": "currency", "op": "is", "value": ""}]}, "not empty"),
        ({"trait": "country", "op": "in", "value": []}, "list of 1"),
        ({"trait": "identified", "op": "is", "value": "yes"}, "true or false"),
        ({"trait": "a b", "op": "is", "value": "x"}, "must be a name"),
        ({**LEAF, "where": []}, "unknown keys: where"),
        ({**COUNT, "within": "7 days"}, "7d or 4w"),
        ({**COUNT, "within": "0d"}, "7d or 4w"),
        ({**COUNT, "measure": "median"}, r"rule\.measure must be one of count, days"),
        ({"event": "view_item", "measure": "count"}, r"rule\.op must be one of =, !="),
        ({"event": "view_item"}, r"rule\.measure must be one of .* or ask for last"),
        ({**COUNT, "of": "value"}, "of must be left out"),
        ({**COUNT, "measure": "sum"}, "of must be the name of a param"),
        ({**COUNT, "op": "between", "value": [3, 1]}, "the lower one first"),
        ({**COUNT, "within": "7d", "calendar": "today"}, "within and calendar; give one"),
        ({**COUNT, "calendar": "today", "since": 0}, "calendar and since/until; give one"),
        ({**COUNT, "within": None}, "7d or 4w"),
        ({**COUNT, "calendar": "next_week"}, "one of today, yesterday, this_week"),
        ({**COUNT, "since": "soon"}, r"since must be Unix ms, a time as .*, or a day"),
        ({**COUNT, "since": "2026-11-30", "until": "2026-11-01"}, "the earlier one first"),
        ({**COUNT, "until": "2026-02-30"}, r"until must be Unix ms"),
        ({**COUNT, "where": []}, "list of 1 to 10 conditions"),
        ({**COUNT, "where": [PRICE] * 11}, "list of 1 to 10 conditions"),
        ({**COUNT, "where": ["price"]}, r"where\[0\] must be an object"),
        ({**COUNT, "where": [{**PRICE, "op": "is"}]}, r"where\[0\]\.op must be one of =, !="),
        ({**COUNT, "where": [{**PRICE, "is": 1}]}, r"where\[0\] has unknown keys: is"),
        ({**COUNT, "where": [PRICE, {"op": "set"}]}, r"where\[1\]\.param must be a name"),
        ({**COUNT, "include_unset": True}, "unknown keys: include_unset"),
        ({"sequence": ["purchase"]}, "list of 2 to 10 names"),
        ({"sequence": ["view_item"] * 11}, "list of 2 to 10 names"),
        ({"sequence": ["view_item", 3]}, r"sequence\[1\] must be the name of an event"),
        ({"sequence": ["view_item", "purchase"], "of": "x"}, "unknown keys: of"),
        ({"event": "add_to_cart", "not_followed_by": "purchase"}, "within must be a span"),
        ({"event": "add_to_cart", "not_followed_by": "", "within": "1h"}, "name of an event"),
        ({"trait": "country", "op": "has_any", "value": ["KR"]}, "op must be one of is, is_not"),
        ({"trait": "colors", "op": "has_any", "value": "red"}, "list of 1"),
        ({"trait": "colors", "op": "likes", "value": "red"}, "op must be one of .* has_any"),
        ({"trait": "country", "op": "set", "value": 1}, "set compares with nothing"),
        ({"trait": "first_seen", "op": "on", "value": "24.11.2026"}, "or a day as 2026-11-24"),
        ({"trait": "first_seen", "op": "in_next", "value": 7}, "7d or 4w"),
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
        {"sequence": ["add_to_cart", "purchase"]},
        {**COUNT, "where": [PRICE]},
        {**COUNT, "where": [{**PRICE, "include_unset": True}]},
        {**COUNT, "calendar": "last_month"},
        {**COUNT, "since": "2026-11-01", "until": 1_795_000_000_000},
        {**COUNT, "until": "2026-11-01T09:00:00.5+09:00"},
        {**COUNT, "measure": "days"},
        {**COUNT, "measure": "sum", "of": "value"},
        {**COUNT, "measure": "distinct", "of": "item_id"},
        {"event": "add_to_cart", "not_followed_by": "purchase", "within": "1h"},
        {"event": "purchase", "last": "older_than", "value": "60d", "where": [PRICE]},
        {"trait": "first_seen", "op": "anniversary_in_next", "value": "7d"},
        {"trait": "birthday", "op": "between", "value": ["1990-01-01", "1999-12-31"]},
        {"trait": "colors", "op": "has_none", "value": ["red"]},
        {"trait": "never_heard_of", "op": "is", "value": "x"},
        {"event": "never_heard_of", "measure": "count", "op": "=", "value": 0},
    ],
)
def test_every_form_of_the_language_is_read(rule: Any) -> None:
    assert read_rule(rule).document == rule


def test_a_trait_that_is_to_come_says_not_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traits, "LATER", frozenset({"shoe_size"}))
    with pytest.raises(NotYet, match="shoe_size"):
        read_rule({"trait": "shoe_size", "op": ">", "value": 1})


def test_the_deepest_and_the_widest_rule_that_are_allowed() -> None:
    assert read_rule(nested(7))
    assert len(list(leaves(read_rule({"all": [LEAF] * 100})))) == 100


def test_a_rule_tells_which_events_and_segments_it_asks_for() -> None:
    rule = read_rule(
        {"all": [COUNT, {"trait": "orders_365d", "op": ">", "value": 1}, {"segment": "vip"}]}
    )
    assert event_names(rule) == {"view_item", "purchase"}
    assert segments_of(rule) == {"vip"}
    assert needs_events(rule) == set()


def test_a_rule_tells_of_which_events_it_asks_for_more_than_the_times() -> None:
    parts = [
        COUNT,
        {"sequence": ["add_to_cart", "begin_checkout"]},
        {"event": "login", "not_followed_by": "purchase", "within": "1h"},
        {"event": "search", "measure": "distinct", "of": "search_term", "op": ">", "value": 1},
        {"event": "refund", "last": "newer_than", "value": "7d", "where": [PRICE]},
    ]
    rule = read_rule({"all": parts})
    assert event_names(rule) == {
        "view_item", "add_to_cart", "begin_checkout", "login", "purchase", "search", "refund",
    }  # fmt: skip
    assert needs_events(rule) == {"search", "refund"}


def test_a_rule_can_be_said_in_plain_words() -> None:
    rule = {"all": [LEAF, {"any": [{**COUNT, "within": "7d"}, {"not": {"segment": "vip"}}]}]}
    assert as_text(read_rule(rule)) == (
        "orders_total >= 1 and (view_item >= 1 times in 1 week or not in segment vip)"
    )


@pytest.mark.parametrize(
    ("compared", "said"),
    [
        ({"op": "is", "value": ""}, 'size is ""'),
        ({"op": "not_in", "value": ["", "L"]}, 'size not in "", L'),
    ],
)
def test_an_empty_text_in_a_rule_can_be_seen(compared: Any, said: str) -> None:
    assert as_text(read_rule({"trait": "size", **compared})) == said


def test_an_empty_value_can_be_seen_among_the_reasons(now: int, shop: Shop) -> None:
    known = Facts(Profile("cho-0123456789abcdef", first_seen_at=1, declared={"size": ("", 1)}), {})
    rule = read_rule({"trait": "size", "op": "is_not", "value": "L"})
    assert why(explain(rule, known, now, shop)) == 'size is not L (is "")'


def test_why_tells_the_leaves_that_hold_with_their_values(now: int, shop: Shop) -> None:
    rule = read_rule({"all": [{"trait": "revenue_total", "op": ">=", "value": 50000}, COUNT]})
    known = Facts(
        Profile("cho-0123456789abcdef", first_seen_at=1, revenue_total=120000),
        {"view_item": (now - DAY,)},
    )
    assert why(explain(rule, known, now, shop)) == (
        "revenue_total >= 50000 (is 120,000); view_item >= 1 times (was 1)"
    )
