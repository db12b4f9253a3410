"""Which products lie beside each product, or behind those that do?

Many products were viewed with few others, while those others have long rows of their own. A step
from row to row is a random walk over the products, two steps long (Cooper, Lee, Radinsky, Siantos,
"Random walks in recommender systems: exact computation and simulations", WWW 2014).
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import accumulate
from math import exp
from operator import itemgetter
from typing import Any

from plugin.serve.recommend.arrays import Named
from plugin.serve.recommend.tuning import Tuning

Ranked = list[tuple[int, float]]
SCORE = itemgetter(1)
OWN = 0.5  # share of a guess in its own row, when guesses are looked behind


class Rows:
    """One row of (number, score) a product: arrays ``NAME_items/_scores/_ends/_beside``.

    Scores are shares of the row's best. The first ``_beside`` of a row were met in one visit with
    the product, the others are reached over one of those; each part has its best first.
    """

    def __init__(self, arrays: Named, name: str) -> None:
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

    def behind(self, guesses: Ranked, heat: float, among: Container[int]) -> Ranked:
        """What the rows of ``guesses`` (best first) say together of those ``among``, best first.

        A row counts ``exp(heat * (score - score of the best guess))``: by its odds. Each guess also
        stands in its own row, for half of the best there: a sole guess is not held against itself.
        """
        scores: dict[int, float] = {}
        have = scores.get
        for number, score in guesses:
            weight = exp(heat * (score - guesses[0][1]))
            if number in among:
                scores[number] = have(number, 0.0) + OWN * weight
            for other, share in zip(*self[number], strict=True):
                if other in among:
                    scores[other] = have(other, 0.0) + weight * share
        return sorted(scores.items(), key=SCORE, reverse=True)

    def beside(self, number: int, n: int) -> Ranked:
        """The ``n`` best of those that were met in one visit with a product, best first."""
        most = min(n, self._beside[number]) if number < len(self._ends) else 0
        return list(zip(*self[number], strict=True))[:most]


class RowRanker:
    """Ranks by the rows of one name: those of the newest products of a visit, or one alone."""

    def __init__(self, arrays: Named, name: str, remembered: int, fade: float) -> None:
        self._rows, self._remembered, self._fade = Rows(arrays, name), remembered, fade

    def __call__(self, seen: Sequence[int], n: int) -> Ranked:
        """The ``n`` best (number, score), best first; ``seen``: oldest first, repeats allowed.

        The rows of the newest distinct products are added, each older one times ``fade``.
        """
        return self._rows.together(seen, self._remembered, self._fade, n)

    def behind(self, guesses: Ranked, heat: float, among: Container[int]) -> Ranked:
        """What goes with ``guesses``, of those ``among``: as ``Rows.behind``."""
        return self._rows.behind(guesses, heat, among)

    def beside(self, number: int, n: int) -> Ranked:
        """The ``n`` best of those that were met in one visit with a product, best first."""
        return self._rows.beside(number, n)


def row_arrays(
    name: str,
    rows: Iterable[Mapping[int, float]],
    kept: int,
    behind: float,
    tuning: Tuning,
    returned: float = 0.0,
) -> dict[str, array[Any]]:
    """The arrays of ``Rows``: 8 bytes a pair, of each row the best ``kept``.

    Rows have scores above 0 and come in the order of the products' numbers, which are theirs and
    those in them. returned: what the share of a product in another's row counts in its own row.
    behind: what the best of the products that are reached over others is worth beside the best
    that was met; half of it when the walk goes on from there. Time grows with the products: a walk
    looks into ``tuning.walk_over`` other rows for each. Memory: three times the result.
    """
    met = _Flat(rows, kept)
    if returned:
        met = _both_ways(met, returned, kept)
    walked = met
    for walk in range(tuning.walks):
        steps = _Steps(walked, behind / 2**walk, tuning)
        walked = _Flat(map(steps.walk, range(len(met.ends))), kept)
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


def _both_ways(rows: _Flat, returned: float, kept: int) -> _Flat:
    """Each row, and ``returned`` times what the rows of other products say of its own."""
    counts = [0] * len(rows.ends)
    for other in rows.items:
        counts[other] += 1
    ends = list(accumulate(counts))
    free = [0, *ends[:-1]] if counts else []
    owners, shares = array("I", bytes(4 * len(rows.items))), array("f", bytes(4 * len(rows.items)))
    start = 0
    for number, end in enumerate(rows.ends):
        for place in range(start, end):
            other = rows.items[place]
            owners[free[other]], shares[free[other]] = number, rows.shares[place]
            free[other] += 1
        start = end

    def row(number: int) -> dict[int, float]:
        both = dict(zip(*rows.row(number, kept), strict=True))
        span = slice(ends[number - 1] if number else 0, ends[number])
        for other, share in zip(owners[span], shares[span], strict=True):
            both[other] = both.get(other, 0.0) + returned * share
        return both

    return _Flat(map(row, range(len(ends))), kept)


class _Steps:
    """A walk over rows: how likely each step is, reckoned once for all that take it.

    A step goes by shares of the row, less to products that many rows lead to (as the degrees are
    divided by in LightGCN: He et al., SIGIR 2020): else a walk ends at what is famous.
    """

    def __init__(self, rows: _Flat, worth: float, tuning: Tuning) -> None:
        self._rows, self._worth, self._over = rows, worth, tuning.walk_over
        led = [1.0] * len(rows.ends)
        for other, share in zip(rows.items, rows.shares, strict=True):
            led[other] += share
        rarer = [one**-tuning.walk_famous for one in led]
        self._items, self._chances, self._ends = array("I"), array("f"), array("I")
        for number in range(len(rows.ends)):
            others, shares = rows.row(number, tuning.walk_to)
            whole = sum(shares) or 1.0  # a row may be empty
            self._items.extend(others)
            self._chances.extend(
                [rarer[other] * share / whole for other, share in zip(others, shares, strict=True)]
            )
            self._ends.append(len(self._items))

    def walk(self, number: int) -> dict[int, float]:
        """A row, and beside it where two steps end: ``worth`` for the likeliest end."""
        reached: dict[int, float] = {}
        have, items, chances, ends = reached.get, self._items, self._chances, self._ends
        row, shares = self._rows.row(number, len(self._rows.items))
        for over, first in zip(row[: self._over], shares, strict=False):
            span = slice(ends[over - 1] if over else 0, ends[over])
            for other, chance in zip(items[span], chances[span], strict=True):
                reached[other] = have(other, 0.0) + first * chance
        reached.pop(number, None)
        added = dict(zip(row, shares, strict=True))
        scale = self._worth / (max(reached.values(), default=0.0) or 1.0)
        for other, chance in reached.items():
            added[other] = added.get(other, 0.0) + scale * chance
        return added
