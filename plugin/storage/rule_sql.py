"""How does a rule become SQL? The one place that builds SQL from parts.

A rule becomes a boolean expression over ``profiles p`` with parameters only: no word of the owner's
or of a visitor's stands in the text. ``segment.evaluate`` gives the same rules the same meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.segment.compare import minor_amounts
from plugin.segment.dates import resolved
from plugin.segment.evaluate import bucket
from plugin.segment.shape import (
    All,
    AnyOf,
    Bucket,
    MeasureLeaf,
    Not,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
    Window,
)
from plugin.segment.traits import (
    BOOL,
    DATE,
    LIST,
    MONEY,
    NUMBER,
    PREDICTIONS,
    TEXT,
    TRAITS,
    Trait,
)
from plugin.shop import Shop, day_start, local_day
from plugin.storage.ahead import Ahead
from plugin.storage.engine import Tx
from plugin.storage.profiles import KEPT
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import SET, Parts
from plugin.storage.rule_traits import worked

DECLARED = "(select {what} from declared d where d.profile = p.id and d.trait = {name})"
# A declared value with what it is: a number, true or false, or a text.
MARKED = "case when d.truth is not null then 'b' when d.number is not null then 'n' else 't' end"
DECLARED_VALUES = f"""
select distinct {MARKED} as mark, d.folded, d.number from declared d where d.trait = {{name}}
"""
EVERYBODY = "select id, visitor_id from profiles"
SOME = "select id, visitor_id from profiles where id in ints(:ids)"
OFF = "select 1 as off from segments where slug = :slug and enabled = 0"
MEMBER = "exists (select 1 from memberships m where m.profile = p.id and m.segment = {slug})"
EXTENT = "select min({column}) as first, max({column}) as last from profiles p"
UNKNOWN = "(cast(null as integer) = 1)"


def rule_sql(
    tx: Tx, rule: Rule, now: int, shop: Shop, among: Sequence[int] | None = None
) -> tuple[str, dict[str, Any]]:
    """A boolean SQL expression over ``profiles p``, and its parameters, true at ``now`` (Unix ms).

    ``tx`` is the look in which it will be asked: dates and lists are decided over what is in it.
    among: profiles, when no other will be asked; it is right for them alone.
    """
    maker = Maker(tx, shop, now, among)
    return maker.whole(rule), maker.parts.params


class Maker:
    """Makes SQL of rules that are asked in one statement."""

    def __init__(self, tx: Tx, shop: Shop, now: int, among: Sequence[int] | None = None) -> None:
        self.parts = Parts(tx, shop, now, among)
        self.events = EventLeaves(self.parts)
        self.ahead = Ahead(tx, now, shop, among)
        self.columns: dict[Rule, str] = {}  # of parts whose answers are there already

    def whole(self, rule: Rule) -> str:
        """The rule for a visitor that was seen by now; unknown is false."""
        return f"(p.first_seen_at <= :now and coalesce({self.part(rule)}, false))"

    def part(self, rule: Rule) -> str:
        """One part of a rule, in brackets; null: unknown."""
        if rule in self.columns:
            return f"({self.columns[rule]})"
        if isinstance(rule, (All, AnyOf)):
            word = " and " if isinstance(rule, All) else " or "
            return "(" + word.join(self.part(part) for part in rule.parts) + ")"
        if isinstance(rule, Not):
            return f"(not {self.part(rule.part)})"
        return f"({self.leaf(rule)})"

    def leaf(self, leaf: Rule) -> str:
        """A leaf, by its kind."""
        if isinstance(leaf, TraitLeaf):
            return self.ahead.corrected(leaf, self.trait(leaf), self.parts.bind)
        if isinstance(leaf, MeasureLeaf):
            return self.events.measure(leaf)
        if isinstance(leaf, RecencyLeaf):
            return self.events.recency(leaf)
        if isinstance(leaf, SequenceLeaf):
            return self.events.sequence(leaf)
        if isinstance(leaf, NotFollowedLeaf):
            return self.events.not_followed(leaf)
        if isinstance(leaf, SegmentLeaf):
            return self.member(leaf.slug)
        if isinstance(leaf, Bucket):
            return self.bucket(leaf)
        return "true"

    def bucket(self, leaf: Bucket) -> str:
        """Who has a place below the leaf's; worked out here, for all at once: an engine that came
        back to Python for each visitor would keep every other look waiting meanwhile.
        """
        tx, among = self.parts.tx, self.parts.among
        rows = tx.tuples(EVERYBODY) if among is None else tx.tuples(SOME, ids=list(among))
        below = [profile for profile, visitor in rows if bucket(leaf.salt, visitor) < leaf.below]
        return f"p.id in ints({self.parts.bind(below)})"

    def member(self, slug: str) -> str:
        """Who is in another segment: nobody, while it is off."""
        if self.parts.tx.one(OFF, slug=slug) is not None:
            return "false"
        return MEMBER.replace("{slug}", self.parts.bind(slug))

    def trait(self, leaf: TraitLeaf) -> str:
        """A trait compared; unknown where it is a prediction."""
        if leaf.trait in PREDICTIONS:
            return UNKNOWN
        known = TRAITS.get(leaf.trait)
        if known is None:
            return self.declared(leaf)
        if known.worked is not None:
            return worked(leaf, known, self.parts, self.events)
        if known.kind == DATE and leaf.op not in SET:
            return self.date(leaf, f"p.{known.column}")
        value, to = self.known(known, leaf)
        return self.parts.tested(leaf, value, to)

    def known(self, trait: Trait, leaf: TraitLeaf) -> tuple[str, Sequence[Any]]:
        """The SQL of a trait's value, and what it is compared with, in the same unit."""
        if trait.counts:
            return self._counts(trait), leaf.values
        if trait.since is not None:
            column = f"p.{trait.since}"
            elapsed = f"(case when {column} <= :now then :now - {column} end)"
            return elapsed, [value * trait.span for value in leaf.values]
        column = f"p.{trait.column}"
        if trait.kind == TEXT:
            kept = self._declared("d.folded", KEPT + trait.name)
            return f"coalesce({kept}, nullif(lower({column}{{plain}}), ''))", leaf.values
        if trait.kind == MONEY:
            return column, minor_amounts(leaf.values, self.parts.shop.currency)
        return column, [int(v) for v in leaf.values] if trait.kind == BOOL else leaf.values

    def _counts(self, trait: Trait) -> str:
        """How many events of the trait's names there are in its span."""
        window = Window(within=trait.span)
        sources = [self.events.source(name, window, ()) for name in trait.counts]
        return "(" + " + ".join(f"(select count(*) {source})" for source in sources) + ")"

    def date(self, leaf: TraitLeaf, column: str) -> str:
        """A date that is kept as Unix ms."""
        if leaf.op == "anniversary_in_next":
            sql = self._anniversary(leaf, column)
        elif leaf.op in ("newer_than", "older_than"):
            turn = self.parts.bind(self.parts.now - leaf.values[0])
            word = "<=" if leaf.op == "older_than" else ">"
            sql = f"(case when {column} <= :now then {column} {word} {turn} end)"
        elif leaf.op == "in_next":
            until = self.parts.bind(self.parts.now + leaf.values[0])
            sql = f"({column} > :now and {column} <= {until})"
        else:
            to = resolved(leaf.op, leaf.values, self.parts.shop.timezone)
            sql = self.parts.compared(column, leaf.op, to)
        return f"coalesce({sql}, {'true' if leaf.include_unset else 'false'})"

    def _anniversary(self, leaf: TraitLeaf, column: str) -> str:
        """Whether a moment lies on one of the days whose anniversary is soon."""
        row = self.parts.tx.one(EXTENT.replace("{column}", column)) or {"first": None}
        if row["first"] is None:
            return f"{column} <> {column}"  # there is none
        zone, satisfies = self.parts.shop.timezone, self.parts.checker(leaf)
        spans: list[tuple[int, int]] = []
        for day in range(local_day(row["first"], zone), local_day(row["last"], zone) + 1):
            first, last = day_start(day, zone), day_start(day + 1, zone) - 1
            if satisfies(first):
                follows = spans and spans[-1][1] == first - 1
                spans.append((spans.pop()[0] if follows else first, last))
        soon = " or ".join(self.parts.compared(column, "between", span) for span in spans)
        return f"case when {column} is not null then {soon or 'false'} end"

    def declared(self, leaf: TraitLeaf) -> str:
        """A declared trait, taken to be of the leaf's kind."""
        if leaf.kind in (DATE, LIST) and leaf.op not in SET:
            value = self._declared(f"({MARKED}) || d.folded", leaf.trait)
            return self.parts.decided(leaf, value, self._declared_values(leaf))
        column = {NUMBER: "number", BOOL: "truth"}.get(leaf.kind, "folded")
        to = [int(value) for value in leaf.values] if leaf.kind == BOOL else leaf.values
        return self.parts.tested(leaf, self._declared(f"d.{column}", leaf.trait), to)

    def _declared(self, what: str, name: str) -> str:
        return DECLARED.replace("{what}", what).replace("{name}", self.parts.bind(name))

    def _declared_values(self, leaf: TraitLeaf) -> list[tuple[str, Any]]:
        """Every value declared under the leaf's trait: marked, and as Python reads it."""
        sql = DECLARED_VALUES.replace("{name}", self.parts.bind(leaf.trait))
        found: list[tuple[str, Any]] = []
        for row in self.parts.tx.all(sql, **self.parts.params):
            meant: Any = row["folded"]
            if leaf.kind == DATE and row["mark"] != "t":
                meant = row["number"] if row["mark"] == "n" else True
            found.append((row["mark"] + row["folded"], meant))
        return found
