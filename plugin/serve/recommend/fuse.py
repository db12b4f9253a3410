"""How do the lists of several rankers become one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log, log1p

SHARP = 20  # so many times a share of the best is what its logarithm begins with
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


def agree(scores: dict[int, float], behind: Sequence[tuple[int, float]], weight: float) -> None:
    """Add ``weight * log(1 + 20 share of the best)`` to each score whose product is ``behind``.

    ``behind``: best first. The logarithm is near 3 for the best, and 0.7 for a twentieth of it.
    """
    most = behind[0][1] if behind else 1.0
    for number, score in behind:
        if number in scores:
            scores[number] += weight * log1p(SHARP * score / most)


@lru_cache(maxsize=64)
def worths(weight: float, depth: int) -> tuple[float, ...]:
    """What each of the first ``depth`` places is worth."""
    return tuple(weight * (PLACES[depth] - place) for place in PLACES[:depth])
