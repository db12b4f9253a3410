"""The intervals of plugin.serve.proof equal those of others, and hold at every look."""

from __future__ import annotations

import math
import os
import random
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.proof import (
    LEAST,
    Arms,
    Sample,
    half_width,
    money_difference,
    rate_difference,
    relative_difference,
    share_of,
    visitors_still,
)
from plugin.serve.verdict import HELPS, NOT_KNOWN, Counted, Span, money_on, word_on

# Set it to 2000 or more for a longer look at those that have fewer by themselves.
RUNS = int(os.environ.get("PROOF_RUNS", "0"))
DAYS, A_DAY = 60, 400
LOG_MEAN, LOG_SPREAD = math.log(50_000), 0.8  # of an order, minor units

# Made once with gbstats 0.8.0: SequentialTwoSidedTTest(control, shown,
# SequentialConfig(difference_type=..., sequential_tuning_parameter=5000)).compute_result() over
# ProportionStatistic(n, sum). control, shown, absolute low and high, relative low and high.
SHARES = [
    ((4_000, 120), (4_000, 165), (-0.0013745326941749045, 0.02387453269417491),
     (-0.11890722240361207, 0.8689072224036123)),
    ((2_000, 60), (18_000, 702), (-0.00375316997385188, 0.021753169973851884),
     (-0.2383287278974976, 0.8383287278974977)),
    ((600, 18), (5_400, 150), (-0.024433750309837708, 0.019989305865393263),
     (-0.7649261576028514, 0.6167780094547033)),
    ((50_000, 1_500), (50_000, 1_590), (-0.0018519542086905916, 0.005451954208690598),
     (-0.06533395624654725, 0.18533395624654747)),
]  # fmt: skip
# As above with equal rates, where both arms' variance is that of each.
EQUAL = [
    ((4_000, 120), (4_000, 120), 0.01162415722108233),
    ((1_000, 30), (9_000, 270), 0.01740829637346788),
]
# As above over SampleMeanStatistic(n, sum, sum_squares).
MEANS = [
    ((4_000, 6_000_000, 24_000_000_000), (4_000, 8_250_000, 33_500_000_000),
     (427.30151682382905, 697.698483176171), (0.26743177972349086, 0.48256822027650914)),
    ((2_000, 512_345.5, 310_000_000.25), (18_000, 5_400_321.75, 3_300_000_000.5),
     (21.756320094853113, 65.93392990514688), (0.07160198736914049, 0.2707070599436591)),
    ((900, 45_000, 9_000_000), (8_100, 300_000, 60_000_000),
     (-22.170421443290277, -3.755504482635647), (-0.40019117619574907, -0.11832734232276942)),
]  # fmt: skip


def with_each_arms_own_variance(arms: Arms) -> tuple[float, float]:
    """The interval of a difference as gbstats has it, from what our own are made of."""
    shown, control = arms.shown, arms.control
    half = half_width(shown.variance / shown.n + control.variance / control.n, arms.n)
    return shown.mean - control.mean - half, shown.mean - control.mean + half


@pytest.mark.parametrize(("control", "shown", "absolute", "relative"), SHARES)
def test_intervals_of_shares_equal_those_of_gbstats(
    control: tuple[int, int],
    shown: tuple[int, int],
    absolute: tuple[float, float],
    relative: tuple[float, float],
) -> None:
    arms = Arms(share_of(*shown), share_of(*control))
    assert with_each_arms_own_variance(arms) == pytest.approx(absolute, rel=1e-9)
    part = relative_difference([arms])
    assert part is not None
    assert (part.low, part.high) == pytest.approx(relative, rel=1e-9)


@pytest.mark.parametrize(("control", "shown", "half"), EQUAL)
def test_where_the_rates_are_equal_the_arms_together_say_what_gbstats_says(
    control: tuple[int, int], shown: tuple[int, int], half: float
) -> None:
    found = rate_difference([Arms(share_of(*shown), share_of(*control))])
    assert found is not None
    assert (found.low, found.high) == pytest.approx((-half, half), rel=1e-9)


@pytest.mark.parametrize(("control", "shown", "absolute", "relative"), MEANS)
def test_intervals_of_money_equal_those_of_gbstats(
    control: tuple[int, float, float],
    shown: tuple[int, float, float],
    absolute: tuple[float, float],
    relative: tuple[float, float],
) -> None:
    arms = Arms(Sample(*shown), Sample(*control))
    assert with_each_arms_own_variance(arms) == pytest.approx(absolute, rel=1e-9)
    difference, part = money_difference([arms]), relative_difference([arms])
    assert difference is not None
    assert part is not None
    assert difference.low <= absolute[0] + 1e-9
    assert difference.high >= absolute[1] - 1e-9
    assert difference.low + difference.high == pytest.approx(sum(absolute), rel=1e-9)
    assert (part.low, part.high) == pytest.approx(relative, rel=1e-9)


def test_nothing_is_said_of_a_rate_until_both_arms_have_ten_successes() -> None:
    few = [Arms(share_of(9_000, 400), share_of(1_000, LEAST - 1))]
    assert rate_difference(few) is None
    assert rate_difference([Arms(share_of(9_000, 400), share_of(1_000, LEAST))]) is not None


counts = st.integers(20, 5_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(10, n - 1)))


@given(counts, counts)
def test_what_helps_one_way_round_hurts_the_other(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there = rate_difference([Arms(share_of(*one), share_of(*other))])
    back = rate_difference([Arms(share_of(*other), share_of(*one))])
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(counts, counts, st.integers(2, 9))
def test_a_span_cut_into_equal_parts_says_what_the_whole_says(
    one: tuple[int, int], other: tuple[int, int], parts: int
) -> None:
    small = Arms(share_of(*one), share_of(*other))
    large = Arms(
        share_of(one[0] * parts, one[1] * parts), share_of(other[0] * parts, other[1] * parts)
    )
    cut, whole = rate_difference([small] * parts), rate_difference([large])
    assert cut is not None
    assert whole is not None
    assert (cut.low, cut.high) == pytest.approx((whole.low, whole.high))


def test_sales_that_rise_while_the_split_changes_are_no_effect() -> None:
    quiet = Arms(share_of(5_000, 100), share_of(5_000, 100))  # half in control, 2 % buy
    sales = Arms(share_of(9_000, 900), share_of(1_000, 100))  # a tenth in control, 10 % buy
    found = rate_difference([quiet, sales])
    assert found is not None
    assert found.value == pytest.approx(0)


@given(st.integers(1_000, 10**6), st.floats(1e-6, 10))
def test_intervals_shrink_as_visitors_come(n: int, of_one: float) -> None:
    assert half_width(of_one / (2 * n), 2 * n) < half_width(of_one / n, n)


def test_the_visitors_still_needed_are_those_that_decide() -> None:
    arms = Arms(share_of(4_000, 165), share_of(4_000, 120))
    more = visitors_still([arms])
    assert more is not None
    for visitors, sign in ((8_000 + more + 200, 1), (8_000 + more - 200, 0)):
        grown = visitors / 8_000
        found = rate_difference(
            [
                Arms(
                    Sample(round(4_000 * grown), 165 * grown, 165 * grown, yes_or_no=True),
                    Sample(round(4_000 * grown), 120 * grown, 120 * grown, yes_or_no=True),
                )
            ]
        )
        assert found is not None
        assert found.sign == sign


def test_no_number_of_visitors_shows_a_difference_that_is_none() -> None:
    assert visitors_still([Arms(share_of(4_000, 120), share_of(4_000, 120))]) is None


def test_with_few_successes_as_many_visitors_are_needed_as_make_ten() -> None:
    # A clear difference, but control has 5 of the 10: twice as many visitors at least.
    assert visitors_still([Arms(share_of(1_000, 200), share_of(1_000, 5))]) == 2_000


@lru_cache(maxsize=4_000)
def chances(n: int, chance: float) -> tuple[float, ...]:
    """Of 0, of 0 or 1, of 0 to 2 ... among ``n`` who each do it by ``chance``."""
    ways = (math.comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(n + 1))
    return tuple(accumulate(ways))


def drawn(dice: random.Random, n: int, chance: float) -> int:
    """How many of ``n`` did what each does by ``chance``."""
    return min(n, bisect(chances(n, chance), dice.random()))


def looks(
    dice: random.Random, share: float, rate: float, lift: float = 0, *, money: bool = False
) -> Iterator[Span]:
    """What is counted of a campaign at the end of each day, with ``share`` kept in control."""
    sums = [[0, 0, 0.0, 0.0], [0, 0, 0.0, 0.0]]
    for _ in range(DAYS):
        in_control = drawn(dice, A_DAY, share)
        for arm, n, chance in (
            (sums[0], A_DAY - in_control, rate * (1 + lift)),
            (sums[1], in_control, rate),
        ):
            bought = drawn(dice, n, chance)
            arm[0] += n
            arm[1] += bought
            for _ in range(bought if money else 0):
                value = dice.lognormvariate(LOG_MEAN, LOG_SPREAD)
                arm[2] += value
                arm[3] += value * value
        shown, control = (Counted(int(a), int(b), c, d) for a, b, c, d in sums)
        yield Span(shown, control, share)


@pytest.mark.parametrize("share", [0.5, 0.1], ids=["50/50", "90/10"])
def test_who_looks_every_day_for_sixty_days_is_fooled_in_one_of_twenty_at_most(
    share: float,
) -> None:
    dice, runs = random.Random(7), max(2_000, RUNS)
    fooled = sum(
        any(word_on([span]) != NOT_KNOWN for span in looks(dice, share, 0.03)) for _ in range(runs)
    )
    assert fooled <= 0.05 * runs, fooled / runs


@pytest.mark.parametrize("share", [0.5, 0.1], ids=["50/50", "90/10"])
def test_money_that_does_not_differ_is_seldom_said_to(share: float) -> None:
    dice, runs = random.Random(7), max(600, RUNS)
    fooled = 0
    for _ in range(runs):
        found = (money_on([span]) for span in looks(dice, share, 0.03, money=True))
        fooled += any(money is not None and money.sign != 0 for money in found)
    assert fooled <= 0.05 * runs, fooled / runs


def test_a_third_more_orders_is_found_in_sixty_days_in_three_of_four_shops() -> None:
    dice, runs = random.Random(7), max(500, RUNS)
    found = sum(
        any(word_on([span]) == HELPS for span in looks(dice, 0.5, 0.03, 0.3)) for _ in range(runs)
    )
    assert found >= 0.75 * runs, found / runs
