"""How is a leaf over events asked in SQL: figures, ages, sequences, what did not follow?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import orjson

from plugin.segment.compare import minor_amounts
from plugin.segment.leaf import ITEM_FIELDS
from plugin.segment.select import AMOUNTS
from plugin.segment.shape import (
    MeasureLeaf,
    NotFollowedLeaf,
    RecencyLeaf,
    SequenceLeaf,
    Where,
    Window,
)
from plugin.segment.traits import BOOL, DATE, LIST, MONEY, NUMBER
from plugin.segment.window import bounds
from plugin.storage.rule_lines import EACH_EVENT, Lines, suffice
from plugin.storage.rule_parts import SET, Parts
from plugin.storage.rule_words import calls_us

MOST_COUNTED = 100  # one by one; beyond that, counting all is as good
COLUMNS = ("currency", "transaction_id")
MONEY_FIELDS = ("value", "price")
LINE_NUMBERS = ("price", "quantity")
BASE = "{e}.profile = p.id and {e}.name = {name} and {e}.live = 1"
TOKENS = """
select distinct {token} as token from events e
where e.name = {name} and e.live = 1{window}
"""


class EventLeaves:
    """Leaves over events of ``profiles p``, as boolean SQL that is never unknown."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.lines = Lines(parts)

    def measure(self, leaf: MeasureLeaf) -> str:
        """A figure, compared."""
        in_lines = suffice(leaf)
        source = self.chosen(leaf, leaf.window)
        to: Sequence[Any] = leaf.values
        if leaf.measure == "count":
            figure = counted(source, leaf.op, leaf.values, EACH_EVENT if in_lines else "1")
        elif leaf.measure == "days":
            figure = f"(select count(distinct e.day) {source})"
        else:
            figure = self.of(leaf, source)
            if leaf.of in MONEY_FIELDS and leaf.measure != "distinct":
                to = minor_amounts(leaf.values, self.parts.shop.currency)
        return f"coalesce({self.parts.compared(figure, leaf.op, to)}, false)"

    def of(self, leaf: MeasureLeaf, source: str) -> str:
        """A figure over the values of a param, a column or a field of all lines."""
        name, words = leaf.of or "", self.parts.words
        values: EventLeaves | Lines = self
        if suffice(leaf):
            values = self.lines
        elif name in ITEM_FIELDS:
            source = words.each_line(source)
        if leaf.measure == "distinct":
            return f"(select count(distinct {values.said(name)}) {source})"
        value = values.amount(name)
        if leaf.measure in ("min", "max"):
            return f"(select {leaf.measure}({value}) {source})"
        whole = name in MONEY_FIELDS  # then there is nothing to lose
        if leaf.measure == "sum":
            return f"(select {f'sum({value})' if whole else words.total(value)} {source})"
        mean = f"cast(sum({value}) as {{real}}) / count({value})"
        return f"(select {mean if whole else words.mean(value)} {source})"

    def recency(self, leaf: RecencyLeaf) -> str:
        """The first or last event, by its age."""
        source = self.chosen(leaf, Window())
        at = f"(select e.at {source} order by e.at{'' if leaf.first else ' desc'} limit 1)"
        word = "<=" if leaf.older else ">"
        turn = self.parts.bind(self.parts.now - leaf.span)
        return f"coalesce({at} {word} {turn}, {'true' if leaf.or_never else 'false'})"

    def sequence(self, leaf: SequenceLeaf) -> str:
        """Steps in rising order: from each first one, the soonest next one, and so on."""
        at = "e.at"
        for place, name in enumerate(leaf.steps[1:], 1):
            step = f"s{place}"
            base = self.base(step, name)
            at = f"(select min({step}.at) from events {step} where {base} and {step}.at > {at})"
        first = self.source(leaf.steps[0], Window(), ())
        if leaf.within is None:
            return f"coalesce((select {at} is not null {first} order by e.at limit 1), false)"
        within = self.parts.bind(leaf.within)
        return f"exists (select 1 {first} and {at} <= e.at + {within})"

    def not_followed(self, leaf: NotFollowedLeaf) -> str:
        """The newest event is old enough, and what would follow did not in time."""
        within = self.parts.bind(leaf.within)
        due = self.parts.bind(self.parts.now - leaf.within)
        after = f"{self.base('f', leaf.by)} and f.at > e.at and f.at <= e.at + {within}"
        vain = f"e.at <= {due} and not exists (select 1 from events f where {after})"
        source = self.source(leaf.event, Window(), ())
        return f"coalesce((select {vain} {source} order by e.at desc limit 1), false)"

    def base(self, alias: str, name: str) -> str:
        """What chooses the visitor's events of a name, up to now."""
        sql = BASE.replace("{e}", alias).replace("{name}", self.parts.bind(name))
        return f"{sql} and {alias}.at <= :now"

    def chosen(self, leaf: MeasureLeaf | RecencyLeaf, window: Window) -> str:
        """From where to where: what a leaf looks at, its events or, where these suffice, lines."""
        if not suffice(leaf):
            return self.source(leaf.event, window, leaf.where)
        times = self.times(window)
        if isinstance(leaf, MeasureLeaf) and leaf.of:
            return self.lines.all(leaf.event, times, leaf.where)
        return self.lines.satisfying(leaf.event, times, leaf.where)

    def source(self, name: str, window: Window, where: Sequence[Where]) -> str:
        """From where to where: the visitor's events ``e`` that count and satisfy ``where``."""
        base = BASE.replace("{e}", "e").replace("{name}", self.parts.bind(name))
        conditions = [self.condition(one, name, window) for one in where]
        return f"from events e where {base}{self.times(window)}" + "".join(
            f" and {one}" for one in conditions
        )

    def times(self, window: Window) -> str:
        """What chooses events by their time."""
        low, high = bounds(window, self.parts.now, self.parts.shop.timezone)
        since = "" if low is None else f" and e.at >= {self.parts.bind(low)}"
        return f"{since} and e.at <= {self.parts.bind(high)}"

    def condition(self, where: Where, event: str, window: Window) -> str:
        """Whether an event satisfies a condition: for a field of the lines, any of them does."""
        if where.param in ITEM_FIELDS:
            return self._maybe(where, self.parts.words.any_line(self._tested(where)))
        if where.kind in (DATE, LIST) and where.op not in SET:
            return self._decided(where, event, window)
        return self._maybe(where, self._tested(where))

    def _maybe(self, where: Where, tested: str) -> str:
        """As ``Parts.perhaps``, in the JSON that the param or field stands in."""
        if where.param not in COLUMNS:
            whole = "e.items" if where.param in ITEM_FIELDS else "e.params"
            looked_at = self.parts.perhaps(where, whole, tested, "e.seq")
            if looked_at != tested:
                return looked_at
        self.parts.comes_back |= calls_us(tested)
        return tested

    def _tested(self, where: Where) -> str:
        name, kind, to = where.param, where.kind, where.values
        if kind in (NUMBER, MONEY):
            if kind == MONEY:
                to = minor_amounts(to, self.parts.shop.currency)
            return self.parts.tested(where, self.amount(name), to)
        if kind == BOOL:
            return self.parts.tested(where, self.truth(name), [int(value) for value in to])
        return self.parts.tested(where, self.text(name), to)

    def _decided(self, where: Where, event: str, window: Window) -> str:
        """Of every value there is, Python says which satisfy the condition."""
        parts = self.parts
        token = self.ours(where.param, parts.words.token(*self.member(where.param)))
        sql = TOKENS.replace("{token}", token).replace("{name}", parts.bind(event))
        rows = parts.tx.all(sql.replace("{window}", self.times(window)), **parts.params)
        tokens = [row["token"] for row in rows if row["token"] is not None]
        return parts.decided(where, token, [(one, orjson.loads(one)) for one in tokens])

    def member(self, name: str) -> tuple[str, str]:
        """Where a param or a field of a line stands: the JSON, and the key in it."""
        words = self.parts.words
        if name in ITEM_FIELDS:
            return words.line, words.line_key(ITEM_FIELDS[name])
        return words.params, words.key(name)

    def amount(self, name: str) -> str:
        """A param or field as a number; money in minor units."""
        if name == "value":
            return self.ours(name, "e.value")
        if name in COLUMNS:
            return "cast(null as {real})"
        words = self.parts.words
        if name not in LINE_NUMBERS:
            return self.ours(name, words.number(*self.member(name)))
        found = words.amount(*self.member(name))
        # A line that says nothing of it is about one piece.
        return f"coalesce({found}, 1)" if name == "quantity" else self.ours(name, found)

    def truth(self, name: str) -> str:
        """A param as 1 or 0."""
        return self.ours(name, self.parts.words.truth(*self.member(name)))

    def text(self, name: str) -> str:
        """A param or field as a folded text."""
        if name in COLUMNS:
            return self.parts.words.column(f"e.{name}")
        return self.ours(name, self.parts.words.text(*self.member(name)))

    def said(self, name: str) -> str:
        """A param or field as it is told from others."""
        if name in COLUMNS:
            return f"e.{name}"
        if name == "value":
            return self.ours(name, "e.value")
        if name in LINE_NUMBERS:
            return self.amount(name)
        if name in ITEM_FIELDS:
            return self.parts.words.plain_text(*self.member(name))
        return self.ours(name, self.parts.words.said(*self.member(name)))

    def ours(self, name: str, value: str) -> str:
        """``value``, but of money in another currency than the shop's: null."""
        if name not in (*MONEY_FIELDS, *AMOUNTS):
            return value
        currency = self.parts.bind(self.parts.shop.currency)
        return f"(case when coalesce(e.currency, {currency}) = {currency} then {value} end)"


def counted(source: str, op: str, values: Sequence[float], each: str) -> str:
    """How many events there are, counted no further than the comparison asks.

    each: what to select so that an event is one row, or one row of the same.
    """
    enough = max(1, math.floor(max(values)) + 1)
    if enough == 1:
        return f"(case when exists (select 1 {source}) then 1 else 0 end)"
    if enough <= MOST_COUNTED:
        return f"(select count(*) from (select {each} {source} limit {enough}) few)"
    return f"(select count(*) from (select {each} {source}) every_one)"
