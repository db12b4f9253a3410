"""A usual body is read quickly, and to the same events as with every rule."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.collect.agents import Agent
from plugin.collect.checks import check_visit
from plugin.collect.event import Batch
from plugin.collect.plain import LONGEST_RAW, MOST_KEPT, Memory, plain_reader
from plugin.collect.quick import check_quickly, read_visit
from plugin.collect.reader import read_object
from plugin.errors import BodyRefused
from plugin.shop import DAY, Shop

MINA = "mina-0123456789abcdef"
NOW = 1_790_046_000_000
SEOUL = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")
BERLIN = Shop("sun", "pk_sun", currency="EUR", consent="required", settings={"url_params": ["no"]})
PHONE = Agent("mobile", "chrome", "android")

# Good values and odd ones for every place of a body.
TEXTS = st.one_of(
    st.sampled_from(
        [
            "Red bag",
            "https://moon.example/bags/red?no=7&mail=mina@moon.example",
            "/bags?utm_source=x&token=abc",
            "mina@moon.example",
            "4111 1111 1111 1111",
            "",
            " ",
            "a\u0000b",
            "\U0001f600",
            "a:b",
            'say "hi": yes',
            "x" * 1_100,
            "krw",
            "KRW",
            "EUR",
            "12.50",
            "+1",
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
NUMBERS = st.sampled_from(
    [0, 1, 2, 12000, 1.5, 0.005, 2.675, -1, 10**12, 10**13, 2**53, 2**63, 1e300]
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
LINE_NAMES = [
    *("item_id", "item_name", "item_brand", "item_category", "item_category2", "item_variant"),
    *("price", "quantity", "url", "image", "index", "currency", "discount", "id", "name"),
]
LINES = st.dictionaries(st.sampled_from(LINE_NAMES), SCALARS, max_size=7)
GOOD_LINES = st.fixed_dictionaries(
    {"item_id": st.sampled_from(["bag", "hat"]), "price": st.sampled_from([12000, 12.5, "9.90"])}
)
PARAM_NAMES = [
    *("page_location", "page_title", "page_referrer", "language", "search_term", "item_list_id"),
    *("coupon", "value", "currency", "tax", "shipping", "discount", "transaction_id", "popup_id"),
    *("__proto__", "bad-name", "scroll"),
]
ITEMS = st.one_of(st.lists(GOOD_LINES, max_size=2), st.lists(LINES, max_size=2), SCALARS)
PARAMS = st.builds(
    lambda scalars, items: scalars | items,
    st.dictionaries(st.sampled_from(PARAM_NAMES), SCALARS, max_size=5),
    st.one_of(st.just({}), st.fixed_dictionaries({"items": ITEMS})),
)
NAMES = st.sampled_from(
    [
        *("page_view", "view_item", "add_to_cart", "search", "purchase", "refund", "identify"),
        *(
            "generate_lead",
            "consent",
            "page_leave",
            "Product Added",
            "1st_click",
            "my_event",
            "a:b",
        ),
    ]
)
EVENTS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "event_id": st.sampled_from(["event-00000001", "event-00000002", "short", "event 0000001"]),
        "params": st.one_of(PARAMS, PARAMS, PARAMS, SCALARS, st.lists(SCALARS, max_size=2)),
    },
    optional={
        "timestamp": st.sampled_from(
            [NOW, NOW - 40 * DAY, NOW + DAY, -1, 1.5, "2026-09-22T00:00:00Z"]
        ),
        "webdriver": st.booleans(),
        "visitor_id": st.sampled_from([MINA, "cho-0123456789abcdef", "bad", ""]),
        "unknown": SCALARS,
    },
)
BODIES = st.fixed_dictionaries(
    {
        "visitor_id": st.sampled_from([MINA, MINA, MINA, "too-short", "a" * 20, 7]),
        "events": st.lists(EVENTS, max_size=4),
    },
    optional={
        "sent_at": st.sampled_from([NOW, -1, "now"]),
        "consent": st.sampled_from(["granted", "denied", None, "yes"]),
        "page": st.one_of(
            st.fixed_dictionaries({"url": TEXTS, "title": TEXTS, "width": SCALARS}), SCALARS
        ),
        "want": st.one_of(st.just({"popup": True}), SCALARS),
        "webdriver": st.booleans(),
    },
)


def outcome(read: Any) -> Batch | str | None:
    try:
        found: Batch | None = read()
    except BodyRefused:
        return "refused"
    return found


def quickly(body: bytes, shop: Shop, gpc: bool = False, source: str = "browser") -> Batch | None:
    visit = read_visit(body)
    if visit is None:
        return None
    return check_quickly(visit, shop, NOW, source=source, agent=PHONE, gpc=gpc)


@settings(max_examples=600)
@given(
    st.lists(BODIES, min_size=1, max_size=3),
    st.sampled_from([SEOUL, BERLIN]),
    st.booleans(),
    st.sampled_from(["browser", "server"]),
)
def test_what_is_read_quickly_is_what_every_rule_makes_of_it(
    bodies: list[dict[str, Any]], shop: Shop, gpc: bool, source: str
) -> None:
    # Several in a row, because what one leaves behind is used for the next.
    for one in bodies:
        body = json.dumps({"key": "pk_moon", **one}, ensure_ascii=False).encode()
        quick = outcome(lambda body=body: quickly(body, shop, gpc, source))
        if quick is not None:
            how: dict[str, Any] = {"source": source, "agent": PHONE, "gpc": gpc}
            whole = outcome(lambda b=body, how=how: check_visit(read_object(b), shop, NOW, **how))
            assert quick == whole


def event(**more: Any) -> dict[str, Any]:
    return {
        "name": "view_item",
        "event_id": "event-00000001",
        "timestamp": NOW,
        "params": {"items": [{"item_id": "bag", "price": 12000}]},
        **more,
    }


def visit(*events: dict[str, Any], **more: Any) -> bytes:
    return orjson.dumps({"key": "pk_moon", "visitor_id": MINA, "events": list(events), **more})


def test_what_the_snippet_sends_is_read_quickly() -> None:
    body = visit(event(), sent_at=NOW, consent="granted", page={"url": "/"}, want={"popup": True})
    read = read_visit(body)
    assert read is not None
    assert read.want == {"popup": True}
    assert quickly(body, SEOUL) is not None


@pytest.mark.parametrize(
    "body",
    [
        visit(event()).replace(b'"timestamp"', b'"event_id":"event-00000009","timestamp"'),
        visit(event()).replace(b'"key"', b'"visitor_id":"x","key"'),
        visit(event(), more=1),
        visit(event(label=1)),
        visit(event()).replace(b'"name"', b'"n\\u0061me"'),
        visit(event()) + b" x",
    ],
)
def test_a_body_of_another_shape_is_left_to_the_rules(body: bytes) -> None:
    assert read_visit(body) is None


@pytest.mark.parametrize(
    "params",
    [b'{"a":1,"a":2}', b'{"a":[[[[[[[[1]]]]]]]]}', b'{"a":NaN}', b'{"a":"\xff"}'],
    ids=["a key twice", "too deep", "NaN", "no UTF-8"],
)
def test_params_that_no_body_may_have_refuse_the_whole_body(params: bytes) -> None:
    body = visit(event(params={"mark": 1}), event()).replace(b'{"mark":1}', params)
    assert outcome(lambda: quickly(body, SEOUL)) in ("refused", None)
    with pytest.raises(BodyRefused):
        check_visit(read_object(body), SEOUL, NOW)


def test_spaces_between_the_parts_change_nothing() -> None:
    body = visit(event())
    spaced = body.replace(b'":', b'" : ').replace(b",", b" , ")
    assert quickly(spaced, SEOUL) == quickly(body, SEOUL)


def test_what_is_remembered_is_bounded() -> None:
    kept: Memory[int, int] = Memory()
    for number in range(3 * MOST_KEPT):
        kept.keep(number, number)
    assert len(kept) <= MOST_KEPT


def test_what_is_asked_for_again_and_again_is_still_known_after_much_else() -> None:
    kept: Memory[int, str] = Memory()
    kept.keep(-1, "the bag of the week")
    for number in range(3 * MOST_KEPT):
        kept.keep(number, "seen once")
        assert kept.get(-1) or kept.again(-1)


def test_a_line_end_within_an_id_does_not_make_it_two() -> None:
    body = visit(event() | {"event_id": "0123456789\n0123456789"}, event(name="page_view"))
    found = quickly(body, SEOUL)
    assert found is not None
    assert [one.index for one in found.refused] == [0]


def test_long_params_and_pages_are_not_remembered() -> None:
    long = "x" * LONGEST_RAW
    body = visit(event(name="search", params={"search_term": long}), page={"title": long})
    assert quickly(body, SEOUL) is not None
    plain = plain_reader(frozenset(), "KRW")
    kept = [*(params for _, params in plain.contents), *plain.pages]
    assert max(map(len, kept), default=0) <= LONGEST_RAW


def test_an_event_is_never_changed_by_the_next_one() -> None:
    page = {"url": "https://moon.example/a", "title": "A"}
    first = quickly(visit(event(name="page_view", params={"x": "1"}), page=page), SEOUL)
    assert first is not None
    before = dict(first.events[0].params)
    quickly(visit(event(name="page_view", params={"x": "1"}), page=page | {"title": "B"}), SEOUL)
    assert first.events[0].params == before
