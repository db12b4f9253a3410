"""How is one question put to several looks into a store at once, so that every core works at it?"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from typing import TypeVar

from plugin.storage.engine import Check, Store, Tx
from plugin.storage.pulse import newest_seq

T = TypeVar("T")
MOST = 2  # at once: the visitors of the shop are served meanwhile
TRIES = 5


def cores() -> int:
    """How many looks at once pay here."""
    try:
        return min(MOST, len(os.sched_getaffinity(0)))
    except AttributeError:  # not of every system
        return min(MOST, os.cpu_count() or 1)


def ask_all(
    store: Store, tx: Tx, many: int, ask: Callable[[Tx, int], T], check: Check | None = None
) -> list[T]:
    """What ``ask`` finds for each part, 0 to ``many`` - 1: the first in ``tx``, a look of this
    thread, each other in a thread and a look of its own that sees the same events.

    check: ends those others when it raises (``Tx.stopping``); what it raised is raised here.
    """
    if many <= 1:
        return [ask(tx, 0)]
    newest = newest_seq(tx)

    def apart(part: int) -> T:
        with ExitStack() as stack:
            other = _like(store, newest, stack)
            with other.stopping(check) if check is not None else nullcontext():
                return ask(other, part)

    with ThreadPoolExecutor(many - 1, thread_name_prefix="beside") as pool:
        others = [pool.submit(apart, part) for part in range(1, many)]
        return [ask(tx, 0), *(other.result() for other in others)]


def _like(store: Store, newest: int, stack: ExitStack) -> Tx:
    """A look that sees the same events; newer ones too, where they come faster than we look."""
    for left in reversed(range(TRIES)):
        with ExitStack() as trial:
            tx = trial.enter_context(store.read())
            if newest_seq(tx) == newest or not left:
                stack.push(trial.pop_all())
                return tx
    raise AssertionError("the last try is taken as it is")
