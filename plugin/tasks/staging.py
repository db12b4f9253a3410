"""Is what a feed holds whole and sane, before anything of it counts?

The feed is read to its end into a file beside, which takes no lock; the catalogue is only compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any

import orjson

from plugin.collect.feeds import BrokenFeed, Found, Unreadable, read_feed
from plugin.collect.order_rows import RowRefused
from plugin.shop import Shop
from plugin.storage import feeds
from plugin.storage.engine import Store
from plugin.tasks.imports import Report, Source

PART = 1_000  # products compared at once
BYTES = 1 << 16
LEAP = 10  # a price that is so many times another was hardly meant
HOW = "Nothing was changed. If it is right all the same, import it with --force or the button."


@dataclass
class FeedReport(Report):
    """What an import of a feed did. ``duplicates``: rows that a later one of the same id replaced;
    ``changed``: products that are new or other than before; ``same``: the feed was as last time.
    """

    duplicates: int = 0
    changed: int = 0
    removed: int = 0
    same: bool = False

    def document(self) -> dict[str, Any]:
        """As it is kept and shown."""
        return asdict(self)


@dataclass
class Staged:
    """A feed read to its end; ``places``: where the last row of each product stands in ``file``.

    ``broken``: why it could not be read further; ``turns_at``: when a sale begins or ends next.
    """

    file: IO[bytes]
    report: FeedReport
    places: dict[str, int] = field(default_factory=dict)
    currencies: Counter[str] = field(default_factory=Counter)
    turns_at: int | None = None
    broken: str | None = None
    size: int = 0  # bytes in ``file``

    @property
    def currency(self) -> str | None:
        """What most products cost in; None: there is none."""
        most = self.currencies.most_common(1)
        return most[0][0] if most else None

    def keep(self, found: Found) -> None:
        """Put a product behind the others."""
        item = found.item
        self.report.duplicates += item.item_id in self.places
        self.places[item.item_id] = self.size
        self.size += self.file.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
        if item.price is not None:
            self.currencies[item.currency] += 1
        if found.turns_at is not None:
            self.turns_at = min(found.turns_at, self.turns_at or found.turns_at)

    def batches(self, size: int = PART) -> Iterator[list[dict[str, Any]]]:
        """The products, each once, as ``items.upsert`` takes them."""
        batch: list[dict[str, Any]] = []
        at = 0
        self.file.seek(0)
        for line in self.file:
            row = orjson.loads(line)
            if self.places[row["item_id"]] == at:
                batch.append(row)
            at += len(line)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch


def stage(
    source: Source,
    file: IO[bytes],
    shop: Shop,
    now: int,
    columns: Mapping[str, str],
    told: Callable[[int], None] = lambda _: None,
) -> Staged:
    """Read a feed into ``file``; ``told`` hears the bytes read.

    Raises FeedRefused when there is nothing in it to take.
    """
    staged = Staged(file, FeedReport())

    def chunks() -> Iterator[bytes]:
        with source.path.open("rb") as raw:
            while part := raw.read(BYTES):
                yield part
                told(raw.tell())

    try:
        for found in read_feed(chunks, shop, now, columns):
            staged.report.rows_read += 1
            if isinstance(found, Unreadable):
                staged.report.refuse(RowRefused(found.number, found.reason))
                continue
            staged.keep(found)
    except BrokenFeed as trouble:
        staged.broken = trouble.message
    staged.report.kept = len(staged.places)
    return staged


def doubts(staged: Staged, before: feeds.Feed, store: Store) -> list[str]:
    """Why the feed should not be taken without a word of the owner's; none: it is fine."""
    found = []
    kept = staged.report.kept
    if staged.broken:
        found.append(f"It breaks off: {staged.broken}.")
    if not kept:
        found.append(f"None of its {staged.report.rows_read:,} rows is a product.")
    elif before.items and kept * 2 < before.items:
        found.append(f"It has {kept:,} products; the last good run had {before.items:,}.")
    if before.currency and staged.currency and staged.currency != before.currency:
        found.append(f"Its prices are in {staged.currency}; they were in {before.currency}.")
    elif kept and before.items:
        known, leapt = _leaps(staged, store)
        if leapt * 2 > known:
            found.append(
                f"Of {known:,} prices that are known, {leapt:,} became 0, or over {LEAP} times"
                " higher or lower."
            )
    return found


def _leaps(staged: Staged, store: Store) -> tuple[int, int]:
    """How many products had and have a price, and of how many it leapt."""
    known = leapt = 0
    for batch in staged.batches():
        with store.read() as tx:
            had = feeds.kept(tx, [row["item_id"] for row in batch])
        for row in batch:
            old = had.get(row["item_id"])
            if old is None or not old["price"] or row["price"] is None:
                continue
            if old["currency"] != row["currency"] or old["learnt"]:
                continue
            known += 1
            new = row["price"]
            leapt += new * LEAP < old["price"] or new > old["price"] * LEAP
    return known, leapt
