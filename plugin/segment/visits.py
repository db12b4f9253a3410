"""What do a visitor's visits say: how many, at which hours, on which devices?

A visit begins with an event that comes 30 minutes or more after the one before it, as
``profile.fold`` counts them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from plugin.profile.fold import IDLE_MS
from plugin.segment.facts import Facts
from plugin.segment.worked import EVERY, Worked, edge, soonest_of
from plugin.shop import DAY, Shop, local_time

NIGHT_FROM, NIGHT_UNTIL = 22, 4  # o'clock
MONTH, QUARTER = 30 * DAY, 90 * DAY
PAGE = "page_view"
# What the browser calls a slow connection, or that the visitor wants to save data.
SLOW = frozenset({"slow-2g", "2g", "3g", "save-data"})


def starts(facts: Facts) -> Sequence[int]:
    """When each visit began (Unix ms), ascending; worked out once."""
    found: list[int] | None = facts.found.get("visits")
    if found is None:
        found, last = [], None
        for at in sorted(at for times in facts.times.values() for at in times):
            if last is None or at - last >= IDLE_MS:
                found.append(at)
            last = at
        facts.found["visits"] = found
    return found


def _sessions(facts: Facts, now: int, shop: Shop) -> int:
    known = starts(facts)
    return bisect_right(known, now) - bisect_right(known, now - MONTH)


def _at_night(facts: Facts, now: int, shop: Shop) -> float | None:
    known, nights = starts(facts), _nights(facts, shop.timezone)
    low, high = bisect_right(known, now - QUARTER), bisect_right(known, now)
    return sum(nights[low:high]) / (high - low) if low < high else None


def _nights(facts: Facts, zone: str) -> Sequence[bool]:
    """Of each visit, whether it began at night; worked out once."""
    key = ("nights", zone)
    if key not in facts.found:
        hours = [local_time(at, zone).hour for at in starts(facts)]
        facts.found[key] = [hour >= NIGHT_FROM or hour < NIGHT_UNTIL for hour in hours]
    found: list[bool] = facts.found[key]
    return found


def _mobile(facts: Facts, now: int, shop: Shop) -> float | None:
    told = list(_devices(facts, now))
    return told.count("mobile") / len(told) if told else None


def _devices(facts: Facts, now: int) -> Iterator[str]:
    """The device of each visit of the last 90 days: of its first page view that tells one."""
    known = starts(facts)
    seen = set()
    for one in facts.events.get(PAGE, ()):
        device = one.params.get("device")
        if one.at > now or not isinstance(device, str) or not device:
            continue
        began = known[bisect_right(known, one.at) - 1]
        if began > now - QUARTER and began not in seen:
            seen.add(began)
            yield device


def _slow(facts: Facts, now: int, shop: Shop) -> float | None:
    """Of the visits of 30 days with a page view, the part of which one told a slow connection."""
    known = starts(facts)
    slow: dict[int, bool] = {}
    for one in facts.events.get(PAGE, ()):
        if one.at > now:
            break
        began = known[bisect_right(known, one.at) - 1]
        if began > now - MONTH:
            slow[began] = slow.get(began, False) or one.params.get("connection") in SLOW
    return sum(slow.values()) / len(slow) if slow else None


def _turns(facts: Facts, now: int, span: int) -> int | None:
    return edge(starts(facts), now, span)


def _told_turns(facts: Facts, now: int, span: int) -> int | None:
    """As ``_turns``, of what page views tell of visits."""
    coming = edge(facts.times.get(PAGE, ()), now, None)
    return soonest_of([coming, _turns(facts, now, span)])


def _since_visit_before(facts: Facts, now: int, shop: Shop) -> float | None:
    p = facts.profile
    if p.session_started_at is None or p.prev_seen_at is None or p.session_started_at > now:
        return None
    return (p.session_started_at - p.prev_seen_at) / DAY


def _when_it_begins(facts: Facts, now: int, shop: Shop) -> int | None:
    begins = facts.profile.session_started_at
    return begins if begins is not None and begins > now else None


SESSIONS = Worked(_sessions, lambda facts, now, shop: _turns(facts, now, MONTH), times=(EVERY,))
AT_NIGHT = Worked(_at_night, lambda facts, now, shop: _turns(facts, now, QUARTER), times=(EVERY,))
MOBILE = Worked(
    _mobile,
    lambda facts, now, shop: _told_turns(facts, now, QUARTER),
    whole=(PAGE,),
    times=(EVERY,),
)
SLOW_CONNECTION = Worked(
    _slow,
    lambda facts, now, shop: _told_turns(facts, now, MONTH),
    whole=(PAGE,),
    times=(EVERY,),
)
SINCE_VISIT_BEFORE = Worked(_since_visit_before, _when_it_begins)
