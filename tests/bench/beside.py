"""How much longer do visits take while segments are looked at and edited?

One server, a steady stream of visits, and in turn: calm, and beside it ticks over all who act and
an edited segment that is asked about everybody, one after the other without a pause.
"""

from __future__ import annotations

import gc
import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from bodies import MIX, ShopTexts, bodies
from evaluate import rules
from figures import Figure, middle, note, percentile, tell
from load import Load, request
from served import OURS, Served, serve

SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
VISITORS = 40_000
SEGMENTS = 30
CONNECTIONS = 32
GAP_S = 0.1  # so that visits take about a quarter of what the server could
FILL_S = 20.0  # at full speed, before anything is measured
MARK = 1.5
WORKERS = 2
MS = 1_000


@dataclass
class Beside:
    """What goes on beside the visits: passes and edits until told to stop."""

    served: Served
    done: int = 0
    trouble: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Beside:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join()

    def _run(self) -> None:
        turn = 0
        while not self.stop.is_set():
            turn += 1
            try:
                put_segment(self.served, f"s{turn % SEGMENTS}", turn % SEGMENTS, 1 + turn % 4)
                self.done += 1
            except OSError as trouble:
                self.trouble.append(str(trouble))
                return


def put_segment(served: Served, slug: str, number: int, days: int = 1) -> None:
    """Make or change a segment; the answer comes when everybody was asked, or 8 s later."""
    rule = list(rules().values())[number].document
    edited = {"all": [rule, {"trait": "first_seen", "op": "newer_than", "value": f"{days}d"}]}
    ask = urllib.request.Request(
        f"http://127.0.0.1:{served.port}/v1/segments/{slug}",
        json.dumps({"name": slug, "rule": edited}).encode(),
        {"Authorization": f"Bearer {served.secret}", "Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(ask, timeout=60) as answer:
        answer.read()


def one_phase(served: Served, requests: Iterator[bytes]) -> tuple[float, float]:
    """p99 and median (ms) of the visits of a while."""
    with Load(served.port, CONNECTIONS, GAP_S) as load:
        load.finish(load.run(requests, 0.5))
        gc.collect()
        gc.disable()
        told = load.run(requests, SECONDS)
        gc.enable()
        load.finish(told)
    if told.failed:
        note(f"{told.failed} visits failed: {told.trouble.decode(errors='replace')[:200]}")
    return percentile(told.latencies, 0.99) * MS, percentile(told.latencies, 0.5) * MS


def measure() -> Iterator[Figure]:
    """Fill, then calm and busy in turn."""
    rng, now = Random(1), int(time.time() * MS)
    stream = map(request, bodies(200_000, now, ShopTexts(rng), rng, MIX, VISITORS))
    calm: list[tuple[float, float]] = []
    busy: list[tuple[float, float]] = []
    passes = 0
    with serve(OURS, WORKERS) as served:
        with Load(served.port, CONNECTIONS) as load:
            load.finish(load.run(stream, FILL_S))
        for number in range(SEGMENTS):
            put_segment(served, f"s{number}", number)
        for _ in range(ROUNDS):
            calm.append(one_phase(served, stream))
            with Beside(served) as beside:
                busy.append(one_phase(served, stream))
            passes += beside.done
            for trouble in beside.trouble:
                note(f"an edit failed: {trouble}")
    note(f"{passes} edits were asked about everybody in {ROUNDS * SECONDS:.0f} s of visits")
    for name, rounds in (("calm", calm), ("beside passes", busy)):
        told = " ".join(f"{late:.1f}/{usual:.1f}" for late, usual in rounds)
        note(f"{name}, p99/median ms of each round: {told}")
    yield Figure(
        "p99 of a visit, ms", ("beside passes", middle(one for one, _ in busy)),
        ("calm", middle(one for one, _ in calm)), MARK,
        most=True, form=",.1f",
    )  # fmt: skip


def main() -> bool:
    """Measure and tell; whether the mark is reached."""
    return tell(measure())


if __name__ == "__main__":
    main()
