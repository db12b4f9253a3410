"""Who writes a step to the store: this process, or the keeper that lives elsewhere?

Every write is a named step of ``journey``. On PostgreSQL each process writes for itself
(``group.GroupWriter``); on SQLite one process, the keeper, writes for all, and the others hand it
their steps over a socket.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Protocol

import msgspec

from plugin import faults
from plugin.errors import Busy
from plugin.tasks.wire import Answer, Asked, asked, decode_answer, dial, framed, read_one

AWAY = "the writer is not there just now; send it again"


class Writer(Protocol):
    """Does named steps. Arguments and results are what JSON can carry (and ``Event``)."""

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """The step's answer, once it is committed. Raises PluginError; Busy = safe to resend."""

    def ping(self) -> None:
        """Return when a step would be taken. Raises Busy."""

    def close(self) -> None:
        """Finish what waits and let go."""


class KeeperClient:
    """Hands steps to the keeper; a thread that waits for one has a line of its own meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._free: list[socket.socket] = []

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``. Raises Busy when no keeper answers: it may be starting again."""
        answer = self._ask(asked(shop, step, args))
        faults.reach("before_answer")
        return answer.given()

    def ping(self) -> None:
        """As ``Writer.ping``."""
        self._ask(Asked("", "ping")).given()

    def close(self) -> None:
        """Hang up."""
        while self._free:
            self._free.pop().close()

    def _ask(self, step: Asked) -> Answer:
        message = framed(step)
        try:
            line = self._send(message)
            try:
                _, answer = decode_answer(read_one(line))
            except BaseException:
                line.close()
                raise
        except (OSError, EOFError, msgspec.MsgspecError) as trouble:
            raise Busy(AWAY) from trouble
        self._free.append(line)
        return answer

    def _send(self, message: bytes) -> socket.socket:
        """Send on a line that is open, else on a new one; the line that will answer."""
        while self._free:
            line = self._free.pop()
            try:
                line.sendall(message)
                return line
            except OSError:  # the keeper went and came: nothing was taken, so ask the new one
                line.close()
        line = dial(self.folder)
        line.sendall(message)
        return line
