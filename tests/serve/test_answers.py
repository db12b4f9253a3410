"""What a popup's form takes."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused
from plugin.serve.retain.answers import read_answers
from plugin.serve.retain.popup import read_popup

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
    ],
)
def test_anything_else_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(DocumentRefused, match=says):
        read_answers(POPUP, fields)
