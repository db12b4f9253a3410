"""Events, rules and audiences are said in words an owner uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g, session

from plugin.shop import Shop
from plugin.tasks import jobs
from plugin.web.admin import words
from plugin.web.admin.rule_words import audience_words, pages_words, rule_words, trigger_words
from plugin.web.admin.words import event_words, readable, short_id
from plugin.web.language import exact_span, init_language


@pytest.fixture
def page(shop: Shop) -> Iterator[None]:
    """A page being written for the shop, in English."""
    app = Flask(__name__)
    app.secret_key = "test"
    init_language(app)
    with app.test_request_context("/admin/"):
        g.shop = shop
        yield


def row(name: str, *items: dict[str, Any], **params: Any) -> dict[str, Any]:
    """An event as the timeline has it."""
    return {"name": name, "params": params, "items": list(items), "value": 120_000,
            "currency": "KRW", "transaction_id": None}  # fmt: skip


BOOTS = {"item_id": "boots", "name": "Winter Boots"}


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("event", "said"),
    [
        (row("view_item", BOOTS), "Looked at Winter Boots"),
        (row("add_to_cart", {"item_id": "scarf"}), "Put Red Scarf in the cart"),
        (row("purchase", BOOTS, {"item_id": "scarf"}), "Ordered 2 products for ₩120,000"),
        (row("search", search_term="boots"), "Searched for “boots”"),
        (row("page_view", page_location="https://moon.example/a?b=1"), "Opened /a"),
        (row("popup_view", popup_id="hello"), "Was shown the popup “hello”"),
        (
            row("popup_holdout", item_list_id="home-1"),
            "Would have seen the products of “home-1” (control group)",
        ),
        (row("spun_the_wheel"), "Sent “spun_the_wheel”"),
        (row("view_item", {"item_id": "x", "name": "{page}"}), "Looked at {page}"),
    ],
)
def test_an_event_is_a_sentence(event: dict[str, Any], said: str) -> None:
    assert event_words(event, {"scarf": "Red Scarf"}) == said


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ({"trait": "orders_total", "op": ">=", "value": 3}, ("Orders at least 3",)),
        (
            {"trait": "revenue_total", "op": "between", "value": [1000, 5000]},
            ("Revenue, net from ₩1,000 to ₩5,000",),
        ),
        ({"trait": "country", "op": "in", "value": ["KR", "JP"]}, ("Country is one of KR, JP",)),
        (
            {"event": "view_item", "measure": "count", "op": ">=", "value": 5, "within": "30d"},
            ("Product views at least 5 in the last 30 days",),
        ),
        (
            {"event": "purchase", "last": "older_than", "value": "45d", "or_never": True},
            ("Last order more than 45 days ago, or never",),
        ),
        ({"not": {"segment": "vip"}}, ("not: in the segment “vip”",)),
        ({"bucket": "a", "below": 10}, ("a fixed 10% of visitors",)),
        ({"everyone": True}, ("Everyone",)),
    ],
)
def test_a_rule_is_said_in_words(rule: dict[str, Any], lines: tuple[str, ...]) -> None:
    assert rule_words(rule).lines == lines


@pytest.mark.usefixtures("page")
def test_the_parts_of_a_rule_are_lines() -> None:
    parts = [{"trait": "device", "op": "set"}, {"everyone": True}]
    assert rule_words({"any": parts}).joined == "any"
    assert rule_words({"all": parts}).lines == ("Device is known", "Everyone")


@pytest.mark.usefixtures("page")
def test_a_rule_that_cannot_be_read_says_why() -> None:
    assert rule_words("nonsense").lines[0].startswith("rule: An object belongs here")


@pytest.mark.usefixtures("page")
def test_spans_of_rules_are_not_rounded() -> None:
    assert exact_span(45 * 86_400_000) == "45 days"
    assert exact_span(90 * 60_000) == "90 minutes"


@pytest.mark.usefixtures("page")
def test_whom_when_and_where_a_popup_comes() -> None:
    body = {
        "audience": {"segment": "vip"},
        "trigger": {"on": "time", "seconds": 10},
        "pages": ["/shoes/*", "!/checkout"],
    }
    assert audience_words(body, {"vip": "Our best"}) == "Our best"
    assert audience_words({}, {}) == "Everyone"
    assert trigger_words(body) == "After 10 seconds"
    assert pages_words(body) == "/shoes/*, but not /checkout"


@pytest.mark.usefixtures("page")
def test_a_reason_uses_the_names_of_the_pages() -> None:
    assert readable("orders_total >= 3 (is 4)") == "Orders ≥ 3 (is 4)"


@pytest.mark.usefixtures("page")
def test_korean_owners_read_korean() -> None:
    session["lang"] = "ko"
    assert event_words(row("begin_checkout"), {}) == "결제를 시작함"


def test_a_long_id_is_cut_for_lists() -> None:
    assert short_id("0123456789abcdef") == "01234567…"
    assert short_id("customer-42") == "42"


def test_every_job_is_told_in_the_owners_language() -> None:
    assert {job.name for job in jobs.JOBS} <= words.JOBS.keys()
