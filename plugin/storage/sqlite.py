"""How is a store kept in one SQLite file?

WAL, ``synchronous=FULL``, one writer at a time. Readers have connections of their own, opened
read-only; they never wait for the writer.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plugin import faults
from plugin.errors import Busy, PluginError, Undone
from plugin.storage.engine import Check, Row, bound, in_dialect, in_places
from plugin.storage.pool import Pool
from plugin.storage.rule_words import teach

flush = getattr(os, "fdatasync", os.fsync)


MEMSTATUS = 9  # of sqlite3_config (sqlite.org/c3ref/c_config_covering_index_scan.html)


def _library() -> Any:
    """pysqlite3 where it is installed, as sqlite-utils chooses too: the system's may be too old."""
    try:
        _count_no_memory()
        return import_module("pysqlite3")
    except ImportError:
        return import_module("sqlite3")


def _count_no_memory() -> None:
    """Let pysqlite3 keep no account, which nobody reads, of the memory it takes.

    One lock guards the account: a fifth of the time of a look that takes much memory in small
    pieces, and two looks at once take as long as one after the other. A library that is in use
    already refuses, and goes on as it was.
    """
    package = find_spec("pysqlite3")
    for folder in package.submodule_search_locations or () if package is not None else ():
        for file in Path(folder).glob("_sqlite3*.so"):
            with suppress(OSError, AttributeError):
                config = ctypes.CDLL(str(file)).sqlite3_config
                config.argtypes = (ctypes.c_int,)  # what follows is variadic
                config(MEMSTATUS, ctypes.c_int(0))


sqlite3: Any = _library()

# Before 3.51.3 a write-ahead log reset at an unlucky moment may corrupt the file
# (sqlite.org, release notes of 2026-03-13).
SAFE_VERSION = (3, 51, 3)
WAIT_S = 2.0
# SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL
# (sqlite.org/rescode.html; the lowest byte of an extended code).
DISK_TROUBLE = frozenset({3, 5, 6, 7, 8, 10, 11, 13, 14, 15})
# A page that many commits change is copied into the file once for all of them, and is looked for in
# memory first. Both are a limit, not a reservation.
LOG_PAGES = 4_000  # of 4 kB, until the log is folded into the file
CACHE_KB = 64_000
# Readers look at the file where it lies in memory, as much of it as there is: it copies nothing.
MAPPED = 2**36
# Whoever has a connection has it alone: SQLite need not lock each look into it (sqlite.org,
# SQLITE_OPEN_NOMUTEX with READWRITE, CREATE and URI). Python's own library cannot be told so.
UNSHARED = {"flags": 0x8000 | 0x2 | 0x4 | 0x40} if sqlite3.__name__ == "pysqlite3" else {}
# Instructions of SQLite's machine between two looks at whether a query is to end: below a
# millisecond, and few enough looks to cost a percent.
STEPS = 10_000


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


class SqliteTx:
    """A transaction on one connection; see ``engine.Tx``."""

    dialect = "sqlite"
    alone = True

    def __init__(self, connection: Any, late: bool = False) -> None:
        self._connection = connection
        self._late = late  # it begins with the first query: many looks need none
        self._depth = 0

    def _execute(self, sql: str, params: Mapping[str, Any]) -> Any:
        if self._late and not self._connection.in_transaction:
            self._connection.execute("begin")
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

    def tuples(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """As ``all``, each row a tuple."""
        return list(self._execute(sql, params))

    def fill(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """As ``many``, values in the order of the names; how many rows it touched."""
        if not rows:
            return 0
        return int(self._connection.executemany(in_places(sql, "sqlite", "?"), rows).rowcount)

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of ``rows``."""
        if rows:
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
        except BaseException as trouble:
            if not self._connection.in_transaction:  # SQLite ends it by itself, as on a full disk
                raise Undone(_why(trouble)) from trouble
            self._connection.execute(f"rollback to {name}")
            self._connection.execute(f"release {name}")
            raise
        else:
            self._connection.execute(f"release {name}")
        finally:
            self._depth -= 1

    @contextmanager
    def stopping(self, check: Check) -> Iterator[None]:
        """A part that ends when ``check`` raises."""
        told: list[PluginError] = []

        def look() -> int:
            try:
                check()
            except PluginError as trouble:
                told.append(trouble)
            return len(told)

        check()
        self._connection.set_progress_handler(look, STEPS)
        try:
            yield
        except sqlite3.OperationalError:
            if told:
                raise told[0] from None
            raise
        finally:
            self._connection.set_progress_handler(None, STEPS)


class SqliteStore:
    """A store in the file at ``path``, made when absent; see ``engine.Store``."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.models: Path | None = path.parent / "models" / path.stem
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        self._writing = threading.RLock()
        self._writer: Any = None
        self._readers: Pool[Any] = Pool(self._open_reader, lambda connection: connection.close())
        self._flushing = threading.Lock()
        self._log: int | None = (
            None  # the log's file, which lives as long as the writer's connection
        )
        self._watching = threading.Lock()
        self._watch: Any = None  # writes nothing, so that every commit is another's to it

    def _open(self, *, read_only: bool) -> Any:
        mode = "ro" if read_only else "rw"
        connection = sqlite3.connect(
            f"file:{self.path}?mode={mode}",
            uri=True,
            **UNSHARED,
            timeout=WAIT_S,
            isolation_level=None,  # we say begin and commit ourselves
            check_same_thread=False,
        )
        if not read_only:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute(f"pragma wal_autocheckpoint = {LOG_PAGES}")
            connection.execute(f"pragma cache_size = -{CACHE_KB}")
        else:
            connection.execute(f"pragma mmap_size = {MAPPED}")
        connection.execute("pragma foreign_keys = on")
        teach(connection)
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
                yield SqliteTx(connection, late=True)
                return
            try:
                yield SqliteTx(connection, late=True)
            finally:
                if connection.in_transaction:
                    connection.execute("rollback")

    def version(self) -> int:
        """As ``Store.version``: SQLite's own data_version, a tenth of the cost of a look."""
        with self._watching:
            if self._watch is None:
                self._watch = self._open_reader()
            return int(self._watch.execute("pragma data_version").fetchone()[0])

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[SqliteTx]:
        """A transaction, on disk when its block ends (``synced`` False: after ``sync``).

        Raises Busy when another process holds the store, or the disk takes no more.
        """
        with self._writing:
            if self._writer is None:
                self._writer = self._open(read_only=False)
            connection = self._writer
            # NORMAL writes the log as FULL does, and leaves it to us to flush it.
            connection.execute(f"pragma synchronous = {'full' if synced else 'normal'}")
            _begin(connection)
            try:
                yield SqliteTx(connection)
                faults.reach("before_commit")
                connection.execute("commit")
            except BaseException as trouble:
                if connection.in_transaction:
                    connection.execute("rollback")
                if _is_the_disk(trouble):
                    raise Busy(_why(trouble)) from trouble
                raise
            faults.reach("after_commit")

    def sync(self) -> None:
        """As ``Store.sync``: flush the write-ahead log, while the next transaction goes on."""
        with self._flushing:
            if self._log is None:
                self._log = os.open(f"{self.path}-wal", os.O_RDONLY)
            flush(self._log)

    def close(self) -> None:
        """Let go of every connection; the log is folded into the file, if nobody reads in it."""
        self._readers.close()
        with self._watching:
            if self._watch is not None:
                self._watch.close()
            self._watch = None
        with self._writing:
            if self._writer is not None:
                with suppress(sqlite3.Error):
                    self._writer.execute("pragma wal_checkpoint(truncate)")
                self._writer.close()
            self._writer = None
        with self._flushing:
            if self._log is not None:
                os.close(self._log)
            self._log = None


def _is_the_disk(trouble: BaseException) -> bool:
    """Whether not the step is to blame but the disk: full, broken, or not ours to write to."""
    code = getattr(trouble, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in DISK_TROUBLE


def _why(trouble: BaseException) -> str:
    return f"the store cannot be written just now ({trouble}); send it again"


def _begin(connection: Any) -> None:
    # A reader can become a writer only if nobody wrote since it began, so take the lock at once.
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError as trouble:
        raise Busy(f"the store is in use by another process ({trouble}); try again") from trouble
