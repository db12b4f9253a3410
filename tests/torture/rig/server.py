"""How is the real product started, killed in part or whole, and known to be ready again?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from plugin.config import load_settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from rig.clients import Line, wait_until

ROOT = Path(__file__).resolve().parents[3]
WORKERS = 2
STARTS_WITHIN_S = 30.0
SETTLES_WITHIN_S = 20.0
ENDS_WITHIN_S = 20.0
VICTIMS = ("keeper", "web", "parent", "everything")


class Server:
    """``regulars serve`` on a data folder; its parent is started again at once whenever it ends.

    ``ended``: the exit codes of parents that ended without being killed or asked to.
    """

    def __init__(self, folder: Path, key: str, environ: dict[str, str]) -> None:
        self.folder, self.key = folder, key
        self.port = free_port()
        self.log = folder.parent / f"{folder.name}.log"
        self.ended: list[int] = []
        self._environ = os.environ | {
            "REGULARS_DATA": str(folder),
            "REGULARS_RATE_LIMIT": "off",
            "REGULARS_TICK_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
            **environ,
        }
        self._environ.pop("REGULARS_DATABASE_URL", None)
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: set[int] = set()  # every process we ever saw of it
        self._began = 0.0  # when the living parent was started
        self._ending = threading.Event()
        self._tending = threading.Thread(target=self._tend, daemon=True)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The parent of them all."""
        assert self._process is not None
        return self._process

    def start(self) -> float:
        """Start it; the seconds until it was ready and whole."""
        began = time.monotonic()
        self._launch()
        self._tending.start()
        self.wait_until_ready(began)
        self.settle()
        return time.monotonic() - began

    def _tend(self) -> None:
        """Do what a service manager does."""
        while not self._ending.wait(0.01):
            code = self.process.poll()
            if code is None:
                continue
            if code >= 0:
                self.ended.append(code)
            self._launch()

    def _launch(self) -> None:
        command = [sys.executable, "-m", "plugin", "serve"]
        self._began = time.monotonic()
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--workers", str(WORKERS)],
                env=self._environ,
                cwd=self.folder.parent,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._ours.add(self._process.pid)

    def wait_until_ready(self, since: float, gone: Collection[int] = ()) -> float:
        """The seconds from ``since`` (monotonic) until all of ``gone`` have ended and GET /ready
        answers 200.
        """
        while time.monotonic() < since + STARTS_WITHIN_S:
            if not any(map(is_alive, gone)) and self.is_ready():
                return time.monotonic() - since
            time.sleep(0.01)
        left = [pid for pid in gone if is_alive(pid)]
        raise AssertionError(f"not ready in time; alive still: {left}; it said: {self.said()}")

    def is_ready(self) -> bool:
        """Whether it says that it would take a visit."""
        line = Line(self.port, timeout_s=1.0)
        answer = line.ask("GET", "/ready")
        line.close()
        return answer is not None and answer[0] == 200

    def settle(self) -> None:
        """Return when all its processes are there. Raises AssertionError."""
        try:
            wait_until(self._whole, SETTLES_WITHIN_S, "all processes are there")
        except AssertionError as trouble:
            left = {pid: command_of(pid) for pid in self.children()}
            raise AssertionError(f"{trouble}, but {left}; it said: {self.said()}") from None

    def _whole(self) -> bool:
        return self.keeper() is not None and len(self.web()) == WORKERS

    def keeper(self) -> int | None:
        """The process that writes."""
        lock = self.folder / "keeper.lock"
        return next((pid for pid in self.children() if holds(pid, lock)), None)

    def web(self) -> list[int]:
        """The processes that answer requests."""
        keeper = self.keeper()
        return [p for p in self.children() if p != keeper and b"serve" in command_of(p)]

    def children(self) -> list[int]:
        """The parent's living children."""
        found: list[int] = []
        for thread in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError):  # the thread, or the parent itself, has just ended
                found += [int(pid) for pid in thread.read_text().split()]
        alive = [pid for pid in found if is_alive(pid)]
        self._ours.update(alive)
        return alive

    def kill(self, victim: str, which: int = 0) -> float:
        """Kill -9 one of ``VICTIMS``; the seconds until ready, of everything: from the restart on.

        ``which``: of several web workers. Whoever is killed is gone before anybody is asked.
        """
        if victim == "everything":  # no child may be born meanwhile
            os.kill(self.process.pid, signal.SIGSTOP)
        children = self.children()
        doomed = {
            "keeper": [self.keeper()],
            "web": self.web()[which % WORKERS :][:1],
            "parent": [self.process.pid],
            "everything": [*children, self.process.pid],
        }[victim]
        began = time.monotonic()
        for pid in doomed:
            assert pid, f"there is no {victim}"
            os.kill(pid, signal.SIGKILL)
        if victim == "everything":
            wait_until(lambda: self._began > began, ENDS_WITHIN_S, "it is started again")
            began = self._began
        # Children that lost their parent have to leave the port and the folder by themselves.
        gone = children if victim == "parent" else [pid for pid in doomed if pid]
        return self.wait_until_ready(began, gone)

    def ask_to_end(self, *, everyone: bool = False) -> None:
        """SIGTERM to the parent, or to each process as a service manager does."""
        self._ending.set()
        self._tending.join()
        for pid in [self.process.pid, *(self.children() if everyone else ())]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def stop(self) -> int:
        """End it gently; its exit code. Raises TimeoutExpired."""
        self.ask_to_end()
        return self.process.wait(ENDS_WITHIN_S)

    def end(self) -> None:
        """Leave no process behind, whatever became of the test."""
        if self._process is None:
            return
        self._ending.set()
        self._tending.join()
        self.children()
        for pid in self._ours:
            # A number may have been given to somebody else meanwhile.
            if is_alive(pid) and str(self.folder).encode() in environ_of(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait(ENDS_WITHIN_S)

    def said(self) -> str:
        """The last that its processes printed."""
        return self.log.read_text("utf-8")[-2_000:] if self.log.exists() else ""


def new_installation(folder: Path) -> str:
    """Make a data folder with a shop called moon; its public key."""
    house = House(load_settings({}, data=folder))
    keys = control.new_keys()
    with house.control.write() as tx:
        shop = Shop("moon", keys.public, currency="KRW", timezone="Asia/Seoul")
        control.add_shop(tx, shop, keys)
    house.close()
    return keys.public


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def command_of(pid: int) -> list[bytes]:
    """The words it was started with."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def holds(pid: int, lock: Path) -> bool:
    """Whether the process has locked the file, not only opened it."""
    with suppress(OSError):
        return any(
            "lock:" in Path(f"/proc/{pid}/fdinfo/{file.name}").read_text()
            for file in Path(f"/proc/{pid}/fd").iterdir()
            if os.path.realpath(file) == str(lock)
        )
    return False


def environ_of(pid: int) -> bytes:
    """Its environment."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""
