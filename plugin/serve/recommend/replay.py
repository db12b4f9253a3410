"""How well would a ranker have guessed what visitors viewed next, and which weights do best?

The session protocol: of every visit held out, each prefix is asked for 20 products, and the truth
is the view that came next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.serve.recommend.for_you import Lists, SessionRankers, fused, ranked_lists
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import WEIGHTS, Tuning

PLACES = 20
# Times what is set, one weight after the other; all are tried beside the best so far.
FACTORS = (0.0, 0.4, 0.7, 1.4, 2.0)
SHIFTS = (-1.0, -0.5, 0.5, 1.0)
# A window does not show what its visitor has just seen: finding new products comes first.
MRR_WORTH = 0.5

Answer = Callable[[Sequence[int], int], Iterable[int]]


class Query(NamedTuple):
    """What a visit had seen, oldest first, and what it viewed next."""

    seen: tuple[int, ...]
    wanted: int


@dataclass(frozen=True)
class Replayed:
    """What a ranker found of the views that came next.

    ``hits``, ``new``: HR@20 and HRnew@20, shares from 0 to 1 (HRnew: of views that are no repeats,
    when nothing seen is shown). ``places``: MRR@20, the mean of 1 / place. ``covered``: how many
    different products were shown.
    """

    queries: int
    hits: float
    places: float
    new: float
    covered: int

    @property
    def worth(self) -> float:
        """What weights are chosen by: HRnew@20 + MRR@20 / 2."""
        return self.new + MRR_WORTH * self.places


def queries(held: Runs, most: int = 2_000) -> list[Query]:
    """At most ``most`` prefixes of the visits held out, from all of their span alike."""
    long_enough = [visit for visit in held if len(visit) > 1]
    prefixes = sum(len(visit) - 1 for visit in long_enough)
    step = max(1, -(-prefixes // most))
    every = (
        Query(tuple(visit[:length]), visit[length])
        for visit in long_enough
        for length in range(1, len(visit))
    )
    return [query for n, query in enumerate(every) if n % step == 0]


def replayed(answer: Answer, asked: Sequence[Query]) -> Replayed:
    """What ``answer(seen, n)`` (product numbers, best first) finds of the queries."""
    hits = new = without_repeats = 0
    places, covered = 0.0, set()
    for seen, wanted in asked:
        told = list(answer(seen, PLACES + len(set(seen))))
        shown = told[:PLACES]
        covered.update(shown)
        if wanted in shown:
            hits += 1
            places += 1 / (shown.index(wanted) + 1)
        if wanted not in seen:
            without_repeats += 1
            new += wanted in [number for number in told if number not in seen][:PLACES]
    count = max(1, len(asked))
    return Replayed(
        len(asked), hits / count, places / count, new / max(1, without_repeats), len(covered)
    )


def weights_by_replay(rankers: SessionRankers, held: Runs, most: int = 1_000) -> Tuning:
    """The tuning of ``rankers`` with the weights that do best on the visits held out.

    They must be later than those of the model. Best is the largest HRnew@20 + MRR@20 / 2. One
    weight after the other takes the best of a few values; with nothing held out none changes. The
    rankers are asked once a query, some 30 ms in all with what is tried.
    """
    tuning = rankers.tuning
    asked = [
        (query, ranked_lists(rankers, query.seen, tuning.depth)) for query in queries(held, most)
    ]
    best = _worth(rankers, asked, tuning)
    for name in WEIGHTS:
        for tried in _beside(tuning, name):
            worth = _worth(rankers, asked, tried)
            if worth > best:
                best, tuning = worth, tried
    return tuning


def _beside(tuning: Tuning, name: str) -> list[Tuning]:
    now = getattr(tuning, name)
    if name == "repeat_start":
        return [tuning.weighing(repeat_start=now + shift) for shift in SHIFTS]
    return [tuning.weighing(**{name: now * factor}) for factor in FACTORS]


def _worth(rankers: SessionRankers, asked: Sequence[tuple[Query, Lists]], tuning: Tuning) -> float:
    """HRnew@20 + MRR@20 / 2. Counts what stands above the truth, which is quicker than sorting."""
    places, new, without_repeats = 0.0, 0, 0
    for (seen, wanted), lists in asked:
        scores = fused(lists, rankers.habits, seen, tuning)
        truth = scores.get(wanted)
        repeat = wanted in seen
        without_repeats += not repeat
        if truth is None:
            continue
        above = [number for number, score in scores.items() if score > truth]
        places += 1 / (len(above) + 1) if len(above) < PLACES else 0.0
        new += not repeat and len(set(above).difference(seen)) < PLACES
    return new / max(1, without_repeats) + MRR_WORTH * places / max(1, len(asked))
