"""What is viewed soon after a product, and before it?

Sequential rules (Ludewig and Jannach, "Evaluation of session-based recommendation algorithms",
2018): a pair of views counts ``1 / steps between them``; here also against the order, for less.
"""

from __future__ import annotations

from array import array
from typing import Any

from plugin.serve.recommend.arrays import Named
from plugin.serve.recommend.tuning import Tuning
from plugin.serve.recommend.visits import Visits
from plugin.serve.recommend.walk import RowRanker, row_arrays


def follow_arrays(visits: Visits, tuning: Tuning) -> dict[str, array[Any]]:
    """The arrays of ``Follow``. Time grows with the views, memory is one row's."""
    steps = [1 / step for step in range(1, tuning.follow_steps + 1)]
    fresh = visits.freshness(tuning.follow_days)

    def row(number: int) -> dict[int, float]:
        rules: dict[int, float] = {}
        have = rules.get
        for place in visits.places(number)[-tuning.table_visits :]:
            visit = visits.row[place]
            start, end = visits.ends[visit - 1] if visit else 0, visits.ends[visit]
            weight = fresh[visit]
            for other, step in zip(visits.items[place + 1 : end], steps, strict=False):
                rules[other] = have(other, 0.0) + weight * step
            weight *= tuning.follow_back
            before = visits.items[max(start, place - tuning.follow_steps) : place]
            for other, step in zip(reversed(before), steps, strict=False):
                rules[other] = have(other, 0.0) + weight * step
        rules.pop(number, None)
        return rules

    rows = map(row, range(visits.products))
    return row_arrays(
        "view.follow",
        rows,
        tuning.follow_kept,
        tuning.follow_behind,
        tuning,
        tuning.follow_returned,
    )


class Follow(RowRanker):
    """The rules of a model, asked for what goes with the products of a visit."""

    def __init__(self, arrays: Named, tuning: Tuning) -> None:
        super().__init__(arrays, "view.follow", tuning.follow_remembered, tuning.follow_fade)
