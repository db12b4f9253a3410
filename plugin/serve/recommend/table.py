"""Which products are viewed in the same visits, more than their fame explains?

A table of products beside products: the inner product of their columns in the matrix of visits,
weighted by BM25 (Robertson and Zaragoza, "The probabilistic relevance framework", 2009) with visits
as the terms: views of a product saturate, famous products and long visits count less.
"""

from __future__ import annotations

from array import array
from itertools import repeat
from math import log1p
from typing import Any

from plugin.serve.recommend.arrays import Named
from plugin.serve.recommend.tuning import Tuning
from plugin.serve.recommend.visits import Visits
from plugin.serve.recommend.walk import RowRanker, row_arrays


def table_arrays(visits: Visits, tuning: Tuning) -> dict[str, array[Any]]:
    """The arrays of ``Table``.

    Time grows with the views: a product's row looks at no more than ``tuning.table_visits`` visits
    of ``tuning.longest`` views. Memory beside the result: 12 bytes a view.
    """
    items, weights, ends = _weighed(visits, tuning)
    once = _once(visits, tuning)

    def row(number: int) -> dict[int, float]:
        beside: dict[int, float] = {}
        have = beside.get
        # Visits come in order, so one that holds the product twice is met twice in a row.
        rows = dict.fromkeys(visits.row[place] for place in visits.places(number))
        for visit in list(rows)[-tuning.table_visits :]:
            span = slice(ends[visit - 1] if visit else 0, ends[visit])
            held, worth = items[span], weights[span]
            own = worth[held.index(number)]
            for other, weight in zip(held, worth, strict=True):
                beside[other] = have(other, 0.0) + own * weight
        for other in beside:
            beside[other] *= once[number] * once[other]
        beside.pop(number, None)
        return beside

    rows = map(row, range(visits.products))
    return row_arrays("view.table", rows, tuning.table_kept, tuning.table_behind, tuning)


def _once(visits: Visits, tuning: Tuning) -> list[float]:
    """What one view of each product weighs: less for famous ones."""
    counts = [len(visits.places(number)) for number in range(visits.products)]
    usual = len(visits.items) / max(1, sum(map(bool, counts)))
    floor, slope = 1 - tuning.length, tuning.length
    grown = (tuning.saturation * (floor + slope * count / max(usual, 1)) for count in counts)
    return [(tuning.saturation + 1) / (1 + one) for one in grown]


def _weighed(visits: Visits, tuning: Tuning) -> tuple[array[int], array[float], array[int]]:
    """The distinct products of all visits, what each weighs there, and where each visit ends.

    A weight is that of the visit (short and new ones tell more), times how much more several views
    weigh than one.
    """
    items, weights, ends = array("I"), array("f"), array("I")
    fresh = visits.freshness(2 * tuning.table_days)  # of both factors of a product: twice as slow
    known = len({*visits.items})
    once = _once(visits, tuning)
    for visit, views in enumerate(visits):
        counts: dict[int, int] = {}
        for number in views:
            counts[number] = counts.get(number, 0) + 1
        weight = fresh[visit] * log1p(known / (1 + len(counts)))
        items.extend(counts)
        weights.extend(repeat(weight, len(counts)))
        for place, (number, count) in enumerate(counts.items(), len(items) - len(counts)):
            if count > 1:
                # count (k1 + 1) / (x + count) over 1 (k1 + 1) / (x + 1), x from the latter
                x = (tuning.saturation + 1) / once[number] - 1
                weights[place] *= count * (1 + x) / (count + x)
        ends.append(len(items))
    return items, weights, ends


class Table(RowRanker):
    """The table of a model, asked for what lies beside the products of a visit."""

    def __init__(self, arrays: Named, tuning: Tuning) -> None:
        super().__init__(arrays, "view.table", tuning.table_remembered, tuning.table_fade)
