"""When the power fails at any moment, what was committed is there, whole, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from rig.clients import Parcels
from rig.inside import NOON
from rig.ledger import damage
from rig.power import Done, Moment, Tape, TapedStore, images

from plugin import journey
from plugin.collect.checks import check_visit
from plugin.collect.reader import read_object
from plugin.shop import SECOND, Shop
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore

MOON = Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")
COMMITS = 60
LOG_PAGES = 150
STORED = "select event_id from events"


@dataclass
class Run:
    """A recorded run: the moments, and the event ids that each transaction brought."""

    moments: list[Moment]
    brought: list[frozenset[str]]


@dataclass
class Seen:
    """What all images of a run showed."""

    images: int = 0
    lost: int = 0  # images in which a commit that had returned is missing
    wrong: list[str] = field(default_factory=list)  # half transactions, damage, wrong profiles


def record(folder: Path, *, synced: bool, flushed: bool = False) -> Run:
    """Bring a new store up to date and collect ``COMMITS`` groups of batches, all on tape.

    synced: by each commit itself; flushed: by calls of their own, each for all commits since the
    last, as the writer does. What is neither is taken for done when its commit returns.
    """
    tape = Tape(f"tape-{folder.name}")
    store = TapedStore(folder / "moon.db", tape, LOG_PAGES)
    migrate(store, "shop")
    parcels, dice, brought = Parcels(MOON.public_key, 5), Random(5), []
    waiting: list[int] = []
    for number in range(COMMITS):
        now = NOON + number * SECOND
        together = [parcels.next(now) for _ in range(dice.randint(1, 5))]
        batches = [check_visit(read_object(one.body), MOON, now).events for one in together]
        with store.write(synced=synced) as tx:
            journey.collect_together(tx, MOON, batches)
        waiting.append(number)
        brought.append(frozenset(one for parcel in together for one in parcel.ids))
        if flushed and dice.random() < 0.5:
            continue  # the next commit is quicker than the flush
        if flushed:
            store.sync()
        tape.moments += map(Done, waiting)
        waiting.clear()
    store.close()
    return Run(tape.moments, brought)


def look_at_images(run: Run, count: int, folder: Path, seed: int) -> Seen:
    """Cut the power ``count`` times, start the product on what is left, and look."""
    seen = Seen()
    for done, files in images(run.moments, count, Random(seed)):
        seen.images += 1
        for name in ("moon.db", "moon.db-wal", "moon.db-shm", "moon.db-journal"):
            (folder / name).unlink(missing_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        store = SqliteStore(folder / "moon.db")
        migrate(store, "shop")
        with store.read() as tx:
            stored = {event_id for (event_id,) in tx.tuples(STORED)}
            seen.wrong += damage(tx)
        parts = [len(ids & stored) / len(ids) for ids in run.brought]
        seen.wrong += [f"{part:.0%} of a transaction" for part in parts if part not in (0, 1)]
        if journey.rebuild(store, MOON)["changed"]:
            seen.wrong.append("a profile is not as its log tells")
        seen.lost += any(parts[number] < 1 for number in done)
        store.close()
    return seen


@pytest.mark.parametrize("synced", [True, False], ids=["by the commit", "by a flush after it"])
def test_no_power_cut_takes_what_was_on_disk(tmp_path: Path, long: int, synced: bool) -> None:
    run = record(tmp_path, synced=synced, flushed=not synced)
    seen = look_at_images(run, long * 10 or 60, tmp_path, seed=long)
    print(f"\npower cuts: {seen.images} images, {seen.lost} lost a commit, {len(seen.wrong)} wrong")
    assert (seen.lost, seen.wrong) == (0, [])


def test_a_store_that_syncs_less_is_found_out(tmp_path: Path, long: int) -> None:
    run = record(tmp_path, synced=False)
    seen = look_at_images(run, long * 3 or 60, tmp_path, seed=long)
    print(f"\nnever flushed: {seen.images} images, {seen.lost} lost a commit")
    assert seen.lost > 0
    assert seen.wrong == []
