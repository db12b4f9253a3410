"""Do all who read a body give one verdict, and does the reader read what JSON says?

The bodies are good ones, as pages send them, and the same with one or two places spoiled.
"""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.checks import MOST_EVENTS, check_visit
from plugin.collect.event import Batch
from plugin.collect.quick import check_quickly, read_visit
from plugin.collect.reader import DEEPEST, LARGEST, read_object
from plugin.collect.schemas import VisitSchema
from plugin.collect.scrub import scrub_text, scrubbed
from plugin.collect.vocabulary import canonical_name
from plugin.errors import BodyRefused
from plugin.shop import DAY, MINUTE, Shop

NOON = 1_790_046_000_000
SEOUL = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")
WHOLE = "the whole body"  # the verdict on a body of which nothing is taken
Verdict = str | frozenset[int]
thorough = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# ---- good bodies

LETTERS = string.ascii_letters + string.digits
visitor_ids = st.text(LETTERS + "-_", min_size=12, max_size=40).map(lambda text: "mina" + text)
event_ids = st.text(LETTERS + "-_", min_size=8, max_size=64)
amounts = st.one_of(
    st.integers(0, 10**12),
    st.floats(0, 10**12),
    st.integers(0, 10**12).map(str),
    st.sampled_from(["12.50", "0.000001", "0012", "7.123456"]),
)
pieces = st.one_of(st.integers(1, 10**6), st.sampled_from(["2", "0.5", 0.25, 1_000_000.0]))
ids = st.one_of(
    st.integers(0, 2**53 - 1),
    st.text(LETTERS + " -모자", min_size=1, max_size=128).map("i".__add__),
).filter(lambda value: isinstance(value, int) or len(value) <= 128)
words = st.text(max_size=20)
times = st.one_of(
    st.integers(0, 253402300799999),
    st.integers(NOON - 31 * DAY, NOON + 10 * MINUTE),
    st.sampled_from(
        [
            *("2026-09-22T03:00:00Z", "2026-09-22T12:00:00.123456+09:00", "1900-01-01T00:00:00Z"),
            *("2024-02-29T23:59:59-00:00", "2016-12-31T23:59:60Z", "0001-01-01T00:00:00+23:59"),
            *("9999-12-31T23:59:59-23:59", "2026-09-22t03:00:00z"),
        ]
    ),
)
item_lines = st.fixed_dictionaries(
    {"item_id": ids},
    optional={
        "item_name": words,
        "item_category": words,
        "price": amounts,
        "discount": amounts,
        "quantity": pieces,
        "url": st.just("https://moon.example/hat?token=1"),
        "index": st.integers(0, 9),
    },
)
baskets = st.lists(item_lines, min_size=1, max_size=3)
scalars = st.one_of(
    words, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
tellings = st.dictionaries(
    st.one_of(
        st.sampled_from(
            ["note", "page_title", "page_location", "search_term", "coupon", "bad-key"]
        ),
        st.text(string.ascii_lowercase, min_size=1, max_size=6).map("x".__add__),
    ),
    st.one_of(scalars, st.lists(scalars, max_size=2), st.just({"a": {"b": 1}})),
    max_size=4,
)


def of_name(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Params that an event of this name may have."""
    known: dict[str, Any] = {"tax": amounts, "shipping": amounts}
    needed: dict[str, Any] = {}
    if canonical_name(name) != name:  # another program's words
        by_name = {
            "Product Added": {"product_id": ids, "price": amounts, "quantity": pieces},
            "Order Completed": {"order_id": ids, "revenue": amounts},
            "AddToCart": {"content_ids": st.lists(ids, min_size=1, max_size=3)},
        }
        return st.fixed_dictionaries(by_name[name])
    if name in ("view_item", "add_to_cart", "begin_checkout", "view_cart"):
        needed["items"] = baskets
    if name in ("purchase", "refund"):
        needed["transaction_id"] = ids
        needed["value"] = amounts
    currency = st.sampled_from(["KRW", "krw", "USD", "eur"])
    optional = {**known, "value": amounts, "currency": currency, "items": baskets}
    fixed = st.fixed_dictionaries(
        needed, optional={k: optional[k] for k in optional.keys() - needed}
    )
    return st.builds(lambda told, money: {**told, **money}, tellings, fixed)


names = st.sampled_from(
    [
        *("page_view", "view_item", "add_to_cart", "begin_checkout", "view_cart", "purchase"),
        *("refund", "search", "identify", "consent", "generate_lead", "my_own_thing"),
        *("Product Added", "Order Completed", "AddToCart"),
    ]
)


@st.composite
def good_events(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(names)
    event = {"name": name, "event_id": draw(event_ids), "params": draw(of_name(name))}
    if draw(st.booleans()):
        event["timestamp"] = draw(times)
    if draw(st.integers(0, 9)) == 0:
        event["source"] = "server"  # a key nobody knows
    return event


good_bodies = st.fixed_dictionaries(
    {
        "key": st.just("pk_moon"),
        "visitor_id": visitor_ids,
        "events": st.lists(good_events(), min_size=1, max_size=4),
    },
    optional={
        "sent_at": times,
        "consent": st.sampled_from(["granted", "denied", "pending"]),
        "page": st.fixed_dictionaries(
            {}, optional={"url": words, "title": words, "width": st.integers(0, 4000)}
        ),
        "want": st.fixed_dictionaries(
            {},
            optional={
                "popup": st.booleans(),
                "windows": st.lists(st.sampled_from(["home-1", "cart-1"]), max_size=2),
                "item_id": ids,
                "cart": st.lists(ids, max_size=2),
            },
        ),
        "webdriver": st.booleans(),
        "unknown": scalars,
    },
)

# ---- and what spoils them

HOSTILE = [
    *(None, True, False, "", " ", "x" * 129, "a\nb", "a\x00b", "\ud800", "\udfff\ud800", "한글"),
    *(0, -1, 0.5, -0.0, 1e12, 1e12 + 1, 1e300, 2**53, 2**63, 10**30, -(2**63) - 1),
    *("1e5", "-1", "+1", ".5", "1.", "12,50", "\uff11", "\u0661", "0x10", "NaN", "1_000", "1\n"),
    *("ZZZ", "US", "u\u017fd", "\u212arw", "9lives", "page_view\n", "__proto__", "my event"),
    *("2026-02-30T00:00:00Z", "2026-09-22T03:00:00", "2026-09-22T12:00:60Z", "2026-W39-2"),
    *("0000-01-01T00:00:00Z", "2026-09-22T03:00:00+24:00", "2026-09-22 03:00:00Z"),
    *([], {}, [[]], [None], [1, 2], {"a": 1}, {"item_id": ""}, {"item_id": "hat"}, [{}]),
    *([{"item_id": "hat"}], [{"item_id": "hat", "currency": "ZZZ"}], "purchase", "view_item"),
    *({"__proto__": {"a": 1}}, "aaaaaaaaaaaaaaaa", "abcabcabc-abcabcabc", "event-00000001\n"),
]
KNOWN = [
    *("name", "event_id", "timestamp", "params", "value", "tax", "discount", "currency", "items"),
    *("transaction_id", "item_id", "price", "quantity", "visitor_id", "events", "page", "want"),
    *("sent_at", "consent", "webdriver", "page_location", "product_id", "order_id", "revenue"),
    *("products", "content_ids", "__proto__", "constructor", "", "bad-key", "unknown"),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, one in inner if isinstance(value, (dict, list)) else ():
        yield (*path, step)
        if isinstance(one, (dict, list)):
            yield from places(one, (*path, step))


def around(body: Any, path: tuple[Any, ...]) -> Any:
    """What holds the thing at ``path``."""
    for step in path[:-1]:
        body = body[step]
    return body


@st.composite
def spoiled_bodies(draw: st.DrawFn) -> dict[str, Any]:
    body = copy.deepcopy(draw(good_bodies))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from([path for path in places(body) if path != ("key",)]))
        holder, last = around(body, path), path[-1]
        how = draw(st.sampled_from(["replace", "replace", "replace", "add", "remove", "repeat"]))
        if how == "replace":
            holder[last] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
        elif how == "remove":
            del holder[last]
        elif how == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(KNOWN))] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
        elif isinstance(holder, dict):  # 1 to 55 keys more: fifty are the most
            holder.update({f"k{n}": n for n in range(draw(st.integers(1, 55)))})
        else:  # 26 events, 201 items are too many
            most = {"events": 26, "items": 201}.get(str(path[-2]) if len(path) > 1 else "", 3)
            times = draw(st.sampled_from([1, most - 1, most]))
            holder.extend(copy.deepcopy(holder[last]) for _ in range(times - len(holder)))
    return body


def verdict_of(batch: Batch) -> Verdict:
    """Which events of a batch were turned away."""
    return frozenset(one.index for one in batch.refused)


def checked(text: bytes) -> tuple[Verdict, Batch | None]:
    """What the hand-written checks say of a body."""
    try:
        batch = check_visit(read_object(text), SEOUL, NOON)
    except BodyRefused:
        return WHOLE, None
    return verdict_of(batch), batch


def described(text: bytes) -> Verdict:
    """What the described schema says of the same body."""
    try:
        body = read_object(text)
    except BodyRefused:
        return WHOLE
    wrong: dict[Any, Any] = VisitSchema().validate(told_the_currency(body))
    numbered = wrong.get("events", {})
    if set(wrong) - {"events"} or isinstance(numbered, list):
        return WHOLE
    if numbered and len(body["events"]) > MOST_EVENTS:  # marshmallow counts good events alone
        return WHOLE
    return frozenset(numbered)


def told_the_currency(body: dict[str, Any]) -> dict[str, Any]:
    """The body with the shop's currency where an event names none: a schema knows no shop."""
    events = body.get("events")
    for event in events if isinstance(events, list) else ():
        name = event.get("name") if isinstance(event, dict) else None
        ours = isinstance(name, str) and canonical_name(name) == name
        if ours and isinstance(event.get("params"), dict) and len(event["params"]) < 50:
            event["params"].setdefault("currency", SEOUL.currency)
    return body


def written(body: Any, *, tight: bool, plain: bool) -> bytes:
    """The body as JSON: with blanks or without, letters as they are or as escapes."""
    separators = (",", ":") if tight else (", ", ": ")
    text = json.dumps(body, separators=separators, ensure_ascii=not plain)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a letter has no bytes, only an escape
        return json.dumps(body, separators=separators).encode()


@thorough
@given(body=good_bodies, tight=st.booleans(), plain=st.booleans())
def test_a_good_body_is_taken_whole_by_the_checks_and_by_the_description(
    body: dict[str, Any], tight: bool, plain: bool
) -> None:
    text = written(body, tight=tight, plain=plain)
    assert checked(text)[0] == described(text) == frozenset()


@thorough
@given(body=spoiled_bodies(), tight=st.booleans(), plain=st.booleans())
def test_the_checks_and_the_description_refuse_the_same_events(
    body: dict[str, Any], tight: bool, plain: bool
) -> None:
    text = written(body, tight=tight, plain=plain)
    assert checked(text)[0] == described(text)


@thorough
@given(body=st.one_of(good_bodies, spoiled_bodies()), tight=st.booleans(), plain=st.booleans())
def test_what_is_read_quickly_is_what_is_read_with_care(
    body: dict[str, Any], tight: bool, plain: bool
) -> None:
    text = written(body, tight=tight, plain=plain)
    verdict, careful = checked(text)
    try:
        visit = read_visit(text)
        quick = check_quickly(visit, SEOUL, NOON) if visit is not None else None
    except BodyRefused:
        assert verdict == WHOLE
        return
    if quick is not None:
        assert quick == careful


@pytest.mark.parametrize("wrong", [[], {}, None, 7, "x", True, [1], {"a": 1}, "1", 0, "a\x00"])
@pytest.mark.parametrize(
    "path",
    [
        *(("events", 1), ("events", 1, "name"), ("events", 1, "event_id"), ("events", 1, "params")),
        *(("events", 1, "timestamp"), ("events", 1, "params", "value"), ("visitor_id",)),
        *(("events", 1, "params", "currency"), ("events", 1, "params", "transaction_id")),
        *(("events", 1, "params", "items"), ("events", 1, "params", "items", 0)),
        *(("events", 1, "params", "items", 0, "item_id"), ("events", 1, "params", "note")),
        *(("events", 1, "params", "items", 0, "price"), ("page", "url"), ("page", "width")),
        *(("events", 1, "params", "items", 0, "quantity"), ("events", 1, "params", "tax")),
        *(("events", 1, "params", "items", 0, "currency"), ("events",), ("page",), ("want",)),
        *(("sent_at",), ("consent",), ("events", 1, "params", "items", 0, "item_name")),
        *(("want", "popup"), ("want", "windows"), ("want", "item_id"), ("want", "cart")),
    ],
    ids=lambda path: ".".join(map(str, path)),
)
def test_one_wrong_thing_in_each_place_has_one_verdict(path: tuple[Any, ...], wrong: Any) -> None:
    line = {"item_id": "hat", "item_name": "Hat", "price": 5, "quantity": 1, "currency": "KRW"}
    params = {"value": 5, "currency": "KRW", "tax": 1, "transaction_id": "A-1", "note": "x"}
    told = [
        {"name": "page_view", "event_id": "event-00000001", "params": {}},
        {
            "name": "purchase",
            "event_id": "event-00000002",
            "timestamp": NOON,
            "params": {**params, "items": [line]},
        },
    ]
    body: dict[str, Any] = {
        "key": "pk_moon",
        "visitor_id": "mina-0123456789abcdef",
        "sent_at": NOON,
        "consent": "granted",
        "page": {"url": "https://moon.example/", "width": 390},
        "want": {"popup": True, "windows": ["home-1"], "item_id": "hat", "cart": ["hat"]},
        "events": told,
    }
    around(body, path)[path[-1]] = wrong
    text = json.dumps(body).encode()
    assert checked(text)[0] == described(text)


# ---- the reader


def json_values(levels: int) -> st.SearchStrategy[Any]:
    """Any JSON value with at most ``levels`` lists and objects inside each other."""
    leaf = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**17), 10**17),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.sampled_from(["{[[[", '"', "\\", "\\\\", ":", '":{', "\\u003a", "\ud800", "a\x00"]),
    )
    value: st.SearchStrategy[Any] = leaf
    for _ in range(levels):
        inner = value
        value = st.one_of(
            leaf,
            st.lists(inner, max_size=3),
            st.dictionaries(st.one_of(st.text(max_size=4), st.just(":")), inner, max_size=3),
        )
    return value


objects = st.dictionaries(st.text(max_size=6), json_values(4), max_size=4)


@thorough
@given(found=objects, wrapped=st.integers(0, 5), tight=st.booleans(), plain=st.booleans())
def test_any_object_of_ten_levels_is_read_as_json_says(
    found: dict[str, Any], wrapped: int, tight: bool, plain: bool
) -> None:
    for _ in range(wrapped):  # the object has five levels at most, so these are ten
        found = {"in": found}
    text = written(found, tight=tight, plain=plain)
    assert read_object(text) == json.loads(text)


@thorough
@given(found=objects, around=st.lists(st.booleans(), min_size=DEEPEST, max_size=30))
def test_any_object_of_eleven_levels_or_more_is_refused(
    found: dict[str, Any], around: list[bool]
) -> None:
    value: Any = found
    for in_list in around:
        value = [value] if in_list else {"in": value}
    with pytest.raises(BodyRefused):
        read_object(json.dumps({"x": value}).encode())


@st.composite
def repeating(draw: st.DrawFn) -> str:
    """The text of an object in which, somewhere, a key stands twice."""
    key = draw(st.text(max_size=4))
    first, second = draw(json_values(1)), draw(json_values(1))
    again = json.dumps(key)
    if key and draw(st.booleans()):  # the same key in other letters
        again = '"' + "".join(f"\\u{ord(x):04X}" if ord(x) < 0x10000 else x for x in key) + '"'
    others = draw(st.dictionaries(st.text(min_size=5, max_size=8), json_values(1), max_size=2))
    members = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in others.items()]
    members += [f"{json.dumps(key)}:{json.dumps(first)}", f"{again}:{json.dumps(second)}"]
    text = "{" + ",".join(draw(st.permutations(members))) + "}"
    for in_list in draw(st.lists(st.booleans(), max_size=6)):
        beside = json.dumps(draw(json_values(0)))
        text = f"[{text},{beside}]" if in_list else f'{{"in":{text},"beside":{beside}}}'
    return f'{{"x":{text}}}'


@thorough
@given(text=repeating())
def test_a_key_that_stands_twice_at_any_depth_is_refused(text: str) -> None:
    with pytest.raises(BodyRefused):
        read_object(text.encode("utf-8", "surrogatepass"))


@thorough
@given(
    found=objects,
    spoil=st.sampled_from(["}", "x", "\0", ",", "{}", " 1", "//", "\ufeff", "\u00a0", "NaN"]),
    before=st.booleans(),
)
def test_an_object_with_anything_around_it_is_refused(
    found: dict[str, Any], spoil: str, before: bool
) -> None:
    text = written(found, tight=True, plain=True).decode()
    sent = spoil + text if before and spoil != "\ufeff" else text + spoil
    with pytest.raises(BodyRefused):
        read_object(sent.encode())


@thorough
@given(found=objects, place=st.integers(0, 10_000), bad=st.sampled_from(["ff", "c0af", "eda080"]))
def test_bytes_that_are_no_utf8_are_refused_or_stand_in_no_object(
    found: dict[str, Any], place: int, bad: str
) -> None:
    text = written(found, tight=True, plain=True)
    cut = place % (len(text) + 1)
    with pytest.raises(BodyRefused):
        read_object(text[:cut] + bytes.fromhex(bad) + text[cut:])


@thorough
@given(text=st.text(alphabet='{}[]":,\\ue1.-+ntfax\n\ud800', max_size=60))
def test_no_soup_of_structure_is_read_otherwise_than_json_reads_it(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    with suppress(BodyRefused):
        assert read_object(data) == json.loads(data)


@pytest.mark.parametrize("size", [LARGEST - 1, LARGEST, LARGEST + 1])
def test_the_limit_of_the_size_is_exact(size: int) -> None:
    body = b'{"a":"' + b"x" * (size - 8) + b'"}'
    if size > LARGEST:
        with pytest.raises(BodyRefused, match="131072"):
            read_object(body)
    else:
        assert len(read_object(body)["a"]) == size - 8


# ---- what is personal

around_it = st.text(
    st.characters(codec="utf-8", exclude_characters="@\uff20", exclude_categories=["Nd", "Cc"]),
    max_size=30,
).map(lambda text: text + " ")
mail_names = st.from_regex(r"[a-z0-9][a-z0-9._+\-]{0,20}[a-z0-9]", fullmatch=True)
mail_hosts = st.sampled_from(
    ["mail.example", "mail.co.kr", "a.b.c.example", "xn--vv4b7v.xn--3e0b707e", "예시.한국"]
)
at_signs = st.sampled_from(["@", "\uff20", "%40", "%2540"])


@thorough
@given(before=around_it, name=mail_names, at=at_signs, host=mail_hosts, after=around_it)
def test_no_e_mail_address_is_left_in_any_text(
    before: str, name: str, at: str, host: str, after: str
) -> None:
    name = "zq" + name
    for read in (scrub_text, scrubbed):
        left = read(f"{before}{name}{at}{host} {after}")
        assert f"{name}{at}" not in left
        assert f"{at}{host}" not in left


def luhn(digits: str) -> str:
    """The digits with the check digit that makes them a card's number."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(n - 9 * (n > 9) for n in doubled) % 10)


cards = (
    st.integers(12, 18)
    .flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size).map("4".__add__))
    .map(lambda digits: luhn(digits[:18]))
)
separators = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2013", "  "])


@thorough
@given(before=around_it, card=cards, between=separators, step=st.sampled_from([3, 4, 6]))
def test_no_card_number_is_left_in_any_text(
    before: str, card: str, between: str, step: int
) -> None:
    shown = between.join(card[n : n + step] for n in range(0, len(card), step))
    for read in (scrub_text, scrubbed):
        left = read(f"{before}pay {shown} now")
        assert shown not in left
        assert card not in "".join(letter for letter in left if letter.isdigit())


@thorough
@given(
    before=around_it,
    born=st.dates(),
    sex=st.integers(1, 8),
    rest=st.integers(0, 999_999),
    between=st.sampled_from(["", "-", " ", "\u2013"]),
)
def test_no_resident_number_is_left_in_any_text(
    before: str, born: Any, sex: int, rest: int, between: str
) -> None:
    first = f"{born.year % 100:02}{born.month:02}{born.day:02}"
    shown = f"{first}{between}{sex}{rest:06}"
    for read in (scrub_text, scrubbed):
        assert f"{sex}{rest:06}" not in read(f"{before}no {shown} so")
