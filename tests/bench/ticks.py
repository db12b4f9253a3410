"""What does a tick cost, and how does that grow with the visitors who do nothing?

Stores of ten thousand to a million visitors with fifty segments, each visitor in those where its
events put it. In turn, in each of them: a tick with 200 acting visitors and nothing due, and one
with 200 whose time has come. And what a full pass costs, of a part of it.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from checkout import ROOT  # noqa: F401  (before plugin)
from evaluate import rules
from figures import Figure, middle, note, tell
from fill import SHOP, open_store, quick_connection

from plugin import journey
from plugin.collect.event import Event, Item
from plugin.journey import STEPS
from plugin.journey.reassign import BATCH
from plugin.shop import DAY, HOUR, SECOND
from plugin.storage import segments
from plugin.storage.sqlite import SqliteStore

LARGEST = int(os.environ.get("VISITORS", "1000000"))
SIZES = (10_000, 100_000, 1_000_000)
PEOPLE = 2_000  # who are collected; all others are copies of them
SEGMENTS = 50
ACTING = 200
PART = 5_000  # visitors of a full pass that are looked at; the rest is reckoned
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
MARK_GROWTH, MARK_FULL = 1.5, 100.0
MS = 1e3


@dataclass
class Filled:
    """A store with ``size`` visitors, and what each round in it cost (CPU ms)."""

    size: int
    store: SqliteStore
    acting: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    full: float = 0.0


def events_of(rng: Random, number: int, now: int) -> list[Event]:
    """What one visitor did in the last hundred days."""
    visitor_id, at = f"v{number:06}-0123456789abcdef", now - rng.randrange(DAY, 100 * DAY)
    names = rng.choice(
        (
            ("page_view", "view_item", "view_item"),
            ("page_view", "view_item", "add_to_cart"),
            ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"),
            ("page_view", "search"),
        )
    )
    found = []
    for step, name in enumerate(names):
        at += rng.randrange(SECOND, HOUR)
        items = (Item(f"b-{rng.randrange(20)}", category=rng.choice(("Shoes", "Bags"))),)
        order = f"order-{number}" if name == "purchase" else None
        told = items if name != "page_view" else ()
        event_id = f"{at:012x}-{number:05}-{step}"
        found.append(
            Event(event_id, visitor_id, name, at, at, {}, told, "EUR", 5_000, order)
            if order
            else Event(event_id, visitor_id, name, at, at, {}, told)
        )
    return found


def sample(path: Path, rng: Random, now: int) -> None:
    """A store at ``path`` in which some visitors are where the segments put them at ``now``."""
    store = open_store(path)
    with store.write() as tx:
        for number in range(PEOPLE):
            STEPS["collect"](tx, SHOP, events=events_of(rng, number, now))
        for slug, rule in list(rules().items())[:SEGMENTS]:
            STEPS["put_segment"](
                tx, SHOP, slug=slug, name=slug, rule=rule.document, enabled=True, now=now
            )
    journey.bring_up_to_date(store, SHOP, now)
    store.close()


def grow(path: Path, like: Path, size: int) -> None:
    """A store at ``path`` with ``size`` visitors: those of ``like``, again and again."""
    shutil.copy(like, path)
    with quick_connection(path) as connection:
        began, copies = time.perf_counter(), range(1, size // PEOPLE)
        for table in ("profiles", "events", "memberships", "checks"):
            connection.execute("begin")
            statement = _again(connection, table)
            connection.executemany(statement, [{"copy": n, "by": n * PEOPLE} for n in copies])
            connection.execute("commit")
        connection.execute(f"update segments set size = size * {size // PEOPLE}")
    mb = path.stat().st_size / 1024**2
    note(f"{size:>9,} visitors: {mb:,.0f} MB in {time.perf_counter() - began:,.0f} s")


def _again(connection: Any, table: str) -> str:
    """The statement that writes the sample's rows of a table for other visitors."""
    changed = {
        "id": "id + :by",
        "profile": "profile + :by",
        "visitor_id": "visitor_id || '-' || :copy",
        "event_id": "event_id || '-' || :copy",
        "transaction_id": "transaction_id || '-' || :copy",
    }
    columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
    columns = [name for name in columns if name != "seq"]
    told = ", ".join(changed.get(name, name) for name in columns)
    of = "id" if table == "profiles" else "profile"
    return (
        f"insert into {table} ({', '.join(columns)}) select {told} from {table}"
        f" where {of} <= {PEOPLE}"
    )


def cpu_ms(work: Callable[[], Any]) -> float:
    """The CPU that ``work`` takes, in ms."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    work()
    took = (time.process_time() - began) * MS
    gc.enable()
    return took


def one_round(filled: Filled, rng: Random, now: int) -> None:
    """A tick with acting visitors, and one with others whose time has come."""
    store, size = filled.store, filled.size
    some = rng.sample(range(1, size + 1), ACTING)
    with store.write() as tx:
        segments.mark_dirty(tx, some)
    filled.acting.append(cpu_ms(lambda: journey.reassign(store, SHOP, now)))
    with store.write() as tx:
        segments.wake(tx, dict.fromkeys(rng.sample(range(1, size + 1), ACTING), now))
    filled.due.append(cpu_ms(lambda: journey.reassign(store, SHOP, now)))


def full_pass(store: SqliteStore, size: int, now: int) -> float:
    """What it costs (CPU ms) to look at everybody: a part is looked at, the rest reckoned."""
    with store.write() as tx:
        segments.everybody_due(tx)
    looked: list[int] = []

    def some() -> None:
        looks = iter(range(PART // BATCH))
        hands = journey.Hands(enough=lambda: next(looks, None) is None)
        changes = journey.reassign(store, SHOP, now, hands)
        looked.append(changes.looked_at)

    took = cpu_ms(some)
    return took * size / looked[0]


def measure() -> Iterator[Figure]:
    """Fill, then rounds in each store in turn, then the comparison with the marks."""
    rng, now = Random(1), int(time.time() * SECOND)
    folder = Path(tempfile.mkdtemp(prefix="bench-ticks-"))
    try:
        sample(folder / "sample.db", rng, now)
        stores = []
        for size in (size for size in SIZES if size <= max(LARGEST, SIZES[1])):
            grow(folder / f"{size}.db", folder / "sample.db", size)
            stores.append(Filled(size, open_store(folder / f"{size}.db")))
        for number in range(ROUNDS + 1):
            for one in stores:
                one_round(one, rng, now)
                if number == 0:  # to warm up
                    one.acting.clear()
                    one.due.clear()
        for one in stores:
            one.full = full_pass(one.store, one.size, now)
            one.store.close()
    finally:
        shutil.rmtree(folder)
    yield from figures(stores)


def figures(stores: Sequence[Filled]) -> Iterator[Figure]:
    """Each size beside the smallest."""
    first = stores[0]
    for one in stores:
        told = f"at {one.size:,}"
        acting, due = middle(one.acting), middle(one.due)
        if one is not first:
            small = f"at {first.size:,}"
            for name, value, base in (
                (f"cpu ms, a tick with {ACTING} acting", acting, middle(first.acting)),
                ("cpu ms, a visitor whose time has come", due / ACTING, middle(first.due) / ACTING),
            ):
                form = ",.2f" if value < 10 else ",.0f"
                yield Figure(name, (told, value), (small, base), MARK_GROWTH, most=True, form=form)
        mark = MARK_FULL if one.size == SIZES[-1] else None
        yield Figure("cpu ms, a full pass beside a tick", (told, one.full), ("tick", acting), mark)


def main() -> bool:
    """Measure and tell; whether the marks are reached."""
    note(f"a full pass is reckoned from {PART:,} visitors; {SEGMENTS} segments")
    return tell(measure())


if __name__ == "__main__":
    main()
