"""How are the processes started: the web workers, the writer with its clock, and both together?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from importlib import import_module
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from plugin.config import Settings, load_settings
from plugin.errors import PluginError
from plugin.tasks.process import PARENT

HEAD_WITHIN_MS = 10_000  # a request's head; its body has a deadline in web/front.py
STOP_WITHIN_S = 10.0
TOO_MANY, SHORT_S = 20, 30.0  # deaths of workers, within so many seconds: something else is wrong
PAUSE_S = 0.05  # between a writer that ended and the next

HOST = click.option("--host", default="127.0.0.1", show_default=True)
PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
WORKERS = click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))


@click.command()
@HOST
@PORT
@WORKERS
def serve(host: str, port: int, workers: int) -> None:
    """Serve everything: web processes, the writer and the clock, under this one."""
    run_everything(host, port, workers)


@click.command()
@HOST
@PORT
@WORKERS
def web(host: str, port: int, workers: int) -> None:
    """Serve the web processes alone; `regulars work` does the rest."""
    load_settings()
    run_web(host, port, workers)


def run_everything(host: str, port: int, workers: int, data: Path | None = None) -> None:
    """Serve until told to stop. Raises PluginError when the port or the data folder is taken."""
    settings = load_settings(data=data)
    os.environ["REGULARS_DATA"] = str(settings.data)  # the children's too
    check_free(host, port)
    writer = WriterProcess(settings)
    writer.start()
    try:
        read_application()  # while the writer starts
        writer.wait_until_ready()
        run_web(host, port, workers)
    finally:
        writer.stop()


def read_application() -> None:
    """Read the application's code, once: each worker begins with it, also one started again."""
    import_module("plugin.web.wsgi")


def run_web(host: str, port: int, workers: int) -> None:
    """Serve HTTP until told to stop."""
    os.environ[PARENT] = str(os.getpid())  # whom the workers end with
    read_application()
    server = Granian(
        "plugin.web.wsgi:front",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN_MS),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(STOP_WITHIN_S),
        log_level=LogLevels.error,
    )
    server.respawned_wrks = Deaths()
    try:
        server.serve()
    except SystemExit:
        # A worker that was told to end before we were is no failure.
        if not server.interrupt_signal:
            raise


class Deaths(dict[int, float]):
    """When granian started which worker again, as it asks for it.

    It gives up, and with it the whole, when one worker dies twice within seconds; that may well
    happen. We give up when they die so often that starting them again is of no use.
    """

    def __init__(self) -> None:
        super().__init__()
        self._times: deque[float] = deque(maxlen=TOO_MANY)

    def __setitem__(self, worker: int, at: float) -> None:
        """A worker is started again ``at`` (seconds, monotonic)."""
        self._times.append(at)

    def get(self, worker: int, default: float = 0.0) -> float:  # type: ignore[override]
        """When it was last started again; long ago, unless too many were within a short time."""
        many = len(self._times) == TOO_MANY and self._times[-1] - self._times[0] < SHORT_S
        return self._times[-1] if many else default


class WriterProcess:
    """The child that runs ``regulars work``; started again when it ends by itself."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child."""
        self._child = self._spawn()

    def wait_until_ready(self) -> None:
        """Return when the child would write. Raises PluginError when it does not."""
        assert self._child is not None
        for _ in range(400):
            if self._child.poll() is not None:
                raise PluginError("the writer did not start; its message stands above")
            if self._answers():
                break
            time.sleep(0.05)
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Let the child finish what waits, and end it."""
        self._stopping.set()
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        environ = os.environ | {"REGULARS_DATA": str(self.settings.data), PARENT: str(os.getpid())}
        command = [sys.executable, "-m", "plugin", "work"]
        # In a session of its own: Ctrl-C is for the parent, which stops the web workers first.
        return subprocess.Popen(command, env=environ, start_new_session=True)

    def _answers(self) -> bool:
        if self.settings.on_postgres:
            return True
        from plugin.tasks.writer import KeeperClient  # most of the program comes with it

        client = KeeperClient(self.settings.data)
        try:
            client.ping()
        except PluginError:
            return False
        client.close()
        return True

    def _watch(self) -> None:
        while self._child is not None:
            self._child.wait()
            if self._stopping.wait(PAUSE_S):
                return
            click.echo("regulars: the writer ended by itself; starting it again", err=True)
            self._child = self._spawn()


def check_free(host: str, port: int) -> None:
    """Raises PluginError when something already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise PluginError(
                f"port {port} cannot be used ({trouble.strerror}): try --port {port + 1}"
            ) from None
