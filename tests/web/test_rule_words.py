"""Is every kind of leaf said in plain words, in the owner's language?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask, g

from plugin.segment.leaf import MEASURES
from plugin.segment.rule import LEAVES, Rule, read_rule
from plugin.segment.traits import BOOL, DATE, LIST, MONEY, NUMBER, TEXT, TRAITS
from plugin.segment.value import AGES, OPERATORS
from plugin.segment.window import CALENDAR
from plugin.shop import Shop
from plugin.web.admin import editor_words
from plugin.web.admin.leaf_words import leaf_words
from plugin.web.admin.rule_words import rule_words
from plugin.web.language import init_language

VALUES: dict[str, Any] = {NUMBER: 3, MONEY: 3, TEXT: "x", DATE: "2026-11-24", BOOL: True}
NAMES = {NUMBER: "orders_total", MONEY: "revenue_total", TEXT: "country", DATE: "last_order",
         BOOL: "identified", LIST: "likes"}  # fmt: skip
COUNT = {"event": "purchase", "measure": "count", "op": ">=", "value": 3}


@pytest.fixture(autouse=True)
def page(shop: Shop) -> Iterator[None]:
    """A page being written for the shop, in English."""
    app = Flask(__name__)
    app.secret_key = "test"
    init_language(app)
    with app.test_request_context("/admin/"):
        g.shop = shop
        yield


def operand(kind: str, op: str) -> dict[str, Any]:
    """What the operator compares a value of this kind with."""
    if op in AGES:
        return {"value": "7d"}
    if op in ("in", "not_in") or kind == LIST:
        return {"value": ["x", "y"]}
    return {"value": [VALUES[kind]] * 2 if op == "between" else VALUES[kind]}


def comparisons(of: str) -> Iterator[dict[str, Any]]:
    """Every operator of every kind, asked of a trait or a param."""
    for kind, ops in OPERATORS.items():
        name = NAMES[kind] if of == "trait" else f"p_{kind}"
        for op in ops:
            yield {of: name, "op": op, **operand(kind, op), "include_unset": True}
        yield from ({of: name, "op": op} for op in ("set", "unset"))


def every_leaf() -> Iterator[dict[str, Any]]:
    """At least one leaf of every kind there is, with everything it may carry."""
    yield from comparisons("trait")
    for condition in comparisons("param"):
        yield {**COUNT, "where": [condition]}
    of = {"sum", "avg", "min", "max", "distinct"}
    for measure in MEASURES:
        yield {**COUNT, "measure": measure, **({"of": "value"} if measure in of else {})}
    yield from ({**COUNT, "calendar": one} for one in CALENDAR)
    yield {**COUNT, "within": "90m"}
    yield {**COUNT, "since": "2026-11-01"}
    yield {**COUNT, "until": "2026-11-01T09:00"}
    yield {**COUNT, "since": 1_790_046_000_000, "until": "2026-11-30T09:00+09:00"}
    where = [{"param": "item_category", "op": "is", "value": "shoes"}]
    for word, way, never in product(("first", "last"), ("older_than", "newer_than"), (True, False)):
        yield {"event": "search", word: way, "value": "60d", "or_never": never, "where": where}
    yield {"sequence": ["view_item", "add_to_cart", "purchase"]}
    yield {"sequence": ["view_item", "purchase"], "within": "1h"}
    yield {"event": "add_to_cart", "not_followed_by": "purchase", "within": "1h"}
    yield from ({"segment": "vip"}, {"bucket": "a", "below": 2.5}, {"everyone": True})


def kinds_of(leaf: dict[str, Any]) -> str:
    return next(word for word in LEAVES if word in leaf)


def test_no_leaf_is_left_in_the_words_of_the_document() -> None:
    told = list(every_leaf())
    assert {kinds_of(leaf) for leaf in told} == set(LEAVES)
    raw = ("{", "_", "older than", "view_item", "older_than", "(is ", "purchase", ">=")
    for leaf in told:
        words = leaf_words(read_rule(leaf), {"vip": "Our best"})
        words = words.replace("P_", "").replace("p_", "")  # params of the shop's own keep a name
        assert [one for one in raw if one in words] == [], (leaf, words)
        assert words[:1].strip()


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (
            {**COUNT, "measure": "sum", "of": "value", "op": "between", "value": [1000, 5000],
             "calendar": "last_month"},
            "Orders, total value from ₩1,000 to ₩5,000 last month",
        ),
        (
            {"event": "view_item", "measure": "distinct", "of": "item_id", "op": ">", "value": 2,
             "where": [{"param": "price", "op": ">", "value": 9000, "include_unset": True}]},
            "Product views (price more than ₩9,000, or unknown), different by product number"
            " more than 2",
        ),
        ({**COUNT, "since": "2026-11-01"}, "Orders at least 3 since Nov 1, 2026"),
        (
            {"sequence": ["view_item", "add_to_cart"], "within": "1h"},
            "Product views, then Products put in the cart within 1 hour",
        ),
        (
            {"event": "add_to_cart", "not_followed_by": "purchase", "within": "2h"},
            "Products put in the cart, not followed within 2 hours by: Orders",
        ),
        (
            {"trait": "top_brand_share_30d", "op": ">=", "value": 0.625},
            "Share of the favourite brand, 30 days at least 0.625",
        ),
        (
            {"trait": "birthday", "op": "anniversary_in_next", "value": "14d"},
            "Birthday comes round within the next 14 days",
        ),
        ({"trait": "size", "op": "is", "value": ""}, "Size is an empty text"),
        (
            {"trait": "size", "op": "not_in", "value": ["XL", ""]},
            "Size is none of XL, an empty text",
        ),
        ({"segment": "vip"}, "in the segment “Our best”"),
    ],
)  # fmt: skip
def test_a_leaf_is_said_as_an_owner_would_say_it(leaf: dict[str, Any], said: str) -> None:
    assert leaf_words(read_rule(leaf), {"vip": "Our best"}) == said


def test_groups_are_said_with_their_leaves_in_them() -> None:
    rule = {"all": [{"everyone": True}, {"not": {"any": [COUNT, {"segment": "vip"}]}}]}
    assert rule_words(rule, {"vip": "Our best"}).lines == (
        "Everyone",
        "not: (Orders at least 3 or in the segment “Our best”)",
    )


def test_what_the_editor_offers_is_all_that_the_language_has() -> None:
    ops = {op for kind in OPERATORS.values() for op in kind} | {"set", "unset"}
    assert set(editor_words.OPS) == ops
    assert tuple(editor_words.MEASURES) == MEASURES
    assert tuple(editor_words.CALENDARS) == CALENDAR
    assert set(editor_words.COMPARED_AS) | {MONEY} == set(OPERATORS)


def test_every_trait_has_a_heading_and_a_name_of_its_own() -> None:
    assert [name for name in TRAITS if editor_words.trait_group(name) == "Others"] == []
    labels = [str(editor_words.trait_label(name)) for name in TRAITS]
    assert len(set(labels)) == len(labels)


def test_a_rule_of_another_version_says_why_it_cannot_be_read() -> None:
    assert "This is no condition" in rule_words({"moon": "full"}).lines[0]
    assert isinstance(read_rule({"everyone": True}), Rule)
