"""The promises of plugin.serve.retain.popup, blocks and triggers."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused
from plugin.serve.retain.popup import Caps, Goal, popup_doc, read_popup
from plugin.serve.retain.target import ANYBODY, CartBounds
from plugin.serve.retain.triggers import TRIGGERS, Trigger, triggers_doc
from plugin.shop import DAY, HOUR

TEXT = {"type": "text", "text": "Hello"}
BASE: dict[str, Any] = {"trigger": {"on": "exit"}, "variants": [{"blocks": [TEXT]}]}
FULL: dict[str, Any] = {
    "slug": "cart-saver",
    "name": "Save the cart",
    "kind": "slide",
    "trigger": {"on": "time", "seconds": 8},
    "audience": {"segment": "cart-abandoners"},
    "pages": ["/demo/*", "!/demo/checkout"],
    "schedule": {
        "from": "2026-11-01", "until": "2026-11-30", "days": ["mon"], "hours": "09:00-18:00",
    },
    "caps": {"per_visit": 1, "per_week": 3},
    "stop_on": ["answer", "close2", "purchase"],
    "priority": 10,
    "control_share": 0.1,
    "goal": {"event": "purchase", "within": "3d"},
    "enabled": False,
    "variants": [
        {"weight": 2, "blocks": [
            {"type": "text", "text": {"en": "Wait, {name|friend}", "ko": "잠깐"},
             "style": "heading"},
            {"type": "image", "src": "/a.png", "alt": "A bag"},
            {"type": "button", "text": "Go", "url": "mailto:help@moon.example"},
            {"type": "coupon", "text": "MOON10"},
            {"type": "countdown", "minutes": 10},
            {"type": "countdown", "until": "2026-11-30T00:00:00Z"},
            {"type": "form", "fields": [
                {"name": "email", "label": "E-mail", "input": "email", "required": True,
                 "consent_text": "Send me news"},
                {"name": "size", "input": "select", "options": ["S", {"en": "M", "ko": "중"}]},
            ], "button": "Join"},
            {"type": "question", "name": "why", "text": "Why?", "choice": "single",
             "options": ["a"]},
            {"type": "question", "name": "stars", "text": "How?", "choice": "scale"},
            {"type": "window", "window": "cart-1"},
        ]},
        {"blocks": [TEXT]},
    ],
}  # fmt: skip


def with_block(**block: Any) -> dict[str, Any]:
    return {**BASE, "variants": [{"blocks": [block]}]}


def with_field(**field: Any) -> dict[str, Any]:
    return with_block(type="form", fields=[field])


def test_a_popup_needs_only_its_trigger_and_variants() -> None:
    popup = read_popup("hello", BASE)

    assert (popup.name, popup.kind, popup.priority, popup.enabled) == ("hello", "modal", 0, True)
    assert (popup.audience, popup.pages, popup.control_share) == (None, (), None)
    assert popup.goal == Goal("purchase", 7 * DAY)
    assert triggers_doc(popup.triggers) == {"on": "exit", "seconds": 3}
    assert (popup.target, popup.discount, popup.phone_first_page) == (ANYBODY, False, "wait")


def test_an_owner_who_sets_no_cap_does_not_pester_anybody() -> None:
    assert read_popup("hello", BASE).caps == Caps(per_visit=1)
    assert read_popup("hello", BASE).stop_on == ("answer",)
    assert read_popup("hello", {**BASE, "caps": {}, "stop_on": []}).caps == Caps()


def test_the_whole_of_a_popup_is_read() -> None:
    popup = read_popup("cart-saver", FULL)

    assert popup.caps == Caps(per_visit=1, per_week=3)
    assert popup.goal == Goal("purchase", 72 * HOUR)
    assert [variant.weight for variant in popup.variants] == [2, 1]
    assert [block["type"] for block in popup.variants[0].blocks] == [
        "text", "image", "button", "coupon", "countdown", "countdown", "form", "question",
        "question", "window",
    ]  # fmt: skip


@pytest.mark.parametrize("doc", [FULL, BASE])
def test_a_popup_written_out_reads_back_the_same(doc: dict[str, Any]) -> None:
    popup = read_popup("cart-saver", doc)

    assert read_popup("cart-saver", popup_doc(popup)) == popup


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "unknown keys: colour"),
        ({"trigger": None}, "trigger is missing"),
        ({"trigger": "exit"}, "trigger must be an object, not a text"),
        ({"trigger": {}}, "trigger.on is missing; known: load, time, scroll, exit"),
        ({"trigger": {"on": "hover"}}, "trigger.on is 'hover'; known: load, time, scroll, exit"),
        ({"trigger": {"on": ["exit"]}}, "trigger.on is"),
        ({"trigger": {"on": "load", "seconds": 3}}, "trigger has unknown keys: seconds"),
        ({"trigger": {"on": "time", "seconds": -1}}, "trigger.seconds must be between 0 and 3600"),
        ({"trigger": {"on": "time", "seconds": "3"}}, "trigger.seconds must be a number"),
        ({"variants": []}, "variants must hold 1 to 10"),
        ({"variants": [{"blocks": []}]}, "variants[0].blocks must hold 1"),
        ({"variants": [{"weight": 0, "blocks": [TEXT]}]}, "weight must be more than 0"),
        ({"variants": [{"blocks": [TEXT], "note": 1}]}, "variants[0] has unknown keys: note"),
        ({"kind": "fullscreen"}, "kind is 'fullscreen'; known: modal"),
        ({"caps": {"per_month": 1}}, "caps has unknown keys: per_month"),
        ({"caps": {"per_day": 0}}, "caps.per_day must be between 1"),
        ({"stop_on": ["anger"]}, "stop_on has 'anger'; known: answer, close2, purchase"),
        ({"priority": "high"}, "priority must be a number"),
        ({"goal": {"within": "soon"}}, "goal.within must be a span"),
        ({"goal": {"event": "a b"}}, "goal.event must be an event's name"),
        ({"schedule": {"days": ["someday"]}}, "schedule.days has 'someday'; known: mon"),
        ({"schedule": {"hours": ["09:00"]}}, "schedule.hours must be two different times"),
        ({"schedule": {"hours": [9, 25]}}, "schedule.hours must be two different times"),
        ({"schedule": {"from": "soon"}}, "schedule.from must be a date or a time"),
        ({"schedule": {"from": "2026-11-02", "until": "2026-11-01"}}, "until must be after from"),
        ({"pages": ["checkout"]}, "pages has 'checkout'; write a path"),
    ],
)
def test_what_a_popup_cannot_mean_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_popup("hello", {**BASE, **change})

    assert says in refusal.value.message


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({}, "blocks[0].type is missing; known: text"),
        ({"type": "html", "html": "<b>"}, "blocks[0].type is 'html'"),
        ({"type": ["text"]}, "blocks[0].type is"),
        ({"type": "text"}, "blocks[0].text is missing"),
        ({"type": "text", "text": "x", "html": "y"}, "blocks[0] has unknown keys: html"),
        ({"type": "text", "text": "x", "style": "huge"}, "style is 'huge'"),
        ({"type": "text", "text": "x" * 2_001}, "text must be at most 2,000 letters"),
        ({"type": "text", "text": {"en": 7}}, "text.en must be a text"),
        ({"type": "image", "src": "javascript:x"}, "src must be a link"),
        ({"type": "image", "src": "data:image/png;base64,x"}, "src must be a link"),
        ({"type": "image", "src": "mailto:a@b.example"}, "src must be a link"),
        ({"type": "button", "text": "x", "url": "javascript:x"}, "url must be a link"),
        ({"type": "button", "text": "x"}, "url is missing"),
        ({"type": "countdown"}, "must hold either until or minutes"),
        ({"type": "countdown", "until": "2026-11-30"}, "until must be a time with its zone"),
        ({"type": "form", "fields": []}, "fields must hold 1"),
        ({"type": "question", "name": "q", "text": "?", "choice": "single"}, "options is missing"),
        ({"type": "question", "name": "q", "text": "?", "choice": "scale", "options": ["a"]},
         "options are only for a single or multi choice"),
        ({"type": "question", "name": "a b", "text": "?", "choice": "text"},
         "name must be letters"),
        ({"type": "window"}, "window is missing"),
    ],
)  # fmt: skip
def test_what_a_block_cannot_mean_is_refused_with_its_place(
    block: dict[str, Any], says: str
) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_popup("hello", with_block(**block))

    assert "popup hello.variants[0].blocks[0]" in refusal.value.message
    assert says in refusal.value.message


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({"label": "E-mail"}, "name is missing"),
        ({"name": "email", "input": "password"}, "input is 'password'"),
        ({"name": "size", "input": "select"}, "options is missing"),
        ({"name": "size", "options": ["S"]}, "options are only for a select"),
        ({"name": "__proto__ x"}, "name must be letters"),
        ({"name": "email", "required": "yes"}, "required must be true or false"),
    ],
)
def test_what_a_form_cannot_ask_is_refused(field: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_popup("hello", with_field(**field))

    assert says in refusal.value.message


def test_two_fields_of_one_name_are_refused() -> None:
    with pytest.raises(DocumentRefused, match="two fields of one name"):
        read_popup("hello", with_block(type="form", fields=[{"name": "email"}, {"name": "email"}]))


EVERY_TRIGGER: list[dict[str, Any]] = [
    {"on": "load"},
    {"on": "time", "seconds": 5},
    {"on": "scroll", "percent": 50},
    {"on": "exit", "seconds": 3},
    {"on": "idle", "seconds": 30},
    {"on": "tab_return", "seconds": 5},
    {"on": "nth_page", "pages": 3},
    {"on": "add_to_cart"},
    {"on": "cart_value", "value": 50_000},
    {"on": "click", "selector": "#help .ask"},
    {"on": "event", "event": "quiz_done"},
    {"on": "zero_results"},
    {"on": "segment_entered", "segment": "vip"},
]


@pytest.mark.parametrize("trigger", EVERY_TRIGGER, ids=lambda one: one["on"])
def test_every_trigger_of_the_contract_can_be_set(trigger: dict[str, Any]) -> None:
    popup = read_popup("hello", {**BASE, "trigger": trigger})

    assert popup_doc(popup)["trigger"] == trigger
    assert sorted(TRIGGERS) == sorted(one["on"] for one in EVERY_TRIGGER)


def test_of_several_triggers_the_first_that_comes_opens_a_popup() -> None:
    exit_or_late = [{"on": "exit"}, {"on": "time", "seconds": 40}, {"on": "exit"}]

    popup = read_popup("hello", {**BASE, "trigger": exit_or_late})

    assert triggers_doc(popup.triggers) == [
        {"on": "exit", "seconds": 3}, {"on": "time", "seconds": 40},
    ]  # fmt: skip


def test_a_storefront_is_told_no_segment_by_a_trigger() -> None:
    entered = Trigger("segment_entered", {"segment": "vip"})

    assert triggers_doc([entered], public=True) == {"on": "segment_entered"}


@pytest.mark.parametrize(
    ("trigger", "says"),
    [
        ([], "trigger must hold 1 to 5 triggers, not 0"),
        ([{"on": "exit"}] * 6, "trigger must hold 1 to 5 triggers, not 6"),
        ([{"on": "exit"}, {"on": "hover"}], "trigger[1].on is 'hover'"),
        ({"on": "cart_value"}, "trigger.value is missing"),
        ({"on": "click"}, "trigger.selector is missing"),
        ({"on": "click", "selector": "a{}"}, "selector must be a CSS selector"),
        ({"on": "event", "event": "a b"}, "event must be an event's name"),
        ({"on": "scroll", "percent": 0}, "percent must be between 1 and 100"),
        ({"on": "segment_entered", "segment": "A B"}, "segment must be a segment's slug"),
    ],
)
def test_a_trigger_that_cannot_come_is_refused_by_name(trigger: Any, says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_popup("hello", {**BASE, "trigger": trigger})

    assert says in refusal.value.message


def test_a_popup_may_be_for_some_devices_languages_sources_visitors_and_carts() -> None:
    target = read_popup("hello", {
        **BASE, "devices": ["phone", "tablet"], "languages": ["ko-KR", "ja"],
        "sources": ["Email", "spring_sale"], "visitors": "returning",
        "cart": {"value_min": 10, "value_max": 90.5, "items_min": 2},
    }).target  # fmt: skip

    assert (target.devices, target.languages) == (("mobile", "tablet"), ("ko", "ja"))
    assert (target.sources, target.visitors) == (("email", "spring_sale"), "returning")
    assert target.cart == CartBounds(10, 90.5, 2, None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"devices": ["watch"]}, "devices has 'watch'; known: desktop, mobile, tablet"),
        ({"visitors": "old"}, "visitors is 'old'; known: new, returning"),
        ({"cart": {"value": 1}}, "cart has unknown keys: value"),
        ({"cart": {"value_min": 9, "value_max": 1}}, "value_max must not be below value_min"),
        ({"cart": {"empty": True, "items_min": 1}}, "empty cannot be true of a cart"),
        ({"phone_first_page": "modal"}, "phone_first_page is 'modal'; known: wait, bar"),
        ({"shield": "no"}, "shield must be true or false"),
    ],
)
def test_whom_a_popup_cannot_be_for_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_popup("hello", {**BASE, **change})

    assert says in refusal.value.message


def test_a_popup_with_a_code_gives_a_discount_unless_the_owner_says_it_does_not() -> None:
    code = with_block(type="coupon", text="MOON10")

    assert read_popup("hello", {**BASE, "coupon_pool": "autumn"}).discount
    assert read_popup("hello", code).discount
    assert read_popup("hello", {**BASE, "discount": True}).discount
    assert not read_popup("hello", {**code, "discount": False}).discount


def test_a_popup_may_name_where_its_codes_come_from() -> None:
    assert read_popup("hello", {**BASE, "coupon_pool": "autumn"}).coupon_pool == "autumn"
