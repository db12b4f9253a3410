"""Another process holds the store: who writes is asked to come again, who reads goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from rig.clients import Parcels
from rig.inside import NOON, Inside
from rig.ledger import Ledger, Parcel

from plugin.storage.sqlite import sqlite3

BROWSERS = 6
ANSWERED_WITHIN_S = 8.0  # however many wait
HELD_S = 0.5


@contextmanager
def somebody_elses_lock(inside: Inside) -> Iterator[Any]:
    """Hold the store as another program would; yields what lets it go."""
    other = sqlite3.connect(str(inside.store().path), isolation_level=None, check_same_thread=False)
    other.execute("begin exclusive")
    try:
        yield lambda: other.execute("rollback")
    finally:
        other.close()


def told(inside: Inside, parcel: Parcel) -> tuple[int, str | None, float]:
    """Status, Retry-After and seconds of the answer to ``parcel``."""
    began = time.monotonic()
    answer = inside.send(parcel)
    return answer.status_code, answer.headers.get("Retry-After"), time.monotonic() - began


def parcels(inside: Inside, ledger: Ledger) -> list[Parcel]:
    """One batch for each browser."""
    made = [Parcels(inside.shop.public_key, seed).next(NOON) for seed in range(BROWSERS)]
    for parcel in made:
        ledger.send(parcel)
    return made


def test_while_the_store_is_held_all_are_asked_to_come_again_and_reads_go_on(
    inside: Inside,
) -> None:
    ledger, owner = Ledger(), inside.owner()
    sent = parcels(inside, ledger)
    ledger.answered(sent[0], inside.send(sent[0]).get_json(), tries=1)
    inside.reads(owner)  # every store is open, every page made once
    with somebody_elses_lock(inside), ThreadPoolExecutor(BROWSERS) as pool:
        waiting: list[Future[Any]] = [pool.submit(told, inside, parcel) for parcel in sent[1:]]
        began = time.monotonic()
        assert set(inside.reads(owner).values()) == {200}
        assert time.monotonic() - began < ANSWERED_WITHIN_S / 2
        answers = [one.result() for one in waiting]
    assert {status for status, _, _ in answers} == {503}
    assert all(retry_after and retry_after.isdigit() for _, retry_after, _ in answers)
    assert max(seconds for _, _, seconds in answers) <= ANSWERED_WITHIN_S
    for parcel in sent[1:]:
        ledger.answered(parcel, inside.send(parcel).get_json(), tries=2)
    verdict = inside.judge(ledger)
    assert not verdict, verdict
    assert ledger.known == 0  # nothing was stored behind our back


def test_a_store_that_is_held_for_a_moment_only_makes_them_wait(inside: Inside) -> None:
    ledger = Ledger()
    sent = parcels(inside, ledger)
    inside.events()  # the store is open
    with somebody_elses_lock(inside) as let_go, ThreadPoolExecutor(BROWSERS) as pool:
        threading.Timer(HELD_S, let_go).start()
        for parcel, answer in zip(sent, pool.map(inside.send, sent), strict=True):
            ledger.answered(parcel, answer.get_json(), tries=1)
    verdict = inside.judge(ledger)
    assert not verdict, verdict
