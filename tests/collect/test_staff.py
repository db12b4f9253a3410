"""Which word in a page's address leaves the staff's browser out, and which does not?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.collect.staff import staff_query, staff_token, staff_word

TOKEN = staff_token("the secret", "moon")
PAGE = f"https://moon.example/?{staff_query(TOKEN)}"


def at(url: Any) -> dict[str, Any]:
    """A visit's body from the page at ``url``."""
    return {"page": {"url": url}, "events": [{"name": "page_view"}]}


def told(*urls: Any) -> list[dict[str, Any]]:
    """Events that happened at these addresses."""
    return [{"name": "view_item", "params": {"page_location": url}} for url in urls]


def test_the_token_is_the_same_every_day_and_another_for_every_shop_and_secret() -> None:
    assert staff_token("the secret", "moon") == TOKEN
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", TOKEN)
    assert len({TOKEN, staff_token("the secret", "sun"), staff_token("another", "moon")}) == 3


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        f"https://moon.example/boots?size=42&rs_staff={TOKEN}&utm_source=mail#top",
        f"/?rs_staff={TOKEN}",
    ],
)
def test_whoever_opens_the_link_is_left_out(url: str) -> None:
    assert staff_word(at(url), TOKEN) is True


def test_the_other_link_takes_it_back() -> None:
    assert staff_word(at(PAGE + "-off"), TOKEN) is False


@pytest.mark.parametrize(
    "url",
    [
        "https://moon.example/",
        "https://moon.example/?rs_staff=",
        f"https://moon.example/?rs_staff={TOKEN[:-1]}",
        f"https://moon.example/?rs_staff={TOKEN}x",
        f"https://moon.example/?xrs_staff={TOKEN}",
        f"https://moon.example/#?rs_staff={TOKEN}",
        f"https://moon.example/rs_staff={TOKEN}",
        f"https://moon.example/?rs_staff={staff_token('the secret', 'sun')}",
    ],
)
def test_no_other_address_says_anything(url: str) -> None:
    assert staff_word(at(url), TOKEN) is None


def test_an_events_own_page_is_read_where_the_body_names_none() -> None:
    assert staff_word({"events": told("https://moon.example/", PAGE)}, TOKEN) is True


def test_the_page_that_is_open_now_speaks_before_the_events_of_earlier_pages() -> None:
    body = {**at(PAGE + "-off"), "events": told(PAGE)}
    assert staff_word(body, TOKEN) is False


def test_of_several_events_the_newest_speaks() -> None:
    assert staff_word({"events": told(PAGE, PAGE + "-off")}, TOKEN) is False
    assert staff_word({"events": told(PAGE + "-off", PAGE)}, TOKEN) is True


def test_no_other_text_of_the_visit_is_read() -> None:
    body = {
        "page": {"title": PAGE, "referrer": PAGE},
        "events": [{"name": "search", "params": {"search_term": PAGE, "page_referrer": PAGE}}],
    }
    assert staff_word(body, TOKEN) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"page": None, "events": None},
        {"page": [PAGE], "events": {"params": {"page_location": PAGE}}},
        {"page": {"url": {"rs_staff": TOKEN}}, "events": [None, 7, "x", {"params": [PAGE]}]},
        {"events": told(None, 7, [PAGE], "?rs_staff=\ud800", "?rs_staff=é", "?&&==&?")},
    ],
)
def test_a_body_of_any_shape_says_nothing_and_breaks_nothing(body: dict[str, Any]) -> None:
    assert staff_word(body, TOKEN) is None
