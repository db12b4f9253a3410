"""Which open connection serves the next transaction?

Connections outlive threads, and threads outlive transactions: one that has ended its transaction
waits here for the next. Within one thread, a look inside a look of one store uses the same one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

C = TypeVar("C")


class Pool(Generic[C]):
    """Connections made by ``connect`` when none waits, and closed by ``disconnect``."""

    def __init__(self, connect: Callable[[], C], disconnect: Callable[[C], None]) -> None:
        self._connect, self._disconnect = connect, disconnect
        self._idle: list[C] = []
        self._lock = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def borrow(self, store: str = "") -> Iterator[tuple[C, bool]]:
        """A connection, and whether this thread is already inside a transaction of ``store`` on it.

        One that broke meanwhile is closed rather than lent again.
        """
        current: dict[str, C] = self._mine.__dict__
        if store in current:
            yield current[store], True
            return
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect()
        current[store] = connection
        try:
            yield connection, False
        finally:
            del current[store]
            if getattr(connection, "closed", False) or getattr(connection, "broken", False):
                self._disconnect(connection)
            else:
                with self._lock:
                    self._idle.append(connection)

    def close(self) -> None:
        """Close those that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            self._disconnect(connection)
