"""The promises of plugin.serve.retain.popup, blocks and triggers."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused, NotYet
from plugin.serve.retain.popup import Caps, Goal, popup_doc, read_popup
from plugin.serve.retain.triggers import NOT_YET, TRIGGERS
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
    assert popup.trigger.as_doc() == {"on": "exit", "seconds": 3}


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
        ({"trigger": {}}, "trigger.on is missing; known: load, time, exit"),
        ({"trigger": {"on": "hover"}}, "trigger.on is 'hover'; known: load, time, exit"),
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


@pytest.mark.parametrize("on", NOT_YET)
def test_a_trigger_to_come_is_called_not_yet_there(on: str) -> None:
    with pytest.raises(NotYet, match=f"{on} is not there yet; take one of load, time, exit"):
        read_popup("hello", {**BASE, "trigger": {"on": on, "percent": 50}})


def test_every_trigger_of_the_contract_is_there_or_called_not_yet_there() -> None:
    contract = """
    load time scroll exit idle tab_return nth_page add_to_cart cart_value click event zero_results
    segment_entered
    """

    assert sorted([*TRIGGERS, *NOT_YET]) == sorted(contract.split())


def test_a_popup_may_name_where_its_codes_come_from() -> None:
    assert read_popup("hello", {**BASE, "coupon_pool": "autumn"}).coupon_pool == "autumn"
