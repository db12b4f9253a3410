"""How is a store kept in one SQLite file?

WAL, ``synchronous=FULL``, one writer at a time. Readers have connections of their own, opened
read-only; they never wait for the writer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils import utils as sqlite_utils

from plugin.errors import Busy
from plugin.storage.engine import Row, bound, in_dialect
from plugin.storage.pool import Pool

# pysqlite3 where it is installed: the system's own may be too old.
sqlite3: Any = sqlite_utils.sqlite3  # type: ignore[attr-defined]

# Before 3.51.3 a write-ahead log reset at an unlucky moment may corrupt the file
# (sqlite.org, release notes of 2026-03-13).
SAFE_VERSION = (3, 51, 3)
WAIT_S = 5.0


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


class SqliteTx:
    """A transaction on one connection; see ``engine.Tx``."""

    dialect = "sqlite"

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._depth = 0

    def _execute(self, sql: str, params: Mapping[str, Any]) -> Any:
        return self._connection.execute(in_dialect(sql, "sqlite"), bound(params))

    def all(self, sql: str, **params: Any) -> list[Row]:
        """Every row."""
        cursor = self._execute(sql, params)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = self.all(sql, **params)
        return rows[0] if rows else None

    def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        row = self._execute(sql, params).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, **params: Any) -> int:
        """Do it; how many rows it touched."""
        return int(self._execute(sql, params).rowcount)

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of ``rows``."""
        self._connection.executemany(in_dialect(sql, "sqlite"), [bound(row) for row in rows])

    def many_returning(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> list[Row | None]:
        """Do it for each of ``rows``; what each returned."""
        return [self.one(sql, **row) for row in rows]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail alone."""
        self._depth += 1
        name = f"part_{self._depth}"
        self._connection.execute(f"savepoint {name}")
        try:
            yield
        except BaseException:
            self._connection.execute(f"rollback to {name}")
            raise
        finally:
            self._connection.execute(f"release {name}")
            self._depth -= 1


class SqliteStore:
    """A store in the file at ``path``, made when absent; see ``engine.Store``."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        self._writing = threading.RLock()
        self._writer: Any = None
        self._readers: Pool[Any] = Pool(self._open_reader, lambda connection: connection.close())

    def _open(self, *, read_only: bool) -> Any:
        mode = "ro" if read_only else "rw"
        connection = sqlite3.connect(
            f"file:{self.path}?mode={mode}",
            uri=True,
            timeout=WAIT_S,
            isolation_level=None,  # we say begin and commit ourselves
            check_same_thread=False,
        )
        if not read_only:
            Database(connection).enable_wal()
            connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        return connection

    def _open_reader(self) -> Any:
        if self._writer is None:  # the log and its index exist once somebody has opened to write
            with self._writing:
                self._writer = self._writer or self._open(read_only=False)
        return self._open(read_only=True)

    @contextmanager
    def read(self) -> Iterator[SqliteTx]:
        """A consistent look at what is committed."""
        with self._readers.borrow() as (connection, inside):
            if inside:  # a look inside a look sees the same
                yield SqliteTx(connection)
                return
            connection.execute("begin")
            try:
                yield SqliteTx(connection)
            finally:
                connection.execute("rollback")

    @contextmanager
    def write(self) -> Iterator[SqliteTx]:
        """A transaction, on disk when its block ends. Raises Busy when another process holds it."""
        with self._writing:
            if self._writer is None:
                self._writer = self._open(read_only=False)
            connection = self._writer
            _begin(connection)
            try:
                yield SqliteTx(connection)
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:  # SQLite ends it by itself when the disk is full
                    connection.execute("rollback")
                raise

    def close(self) -> None:
        """Let go of every connection; the log is folded into the file."""
        self._readers.close()
        if self._writer is not None:
            self._writer.close()
        self._writer = None


def _begin(connection: Any) -> None:
    # A reader can become a writer only if nobody wrote since it began, so take the lock at once.
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError as trouble:
        raise Busy(f"the store is in use by another process ({trouble}); try again") from trouble
