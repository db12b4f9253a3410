"""How often do visitors of this shop come back to a product of the visit, and what is on the rise?

Shops differ more in repeats than in anything else the rankers look at, so they are counted apart.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import log, log1p
from typing import Any

from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.tuning import Tuning
from plugin.serve.recommend.visits import Visits

BACK = 5  # how far back a product is told apart: the last one, the one before, … and all earlier
WIDTH = 5  # distinct products of a visit: one, two, … and all more
TIMES = 2  # views of the product in the visit: one, or more
CELLS = BACK * WIDTH * TIMES
VISITS = 200_000  # newest, that are counted
DOUBT = 50.0  # looks at a cell that its neighbourhood's share counts for


def habit_arrays(visits: Visits, tuning: Tuning) -> dict[str, array[Any]]:
    """The arrays of ``Habits``. Time grows with the views and the products."""
    return {"view.repeats": _repeats(visits), "view.trend": _trend(visits, tuning)}


def _repeats(visits: Visits) -> array[float]:
    """log of the share of next views that are a product again, by where it stands in the visit."""
    asked, again = [0] * CELLS, [0] * CELLS
    for visit in list(visits)[-VISITS:]:
        counts: dict[int, int] = {}
        newest: list[int] = []
        for number in visit:
            for back, old in enumerate(newest[:BACK]):
                cell = _cell(back, len(newest), counts[old])
                asked[cell] += 1
                again[cell] += old == number
            counts[number] = counts.get(number, 0) + 1
            if number in newest:
                newest.remove(number)
            newest.insert(0, number)
    usual = (1 + sum(again)) / (10 + sum(asked))
    found = array("f")
    for back in range(BACK):
        cells = range(back * WIDTH * TIMES, (back + 1) * WIDTH * TIMES)
        near = _share(sum(again[n] for n in cells), sum(asked[n] for n in cells), usual)
        found.extend(log(_share(again[n], asked[n], near)) for n in cells)
    return found


def _share(hits: int, of: int, usual: float) -> float:
    """hits / of, drawn towards what is usual while there are few."""
    return (hits + DOUBT * usual) / (of + DOUBT)


def _trend(visits: Visits, tuning: Tuning) -> array[float]:
    """log of a product's views in the newest visits, less what its views of all time explain."""
    start = int(len(visits) * (1 - tuning.trend_share))
    place = visits.ends[start - 1] if start else 0
    ever, lately = [0] * visits.products, [0] * visits.products
    for number in visits.items:
        ever[number] += 1
    for number in visits.items[place:]:
        lately[number] += 1
    known = tuning.trend_known
    return array(
        "f", (log1p(new) - known * log1p(old) for new, old in zip(lately, ever, strict=True))
    )


def _cell(back: int, width: int, times: int) -> int:
    return (back * WIDTH + min(width, WIDTH) - 1) * TIMES + min(times, TIMES) - 1


class Habits:
    """What a shop's visitors do, beside any ranker."""

    def __init__(self, arrays: Arrays) -> None:
        self._repeats = arrays["view.repeats"].tolist()
        self._trend = arrays["view.trend"]

    def repeats(self, seen: Sequence[int]) -> dict[int, float]:
        """Products of the visit -> log of the chance that the next view is that one again."""
        counts: dict[int, int] = {}
        for number in seen:
            counts[number] = counts.get(number, 0) + 1
        newest = dict.fromkeys(reversed(seen))
        return {
            number: self._repeats[_cell(min(back, BACK - 1), len(newest), counts[number])]
            for back, number in enumerate(newest)
        }

    def lift(self, scores: dict[int, float], weight: float) -> None:
        """Add to each score ``weight`` times how much the product is on the rise.

        One that the model does not know gets nothing.
        """
        trend, known = self._trend, len(self._trend)
        for number in scores:
            if number < known:
                scores[number] += weight * trend[number]
