"""Which events count for a leaf, by their time: read, and as moments of the shop's clock?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plugin.errors import RuleRefused
from plugin.segment.dates import EPOCH, first_ms, last_ms
from plugin.segment.shape import Window
from plugin.segment.value import check_order, moment, span
from plugin.shop import day_start, local_day

CALENDAR = ("today", "yesterday", "this_week", "last_week", "this_month", "last_month")
KEYS = ("within", "since", "until", "calendar")


def read_window(document: Mapping[str, Any], where: str) -> Window:
    """The window that a leaf asks for; at most one of within, since and until, calendar."""
    told = [key for key in ("within", "calendar") if key in document]
    told += ["since/until"] if "since" in document or "until" in document else []
    if len(told) > 1:
        raise RuleRefused(f"{where} has {' and '.join(told)}; give one of them")
    within = span(document["within"], f"{where}.within") if "within" in document else None
    since, until = (
        moment(document[key], f"{where}.{key}") if key in document else None
        for key in ("since", "until")
    )
    if since is not None and until is not None:
        check_order(since, until, f"{where}.since and until")
    calendar = document.get("calendar")
    if "calendar" in document and calendar not in CALENDAR:
        raise RuleRefused(f"{where}.calendar must be one of {', '.join(CALENDAR)}")
    return Window(within, since, until, calendar)


def bounds(window: Window, now: int, zone: str) -> tuple[int | None, int]:
    """The first (None: no limit) and the last moment (Unix ms) that count now, both included."""
    if window.within is not None:
        return now - window.within + 1, now
    if window.calendar is not None:
        first, following = _days(window.calendar, local_day(now, zone))
        return day_start(first, zone), min(now, day_start(following, zone) - 1)
    low = None if window.since is None else first_ms(window.since, zone)
    high = now if window.until is None else min(now, last_ms(window.until, zone))
    return low, high


def next_edge(window: Window, now: int, zone: str) -> int | None:
    """When a calendar window moves on (Unix ms); None: the window has no such edges."""
    if window.calendar is None:
        return None
    today = local_day(now, zone)
    ahead = _days("today", today)[1]
    if window.calendar.endswith("week"):
        ahead = _days("this_week", today)[1]
    elif window.calendar.endswith("month"):
        ahead = _days("this_month", today)[1]
    return day_start(ahead, zone)


def _days(calendar: str, today: int) -> tuple[int, int]:
    """The first day of a calendar window, and the first after it (days since 1970-01-01)."""
    if calendar.endswith("week"):
        monday = today - (today + 3) % 7  # 1970-01-01 was a Thursday
        return (monday, monday + 7) if calendar == "this_week" else (monday - 7, monday)
    if calendar.endswith("month"):
        first = _month(today)
        if calendar == "this_month":
            return first, _month(first + 31)
        return _month(first - 1), first
    return (today, today + 1) if calendar == "today" else (today - 1, today)


def _month(day: int) -> int:
    """The first day of the month of ``day``."""
    return day - date.fromordinal(day + EPOCH).day + 1
