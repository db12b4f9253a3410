"""How do the lists of several rankers become one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log

PLACES = [log(1 + place) for place in range(1_000)]


def fuse(
    lists: Mapping[str, Sequence[tuple[int, float]]], weights: Mapping[str, float], depth: int
) -> dict[int, float]:
    """Product number -> ``sum of weight * log((depth + 1) / (place + 1))``, places from 0.

    The logarithm keeps more of the order far down a list than the reciprocal rank does (Cormack,
    Clarke, Büttcher 2009), of which it is a variant; scores of rankers are never compared. What
    stands in no list has nothing. ``depth``: places of a list that count, below 1,000.
    """
    fused: dict[int, float] = {}
    have = fused.get
    for name, ranked in lists.items():
        for (number, _), worth in zip(ranked, worths(weights[name], depth), strict=False):
            fused[number] = have(number, 0.0) + worth
    return fused


@lru_cache(maxsize=64)
def worths(weight: float, depth: int) -> tuple[float, ...]:
    """What each of the first ``depth`` places is worth."""
    return tuple(weight * (PLACES[depth] - place) for place in PLACES[:depth])
