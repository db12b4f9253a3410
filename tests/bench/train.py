"""Does building a model cost more a view when there are millions? Seconds, memory, size.

A store of each size is filled by plain SQL: products of Zipf's fame in a hundred kinds, visits of
one to twelve views that mostly stay within a kind, an order after some. Then a model is built of
each in a process of its own, in turn, and opened in another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

from checkout import ROOT
from figures import Figure, middle, note, tell
from fill import SHOP, open_store, quick_connection

from plugin import journey
from plugin.shop import DAY, HOUR, MINUTE, SECOND
from plugin.storage import models
from plugin.storage.sqlite import SqliteStore

SIZES = (100_000, 1_000_000, 10_000_000)
LARGEST = int(os.environ.get("TRAIN", "1000000"))
ROUNDS = int(os.environ.get("TRAIN_ROUNDS", "1"))
PRODUCTS = 40_000
KINDS = 100
LONGEST = 12  # views of a visit
VISITS = 3  # of a visitor, on average
ORDERS = 0.05  # visits that end in an order
FAME = 0.8  # Zipf's exponent
TOGETHER = 20_000
MB, MICRO = 1024.0, 1e6
MARK_GROWTH = 1.15  # a view's cost ten times larger; what is not the views' own hides in the small
MARK_MEMORY = 120.0
IDLE_VIEWS = 500_000

EVENT = """
insert into events (event_id, profile, name, at, day, received_at, source, transaction_id, items)
values (?, ?, ?, ?, ?, ?, 'browser', ?, ?)
"""
LINE = """
insert into item_events (event_id, place, profile, item_id, name, at, quantity)
values (?, ?, ?, ?, ?, ?, 1)
"""
ORDER = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value)
values (?, ?, ?, ?, ?, 'EUR', 1000)
"""
PROFILE = "insert into profiles (id, visitor_id) values (?, ?)"
ITEM = """
insert into items (item_id, name, category, brand, price, currency, created_at, updated_at)
values (?, ?, ?, ?, ?, 'EUR', 0, 0)
"""


@dataclass
class Filled:
    """A store with so many views, and what each build of it cost."""

    views: int
    path: Path
    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    file_mb: float = 0.0


class Filling:
    """Writes visits in the order of time until there are enough views."""

    def __init__(self, connection: Any, rng: Random, now: int) -> None:
        self._connection, self._rng, self._now = connection, rng, now
        self._fame = list(accumulate((n + 1) ** -FAME for n in range(PRODUCTS // KINDS)))
        self._kinds = list(accumulate((n + 1) ** -FAME for n in range(KINDS)))
        self._rows: dict[str, list[tuple[Any, ...]]] = {
            sql: [] for sql in (PROFILE, EVENT, LINE, ORDER)
        }
        self._number = 0

    def run(self, views: int) -> None:
        """Write so many views, their visitors and orders, and the catalogue."""
        self._connection.execute("begin")
        self._connection.executemany(ITEM, map(_product, range(PRODUCTS)))
        self._connection.execute("commit")
        people = max(1, int(views / 4.8 / VISITS))
        self._rows[PROFILE] = [(n + 1, f"v{n:015}") for n in range(people)]
        done = 0
        while done < views:
            at = self._now - 90 * DAY + 90 * DAY * done // views
            done += self._visit(at, self._rng.randrange(people) + 1, views - done)
            if len(self._rows[EVENT]) > TOGETHER:
                self._write()
        self._write()

    def _visit(self, at: int, profile: int, most: int) -> int:
        rng = self._rng
        kind, seen = self._drawn(self._kinds), []
        for _ in range(min(most, 1 + min(int(rng.expovariate(0.25)), LONGEST - 1))):
            if rng.random() < 0.15:
                kind = self._drawn(self._kinds)
            seen.append(f"p{kind + KINDS * self._drawn(self._fame):06}")
            self._tell("view_item", at, profile, seen[-1:])
            at += rng.randrange(5 * SECOND, 2 * MINUTE)
        if rng.random() < ORDERS:
            self._tell("purchase", at, profile, sorted(set(seen[-3:])))
        return len(seen)

    def _drawn(self, weights: list[float]) -> int:
        return min(bisect(weights, self._rng.random() * weights[-1]), len(weights) - 1)

    def _tell(self, name: str, at: int, profile: int, ids: list[str]) -> None:
        self._number += 1
        event_id = f"{at:012x}-{self._number:010}"
        order = f"o-{self._number}" if name == "purchase" else None
        items = "[" + ",".join(f'{{"item_id":"{one}"}}' for one in ids) + "]"
        self._rows[EVENT].append((event_id, profile, name, at, at // DAY, at, order, items))
        for place, one in enumerate(ids):
            self._rows[LINE].append((event_id, place, profile, one, name, at))
        if order is not None:
            self._rows[ORDER].append((order, event_id, profile, at, at // DAY))

    def _write(self) -> None:
        self._connection.execute("begin")
        for sql, rows in self._rows.items():
            self._connection.executemany(sql, rows)
            rows.clear()
        self._connection.execute("commit")


def fill(path: Path, views: int, rng: Random) -> None:
    """Make a store with so many views at ``path``."""
    open_store(path).close()
    with quick_connection(path) as connection:
        began = time.perf_counter()
        Filling(connection, rng, int(time.time() * SECOND) - HOUR).run(views)
    size = path.stat().st_size / MB**2
    note(f"{views:>10,} views: {size:,.0f} MB in {time.perf_counter() - began:,.0f} s")


def _product(number: int) -> tuple[Any, ...]:
    kind = number % KINDS
    name = f"Product {number} of kind {kind}"
    return (f"p{number:06}", name, f"Kind {kind % 10} > {kind}", f"Brand {number % 37}", 1000)


def build(path: Path) -> None:
    """In a process of its own: build, and print CPU seconds, peak MB, MB of the file."""
    store = open_store(path)
    before, began = memory_mb("VmRSS"), time.process_time()
    made = journey.build_model(store, SHOP, int(time.time() * SECOND), most_views=2 * SIZES[-1])
    took, peak = time.process_time() - began, memory_mb("VmHWM") - before
    with store.write() as tx:
        journey.keep_model(tx, SHOP, **made)
    journey.sweep_models(store)
    store.close()
    print(took, peak, made["row"]["bytes"] / 1e6)


def hold(path: Path) -> None:
    """In a process of its own: print the MB of memory that are its own once it opened the model
    and asked each ranker, beyond those before.
    """
    store = SqliteStore(path)
    with store.read() as tx:
        models.newest(tx)
    before = own_mb()
    with store.read() as tx:
        built = models.current(store, tx)
    assert built is not None
    with built.lock:
        seen = list(range(0, len(built.ids), 401))
        for number in seen:
            built.sessions.neighbours([number, number + 1], 20, built.recent)
            built.sessions.table([number], 20)
            built.sessions.follow([number], 20)
    print(own_mb() - before)


def memory_mb(name: str) -> float:
    """What Linux says of this process under ``name``: VmRSS is now, VmHWM the most so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / MB for line in lines if line.startswith(f"{name}:"))


def own_mb() -> float:
    """Memory of this process that no other shares, as Linux counts it."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    sizes = {line.split()[0]: line.split()[1] for line in lines if line.endswith("kB")}
    private = sum(int(sizes[f"Private_{kind}:"]) for kind in ("Clean", "Dirty"))
    mapped = sum(_mapped_models())
    return (private - mapped) / MB


def _mapped_models() -> Iterator[int]:
    """kB of model files in this process: shared by all that map them, though this is alone now."""
    ours = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            ours = line.endswith(".model")
        elif ours and line.startswith("Private_Clean:"):
            yield int(line.split()[1])


def apart(what: str, path: Path) -> list[float]:
    """What ``what`` prints in a process of its own."""
    words = [sys.executable, __file__, what, str(path)]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    return [float(word) for word in said.stdout.split()]


def measure() -> Iterator[Figure]:
    """Fill, build in each store in turn, compare with the marks."""
    folder = Path(tempfile.mkdtemp(prefix="bench-train-"))
    try:
        stores = []
        for size in (size for size in SIZES if size <= max(LARGEST, SIZES[0])):
            stores.append(Filled(size, folder / f"{size}.db"))
            fill(stores[-1].path, size, Random(1))
        for _ in range(ROUNDS):
            for one in stores:
                seconds, peak, one.file_mb = apart("build", one.path)
                one.seconds.append(seconds)
                one.peak_mb.append(peak)
        idle = folder / "idle.db"
        fill(idle, IDLE_VIEWS, Random(2))
        _, _, file_mb = apart("build", idle)
        (held,) = apart("hold", idle)
    finally:
        shutil.rmtree(folder)
    yield from grown(stores)
    yield Figure(
        f"MB of a worker that holds {IDLE_VIEWS:,} views",
        ("own and file", held + file_mb), ("allowed", MARK_MEMORY), 1.0, most=True, form=",.1f",
    )  # fmt: skip
    note(f"{held:,.1f} MB of it are its own, the file's {file_mb:,.1f} MB all workers share")


def grown(stores: list[Filled]) -> Iterator[Figure]:
    """Each size beside the one before, a view's cost."""
    for one in stores:
        note(
            f"{one.views:>10,} views: {middle(one.seconds):,.1f} s of CPU,"
            f" peak {middle(one.peak_mb):,.0f} MB, file {one.file_mb:,.1f} MB"
        )
    for small, large in pairwise(stores):
        names = (f"at {large.views:,}", f"at {small.views:,}")
        for name, of, unit in (
            ("µs of CPU", "seconds", MICRO),
            ("bytes of memory", "peak_mb", MB * MB),
        ):
            sides = [middle(getattr(one, of)) * unit / one.views for one in (large, small)]
            yield Figure(
                f"{name} a view", (names[0], sides[0]), (names[1], sides[1]), MARK_GROWTH, most=True
            )


def main() -> bool:
    """Measure and tell; whether the marks are reached."""
    if SIZES[-1] > LARGEST:
        note(f"up to {LARGEST:,} views; TRAIN={SIZES[-1]} builds as many as the mark speaks of")
    return tell(measure())


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"build": build, "hold": hold}[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
