"""The promises of plugin.serve.retain.schedule."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugin.serve.document import Document
from plugin.serve.retain.schedule import KEYS, Schedule, read_schedule

SEOUL = ZoneInfo("Asia/Seoul")


def schedule(**doc: Any) -> Schedule:
    return read_schedule(Document(doc, "schedule", KEYS))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Seoul; the 2nd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("doc", "when", "runs"),
    [
        ({}, at(3, 4), True),
        ({"from": "2026-11-03"}, at(2, 23, 59), False),
        ({"from": "2026-11-03"}, at(3, 0), True),
        ({"until": "2026-11-03"}, at(3, 23, 59), True),
        ({"until": "2026-11-03"}, at(4, 0), False),
        ({"until": "2026-11-03T12:00"}, at(3, 12), False),
        ({"until": "2026-11-03T12:00Z"}, at(3, 20, 59), True),
        ({"until": "2026-11-03T12:00Z"}, at(3, 21), False),
        ({"from": 1_793_620_800_000}, at(2, 20, 59), False),
        ({"from": 1_793_620_800_000}, at(2, 21), True),
        ({"days": ["mon", "Tuesday"]}, at(3, 12), True),
        ({"days": ["mon"]}, at(3, 12), False),
        ({"hours": ["09:00", "18:00"]}, at(3, 9), True),
        ({"hours": "09:00-18:00"}, at(3, 18), False),
        ({"hours": [9, 24]}, at(3, 23, 59), True),
        ({"hours": "22:00-02:00"}, at(3, 23), True),
        ({"hours": "22:00-02:00"}, at(3, 1, 59), True),
        ({"hours": "22:00-02:00"}, at(3, 2), False),
        ({"hours": "22:00-02:00", "days": ["mon"]}, at(3, 1), True),
        ({"hours": "22:00-02:00", "days": ["mon"]}, at(2, 1), False),
    ],
)
def test_a_popup_runs_when_the_shops_clock_says_so(
    doc: dict[str, Any], when: datetime, runs: bool
) -> None:
    assert schedule(**doc).is_open(when) is runs


def test_a_date_is_a_day_of_the_shop_not_of_greenwich() -> None:
    midnight_in_seoul = datetime(2026, 11, 2, 15, tzinfo=timezone.utc).astimezone(SEOUL)

    assert schedule(**{"from": "2026-11-03"}).is_open(midnight_in_seoul)
