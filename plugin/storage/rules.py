"""How does a rule become SQL? The one place that builds SQL from parts.

A rule becomes a boolean expression over ``profiles p`` with parameters only: no word of the owner's
or of a visitor's stands in the text. ``segment.evaluate`` gives the same rules the same meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import NotYet
from plugin.segment.evaluate import in_minor
from plugin.segment.rule import (
    All,
    AnyOf,
    CountLeaf,
    Everyone,
    Not,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    TraitLeaf,
)
from plugin.segment.traits import BOOL, DATE, MONEY, NUMBER, PREDICTIONS, TEXT, TRAITS, Trait
from plugin.shop import Shop
from plugin.storage.engine import Tx
from plugin.storage.profiles import KEPT

COUNT = "select count(*) from profiles p where "
SAMPLE = "select p.visitor_id from profiles p where {rule} order by p.last_seen_at desc limit :most"
IDS = "select p.id from profiles p where "
EVENTS = """
(select {what} from events e
 where e.profile = p.id and e.name = {name} and e.live = 1 and e.at <= :now{since})
"""
DECLARED = "(select d.{column} from declared d where d.profile = p.id and d.trait = {name})"
MEMBER = "exists (select 1 from memberships m where m.profile = p.id and m.segment = {slug})"
# What each operator is in SQL: {0} the value, {1} and {2} what it is compared with.
PLAIN = "{plain}"  # a word of the engine's dialect
OPERATORS = {
    "=": "{0} = {1}",
    "!=": "{0} <> {1}",
    "<": "{0} < {1}",
    "<=": "{0} <= {1}",
    ">": "{0} > {1}",
    ">=": "{0} >= {1}",
    "between": "{0} between {1} and {2}",
    "is": "{0} = {1}",
    "is_not": "{0} <> {1}",
    "before": "{0} < {1}",
    "after": "{0} > {1}",
    "contains": "{0} like {1} escape '!'",
    "not_contains": "{0} not like {1} escape '!'",
    "starts_with": "{0} like {1} escape '!'",
    "ends_with": "{0} like {1} escape '!'",
    "in": "{0} in texts({1})",
    "not_in": "{0} not in texts({1})",
}
AROUND = {
    "contains": ("%", "%"),
    "not_contains": ("%", "%"),
    "starts_with": ("", "%"),
    "ends_with": ("%", ""),
}


def count_matching(tx: Tx, rule: Rule, now: int, shop: Shop) -> int:
    """How many visitors the rule holds for at ``now`` (Unix ms)."""
    sql, params = rule_sql(rule, now, shop)
    return int(tx.value(COUNT + sql, **params))


def matching(tx: Tx, rule: Rule, now: int, shop: Shop, most: int) -> list[str]:
    """The ids of at most ``most`` visitors the rule holds for, the latest seen first."""
    sql, params = rule_sql(rule, now, shop)
    rows = tx.all(SAMPLE.replace("{rule}", sql), **params, most=most)
    return [row["visitor_id"] for row in rows]


def matching_profiles(tx: Tx, rule: Rule, now: int, shop: Shop) -> set[int]:
    """The profiles of all visitors the rule holds for."""
    sql, params = rule_sql(rule, now, shop)
    return {row["id"] for row in tx.all(IDS + sql, **params)}


def rule_sql(rule: Rule, now: int, shop: Shop) -> tuple[str, dict[str, Any]]:
    """A boolean SQL expression over ``profiles p``, and its parameters.

    Raises NotYet for a leaf that only the Python reader knows (bucket).
    """
    compiler = Compiler(shop, {"now": now})
    sql = compiler.part(rule)
    return f"p.first_seen_at <= :now and coalesce({sql}, false)", compiler.params


@dataclass
class Compiler:
    """Gathers parameters while a rule's parts become SQL."""

    shop: Shop
    params: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A parameter that holds ``value``."""
        name = f"v{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def part(self, rule: Rule) -> str:
        """One part of a rule, in brackets."""
        if isinstance(rule, (All, AnyOf)):
            word = " and " if isinstance(rule, All) else " or "
            return "(" + word.join(self.part(part) for part in rule.parts) + ")"
        if isinstance(rule, Not):
            return f"(not {self.part(rule.part)})"
        if isinstance(rule, TraitLeaf):
            return self.trait(rule)
        if isinstance(rule, CountLeaf):
            counted = self.events("count(*)", rule.event, rule.within)
            return "(" + self.compared(counted, rule.op, rule.values) + ")"
        if isinstance(rule, RecencyLeaf):
            return self.recency(rule)
        if isinstance(rule, SegmentLeaf):
            return MEMBER.replace("{slug}", self.bind(rule.slug))
        if isinstance(rule, Everyone):
            return "true"
        raise NotYet("a bucket cannot be counted over all visitors yet; leave it out of a preview")

    def trait(self, leaf: TraitLeaf) -> str:
        """A trait compared; never unknown but for a prediction."""
        if leaf.trait in PREDICTIONS:
            return "(cast(null as integer) = 1)"
        trait = TRAITS.get(leaf.trait)
        value, to = self.declared(leaf) if trait is None else self.known(trait, leaf)
        if leaf.op in ("set", "unset"):
            return f"({value} is {'not ' if leaf.op == 'set' else ''}null)"
        if trait is not None and trait.kind == DATE and leaf.op in ("newer_than", "older_than"):
            compared = self.age(value, leaf)
        else:
            compared = self.compared(value, leaf.op, to)
        return f"coalesce({compared}, {'true' if leaf.include_unset else 'false'})"

    def known(self, trait: Trait, leaf: TraitLeaf) -> tuple[str, Sequence[Any]]:
        """The SQL of a trait's value, and what it is compared with, in the same unit."""
        if trait.counts:
            counted = (self.events("count(*)", name, trait.span) for name in trait.counts)
            return "(" + " + ".join(counted) + ")", leaf.values
        if trait.since is not None:
            column = f"p.{trait.since}"
            elapsed = f"(case when {column} <= :now then :now - {column} end)"
            return elapsed, [value * trait.span for value in leaf.values]
        column = f"p.{trait.column}"
        if trait.kind == TEXT:
            kept = DECLARED.replace("{column}", "folded").replace(
                "{name}", self.bind(KEPT + trait.name)
            )
            return f"coalesce({kept}, nullif(lower({column}{PLAIN}), ''))", leaf.values
        if trait.kind == MONEY:
            return column, in_minor(leaf.values, self.shop)
        return column, [int(v) for v in leaf.values] if trait.kind == BOOL else leaf.values

    def declared(self, leaf: TraitLeaf) -> tuple[str, Sequence[Any]]:
        """The SQL of a declared trait's value as the leaf takes it to be."""
        kind = leaf.kind if leaf.op not in ("set", "unset") else TEXT
        column = "number" if kind == NUMBER else "truth" if kind == BOOL else "folded"
        sql = DECLARED.replace("{column}", column).replace("{name}", self.bind(leaf.trait))
        return sql, [int(v) for v in leaf.values] if kind == BOOL else leaf.values

    def age(self, value: str, leaf: TraitLeaf) -> str:
        """A date, by its age."""
        word = "<=" if leaf.op == "older_than" else ">"
        turn = self.bind(self.params["now"] - leaf.values[0])
        return f"(case when {value} <= :now then {value} {word} {turn} end)"

    def recency(self, leaf: RecencyLeaf) -> str:
        """The first or last event of a name, by its age."""
        at = self.events("min(e.at)" if leaf.first else "max(e.at)", leaf.event, None)
        turn = self.bind(self.params["now"] - leaf.span)
        word = "<=" if leaf.older else ">"
        return f"coalesce({at} {word} {turn}, {'true' if leaf.or_never else 'false'})"

    def events(self, what: str, name: str, within: int | None) -> str:
        """A figure over the visitor's events of one name."""
        since = ""
        if within is not None:
            since = f" and e.at > {self.bind(self.params['now'] - within)}"
        sql = EVENTS.replace("{what}", what).replace("{name}", self.bind(name))
        return sql.replace("{since}", since).strip()

    def compared(self, value: str, op: str, to: Sequence[Any]) -> str:
        """``value`` compared by the operator."""
        if op in ("in", "not_in"):
            return OPERATORS[op].format(value, self.bind(list(to)))
        if op in AROUND:
            before, after = AROUND[op]
            to = [before + _escaped(to[0]) + after]
        return OPERATORS[op].format(value, *(self.bind(one) for one in to))


def _escaped(text: str) -> str:
    for letter in "!%_":
        text = text.replace(letter, f"!{letter}")
    return text
