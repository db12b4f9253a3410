"""How does one process write for all the others?

The keeper holds the data folder's lock and listens at a socket beside it. What comes in waits for a
shared commit, as what its own process asks does (``group``).
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.storage.house import House
from plugin.tasks.evaluator import Evaluator
from plugin.tasks.group import GroupWriter
from plugin.tasks.wire import (
    Answer,
    Asked,
    decode_steps,
    encode,
    read_frame,
    refused,
    send_frame,
    with_short_path,
)
from plugin.tasks.writer import KeeperClient, Writer

LOCK_WITHIN_S = 5.0  # a keeper that is ending may need so long


class Keeper:
    """The one writer of a data folder; also a ``Writer`` for its own process."""

    def __init__(self, house: House, lock: int, evaluator: Evaluator | None = None) -> None:
        self.house = house
        self._lock = lock
        self._evaluator = evaluator or Evaluator(house.settings)
        self._group = GroupWriter(house, self._evaluator.hands)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._closing = threading.Event()
        self._lines: set[socket.socket] = set()

    def start(self) -> Keeper:
        """Open the door to other processes and begin to write."""
        (self.house.settings.data / "keeper.sock").unlink(missing_ok=True)
        before = os.umask(0o177)  # only this user may knock
        try:
            with_short_path(self.house.settings.data, self._door.bind)
        finally:
            os.umask(before)
        self._door.listen(128)
        self._group.start()
        threading.Thread(target=self._receive, name="keeper-door", daemon=True).start()
        return self

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``."""
        return self._group.do(shop, step, **args)

    def ping(self) -> None:
        """As ``Writer.ping``."""
        self._group.ping()

    def close(self) -> None:
        """Take nothing new, finish what waits, let go of the lock."""
        self._closing.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes the one that waits at the door
        self._door.close()
        self._group.close()
        self._evaluator.close()
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RD)  # the last answers still go out
        (self.house.settings.data / "keeper.sock").unlink(missing_ok=True)
        os.close(self._lock)

    def _receive(self) -> None:
        while not self._closing.is_set():
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        self._lines.add(line)
        with line, suppress(EOFError, OSError, msgspec.MsgspecError):
            while True:
                steps = decode_steps(read_frame(line))
                send_frame(line, encode(self._answers(steps)))
        self._lines.discard(line)

    def _answers(self, steps: list[Asked]) -> list[Answer]:
        if len(steps) == 1 and steps[0].step not in journey.STEPS:
            return [self._long(steps[0])]
        waiting = self._group.submit(steps)
        try:
            return [one.wait() for one in waiting]
        except Busy as trouble:
            return [refused(trouble)] * len(steps)

    def _long(self, step: Asked) -> Answer:
        try:
            if step.step == "ping":
                self.ping()
                return Answer()
            return Answer(self.do(step.shop, step.step, **step.arguments()))
        except PluginError as trouble:
            return refused(trouble)


def take_lock(folder: Path, within_s: float = 0.0) -> int | None:
    """The descriptor that makes its holder the keeper of ``folder``; None: another has it.

    Waits up to ``within_s`` seconds for it.
    """
    handle = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(handle)
                return None
            time.sleep(0.02)


def become_writer(house: House) -> Writer:
    """Whoever may write from here: the store itself, the living keeper, or else this process."""
    if house.settings.on_postgres:
        return GroupWriter(house).start()
    lock = take_lock(house.settings.data)
    if lock is None:
        return KeeperClient(house.settings.data)
    return Keeper(house, lock).start()
