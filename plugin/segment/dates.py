"""When is a date, and does it lie before, on, after, or soon, as the shop's own clock has it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from plugin.segment.shape import LocalDay
from plugin.segment.text import fold
from plugin.shop import DAY, HOUR, MINUTE, SECOND, at_local, day_start, local_day

DATE_TEXT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[t ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
FIRST_YEAR, LAST_YEAR = 1800, 9900
EPOCH = date(1970, 1, 1).toordinal()
Moment = tuple[bool, "int | None"]  # whether it holds, and the first moment at which it may turn


def read_moment(text: str) -> int | LocalDay | None:
    """What an ISO 8601 date or time says: Unix ms, or without a zone a ``LocalDay``; None: neither.

    >>> read_moment("1970-01-02T09:00+09:00"), read_moment("1970-01-02")
    (86400000, LocalDay(day=1, ms=None))
    """
    found = DATE_TEXT.fullmatch(fold(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.group(1, 2, 3))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        days = date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None
    if found[4] is None:
        return LocalDay(days)
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    ms = hour * HOUR + minute * MINUTE + second * SECOND + int(f"{found[7] or 0:0<3}"[:3])
    if found[8] is None:
        return LocalDay(days, ms)
    offset = _offset(found[8])
    return None if offset is None else days * DAY + ms - offset


def _offset(text: str) -> int | None:
    if text == "z":
        return 0
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * HOUR + minutes * MINUTE) * (-1 if text[0] == "-" else 1)


def date_of(value: Any) -> int | LocalDay | None:
    """What a declared value or a param says as a date: a number is Unix ms; None: no date."""
    if isinstance(value, str):
        return read_moment(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) <= 253_402_300_799_999 else None


def first_ms(moment: int | LocalDay, zone: str) -> int:
    """The first ms of a moment or of a whole day in ``zone``."""
    return at_local(moment.day, moment.ms or 0, zone) if isinstance(moment, LocalDay) else moment


def last_ms(moment: int | LocalDay, zone: str) -> int:
    """The last ms of a moment or of a whole day in ``zone``."""
    if isinstance(moment, LocalDay) and moment.ms is None:
        return day_start(moment.day + 1, zone) - 1
    return first_ms(moment, zone)


def resolved(op: str, values: Sequence[Any], zone: str) -> tuple[int, ...]:
    """A leaf's dates as Unix ms, a day without a time being the whole day.

    ``before``: (its first ms,): a date before that. ``after``: (its last ms,): a date after that.
    ``between`` and ``on``: the first and the last ms that belong to it. Spans stay as they are.
    """
    if op == "before":
        return (first_ms(values[0], zone),)
    if op == "after":
        return (last_ms(values[0], zone),)
    if op == "between":
        return (first_ms(values[0], zone), last_ms(values[1], zone))
    if op == "on":
        one = values[0]
        day = one.day if isinstance(one, LocalDay) else local_day(one, zone)
        return (day_start(day, zone), day_start(day + 1, zone) - 1)
    return tuple(values)


def compared(op: str, to: Sequence[int], value: int | LocalDay, now: int, zone: str) -> Moment:
    """A date compared with what ``resolved`` made, and when the answer may turn by itself."""
    if op == "in_next":
        return _in_next(value, to[0], now, zone)
    if op == "anniversary_in_next":
        return _anniversary(value, to[0], now, zone)
    at = first_ms(value, zone)
    if op == "before":
        return at < to[0], None
    if op == "after":
        return at > to[0], None
    if op in ("between", "on"):
        return to[0] <= at <= to[1], None
    turns = at + to[0]
    old = turns <= now
    return old == (op == "older_than"), None if old else turns


def _in_next(value: int | LocalDay, span: int, now: int, zone: str) -> Moment:
    if isinstance(value, LocalDay) and value.ms is None:
        return _day_in_next(value.day, span, now, zone)
    at = first_ms(value, zone)
    if at <= now:
        return False, None
    return (True, at) if at <= now + span else (False, at - span)


def _day_in_next(day: int, span: int, now: int, zone: str) -> Moment:
    """Whether a whole day begins in the next ``span`` ms, or is today.

    Whole days are counted by the calendar, so that one of 23 or 25 hours is one.
    """
    over = day_start(day + 1, zone)
    if over <= now:
        return False, None
    whole = span % DAY == 0
    enters = day_start(day - span // DAY, zone) if whole else day_start(day, zone) - span
    return (True, over) if enters <= now else (False, enters)


def _anniversary(value: int | LocalDay, span: int, now: int, zone: str) -> Moment:
    day = value.day if isinstance(value, LocalDay) else local_day(value, zone)
    today = local_day(now, zone)
    return _day_in_next(next_anniversary(day, today), span, now, zone)


def next_anniversary(day: int, today: int) -> int:
    """The first day from ``today`` on that has the month and day of ``day``.

    29 February's falls on 28 February in other years. All are days since 1970-01-01.

    >>> from datetime import date
    >>> born, today = (date(2000, 2, 29).toordinal(), date(2026, 3, 1).toordinal())
    >>> date.fromordinal(next_anniversary(born - 719_163, today - 719_163) + 719_163)
    datetime.date(2027, 2, 28)
    """
    born, year = date.fromordinal(day + EPOCH), date.fromordinal(today + EPOCH).year
    this, following = (_in_year(born, one) for one in (year, year + 1))
    return this if this >= today else following


def _in_year(born: date, year: int) -> int:
    try:
        return born.replace(year=year).toordinal() - EPOCH
    except ValueError:
        return date(year, 2, 28).toordinal() - EPOCH
