"""What does a rule say? Its tree, read from a document and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from plugin.errors import RuleRefused
from plugin.segment import leaf as reading
from plugin.segment.leaf import NAME, SLUG
from plugin.segment.shape import (
    All,
    AnyOf,
    Bucket,
    Everyone,
    LocalDay,
    MeasureLeaf,
    Not,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
    Where,
    Window,
    leaves,
)
from plugin.segment.traits import TRAITS
from plugin.segment.value import COMPARE, DATES, LISTS, OPERATORS, SET, TEXTS, only, span

__all__ = [
    "COMPARE",
    "DATES",
    "LISTS",
    "NAME",
    "OPERATORS",
    "SET",
    "SLUG",
    "TEXTS",
    "All",
    "AnyOf",
    "Bucket",
    "Everyone",
    "LocalDay",
    "MeasureLeaf",
    "Needs",
    "Not",
    "NotFollowedLeaf",
    "RecencyLeaf",
    "Rule",
    "SegmentLeaf",
    "SequenceLeaf",
    "TraitLeaf",
    "Where",
    "Window",
    "event_names",
    "leaves",
    "needs_also",
    "needs_events",
    "needs_of",
    "read_rule",
    "segments_of",
    "span",
    "traits_of",
]  # fmt: skip
MOST_LEAVES = 100
DEEPEST = 8


def read_rule(document: object) -> Rule:
    """The rule that ``document`` writes down.

    Raises RuleRefused naming the place and what to write, NotYet for traits that are to come.
    """
    rule = _read(document, "rule", 1)
    count = sum(1 for _ in leaves(rule))
    if count > MOST_LEAVES:
        raise RuleRefused(f"the rule has {count} leaves; {MOST_LEAVES} are allowed")
    return rule


def event_names(rule: Rule) -> set[str]:
    """The events whose times the rule asks for; ``worked.EVERY`` among them: of all."""
    found: set[str] = set()
    for leaf in leaves(rule):
        if isinstance(leaf, (MeasureLeaf, RecencyLeaf)):
            found.add(leaf.event)
        elif isinstance(leaf, SequenceLeaf):
            found.update(leaf.steps)
        elif isinstance(leaf, NotFollowedLeaf):
            found.update((leaf.event, leaf.by))
        elif isinstance(leaf, TraitLeaf) and leaf.trait in TRAITS:
            found.update(TRAITS[leaf.trait].events)
    return found


def needs_events(rule: Rule) -> set[str]:
    """The events of which the rule asks for more than their times: params, items, money."""
    found: set[str] = set()
    for leaf in leaves(rule):
        if isinstance(leaf, (MeasureLeaf, RecencyLeaf)):
            if leaf.where or (isinstance(leaf, MeasureLeaf) and leaf.of is not None):
                found.add(leaf.event)
        elif isinstance(leaf, TraitLeaf) and leaf.trait in TRAITS:
            found.update(TRAITS[leaf.trait].whole)
    return found


def needs_also(rule: Rule) -> set[str]:
    """What the rule asks for beside profile and events (``facts.Facts.also``)."""
    return {
        name
        for leaf in leaves(rule)
        if isinstance(leaf, TraitLeaf) and leaf.trait in TRAITS
        for name in TRAITS[leaf.trait].also
    }


class Needs(NamedTuple):
    """What must be loaded of visitors (``storage.facts.load_facts``): ``names`` of the events whose
    times are asked for, those asked for ``whole``, and what ``also``.
    """

    names: frozenset[str]
    whole: frozenset[str]
    also: frozenset[str]


def needs_of(rules: Iterable[Rule]) -> Needs:
    """What all of ``rules`` together ask for."""
    asked = list(rules)
    return Needs(
        frozenset().union(*map(event_names, asked)),
        frozenset().union(*map(needs_events, asked)),
        frozenset().union(*map(needs_also, asked)),
    )


def segments_of(rule: Rule) -> set[str]:
    """The segments the rule names."""
    return {leaf.slug for leaf in leaves(rule) if isinstance(leaf, SegmentLeaf)}


def traits_of(rule: Rule) -> set[str]:
    """The traits the rule asks for."""
    return {leaf.trait for leaf in leaves(rule) if isinstance(leaf, TraitLeaf)}


def _read(document: object, where: str, depth: int) -> Rule:
    if not isinstance(document, Mapping):
        raise RuleRefused(f'{where} must be an object such as {{"everyone": true}}')
    if depth > DEEPEST:
        raise RuleRefused(f"{where} is nested deeper than {DEEPEST} levels")
    if "all" in document or "any" in document:
        return _group(document, where, depth)
    if "not" in document:
        only(document, where, "not")
        return Not(_read(document["not"], f"{where}.not", depth + 1), document=document)
    for word, read in LEAVES.items():
        if word in document:
            return read(document, where)
    forms = ", ".join(("all", "any", "not", *LEAVES))
    raise RuleRefused(f"{where} is no rule: it needs one of {forms}")


def _group(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    word = "all" if "all" in document else "any"
    only(document, where, word)
    parts = document[word]
    if not isinstance(parts, list) or not parts:
        raise RuleRefused(f"{where}.{word} must be a list with at least one rule")
    read = tuple(_read(part, f"{where}.{word}[{i}]", depth + 1) for i, part in enumerate(parts))
    return (All if word == "all" else AnyOf)(read, document=document)


LEAVES: dict[str, Callable[[Mapping[str, Any], str], Rule]] = {
    "everyone": reading.everyone,
    "segment": reading.segment,
    "bucket": reading.bucket,
    "trait": reading.trait,
    "event": reading.event,
    "sequence": reading.sequence,
}
