"""How does one process write for all, many steps to a commit?

The keeper holds the data folder's lock. Steps that wait together share one transaction; each is
answered after the commit, and one that fails is undone alone.
"""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.storage.house import House
from plugin.tasks.writer import (
    ANSWER_WITHIN_S,
    DirectWriter,
    KeeperClient,
    Writer,
    error_to_wire,
    read_frame,
    send_frame,
    with_short_path,
)

log = logging.getLogger("regulars.keeper")
TOGETHER = 500  # steps in one commit at most
QUEUE = 2_000  # steps waiting at most; beyond, the caller is asked to come again


@dataclass
class Asked:
    """A step that waits for its commit."""

    shop: str
    step: str
    args: dict[str, Any]
    answer: Future[Any] = field(default_factory=Future)


class Keeper:
    """The one writer of a data folder; also a ``Writer`` for its own process."""

    def __init__(self, house: House, lock: int) -> None:
        self.house = house
        self._lock = lock
        self._asked: queue.Queue[Asked | None] = queue.Queue(QUEUE)
        self._direct = DirectWriter(house)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._threads = [
            threading.Thread(target=self._write, name="keeper-write", daemon=True),
            threading.Thread(target=self._receive, name="keeper-door", daemon=True),
        ]
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
        for thread in self._threads:
            thread.start()
        return self

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``."""
        if step == "ping":
            return self.ping()
        if step in journey.LONG_STEPS:  # these take the lock in small bites by themselves
            return self._direct.do(shop, step, **args)
        if self._closing.is_set():
            raise Busy("the writer is closing; send it again")
        asked = Asked(shop, step, args)
        try:
            self._asked.put_nowait(asked)
        except queue.Full:
            raise Busy("too many writes are waiting; send it again in a moment") from None
        return asked.answer.result(ANSWER_WITHIN_S)

    def ping(self) -> None:
        """As ``Writer.ping``."""
        if self._closing.is_set():
            raise Busy("the writer is closing")

    def close(self) -> None:
        """Take nothing new, finish what waits, let go of the lock."""
        self._closing.set()
        self._door.shutdown(socket.SHUT_RDWR)  # wakes the one that waits at the door
        self._door.close()
        self._asked.put(None)
        self._threads[0].join(10)
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
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
        with line, suppress(EOFError, OSError):
            while not self._closing.is_set():
                frame = orjson.loads(read_frame(line))
                send_frame(line, self._answer(frame))
        self._lines.discard(line)

    def _answer(self, frame: dict[str, Any]) -> bytes:
        try:
            return orjson.dumps({"result": self.do(frame["shop"], frame["step"], **frame["args"])})
        except PluginError as trouble:
            return orjson.dumps({"error": error_to_wire(trouble)})
        except Exception:
            log.exception("step %s failed", frame.get("step"))
            return orjson.dumps({"error": error_to_wire(Busy("this could not be stored"))})

    def _write(self) -> None:
        while (first := self._asked.get()) is not None:
            together = [first]
            while len(together) < TOGETHER and not self._asked.empty():
                following = self._asked.get()
                if following is None:
                    self._asked.put(None)
                    break
                together.append(following)
            for shop in dict.fromkeys(asked.shop for asked in together):
                self._commit(shop, [asked for asked in together if asked.shop == shop])

    def _commit(self, name: str, together: list[Asked]) -> None:
        """Write the steps of one shop in one transaction and answer each."""
        done: list[tuple[Asked, Any, BaseException | None]] = []
        try:
            store, shop = self.house.store(name), self.house.shop(name)
            with store.write() as tx:
                for asked in together:
                    try:
                        with tx.savepoint():
                            result = journey.STEPS[asked.step](tx, shop, **asked.args)
                        done.append((asked, result, None))
                    except Exception as trouble:
                        done.append((asked, None, trouble))
        except Exception as trouble:  # nothing of it was committed
            if len(together) > 1:  # one of them spoils the commit: let it fail alone
                for asked in together:
                    self._commit(name, [asked])
                return
            done = [(together[0], None, trouble)]
        for asked, result, failure in done:
            if failure is None:
                asked.answer.set_result(result)
            else:
                asked.answer.set_exception(_as_expected(failure))


def _as_expected(trouble: BaseException) -> BaseException:
    if isinstance(trouble, PluginError):
        return trouble
    log.error("a step failed", exc_info=trouble)
    return Busy("this could not be stored now; send it again")


def take_lock(folder: Path) -> int | None:
    """The descriptor that makes its holder the keeper of ``folder``; None: another has it."""
    handle = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def become_writer(house: House) -> Writer:
    """Whoever may write from here: the store itself, the living keeper, or else this process."""
    if house.settings.on_postgres:
        return DirectWriter(house)
    lock = take_lock(house.settings.data)
    if lock is None:
        return KeeperClient(house.settings.data)
    return Keeper(house, lock).start()
