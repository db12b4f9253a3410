"""How well would each ranker have guessed the last days of this very shop, and with which weights?

What came before a day is learnt, what came after is asked: for the weights, the week before the
last; for the figures, the last, by a model that has learnt all before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from plugin.errors import PluginError
from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.for_you import SessionRankers, for_you, session_arrays
from plugin.serve.recommend.replay import (
    Answer,
    Query,
    Replayed,
    queries,
    replayed,
    weights_by_replay,
)
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import DEFAULT, Tuning
from plugin.shop import DAY, SECOND
from plugin.storage import model_rows
from plugin.storage.engine import Store

A_DAY = DAY // SECOND
FOR_YOU, SHIPPED = "for_you", "for_you, as shipped"
POPULAR = 20  # one in so many of the visits, the newest, tells what is popular


@dataclass(frozen=True)
class Line:
    """What one ranker found; ``middle_ms`` and ``late_ms``: p50 and p99 of an answer."""

    ranker: str
    found: Replayed
    middle_ms: float
    late_ms: float


@dataclass(frozen=True)
class Replay:
    """What a shop's last days say. ``learnt`` and ``asked`` are visits; lines begin with the best.

    ``weights``: those that did best in the days before the last; as shipped when they held nothing.
    """

    learnt: int
    asked: int
    weights: Tuning
    lines: tuple[Line, ...]

    @property
    def best(self) -> Tuning:
        """``weights`` if they beat those that are shipped in the last days too, else the latter."""
        worth = {line.ranker: line.found.worth for line in self.lines}
        return self.weights if worth[FOR_YOU] > worth.get(SHIPPED, worth[FOR_YOU]) else DEFAULT


def replay(
    store: Store, days: int = 7, most: int = 2_000, told: model_rows.Told = model_rows.nobody
) -> Replay:
    """Replay the last ``days`` days of views; they are counted back from the newest view.

    At most ``most`` views are asked for. Takes as long as building a model twice: call it where
    nobody waits. Raises PluginError when there is too little to learn from or to ask for.
    """
    with store.read() as tx:
        found = model_rows.learnt(tx, most_orders=0, told=told)
    sessions, products = found.sessions, len(found.item_ids)
    newest = sessions.at[-1] if len(sessions) else 0
    last, before = (newest - times * days * A_DAY for times in (1, 2))
    known, held = between(sessions, 0, last), between(sessions, last, newest)
    asked = queries(held, most)
    if not asked or not any(len(visit) > 1 for visit in known):
        raise PluginError(
            f"there are too few visits to replay: it takes some with two product views or more in"
            f" the last {days} days, and some before; try another --days"
        )
    told("learning, views", len(known.items))
    weights = _weights(between(sessions, 0, before), between(sessions, before, last), products)
    rankers = _rankers(known, products)
    told("asking, views", len(asked))
    lines = [_line(name, answer, asked) for name, answer in _answers(rankers, weights, known)]
    return Replay(len(known), len(held), weights, tuple(sorted(lines, key=_new, reverse=True)))


def between(sessions: Runs, after: int, until: int) -> Runs:
    """The visits that ended after ``after`` and no later than ``until``, Unix seconds."""
    found = Runs()
    for row, at in enumerate(sessions.at):
        if after < at <= until:
            found.append(sessions[row], at, sessions.profiles[row])
    return found


def _weights(known: Runs, held: Runs, products: int) -> Tuning:
    """Those that did best; as shipped when there is nothing to learn from or to ask for."""
    if not len(known) or not queries(held):
        return DEFAULT
    return weights_by_replay(_rankers(known, products), held)


def _rankers(known: Runs, products: int) -> SessionRankers:
    return SessionRankers(Arrays(b"".join(pack(session_arrays(known, products), {}))))


def _answers(rankers: SessionRankers, weights: Tuning, known: Runs) -> Iterator[tuple[str, Answer]]:
    popular = _popular(known)

    def fused_with(tuning: Tuning) -> Answer:
        return lambda seen, n: [one.number for one in for_you(rankers, seen, n, tuning)]

    yield FOR_YOU, fused_with(weights)
    if weights != DEFAULT:
        yield SHIPPED, fused_with(DEFAULT)
    yield "neighbours", lambda seen, n: _numbers(rankers.neighbours(seen, n))
    yield "table", lambda seen, n: _numbers(rankers.table(seen, n))
    yield "viewed_together", lambda seen, n: _numbers(rankers.follow.beside(seen[-1], n))
    yield "popularity", lambda seen, n: popular[:n]


def _popular(known: Runs) -> list[int]:
    views: Counter[int] = Counter()
    for row in range(len(known) - max(1, len(known) // POPULAR), len(known)):
        views.update(known[row])
    return [number for number, _ in views.most_common()]


def _numbers(ranked: Iterable[tuple[int, float]]) -> list[int]:
    return [number for number, _ in ranked]


def _line(name: str, answer: Answer, asked: Sequence[Query]) -> Line:
    took: list[float] = []

    def timed(seen: Sequence[int], n: int) -> Iterable[int]:
        began = perf_counter()
        told = answer(seen, n)
        took.append((perf_counter() - began) * 1000)
        return told

    found = replayed(timed, asked)
    took.sort()
    return Line(name, found, took[len(took) // 2], took[int(len(took) * 0.99)])


def _new(line: Line) -> float:
    return line.found.new
