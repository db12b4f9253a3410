"""How is each side started on a fresh folder, watched and stopped?"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bodies import KEY
from checkout import ROOT
from figures import cpu_seconds, family, resident_mb

from plugin.storage.sqlite import sqlite3
from plugin.web.front import THREADS

OURS, ORDINARY = "ours", "ordinary"
SHOP = "bench"
STORES = {OURS: f"shops/{SHOP}.db", ORDINARY: "ordinary.db"}
READY_WITHIN_S = 30.0
STOPPED_WITHIN_S = 20.0


@dataclass
class Served:
    """A running server of either side."""

    side: str
    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def secret(self) -> str:
        """The key of the shop's own server."""
        found = re.search(r"sk_\w+", (self.folder / "keys").read_text())
        assert found is not None
        return found[0]

    def cpu_s(self) -> float:
        """What all its processes have used so far."""
        return cpu_seconds(family(self.process.pid))

    def memory_mb(self) -> float:
        """What all its processes hold now."""
        return resident_mb(family(self.process.pid))

    def stop(self) -> None:
        """End it and all that descend from it."""
        pids = family(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            for pid in pids:
                with_pid(pid, signal.SIGKILL)
            self.process.wait()

    def stored(self) -> int:
        """How many events are in its store, once it is stopped."""
        connection: Any = sqlite3.connect(str(self.folder / STORES[self.side]))
        try:
            return int(connection.execute("select count(*) from events").fetchone()[0])
        finally:
            connection.close()


def with_pid(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@contextmanager
def serve(side: str, workers: int) -> Iterator[Served]:
    """One side, ready, on a folder of its own that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{side}-"))
    log = folder / "log"
    port = free_port()
    try:
        with log.open("wb") as out:
            made = Served(side, start(side, folder, port, workers, out), port, folder)
        try:
            wait_until_ready(made, log)
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


def start(side: str, folder: Path, port: int, workers: int, out: Any) -> subprocess.Popen[bytes]:
    """Its first process, which starts the others."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    environ.pop("REGULARS_DATABASE_URL", None)
    where = ["--port", str(port), "--workers", str(workers)]
    if side == ORDINARY:
        command = [sys.executable, str(ROOT / "tests/bench/ordinary.py"), *where]
        return subprocess.Popen(
            [*command, "--threads", str(THREADS)],
            cwd=ROOT / "tests/bench",
            env=environ | {"ORDINARY_DATA": str(folder)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    environ |= {
        "REGULARS_DATA": str(folder),
        "REGULARS_RATE_LIMIT": "off",
        "REGULARS_TICK_SECONDS": "60",
    }
    command = [sys.executable, "-m", "plugin"]
    add = [*command, "shop", "add", SHOP, "--public-key", KEY]
    with (folder / "keys").open("wb") as keys:
        subprocess.run(add, env=environ, cwd=ROOT, check=True, stdout=keys)
    return subprocess.Popen(
        [*command, "serve", *where], env=environ, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(served: Served, log: Path) -> None:
    """Return when it would take a visit. Raises RuntimeError with what it said when it does not."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and served.process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{served.side} did not start: {log.read_text()[-2000:]}")
