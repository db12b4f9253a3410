"""What would be on the disk after a power cut at any moment of a recorded run?

Every write, truncation, sync and removal that SQLite asks of the system is recorded (apsw lets us
stand in between). A disk keeps for certain what was synced; of the rest an image keeps some writes,
loses others, and tears some at the borders of their 512-byte sectors, in no order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw

from plugin.storage.sqlite import SqliteStore

SECTOR = 512
KEPT_AS_TOLD = ("journal_mode", "synchronous")  # what the product says on its own connection


@dataclass(frozen=True)
class Write:
    """Bytes to a place in a file."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file gets shorter."""

    file: str
    size: int


@dataclass(frozen=True)
class Sync:
    """Returned: what was written to the file before is on the disk."""

    file: str


@dataclass(frozen=True)
class Remove:
    """A file goes, and its folder is synced."""

    file: str


@dataclass(frozen=True)
class Done:
    """Not the disk's: the commit of transaction ``number`` has returned."""

    number: int


Moment = Write | Truncate | Sync | Remove | Done


class Tape(apsw.VFS):  # type: ignore[misc]
    """A file system that writes down what is asked of it, and does it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.moments: list[Moment] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> TapedFile:
        """Open a file that tells us."""
        return TapedFile(self, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        """Remove a file."""
        super().xDelete(name, sync_folder)
        self.moments.append(Remove(os.path.basename(name)))


class TapedFile(apsw.VFSFile):  # type: ignore[misc]
    """A file that writes down what is asked of it, and does it."""

    def __init__(self, tape: Tape, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._moments, self._file = tape.moments, os.path.basename(path)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write."""
        super().xWrite(data, offset)
        self._moments.append(Write(self._file, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        """Make it shorter."""
        super().xTruncate(size)
        self._moments.append(Truncate(self._file, size))

    def xSync(self, flags: int) -> None:
        """Return when all is on the disk."""
        super().xSync(flags)
        self._moments.append(Sync(self._file))


class TapedStore(SqliteStore):
    """The product's store, but its one connection is apsw's and its file system is the tape.

    ``log_pages``: the log is folded into the file so often that cuts meet it; the order of writes
    and syncs is SQLite's own, and the product's where it flushes the log by itself.
    """

    def __init__(self, path: Path, tape: Tape, log_pages: int) -> None:
        self._tape, self._log_pages = tape, log_pages
        self._says = told_by_the_product(path.parent)
        super().__init__(path)

    def sync(self) -> None:
        """As the product's, and on tape."""
        super().sync()
        self._tape.moments.append(Sync(f"{self.path.name}-wal"))

    def _open(self, *, read_only: bool) -> Any:
        made = AsSqlite3(apsw.Connection(str(self.path), vfs=self._tape.name))
        # Without it SQLite wants shared memory, which a file system written in Python has not.
        made.execute("pragma locking_mode = exclusive")
        for name, value in self._says.items():
            made.execute(f"pragma {name} = {value}")
        made.execute(f"pragma wal_autocheckpoint = {self._log_pages}")
        made.execute("pragma foreign_keys = on")
        return made


def told_by_the_product(folder: Path) -> dict[str, Any]:
    """How durable the product makes its connections."""
    store = SqliteStore(folder / "example.db")
    with store.write():
        pass
    said = {name: store._writer.execute(f"pragma {name}").fetchone()[0] for name in KEPT_AS_TOLD}
    store.close()
    return said


class AsSqlite3:
    """An apsw connection with the manners that ``SqliteTx`` expects of one."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, params: Any = ()) -> Rows:
        """Do it; its rows."""
        cursor = self._connection.execute(sql, params)
        try:
            names = cursor.get_description()
        except apsw.ExecutionCompleteError:  # there are no rows to describe
            names = None
        return Rows(list(cursor), names, self._connection.changes())

    def executemany(self, sql: str, rows: Sequence[Any]) -> Rows:
        """Do it for each of ``rows``."""
        before = self._connection.total_changes()
        self._connection.executemany(sql, rows)
        return Rows([], None, self._connection.total_changes() - before)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


@dataclass
class Rows:
    """What a statement brought."""

    _rows: list[tuple[Any, ...]]
    description: Any
    rowcount: int

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row."""
        return self._rows[0] if self._rows else None


@dataclass
class Disk:
    """What a disk holds while a tape is played."""

    safe: dict[str, bytearray] = field(default_factory=dict)
    unsafe: dict[str, list[Write | Truncate]] = field(default_factory=dict)

    def play(self, moment: Moment) -> None:
        """One more thing is asked of it."""
        if isinstance(moment, (Write, Truncate)):
            self.unsafe.setdefault(moment.file, []).append(moment)
        elif isinstance(moment, Sync):
            content = self.safe.setdefault(moment.file, bytearray())
            for change in self.unsafe.pop(moment.file, ()):
                apply(content, change)
        elif isinstance(moment, Remove):
            self.safe.pop(moment.file, None)
            self.unsafe.pop(moment.file, None)

    def cut(self, dice: Random) -> dict[str, bytearray]:
        """The files after a power cut now, as ``dice`` choose."""
        files = {name: bytearray(content) for name, content in self.safe.items()}
        keeps = dice.choice((0.0, 0.3, 0.7, 1.0))
        for name, changes in self.unsafe.items():
            for change in changes:
                for part in parts(change, keeps, dice):
                    apply(files.setdefault(name, bytearray()), part)
        return files


def apply(content: bytearray, change: Write | Truncate) -> None:
    """Let ``change`` happen to a file's content."""
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    if len(content) < change.offset:
        content.extend(bytes(change.offset - len(content)))
    content[change.offset : change.offset + len(change.data)] = change.data


def parts(change: Write | Truncate, keeps: float, dice: Random) -> Iterator[Write | Truncate]:
    """What of ``change`` reached the disk: all, nothing, or some sectors."""
    torn = isinstance(change, Write) and dice.random() < 0.3
    if not torn:
        if dice.random() < keeps:
            yield change
        return
    assert isinstance(change, Write)
    begin, end = change.offset, change.offset + len(change.data)
    while begin < end:
        border = min(end, (begin // SECTOR + 1) * SECTOR)
        if dice.random() < keeps:
            yield Write(
                change.file, begin, change.data[begin - change.offset : border - change.offset]
            )
        begin = border


def images(
    moments: Sequence[Moment], count: int, dice: Random
) -> Iterator[tuple[set[int], dict[str, bytearray]]]:
    """``count`` power cuts at moments by chance, in order: what had returned, and the files."""
    disk, done, at = Disk(), set(), 0
    for cut in sorted(dice.randrange(len(moments) + 1) for _ in range(count)):
        for moment in moments[at:cut]:
            if isinstance(moment, Done):
                done.add(moment.number)
            disk.play(moment)
        at = cut
        yield set(done), disk.cut(dice)
