"""The promises of plugin.serve.retain.choose and offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugin.profile.profile import CartLine, Profile
from plugin.serve.experiment import arm
from plugin.serve.product import Product
from plugin.serve.retain.choose import choose
from plugin.serve.retain.moment import Moment, Seen
from plugin.serve.retain.offer import merge_fields, money, popup_offer
from plugin.serve.retain.popup import Popup, read_popup
from plugin.shop import Shop

NOON = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("Asia/Seoul"))
MINA = Moment("mina-000000000001", "/demo/", NOON, lambda rule: False)


def popup(slug: str = "hello", **changes: Any) -> Popup:
    doc = {
        "trigger": {"on": "exit"},
        "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
        "control_share": 0,
        **changes,
    }
    return read_popup(slug, doc)


def chosen(*popups: Popup, **moment: Any) -> str | None:
    decision = choose(popups, replace(MINA, **moment))
    return decision and decision.popup.slug


def test_a_visitor_is_offered_the_most_important_popup_and_no_other() -> None:
    assert chosen(popup("a"), popup("c", priority=10), popup("b", priority=10)) == "b"


def test_nobody_is_offered_a_popup_when_there_is_none() -> None:
    assert choose([], MINA) is None


@pytest.mark.parametrize("path", ["/demo/checkout", "/order/orderform.html"])
def test_nobody_is_interrupted_at_the_checkout(path: str) -> None:
    assert chosen(popup(), page_path=path) is None
    assert chosen(popup(), page_path="/bestellen/1", checkouts=("/bestellen*",)) is None
    assert chosen(popup(), page_path="/bestellen/1") is not None


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False},
        {"pages": ["/other"]},
        {"pages": ["!/demo/*"]},
        {"schedule": {"until": "2026-11-02"}},
        {"audience": {"segment": "vip"}},
    ],
)
def test_a_popup_that_is_not_for_here_and_now_leaves_room_for_the_next(
    change: dict[str, Any],
) -> None:
    assert chosen(popup("first", priority=9, **change), popup("second")) == "second"


def test_a_visitor_in_the_audience_is_offered_its_popup() -> None:
    vip = popup(audience={"segment": "vip"})

    assert chosen(vip, matches=lambda rule: rule == vip.audience) == "hello"


@pytest.mark.parametrize(
    ("caps", "seen", "offered"),
    [
        ({"per_visit": 2}, Seen(views_visit=1), True),
        ({"per_visit": 2}, Seen(views_visit=2), False),
        ({"per_day": 1}, Seen(views_day=1), False),
        ({"per_day": 1}, Seen(views_week=1), True),
        ({"per_week": 3}, Seen(views_week=3), False),
        ({"ever": 5}, Seen(views_ever=5), False),
        ({"ever": 5}, Seen(views_ever=4), True),
        ({}, Seen(views_visit=9, views_day=9, views_week=9, views_ever=9), True),
        (None, Seen(views_visit=1), False),
    ],
)
def test_a_cap_is_kept(caps: dict[str, int] | None, seen: Seen, offered: bool) -> None:
    bar = popup(kind="bar", caps=caps)

    assert (chosen(bar, seen={"hello": seen}) == "hello") is offered


@pytest.mark.parametrize(
    ("stop_on", "seen", "offered"),
    [
        (["answer"], Seen(submits=1), False),
        (["answer"], Seen(clicks=1), False),
        (["answer"], Seen(dismissals=5), True),
        (["close2"], Seen(dismissals=1), True),
        (["close2"], Seen(dismissals=2), False),
        (["purchase"], Seen(orders=1), False),
        ([], Seen(submits=1, clicks=1, dismissals=9, orders=1), True),
        (None, Seen(clicks=1), False),
    ],
)
def test_a_popup_stops_when_its_work_is_done(
    stop_on: list[str] | None, seen: Seen, offered: bool
) -> None:
    asked = popup(stop_on=stop_on, caps={})

    assert (chosen(asked, seen={"hello": seen}) == "hello") is offered


def test_somebody_who_has_just_bought_is_not_asked_to_buy() -> None:
    assert chosen(popup(stop_on=["purchase"]), purchased=True) is None


def test_a_visit_that_met_two_other_popups_is_left_in_peace() -> None:
    met = {"one": Seen(views_visit=1), "two": Seen(views_visit=1)}

    assert chosen(popup(kind="bar"), seen=met) is None
    assert chosen(popup(kind="bar"), seen={"one": Seen(views_visit=1)}) == "hello"


def test_in_control_no_other_popup_takes_the_place() -> None:
    first, second = popup("first", priority=9, control_share=0.5), popup("second")
    kept = next(
        v for v in map("visitor-{:08d}".format, range(99)) if arm("first", v, 0.5) != "show"
    )

    decision = choose([first, second], replace(MINA, visitor_id=kept))

    assert decision is not None
    assert (decision.popup.slug, decision.arm) == ("first", "control")


def test_a_popup_that_names_no_share_takes_the_shops_own_or_else_a_half() -> None:
    asked = popup(control_share=None)
    people = [f"visitor-{number:08d}" for number in range(400)]

    def kept(share: float | None) -> int:
        moments = [replace(MINA, visitor_id=one, control_share=share) for one in people]
        return sum(d.arm == "control" for d in (choose([asked], m) for m in moments) if d)

    assert kept(0) == 0
    assert kept(0.1) < 70
    assert 150 < kept(None) < 250


def offer(asked: Popup, language: str = "en", **windows: list[dict[str, Any]]) -> Mapping[str, Any]:
    decision = choose([asked], replace(MINA, page_path="/"))
    assert decision is not None
    fields = {"name": "Mina"}
    return popup_offer(decision, language, fields, lambda slug: windows.get(slug, []))


def test_a_popup_is_offered_in_the_shoppers_language_with_plain_texts() -> None:
    asked = popup(variants=[{"blocks": [
        {"type": "text", "text": {"en": "Hi {name}", "ko": "{name}님"}, "style": "heading"},
        {"type": "button", "text": {"en": "Go", "ko": "가기"}, "url": "/cart"},
        {"type": "form", "fields": [
            {"name": "size", "label": {"en": "Size", "ko": "크기"}, "input": "select",
             "options": [{"en": "small", "ko": "작은"}]}]},
    ]}])  # fmt: skip

    assert offer(asked, "ko") == {
        "id": "hello", "variant": 0, "arm": "show", "kind": "modal", "close": "닫기",
        "trigger": {"on": "exit", "seconds": 3},
        "blocks": [
            {"type": "text", "text": "Mina님", "style": "heading"},
            {"type": "button", "text": "가기", "url": "/cart"},
            {"type": "form", "button": "보내기", "fields": [
                {"name": "size", "label": "크기", "input": "select", "required": False,
                 "options": ["작은"]}]},
        ],
    }  # fmt: skip


def test_control_gets_the_moment_to_log_and_nothing_else() -> None:
    asked = popup(control_share=0.5)
    kept = next(
        v for v in map("visitor-{:08d}".format, range(99)) if arm("hello", v, 0.5) != "show"
    )
    decision = choose([asked], replace(MINA, visitor_id=kept))
    assert decision is not None

    assert popup_offer(decision, "en", {}, lambda slug: []) == {
        "id": "hello", "arm": "control", "trigger": {"on": "exit", "seconds": 3},
    }  # fmt: skip


def test_a_window_in_a_popup_brings_its_products_or_is_left_out() -> None:
    asked = popup(variants=[{"blocks": [
        {"type": "window", "window": "full"}, {"type": "window", "window": "empty"},
    ]}])  # fmt: skip

    assert offer(asked, full=[{"item_id": "bag"}])["blocks"] == [
        {"type": "window", "window": "full", "items": [{"item_id": "bag"}]}
    ]


def test_an_offer_tells_nothing_about_why_it_was_made() -> None:
    vip = popup(audience={"segment": "vip"}, name="For our best")
    decision = choose([vip], replace(MINA, matches=lambda rule: True))
    assert decision is not None

    text = str(popup_offer(decision, "en", {}, lambda slug: []))

    assert "vip" not in text
    assert "best" not in text


def test_merge_fields_hold_what_is_known_and_nothing_else(shop: Shop) -> None:
    stranger = Profile("cho-0000000000002")
    mina = Profile(
        "mina-000000000001",
        cart=(CartLine("bag", 2, 15_000),), cart_items_now=1, cart_value_now=30_000,
        last_category="Bags > Totes", declared={"first_name": ("Mina", 1)},
    )  # fmt: skip
    generous = replace(shop, settings={"free_shipping_from": 50_000})

    assert merge_fields(stranger, generous, "en") == {}
    assert merge_fields(mina, generous, "ko", Product("bag", "Canvas bag")) == {
        "name": "Mina", "category": "Totes", "product": "Canvas bag",
        "cart_total": "30,000원", "gap": "20,000원",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("minor", "currency", "language", "read"),
    [
        (1_250, "EUR", "en", "€12.50"),
        (12_000, "KRW", "en", "₩12,000"),
        (12_000, "KRW", "ko-KR", "12,000원"),
        (1_234_567, "CHF", "en", "12,345.67 CHF"),
    ],
)
def test_money_reads_as_people_write_it(
    minor: int, currency: str, language: str, read: str
) -> None:
    assert money(minor, currency, language) == read
