"""The promises of plugin.serve.language."""

from __future__ import annotations

import pytest

from plugin.serve.language import fill_fields, in_language

HELLO = {"en": "Hello", "ko": "안녕하세요"}


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("ko", "안녕하세요"),
        ("ko-KR", "안녕하세요"),
        ("KO", "안녕하세요"),
        ("fr", "Hello"),
        ("", "Hello"),
    ],
)
def test_a_shopper_reads_his_own_language_or_else_english(language: str, read: str) -> None:
    assert in_language(HELLO, language) == read


def test_a_text_in_one_foreign_language_is_better_than_none() -> None:
    assert in_language({"ja": "こんにちは"}, "fr") == "こんにちは"


def test_a_plain_text_is_for_everybody() -> None:
    assert in_language("Hello", "ko") == "Hello"


def test_a_merge_field_is_filled_or_takes_its_fallback() -> None:
    text = "Hi {name|there}, {product|your things} wait in {category}{gap}."

    assert fill_fields(text, {"name": "Mina", "category": "Bags"}) == (
        "Hi Mina, your things wait in Bags."
    )


def test_braces_that_are_no_field_stay_as_they_are() -> None:
    assert fill_fields("Save {50%} {today} {{name|x}}", {}) == "Save {50%} {today} {x}"


def test_what_a_visitor_calls_himself_is_not_read_as_a_field_again() -> None:
    assert fill_fields("Hi {name}", {"name": "{cart_total}", "cart_total": "9"}) == (
        "Hi {cart_total}"
    )
