"""What does one leaf of a rule say, read from its document and checked?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.errors import RuleRefused
from plugin.segment.shape import (
    Bucket,
    Everyone,
    MeasureLeaf,
    NotFollowedLeaf,
    RecencyLeaf,
    Rule,
    SegmentLeaf,
    SequenceLeaf,
    TraitLeaf,
    Where,
)
from plugin.segment.traits import MONEY, NUMBER, PREDICTIONS, TEXT, known_trait
from plugin.segment.value import (
    COMPARE,
    boolean,
    kind_of,
    number,
    numbers,
    only,
    operands,
    operator,
    span,
)
from plugin.segment.window import KEYS, read_window

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
MEASURES = ("count", "days", "sum", "avg", "min", "max", "distinct")
OF_A_PARAM = MEASURES[2:]
ITEM_TEXTS = {
    "item_id": "item_id",
    "item_name": "name",
    "item_category": "category",
    "item_brand": "brand",
    "item_variant": "variant",
}
ITEM_FIELDS = {**ITEM_TEXTS, "price": "price", "quantity": "quantity"}
KINDS = {
    **dict.fromkeys((*ITEM_TEXTS, "currency", "transaction_id"), TEXT),
    "price": MONEY,
    "value": MONEY,
    "quantity": NUMBER,
}
NEVER_EMPTY = ("currency", "transaction_id", "item_id")
MOST_CONDITIONS = 10
FEWEST_STEPS, MOST_STEPS = 2, 10


def everyone(document: Mapping[str, Any], where: str) -> Rule:
    """The leaf that holds for everybody."""
    only(document, where, "everyone")
    if document["everyone"] is not True:
        raise RuleRefused(f"{where}.everyone must be true")
    return Everyone(document=document)


def segment(document: Mapping[str, Any], where: str) -> Rule:
    """A leaf over another segment."""
    only(document, where, "segment")
    slug = document["segment"]
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise RuleRefused(f"{where}.segment must be the slug of a segment")
    return SegmentLeaf(slug, document=document)


def bucket(document: Mapping[str, Any], where: str) -> Rule:
    """A leaf over a fixed share of visitors."""
    only(document, where, "bucket", "below")
    salt = document["bucket"]
    if not isinstance(salt, str) or not 0 < len(salt) <= 80:
        raise RuleRefused(f"{where}.bucket must be a text of 1 to 80 letters")
    return Bucket(salt, number(document.get("below"), f"{where}.below", 0, 100), document=document)


def trait(document: Mapping[str, Any], where: str) -> Rule:
    """A leaf over a trait."""
    only(document, where, "trait", "op", "value", "include_unset")
    name, op = document["trait"], document.get("op")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RuleRefused(f"{where}.trait must be a name such as country")
    known = known_trait(name)
    fixed = known.kind if known else NUMBER if name in PREDICTIONS else None
    kind = fixed or kind_of(op, document)
    op = operator(op, kind, where, f"the trait {name}", free=fixed is None)
    include = boolean(document.get("include_unset", False), f"{where}.include_unset")
    values = operands(document, op, kind, where, empty=fixed is None)
    return TraitLeaf(name, op, kind, values, include, document=document)


def event(document: Mapping[str, Any], where: str) -> Rule:
    """A leaf over events of a name: a figure, how long ago, or what did not follow."""
    _event_name(document["event"], f"{where}.event")
    if "not_followed_by" in document:
        return _not_followed(document, where)
    if "last" in document or "first" in document:
        return _recency(document, where)
    return _measure(document, where)


def _event_name(value: object, where: str) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise RuleRefused(f"{where} must be the name of an event such as view_item")
    return value


def _measure(document: Mapping[str, Any], where: str) -> Rule:
    only(document, where, "event", "measure", "of", "op", "value", "where", *KEYS)
    measure, op = document.get("measure"), document.get("op")
    if measure not in MEASURES:
        raise RuleRefused(
            f"{where}.measure must be one of {', '.join(MEASURES)};"
            " or ask for last, first or not_followed_by"
        )
    if op not in COMPARE:
        raise RuleRefused(f"{where}.op must be one of {', '.join(COMPARE)}")
    return MeasureLeaf(
        document["event"],
        measure,
        str(op),
        numbers(document.get("value"), str(op), f"{where}.value"),
        read_window(document, where),
        _conditions(document, where),
        _of(document, measure, where),
        document=document,
    )


def _of(document: Mapping[str, Any], measure: str, where: str) -> str | None:
    if measure not in OF_A_PARAM:
        if "of" in document:
            raise RuleRefused(f"{where}.of must be left out: {measure} counts the events")
        return None
    name = document.get("of")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RuleRefused(f"{where}.of must be the name of a param such as value: {measure} of it")
    return name


def _conditions(document: Mapping[str, Any], where: str) -> tuple[Where, ...]:
    if "where" not in document:
        return ()
    told = document["where"]
    if not isinstance(told, list) or not 0 < len(told) <= MOST_CONDITIONS:
        raise RuleRefused(f"{where}.where must be a list of 1 to {MOST_CONDITIONS} conditions")
    return tuple(_condition(one, f"{where}.where[{place}]") for place, one in enumerate(told))


def _condition(document: object, where: str) -> Where:
    if not isinstance(document, Mapping):
        raise RuleRefused(
            f'{where} must be an object such as {{"param": "price", "op": ">", "value": 10}}'
        )
    only(document, where, "param", "op", "value", "include_unset")
    name, op = document.get("param"), document.get("op")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RuleRefused(f"{where}.param must be a name such as item_category")
    kind = KINDS.get(name) or kind_of(op, document)
    op = operator(op, kind, where, f"the param {name}", free=name not in KINDS)
    include = boolean(document.get("include_unset", False), f"{where}.include_unset")
    values = operands(document, op, kind, where, empty=name not in NEVER_EMPTY)
    return Where(name, op, kind, values, include)


def _recency(document: Mapping[str, Any], where: str) -> Rule:
    word = "first" if "first" in document else "last"
    only(document, where, "event", word, "value", "or_never", "where")
    if document[word] not in ("older_than", "newer_than"):
        raise RuleRefused(f"{where}.{word} must be older_than or newer_than")
    return RecencyLeaf(
        document["event"],
        word == "first",
        document[word] == "older_than",
        span(document.get("value"), f"{where}.value"),
        boolean(document.get("or_never", False), f"{where}.or_never"),
        _conditions(document, where),
        document=document,
    )


def _not_followed(document: Mapping[str, Any], where: str) -> Rule:
    only(document, where, "event", "not_followed_by", "within")
    by = _event_name(document["not_followed_by"], f"{where}.not_followed_by")
    within = span(document.get("within"), f"{where}.within")
    return NotFollowedLeaf(document["event"], by, within, document=document)


def sequence(document: Mapping[str, Any], where: str) -> Rule:
    """A leaf over events one after the other."""
    only(document, where, "sequence", "within")
    steps = document["sequence"]
    if not isinstance(steps, list) or not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        raise RuleRefused(
            f"{where}.sequence must be a list of {FEWEST_STEPS} to {MOST_STEPS} names of events"
        )
    names = tuple(_event_name(one, f"{where}.sequence[{i}]") for i, one in enumerate(steps))
    within = span(document["within"], f"{where}.within") if "within" in document else None
    return SequenceLeaf(names, within, document=document)
