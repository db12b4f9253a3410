"""Does a campaign help, and what is to be done about it?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plugin.serve.proof import (
    LEAST,
    Arms,
    Interval,
    Sample,
    least_reached,
    money_difference,
    rate_difference,
    relative_difference,
    share_of,
    visitors_still,
)
from plugin.serve.split import Split, is_off

HELPS, HURTS, NOT_KNOWN = "helps", "hurts", "not_known"
WHEN_DECIDED = 0.1  # the share kept in control once it is known that a campaign helps
SHOW_TO_90, TURN_OFF = "show_to_90", "turn_off"
A_THOUSAND = 1_000  # visitors, of whom effects are told


@dataclass(frozen=True)
class Counted:
    """What one arm did: visitors, how many reached the goal, money (minor) and its squares."""

    visitors: int = 0
    reached: int = 0
    revenue: float = 0
    squares: float = 0


@dataclass(frozen=True)
class Span:
    """Those who first met the campaign while ``share`` (0 to 1) of visitors was kept in control."""

    shown: Counted
    control: Counted
    share: float


@dataclass(frozen=True)
class Verdict:
    """What can be said of a campaign by now.

    word: helps, hurts or not_known, by the visitors who reach its goal. goals, money: shown minus
    control of 1,000 visitors (visitors, minor units); relative: of the goal, 0.2 is a fifth more.
    All three with their intervals, None: too few yet. trusted: False when the arms were not dealt
    as they should be, then nothing is known. needed: about how many more visitors until it is
    known if all stays as it is, None: known, or not to be told. suggests: show_to_90, turn_off.
    """

    word: str
    goals: Interval | None
    relative: Interval | None
    money: Interval | None
    trusted: bool = True
    needed: int | None = None
    suggests: str | None = None

    @property
    def costs_money(self) -> bool:
        """More visitors reach the goal, and still the shop takes less: as with a coupon."""
        return self.word == HELPS and self.money is not None and self.money.sign < 0


def judge(spans: Sequence[Span]) -> Verdict:
    """The verdict on ``spans``, the last of which is now."""
    rates = _rates(spans)
    trusted, word = are_dealt_right(spans), word_on(spans)
    found = Verdict(
        word,
        _of_a_thousand(rate_difference(rates)),
        relative_difference(rates) if least_reached(rates) >= LEAST else None,
        _of_a_thousand(money_on(spans)),
        trusted,
        visitors_still(rates) if trusted and word == NOT_KNOWN else None,
    )
    return _advised(found, spans[-1].share if spans else 0)


def word_on(spans: Sequence[Span]) -> str:
    """helps, hurts, or not_known: by the visitors who reach the goal, where the arms are right."""
    goals = rate_difference(_rates(spans))
    if goals is None or goals.sign == 0 or not are_dealt_right(spans):
        return NOT_KNOWN
    return HELPS if goals.sign > 0 else HURTS


def money_on(spans: Sequence[Span]) -> Interval | None:
    """Shown minus control, money of one visitor, minor units; None: too few yet."""
    if least_reached(_rates(spans)) < LEAST:
        return None
    return money_difference([Arms(_income(one.shown), _income(one.control)) for one in spans])


def are_dealt_right(spans: Sequence[Span]) -> bool:
    """False: more or fewer visitors are in control than the share says, beyond chance."""
    splits = (Split(one.shown.visitors, one.control.visitors, one.share) for one in spans)
    return not is_off(splits)


def days_still(needed: int | None, a_day: float) -> int | None:
    """In how many days ``needed`` more visitors will have come, at ``a_day``; None: not known."""
    return None if needed is None or a_day <= 0 else math.ceil(needed / a_day)


def _advised(found: Verdict, share: float) -> Verdict:
    suggests = None
    if found.word == HURTS:
        suggests = TURN_OFF
    elif found.word == HELPS and not found.costs_money and share > WHEN_DECIDED:
        suggests = SHOW_TO_90
    return Verdict(**{**vars(found), "suggests": suggests})


def _of_a_thousand(found: Interval | None) -> Interval | None:
    return None if found is None else found.times(A_THOUSAND)


def _rates(spans: Sequence[Span]) -> list[Arms]:
    return [Arms(_rate(span.shown), _rate(span.control)) for span in spans]


def _rate(counted: Counted) -> Sample:
    return share_of(counted.visitors, counted.reached)


def _income(counted: Counted) -> Sample:
    return Sample(counted.visitors, counted.revenue, counted.squares)
