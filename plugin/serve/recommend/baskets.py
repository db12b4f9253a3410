"""What else is bought with what is in a cart?

Two measures of a pair are mixed, as each finds partners that the other misses: the Jaccard index
(orders with both of those with either; Jaccard 1912) and confidence times the logarithm of lift
(Agrawal, Imieliński, Swami 1993; Brin et al. 1997). docs/decisions/0007-baskets-and-buyers.md has
the figures, and the exponents below.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import accumulate, chain, pairwise
from math import log
from operator import itemgetter
from typing import Any

from plugin.serve.recommend.arrays import Named
from plugin.serve.recommend.runs import Runs

LEAST = 3  # orders that a pair must share: fewer are chance
KEPT = 100  # partners of a product
LONGEST = 200  # products of an order that count: a wholesale list says little, and costs its square
MOST_CART = 100  # of a cart, the last ones
MIXED = 0.5  # the share of Jaccard where nothing better is known
MIXES = (MIXED, 0.0, 1.0)
REPLAYED = 1_000  # carts that choose the mix
FEWEST_REPLAYED = 200
CLEARLY = 1.05  # times the hits of an even mix: less is chance
SUBSTITUTE = 0.5  # what is left of the score of a product of a category that the cart has
LOOKED_AT = 5  # times as many as asked are looked at for substitutes

Ranked = list[tuple[int, float]]
CategoryOf = Callable[[int], "Hashable | None"]


@dataclass
class Partners:
    """Of each product, the partners it is bought with: flat, product by product.

    ``ends``: where the partners of each end. ``alike`` and ``lifted``: the two measures.
    """

    orders_of: array[int]
    ends: array[int] = field(default_factory=lambda: array("I"))
    items: array[int] = field(default_factory=lambda: array("I"))
    shared: array[int] = field(default_factory=lambda: array("I"))
    alike: array[float] = field(default_factory=lambda: array("f"))
    lifted: array[float] = field(default_factory=lambda: array("f"))

    def mixed(self, share: float) -> array[float]:
        """One weight a pair: ``share`` of Jaccard, the rest of lift, each with a sum of 1."""
        alike = share / (sum(self.alike) or 1)
        lifted = (1 - share) / (sum(self.lifted) or 1)
        both = zip(self.alike, self.lifted, strict=True)
        return array("f", (alike * a + lifted * b for a, b in both))


def pair_arrays(orders: Runs, products: int, least: int = LEAST) -> dict[str, array[Any]]:
    """Everything that ``Pairs`` reads. products: how many numbers there are.

    least: orders that a pair must share. Time grows with the orders (that of one order with its
    size squared, up to ``LONGEST``); memory with their lines: 8 bytes each, and one product's pairs
    at a time, beside the result of 12 bytes a pair, ``KEPT`` a product.
    """
    share = chosen_mix(orders, products, least)
    return _arrays(_partners(_lines(orders), products, least), len(orders), share)


def chosen_mix(orders: Runs, products: int, least: int = LEAST) -> float:
    """The share of Jaccard that finds most products left out of carts of the last tenth of orders.

    Another than the even mix only where it is clearly better.
    """
    cut = len(orders) - min(REPLAYED, len(orders) // 10)
    carts = [cart for cart in map(_once, map(orders.__getitem__, range(cut, len(orders))))
             if len(cart) > 1]  # fmt: skip
    if len(carts) < FEWEST_REPLAYED:
        return MIXED
    before = _partners(map(_once, map(orders.__getitem__, range(cut))), products, least)
    hits = {share: _hits(before, cut, share, carts) for share in MIXES}
    best = max(MIXES, key=hits.__getitem__)
    return best if hits[best] > CLEARLY * hits[MIXED] else MIXED


class Pairs:
    """Reads the arrays ``buy.…`` of a model."""

    def __init__(self, arrays: Named) -> None:
        self._orders_of, self._ends = arrays["buy.orders_of"], arrays["buy.ends"]
        self._items, self._shared = arrays["buy.items"], arrays["buy.shared"]
        self._weights = arrays["buy.weights"]
        self.orders: int = arrays["buy.orders"][0]
        self.mix: float = arrays["buy.mix"][0]

    def orders_of(self, number: int) -> int:
        """In how many orders a product is."""
        return int(self._orders_of[number]) if 0 <= number < len(self._ends) else 0

    def shared(self, number: int) -> list[tuple[int, int]]:
        """The partners of a product and the orders with both, best partner first."""
        span = self._span(number)
        return list(zip(self._items[span].tolist(), self._shared[span].tolist(), strict=True))

    def complements(self, cart: Sequence[int], n: int, like: CategoryOf | None = None) -> Ranked:
        """The ``n`` products that go best with all of a cart, which itself is left out.

        like: the category of a product (None: unknown); a product of a category that the cart has
        is taken for a substitute, and its score halved.
        """
        held = list(dict.fromkeys(reversed(cart)))[:MOST_CART]
        scores: dict[int, float] = {}
        have = scores.get
        for number in held:
            span = self._span(number)
            partners, weights = self._items[span].tolist(), self._weights[span].tolist()
            for partner, weight in zip(partners, weights, strict=True):
                scores[partner] = have(partner, 0.0) + weight
        for number in held:
            scores.pop(number, None)
        if like is None:
            return _best(scores.items(), n)
        return _without_substitutes(_best(scores.items(), LOOKED_AT * n), held, n, like)

    def _span(self, number: int) -> slice:
        if not 0 <= number < len(self._ends):
            return slice(0)
        return slice(self._ends[number - 1] if number else 0, self._ends[number])


def _best(scores: Iterable[tuple[int, float]], n: int) -> Ranked:
    # Of equal scores the lower number first, so that the answer is the same whatever the cart's
    # order.
    return nlargest(n, scores, key=lambda pair: (pair[1], -pair[0]))


def _without_substitutes(found: Ranked, cart: Sequence[int], n: int, like: CategoryOf) -> Ranked:
    taken = {like(number) for number in cart} - {None}
    damped = ((number, score * (SUBSTITUTE if like(number) in taken else 1.0))
              for number, score in found)  # fmt: skip
    return _best(damped, n)


def _once(row: array[int]) -> array[int]:
    """A row's distinct products, the first ``LONGEST``."""
    return array("I", list(dict.fromkeys(row))[:LONGEST])


def _lines(orders: Runs) -> Iterator[array[int]]:
    return map(_once, orders)


def _partners(orders: Iterable[array[int]], products: int, least: int) -> Partners:
    items, ends = array("I"), array("I", [0])
    for order in orders:
        items.extend(order)
        ends.append(len(items))
    firsts, places = _inverted(items, ends, products)
    orders_of = array("I", (b - a for a, b in pairwise(firsts)))
    made = Partners(orders_of)
    for number in range(products):
        having = places[firsts[number] : firsts[number + 1]]
        if len(having) >= least:
            together = Counter(chain.from_iterable(items[ends[o] : ends[o + 1]] for o in having))
            del together[number]
            pairs = [(other, both) for other, both in together.items() if both >= least]
            _add(made, number, pairs, len(ends) - 1)
        made.ends.append(len(made.items))
    return made


def _inverted(items: array[int], ends: array[int], products: int) -> tuple[array[int], array[int]]:
    """Where each product's orders begin, and the orders of all products, one after another."""
    counts = Counter(items)
    firsts = array("I", accumulate((counts[number] for number in range(products)), initial=0))
    places, free = array("I", bytes(4 * len(items))), firsts[:]
    for order in range(len(ends) - 1):
        for number in items[ends[order] : ends[order + 1]]:
            places[free[number]] = order
            free[number] += 1
    return firsts, places


def _add(made: Partners, number: int, pairs: list[tuple[int, int]], orders: int) -> None:
    """Measure one product's pairs and keep the best.

    A product's partners are compared with its best one too (``/ most``), else products that have
    one close partner would speak loudest in a cart.
    """
    if not pairs:
        return
    mine, orders_of = made.orders_of[number], made.orders_of
    alike = [both / (mine + orders_of[other] - both) for other, both in pairs]
    lifted = [both / mine * max(0.0, log(both * orders / (mine * orders_of[other])))
              for other, both in pairs]  # fmt: skip
    most_alike, most_lifted = max(alike), max(lifted) or 1.0
    rare = log(1 + orders / mine) ** 0.25
    rows = sorted(
        ((a / most_alike) ** 2 + (b / most_lifted) ** 1.5, a, b, other, both)
        for a, b, (other, both) in zip(alike, lifted, pairs, strict=True)
    )
    for _, a, b, other, both in rows[: -KEPT - 1 : -1]:
        made.items.append(other)
        made.shared.append(both)
        made.alike.append(rare * a * a / most_alike)
        made.lifted.append(b**1.5 / most_lifted**0.75)


def _arrays(made: Partners, orders: int, share: float) -> dict[str, array[Any]]:
    return {
        "buy.orders_of": made.orders_of,
        "buy.ends": made.ends,
        "buy.items": made.items,
        "buy.shared": made.shared,
        "buy.weights": made.mixed(share),
        "buy.orders": array("I", [orders]),
        "buy.mix": array("f", [share]),
    }


def _hits(made: Partners, orders: int, share: float, carts: list[array[int]]) -> int:
    """How often a product left out of a cart, each time of another place, is among ten."""
    pairs = Pairs(_arrays(made, orders, share))
    hits = 0
    for turn, cart in enumerate(carts):
        left_out = cart[turn % len(cart)]
        rest = [number for number in cart if number != left_out]
        hits += left_out in map(itemgetter(0), pairs.complements(rest, 10))
    return hits
