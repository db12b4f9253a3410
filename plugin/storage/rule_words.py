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

from plugin.profile.profile import Profile
from plugin.segment.compare import declared_text
from plugin.segment.facts import Facts
from plugin.segment.lead import SCORE
from plugin.segment.text import fold
from plugin.shop import Shop

Bind = Callable[[Any], str]
# What ``str.strip`` takes off; there is none behind the last one of these (a test looks).
LAST_SPACE = "\N{IDEOGRAPHIC SPACE}"
SPACES = "".join(chr(i) for i in range(ord(LAST_SPACE) + 1) if chr(i).isspace())
ASCII_SPACES = "".join(one for one in SPACES if one.isascii())
ITSELF = str.maketrans({one: f"!{one}" for one in "!%_"})  # for ``like ... escape '!'``
SEVERAL = "instr(e.items, '},{') > 0"  # an event may have several lines: of SQLite
LINES = "json_array_elements(cast(e.items as json)) as i (value)"  # of PostgreSQL


class Words(Protocol):
    """SQL of one engine. ``value``: SQL of JSON text; ``key``: SQL that ``key`` made of a name."""

    params: str
    line: str

    def key(self, name: str) -> str:
        """What stands for a member called ``name``."""

    def line_key(self, name: str) -> str:
        """What stands for a member of ``line``, a product line of an event ``e``."""

    def each_line(self, source: str) -> str:
        """``source``, which begins ``from events e where``, once for each line of an event."""

    def any_line(self, tested: str) -> str:
        """Whether what is ``tested`` of a line is true of one of an event's lines."""

    def plain_text(self, value: str, key: str) -> str:
        """A member that is a text wherever it is there, as it was told; null: there is none."""

    def maybe(self, value: str, needle: str, known: str) -> str:
        """False only if no text in the JSON, folded, holds ``needle``, as it stands in JSON: for a
        look that costs less than reading it. ``known``: SQL, of whether it stands in a text of
        other letters than ASCII as it is, if at all.
        """

    def token(self, value: str, key: str) -> str:
        """The member as JSON text; null: there is none."""

    def text(self, value: str, key: str) -> str:
        """The member as a folded text; null: there is none."""

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


class SqliteWords:
    """As ``Words``; most are functions that ``teach`` gives."""

    params = "e.params"
    line = "e.items"

    def __init__(self, bind: Bind) -> None:
        self._bind = bind
        self._first: dict[str, str] = {}  # of the key of a line's member: that of the first line's

    def key(self, name: str) -> str:
        """The path of a member."""
        return self._bind(f'$."{name}"')

    def line_key(self, name: str) -> str:
        """The path of a member of the line ``i``; without one, of the first."""
        first, of_any = self._bind(f'$[0]."{name}"'), self._bind(f']."{name}"')
        key = f"(case when i.key is null then {first} else '$[' || i.key || {of_any} end)"
        self._first[key] = first
        return key

    def each_line(self, source: str) -> str:
        """Most events have one line at most: those are not taken apart, which costs the most."""
        return source.replace(
            "from events e where",
            f"from events e left join json_each(case when {SEVERAL} then e.items end) as i"
            " where e.items <> '[]' and",
            1,
        )

    def any_line(self, tested: str) -> str:
        """As ``each_line``."""
        first = tested
        for key, of_first in self._first.items():
            first = first.replace(key, of_first)
        among = f"exists (select 1 from json_each(e.items) as i where {tested})"
        return f"(e.items <> '[]' and case when {SEVERAL} then {among} else {first} end)"

    def plain_text(self, value: str, key: str) -> str:
        """The member."""
        return f"({value} ->> {key})"

    def token(self, value: str, key: str) -> str:
        """The member as JSON text."""
        return f"({value} -> {key})"

    def text(self, value: str, key: str) -> str:
        """The member, folded."""
        return f"json_folded({value} -> {key})"

    def maybe(self, value: str, needle: str, known: str) -> str:
        """In ASCII, which folds as ``lower`` does, what is not there need not be looked for."""
        # As ``instr(lower(...))`` would, in two fifths of its time: no copy is made.
        there = f"{value} like {self._bind('%' + needle.translate(ITSELF) + '%')} escape '!'"
        return f"({there} or not {known} and length({value}) <> length(cast({value} as blob)))"

    def said(self, value: str, key: str) -> str:
        """The member, told from others; a number with a point may be a whole one."""
        return (
            f"(case json_type({value}, {key}) when 'null' then null"
            f" when 'real' then json_said({value} -> {key})"
            f" else {value} -> {key} end)"
        )

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


class PostgresWords:
    """As ``Words``, with what PostgreSQL has."""

    params = "cast(e.params as json)"
    line = "i.value"

    def __init__(self, bind: Bind) -> None:
        self._bind = bind

    def key(self, name: str) -> str:
        """The name of a member."""
        return f"cast({self._bind(name)} as text)"

    def line_key(self, name: str) -> str:
        """The name of a member of the line ``i``."""
        return self.key(name)

    def each_line(self, source: str) -> str:
        """The lines as a table beside the events."""
        return source.replace("from events e where", f"from events e, {LINES} where", 1)

    def any_line(self, tested: str) -> str:
        """Whether there is such a line."""
        return f"exists (select 1 from {LINES} where {tested})"

    def plain_text(self, value: str, key: str) -> str:
        """The member."""
        return f"({value} ->> {key})"

    def maybe(self, value: str, needle: str, known: str) -> str:
        """Always: it reads fast enough."""
        return "true"

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
            f" else cast({value} -> {key} as text) end)"
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

    def _folded(self, text: str) -> str:
        """``text`` folded: in ASCII by ``lower``, else letter by letter after normalising."""
        folds = f"cast({self._bind(_folds())} as jsonb)"
        letters = "unnest(string_to_array(normalize(t.x, nfkc), null)) with ordinality as l (c, n)"
        return (
            f"(select case when t.x !~ '[^\\x01-\\x7f]' then btrim(lower(t.x collate \"C\"),"
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
    try:
        connection.execute("select pow(2.0, 0.5)")
    except Exception:  # a library that was built without mathematics
        connection.create_function("pow", 2, pow, deterministic=True)
    connection.create_aggregate("lead_score", 3, LeadScore)
    connection.create_aggregate("decimal_sum", 1, DecimalSum)
    connection.create_aggregate("decimal_mean", 1, DecimalMean)


def calls_us(sql: str) -> bool:
    """Whether SQLite comes back to Python wherever it comes to this."""
    return "json_folded(" in sql


@lru_cache(maxsize=100_000)  # the same few words come again and again
def json_folded(token: str | None) -> str | None:
    """The folded text of a JSON scalar; None: there is none."""
    value = None if token is None else orjson.loads(token)
    return None if value is None else fold(declared_text(value))


@lru_cache(maxsize=100_000)
def json_said(token: str | None) -> str | None:
    """A JSON scalar as it is told from others, 1.0 being 1 but not "1"; None: there is none."""
    value = None if token is None else orjson.loads(token)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else token


class LeadScore:
    """The points of a lead, as Python counts them: of name, time, and now."""

    def __init__(self) -> None:
        self.times: dict[str, list[int]] = {}
        self.now = 0

    def step(self, name: str, at: int, now: int) -> None:
        """One more event."""
        self.now = now
        self.times.setdefault(name, []).append(at)

    def finalize(self) -> int:
        """The points."""
        times = {name: tuple(sorted(found)) for name, found in self.times.items()}
        score: int = SCORE.value(Facts(Profile(""), times), self.now, Shop("", ""))
        return score


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
