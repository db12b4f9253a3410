"""What must not be kept, and what must stay as it is."""

from __future__ import annotations

import time

import pytest

from plugin.collect.scrub import clean, scrub_text, scrub_url


@pytest.mark.parametrize(
    "secret",
    [
        "cho@mail.example",
        "first.last+tag@sub.mail.co.kr",
        "cho%40mail.example",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "900101-1234567",
        "9001011234567",
    ],
)
def test_personal_data_is_taken_out_of_a_text(secret: str) -> None:
    assert scrub_text(f"say {secret} now") == "say [removed] now"


@pytest.mark.parametrize(
    "text",
    [
        "order 20261124-0001234",
        "4111 1111 1111 1112",  # no card: its check digit is wrong
        "call 02-123-4567",
        "a price of 1,234,567 won",
        "@handle and a @ alone",
        "9099991234567",  # there is no 99th month
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert scrub_text(text) == text


def test_an_address_keeps_only_the_query_that_is_allowed() -> None:
    url = "https://cho:secret@moon.example/a?q=hat&token=abc&utm_source=x&product_no=7#pay"
    assert scrub_url(url, frozenset({"product_no"})) == (
        "https://moon.example/a?q=hat&utm_source=x&product_no=7"
    )


def test_an_e_mail_in_a_path_or_a_search_is_taken_out() -> None:
    found = scrub_url("https://moon.example/u/cho@mail.example?q=cho@mail.example", frozenset())
    assert "mail.example" not in found.replace("moon.example", "")


def test_a_broken_address_is_dropped() -> None:
    assert scrub_url("https://[half", frozenset()) == ""


def test_controls_and_lone_surrogates_do_not_survive() -> None:
    assert clean("a\x00b\x1f\ud800c") == "ab\ufffdc"
    assert len(clean("x" * 5000)) == 1024


@pytest.mark.parametrize(
    "text", ["a" * 1024 + "@", "@" * 1024, "1" * 1024, "1 " * 512, "a.a@" * 256]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    scrub_text(text)
    assert time.process_time() - began < 0.5
