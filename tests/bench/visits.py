"""How many events a second and a CPU second does a server take, how fast, in how much memory?

Ours beside an ordinary collector that commits each request (``ordinary``), and beside SQLite's bare
``executemany``: every round measures each of them once, on a fresh folder.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from bodies import COUNTERS, EVENTS, MIX, VISITORS, ShopTexts, bodies
from figures import Figure, middle, note, percentile, tell
from load import Answers, Load, request
from ordinary import ADD, TABLES, connect, row_of
from served import ORDINARY, OURS, Served, serve

from plugin.collect.reader import read_object

SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
BODIES = int(os.environ.get("BENCH_BODIES", "40000"))  # more than any side takes in a round
WORKERS = 2
CONNECTIONS = 32
WARM_S = 1.0
BATCH = 1_000  # rows of an executemany
RAW_BODIES = 10_000
EVERY, FEW = "every trait", "counters"
MIXES = {EVERY: MIX, FEW: COUNTERS}
HTTP, CPU, MEMORY = "http", "cpu", "memory"
ALL = frozenset({HTTP, CPU, MEMORY})


@dataclass(frozen=True)
class Round:
    """What one side did in one round. Memory in MiB, latencies in ms."""

    acked_a_second: float
    acked_a_cpu_second: float
    p50: float
    p99: float
    rest_mb: float
    end_mb: float
    failed: int
    trouble: bytes
    lost: int
    asking: float  # share of one CPU that the load itself took


Rounds = Mapping[tuple[str, str], Sequence[Round]]


def one_round(side: str, requests: Sequence[bytes]) -> Round:
    """Start a side, load it, stop it."""
    with serve(side, WORKERS) as served:
        rest = served.memory_mb()
        ahead = iter(requests)
        with Load(served.port, CONNECTIONS) as load:
            warm = load.run(ahead, WARM_S)
            load.finish(warm)
            told, cpu_s = timed(load, ahead, served)
            end = served.memory_mb()
            load.finish(told)
        served.stop()
        acked = sum(one.acked + one.late for one in (warm, told))
        lost = max(0, acked - served.stored())
    return Round(
        acked_a_second=told.acked / told.seconds,
        acked_a_cpu_second=told.acked / cpu_s,
        p50=percentile(told.latencies, 0.5) * 1000,
        p99=percentile(told.latencies, 0.99) * 1000,
        rest_mb=rest,
        end_mb=end,
        failed=warm.failed + told.failed,
        trouble=warm.trouble or told.trouble,
        lost=lost,
        asking=told.own_cpu_s / told.seconds,
    )


def timed(load: Load, requests: Iterator[bytes], served: Served) -> tuple[Answers, float]:
    """The load's answers, and the CPU seconds of the server's processes meanwhile."""
    gc.collect()
    gc.disable()
    before = served.cpu_s()
    told = load.run(requests, SECONDS)
    cpu_s = served.cpu_s() - before
    gc.enable()
    if told.seconds < 0.9 * SECONDS:
        note(f"all {BODIES:,} bodies were sent before the time was over: set BENCH_BODIES higher")
    return told, cpu_s


def raw(rows: Sequence[tuple[object, ...]]) -> float:
    """Rows a CPU second that SQLite alone takes: durable commits of a thousand rows."""
    folder = Path(tempfile.mkdtemp(prefix="bench-raw-"))
    try:
        connection = connect(folder / "raw.db")
        connection.executescript(TABLES)
        began = time.process_time()
        for first in range(0, len(rows), BATCH):
            connection.execute("begin immediate")
            connection.executemany(ADD, rows[first : first + BATCH])
            connection.execute("commit")
        used = time.process_time() - began
        connection.close()
    finally:
        shutil.rmtree(folder)
    return len(rows) / used


def raw_on_every_core(rows: Sequence[tuple[object, ...]]) -> float:
    """As ``raw`` of one process while another does the same: the server is measured on a machine
    whose cores are all busy, and a core is slower then.
    """
    cores = os.cpu_count() or 1
    with get_context("fork").Pool(cores) as pool:
        return statistics.mean(pool.map(raw, [rows] * cores, chunksize=1))


def rows_of(sent: Sequence[bytes], now: int) -> list[tuple[object, ...]]:
    """The events of bodies as rows of the ordinary table."""
    read = (read_object(one) for one in sent)
    return [row_of(event, one["visitor_id"], now) for one in read for event in one["events"]]


def measure(wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures of the parts that are wanted."""
    rng = Random(1)
    texts, now = ShopTexts(rng), int(time.time() * 1000)
    kinds = (EVERY, FEW) if CPU in wanted else (EVERY,)
    requests: dict[str, list[bytes]] = {}
    rows: dict[str, list[tuple[object, ...]]] = {}
    for kind in kinds:
        sent = list(bodies(BODIES, now, texts, rng, MIXES[kind]))
        size = sum(map(len, sent)) // len(sent)
        note(f"{kind}: bodies of {EVENTS} events, {size:,} bytes, of {VISITORS:,} visitors")
        requests[kind] = [request(one) for one in sent]
        rows[kind] = rows_of(sent[:RAW_BODIES], now) if CPU in wanted else []
    sides = [(OURS, EVERY)] + [(ORDINARY, EVERY)] * bool(wanted - {CPU})
    sides += [(OURS, FEW)] * (CPU in wanted)
    rounds: dict[tuple[str, str], list[Round]] = defaultdict(list)
    bare: dict[str, list[float]] = defaultdict(list)
    busy: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for side, kind in sides:
            rounds[side, kind].append(one_round(side, requests[kind]))
            say_round(side, kind, rounds[side, kind][-1])
            if side == OURS and CPU in wanted:
                bare[kind].append(raw(rows[kind]))
                busy[kind].append(raw_on_every_core(rows[kind]))
    yield from http(rounds) if HTTP in wanted else ()
    yield from cpu(rounds, busy, bare) if CPU in wanted else ()
    yield from memory(rounds) if MEMORY in wanted else ()


def say_round(side: str, kind: str, one: Round) -> None:
    """Print a round, so that its noise can be seen."""
    note(
        f"{side:<8} {kind:<11} {one.acked_a_second:>7,.0f} acked/s "
        f"{one.acked_a_cpu_second:>7,.0f}/cpu s  p50 {one.p50:.0f} p99 {one.p99:.0f} ms  "
        f"{one.rest_mb:.0f} to {one.end_mb:.0f} MB  failed {one.failed}  "
        f"load's own cpu {one.asking:.0%}"
    )
    if one.trouble:
        note(f"the first that failed: {one.trouble!r}")
    if one.lost:
        raise RuntimeError(f"{side}: {one.lost} acknowledged events are not in the store")


def both(rounds: Rounds, name: str) -> tuple[tuple[str, float], tuple[str, float]]:
    """The median of a measure on either side."""
    ours, other = (
        (side, middle(getattr(one, name) for one in rounds[side, EVERY]))
        for side in (OURS, ORDINARY)
    )
    return ours, other


def http(rounds: Rounds) -> Iterator[Figure]:
    """Figure 1: against a commit for each request."""
    about = f"{CONNECTIONS} connections, {EVENTS} events"
    yield Figure(f"acked events/s, {about}", *both(rounds, "acked_a_second"), 3.5)
    yield Figure(f"p99 ms, {about}", *both(rounds, "p99"), 0.2, most=True, form=",.1f")
    yield Figure("acked events/cpu s of all processes", *both(rounds, "acked_a_cpu_second"))


def cpu(
    rounds: Rounds, busy: Mapping[str, Sequence[float]], bare: Mapping[str, Sequence[float]]
) -> Iterator[Figure]:
    """Figure 2: against SQLite alone, with every core busy as the server has them, and on one."""
    for kind, mark in ((EVERY, 0.12), (FEW, 0.2)):
        ours = (OURS, middle(one.acked_a_cpu_second for one in rounds[OURS, kind]))
        other = ("executemany", middle(busy[kind]))
        yield Figure(f"acked events/cpu s, {kind}", ours, other, mark)
        alone = ("executemany", middle(bare[kind]))
        yield Figure(f"the same, {kind}, the other core idle", ours, alone)


def memory(rounds: Rounds) -> Iterator[Figure]:
    """Figure 4: what all processes hold."""
    yield Figure("memory at rest, MB (all processes)", *both(rounds, "rest_mb"))
    yield Figure("memory at the end of the load, MB", *both(rounds, "end_mb"))


def main(wanted: frozenset[str] = ALL) -> bool:
    """Measure and tell; whether the marks are reached."""
    return tell(measure(wanted))


if __name__ == "__main__":
    main(frozenset(sys.argv[1:]) or ALL)
