"""When is a quiet hour odd, and when is it only night?"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from plugin.collect.silence import KEPT_HOURS, Pulse, expected, silence, wall_hour
from plugin.shop import DAY, HOUR, MINUTE, Shop

MOON = Shop("moon", "pk_moon0000000000000000", timezone="Asia/Seoul")
# By hour of the day: a shop that sleeps from 1 to 7 and is busiest in the evening.
BUSY = [8, 0, 0, 0, 0, 0, 0, 4, *[30] * 10, *[60] * 4, 40, 20]


def heard(last_at: int, usual: list[int], shop: Shop = MOON, hours: int = KEPT_HOURS) -> Pulse:
    """A shop with ``usual`` visitors by hour of the day (or of the week) up to ``last_at``."""
    last = wall_hour(last_at, shop)
    counts = {h: usual[h % len(usual)] for h in range(last - hours, last + 1)}
    return Pulse(last_at, {hour: count for hour, count in counts.items() if count})


def test_a_shop_that_never_had_an_event_is_not_connected_yet(now: int) -> None:
    assert silence(None, now, MOON) is None


def test_a_busy_shop_is_missed_within_the_hour(now: int) -> None:
    pulse = heard(now, BUSY)  # noon: thirty visitors an hour
    assert silence(pulse, now + 30 * MINUTE, MOON) is None
    found = silence(pulse, now + 45 * MINUTE, MOON)
    assert found is not None
    assert (found.since, found.missed) == (now, 22)


def test_nobody_is_missed_at_night(now: int) -> None:
    night = now + 13 * HOUR  # one in the morning
    pulse = heard(night, BUSY)
    assert silence(pulse, night + 6 * HOUR, MOON) is None
    assert silence(pulse, night + 8 * HOUR, MOON) is not None


def test_the_first_event_ends_it(now: int) -> None:
    assert silence(heard(now, BUSY), now + 2 * HOUR, MOON) is not None
    assert silence(heard(now + 2 * HOUR, BUSY), now + 2 * HOUR, MOON) is None


def test_a_restart_of_some_minutes_is_no_silence_even_for_a_crowd(now: int) -> None:
    assert silence(heard(now, [6000]), now + 4 * MINUTE, MOON) is None
    assert silence(heard(now, [6000]), now + 6 * MINUTE, MOON) is not None


def test_a_small_shop_is_missed_after_a_day(now: int) -> None:
    ten_a_day = [0] * 12 + [1] * 10 + [0] * 2
    pulse = heard(now, ten_a_day)
    assert silence(pulse, now + 23 * HOUR, MOON) is None
    assert silence(pulse, now + 25 * HOUR, MOON) is not None


def test_a_shop_with_a_visitor_a_day_cries_wolf_no_sooner_than_after_a_week(now: int) -> None:
    one_a_day = [0] * 12 + [1] + [0] * 11
    pulse = heard(now, one_a_day)
    assert silence(pulse, now + 6 * DAY, MOON) is None
    assert silence(pulse, now + 8 * DAY, MOON) is not None


def test_a_shop_that_rests_at_the_weekend_is_not_missed_on_saturday(now: int) -> None:
    # Day 0 of 1970 was a Thursday: the third and fourth day of such a week are the weekend.
    week = [count for day in range(7) for count in ([0] * 24 if day in (2, 3) else BUSY)]
    friday_night = now + 3 * DAY + 12 * HOUR - 5 * MINUTE
    pulse = heard(friday_night, week)
    assert silence(pulse, friday_night + 2 * DAY, MOON) is None
    assert silence(pulse, friday_night + 3 * DAY, MOON) is not None


def test_a_silence_is_still_one_after_a_year(now: int) -> None:
    found = silence(heard(now, BUSY), now + 365 * DAY, MOON)
    assert found is not None
    assert found.missed == pytest.approx(365 * sum(BUSY), rel=0.001)


def test_on_its_second_day_a_shop_knows_its_first(now: int) -> None:
    pulse = heard(now, BUSY, hours=26)
    assert silence(pulse, now + 2 * HOUR, MOON) is not None


def test_an_hour_that_was_never_seen_is_expected_to_be_empty(now: int) -> None:
    two_hours_old = heard(now, [30], hours=2)
    assert expected(two_hours_old, now + 22 * HOUR, MOON) == 0
    assert expected(two_hours_old, now + 24 * HOUR, MOON) == pytest.approx(60)


def test_a_night_is_the_shops_own_night(now: int) -> None:
    night = now + 13 * HOUR
    in_seoul = heard(night, BUSY)
    assert silence(in_seoul, night + 3 * HOUR, MOON) is None
    in_london = replace(MOON, timezone="Europe/London")
    assert silence(heard(night, BUSY, in_london), night + 3 * HOUR, in_london) is not None


def test_the_hours_of_half_hour_zones_begin_on_their_own_clock(now: int) -> None:
    kathmandu = replace(MOON, timezone="Asia/Kathmandu")
    assert wall_hour(now - 46 * MINUTE, kathmandu) + 1 == wall_hour(now - 45 * MINUTE, kathmandu)
    pulse = heard(now, [60] * 24, kathmandu)
    assert expected(pulse, now + 30 * MINUTE, kathmandu) == pytest.approx(30)


def test_visitors_who_come_by_chance_are_never_taken_for_a_silence(now: int) -> None:
    rng = Random(7)  # four months of a shop with 14 visitors a day, most of them in the evening
    pulse, longest, alarms = heard(now, [0]), 0, 0
    for at in range(now, now + 120 * DAY, 15 * MINUTE):
        hour = wall_hour(at, MOON)
        if rng.random() >= BUSY[hour % 24] / 45 / 4:
            continue
        # Just before somebody comes again the gap is at its longest.
        alarms += silence(pulse, at, MOON) is not None
        longest = max(longest, at - pulse.last_at)
        pulse = Pulse(at, {**pulse.hours, hour: pulse.hours.get(hour, 0) + 1})
    assert alarms == 0
    assert longest > 14 * HOUR
