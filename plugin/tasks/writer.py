"""Who writes a step to the store: this process, or the keeper that lives elsewhere?

Every write is a named step of ``journey``. On PostgreSQL each process writes for itself; on SQLite
one process, the keeper, writes for all, and the others hand it their steps over a socket.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import orjson

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.storage.house import House

ATTEMPTS = 3
ANSWER_WITHIN_S = 30.0


class Writer(Protocol):
    """Does named steps. Arguments and results are what JSON can carry (and ``Event``)."""

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """The step's answer, once it is committed. Raises PluginError; Busy = safe to resend."""

    def ping(self) -> None:
        """Return when a step would be taken. Raises Busy."""

    def close(self) -> None:
        """Finish what waits and let go."""


class DirectWriter:
    """Writes from this very process: for PostgreSQL, and for whoever holds the keeper's lock."""

    def __init__(self, house: House) -> None:
        self.house = house

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``; a step that lost a race for a lock is tried again."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._once(shop, step, args)
            except Busy:
                continue
        return self._once(shop, step, args)

    def ping(self) -> None:
        """As ``Writer.ping``: the stores are opened by whoever asks."""

    def close(self) -> None:
        """As ``Writer.close``: every step has ended with its call."""

    def _once(self, name: str, step: str, args: dict[str, Any]) -> Any:
        store, shop = self.house.store(name), self.house.shop(name)
        if step in journey.LONG_STEPS:
            return journey.LONG_STEPS[step](store, shop, **args)
        with store.write() as tx:
            return journey.STEPS[step](tx, shop, **args)


class KeeperClient:
    """Hands steps to the keeper; a line that has its answer waits for the next step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._idle: list[socket.socket] = []

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``. Raises Busy when no keeper answers: it may be starting again."""
        return self._call({"shop": shop, "step": step, "args": args})

    def ping(self) -> None:
        """As ``Writer.ping``."""
        self._call({"shop": "", "step": "ping", "args": {}})

    def close(self) -> None:
        """Hang up every line that waits."""
        while self._idle:
            self._idle.pop().close()

    def _call(self, message: dict[str, Any]) -> Any:
        frame = orjson.dumps(message)
        try:
            line = self._send(frame)
        except OSError as trouble:
            raise Busy("the writer is not there just now; send it again") from trouble
        try:
            answer: dict[str, Any] = orjson.loads(read_frame(line))
        except (OSError, EOFError) as trouble:
            line.close()
            raise Busy("the writer went away; send it again") from trouble
        self._idle.append(line)
        if "error" in answer:
            raise error_from_wire(answer["error"])
        return answer["result"]

    def _send(self, frame: bytes) -> socket.socket:
        """Send on a line that waits, else on a new one; the line that will answer."""
        while True:
            try:
                line = self._idle.pop()  # pop and append are each one step, whatever the thread
            except IndexError:
                break
            try:
                send_frame(line, frame)
                return line
            except OSError:  # the keeper went and came: nothing was taken, so ask the new one
                line.close()
        line = dial(self.folder)
        send_frame(line, frame)
        return line


def dial(folder: Path) -> socket.socket:
    """A connection to the keeper of the data folder. Raises OSError when none listens."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(ANSWER_WITHIN_S)
    try:
        with_short_path(folder, line.connect)
    except OSError:
        line.close()
        raise
    return line


def with_short_path(folder: Path, use: Callable[[str], object]) -> None:
    """Call ``use`` with the keeper's socket path, however deep ``folder`` lies.

    A Unix socket's path holds about 100 letters; a longer one is reached through the folder's
    own descriptor (Linux).
    """
    path = folder / "keeper.sock"
    if len(str(path)) < 100:
        use(str(path))
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        use(f"/proc/self/fd/{handle}/keeper.sock")
    finally:
        os.close(handle)


def send_frame(line: socket.socket, body: bytes) -> None:
    """Send one message: its length in four bytes, then itself."""
    line.sendall(len(body).to_bytes(4, "big") + body)


def read_frame(line: socket.socket) -> bytes:
    """Receive one message. Raises EOFError when the other side has gone."""
    return _exactly(line, int.from_bytes(_exactly(line, 4), "big"))


def _exactly(line: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part = line.recv(min(size, 1 << 16))
        if not part:
            raise EOFError("the other side has gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def error_to_wire(trouble: PluginError) -> dict[str, Any]:
    """What the other side needs to raise the same trouble."""
    return {"code": trouble.code, "status": trouble.status, "message": trouble.message}


def error_from_wire(data: dict[str, Any]) -> PluginError:
    """The trouble the keeper had with the step."""
    kind = Busy if data["status"] == Busy.status else PluginError
    return kind(data["message"], code=data["code"], status=data["status"])
