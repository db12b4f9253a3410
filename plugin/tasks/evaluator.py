"""How are many visitors decided about without disturbing the one who writes?

What rules say of hundreds of visitors is counted out in a process of its own, at a lower priority,
so that no visit waits for it. It reads the store and writes nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from threading import Lock
from typing import ParamSpec, TypeVar

from plugin import journey
from plugin.config import Settings
from plugin.journey.decide import Decided, Moves
from plugin.shop import Shop
from plugin.storage.engine import Store
from plugin.storage.house import House
from plugin.tasks.process import end_with, settle

log = logging.getLogger("regulars.evaluator")
P = ParamSpec("P")
T = TypeVar("T")
NICER = 19  # steps of priority that it leaves to those who serve: all there are
_house: House | None = None  # of the process that decides


class Evaluator:
    """Decides in another process, begun by ``begin``, or else when it is first asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pool: ProcessPoolExecutor | None = None
        self._lock = Lock()
        # Linux ends the other process with the thread that began it, so one that lasts begins it.
        self._beginner = ThreadPoolExecutor(1, "evaluator")

    def begin(self) -> Evaluator:
        """Begin the other process as a copy of this one, which has read the program already: a
        hundredth of the cost of another. Only while this process has one thread and no files open
        that are its own.
        """
        if sys.platform == "linux":  # elsewhere a copy may not live: it begins when asked
            self._pool = self._pool_by("fork")
            self._pool.submit(os.getpid).result()
        return self

    @property
    def hands(self) -> journey.Hands:
        """Those of a pass whose long parts are done there."""
        return journey.Hands(self.decide, self.find_moves)

    def decide(
        self, store: Store, shop: Shop, ids: Sequence[int], now: int, slug: str | None = None
    ) -> Decided:
        """As ``journey.decide``; here, when the other process is lost."""
        found = self._ask(_decide, shop.name, list(ids), now, slug)
        return journey.decide(store, shop, ids, now, slug) if found is None else found

    def find_moves(self, store: Store, shop: Shop, slug: str, now: int) -> Moves:
        """As ``journey.find_moves``; here, when the other process is lost."""
        found = self._ask(_find_moves, shop.name, slug, now)
        return journey.find_moves(store, shop, slug, now) if found is None else found

    def _ask(self, what: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What the other process answers; None: it is lost, and the next call begins another."""
        try:
            return self._begun().submit(what, *args, **kwargs).result()
        except (BrokenProcessPool, RuntimeError):
            log.warning("the process that decides was lost; the next pass begins another")
            self.close()
            return None

    def close(self) -> None:
        """End the other process."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _begun(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = self._pool_by("spawn")
                self._beginner.submit(self._pool.submit, os.getpid).result()
            return self._pool

    def _pool_by(self, method: str) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, get_context(method), _begin, (self.settings, os.getpid()))


def _begin(settings: Settings, parent: int) -> None:
    global _house
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    end_with(parent, signal.SIGKILL)
    os.nice(NICER)
    _house = House(settings)
    settle()


def _find_moves(name: str, slug: str, now: int) -> Moves:
    assert _house is not None
    return journey.find_moves(_house.store(name), _house.shop(name), slug, now)


def _decide(name: str, ids: list[int], now: int, slug: str | None) -> Decided:
    assert _house is not None
    return journey.decide(_house.store(name), _house.shop(name), ids, now, slug)
