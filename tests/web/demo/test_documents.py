"""Are the demo owner's documents ones that Regulars takes?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plugin.segment.rule import read_rule, segments_of
from plugin.serve.page import is_named
from plugin.serve.recommend.window import read_window
from plugin.serve.retain.popup import read_popup
from plugin.web.demo.documents import POPUPS, SEGMENTS, WINDOWS


@pytest.mark.parametrize("slug", SEGMENTS)
def test_every_segment_has_a_rule_that_can_be_read(slug):
    assert segments_of(read_rule(SEGMENTS[slug]["rule"])) <= set(SEGMENTS)


@pytest.mark.parametrize("slug", WINDOWS)
def test_every_window_can_be_read_and_keeps_a_tenth_in_control(slug):
    assert read_window(slug, WINDOWS[slug]).control_share == 0.1


@pytest.mark.parametrize("slug", POPUPS)
def test_every_popup_can_be_read_and_keeps_a_tenth_in_control(slug):
    assert read_popup(slug, POPUPS[slug]).control_share == 0.1


def test_a_filled_cart_is_spoken_of_before_anything_else():
    first = max(POPUPS, key=lambda slug: POPUPS[slug]["priority"])
    assert first == "cart-saver"


def test_nobody_is_asked_to_stay_while_paying():
    pages = read_popup("stay-a-while", POPUPS["stay-a-while"]).pages
    assert is_named("/demo/", pages)
    assert is_named("/demo/product/bag-01-harbour-tote", pages)
    assert not is_named("/demo/checkout", pages)


def test_a_popup_shows_only_windows_and_segments_that_the_demo_has():
    for popup in POPUPS.values():
        assert popup.get("audience", {}).get("segment", "loyal") in SEGMENTS
        for variant in popup["variants"]:
            named = {block.get("window", "home-1") for block in variant["blocks"]}
            assert named <= set(WINDOWS)


def test_what_shoppers_read_is_there_in_three_languages():
    read = list(_texts([WINDOWS, POPUPS]))
    assert len(read) > 10
    assert all(text.keys() == {"en", "ko", "ja"} and all(text.values()) for text in read)


def _texts(part: object) -> Iterator[dict[str, str]]:
    if isinstance(part, dict):
        if "en" in part:
            yield part
            return
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _texts(inner)
