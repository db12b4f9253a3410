"""Where was each product viewed? What the session rankers are made from, product by product."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import accumulate
from math import exp

from plugin.serve.recommend.runs import Runs

DAY = 86_400


class Visits:
    """The visits of ``runs`` with more than one view, and where each product stands in them.

    Of a long visit the newest ``longest`` views count. ``items`` are all views one after another;
    visit v holds ``items[ends[v - 1]:ends[v]]``; ``row`` is the visit of each view, and
    ``at``/``profiles`` are as in ``Runs``. A lone view is left out: it tells of no other product.
    Twelve bytes a view and twelve a visit; time grows with the views.
    """

    def __init__(self, runs: Runs, products: int, longest: int) -> None:
        self.products = products
        self.items, self.ends = array("I"), array("I")
        self.at, self.profiles, self.row = array("I"), array("I"), array("I")
        for visit in range(len(runs)):
            start, end = runs.starts[visit], runs.starts[visit + 1]
            if end - start > 1:
                self._append(runs.items[max(start, end - longest) : end])
                self.at.append(runs.at[visit])
                self.profiles.append(runs.profiles[visit])
        self._place()

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[array[int]]:
        start = 0
        for end in self.ends:
            yield self.items[start:end]
            start = end

    def places(self, number: int) -> array[int]:
        """Where in ``items`` a product stands, oldest first."""
        start = self._place_ends[number - 1] if number else 0
        return self._places[start : self._place_ends[number]]

    def freshness(self, days: float) -> array[float]:
        """What each visit counts, 0 to 1: ``exp(-age / days)``, aged from the newest visit."""
        newest = self.at[-1] if self.at else 0
        return array("f", (exp((at - newest) / (days * DAY)) for at in self.at))

    def _append(self, items: array[int]) -> None:
        self.row.extend([len(self.ends)] * len(items))
        self.items.extend(items)
        self.ends.append(len(self.items))

    def _place(self) -> None:
        """Sort the views by product, by counting: no comparison, two arrays."""
        counts = [0] * self.products
        for number in self.items:
            counts[number] += 1
        self._place_ends = array("I", accumulate(counts))
        free = [0, *self._place_ends[:-1]] if counts else []
        self._places = array("I", bytes(4 * len(self.items)))
        for place, number in enumerate(self.items):
            self._places[free[number]] = place
            free[number] += 1
