"""What the contract promises of events, where a first reading is easily wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.collect.agents import read_agent
from plugin.collect.checks import check_visit
from plugin.collect.event import Batch, Event, Item
from plugin.collect.items import check_items
from plugin.collect.reader import read_object
from plugin.collect.schemas import VisitSchema
from plugin.collect.scrub import scrub_text, scrub_url, scrubbed
from plugin.errors import BodyRefused
from plugin.shop import DAY, Shop

MINA = "mina-0123456789abcdef"
SEOUL = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")
MOMENT = 1_790_046_000_000
NONE: frozenset[str] = frozenset()


def event(**more: Any) -> dict[str, Any]:
    return {"name": "page_view", "event_id": "event-00000001", **more}


def visit(*events: Any, shop: Shop = SEOUL, now: int = MOMENT, **more: Any) -> Batch:
    options = {key: more.pop(key) for key in ("source", "agent", "gpc", "find_item") if key in more}
    return check_visit({"visitor_id": MINA, "events": list(events), **more}, shop, now, **options)


def taken(raw: dict[str, Any], **more: Any) -> Event:
    batch = visit(raw, **more)
    assert batch.refused == ()
    return batch.events[0]


# ---- ids that the server makes


def test_a_server_event_without_an_id_may_hold_half_a_letter() -> None:
    raw = {"name": "note", "timestamp": MOMENT, "params": {"text": "\ud800"}}
    assert taken(raw, source="server").params == {"text": "\ufffd"}


def test_a_server_event_without_id_and_time_may_happen_again_tomorrow() -> None:
    raw = {"name": "login"}
    today = taken(raw, source="server")
    tomorrow = taken(raw, source="server", now=MOMENT + DAY)
    assert today.event_id != tomorrow.event_id


def test_two_alike_in_one_batch_without_id_and_time_are_two() -> None:
    first, second = visit({"name": "login"}, {"name": "login"}, source="server").events
    assert first.event_id != second.event_id


# ---- other programs' events


@pytest.mark.parametrize(
    ("name", "params", "ours", "items"),
    [
        (
            "Product Added",
            {"product_id": "hat", "sku": "hat-red", "name": "Hat", "price": 5, "quantity": 2},
            "add_to_cart",
            (Item("hat", name="Hat", price=5, quantity=2),),
        ),
        (
            "Product List Viewed",
            {"products": [{"product_id": "hat"}, {"sku": "cap"}]},
            "view_item_list",
            (Item("hat"), Item("cap")),
        ),
        (
            "ViewContent",
            {"content_ids": ["hat"], "content_name": "Hat"},
            "view_item",
            (Item("hat"),),
        ),
        (
            "AddToCart",
            {"contents": [{"id": "hat", "quantity": 2, "item_price": 5}]},
            "add_to_cart",
            (Item("hat", price=5, quantity=2),),
        ),
        (
            "Viewed Product",
            {"ProductID": 7, "ProductName": "Hat", "Categories": ["Hats", "Sale"]},
            "view_item",
            (Item("7", name="Hat", category="Hats"),),
        ),
        (
            "product_viewed",
            {
                "productVariant": {
                    "id": "71",
                    "title": "Red",
                    "price": {"amount": 5, "currencyCode": "KRW"},
                    "product": {"id": "7", "title": "Hat", "vendor": "Moon", "type": "Hats"},
                }
            },
            "view_item",
            (Item("7", name="Hat", brand="Moon", category="Hats", variant="Red", price=5),),
        ),
        (
            "product_added_to_cart",
            {"cartLine": {"quantity": 3, "merchandise": {"product": {"id": "7"}}}},
            "add_to_cart",
            (Item("7", quantity=3),),
        ),
    ],
)
def test_another_programs_products_become_our_items(
    name: str, params: dict[str, Any], ours: str, items: tuple[Item, ...]
) -> None:
    found = taken(event(name=name, params=params))
    assert (found.name, found.items) == (ours, items)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("Order Completed", {"order_id": "A-1", "revenue": 9, "total": 12, "currency": "USD"}),
        ("Purchase", {"eventID": "A-1", "value": 9, "currency": "USD"}),
        ("Placed Order", {"OrderId": "A-1", "$value": 9, "$currency_code": "USD"}),
        (
            "checkout_completed",
            {
                "checkout": {
                    "order": {"id": "A-1"},
                    "currencyCode": "USD",
                    "totalPrice": {"amount": 9},
                    "lineItems": [],
                }
            },
        ),
    ],
)
def test_another_programs_order_becomes_a_purchase(name: str, params: dict[str, Any]) -> None:
    found = taken(event(name=name, params=params))
    assert (found.name, found.transaction_id, found.value, found.currency) == (
        "purchase",
        "A-1",
        900,
        "USD",
    )


def test_a_custom_event_keeps_its_own_meaning_of_total_and_query() -> None:
    found = taken(event(name="quiz_done", params={"total": "lots", "query": "why", "id": "q1"}))
    assert found.params == {"total": "lots", "query": "why", "id": "q1"}
    assert (found.value, found.items) == (None, ())


def test_a_form_of_anothers_is_no_product() -> None:
    found = taken(event(name="form_submitted", params={"id": "news", "name": "Mina"}))
    assert (found.name, found.items, found.params["name"]) == ("generate_lead", (), "Mina")


# ---- personal data


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("card 4111 1111 1111 1111 12/27", "card [removed] 12/27"),
        ("card 4111 1111 1111 1111 123", "card [removed] 123"),
        ("card 4111\u20131111\u20131111\u20131111.", "card [removed]."),
        ("card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "card [removed]"),
        ("\uff14\uff11\uff11\uff11" + "\uff11" * 12, "[removed]"),
        ("한글@예시.한국 로", "[removed] 로"),
        ("a%2540mail.example", "[removed]"),
        ("mina\uff20mail.example", "[removed]"),
        ("see ftp://mina:pw@host.example/x", "see ftp://host.example/x"),
        ("see https://moon.example/x?token=abc&q=hat ok", "see https://moon.example/x?q=hat ok"),
        ("3 for the price @ 2.50", "3 for the price @ 2.50"),
        ("buy 3@5.00", "buy 3@5.00"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_what_is_personal_leaves_a_text_and_the_rest_stays(text: str, left: str) -> None:
    assert scrub_text(text) == left


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("HTTPS://moon.example/x?token=abc", "HTTPS://moon.example/x"),
        ("/orders?email=mina@mail.example&page=2", "/orders?page=2"),
        ("?token=abc&s=hat", "?s=hat"),
        ("https://moon.example/?q=mina%2540mail.example", "https://moon.example/?q=%5Bremoved%5D"),
        (
            "https://moon.example/?utm_content=https%3A%2F%2Fx.example%2F%3Ftoken%3Dabc",
            "https://moon.example/?utm_content=https%3A%2F%2Fx.example%2F",
        ),
        ("https://moon.example/?utm_mina@mail.example=1", "https://moon.example/"),
        ("//mina:pw@moon.example/x", "//moon.example/x"),
        ("https://moon.example/a%2Fb?q=red%20hat", "https://moon.example/a%2Fb?q=red%20hat"),
    ],
)
def test_an_address_leaves_only_what_may_be_known(url: str, left: str) -> None:
    assert scrub_url(url, NONE) == left


def test_no_half_of_an_address_is_left_where_a_text_is_cut() -> None:
    assert "mina" not in scrubbed("x" * 1015 + " mina@mail.example")


def test_links_of_items_are_scrubbed_too() -> None:
    items = [{"item_id": "hat", "url": "https://moon.example/hat?email=mina@mail.example"}]
    found = taken(event(params={"items": items}))
    assert found.items[0].url == "https://moon.example/hat"


@pytest.mark.parametrize(
    "text",
    [
        "4" * 130_000,
        "4 " * 65_000,
        "a%40" * 32_000,
        "a@" * 65_000,
        "//" * 65_000,
        "a://" * 32_000,
        "https://a.example/?q=" * 6_000,
        "https://a.example/?q=%25" + "2525" * 30_000,
    ],
)
def test_no_text_of_a_whole_body_takes_long(text: str) -> None:
    began = time.process_time()
    scrub_text(text)
    scrub_url(text, NONE)
    scrubbed(text)
    assert time.process_time() - began < 1


# ---- consent and bots


@pytest.mark.parametrize(
    ("told", "body", "rule", "yes"),
    [
        (["denied"], {}, "granted", False),
        (["granted"], {}, "required", True),
        (["granted", "denied"], {}, "granted", False),
        (["denied", "granted"], {}, "required", True),
        (["denied"], {"consent": "granted"}, "granted", False),
        (["granted"], {"consent": "denied"}, "granted", False),
        (["granted"], {"consent": None}, "granted", False),
        ([], {}, "required", False),
    ],
)
def test_a_consent_event_decides_with_the_body(
    told: list[str], body: dict[str, Any], rule: str, yes: bool
) -> None:
    events = [
        event(name="consent", event_id=f"consent-{n}", params={"state": word})
        for n, word in enumerate(told)
    ]
    shop = Shop("moon", "pk_moon", consent=rule)
    assert visit(event(), *events, shop=shop, **body).consented is yes


def test_a_consent_event_that_cannot_be_read_is_a_no() -> None:
    assert not visit(event(), {"name": "consent"}).consented


def test_an_event_of_a_driven_browser_makes_its_batch_a_bots() -> None:
    assert visit(event(webdriver=True)).bot
    assert not visit(event(webdriver=True), source="server").bot


@pytest.mark.parametrize(
    "tool",
    ["Python/3.11 aiohttp/3.9.1", "python-requests/2.34.0", "Go-http-client/2.0", "axios/1.7", ""],
)
def test_a_tool_of_the_shops_own_people_is_no_bot(tool: str) -> None:
    assert not read_agent(tool).bot


def test_a_crawler_is_a_bot_even_if_it_names_its_tool() -> None:
    assert read_agent("Java/17 (compatible; Googlebot/2.1)").bot or read_agent("Googlebot/2.1").bot


# ---- traits, pages, items


@pytest.mark.parametrize("amount", ["12.50", 12.5])
def test_an_amount_is_kept_as_a_number_in_whichever_form_it_was_sent(amount: Any) -> None:
    amounts = {"tax": amount, "shipping": amount, "discount": amount}
    sale = {"transaction_id": "A-1", "currency": "EUR", "value": 40}
    found = taken(event(name="purchase", params={**sale, **amounts}))
    assert found.params == {"tax": 12.5, "shipping": 12.5, "discount": 12.5}


def test_a_trait_may_be_called_as_money_is() -> None:
    found = taken(event(name="identify", params={"value": "high", "currency": "won", "tax": True}))
    assert found.params == {"value": "high", "currency": "won", "tax": True}


def test_the_page_is_no_trait_of_whom_is_identified() -> None:
    agent = read_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile Safari/604.1")
    batch = visit(
        event(name="identify", params={"plan": "gold"}),
        event(name="search", event_id="event-00000002"),
        page={"url": "https://moon.example/", "type": None},
        agent=agent,
    )
    assert batch.events[0].params == {"plan": "gold"}
    assert batch.events[1].params["page_location"] == "https://moon.example/"


def test_the_catalogue_is_asked_for_the_address_as_it_was_sent() -> None:
    asked: list[str] = []

    def find(_: str, location: str) -> Item:
        asked.append(location)
        return Item("7")

    where = "https://moon.example/detail.html?product_no=7"
    found = taken(event(name="view_item", params={"page_location": where}), find_item=find)
    assert asked == [where]
    assert found.params["page_location"] == "https://moon.example/detail.html"


@pytest.mark.parametrize("body", [{"page": None}, {"page": []}, {"sent_at": None}, {"sent_at": ""}])
def test_what_stands_around_the_events_must_be_right_where_it_is(body: dict[str, Any]) -> None:
    with pytest.raises(BodyRefused):
        visit(event(), **body)


def test_a_blank_order_number_is_none() -> None:
    assert visit(event(name="purchase", params={"transaction_id": " ", "value": 1})).refused


# ---- times and money


@pytest.mark.parametrize(
    ("timestamp", "source", "at", "adjusted"),
    [
        ("1900-01-01T00:00:00Z", "browser", MOMENT, True),
        ("1900-01-01T00:00:00Z", "server", MOMENT, True),
        (0, "server", 0, False),
        (253402300799999, "server", MOMENT, True),
        ("9999-12-31T23:59:59-23:59", "server", MOMENT, True),
        ("2026-09-22T03:00:00.1239999999999Z", "browser", MOMENT + 123, False),
        ("2016-12-31T23:59:60Z", "server", 1_483_228_800_000, False),
        ("2026-09-22t03:00:00z", "browser", MOMENT, False),
        ("2026-09-22T03:00:00-00:00", "browser", MOMENT, False),
    ],
)
def test_any_real_time_is_accepted_and_believed_if_it_can_be(
    timestamp: Any, source: str, at: int, adjusted: bool
) -> None:
    found = taken(event(timestamp=timestamp), source=source)
    assert (found.at, found.adjusted) == (at, adjusted)
    assert SEOUL.day(found.at) >= 0


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-09-22T12:00:60Z",
        "0000-01-01T00:00:00Z",
        "2026-09-22T03:00:00+24:00",
        "2026-09-22T03:00:00+09:60",
        "2026-09-22T24:00:00Z",
        "2026-W39-2T03:00:00Z",
        "\uff12026-09-22T03:00:00Z",
    ],
)
def test_a_time_that_does_not_exist_is_refused(timestamp: str) -> None:
    assert visit(event(timestamp=timestamp)).refused


@pytest.mark.parametrize("currency", ["ZZZ", "US", "USDD", "", "us$", "XXX", "\uff35SD", 840, None])
def test_a_currency_that_is_none_is_refused(currency: Any) -> None:
    assert visit(event(params={"value": 1, "currency": currency})).refused


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://moon.example/a?b=c", "https://moon.example/a?b=c"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        (" /hat ", "/hat"),
        ("/\\evil.example", None),
        ("https://\\evil.example", None),
        ("https:///evil.example", None),
        ("java\tscript:alert(1)", None),
        ("https://moon.example/a b", None),
        ("data:image/png;base64,AA", None),
    ],
)
def test_a_products_link_leads_where_it_says_or_is_refused(link: str, kept: str | None) -> None:
    good, refused = check_items({"items": [{"item_id": "hat", "url": link}]}, SEOUL)
    assert [one.url for one in good] == ([kept] if kept else [])
    assert len(refused) == (0 if kept else 1)


# ---- the reader


def test_half_a_letter_and_a_number_beyond_floats_are_json() -> None:
    assert read_object(b'{"a": "\\ud800", "b": 1e999}')["a"] == "\ud800"


def test_a_key_that_repeats_is_found_beside_half_a_letter() -> None:
    with pytest.raises(BodyRefused, match="stands twice"):
        read_object(b'{"a": "\\ud800:", "b": {"c": 1, "\\u0063": 2}}')


@pytest.mark.parametrize(
    "body", [b'"' * 131_072, b'\\"' * 65_536, b'{"a":"' + b"\\" * 131_000, b":" * 131_072]
)
def test_no_body_takes_long_to_read(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BodyRefused):
        read_object(body)
    assert time.process_time() - began < 1


# ---- empty texts


def test_an_empty_text_is_kept_and_told_from_one_that_was_not_sent() -> None:
    lines = [
        {"item_id": "bag", "item_name": "", "item_brand": " ", "item_category": ""},
        {"item_id": "hat", "item_variant": ""},
    ]
    told = taken(event(name="view_item", params={"items": lines, "note": ""}))
    assert told.params == {"note": ""}
    assert told.items == (
        Item("bag", name="", brand=" ", category=""),
        Item("hat", variant=""),
    )


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({"item_category": "", "item_category2": "Boots"}, "Boots"),
        ({"item_category2": "Boots"}, "Boots"),
        ({"item_category": "Shoes", "item_category2": ""}, "Shoes"),
        ({"item_category": "", "item_category2": ""}, ""),
        ({"item_category2": 7}, None),
        ({}, None),
    ],
)
def test_a_category_of_empty_words_is_empty_and_one_of_none_is_not_known(
    told: dict[str, Any], path: str | None
) -> None:
    line = {"item_id": "bag", **told}
    assert taken(event(name="view_item", params={"items": [line]})).items[0].category == path


# ---- the description


texts = st.sampled_from(["", " ", "1", "12.50", "1e5", "-1", "hat", "USD", "usd", "ZZZ", "x" * 129])
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 10**13), st.floats(allow_nan=False), texts
)
times = st.sampled_from(
    ["2026-02-30T00:00:00Z", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00", "2026-02-28T25:00:00Z"]
)
lines = st.one_of(
    scalars,
    st.fixed_dictionaries(
        {"item_id": st.one_of(st.just("hat"), scalars)},
        optional={"price": scalars, "quantity": scalars, "discount": scalars, "item_name": scalars},
    ),
)
params = st.fixed_dictionaries(
    {},
    optional={
        "currency": st.one_of(st.just("USD"), scalars),
        "value": scalars,
        "tax": scalars,
        "transaction_id": st.one_of(st.just("A-1"), scalars),
        "items": st.one_of(scalars, st.lists(lines, max_size=2)),
        "product_id": scalars,
        "total": scalars,
        "note": scalars,
    },
)
names = st.sampled_from(
    [
        *("page_view", "view_item", "purchase", "refund", "identify", "custom_thing"),
        *("Product Added", "Order Completed", "my event", "9lives", "x" * 41),
    ]
)
events = st.one_of(
    scalars,
    st.fixed_dictionaries(
        {"name": st.one_of(names, scalars), "event_id": st.one_of(st.just("event-01"), scalars)},
        optional={"timestamp": st.one_of(times, scalars), "params": st.one_of(params, scalars)},
    ),
)
bodies = st.fixed_dictionaries(
    {"key": st.just("pk_moon"), "visitor_id": st.one_of(st.just(MINA), scalars)},
    optional={"sent_at": scalars, "consent": scalars, "page": st.one_of(st.just({}), scalars)},
)


@settings(max_examples=400, deadline=None)
@given(body=bodies, sent=st.lists(events, max_size=3))
def test_the_description_names_the_same_events_as_the_checks(
    body: dict[str, Any], sent: list[Any]
) -> None:
    body = {**body, "events": sent}
    wrong: dict[Any, Any] = VisitSchema().validate(body)
    numbered = wrong.get("events", {})
    whole = bool(set(wrong) - {"events"}) or isinstance(numbered, list)
    try:
        batch = check_visit(body, SEOUL, MOMENT)
    except BodyRefused:
        assert whole
        return
    assert not whole
    assert {one.index for one in batch.refused} == set(numbered)
