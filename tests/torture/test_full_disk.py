"""The disk is full: nothing is acknowledged, all else goes on, and it recovers by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from rig.clients import Parcels
from rig.inside import NOON, Inside
from rig.ledger import Ledger, Parcel

BROWSERS = 4
UNTIL_FULL = 200  # batches: more than free space within the file can take
UNLIMITED = 2**32 - 2


def fill(inside: Inside, ledger: Ledger, seed: int) -> Parcel:
    """Send batches until one is turned away; that one."""
    client, parcels = inside.client(), Parcels(inside.shop.public_key, seed)
    for _ in range(UNTIL_FULL):
        parcel = parcels.next(NOON)
        ledger.send(parcel)
        answer = inside.send(parcel, client)
        if answer.status_code != 200:
            assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (503, True)
            assert answer.get_json()["error"]["code"] == "busy"
            return parcel
        ledger.answered(parcel, answer.get_json(), tries=1)
    raise AssertionError("the disk never got full")


@pytest.fixture
def full(inside: Inside) -> tuple[Ledger, list[Parcel]]:
    """Several browsers have filled the disk; what each could not get rid of."""
    ledger = Ledger()
    inside.pragma(f"max_page_count = {inside.pragma('page_count')}")
    with ThreadPoolExecutor(BROWSERS) as pool:
        futures = [pool.submit(fill, inside, ledger, seed) for seed in range(BROWSERS)]
    return ledger, [future.result() for future in futures]


def test_a_full_disk_takes_nothing_and_everything_else_answers(
    inside: Inside, full: tuple[Ledger, list[Parcel]]
) -> None:
    ledger, _ = full
    owner = inside.owner()
    assert set(inside.reads(owner).values()) == {200}
    verdict = inside.judge(ledger)
    assert not verdict, verdict
    assert inside.events() == ledger.acked_events


def test_with_space_again_the_same_batch_is_taken_once(
    inside: Inside, full: tuple[Ledger, list[Parcel]]
) -> None:
    ledger, turned_away = full
    inside.pragma(f"max_page_count = {UNLIMITED}")
    for parcel in turned_away:
        for tries in (2, 3):
            ledger.answered(parcel, inside.send(parcel).get_json(), tries)
    assert ledger.known == BROWSERS
    verdict = inside.judge(ledger)
    assert not verdict, verdict
