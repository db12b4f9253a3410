"""What will a buyer whose orders we know order next?

What the buyer orders again and again, what the buyers most like this one order, and, of both,
rather what sells now. The first two as in TIFU-KNN (Hu et al., "Modeling Personalized Item
Frequency Information for Next-basket Recommendation", SIGIR 2020), each order counting ``DECAY``
times the one after it; docs/decisions/0007-baskets-and-buyers.md has the figures.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from heapq import nlargest
from itertools import accumulate, repeat
from math import sqrt
from operator import itemgetter
from typing import Any

from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.runs import Runs

DECAY = 0.95  # an order's weight beside that of the next one
OWN = 0.7  # the share of what the buyer orders; the rest: what the neighbours do
NEIGHBOURS = 100
NEWEST_BUYERS = 150  # of a product, those that are looked at: more cost time and find no better
LONGEST = 50  # products of a buyer that are kept and compared, the weightiest
NEWEST_ORDERS = 50  # of a buyer: what the decay leaves of older ones is below a tenth
RECENT = 14 * 86_400  # seconds before the newest order in which sales are sales of now
PRIOR_ORDERS = 50  # orders of any age that stand beside the recent ones where these are few
SELDOM = 0.002  # the share of orders that a product has which nobody buys now
POPULAR = 0.35  # how much sales of now decide: 0 not at all

Ranked = list[tuple[int, float]]
Vector = list[tuple[int, float]]
NOBODY: AbstractSet[int] = frozenset()


def buyer_arrays(orders: Runs, products: int) -> dict[str, array[Any]]:
    """Everything that ``Buyers`` reads. products: how many numbers there are.

    Time and memory grow with the lines of the orders: 16 bytes for each product of each buyer
    (``LONGEST`` at most), and as much again while they are made.
    """
    owners, ends = array("I"), array("I")
    items, weights = array("I"), array("f")
    for profile, vector in _buyers(orders):
        owners.append(profile)
        items.extend(map(itemgetter(0), vector))
        weights.extend(map(itemgetter(1), vector))
        ends.append(len(items))
    return {
        "buyer.profiles": owners,
        "buyer.ends": ends,
        "buyer.items": items,
        "buyer.weights": weights,
        "buyer.popular": _popular(orders, products),
        **_postings(items, weights, ends, products),
    }


class Buyers:
    """Reads the arrays ``buyer.…`` of a model."""

    def __init__(self, arrays: Arrays) -> None:
        self._profiles, self._ends = arrays["buyer.profiles"], arrays["buyer.ends"]
        self._items, self._weights = arrays["buyer.items"], arrays["buyer.weights"]
        self._popular, self._firsts = arrays["buyer.popular"], arrays["buyer.firsts"]
        self._having, self._parts = arrays["buyer.having"], arrays["buyer.parts"]

    def next_basket(
        self,
        own: Sequence[Sequence[int]],
        n: int,
        profile: int | None = None,
        forgotten: AbstractSet[int] = NOBODY,
    ) -> Ranked:
        """The ``n`` products that come next after the orders ``own``, oldest first.

        An order counts at once, whether the model knows it or not. profile: whose they are, who is
        no neighbour of himself. forgotten: profiles that are not to have a say any more.
        """
        known = range(len(self._popular))
        mine = vector_of([[number for number in order if number in known] for order in own])
        scores = {number: OWN * weight for number, weight in mine}
        have = scores.get
        near = self._neighbours(mine, profile, forgotten)
        share = (1 - OWN) / max(len(near), 1)
        for buyer in near:
            span = self._span(buyer)
            items, weights = self._items[span].tolist(), self._weights[span].tolist()
            for number, weight in zip(items, weights, strict=True):
                scores[number] = have(number, 0.0) + share * weight
        popular = self._popular
        told = ((number, score * popular[number]) for number, score in scores.items())
        return nlargest(n, told, key=lambda pair: (pair[1], -pair[0]))

    def _neighbours(
        self, mine: Vector, profile: int | None, forgotten: AbstractSet[int]
    ) -> list[int]:
        """The buyers most like ``mine`` by the cosine of their vectors, most alike first."""
        alike: dict[int, float] = {}
        have = alike.get
        for number, weight in mine:
            span = slice(self._firsts[number], self._firsts[number + 1])
            having, parts = self._having[span].tolist(), self._parts[span].tolist()
            for buyer, part in zip(having, parts, strict=True):
                alike[buyer] = have(buyer, 0.0) + weight * part
        profiles = self._profiles
        spare = NEIGHBOURS + 1 + len(forgotten)
        best = nlargest(spare, alike, key=alike.__getitem__)
        left_out = forgotten if profile is None else {*forgotten, profile}
        return [buyer for buyer in best if profiles[buyer] not in left_out][:NEIGHBOURS]

    def _span(self, buyer: int) -> slice:
        return slice(self._ends[buyer - 1] if buyer else 0, self._ends[buyer])


def vector_of(orders: Sequence[Iterable[int]]) -> Vector:
    """What a buyer orders: for each product the share of the orders (oldest first) it was in, newer
    ones weighing more; the weightiest ``LONGEST`` products.
    """
    weights: dict[int, float] = {}
    weight = total = 0.0
    for age, order in enumerate(reversed(orders[-NEWEST_ORDERS:])):
        weight = DECAY**age
        total += weight
        for number in dict.fromkeys(order):
            weights[number] = weights.get(number, 0.0) + weight
    best = nlargest(LONGEST, weights.items(), key=lambda pair: (pair[1], -pair[0]))
    return [(number, weight / total) for number, weight in best]


def _buyers(orders: Runs) -> Iterator[tuple[int, Vector]]:
    """The profiles with orders and their vectors, who ordered last comes last."""
    rows: dict[int, array[int]] = {}
    for row, profile in enumerate(orders.profiles):
        if profile:
            rows.setdefault(profile, array("I")).append(row)
    for profile in sorted(rows, key=lambda one: rows[one][-1]):
        yield profile, vector_of([orders[row] for row in rows[profile][-NEWEST_ORDERS:]])


def _postings(
    items: array[int], weights: array[float], ends: array[int], products: int
) -> dict[str, array[Any]]:
    """Of each product the newest buyers who have it, and its part in the length of their vector."""
    counts = Counter(items)
    sizes = (min(counts[number], NEWEST_BUYERS) for number in range(products))
    firsts = array("I", accumulate(sizes, initial=0))
    having, parts = array("I", bytes(4 * firsts[-1])), array("f", bytes(4 * firsts[-1]))
    free = firsts[1:]  # filled from behind, newest first
    start = len(items)
    for buyer in reversed(range(len(ends))):
        start, end = (ends[buyer - 1] if buyer else 0), start
        mine = weights[start:end]
        length = sqrt(sum(map(pow, mine, repeat(2))))
        for number, weight in zip(items[start:end], mine, strict=True):
            if free[number] > firsts[number]:
                free[number] -= 1
                having[free[number]], parts[free[number]] = buyer, weight / length
    return {"buyer.firsts": firsts, "buyer.having": having, "buyer.parts": parts}


def _popular(orders: Runs, products: int) -> array[float]:
    """What a product's score is multiplied with: more for what sells now."""
    ever = Counter(orders.items)
    first = next((row for row, at in enumerate(orders.at) if at > orders.at[-1] - RECENT), 0)
    now = Counter(orders.items[orders.starts[first] :])
    beside = PRIOR_ORDERS / max(len(orders), 1)
    count = len(orders) - first + PRIOR_ORDERS
    shares = ((now[number] + beside * ever[number]) / count for number in range(products))
    return array("f", ((share + SELDOM) ** POPULAR for share in shares))
