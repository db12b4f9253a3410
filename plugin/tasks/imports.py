"""How is a file brought in: a part at a time, resumable, with what was refused and why?"""

from __future__ import annotations

import gzip
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from plugin.collect.checks import check_visit
from plugin.collect.order_rows import Line, RowRefused, RowsRead, columns, read_orders
from plugin.errors import NotFound, PluginError
from plugin.shop import Shop
from plugin.storage import imports
from plugin.storage.house import House
from plugin.tasks.fetch import Fetched, FetchFailed, Limits, fetch
from plugin.tasks.writer import Writer

PART = 250  # orders or events in one commit
EXAMPLES = 3  # row numbers kept for each reason
# Of a file that is fetched; what takes longer is better brought in as a file of one's own.
FETCHED = Limits(seconds=60.0, size=100 << 20)


@dataclass
class Report:
    """What an import did, in rows of the file; ``events`` were made of the rows kept, ``new`` of
    them were not stored before. ``refused``: reason to how many rows; ``examples``: row numbers.
    """

    rows_read: int = 0
    kept: int = 0
    events: int = 0
    new: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[int]] = field(default_factory=dict)
    resumed_at: int = 0

    def refuse(self, refusal: RowRefused) -> None:
        """Count a row that was not taken."""
        self.refused[refusal.reason] = self.refused.get(refusal.reason, 0) + 1
        rows = self.examples.setdefault(refusal.reason, [])
        if len(rows) < EXAMPLES:
            rows.append(refusal.row)


class Source:
    """A file to import, packed by gzip or not; tells how far its reading has come.

    ``name``: what people call it, an address or a file's name.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = path.name if name is None else name
        self.size = path.stat().st_size

    def digest(self, kind: str, shop: Shop) -> str:
        """By which an import of just this content into this shop is known again."""
        found = hashlib.sha256(f"{kind}:{shop.name}:".encode())
        with self.path.open("rb") as file:
            while part := file.read(1 << 20):
                found.update(part)
        return found.hexdigest()

    def rows(self, told: Callable[[int], None]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number (the header is row 1) and fields of each row; ``told`` hears the bytes read."""
        # Read only where it is used: every process that serves would begin half a second later.
        from sqlite_utils.utils import Format, rows_from_file

        with self.path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            plain = io.BufferedReader(gzip.GzipFile(fileobj=raw) if packed else raw)
            # Told, because one that guesses takes lines of JSON for one document.
            lines = plain.peek(1)[:1] == b"{"
            rows, _ = rows_from_file(plain, format=Format.NL if lines else None)
            for number, row in enumerate(rows, start=2):
                if number % 1_000 == 0:
                    told(raw.tell())
                yield number, row
        told(self.size)


def is_address(source: str) -> bool:
    """Whether ``source`` is to be fetched, rather than a file's path."""
    return source.lower().startswith(("http://", "https://"))


@contextmanager
def open_source(source: str, *, private: bool = False) -> Iterator[Source]:
    """The file at ``source``, a path or an address; what is fetched is gone afterwards.

    private: as ``fetch``. Raises NotFound, FetchRefused, FetchFailed.
    """
    if is_address(source):
        with tempfile.NamedTemporaryFile(prefix="regulars-") as file:
            fetch_into(file, source, private=private)
            yield Source(Path(file.name), source)
        return
    path = Path(source).expanduser()
    if not path.is_file():
        raise NotFound(f"there is no file {source}")
    yield Source(path)


def fetch_into(
    file: Any, url: str, *, private: bool = False, headers: Mapping[str, str] | None = None
) -> Fetched:
    """Fetch ``url`` into an open file. Raises FetchRefused, FetchFailed for any answer but 200, and
    304 where ``headers`` ask for it.
    """
    found = fetch(url, headers=headers, limits=FETCHED, private=private, into=file)
    file.flush()
    if found.status != 200 and not (found.status == 304 and headers):
        raise FetchFailed(f"the address answered {found.status} instead of a file")
    return found


def import_orders(
    house: House,
    writer: Writer,
    shop: Shop,
    source: Source,
    now: int,
    given: Mapping[str, str] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Report:
    """Bring in a file of order lines; goes on where an earlier run of the same file stopped."""
    rows = source.rows(told)
    first = next(rows, None)
    if first is None:
        raise PluginError(f"{source.name} holds no rows")
    names = columns(first[1], given)
    return Import("orders", house, writer, shop, source, now).run(
        read_orders(_lines(first, rows, names), shop, now)
    )


def import_events(
    house: House,
    writer: Writer,
    shop: Shop,
    source: Source,
    now: int,
    told: Callable[[int], None] = lambda _: None,
) -> Report:
    """Bring in events, one JSON object a line; trusted like ``POST /v1/events``."""
    return Import("events", house, writer, shop, source, now).run(
        _events(source.rows(told), shop, now)
    )


def _lines(
    first: tuple[int, dict[str, Any]],
    rows: Iterable[tuple[int, dict[str, Any]]],
    names: Mapping[str, str],
) -> Iterator[Line]:
    for number, row in chain([first], rows):
        yield number, _named(row, names)


def _named(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {ours: str(row.get(theirs) or "") for ours, theirs in names.items()}


def _events(
    rows: Iterable[tuple[int, dict[str, Any]]], shop: Shop, now: int
) -> Iterator[RowsRead | RowRefused]:
    for number, row in rows:
        try:
            batch = check_visit({"events": [row]}, shop, now, source="server")
        except PluginError as trouble:
            yield RowRefused(number, trouble.message)
            continue
        yield from (RowsRead(event, 1) for event in batch.events)
        yield from (RowRefused(number, refused.reason) for refused in batch.refused)


class Import:
    """One run: parts of ``PART`` events, each stored together with how far the file has come."""

    def __init__(
        self, kind: str, house: House, writer: Writer, shop: Shop, source: Source, now: int
    ) -> None:
        self.kind, self.writer, self.shop, self.source, self.now = kind, writer, shop, source, now
        self.digest = source.digest(kind, shop)
        with house.store(shop.name).read() as tx:
            before = imports.progress(tx, self.digest)
        self.report = Report(resumed_at=before["events"] if before else 0)

    def run(self, found: Iterable[RowsRead | RowRefused]) -> Report:
        """Take everything in; what an earlier run stored is counted but not sent again."""
        part: list[RowsRead] = []
        for one in found:
            if isinstance(one, RowRefused):
                self.report.rows_read += 1
                self.report.refuse(one)
                continue
            self.report.rows_read += one.rows
            self.report.kept += one.rows
            self.report.events += 1
            if self.report.events > self.report.resumed_at:
                part.append(one)
            if len(part) == PART:
                self._store(part, done=False)
                part = []
        self._store(part, done=True)
        return self.report

    def _store(self, part: list[RowsRead], *, done: bool) -> None:
        progress = {
            "digest": self.digest,
            "kind": self.kind,
            "source": self.source.name,
            "events": self.report.events,
            "kept": self.report.kept,
            "refused": self.report.refused,
            "done": done,
            "now": self.now,
        }
        events = [one.event for one in part]
        self.report.new += self.writer.do(
            self.shop.name, "import_events", progress=progress, events=events
        )
