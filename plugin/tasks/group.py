"""How do steps that wait together share one commit, and one that fails spoil no other?

Each shop has a queue of its own and its turn, so that a flooded shop delays no other by more than a
commit. Whoever asked is answered after the commit is on disk, and never before; one group is
flushed to it while the next is written.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from queue import Queue
from typing import Any, NamedTuple, Protocol

from plugin import faults, journey
from plugin.errors import Busy, PluginError, Undone
from plugin.shop import Shop
from plugin.storage import locations
from plugin.storage.engine import Store, Tx
from plugin.storage.house import House
from plugin.tasks.wire import ANSWER_WITHIN_S, Answer, Asked, Numbered, asked, refused

log = logging.getLogger("regulars.writer")
CATALOGUE_STEPS = frozenset({"put_items", "delete_item", "put_feed_items", "remove_feed_items"})
TOGETHER = 200  # steps in one commit at most
WAITING = 1_000  # steps of one shop that may wait; beyond, the caller is asked to come again
ATTEMPTS = 3  # of a commit that lost a race for a lock
CLOSE_WITHIN_S = 8.0
LATELY_S = 0.25  # since the last write of others: somebody may notice a pass
RESTS, LONGEST_REST_S = 4.0, 0.5  # times what a batch took


class Asker(Protocol):
    """Whoever had steps done."""

    def tell(self, answers: list[Numbered]) -> None:
        """Take the answers to some of them; must not wait, as others are told next."""


class Caller:
    """A thread that waits for one step."""

    __slots__ = ("_answer", "_done")

    def __init__(self) -> None:
        self._answer: Answer | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def tell(self, answers: list[Numbered]) -> None:
        """As ``Asker.tell``."""
        self._answer = answers[0][1]
        self._done.release()

    def wait(self) -> Answer:
        """The answer, once there is one. Raises Busy when that takes too long."""
        if not self._done.acquire(timeout=ANSWER_WITHIN_S) or self._answer is None:
            raise Busy("this takes too long; send it again")
        return self._answer


class Waiting(NamedTuple):
    """A step that waits for its commit, and who asked for it."""

    asked: Asked
    asker: Asker


class Committed(NamedTuple):
    """Steps that are committed, and what they are answered once the store is flushed."""

    store: Store
    together: Sequence[Waiting]
    answers: Sequence[Answer]


class GroupWriter:
    """Writes the steps of this process, and of whom it lets in, in a thread of its own."""

    def __init__(self, house: House, hands: journey.Hands = journey.HERE) -> None:
        self.house = house
        self._hands = hands._replace(pause=self._make_room)  # of passes over many visitors
        self._wrote_at = 0.0
        self._passing = threading.Lock()
        self._waiting: dict[str, deque[Waiting]] = {}
        self._changed = threading.Condition()
        self._closing = False
        # One group is flushed while the next is written, and no more, so that groups grow.
        self._committed: Queue[Committed | None] = Queue(1)
        self._threads = [
            threading.Thread(target=self._write, name="group-writer", daemon=True),
            threading.Thread(target=self._flush, name="group-flusher", daemon=True),
        ]

    def start(self) -> GroupWriter:
        """Begin to write."""
        for thread in self._threads:
            thread.start()
        return self

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``."""
        if step in journey.LONG_STEPS:  # these take the lock in small bites by themselves
            return self._long(shop, step, args)
        caller = Caller()
        self.submit([asked(shop, step, args)], caller)
        answer = caller.wait()
        faults.reach("before_answer")
        return answer.given()

    def _long(self, name: str, step: str, args: dict[str, Any]) -> Any:
        store, shop = self.house.store(name), self.house.shop(name)
        if step != "reassign":
            return journey.LONG_STEPS[step](store, shop, **args)
        self._settle_settings(store, name)
        with self._passing:  # whoever comes second finds nothing left to do
            return journey.bring_up_to_date(store, shop, hands=self._hands, **args)

    def _make_room(self, took_s: float) -> None:
        """While others write, a pass rests longer than it works, so that they hardly notice it."""
        if time.monotonic() - self._wrote_at < LATELY_S:
            time.sleep(min(RESTS * took_s, LONGEST_REST_S))

    def ping(self) -> None:
        """As ``Writer.ping``."""
        if self._closing:
            raise Busy("the writer is closing")

    def submit(self, steps: Sequence[Asked], asker: Asker) -> None:
        """Let ``steps`` wait for their commits. One that has no room is answered Busy at once."""
        too_many: list[Waiting] = []
        with self._changed:
            for one in (Waiting(step, asker) for step in steps):
                queue = self._waiting.setdefault(one.asked.shop, deque())
                room = len(queue) < WAITING and not self._closing
                (queue if room else too_many).append(one)
            self._changed.notify()
        why = "the writer is closing" if self._closing else "too many writes are waiting"
        tell(too_many, [refused(Busy(f"{why}; send it again"))] * len(too_many))

    def close(self) -> None:
        """Take nothing new, and finish what waits."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        for thread in self._threads:
            thread.join(CLOSE_WITHIN_S)

    def _write(self) -> None:
        while turns := self._next():
            for shop, together in turns:
                self._commit(shop, together)
        self._committed.put(None)

    def _flush(self) -> None:
        """Answer what is committed, once it is on disk."""
        while (group := self._committed.get()) is not None:
            try:
                group.store.sync()
            except OSError:  # what the disk has now is unknown: the next process finds out
                log.critical("the disk failed to flush", exc_info=True)
                os._exit(1)
            faults.reach("after_sync")
            tell(group.together, group.answers)

    def _next(self) -> list[tuple[str, list[Waiting]]]:
        """What to commit next, a part for each shop; nothing: it is time to close."""
        with self._changed:
            while not any(self._waiting.values()):
                if self._closing:
                    return []
                self._changed.wait()
            turns = []
            for shop, queue in self._waiting.items():
                if queue:
                    turns.append(
                        (shop, [queue.popleft() for _ in range(min(len(queue), TOGETHER))])
                    )
            self._waiting = {shop: queue for shop, queue in self._waiting.items() if queue}
            return turns

    def _commit(self, name: str, together: Sequence[Waiting]) -> None:
        """Write the steps of one shop in one transaction; each is answered once it is on disk."""
        faults.reach("step_taken")
        self._wrote_at = time.monotonic()
        try:
            store = self.house.store(name)
            answers = self._attempt(store, name, [one.asked for one in together])
            if any(one.asked.step in CATALOGUE_STEPS for one in together):
                self._tell_keys(store, name)
            if any(one.asked.step == "put_config" for one in together):
                self._settle_settings(store, name)
            self._committed.put(Committed(store, together, answers))
            return
        except Busy as trouble:  # nothing of it is stored, and none of the steps is to blame
            answers = [refused(trouble)] * len(together)
        except Exception as trouble:
            if len(together) > 1:  # one of them spoils the commit: let it fail alone
                for one in together:
                    self._commit(name, [one])
                return
            answers = [failed(trouble)]
        tell(together, answers)

    def _tell_keys(self, store: Store, name: str) -> None:
        """Let every worker keep what tells the catalogue's addresses apart; the steps are done."""
        try:
            locations.tell_shop(self.house.control, name, store)
        except Exception:  # the next change of the catalogue tells it again
            log.warning("the shop's address keys could not be kept", exc_info=True)

    def _settle_settings(self, store: Store, name: str) -> None:
        """Let the shop have the settings that were put with its other documents."""
        try:
            journey.settle_settings(self.house.control, store, self.house.shop(name))
        except Exception:  # they are written down: the next look at visitors settles them
            log.warning("the shop's settings could not be kept yet", exc_info=True)

    def _attempt(self, store: Store, name: str, steps: Sequence[Asked]) -> list[Answer]:
        """The answers to ``steps``, committed. Raises Busy when the store cannot be written."""
        shop = self.house.shop(name)
        for attempt in range(ATTEMPTS):
            try:
                return write_all(store, shop, steps)
            except Undone:
                raise
            except Busy:
                # SQLite has waited long enough; on PostgreSQL a race that was lost may be won.
                if store.dialect == "sqlite" or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")


def tell(together: Sequence[Waiting], answers: Sequence[Answer]) -> None:
    """Give each of those who asked all its answers at once."""
    told: dict[Asker, list[Numbered]] = {}
    for one, answer in zip(together, answers, strict=True):
        told.setdefault(one.asker, []).append((one.asked.number, answer))
    for asker, its in told.items():
        asker.tell(its)


def write_all(store: Store, shop: Shop, steps: Sequence[Asked]) -> list[Answer]:
    """Do ``steps`` in one transaction. Where all are visits, none needs a savepoint: if they cannot
    be stored together, nothing is, and they are tried again with care.
    """
    if len(steps) > 1 and all(step.step == "collect" for step in steps):
        try:
            with store.write(synced=False) as tx:
                counts = journey.collect_together(tx, shop, [step.events or [] for step in steps])
            return [Answer(count) for count in counts]
        except Busy:
            raise
        except Exception:
            log.warning("visits could not be stored together", exc_info=True)
    with store.write(synced=False) as tx:
        return do_all(tx, shop, steps)


def do_all(tx: Tx, shop: Shop, steps: Sequence[Asked]) -> list[Answer]:
    """Do ``steps`` in order inside one transaction; one that fails is undone alone.

    Visits that stand next to each other are collected as one.
    """
    answers: list[Answer] = []
    for run in _runs(steps):
        counts = _together(tx, shop, run) if len(run) > 1 else None
        answers += [_do(tx, shop, one) for one in run] if counts is None else map(Answer, counts)
    return answers


def _together(tx: Tx, shop: Shop, visits: Sequence[Asked]) -> list[int] | None:
    """How many events of each of ``visits`` were new; None: they have to be tried alone."""
    try:
        with tx.savepoint():
            return journey.collect_together(tx, shop, [one.events or [] for one in visits])
    except Undone:
        raise
    except Exception:
        log.warning("visits could not be stored together; each is tried alone")
        return None


def _runs(steps: Sequence[Asked]) -> list[list[Asked]]:
    """The steps in order, neighbouring visits together."""
    runs: list[list[Asked]] = []
    for step in steps:
        if step.step == "collect" and runs and runs[-1][-1].step == "collect":
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs


def _do(tx: Tx, shop: Shop, step: Asked) -> Answer:
    try:
        with tx.savepoint():
            return Answer(journey.STEPS[step.step](tx, shop, **step.arguments()))
    except Undone:
        raise
    except Exception as trouble:
        return failed(trouble)


def failed(trouble: Exception) -> Answer:
    """The answer to a step that raised ``trouble``."""
    if isinstance(trouble, PluginError):
        return refused(trouble)
    log.error("a step failed", exc_info=trouble)
    return refused(Busy("this could not be stored now; send it again"))
