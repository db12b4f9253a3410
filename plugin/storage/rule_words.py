"""How does each engine read an event's JSON, fold a text, add amounts, and place a visitor?

SQLite calls functions of ours, which ``teach`` gives to a connection. PostgreSQL gets the table of
case folding as a parameter and normalises by itself (its database must be in UTF-8).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

import orjson

from plugin.segment.compare import declared_text
from plugin.segment.evaluate import bucket
from plugin.segment.text import fold

Bind = Callable[[Any], str]
# What ``str.strip`` takes off.
SPACES = "".join(chr(i) for i in range(sys.maxunicode + 1) if chr(i).isspace())
ASCII_SPACES = "".join(one for one in SPACES if one.isascii())


class Words(Protocol):
    """SQL of one engine. ``value``: SQL of JSON text; ``key``: SQL that ``key`` made of a name."""

    params: str
    lines: str
    line: str

    def key(self, name: str) -> str:
        """What stands for a member called ``name``."""

    def token(self, value: str, key: str) -> str:
        """The member as JSON text; null: there is none."""

    def text(self, value: str, key: str) -> str:
        """The member as a folded text; null: there is none, or it is empty."""

    def said(self, value: str, key: str) -> str:
        """The member as it is told from others of its kind or another; null as of ``text``."""

    def number(self, value: str, key: str) -> str:
        """The member as a number; null: it is none."""

    def amount(self, value: str, key: str) -> str:
        """A member that is a number wherever it is there."""

    def truth(self, value: str, key: str) -> str:
        """The member as 1 or 0; null: it is neither true nor false."""

    def column(self, name: str) -> str:
        """A column of ``events`` as a folded text."""

    def total(self, value: str) -> str:
        """The sum, as decimals are added."""

    def mean(self, value: str) -> str:
        """The average, as decimals are added."""

    def place(self, salt: str) -> str:
        """The visitor's place from 0 to below 100."""


class SqliteWords:
    """As ``Words``; most are functions that ``teach`` gives."""

    params = "e.params"
    lines = "json_each(e.items) as i"
    line = "i.value"

    def __init__(self, bind: Bind) -> None:
        self._bind = bind

    def key(self, name: str) -> str:
        """The path of a member."""
        return self._bind(f'$."{name}"')

    def token(self, value: str, key: str) -> str:
        """The member as JSON text."""
        return f"({value} -> {key})"

    def text(self, value: str, key: str) -> str:
        """The member, folded."""
        return f"json_folded({value} -> {key})"

    def said(self, value: str, key: str) -> str:
        """The member, told from others."""
        return f"json_said({value} -> {key})"

    def number(self, value: str, key: str) -> str:
        """The member as a number."""
        return (
            f"(case when json_type({value}, {key}) in ('integer', 'real')"
            f" then json_extract({value}, {key}) end)"
        )

    def amount(self, value: str, key: str) -> str:
        """The member, a number."""
        return f"({value} ->> {key})"

    def truth(self, value: str, key: str) -> str:
        """The member as 1 or 0."""
        return f"(case json_type({value}, {key}) when 'true' then 1 when 'false' then 0 end)"

    def column(self, name: str) -> str:
        """A column, folded."""
        return f"json_folded(json_quote({name}))"

    def total(self, value: str) -> str:
        """The sum."""
        return f"decimal_sum({value})"

    def mean(self, value: str) -> str:
        """The average."""
        return f"decimal_mean({value})"

    def place(self, salt: str) -> str:
        """The visitor's place."""
        return f"bucket({salt}, p.visitor_id)"


class PostgresWords:
    """As ``Words``, with what PostgreSQL has."""

    params = "cast(e.params as json)"
    lines = "json_array_elements(cast(e.items as json)) as i (value)"
    line = "i.value"

    def __init__(self, bind: Bind) -> None:
        self._bind = bind

    def key(self, name: str) -> str:
        """The name of a member."""
        return f"cast({self._bind(name)} as text)"

    def token(self, value: str, key: str) -> str:
        """The member as JSON text."""
        return f"cast({value} -> {key} as text)"

    def text(self, value: str, key: str) -> str:
        """The member, folded."""
        told, number = f"{value} ->> {key}", f"cast({value} ->> {key} as double precision)"
        # Only numbers below 0.0001 are written in another way here than a text of ours has them.
        written = (
            f"case json_typeof({value} -> {key}) when 'number' then"
            f" case when abs({number}) < 0.0001 and {number} <> 0 then cast({number} as text)"
            f" else {told} end else {told} end"
        )
        return self._folded(written)

    def said(self, value: str, key: str) -> str:
        """The member, told from others."""
        return (
            f"(case json_typeof({value} -> {key})"
            f" when 'number' then cast(trim_scale(cast({value} ->> {key} as numeric)) as text)"
            f" else nullif(cast({value} -> {key} as text), '\"\"') end)"
        )

    def number(self, value: str, key: str) -> str:
        """The member as a number."""
        return (
            f"(case json_typeof({value} -> {key})"
            f" when 'number' then cast({value} ->> {key} as numeric) end)"
        )

    def amount(self, value: str, key: str) -> str:
        """The member, a number."""
        return f"cast({value} ->> {key} as numeric)"

    def truth(self, value: str, key: str) -> str:
        """The member as 1 or 0."""
        return (
            f"(case when json_typeof({value} -> {key}) = 'boolean'"
            f" then case {value} ->> {key} when 'true' then 1 else 0 end end)"
        )

    def column(self, name: str) -> str:
        """A column, folded."""
        return self._folded(name)

    def total(self, value: str) -> str:
        """The sum."""
        return f"sum({value})"

    def mean(self, value: str) -> str:
        """The average, with more digits than a float has."""
        return f"cast(sum({value}) * 1.00000000000000000000 / count({value}) as double precision)"

    def place(self, salt: str) -> str:
        """The visitor's place: the first 32 bits of the hash, as ``bucket`` reads them."""
        told = f"convert_to(cast({salt} as text) || ':' || p.visitor_id, 'UTF8')"
        bits = f"cast('x' || substr(encode(sha256({told}), 'hex'), 1, 8) as bit(32))"
        return f"(cast({bits} as bigint) / cast(4294967296 as double precision) * 100)"

    def _folded(self, text: str) -> str:
        """``text`` folded: in ASCII by ``lower``, else letter by letter after normalising."""
        folds = f"cast({self._bind(_folds())} as jsonb)"
        letters = "unnest(string_to_array(normalize(t.x, nfkc), null)) with ordinality as l (c, n)"
        return (
            "(select case when t.x = '' then null"
            f" when t.x !~ '[^\\x01-\\x7f]' then btrim(lower(t.x collate \"C\"),"
            f" {self._bind(ASCII_SPACES)})"
            f" else btrim((select string_agg(coalesce({folds} ->> l.c, l.c), '' order by l.n)"
            f" from {letters}), {self._bind(SPACES)}) end"
            f" from (select {text} as x offset 0) t)"
        )


def words(dialect: str, bind: Bind) -> Words:
    """The words of an engine; ``bind`` makes a parameter of a value."""
    return SqliteWords(bind) if dialect == "sqlite" else PostgresWords(bind)


def teach(connection: Any) -> None:
    """Give a connection of SQLite the functions that rules call."""
    connection.create_function("json_folded", 1, json_folded, deterministic=True)
    connection.create_function("json_said", 1, json_said, deterministic=True)
    connection.create_function("bucket", 2, bucket, deterministic=True)
    connection.create_aggregate("decimal_sum", 1, DecimalSum)
    connection.create_aggregate("decimal_mean", 1, DecimalMean)


@lru_cache(maxsize=100_000)  # the same few words come again and again
def json_folded(token: str | None) -> str | None:
    """The folded text of a JSON scalar; None: there is none, or it is empty."""
    value = None if token is None else orjson.loads(token)
    return None if value is None or value == "" else fold(declared_text(value))


@lru_cache(maxsize=100_000)
def json_said(token: str | None) -> str | None:
    """A JSON scalar as it is told from others, 1.0 being 1 but not "1"; None as of
    ``json_folded``.
    """
    value = None if token is None else orjson.loads(token)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None or value == "" else token


class DecimalSum:
    """Adds numbers as decimals, so that no order of adding makes another sum."""

    def __init__(self) -> None:
        self.total: Fraction | int = 0
        self.count = 0

    def step(self, value: float | int | None) -> None:
        """One more number."""
        if value is not None:
            self.total += value if isinstance(value, int) else Fraction(str(value))
            self.count += 1

    def finalize(self) -> float | int | None:
        """The sum; None: of nothing."""
        return _as_sqlite(self.total) if self.count else None


class DecimalMean(DecimalSum):
    """The average of numbers, as ``DecimalSum`` adds them."""

    def finalize(self) -> float | int | None:
        """The average; None: of nothing."""
        return float(Fraction(self.total) / self.count) if self.count else None


def _as_sqlite(total: Fraction | int) -> float | int:
    return total if isinstance(total, int) and -(2**63) <= total < 2**63 else float(total)


@lru_cache(maxsize=1)
def _folds() -> str:
    """What each letter becomes that ``casefold`` changes, as a JSON object."""
    letters = (chr(i) for i in range(sys.maxunicode + 1) if not 0xD800 <= i < 0xE000)
    return orjson.dumps({one: one.casefold() for one in letters if one.casefold() != one}).decode()
