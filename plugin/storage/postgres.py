"""How is a store kept in one PostgreSQL schema?

All stores of a database share its connections; every transaction names its schema, so that a
statement can only reach its own shop.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row, tuple_row

from plugin import faults
from plugin.errors import Busy, PluginError
from plugin.storage.engine import Check, Row, bound, in_dialect, in_places
from plugin.storage.pool import Pool

LOOK_S = 0.02  # between two looks at whether a query is to end

_NAMED = re.compile(r"(?<!:):([a-z_]\w*)")


@lru_cache(maxsize=2048)
def _statement(sql: str) -> str:
    """``sql`` with the parameters written as psycopg reads them."""
    return _NAMED.sub(r"%(\1)s", in_dialect(sql, "postgresql").replace("%", "%%"))


class PostgresTx:
    """A transaction on one connection; see ``engine.Tx``."""

    dialect = "postgresql"
    alone = False

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def _execute(self, sql: str, params: Mapping[str, Any]) -> psycopg.Cursor[Row]:
        # psycopg wants to see literal SQL; ours is constant or made by the rule compiler.
        return self._connection.execute(_statement(sql), bound(params))

    def all(self, sql: str, **params: Any) -> list[Row]:
        """Every row."""
        cursor = self._execute(sql, params)
        return cursor.fetchall() if cursor.description is not None else []

    def one(self, sql: str, **params: Any) -> Row | None:
        """The first row, or None."""
        cursor = self._execute(sql, params)
        return cursor.fetchone() if cursor.description is not None else None

    def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, **params)
        return None if row is None else next(iter(row.values()))

    def run(self, sql: str, **params: Any) -> int:
        """Do it; how many rows it touched."""
        return self._execute(sql, params).rowcount

    def tuples(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """As ``all``, each row a tuple."""
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(_statement(sql), bound(params)).fetchall()

    def fill(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """As ``many``, values in the order of the names; how many rows it touched."""
        if not rows:
            return 0
        with self._connection.cursor() as cursor:
            cursor.executemany(in_places(sql.replace("%", "%%"), "postgresql", "%s"), rows)
            return cursor.rowcount

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of ``rows``."""
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(_statement(sql), [bound(row) for row in rows])

    def many_returning(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> list[Row | None]:
        """Do it for each of ``rows``; what each returned."""
        if not rows:
            return []
        found: list[Row | None] = []
        with self._connection.cursor() as cursor:
            cursor.executemany(_statement(sql), [bound(row) for row in rows], returning=True)
            while True:
                found.append(cursor.fetchone())
                if not cursor.nextset():
                    return found

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail alone."""
        with self._connection.transaction():
            yield

    @contextmanager
    def stopping(self, check: Check) -> Iterator[None]:
        """A part that ends when ``check`` raises; a thread of its own asks it."""
        check()
        told: list[PluginError] = []
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(check, told, over), daemon=True)
        watch.start()
        try:
            yield
        except psycopg.errors.QueryCanceled:
            if not told:
                raise
        finally:
            over.set()
            watch.join()
            if told:
                # A late word to cancel must not reach who borrows the connection next.
                self._connection.close()
        if told:
            raise told[0]

    def _watch(self, check: Check, told: list[PluginError], over: threading.Event) -> None:
        """Have the server end what runs, once ``check`` raises: again until the part is over."""
        while not over.wait(LOOK_S):
            try:
                if not told:
                    check()
            except PluginError as trouble:
                told.append(trouble)
            if told:
                with suppress(psycopg.Error):
                    self._connection.cancel_safe(timeout=2.0)


def _connect(url: str) -> psycopg.Connection[Row]:
    try:
        connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
    except psycopg.OperationalError as trouble:
        raise Busy(f"the database does not answer: {trouble}") from trouble
    connection.execute("set client_min_messages = warning")
    return connection


@lru_cache(maxsize=8)
def _pool(url: str) -> Pool[psycopg.Connection[Row]]:
    return Pool(lambda: _connect(url), lambda connection: connection.close())


class PostgresStore:
    """A store in ``schema`` of the database at ``url``; see ``engine.Store``."""

    dialect = "postgresql"

    def __init__(self, url: str, schema: str) -> None:
        self.url, self.schema = url, schema
        self.models: Path | None = None
        with _pool(url).borrow() as (connection, _), connection.transaction():
            connection.execute(f'create schema if not exists "{schema}"')

    @contextmanager
    def read(self) -> Iterator[PostgresTx]:
        """A consistent look at what is committed."""
        with self._transaction("set transaction isolation level repeatable read, read only") as tx:
            yield tx

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[PostgresTx]:
        """A transaction, on disk when its block ends. Raises Busy when it lost a race."""
        try:
            with self._transaction("set transaction read write") as tx:
                yield tx
                faults.reach("before_commit")
            faults.reach("after_commit")
        except (psycopg.errors.DeadlockDetected, psycopg.OperationalError) as trouble:
            raise Busy("the database could not take this just now; send it again") from trouble

    @contextmanager
    def _transaction(self, manner: str) -> Iterator[PostgresTx]:
        with _pool(self.url).borrow(self.schema) as (connection, inside):
            if inside:  # a look inside a look sees the same
                yield PostgresTx(connection)
                return
            with connection.transaction():
                connection.execute(f'{manner}; set local search_path = "{self.schema}"')
                yield PostgresTx(connection)

    def sync(self) -> None:
        """As ``Store.sync``: PostgreSQL has done so with each commit."""

    def version(self) -> None:
        """As ``Store.version``: PostgreSQL has no such number at hand."""

    def close(self) -> None:
        """Let go of the connections that wait."""
        _pool(self.url).close()
