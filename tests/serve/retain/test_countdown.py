"""The promises of plugin.serve.retain.countdown: an end that nothing puts off."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.retain.countdown import with_time_left
from plugin.shop import HOUR, MINUTE

NOW = 1_793_000_000_000
TEXT = {"type": "text", "text": "Hurry", "style": "body"}


def left(block: dict[str, Any], first_met: int | None, now: int) -> int | None:
    """What is left of the countdown, ms; None: it is not in the answer, or has not begun."""
    answer = with_time_left({"id": "hello", "blocks": [TEXT, block]}, first_met, now)
    return next((one.get("left") for one in answer["blocks"] if one["type"] == "countdown"), None)


def test_minutes_count_from_when_the_visitor_first_met_the_popup() -> None:
    ten = {"type": "countdown", "minutes": 10}
    assert left(ten, NOW - 3 * MINUTE, NOW) == 7 * MINUTE


def test_who_meets_it_for_the_first_time_has_all_the_minutes() -> None:
    ten = {"type": "countdown", "minutes": 10}
    assert with_time_left({"blocks": [ten]}, None, NOW) == {"blocks": [ten]}


def test_a_countdown_to_a_time_is_the_same_for_everybody() -> None:
    until = {"type": "countdown", "until": "2026-11-27T09:00:00+09:00"}
    nine = 1_795_737_600_000
    assert left(until, None, nine - HOUR) == left(until, NOW, nine - HOUR) == HOUR


def test_what_is_over_is_left_out_and_the_rest_stays() -> None:
    over = {"type": "countdown", "minutes": 10}
    answer = with_time_left({"blocks": [TEXT, over]}, NOW - HOUR, NOW)
    assert answer == {"blocks": [TEXT]}


def test_a_popup_kept_back_in_control_has_nothing_to_count() -> None:
    control = {"id": "hello", "arm": "control", "trigger": {"on": "exit"}}
    assert with_time_left(control, NOW, NOW) == control


@given(st.integers(1, 60), st.lists(st.integers(0, 90 * MINUTE), min_size=2, max_size=9))
def test_it_only_ever_goes_down_however_often_the_page_is_loaded(
    minutes: int, looks: list[int]
) -> None:
    block = {"type": "countdown", "minutes": minutes}
    told = [left(block, NOW, NOW + after) or 0 for after in sorted(looks)]
    assert told == sorted(told, reverse=True)
