"""Why does a rule hold for a visitor, or not: each leaf with its value, in plain words?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.segment.evaluate import NOBODY, leaf_verdict
from plugin.segment.facts import Facts
from plugin.segment.rule import (
    All,
    AnyOf,
    Bucket,
    CountLeaf,
    Not,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    TraitLeaf,
    leaves,
)
from plugin.segment.traits import DATE, MONEY, TRAITS, declared_value, value_of
from plugin.shop import DAY, HOUR, MINUTE, SECOND, Shop, local_time

UNITS = (
    (7 * DAY, "weeks"),
    (DAY, "days"),
    (HOUR, "hours"),
    (MINUTE, "minutes"),
    (SECOND, "seconds"),
)


@dataclass(frozen=True)
class Reason:
    """One leaf: what it says, what the visitor's value is, and whether it holds (None: unknown)."""

    text: str
    value: str
    holds: bool | None


def explain(
    rule: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool] = NOBODY
) -> list[Reason]:
    """A reason for each leaf of the rule, from left to right."""
    return [
        Reason(
            as_text(leaf),
            _value(leaf, facts, now, shop, segments),
            leaf_verdict(leaf, facts, now, shop, segments).holds,
        )
        for leaf in leaves(rule)
    ]


def why(reasons: Iterable[Reason]) -> str:
    """The reasons that hold, in one line: "orders_total >= 3 (is 4); ..."."""
    held = [f"{one.text} ({one.value})" for one in reasons if one.holds]
    return "; ".join(held) or "nothing speaks against it"


def as_text(rule: Rule) -> str:
    """The rule in short plain words, such as "orders_total >= 3 and not in segment vip"."""
    if isinstance(rule, (All, AnyOf)):
        word = " and " if isinstance(rule, All) else " or "
        return word.join(_in_brackets(part) for part in rule.parts)
    if isinstance(rule, Not):
        return f"not {_in_brackets(rule.part)}"
    return _leaf_text(rule)


def _in_brackets(part: Rule) -> str:
    text = as_text(part)
    return f"({text})" if isinstance(part, (All, AnyOf)) and len(part.parts) > 1 else text


def _leaf_text(leaf: Rule) -> str:
    if isinstance(leaf, TraitLeaf):
        told = _told(leaf)
        unset = " or unset" if leaf.include_unset else ""
        return f"{leaf.trait} {leaf.op.replace('_', ' ')} {told}".strip() + unset
    if isinstance(leaf, CountLeaf):
        told = " and ".join(f"{value:g}" for value in leaf.values)
        within = f" in {_span(leaf.within)}" if leaf.within is not None else ""
        return f"{leaf.event} {leaf.op} {told} times{within}"
    if isinstance(leaf, RecencyLeaf):
        which, age = ("first" if leaf.first else "last"), ("older" if leaf.older else "newer")
        never = " or never" if leaf.or_never else ""
        return f"{which} {leaf.event} {age} than {_span(leaf.span)}{never}"
    if isinstance(leaf, SegmentLeaf):
        return f"in segment {leaf.slug}"
    if isinstance(leaf, Bucket):
        return f"in the {leaf.below:g} % of {leaf.salt}"
    return "everyone"


def _told(leaf: TraitLeaf) -> str:
    raw = leaf.document.get("value") if isinstance(leaf.document, Mapping) else None
    if raw is None:
        return ""
    if isinstance(raw, list):
        return (" and " if leaf.op == "between" else ", ").join(str(one) for one in raw)
    return str(raw)


def _value(leaf: Rule, facts: Facts, now: int, shop: Shop, segments: Mapping[str, bool]) -> str:
    if isinstance(leaf, TraitLeaf):
        return "is " + _trait_text(leaf.trait, facts, now, shop)
    if isinstance(leaf, CountLeaf):
        past = [at for at in facts.times.get(leaf.event, ()) if at <= now]
        inside = [at for at in past if leaf.within is None or at > now - leaf.within]
        return f"was {len(inside)}"
    if isinstance(leaf, RecencyLeaf):
        past = [at for at in facts.times.get(leaf.event, ()) if at <= now]
        return f"was {_span(now - (past[0] if leaf.first else past[-1]))} ago" if past else "never"
    if isinstance(leaf, SegmentLeaf):
        return "is" if segments.get(leaf.slug) else "is not"
    return "always" if not isinstance(leaf, Bucket) else "by lot"


def _trait_text(name: str, facts: Facts, now: int, shop: Shop) -> str:
    trait = TRAITS.get(name)
    value: Any = declared_value(name, facts) if trait is None else value_of(trait, facts, now)
    if value is None:
        return "unset"
    if trait is not None and trait.kind == MONEY:
        return f"{shop.major(value):,}"
    if trait is not None and trait.kind == DATE:
        return f"{local_time(value, shop.timezone):%Y-%m-%d %H:%M}"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _span(ms: int) -> str:
    for unit, word in UNITS:
        if ms >= unit and (ms % unit == 0 or unit <= DAY):
            count = round(ms / unit, 1)
            return f"{count:g} {word.removesuffix('s') if count == 1 else word}"
    return "less than a second"
