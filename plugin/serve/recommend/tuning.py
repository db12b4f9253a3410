"""Which numbers decide how the session rankers rank, and how much does each ranker weigh?

The defaults were found on the last days of the training parts of two public data sets, never on
their tests: docs/decisions/0006-session-rankers.md. A shop's own weights come from its replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

WEIGHTS = (
    "by_neighbours",
    "by_table",
    "by_follow",
    "by_behind",
    "by_trend",
    "by_repeat",
    "repeat_start",
)


@dataclass(frozen=True)
class Tuning:
    """The parameters of the session rankers and the weights of their fusion.

    Those of the first part are used when a model is built, those of the second when it is asked.
    """

    # Building. Lengths are of visits; `_days`: after so many days a visit counts 1/e.
    longest: int = 60  # newest views of a visit that count
    postings: int = 150  # newest visits of a product that are neighbours
    neighbour_days: float = 100.0
    table_visits: int = 2_000  # newest visits of a product that its rows of both tables count
    table_kept: int = 40  # products in a row of the table of products
    table_behind: float = 0.6  # what the best product behind others is worth beside the best met
    table_days: float = 100.0
    saturation: float = 1.2  # k1 of BM25
    length: float = 0.75  # b of BM25
    follow_steps: int = 10  # how far apart two views may be to make a rule
    follow_back: float = 0.5  # what a rule against the order of views counts
    follow_kept: int = 40
    follow_behind: float = 0.8
    follow_returned: float = 0.5  # what a share in the other product's row counts in its own
    follow_days: float = 100.0
    walks: int = 1  # times that the rows of both tables grow by what lies behind their products
    walk_over: int = 10  # products of a row that are walked over
    walk_to: int = 30  # products of theirs that are reached
    walk_famous: float = 0.35  # how much a step goes less to what many rows lead to
    trend_share: float = 0.02  # the newest part of all visits, for what is on the rise
    trend_known: float = 0.28  # how much of its rise a product's views of all time explain

    # Asking. Fades: the weight of the view before is 1/e after so many views, or times the share.
    remembered: int = 12  # newest distinct products of the visit that find neighbours
    neighbours: int = 100
    overlap_fade: float = 3.0  # in how much a product counts for finding neighbours
    match_fade: float = 3.0  # in how much the newest product met weighs a neighbour
    distance_fade: float = 5.0  # in how far a product stands from the one met
    table_remembered: int = 4
    table_fade: float = 0.5
    follow_remembered: int = 4
    follow_fade: float = 0.5
    depth: int = 60  # products each ranker gives to the fusion

    # A first guess, whose best are looked behind (a shop's replay leaves its weights alone).
    first_neighbours: float = 0.214
    first_table: float = 0.133
    first_follow: float = 0.226
    first_trend: float = 0.137
    guesses: int = 30  # best of the first guess whose rows are asked
    guess_heat: float = 1.7  # by how much a better guess counts more

    # Fusing: what a place in each ranker's list weighs, and what tells repeats apart.
    by_neighbours: float = 0.212
    by_table: float = 0.065
    by_follow: float = 0.106
    by_behind: float = 0.5
    by_trend: float = 0.159
    by_repeat: float = 2.59
    repeat_start: float = 11.2

    def first_weights(self) -> dict[str, float]:
        """What a place in each ranker's list weighs in the first guess."""
        return {
            "neighbours": self.first_neighbours,
            "table": self.first_table,
            "follow": self.first_follow,
        }

    def as_json(self) -> dict[str, Any]:
        """Plain JSON that ``read_tuning`` takes."""
        return asdict(self)

    def weights(self) -> dict[str, float]:
        """Those of the fusion alone, by name: what a shop's replay may find."""
        return {name: getattr(self, name) for name in WEIGHTS}

    def weighing(self, **weights: float) -> Tuning:
        """The same with other weights of the fusion (``by_…``)."""
        return replace(self, **weights)  # type: ignore[arg-type]


DEFAULT = Tuning()


def read_tuning(doc: Mapping[str, Any]) -> Tuning:
    """What ``as_json`` gave; names this version does not know are passed over, absent: default."""
    known = asdict(DEFAULT)
    return replace(DEFAULT, **{name: doc[name] for name in known if name in doc})
