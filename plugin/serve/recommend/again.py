"""Which of the products that somebody bought is it time to buy again?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from plugin.shop import DAY

DECAY = 0.9  # what an order still counts after one more order of the same buyer
MOST_OVERDUE = 2.0  # usual gaps; who waits longer found it elsewhere
RARELY = 0.1  # of a category's products bought: fewer are bought again by the same buyer
USUAL_GAP_DAYS = 45  # where nobody knows


class Bought(NamedTuple):
    """A product in an order. ``at``: when (Unix ms); ``gap_days``: until people buy it again."""

    item_id: str
    at: int
    category: str | None = None
    gap_days: float | None = None


class Habit(NamedTuple):
    """How a category's products are bought again: days between (0: nobody knows), and by what share
    of those who bought one.
    """

    gap_days: float
    share: float


def due_first(bought: Iterable[Bought], habits: Mapping[str, Habit], now: int) -> list[str]:
    """The products of one buyer, each once: those that are due, then those that will be, then those
    bought once that hardly anybody buys twice; within each the strongest habit first.

    bought: every product of every order up to ``now``. habits: by category.
    Source: own frequency with decay per order (TIFU-kNN, Hu et al. 2020, the personal part), times
    the time since the last one in usual gaps.
    """
    lines = list(bought)
    orders = sorted({one.at for one in lines})
    since = {at: len(orders) - 1 - place for place, at in enumerate(orders)}
    times: dict[str, set[int]] = defaultdict(set)
    told: dict[str, Bought] = {}
    for one in lines:
        times[one.item_id].add(one.at)
        told[one.item_id] = one

    def rank(item_id: str) -> tuple[bool, bool, float, str]:
        habit = habits.get(told[item_id].category or "")
        waited = (now - max(times[item_id])) / _gap_ms(told[item_id], times[item_id], habit)
        strength = sum(DECAY ** since[at] for at in times[item_id])
        rare = len(times[item_id]) == 1 and _is_rare(told[item_id], habit)
        return rare, waited < 1.0, -strength * min(waited, MOST_OVERDUE), item_id

    return sorted(times, key=rank)


def _gap_ms(one: Bought, times: set[int], habit: Habit | None) -> float:
    """The usual gap: the buyer's own, else the product's, else its category's, else any."""
    if len(times) > 1:
        return max(DAY, median(later - sooner for sooner, later in pairwise(sorted(times))))
    usual = one.gap_days or (habit.gap_days if habit else 0) or USUAL_GAP_DAYS
    return DAY * max(1.0, usual)


def _is_rare(one: Bought, habit: Habit | None) -> bool:
    return one.gap_days is None and habit is not None and habit.share < RARELY
