"""The promises of plugin.serve.recommend.trend: what rises?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.trend import DAYS, KINDS, expected, points, rise

COUNTS = st.fixed_dictionaries({kind: st.integers(0, 50) for kind in KINDS})


def even(a_day: dict[str, int], days: int) -> float:
    """The points of so many events of each kind on each day."""
    return sum(count * points(kind, day) for kind, count in a_day.items() for day in range(days))


@given(COUNTS, st.integers(1, DAYS))
def test_what_sells_as_ever_is_as_ever_whether_it_sells_much_or_little(
    a_day: dict[str, int], days: int
) -> None:
    base = expected({kind: count * days for kind, count in a_day.items()}, days)

    assert even(a_day, days) == pytest.approx(base)
    assert rise(base, base, 20.0) == pytest.approx(1.0)


@given(COUNTS, st.sampled_from(sorted(KINDS)))
def test_one_more_of_anything_today_lifts_it(counts: dict[str, int], kind: str) -> None:
    base = expected(counts, DAYS)
    more = expected({**counts, kind: counts[kind] + 1}, DAYS)
    before, after = rise(base, base, 20.0), rise(base + points(kind, 0), more, 20.0)

    assert before is not None
    assert after is not None
    assert after > before


def test_what_sells_less_than_before_does_not_rise() -> None:
    assert rise(9.0, 10.0, 20.0) is None


def test_of_what_is_known_less_a_rise_of_the_same_size_counts_less() -> None:
    few, many = rise(4.0, 2.0, 20.0), rise(400.0, 200.0, 20.0)

    assert few is not None
    assert many is not None
    assert few < many
