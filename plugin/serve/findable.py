"""Which effect could be found among so many visitors, before anybody has met a campaign?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from plugin.serve.proof import LEAST, half_width

CHANCE = 0.8  # with which an effect is to be found that is said to be findable
MOST_LIFT = 4.0  # more than five times the rate is no effect to plan for
WEEKS = (1, 2, 4, 8)
_STEPS = 40  # of halving: finer than anybody reads


@dataclass(frozen=True)
class Crowd:
    """Visitors who would meet a campaign within 1, 2, 4 and 8 weeks, and the share of them (0 to 1)
    who reach its goal without it.
    """

    visitors: Sequence[float]
    rate: float


@dataclass(frozen=True)
class Findable:
    """After so many ``weeks``, with so many ``visitors``, an effect of ``lift`` or more would be
    found: 0.2 is a fifth more of control's rate. None: none up to ``MOST_LIFT``.
    """

    weeks: int
    visitors: int
    lift: float | None


def findable(crowd: Crowd, share: float) -> list[Findable]:
    """What could be found after each of ``WEEKS`` with ``share`` (0 to 1) kept in control."""
    return [
        Findable(weeks, round(visitors), least_lift(visitors, share, crowd.rate))
        for weeks, visitors in zip(WEEKS, crowd.visitors, strict=True)
    ]


def least_lift(visitors: float, share: float, rate: float, chance: float = CHANCE) -> float | None:
    """The smallest lift of ``rate`` that ``visitors`` show with ``chance``; None: none.

    share: kept in control. The interval of ``rate_difference`` (Waudby-Smith et al., arXiv
    2103.06476, equation 9) leaves 0 when the difference found is more than its half width; as what
    is found scatters normally around the truth, it does so with ``chance`` where the truth is more
    by so many standard deviations. Before that, ``LEAST`` of control have to reach the goal.
    """
    shown, control = visitors * (1 - share), visitors * share
    if min(shown, control) < 1 or not 0 < rate < 1:
        return None
    enough = _chance_of(LEAST, control * rate)
    if enough <= chance:
        return None
    deviations = NormalDist().inv_cdf(chance / enough)
    low, high = 0.0, min(MOST_LIFT, 1 / rate - 1)

    def is_found(lift: float) -> bool:
        more = rate * (1 + lift)
        mean = (shown * more + control * rate) / visitors
        pooled = mean * (1 - mean) * (1 / shown + 1 / control)
        scatter = more * (1 - more) / shown + rate * (1 - rate) / control
        needed = half_width(pooled, round(visitors)) + deviations * math.sqrt(scatter)
        return rate * lift > needed

    if not is_found(high):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return high


def _chance_of(least: int, expected: float) -> float:
    """That ``least`` or more happen of what happens ``expected`` times on average (Poisson)."""
    if expected > 50 * least:
        return 1.0
    return 1 - sum(
        math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(least)
    )
