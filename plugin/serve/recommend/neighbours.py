"""What did the visits most like this one look at?

Session kNN over an inverted index, in the manner of V-STAN (Ludewig, Mauro, Latifi, Jannach,
"Empirical analysis of session-based recommendation algorithms", 2020) as Serenade keeps it
(Kersbergen, Sprangers, Schelter, SIGMOD 2022): for each product the newest visits with it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from math import exp, log, sqrt
from operator import itemgetter
from typing import Any

from plugin.profile.fold import IDLE_MS
from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.recent import Recent
from plugin.serve.recommend.tuning import Tuning
from plugin.serve.recommend.visits import Visits
from plugin.serve.recommend.walk import Ranked

NOBODY: AbstractSet[int] = frozenset()


def neighbour_arrays(visits: Visits, tuning: Tuning) -> dict[str, array[Any]]:
    """The arrays of ``Neighbours``: at most 8 bytes a view, 12 a visit, 8 a product."""
    postings, posting_ends, rarity = array("I"), array("I"), array("f")
    for number in range(visits.products):
        # A view's row is found by its place; one visit stands once, the newest are kept.
        rows = list(dict.fromkeys(visits.row[place] for place in visits.places(number)))
        postings.extend(rows[-tuning.postings :])
        posting_ends.append(len(postings))
        rarity.append(1 + log(len(visits) / len(rows)) if rows else 1 + log(len(visits) + 1))
    weights = visits.freshness(tuning.neighbour_days)
    views, ends = array("I"), array("I")
    for row, items in enumerate(visits):
        distinct = _last_places(items)
        views.extend(distinct)
        ends.append(len(views))
        weights[row] /= sqrt(len(distinct))
    running = [row for row, at in enumerate(visits.at) if at > visits.at[-1] - IDLE_MS // 1000]
    return {
        "view.visits": views,
        "view.visit_ends": ends,
        "view.visit_weights": weights,
        "view.visit_profiles": visits.profiles,
        "view.postings": postings,
        "view.posting_ends": posting_ends,
        "view.rarity": rarity,
        "view.running_from": array("I", running[:1] or [0]),
    }


class Neighbours:
    """The visits of a model, asked for those like the visit at hand."""

    def __init__(self, arrays: Arrays, tuning: Tuning) -> None:
        self._visits, self._ends = arrays["view.visits"], arrays["view.visit_ends"]
        self._weights, self._profiles = arrays["view.visit_weights"], arrays["view.visit_profiles"]
        self._postings, self._posting_ends = arrays["view.postings"], arrays["view.posting_ends"]
        self._rarity = arrays["view.rarity"]
        self._running_from = arrays["view.running_from"][0]
        self._tuning = tuning
        self._rarest = max(self._rarity, default=1.0)
        self._overlap = [exp(-n / tuning.overlap_fade) for n in range(tuning.remembered)]
        self._match = [exp(-n / tuning.match_fade) for n in range(tuning.remembered)]
        # What each place of a visit counts, by the place of the product met.
        near = [exp(-n / tuning.distance_fade) for n in range(tuning.longest)]
        self._along = [near[met:0:-1] + near[: tuning.longest - met] for met in range(len(near))]

    def __call__(
        self,
        seen: Sequence[int],
        n: int,
        recent: Recent | None = None,
        visitor: int = 0,
        forgotten: AbstractSet[int] = NOBODY,
    ) -> Ranked:
        """The ``n`` best (number, score), best first; ``seen``: oldest first, repeats allowed.

        A visit found is worth ``overlap * freshness / sqrt(distinct products)``, times the weight
        of its newest product met here; a product of it scores that, times how near it stands to
        the product met, times ``1 + log(visits / visits with it)``. ``recent``: visits since the
        model; the last one of ``visitor`` (a profile id) is the one at hand and left out. Visits
        of profiles in ``forgotten`` count for nothing.
        """
        newest = list(dict.fromkeys(reversed(seen)))[: self._tuning.remembered]
        found, match = self._found(newest, recent)
        if recent is not None or forgotten or visitor:
            found = self._allowed(found, recent, visitor, forgotten)
        scores = self._scored(self._best(found, recent), match, frozenset(newest), recent)
        return sorted(scores.items(), key=itemgetter(1), reverse=True)[:n]

    def _found(
        self, newest: Sequence[int], recent: Recent | None
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Visits with a product of the visit at hand: how much of it they share, and how much the
        newest product that they share weighs.
        """
        found: dict[int, float] = {}
        match: dict[int, float] = {}
        have = found.get
        for place in range(len(newest) - 1, -1, -1):
            rows, weight = self._rows(newest[place], recent), self._overlap[place]
            match.update(dict.fromkeys(rows, self._match[place]))
            for row in rows:
                found[row] = have(row, 0.0) + weight
        return found, match

    def _rows(self, number: int, recent: Recent | None) -> list[int]:
        known: list[int] = []
        if number < len(self._posting_ends):
            start = self._posting_ends[number - 1] if number else 0
            known = self._postings[start : self._posting_ends[number]].tolist()
        if recent is None:
            return known
        late = recent.visits_with(number)[-self._tuning.postings :]
        too_many = max(0, len(known) + len(late) - self._tuning.postings)
        return known[too_many:] + [row + len(self._ends) for row in late]

    def _allowed(
        self,
        found: dict[int, float],
        recent: Recent | None,
        visitor: int,
        forgotten: AbstractSet[int],
    ) -> dict[int, float]:
        """Without the visit at hand (also what of it the model holds) and the forgotten ones'."""
        base, profiles, running = len(self._ends), self._profiles, self._running_from
        at_hand = recent.last_of(visitor) if recent is not None else None
        if at_hand is not None:
            found.pop(base + at_hand, None)
        if visitor:
            own = [row for row in found if running <= row < base and profiles[row] == visitor]
            for row in own:
                del found[row]
        if not forgotten:
            return found

        def whose(row: int) -> int:
            if recent is not None and row >= base:
                return recent.profile(row - base)
            return int(profiles[row])

        return {row: overlap for row, overlap in found.items() if whose(row) not in forgotten}

    def _best(self, found: dict[int, float], recent: Recent | None) -> list[tuple[float, int]]:
        """The nearest visits (weight, row)."""
        weights, base = self._weights, len(self._ends)
        if recent is None:
            weighed = [(overlap * weights[row], row) for row, overlap in found.items()]
        else:
            weighed = [
                (overlap * (weights[row] if row < base else recent.weight(row - base)), row)
                for row, overlap in found.items()
            ]
        weighed.sort(reverse=True)
        return weighed[: self._tuning.neighbours]

    def _scored(
        self,
        best: Sequence[tuple[float, int]],
        match: dict[int, float],
        seen: AbstractSet[int],
        recent: Recent | None,
    ) -> dict[int, float]:
        """Product number -> score: what the nearest visits say of it together."""
        scores: dict[int, float] = {}
        have, along, base = scores.get, self._along, len(self._ends)
        visits, ends = self._visits, self._ends
        for weight, row in best:
            if row < base:
                items = visits[ends[row - 1] if row else 0 : ends[row]].tolist()
            else:
                items = self._late(row - base, recent)
            met = len(items) - 1
            while met and items[met] not in seen:
                met -= 1
            weight *= match[row]
            for number, nearness in zip(items, along[met], strict=False):
                scores[number] = have(number, 0.0) + weight * nearness
        rarity = self._rarity
        known, rarest = len(rarity), self._rarest
        for number in scores:
            scores[number] *= rarity[number] if number < known else rarest
        return scores

    def _late(self, row: int, recent: Recent | None) -> list[int]:
        """A visit since the model, as the model would hold it."""
        viewed = recent.visit(row) if recent is not None else ()
        return _last_places(viewed[-self._tuning.longest :])


def _last_places(items: Sequence[int]) -> list[int]:
    """The products of a visit in the order in which each was viewed last."""
    return list(dict.fromkeys(reversed(items)))[::-1]
