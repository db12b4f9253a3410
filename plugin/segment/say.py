"""What does a rule say, in short plain words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
)
from plugin.shop import DAY, HOUR, MINUTE, SECOND, local_time

UNITS = (
    (7 * DAY, "weeks"),
    (DAY, "days"),
    (HOUR, "hours"),
    (MINUTE, "minutes"),
    (SECOND, "seconds"),
)


def as_text(rule: Rule) -> str:
    """The rule in short plain words, such as "orders_total >= 3 and not in segment vip"."""
    if isinstance(rule, (All, AnyOf)):
        word = " and " if isinstance(rule, All) else " or "
        return word.join(_in_brackets(part) for part in rule.parts)
    if isinstance(rule, Not):
        return f"not {_in_brackets(rule.part)}"
    return _leaf(rule)


def _in_brackets(part: Rule) -> str:
    text = as_text(part)
    return f"({text})" if isinstance(part, (All, AnyOf)) and len(part.parts) > 1 else text


def _leaf(leaf: Rule) -> str:
    if isinstance(leaf, TraitLeaf):
        return _compared(leaf.trait, _document(leaf), leaf.include_unset)
    if isinstance(leaf, MeasureLeaf):
        return _measure(leaf)
    if isinstance(leaf, RecencyLeaf):
        which, age = ("first" if leaf.first else "last"), ("older" if leaf.older else "newer")
        never = " or never" if leaf.or_never else ""
        return f"{which} {events_text(leaf)} {age} than {span_text(leaf.span)}{never}"
    if isinstance(leaf, SequenceLeaf):
        within = "" if leaf.within is None else f" within {span_text(leaf.within)}"
        return " then ".join(leaf.steps) + within
    if isinstance(leaf, NotFollowedLeaf):
        return f"{leaf.event} not followed by {leaf.by} within {span_text(leaf.within)}"
    if isinstance(leaf, SegmentLeaf):
        return f"in segment {leaf.slug}"
    if isinstance(leaf, Bucket):
        return f"in the {leaf.below:g} % of {leaf.salt}"
    return "everyone"


def _document(leaf: Rule) -> Mapping[str, Any]:
    return leaf.document if isinstance(leaf.document, Mapping) else {}


def _compared(name: str, document: Mapping[str, Any], include_unset: bool) -> str:
    """A name, its operator and what it is compared with, as the owner wrote them."""
    op, raw = str(document.get("op", "")), document.get("value")
    told = ""
    if isinstance(raw, list):
        told = (" and " if op == "between" else ", ").join(map(value_text, raw))
    elif raw is not None:
        told = value_text(raw)
    unset = " or unset" if include_unset else ""
    return f"{name} {op.replace('_', ' ')} {told}".strip() + unset


def value_text(value: object) -> str:
    """A value as it was written; an empty text in quotes, so that it can be seen."""
    return '""' if value == "" else str(value)


def events_text(leaf: MeasureLeaf | RecencyLeaf) -> str:
    """The events a leaf looks at: "view_item where item_category is shoes"."""
    told = _document(leaf).get("where", ())
    conditions = [
        _compared(one.param, document, one.include_unset)
        for one, document in zip(leaf.where, told, strict=False)
    ]
    return f"{leaf.event} where {' and '.join(conditions)}" if conditions else leaf.event


def _measure(leaf: MeasureLeaf) -> str:
    told = " and ".join(f"{value:g}" for value in leaf.values)
    window, events = window_text(leaf), events_text(leaf)
    if leaf.measure == "count":
        return f"{events} {leaf.op} {told} times{window}"
    if leaf.measure == "days":
        return f"{events} on {leaf.op} {told} days{window}"
    what = "distinct" if leaf.measure == "distinct" else f"{leaf.measure} of"
    return f"{what} {leaf.of} of {events} {leaf.op} {told}{window}"


def window_text(leaf: MeasureLeaf) -> str:
    """When the events count: " in 1 week", " this month", " since 2026-11-01"; all time: ""."""
    window, document = leaf.window, _document(leaf)
    if window.within is not None:
        return f" in {span_text(window.within)}"
    if window.calendar is not None:
        return f" {window.calendar.replace('_', ' ')}"
    return "".join(f" {key} {document[key]}" for key in ("since", "until") if key in document)


def span_text(ms: int) -> str:
    """A span of time: "1 week", "36 hours"."""
    for unit, word in UNITS:
        if ms >= unit and (ms % unit == 0 or unit <= DAY):
            count = round(ms / unit, 1)
            return f"{count:g} {word.removesuffix('s') if count == 1 else word}"
    return "less than a second"


def moment_text(at: int, zone: str) -> str:
    """A moment on the shop's clock: "3 December 2026 09:00"; a day's first: "3 December 2026"."""
    when = local_time(at, zone)
    clock = "" if (when.hour, when.minute, when.second) == (0, 0, 0) else f" {when:%H:%M}"
    return f"{when.day} {when:%B %Y}{clock}"
