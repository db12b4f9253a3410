"""Which products lie beside each product, or behind those that do?

Many products were viewed with few others, while those others have long rows of their own. A step
from row to row is a random walk over the products, two steps long (Cooper, Lee, Radinsky, Siantos,
"Random walks in recommender systems: exact computation and simulations", WWW 2014).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.tuning import Tuning

Ranked = list[tuple[int, float]]
SCORE = itemgetter(1)


class Rows:
    """One row of (number, score) a product: arrays ``NAME_items/_scores/_ends/_beside``.

    Scores are shares of the row's best. The first ``_beside`` of a row were met in one visit with
    the product, the others are reached over one of those; each part has its best first.
    """

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._items, self._scores = arrays[f"{name}_items"], arrays[f"{name}_scores"]
        self._ends, self._beside = arrays[f"{name}_ends"], arrays[f"{name}_beside"]

    def __getitem__(self, number: int) -> tuple[list[int], list[float]]:
        """The products of a row and their scores; of a product that has no row: nothing."""
        if number >= len(self._ends):
            return [], []
        span = slice(self._ends[number - 1] if number else 0, self._ends[number])
        return self._items[span].tolist(), self._scores[span].tolist()

    def together(self, seen: Sequence[int], remembered: int, fade: float, n: int) -> Ranked:
        """The ``n`` best of the rows of the ``remembered`` newest products of a visit, best first.

        The rows are added, each older one times ``fade``. ``seen``: oldest first.
        """
        scores: dict[int, float] = {}
        have, weight = scores.get, 1.0
        for number in list(dict.fromkeys(reversed(seen)))[:remembered]:
            for other, score in zip(*self[number], strict=True):
                scores[other] = have(other, 0.0) + weight * score
            weight *= fade
        # The whole is sorted: quicker than to look for the best hundred of a few hundred.
        return sorted(scores.items(), key=SCORE, reverse=True)[:n]

    def beside(self, number: int, n: int) -> Ranked:
        """The ``n`` best of those that were met in one visit with a product, best first."""
        most = min(n, self._beside[number]) if number < len(self._ends) else 0
        return list(zip(*self[number], strict=True))[:most]


class RowRanker:
    """Ranks by the rows of one name: those of the newest products of a visit, or one alone."""

    def __init__(self, arrays: Arrays, name: str, remembered: int, fade: float) -> None:
        self._rows, self._remembered, self._fade = Rows(arrays, name), remembered, fade

    def __call__(self, seen: Sequence[int], n: int) -> Ranked:
        """The ``n`` best (number, score), best first; ``seen``: oldest first, repeats allowed.

        The rows of the newest distinct products are added, each older one times ``fade``.
        """
        return self._rows.together(seen, self._remembered, self._fade, n)

    def beside(self, number: int, n: int) -> Ranked:
        """The ``n`` best of those that were met in one visit with a product, best first."""
        return self._rows.beside(number, n)


def row_arrays(
    name: str, rows: Iterable[Mapping[int, float]], kept: int, behind: float, tuning: Tuning
) -> dict[str, array[Any]]:
    """The arrays of ``Rows``: the ``kept`` best of each row, 8 bytes each and 5 a product.

    rows: what was met with each product, and how much. behind: what the best of the products that
    are reached over others is worth beside the best that was met; half of it when the walk goes on
    from there. Time grows with the products: a walk looks into ``tuning.walk_over`` other rows for
    each. Memory: three times the result.
    """
    met = walked = _Flat(rows, kept)
    for walk in range(tuning.walks):
        worth = behind / 2**walk
        walked = _Flat((_walk(walked, n, worth, tuning) for n in range(len(met.ends))), kept)
    items, scores, beside = array("I"), array("f"), array("B")
    for number in range(len(met.ends)):
        near = set(met.row(number, kept)[0])
        row = list(zip(*walked.row(number, kept), strict=True))
        # Sorting keeps the order within what was met, and within the rest.
        row.sort(key=lambda one: one[0] not in near)
        items.extend(other for other, _ in row)
        scores.extend(share for _, share in row)
        beside.append(sum(other in near for other, _ in row))
    return {
        f"{name}_items": items,
        f"{name}_scores": scores,
        f"{name}_ends": walked.ends,
        f"{name}_beside": beside,
    }


class _Flat:
    """The ``kept`` best of each row one after another, best first, as shares of the row's best."""

    def __init__(self, rows: Iterable[Mapping[int, float]], kept: int) -> None:
        self.items, self.shares, self.ends = array("I"), array("f"), array("I")
        for row in rows:
            best = sorted(row, key=row.__getitem__, reverse=True)[:kept]
            most = row[best[0]] if best else 0.0
            # What is ages old may count so little that it is nothing.
            if most > 0:
                self.items.extend(best)
                self.shares.extend([row[number] / most for number in best])
            self.ends.append(len(self.items))

    def row(self, number: int, most: int) -> tuple[array[int], array[float]]:
        """The first ``most`` of a row, and their shares."""
        start = self.ends[number - 1] if number else 0
        end = min(start + most, self.ends[number])
        return self.items[start:end], self.shares[start:end]


def _walk(rows: _Flat, number: int, worth: float, tuning: Tuning) -> dict[int, float]:
    """A row, and beside it what a walk over two rows ends at: ``worth`` for the likeliest end."""
    reached: dict[int, float] = {}
    have = reached.get
    for over, first in zip(*rows.row(number, tuning.walk_over), strict=True):
        others, shares = rows.row(over, tuning.walk_to)
        first /= sum(shares) or 1.0  # a row may be empty
        for other, share in zip(others, shares, strict=True):
            reached[other] = have(other, 0.0) + first * share
    reached.pop(number, None)
    added = dict(zip(*rows.row(number, len(rows.items)), strict=True))
    scale = worth / (max(reached.values(), default=0.0) or 1.0)
    for other, chance in reached.items():
        added[other] = added.get(other, 0.0) + scale * chance
    return added
