"""The promises of plugin.serve.retain.theme and of the block that parts before from after."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import DocumentRefused
from plugin.serve.document import Document
from plugin.serve.retain.blocks import read_blocks
from plugin.serve.retain.theme import LEAST_CONTRAST, contrast, read_place, read_theme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
NIGHT = {
    "accent": "#ffb347", "surface": "#16181d", "text": "#f4f1ec", "radius": 4, "font": "serif",
    "direction": "rtl",
}  # fmt: skip


def theme(**said: Any) -> dict[str, Any]:
    return read_theme(Document({"theme": said}, "popup hello", ("theme",)))


def place(**said: Any) -> dict[str, Any]:
    return read_place(Document({"placement": said}, "popup hello", ("placement",)))


def test_a_theme_is_kept_as_it_was_chosen() -> None:
    assert theme(**NIGHT) == NIGHT
    assert theme() == {}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"accent": "red"}, "accent must be a colour such as #1c1b1a"),
        ({"accent": "#fff;background:url(x)"}, "accent must be a colour"),
        ({"text": "#bbbbbb"}, "text has a contrast of 1.9 on the surface; 4.5 is needed"),
        ({"text": "#222222", "surface": "#000000"}, "text has a contrast of 1.3"),
        ({"radius": 40}, "radius must be between 0 and 32"),
        ({"font": "Comic Sans"}, "font is 'Comic Sans'; known: page, sans"),
        ({"direction": "up"}, "direction is 'up'"),
        ({"shadow": 1}, "unknown keys: shadow"),
    ],
)
def test_what_a_theme_cannot_be_is_refused_by_name(said: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        theme(**said)

    assert "popup hello.theme" in refusal.value.message
    assert says in refusal.value.message


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#767676", 4.54), ("#336699", "#336699", 1)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_from_both_sides_and_within_its_bounds(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


@given(COLOURS)
def test_on_any_colour_black_or_white_can_be_read(paper: str) -> None:
    assert max(contrast(paper, "#ffffff"), contrast(paper, "#000000")) >= LEAST_CONTRAST


def test_an_inline_popup_stands_where_the_owner_says_or_in_the_shops_slot() -> None:
    assert place(selector="main") == {"selector": "main", "position": "append"}
    assert place() == {}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"position": "after"}, "selector is missing"),
        ({"selector": "main", "position": "above"}, "position is 'above'"),
        ({"selector": "a" * 201}, "selector must be at most 200 letters"),
    ],
)
def test_a_place_that_is_none_is_refused(said: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        place(**said)

    assert says in refusal.value.message


ASKS = {"type": "question", "name": "taste", "text": "Wool?", "choice": "text"}
SUCCESS = {"type": "success", "text": "Noted!"}


def test_what_follows_success_stands_there_after_an_answer() -> None:
    blocks = read_blocks([ASKS, SUCCESS, {"type": "coupon", "text": "MOON10"}], "blocks")
    assert [block["type"] for block in blocks] == ["question", "success", "coupon"]


def test_success_says_thanks_where_the_owner_says_nothing() -> None:
    assert read_blocks([ASKS, {"type": "success"}], "blocks")[1]["text"]["en"] == "Thank you!"


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([SUCCESS], "blocks[0] needs a form or a question before it"),
        ([{"type": "text", "text": "Hi"}, SUCCESS], "blocks[1] needs a form or a question"),
        ([ASKS, SUCCESS, {**ASKS, "name": "more"}], "blocks[1] must have no form, question"),
        ([ASKS, SUCCESS, SUCCESS], "blocks[1] must have no form, question or success behind it"),
    ],
)
def test_success_without_anything_asked_is_refused(blocks: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_blocks(blocks, "blocks")

    assert says in refusal.value.message
