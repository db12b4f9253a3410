"""How far apart are shown and control, so that one may look every day and still not be fooled?

Everything is worked out from three sums of each arm: visitors, their figures, the squares of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05  # how often an interval may ever miss the truth, over all looks together
TIGHTEST = 5_000  # visitors at which the interval is narrowest for what it is
# Fewer successes in an arm than these, and a normal distribution says nothing of it: without this
# floor one in seven campaigns at 90/10 is called a winner or a loser by chance.
LEAST = 10
MOST_VISITORS = 10_000_000  # more than these are no answer to "how many more"


@dataclass(frozen=True)
class Sample:
    """One figure of each visitor of an arm: how many visitors, the sum, the sum of squares.

    ``yes_or_no``: the figure is 1 or 0.
    """

    n: int = 0
    total: float = 0
    squares: float = 0
    yes_or_no: bool = False

    @property
    def mean(self) -> float:
        """The figure of the average visitor; 0 of nobody."""
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """How figures scatter: p (1 - p) of yes or no, else with n - 1; 0 of one visitor alone."""
        if self.yes_or_no:
            return self.mean * (1 - self.mean)
        if self.n < 2:
            return 0.0
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


def share_of(n: int, reached: int) -> Sample:
    """The sample of a yes or no: 1 for each of the ``reached`` among ``n`` visitors."""
    return Sample(n, reached, reached, yes_or_no=True)


@dataclass(frozen=True)
class Arms:
    """The two arms of one span of time in which the split was the same."""

    shown: Sample
    control: Sample

    @property
    def n(self) -> int:
        """Visitors of both."""
        return self.shown.n + self.control.n

    @property
    def together(self) -> Sample:
        """Both as one."""
        one, other = self.shown, self.control
        return Sample(self.n, one.total + other.total, one.squares + other.squares, one.yes_or_no)


@dataclass(frozen=True)
class Interval:
    """A difference and where it lies with 95 % certainty, at every look. Units: the figure's."""

    value: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """1 or -1 when the whole interval is on one side of 0, else 0."""
        return (self.low > 0) - (self.high < 0)

    def times(self, factor: float) -> Interval:
        """The same for ``factor`` (>= 0) visitors."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)


def rate_difference(spans: Sequence[Arms]) -> Interval | None:
    """Shown minus control, of a share of visitors; None while an arm has fewer than ``LEAST``.

    The variance is that of both arms together, as if there were no difference: a small control
    group's own is too often far too small.
    """
    spans = _of_both(spans)
    if least_reached(spans) < LEAST:
        return None
    return _around(spans, _pooled(spans))


def money_difference(spans: Sequence[Arms]) -> Interval | None:
    """Shown minus control, of an amount of each visitor; None when all amounts are one.

    The larger of two variances: with each arm's own one, a small control group in which by chance
    nobody spent much is fooled (9 % over sixty looks at 90/10); with that of both together, arms
    that do scatter differently are. Whether enough visitors have an amount is for the caller to
    look at (``least_reached`` of the shares).
    """
    spans = _of_both(spans)
    variance = max(_welch(spans), _pooled(spans))
    return _around(spans, variance) if variance > 0 else None


def relative_difference(spans: Sequence[Arms]) -> Interval | None:
    """How much more shown has than control, as a part of control's; None when control has none.

    By the delta method: var(b/a) = var(b)/a^2 + var(a) b^2/a^4.
    """
    spans = _of_both(spans)
    control, shown = _mean(spans, "control"), _mean(spans, "shown")
    if control <= 0:
        return None
    of_shown, of_control = _variance_of(spans, "shown"), _variance_of(spans, "control")
    variance = of_shown / control**2 + of_control * shown**2 / control**4
    return _interval(shown / control - 1, variance, _visitors(spans))


def half_width(variance: float, n: int) -> float:
    """How far an interval reaches to each side of the estimate, at every look with ``ALPHA``.

    variance: of the estimate; n: visitors it is made of. An asymptotic confidence sequence:
    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic
    confidence sequences", arXiv 2103.06476, equation 9.
    """
    spread = n * _RHO2
    return math.sqrt(
        variance * 2 * (spread + 1) * math.log(math.sqrt(spread + 1) / ALPHA) / (n * _RHO2)
    )


def least_reached(spans: Sequence[Arms]) -> float:
    """The successes of the arm that has fewer of them."""
    return min(sum(span.shown.total for span in spans), sum(span.control.total for span in spans))


def visitors_still(spans: Sequence[Arms]) -> int | None:
    """About how many more visitors it takes until a rate's interval leaves 0.

    If the rates and the split stay as they are. None: more than ``MOST_VISITORS``, or nothing can
    be said yet because an arm has no success.
    """
    spans = _of_both(spans)
    n, least = _visitors(spans), least_reached(spans)
    if least <= 0:
        return None
    needed = max(n, math.ceil(n * LEAST / least))
    difference = abs(_mean(spans, "shown") - _mean(spans, "control"))
    of_one = _pooled(spans) * n  # the estimate's variance falls as visitors come

    def is_enough(visitors: int) -> bool:
        return half_width(of_one / visitors, visitors) < difference

    low, high = needed, MOST_VISITORS
    if high <= low or not is_enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low - n


# Equation 161 of the same, which makes intervals narrowest at TIGHTEST visitors.
_RHO2 = (-2 * math.log(ALPHA) + math.log(-2 * math.log(ALPHA) + 1)) / TIGHTEST


def _of_both(spans: Sequence[Arms]) -> list[Arms]:
    """Those that can be compared; a span in which nobody was in one of the arms tells nothing."""
    return [span for span in spans if span.shown.n and span.control.n]


def _visitors(spans: Sequence[Arms]) -> int:
    return sum(span.n for span in spans)


def _around(spans: Sequence[Arms], variance: float) -> Interval:
    # Each span is compared within itself and counts by its visitors: sales that rise while the
    # split changes are no effect of the campaign.
    n = _visitors(spans)
    difference = sum((span.shown.mean - span.control.mean) * span.n for span in spans) / n
    return _interval(difference, variance, n)


def _interval(value: float, variance: float, n: int) -> Interval:
    half = half_width(variance, n)
    return Interval(value, value - half, value + half)


def _pooled(spans: Sequence[Arms]) -> float:
    """The variance of the difference if both arms were of one kind."""
    n = _visitors(spans)
    return sum(
        (span.n / n) ** 2 * span.together.variance * (1 / span.shown.n + 1 / span.control.n)
        for span in spans
    )


def _welch(spans: Sequence[Arms]) -> float:
    return _variance_of(spans, "shown") + _variance_of(spans, "control") if spans else 0.0


def _mean(spans: Sequence[Arms], arm: str) -> float:
    n = _visitors(spans)
    return sum(_arm(span, arm).mean * span.n for span in spans) / n if n else 0.0


def _variance_of(spans: Sequence[Arms], arm: str) -> float:
    """The variance of one arm's mean over all spans."""
    n = _visitors(spans)
    return sum((span.n / n) ** 2 * _arm(span, arm).variance / _arm(span, arm).n for span in spans)


def _arm(span: Arms, arm: str) -> Sample:
    return span.shown if arm == "shown" else span.control
