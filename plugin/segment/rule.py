"""What does a rule say? Its tree, read from a document and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.errors import NotYet, RuleRefused
from plugin.segment.text import fold
from plugin.segment.traits import BOOL, DATE, MONEY, NUMBER, PREDICTIONS, TEXT, TRAITS, known_trait
from plugin.shop import DAY, HOUR, MINUTE, SECOND

MOST_LEAVES = 100
DEEPEST = 8
SPANS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

COMPARE = ("=", "!=", "<", "<=", ">", ">=", "between")
TEXTS = ("is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with")
DATES = ("before", "after", "between", "newer_than", "older_than")
SET = ("set", "unset")
OPERATORS = {NUMBER: COMPARE, MONEY: COMPARE, TEXT: TEXTS, DATE: DATES, BOOL: ("is",)}
LATER_OPERATORS = ("on", "in_next", "anniversary_in_next", "has_any", "has_all", "has_none")
LATER_KEYS = ("where", "since", "until", "calendar", "of", "not_followed_by")


@dataclass(frozen=True)
class Rule:
    """A part of a rule. ``document``: as the owner wrote it."""

    document: Any = field(compare=False, repr=False, kw_only=True, default=None)


@dataclass(frozen=True)
class All(Rule):
    """Every part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class AnyOf(Rule):
    """At least one part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not(Rule):
    """The part does not hold."""

    part: Rule


@dataclass(frozen=True)
class TraitLeaf(Rule):
    """A trait compared. ``kind`` says how; ``values``: folded texts, numbers, or ms of dates."""

    trait: str
    op: str
    kind: str
    values: tuple[Any, ...] = ()
    include_unset: bool = False


@dataclass(frozen=True)
class CountLeaf(Rule):
    """How many events of a name, in the last ``within`` ms (None: all time)."""

    event: str
    op: str
    values: tuple[float, ...]
    within: int | None = None


@dataclass(frozen=True)
class RecencyLeaf(Rule):
    """Whether the last (or first) event of a name is older or newer than ``span`` ms."""

    event: str
    first: bool
    older: bool
    span: int
    or_never: bool = False


@dataclass(frozen=True)
class SegmentLeaf(Rule):
    """Whether the visitor is in another segment."""

    slug: str


@dataclass(frozen=True)
class Bucket(Rule):
    """A fixed share of visitors, ``below`` per cent, by hash of the visitor and ``salt``."""

    salt: str
    below: float


@dataclass(frozen=True)
class Everyone(Rule):
    """Every visitor that was ever seen."""


def read_rule(document: object) -> Rule:
    """The rule that ``document`` writes down.

    Raises RuleRefused naming the place and what to write, NotYet for forms that are to come.
    """
    rule = _read(document, "rule", 1)
    count = sum(1 for _ in leaves(rule))
    if count > MOST_LEAVES:
        raise RuleRefused(f"the rule has {count} leaves; {MOST_LEAVES} are allowed")
    return rule


def leaves(rule: Rule) -> Iterator[Rule]:
    """The leaves of a rule, from left to right."""
    if isinstance(rule, (All, AnyOf)):
        for part in rule.parts:
            yield from leaves(part)
    elif isinstance(rule, Not):
        yield from leaves(rule.part)
    else:
        yield rule


def event_names(rule: Rule) -> set[str]:
    """The events whose times the rule asks for."""
    found: set[str] = set()
    for leaf in leaves(rule):
        if isinstance(leaf, (CountLeaf, RecencyLeaf)):
            found.add(leaf.event)
        elif isinstance(leaf, TraitLeaf) and leaf.trait in TRAITS:
            found.update(TRAITS[leaf.trait].counts)
    return found


def segments_of(rule: Rule) -> set[str]:
    """The segments the rule names."""
    return {leaf.slug for leaf in leaves(rule) if isinstance(leaf, SegmentLeaf)}


def _read(document: object, where: str, depth: int) -> Rule:
    if not isinstance(document, Mapping):
        raise RuleRefused(f'{where} must be an object such as {{"everyone": true}}')
    if depth > DEEPEST:
        raise RuleRefused(f"{where} is nested deeper than {DEEPEST} levels")
    for word, read in FORMS.items():
        if word in document:
            return read(document, where, depth)
    raise RuleRefused(f"{where} is no rule: it needs one of {', '.join(FORMS)}")


def _group(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    word = "all" if "all" in document else "any"
    _only(document, where, word)
    parts = document[word]
    if not isinstance(parts, list) or not parts:
        raise RuleRefused(f"{where}.{word} must be a list with at least one rule")
    read = tuple(_read(part, f"{where}.{word}[{i}]", depth + 1) for i, part in enumerate(parts))
    return (All if word == "all" else AnyOf)(read, document=document)


def _not(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    _only(document, where, "not")
    return Not(_read(document["not"], f"{where}.not", depth + 1), document=document)


def _everyone(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    _only(document, where, "everyone")
    if document["everyone"] is not True:
        raise RuleRefused(f"{where}.everyone must be true")
    return Everyone(document=document)


def _segment(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    _only(document, where, "segment")
    slug = document["segment"]
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise RuleRefused(f"{where}.segment must be the slug of a segment")
    return SegmentLeaf(slug, document=document)


def _bucket(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    _only(document, where, "bucket", "below")
    salt = document["bucket"]
    if not isinstance(salt, str) or not 0 < len(salt) <= 80:
        raise RuleRefused(f"{where}.bucket must be a text of 1 to 80 letters")
    return Bucket(salt, _number(document.get("below"), f"{where}.below", 0, 100), document=document)


def _trait(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    _only(document, where, "trait", "op", "value", "include_unset")
    name, op = document["trait"], document.get("op")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RuleRefused(f"{where}.trait must be a name such as country")
    if op in LATER_OPERATORS:
        raise NotYet(f"{where}: the operator {op} is not there yet")
    trait = known_trait(name)
    kind = trait.kind if trait else NUMBER if name in PREDICTIONS else _kind_of(op, document)
    known = (*OPERATORS[kind], *SET)
    if op not in known:
        raise RuleRefused(f"{where}.op must be one of {', '.join(known)} for the trait {name}")
    include = document.get("include_unset", False)
    if not isinstance(include, bool):
        raise RuleRefused(f"{where}.include_unset must be true or false")
    values = () if op in SET else _values(document.get("value"), str(op), kind, f"{where}.value")
    return TraitLeaf(name, str(op), kind, values, include, document=document)


def _kind_of(op: object, document: Mapping[str, Any]) -> str:
    """The kind of a declared trait, as its operator and value take it to be."""
    if op in COMPARE:
        return NUMBER
    if op == "is" and isinstance(document.get("value"), bool):
        return BOOL
    return TEXT


def _values(value: object, op: str, kind: str, where: str) -> tuple[Any, ...]:
    if kind in (NUMBER, MONEY):
        return _numbers(value, op, where)
    if kind == BOOL:
        if not isinstance(value, bool):
            raise RuleRefused(f"{where} must be true or false")
        return (value,)
    if kind == DATE:
        return _dates(value, op, where)
    many = op in ("in", "not_in")
    texts = value if many else [value]
    if not isinstance(texts, list) or not 0 < len(texts) <= 1000:
        raise RuleRefused(f"{where} must be a list of 1 to 1,000 texts")
    return tuple(_text(text, where) for text in texts)


def _text(value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        raise RuleRefused(f"{where} must be a text that is not empty")
    return fold(str(value))[:1024]


def _dates(value: object, op: str, where: str) -> tuple[int, ...]:
    if op in ("newer_than", "older_than"):
        return (span(value, where),)
    moments = value if op == "between" else [value]
    if not isinstance(moments, list) or len(moments) != (2 if op == "between" else 1):
        raise RuleRefused(f"{where} must be two moments, from and until")
    return tuple(_moment(one, where) for one in moments)


def _moment(value: object, where: str) -> int:
    if not isinstance(value, str):
        return int(_number(value, f"{where} (Unix ms)", 0, 2**53))
    try:
        when = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise RuleRefused(f"{where} must be Unix ms or a time as 2026-11-24T09:00+09:00") from None
    if when.tzinfo is None:
        raise NotYet(f"{where}: a date without a zone is not there yet; add one, as +09:00")
    return round(when.timestamp() * 1000)


def _numbers(value: object, op: str, where: str) -> tuple[float, ...]:
    if op != "between":
        return (_number(value, where),)
    if not isinstance(value, list) or len(value) != 2:
        raise RuleRefused(f"{where} must be two numbers, both included")
    return (_number(value[0], where), _number(value[1], where))


def _event(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    name = document["event"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RuleRefused(f"{where}.event must be the name of an event such as view_item")
    for key in LATER_KEYS:
        if key in document:
            raise NotYet(f"{where}.{key} is not there yet")
    if "last" in document or "first" in document:
        return _recency(document, where, name)
    _only(document, where, "event", "measure", "op", "value", "within")
    measure, op = document.get("measure"), document.get("op")
    if measure in ("days", "sum", "avg", "min", "max", "distinct"):
        raise NotYet(f"{where}: the measure {measure} is not there yet; count is")
    if measure != "count" or op not in COMPARE:
        raise RuleRefused(f"{where} needs measure count and op, one of {', '.join(COMPARE)}")
    values = _numbers(document.get("value"), str(op), f"{where}.value")
    within = document.get("within")
    ms = None if within is None else span(within, f"{where}.within")
    return CountLeaf(name, str(op), values, ms, document=document)


def _recency(document: Mapping[str, Any], where: str, name: str) -> Rule:
    word = "first" if "first" in document else "last"
    _only(document, where, "event", word, "value", "or_never")
    if document[word] not in ("older_than", "newer_than"):
        raise RuleRefused(f"{where}.{word} must be older_than or newer_than")
    never = document.get("or_never", False)
    if not isinstance(never, bool):
        raise RuleRefused(f"{where}.or_never must be true or false")
    ms = span(document.get("value"), f"{where}.value")
    older = document[word] == "older_than"
    return RecencyLeaf(name, word == "first", older, ms, never, document=document)


def _sequence(document: Mapping[str, Any], where: str, depth: int) -> Rule:
    raise NotYet(f"{where}.sequence is not there yet")


FORMS: dict[str, Callable[[Mapping[str, Any], str, int], Rule]] = {
    "all": _group,
    "any": _group,
    "not": _not,
    "everyone": _everyone,
    "segment": _segment,
    "bucket": _bucket,
    "trait": _trait,
    "event": _event,
    "sequence": _sequence,
}


def span(value: object, where: str) -> int:
    """A span such as "30m" or "7d" in ms. Raises RuleRefused."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([smhdw])", value) if isinstance(value, str) else None
    if found is None:
        raise RuleRefused(f"{where} must be a span such as 30s, 30m, 6h, 7d or 4w")
    return int(found[1]) * SPANS[found[2]]


def _number(value: object, where: str, low: float = -1e15, high: float = 1e15) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise RuleRefused(f"{where} must be a number from {low:g} to {high:g}")
    return value


def _only(document: Mapping[str, Any], where: str, *known: str) -> None:
    unknown = sorted(str(key) for key in document if key not in known)
    if unknown:
        raise RuleRefused(
            f"{where} has unknown keys: {', '.join(unknown)}; known: {', '.join(known)}"
        )
