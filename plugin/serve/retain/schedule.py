"""On which days and at which hours, by the shop's own clock, does a popup run?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from plugin.serve.document import Document

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("from", "until", "days", "hours")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOUR = re.compile(r"([01]?\d|2[0-4])(?::([0-5]\d))?")
_WHOLE_DAY = 24 * 60


@dataclass(frozen=True)
class Schedule:
    """``starts`` is included, ``ends`` is not; without a zone they are read in the shop's.

    ``days``: 0 is Monday; none: every day. ``hours``: minutes of the day, from and up to; a span
    that ends before it starts goes over midnight, and belongs to the day it started on.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    days: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None

    def is_open(self, now_local: datetime) -> bool:
        """Whether the popup runs at ``now_local`` (the shop's local time, with its zone)."""
        if self.starts is not None and now_local < _zoned(self.starts, now_local):
            return False
        if self.ends is not None and now_local >= _zoned(self.ends, now_local):
            return False
        day, minute = now_local.weekday(), now_local.hour * 60 + now_local.minute
        start, end = self.hours or (0, _WHOLE_DAY)
        if start < end:
            return start <= minute < end and self._on(day)
        return (minute >= start and self._on(day)) or (minute < end and self._on((day - 1) % 7))

    def _on(self, day: int) -> bool:
        return not self.days or day in self.days


ALWAYS = Schedule()


def read_schedule(one: Document) -> Schedule:
    """The schedule of a document: {from, until, days, hours}, each of which may be absent.

    from, until: a date ("2026-11-27"; ``until`` includes it) or a time ("2026-11-27T09:00", with or
    without a zone, or Unix ms). days: mon to sun. hours: ["09:00", "18:00"] or "09:00-18:00".
    """
    starts, ends = read_moment(one, "from"), read_moment(one, "until")
    if starts and ends and (starts.tzinfo is None) == (ends.tzinfo is None) and starts >= ends:
        raise one.refused("until", "must be after from")
    return Schedule(starts, ends, _days(one), _hours(one))


def read_moment(one: Document, key: str) -> datetime | None:
    """The date or time under ``key``; None when absent. A date as ``until`` includes its day."""
    value = one.raw(key)
    if value is None:
        return None
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, timezone.utc)
        text = one.text(key).strip()
        # Python 3.10 does not know the Z.
        when = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
        whole_day = key == "until" and _DATE.fullmatch(text)
        return when + timedelta(days=1) if whole_day else when
    except (ValueError, OverflowError, OSError):
        raise one.refused(key, "must be a date or a time, such as 2026-11-27T09:00") from None


def _days(one: Document) -> tuple[int, ...]:
    days = []
    for name in one.names("days"):
        short = name.strip().lower()[:3]
        if short not in DAYS:
            raise one.refused("days", f"has {name[:20]!r}; known: {', '.join(DAYS)}")
        days.append(DAYS.index(short))
    return tuple(sorted(set(days)))


def _hours(one: Document) -> tuple[int, int] | None:
    value = one.raw("hours")
    if value is None:
        return None
    ends = value.split("-") if isinstance(value, str) else one.list("hours")
    minutes = [_minute(end) for end in ends]
    if len(minutes) != 2 or minutes[0] is None or minutes[1] is None or minutes[0] == minutes[1]:
        raise one.refused("hours", 'must be two different times, such as ["09:00", "18:00"]')
    return minutes[0] % _WHOLE_DAY, minutes[1]


def _minute(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    found = _HOUR.fullmatch(str(value).strip())
    minute = int(found[1]) * 60 + int(found[2] or 0) if found else _WHOLE_DAY + 1
    return minute if minute <= _WHOLE_DAY else None


def _zoned(when: datetime, like: datetime) -> datetime:
    return when if when.tzinfo is not None else when.replace(tzinfo=like.tzinfo)
