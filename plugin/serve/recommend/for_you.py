"""What will somebody look at next, after what this visit has seen?"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.follow import Follow, follow_arrays
from plugin.serve.recommend.fuse import agree, fuse
from plugin.serve.recommend.habits import Habits, habit_arrays
from plugin.serve.recommend.neighbours import NOBODY, Neighbours, neighbour_arrays
from plugin.serve.recommend.recent import Recent
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.table import Table, table_arrays
from plugin.serve.recommend.tuning import DEFAULT, Tuning
from plugin.serve.recommend.visits import Visits

Lists: TypeAlias = dict[str, list[tuple[int, float]]]


class Placed(NamedTuple):
    """A product of the fused list."""

    number: int
    score: float
    lists: Lists

    @property
    def places(self) -> dict[str, int]:
        """Where each ranker had it: ``{"neighbours": 1}`` is first; of one that had it not: none.

        Looked up when it is asked for, which is seldom.
        """
        return {
            name: place
            for name, ranked in self.lists.items()
            for place, (number, _) in enumerate(ranked, 1)
            if number == self.number
        }


def session_arrays(
    sessions: Runs, products: int, tuning: Tuning = DEFAULT
) -> dict[str, array[Any]]:
    """Everything that ``SessionRankers`` reads. ``products``: how many numbers there are.

    Time and memory grow with the views, and no faster: 24 bytes a view while it is made, beside
    the result (some 50 bytes a view in a shop of a million).
    """
    visits = Visits(sessions, products, tuning.longest)
    return {
        **neighbour_arrays(visits, tuning),
        **table_arrays(visits, tuning),
        **follow_arrays(visits, tuning),
        **habit_arrays(visits, tuning),
    }


class SessionRankers:
    """The rankers over the arrays of one model; each is asked as ``ranker(seen, n)``."""

    def __init__(self, arrays: Arrays, tuning: Tuning = DEFAULT) -> None:
        self.tuning = tuning
        self.neighbours = Neighbours(arrays, tuning)
        self.table = Table(arrays, tuning)
        self.follow = Follow(arrays, tuning)
        self.habits = Habits(arrays)


def for_you(
    rankers: SessionRankers,
    seen: Sequence[int],
    n: int,
    weights: Tuning | None = None,
    recent: Recent | None = None,
    visitor: int = 0,
    forgotten: AbstractSet[int] = NOBODY,
) -> list[Placed]:
    """The ``n`` best, best first; products of the visit are among them.

    seen: product numbers, oldest first, repeats allowed. weights: another fusion than the model's.
    recent, visitor, forgotten: as ``Neighbours`` takes them.
    """
    tuning = weights or rankers.tuning
    lists = ranked_lists(rankers, seen, tuning.depth, recent, visitor, forgotten)
    scores = fused(lists, rankers.habits, seen, tuning)
    best = sorted(scores.items(), key=itemgetter(1), reverse=True)[:n]
    return [Placed(number, score, lists) for number, score in best]


def ranked_lists(
    rankers: SessionRankers,
    seen: Sequence[int],
    depth: int,
    recent: Recent | None = None,
    visitor: int = 0,
    forgotten: AbstractSet[int] = NOBODY,
) -> Lists:
    """What each ranker says, by its name: the first ``depth`` of its list.

    And of all that they name, ``behind``: what goes with the best of it.
    """
    lists = {
        "neighbours": rankers.neighbours(seen, depth, recent, visitor, forgotten),
        "table": rankers.table(seen, depth),
        "follow": rankers.follow(seen, depth),
    }
    return {**lists, "behind": _behind(rankers, lists, depth)}


def _behind(rankers: SessionRankers, lists: Lists, depth: int) -> list[tuple[int, float]]:
    """A second look: what the rows of the best guesses say of every guess, best first.

    Pseudo-relevance feedback (Rocchio 1971; Lavrenko and Croft 2001) with products for documents: a
    product that goes with many of the likely ones is likelier itself. Repeats are guessed apart.
    """
    tuning = rankers.tuning
    guesses = fuse(lists, tuning.first_weights(), depth)
    rankers.habits.lift(guesses, tuning.first_trend)
    best = sorted(guesses.items(), key=itemgetter(1), reverse=True)[: tuning.guesses]
    return rankers.follow.behind(best, tuning.guess_heat, guesses)


def fused(lists: Lists, habits: Habits, seen: Sequence[int], tuning: Tuning) -> dict[int, float]:
    """Product number -> score: the lists together, what is on the rise, and repeats apart."""
    weights = {
        "neighbours": tuning.by_neighbours,
        "table": tuning.by_table,
        "follow": tuning.by_follow,
    }
    scores = fuse({name: lists[name] for name in weights}, weights, tuning.depth)
    agree(scores, lists["behind"], tuning.by_behind)
    habits.lift(scores, tuning.by_trend)
    for number, chance in habits.repeats(seen).items():
        again = tuning.by_repeat * chance + tuning.repeat_start
        scores[number] = scores.get(number, 0.0) + again
    return scores
