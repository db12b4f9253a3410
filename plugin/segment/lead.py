"""How many points has a visitor as a lead, when older acts count less and less?

Source: exponential decay, points * 2 ** (-age / half-life), as for interests.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from plugin.segment.facts import Facts
from plugin.segment.worked import Worked, sliding, soonest_of
from plugin.shop import DAY, Shop

POINTS = {
    "view_item": 1,
    "search": 1,
    "add_to_wishlist": 3,
    "add_to_cart": 5,
    "popup_submit": 5,
    "sign_up": 10,
    "generate_lead": 10,
    "begin_checkout": 10,
}
MOST = 100
HALF_LIFE = 30 * DAY
ACTS = tuple(POINTS)


def _points(facts: Facts, now: int) -> float:
    found = 0.0
    for name, points in POINTS.items():
        times = facts.times.get(name, ())
        for at in times[: bisect_right(times, now)]:
            found += points * 2.0 ** (-(now - at) / HALF_LIFE)
    return found


def _score(facts: Facts, now: int, shop: Shop) -> int:
    return min(MOST, int(_points(facts, now)))


def _turns(facts: Facts, now: int, shop: Shop) -> int | None:
    coming = sliding(ACTS)(facts, now, shop)
    points = _points(facts, now)
    whole = min(MOST, int(points))
    if not whole:
        return coming
    # When no more than that many points are left; a moment early where it falls between two.
    falls = now + max(1, math.floor(HALF_LIFE * math.log2(points / whole)))
    return soonest_of([coming, falls])


SCORE = Worked(_score, _turns, times=ACTS)
