"""Does for_you guess the next product of a visit, on real shops, and how quickly?

``RECOMMEND_DATA=folder python tests/bench recommend`` prints it, for each data set of the folder
(``NAME_train.csv.gz`` and ``NAME_test.csv.gz`` with a column ``items``: the products of a visit, in
order, by their numbers; visits in order of time). The protocol: whole test visits are drawn (seed
7) until 2,000 prefixes are reached; each prefix asks for 20 products, and the truth is the next
view. HR@20: it is among them; MRR@20: 1 / its place; HRnew@20: of the next views that are no
repeats, with what was viewed left out of the answer.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import process_time, thread_time
from typing import NamedTuple

import checkout  # noqa: F401  (finds the program)
from figures import Figure, note, percentile, tell

from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.for_you import SessionRankers, for_you, session_arrays
from plugin.serve.recommend.runs import Runs

FOLDER = "RECOMMEND_DATA"
QUERIES, SEED, PLACES = 2_000, 7, 20
P50_MS, P99_MS = 1.5, 6.0
DAY, START = 86_400, 1_400_000_000


class Marks(NamedTuple):
    """The days that the training part spans, and what must be reached: HR, MRR, HRnew."""

    days: int
    hits: float
    places: float
    new: float


SETS = {
    "retailrocket": Marks(131, 0.590, 0.318, 0.392),
    "diginetica": Marks(145, 0.540, 0.192, 0.456),
    "yoochoose64": Marks(3, 0.686, 0.276, 0.619),
}
Query = tuple[tuple[int, ...], int]


class Found(NamedTuple):
    """Shares from 0 to 1, and the CPU time of each answer, milliseconds."""

    hits: float
    places: float
    new: float
    took: list[float]


def visits(path: Path) -> Iterator[tuple[int, ...]]:
    """The visits of a file, in order."""
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            yield tuple(map(int, row["items"].split()))


def queries(test: Sequence[tuple[int, ...]], most: int = QUERIES) -> list[Query]:
    """Prefixes and what came next, of whole visits in the order of the draw."""
    order = list(range(len(test)))
    Random(SEED).shuffle(order)
    drawn: list[Query] = []
    for n in order:
        visit = test[n]
        drawn += [(visit[:length], visit[length]) for length in range(1, len(visit))]
        if len(drawn) >= most:
            break
    return drawn


def ask(rankers: SessionRankers, drawn: Sequence[Query]) -> Found:
    """What for_you finds of ``drawn``."""
    hits = new = asked_new = 0
    places, took = 0.0, []
    for seen, wanted in drawn:
        start = thread_time()
        answer = [one.number for one in for_you(rankers, seen, PLACES)]
        took.append((thread_time() - start) * 1000)
        if wanted in answer:
            hits += 1
            places += 1 / (answer.index(wanted) + 1)
        if wanted not in seen:
            asked_new += 1
            more = [one.number for one in for_you(rankers, seen, PLACES + len(set(seen)))]
            new += wanted in [number for number in more if number not in seen][:PLACES]
    return Found(hits / len(drawn), places / len(drawn), new / max(1, asked_new), took)


def runs(train: Sequence[tuple[int, ...]], days: int) -> Runs:
    """The visits, spread evenly over the days (the files tell their order only)."""
    made = Runs()
    for n, visit in enumerate(train):
        made.append(visit, START + n * days * DAY // len(train))
    return made


def measure(name: str, folder: Path) -> list[Figure]:
    """The figures of one data set."""
    marks = SETS[name]
    train = list(visits(folder / f"{name}_train.csv.gz"))
    products, sessions = 1 + max(map(max, train)), runs(train, marks.days)
    start = process_time()
    file = b"".join(pack(session_arrays(sessions, products), {}))
    built = process_time() - start
    found = ask(SessionRankers(Arrays(file)), queries(list(visits(folder / f"{name}_test.csv.gz"))))
    size = f"{built:.1f} s of CPU, {len(file) / 1e6:.1f} MB"
    note(f"{name}: {len(sessions.items):,} views, built in {size}")
    return [
        Figure(f"{name} HR@20", ("found", found.hits), ("mark", marks.hits), 1, form=".4f"),
        Figure(f"{name} MRR@20", ("found", found.places), ("mark", marks.places), 1, form=".4f"),
        Figure(f"{name} HRnew@20", ("found", found.new), ("mark", marks.new), 1, form=".4f"),
        _time(f"{name} CPU of an answer, p50 ms", percentile(found.took, 0.5), P50_MS),
        _time(f"{name} CPU of an answer, p99 ms", percentile(found.took, 0.99), P99_MS),
    ]


def _time(name: str, took: float, may: float) -> Figure:
    return Figure(name, ("takes", took), ("may", may), 1, most=True, form=".2f")


def main() -> bool:
    """Print the figures; whether the marks are reached (also when there is no data)."""
    given = os.environ.get(FOLDER, "")
    names = [name for name in SETS if given and (Path(given) / f"{name}_test.csv.gz").exists()]
    if not names:
        note(f"recommend is left out: {FOLDER} names no folder with {', '.join(SETS)}")
        return True
    return tell(figure for name in names for figure in measure(name, Path(given)))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
