"""Have events stopped coming, or is the shop only as quiet as it always is at this time?

Visitors are counted and not events: the events of one visit come together, so that twenty of them
may be a single person, while people come independently of each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.shop import DAY, HOUR, MINUTE, Shop, local_time

KEPT_HOURS = 14 * 24
WEEK_HOURS = 7 * 24
SHORTEST = 5 * MINUTE  # a restart of this very program may take a moment
CERTAIN = 20.0  # visitors missed: none of so many comes by chance once in 500 million times
LONG = DAY
AFTER_LONG = 7.0  # visitors missed in a day or more: by chance once in 1,100 times


@dataclass(frozen=True)
class Pulse:
    """When the last event of a page arrived, and how many visitors came in each hour before.

    ``last_at``: Unix ms. ``hours``: visitors of an hour, by ``wall_hour``; an absent hour had none.
    """

    last_at: int
    hours: Mapping[int, int]


@dataclass(frozen=True)
class Silence:
    """No event since ``since`` (Unix ms), while ``missed`` visitors were to be expected."""

    since: int
    missed: int


def wall_hour(at: int, shop: Shop) -> int:
    """The hour of ``at`` (Unix ms) on the shop's clock: hours since 1970 began there."""
    return wall_time(at, shop) // HOUR


def wall_time(at: int, shop: Shop) -> int:
    """``at`` (Unix ms) as the shop's clock shows it: ms since 1970 began there."""
    offset = local_time(at, shop.timezone).utcoffset()
    return at + (round(offset.total_seconds() * 1000) if offset else 0)


def silence(pulse: Pulse | None, now: int, shop: Shop) -> Silence | None:
    """Whether events have stopped by ``now``; None: they come, or none ever came (no tag yet).

    It is silence when at least 20 visitors were to be expected since the last event, or at least 7
    and a day has passed.
    Source: visitors come independently, so that their number in a time is Poisson; where m are
    expected, none comes with chance e^-m (Kingman, Poisson Processes, 1993, chapter 2).
    """
    if pulse is None or now - pulse.last_at < SHORTEST:
        return None
    missed = expected(pulse, now, shop)
    enough = AFTER_LONG if now - pulse.last_at >= LONG else CERTAIN
    return Silence(pulse.last_at, round(missed)) if missed >= enough else None


def expected(pulse: Pulse, now: int, shop: Shop) -> float:
    """How many visitors usually come between the last event and ``now``.

    From the same hours of the day in the 14 days before the last event; from the same hours of the
    week too, once a week is known, and the smaller counts: a shop may rest on Sundays.
    """
    last = wall_hour(pulse.last_at, shop)
    first = max(min(pulse.hours, default=last), last - KEPT_HOURS)
    # Without the hour of the last event itself: it was cut short.
    visitors = [pulse.hours.get(hour, 0) for hour in range(first, last)]
    began, ends = wall_time(pulse.last_at, shop), wall_time(now, shop)
    of_days = _between(began, ends, _usual(visitors, first, 24))
    if len(visitors) < WEEK_HOURS:
        return of_days
    return min(of_days, _between(began, ends, _usual(visitors, first, WEEK_HOURS)))


def _usual(visitors: Sequence[int], first: int, period: int) -> list[float]:
    """Visitors of each hour of a ``period`` on average; 0 for an hour that was not seen yet.

    visitors: of the hours from ``first`` on, as ``wall_hour`` counts them.
    """
    sums, seen = [0] * period, [0] * period
    for hour, count in enumerate(visitors, first):
        sums[hour % period] += count
        seen[hour % period] += 1
    return [total / times if times else 0.0 for total, times in zip(sums, seen, strict=True)]


def _between(began: int, ends: int, usual: Sequence[float]) -> float:
    """The visitors of ``usual`` from one wall time to another."""
    whole, rest = divmod(max(0, ends - began), len(usual) * HOUR)
    total, at = whole * sum(usual), began
    while at < began + rest:
        until = min((at // HOUR + 1) * HOUR, began + rest)
        total += usual[at // HOUR % len(usual)] * (until - at) / HOUR
        at = until
    return total
