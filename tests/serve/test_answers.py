"""What a popup's form takes."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused
from plugin.serve.retain.answers import consents_to, read_answers
from plugin.serve.retain.popup import Popup, read_popup

POPUP = read_popup(
    "letters",
    {
        "trigger": {"on": "load"},
        "variants": [
            {
                "blocks": [
                    {
                        "type": "form",
                        "button": "Send",
                        "fields": [
                            {
                                "name": "email",
                                "label": "E-mail",
                                "input": "email",
                                "required": True,
                            },
                            {
                                "name": "size",
                                "label": "Size",
                                "input": "select",
                                "options": [{"en": "Small", "ko": "작은"}, "Large"],
                            },
                        ],
                    },
                    {
                        "type": "question",
                        "name": "likes",
                        "text": "You like?",
                        "choice": "multi",
                        "options": ["Hats", "Boots"],
                    },
                ]
            }
        ],
    },
)


def test_what_was_asked_for_is_kept_and_what_was_left_empty_is_not() -> None:
    given = read_answers(POPUP, {"email": " cho@mail.example ", "size": ""})
    assert given == {"email": "cho@mail.example"}


def test_an_option_may_be_chosen_in_any_language() -> None:
    assert read_answers(POPUP, {"email": "cho@mail.example", "size": "작은"})["size"] == "작은"


def test_several_options_are_joined() -> None:
    given = read_answers(POPUP, {"email": "cho@mail.example", "likes": ["Hats", "Boots"]})
    assert given["likes"] == "Hats, Boots"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "email is required"),
        ({"email": "cho"}, "email must be an e-mail address"),
        ({"email": "cho@mail.example", "size": "Huge"}, "size must be one of its options"),
        ({"email": "cho@mail.example", "role": "admin"}, "not asked for: role"),
        ({"email": {"$gt": ""}}, "email must be a text"),
        ({"email": "x" * 2000}, "email must be a text"),
        ({"email": 12345}, "email must be a text"),
        ({"email": True}, "email must be a text"),
        ({"email": "cho@mail.example", "likes": ["Hats", "Cars"]}, "likes must be one of"),
        ({"email": "cho@mail.example", "likes": ["Hats"] * 9 + [{}]}, "likes must be one of"),
        ({"email": "cho@mail.example", "likes": "<b>Hats"}, "likes must be one of its options"),
        ({"email": "cho@mail.example", "size": 7}, "size must be a text"),
        ({"email": " \x00 "}, "email is required"),
    ],
)
def test_anything_else_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(DocumentRefused, match=says):
        read_answers(POPUP, fields)


def one_question(**block: Any) -> Popup:
    """A popup that asks one thing."""
    looks = [{"blocks": [{"type": "question", "name": "q", "text": "?", **block}]}]
    return read_popup("ask", {"trigger": {"on": "load"}, "variants": looks})


def test_a_scale_goes_from_one_to_five() -> None:
    scale = one_question(choice="scale")
    assert read_answers(scale, {"q": 4}) == read_answers(scale, {"q": "4"}) == {"q": "4"}
    with pytest.raises(DocumentRefused, match="from 1 to 5"):
        read_answers(scale, {"q": 6})


def test_a_free_answer_loses_what_no_page_can_show() -> None:
    free = one_question(choice="text")
    assert read_answers(free, {"q": "<b>Hi\x00\ud800</b>"}) == {"q": "<b>Hi</b>"}


def test_what_was_agreed_to_is_the_text_as_it_was_shown() -> None:
    field = {
        "name": "email",
        "input": "email",
        "consent_text": {"en": "Yes, {name|you}", "ko": "네"},
    }
    looks = [{"blocks": [{"type": "form", "fields": [field]}]}]
    popup = read_popup("ask", {"trigger": {"on": "load"}, "variants": looks})
    agreed = consents_to(popup, {"email": "a@b"}, "fr", {"name": "Ana"})
    assert agreed == [{"field": "email", "text": "Yes, Ana", "language": "en"}]
    assert consents_to(popup, {"email": "a@b"}, "ko-KR", {})[0]["language"] == "ko"
    assert consents_to(popup, {"other": 1}, "en", {}) == []
