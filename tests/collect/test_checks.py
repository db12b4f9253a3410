"""Which events are taken, what is kept of them, and why others are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from plugin.collect.agents import Agent, read_agent
from plugin.collect.checks import check_visit, consented
from plugin.collect.event import Batch, Event, Item
from plugin.collect.items import check_items
from plugin.collect.orders import check_order, customer_visitor_id
from plugin.collect.schemas import VisitSchema
from plugin.errors import BodyRefused
from plugin.shop import DAY, MINUTE, Shop

CHO = "cho-0123456789abcdef"
LINES = [
    json.loads(line)
    for line in (Path(__file__).parent / "odd_events.jsonl").read_text("utf-8").splitlines()
]
SEOUL = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")
MOMENT = 1_790_046_000_000


def event(**more: Any) -> dict[str, Any]:
    return {"name": "page_view", "event_id": "event-00000001", **more}


def visit(*events: Any, shop: Shop = SEOUL, **more: Any) -> Batch:
    options = {key: more.pop(key) for key in ("source", "agent", "gpc", "find_item") if key in more}
    return check_visit({"visitor_id": CHO, "events": list(events), **more}, shop, MOMENT, **options)


def taken(raw: dict[str, Any], **more: Any) -> Event:
    batch = visit(raw, **more)
    assert batch.refused == ()
    return batch.events[0]


@pytest.mark.parametrize("line", LINES, ids=[line["why"] for line in LINES])
def test_an_odd_event_is_taken_or_refused_as_the_contract_says(line: dict[str, Any]) -> None:
    batch = visit(event(**line["event"]))
    assert len(batch.events) == (1 if line["taken"] else 0), [r.reason for r in batch.refused]
    if not line["taken"]:
        assert line.get("says", "") in batch.refused[0].reason


@pytest.mark.parametrize(
    "visitor",
    [
        None,
        "",
        "short",
        "x" * 65,
        "a" * 16,
        "----------------",
        "ab-ab-ab-ab-ab-ab",
        "cho 0123456789abcdef",
        "cho-0123456789abcdef\n",
        1234567890123456,
        "undefined-undefined" * 9,
        "null",
        ["a" * 16],
    ],
)
def test_a_visitor_id_that_could_be_anybodys_is_refused(visitor: Any) -> None:
    with pytest.raises(BodyRefused, match="visitor_id"):
        check_visit({"visitor_id": visitor, "events": [event()]}, SEOUL, MOMENT)


@pytest.mark.parametrize("events", [None, [], {}, "x", [event()] * 26])
def test_a_batch_has_1_to_25_events(events: Any) -> None:
    with pytest.raises(BodyRefused, match="1 to 25"):
        check_visit({"visitor_id": CHO, "events": events}, SEOUL, MOMENT)


def test_money_is_kept_in_the_minor_unit_of_its_currency() -> None:
    items = [{"item_id": 7, "price": "12.50", "quantity": 2}]
    dollars = taken(
        event(name="add_to_cart", params={"currency": "usd", "value": 25, "items": items})
    )
    assert (dollars.currency, dollars.value) == ("USD", 2500)
    assert dollars.items == (Item("7", price=1250, quantity=2),)
    assert taken(event(name="purchase", params={"transaction_id": "A-1", "value": 25})).value == 25


def test_a_purchase_without_a_value_is_worth_its_items() -> None:
    items = [{"item_id": "hat", "price": 20000, "quantity": 2}, {"item_id": "free"}]
    bought = taken(event(name="purchase", params={"transaction_id": 17, "items": items}))
    assert (bought.value, bought.transaction_id) == (40000, "17")


@pytest.mark.parametrize(
    ("timestamp", "at", "adjusted"),
    [
        (MOMENT - DAY, MOMENT - DAY, False),
        ("2026-09-22T12:00:00+09:00", 1_790_046_000_000, False),
        ("2026-09-22T03:00:00.000Z", 1_790_046_000_000, False),
        (MOMENT + 5 * MINUTE, MOMENT + 5 * MINUTE, False),
        (MOMENT + 5 * MINUTE + 1, MOMENT, True),
        (MOMENT - 30 * DAY - 1, MOMENT, True),
        (0, MOMENT, True),
        (253402300799999, MOMENT, True),
    ],
)
def test_a_browsers_clock_is_believed_within_reason(
    timestamp: Any, at: int, adjusted: bool
) -> None:
    found = taken(event(timestamp=timestamp))
    assert (found.at, found.adjusted) == (at, adjusted)


def test_the_shops_server_is_believed_at_any_age() -> None:
    found = taken(event(timestamp=MOMENT - 4000 * DAY), source="server")
    assert (found.at, found.adjusted) == (MOMENT - 4000 * DAY, False)


def test_params_are_scalars_under_good_names_and_clean() -> None:
    params = {
        "note": "mail cho@mail.example\x00",
        "__proto__": 1,
        "bad-name": 1,
        "nested": {"a": 1},
        "long": "x" * 2000,
        "yes": True,
        "page_location": "https://moon.example/?token=1&q=hat",
        "coupon": "WELCOME-4111111111111111",
    }
    found = taken(event(params=params)).params
    assert set(found) == {"note", "long", "yes", "page_location", "coupon"}
    assert found["note"] == "mail [removed]"
    assert len(str(found["long"])) == 1024
    assert found["page_location"] == "https://moon.example/?q=hat"
    assert found["coupon"] == "WELCOME-4111111111111111"


def test_what_is_told_on_purpose_is_kept_as_told() -> None:
    found = taken(event(name="identify", params={"email": "cho@mail.example"}))
    assert found.params["email"] == "cho@mail.example"


def test_the_page_and_the_device_are_told_with_the_page_view() -> None:
    agent = read_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile Safari/604.1 KAKAOTALK")
    batch = visit(
        event(name="search", params={"search_term": "hat"}),
        event(event_id="event-00000002"),
        page={"url": "https://moon.example/?q=hat", "language": "ko-KR", "width": 390},
        agent=agent,
    )
    assert "device" not in batch.events[0].params
    assert batch.events[1].params == {
        "page_location": "https://moon.example/?q=hat",
        "language": "ko-KR",
        "page_width": 390,
        "device": "mobile",
        "browser": "safari",
        "os": "ios",
        "in_app_browser": "kakaotalk",
    }


def test_other_programs_names_are_understood() -> None:
    found = taken(
        event(
            name="Product Added",
            params={"products": 1, "items": [{"product_id": "hat", "name": "Hat"}]},
        )
    )
    assert (found.name, found.items) == ("add_to_cart", (Item("hat", name="Hat"),))


def test_a_page_of_the_catalogue_stands_for_its_item() -> None:
    hat = Item("hat", price=20000)
    raw = event(name="view_item", params={"page_location": "https://moon.example/hat"})
    found = taken(raw, find_item=lambda _, page: hat if page.endswith("/hat") else None)
    assert found.items == (hat,)
    assert found.event_id != raw["event_id"]
    assert visit(raw, find_item=lambda *_: None).refused[0].reason.startswith("view_item needs")


@pytest.mark.parametrize(
    ("told", "rule", "gpc", "yes"),
    [
        ({}, "granted", False, True),
        ({}, "required", False, False),
        ({"consent": "granted"}, "required", False, True),
        ({"consent": "denied"}, "granted", False, False),
        ({"consent": None}, "granted", False, False),
        ({"consent": True}, "granted", False, False),
        ({"consent": "granted"}, "granted", True, False),
    ],
)
def test_only_a_clear_yes_is_consent(told: Any, rule: str, gpc: bool, yes: bool) -> None:
    assert consented(told, Shop("moon", "pk", consent=rule), gpc=gpc) is yes


def test_a_driven_browser_and_a_crawler_are_bots_and_people_and_tools_are_not() -> None:
    assert visit(event(), webdriver=True).bot
    assert visit(event(), agent=Agent(bot=True)).bot
    assert read_agent("Mozilla/5.0 (compatible; Googlebot/2.1)").bot
    assert read_agent("Mozilla/5.0 X11 HeadlessChrome/150.0").bot
    for tool in ("python-requests/2.34", "curl/8.5", "", "okhttp/5"):
        assert not read_agent(tool).bot
    assert not read_agent("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36").bot


def test_an_event_of_the_server_without_an_id_gets_one_of_its_content() -> None:
    raw = {"name": "page_view", "visitor_id": CHO, "timestamp": MOMENT}
    first, again = (taken(raw, source="server") for _ in range(2))
    other = taken({**raw, "timestamp": MOMENT + 1}, source="server")
    assert first.event_id == again.event_id != other.event_id


def test_an_order_told_twice_has_one_id_and_a_customer_a_visitor_id() -> None:
    body = {"transaction_id": "A-1", "customer_id": "13085", "value": "20000"}
    first, again = (check_order(body, SEOUL, MOMENT + n) for n in range(2))
    assert first.event_id == again.event_id
    assert first.visitor_id == customer_visitor_id("13085")
    assert (first.name, first.value, first.source) == ("purchase", 20000, "server")
    assert check_order({**body, "status": "refunded"}, SEOUL, MOMENT).name == "refund"


@pytest.mark.parametrize(
    "wrong",
    [
        {"transaction_id": None},
        {"transaction_id": ""},
        {"value": -1},
        {"value": None},
        {"status": "lost"},
        {"currency": "WON!"},
        {"customer_id": None},
        {"timestamp": "soon"},
        {"items": "x"},
    ],
)
def test_an_order_that_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    body = {"transaction_id": "A-1", "customer_id": "13085", "value": 1, **wrong}
    with pytest.raises(BodyRefused):
        check_order(body, SEOUL, MOMENT)


def test_a_product_keeps_what_was_told_and_is_refused_with_why() -> None:
    good, refused = check_items(
        {
            "items": [
                {"item_id": 7, "name": "Hat", "price": "20000", "url": "/hat", "tags": ["wool"]},
                {"item_id": "x", "url": "javascript:alert(1)"},
                {"item_id": "y", "availability": "maybe"},
                "?",
            ]
        },
        SEOUL,
    )
    assert [(one.item_id, one.price, one.tags, one.availability) for one in good] == [
        ("7", 20000, ("wool",), None)
    ]
    assert [one.index for one in refused] == [1, 2, 3]


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**13),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "1", "12.50", "1e5", "-1", "hat", "USD", "x" * 129, "a\nb", "\uff11"]),
)
items = st.lists(
    st.fixed_dictionaries({}, optional={"item_id": scalars, "price": scalars, "quantity": scalars}),
    max_size=3,
)
odd_events = st.fixed_dictionaries(
    {"name": st.sampled_from(["page_view", "custom_thing"]), "event_id": st.just("event-00000001")},
    optional={
        "timestamp": scalars,
        "params": st.fixed_dictionaries(
            {},
            optional={"value": scalars, "transaction_id": scalars, "items": items, "tax": scalars},
        ),
    },
)


@settings(max_examples=300, deadline=None)
@given(raw=odd_events)
def test_the_hand_written_checks_and_the_described_schema_agree(raw: dict[str, Any]) -> None:
    body = {"key": "pk_moon", "visitor_id": CHO, "events": [raw]}
    try:
        VisitSchema().load(body)
        described = True
    except ValidationError:
        described = False
    assert (len(visit(raw).events) == 1) is described
