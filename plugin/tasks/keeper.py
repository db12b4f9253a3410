"""How does one process write for all the others?

The keeper holds the data folder's lock and listens at a socket beside it (``door``). What comes in
waits for a shared commit, as what its own process asks does (``group``).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Any

from plugin import journey
from plugin.storage.house import House
from plugin.tasks.door import Door
from plugin.tasks.evaluator import Evaluator
from plugin.tasks.group import GroupWriter, failed
from plugin.tasks.wire import Answer, Asked, Line
from plugin.tasks.writer import KeeperClient, Writer

LOCK_WITHIN_S = 5.0  # a keeper that is ending may need so long


class Keeper:
    """The one writer of a data folder; also a ``Writer`` for its own process."""

    def __init__(self, house: House, lock: int, evaluator: Evaluator | None = None) -> None:
        self.house = house
        self._lock = lock
        self._evaluator = evaluator or Evaluator(house.settings)
        self._group = GroupWriter(house, self._evaluator.hands)
        self._door = Door(house.settings.data, self._take)

    def start(self) -> Keeper:
        """Open the door to other processes and begin to write."""
        self._door.open()
        self._group.start()
        return self

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``."""
        return self._group.do(shop, step, **args)

    def ping(self) -> None:
        """As ``Writer.ping``."""
        self._group.ping()

    def close(self) -> None:
        """Take nothing new, finish what waits, let go of the lock."""
        self._group.close()
        self._evaluator.close()
        self._door.close()
        os.close(self._lock)

    def _take(self, steps: list[Asked], line: Line) -> None:
        """Let what came over ``line`` be done; each is answered there."""
        self._group.submit([one for one in steps if one.step in journey.STEPS], line)
        for one in steps:
            if one.step not in journey.STEPS:
                threading.Thread(target=self._alone, args=(one, line), daemon=True).start()

    def _alone(self, step: Asked, line: Line) -> None:
        """Do what shares no commit, while others come and go."""
        try:
            if step.step == "ping":
                self.ping()
                answer = Answer()
            else:
                answer = Answer(self.do(step.shop, step.step, **step.arguments()))
        except Exception as trouble:
            answer = failed(trouble)
        line.tell([(step.number, answer)])


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
