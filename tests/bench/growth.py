"""Does an event cost more when millions are stored? CPU of ``collect`` in shared commits.

A store of each size is filled first (``fill``); then each round collects the same kind of visits in
each of them: half of the visitors new, half any of those who are known.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
from bodies import EVENTS, ShopTexts, body, uuid7
from figures import Figure, middle, note, tell
from fill import SHOP, events_of, fill, open_store, sample

from plugin.collect.event import Event
from plugin.journey import collect_together
from plugin.storage.sqlite import SqliteStore

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
FROM = 100_000  # what the mark compares with
MARK = 1.3
LARGEST = int(os.environ.get("GROWTH", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
TOGETHER = 30  # batches in a commit
COMMITS = 6  # in a round
MICRO = 1e6


@dataclass
class Filled:
    """A store of one size, and the CPU (µs an event) of each round in it."""

    size: int
    store: SqliteStore
    visitors: Sequence[str]
    costs: list[float] = field(default_factory=list)


def batches(known: Sequence[str], texts: ShopTexts, rng: Random) -> list[tuple[Event, ...]]:
    """The batches of a round: every second visitor was there before."""
    now = int(time.time() * 1000)
    made = []
    for number in range(COMMITS * TOGETHER):
        visitor_id = rng.choice(known) if number % 2 else uuid7(now, rng)
        made.append(events_of(msgspec.json.encode(body(visitor_id, now, texts, rng)), now))
    return made


def collected(store: SqliteStore, waiting: Sequence[Sequence[Event]]) -> float:
    """Collect the batches as the keeper does; the CPU seconds it took."""
    began = time.process_time()
    for first in range(0, len(waiting), TOGETHER):
        with store.write() as tx, tx.savepoint():
            collect_together(tx, SHOP, waiting[first : first + TOGETHER])
    return time.process_time() - began


def one_round(filled: Filled, texts: ShopTexts, rng: Random) -> float:
    """µs of CPU an event, in one store."""
    waiting = batches(filled.visitors, texts, rng)
    gc.collect()
    gc.freeze()
    cost = collected(filled.store, waiting) / (len(waiting) * EVENTS) * MICRO
    gc.unfreeze()
    return cost


def sizes() -> list[int]:
    """The sizes that are asked for; two at least."""
    return [size for size in SIZES if size <= max(LARGEST, FROM)]


def measure() -> Iterator[Figure]:
    """Fill, then a round in each store in turn, then the comparison with the mark."""
    rng = Random(1)
    folder = Path(tempfile.mkdtemp(prefix="bench-growth-"))
    try:
        like = sample(folder / "sample.db", rng)
        stores = []
        for size in sizes():
            visitors = fill(folder / f"{size}.db", like, size, rng)
            stores.append(Filled(size, open_store(folder / f"{size}.db"), visitors))
        rounds(stores, rng)
        for one in stores:
            one.store.close()
    finally:
        shutil.rmtree(folder)
    by_size = {one.size: middle(one.costs) for one in stores}
    yield from figures(by_size)


def rounds(stores: Sequence[Filled], rng: Random) -> None:
    """Every round in every store; the first is to warm up."""
    texts = ShopTexts(Random(1))
    for number in range(ROUNDS + 1):
        for one in stores:
            cost = one_round(one, texts, rng)
            if number:
                one.costs.append(cost)


def figures(by_size: dict[int, float]) -> Iterator[Figure]:
    """Each size beside the one that the mark names."""
    base = (f"at {FROM:,}", by_size[FROM])
    for size, cost in by_size.items():
        if size != FROM:
            mark = MARK if size > FROM else None
            yield Figure("cpu µs/event", (f"at {size:,}", cost), base, mark, most=True, form=",.1f")


def main() -> bool:
    """Measure and tell; whether the mark is reached."""
    if SIZES[-1] > LARGEST:
        note(f"up to {LARGEST:,} events; GROWTH={SIZES[-1]} fills as many as the mark speaks of")
    return tell(measure())


if __name__ == "__main__":
    main()
