"""What is a rule made of?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rule:
    """A part of a rule. ``document``: as the owner wrote it; ``ready``: made of it once."""

    document: Any = field(compare=False, repr=False, kw_only=True, default=None)
    ready: dict[Any, Any] = field(compare=False, repr=False, init=False, default_factory=dict)


@dataclass(frozen=True)
class LocalDay:
    """A date that the owner wrote without a zone: read in the shop's.

    ``day``: days since 1970-01-01. ``ms``: the time of that day on the clock; None: all of it.
    """

    day: int
    ms: int | None = None


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
    """A trait compared. ``kind`` says how; ``values``: folded texts, numbers, dates or spans.

    A date is Unix ms or a ``LocalDay``; a span is ms.
    """

    trait: str
    op: str
    kind: str
    values: tuple[Any, ...] = ()
    include_unset: bool = False


@dataclass(frozen=True)
class Where:
    """One condition on an event: a param or an item's field, compared as a trait is."""

    param: str
    op: str
    kind: str
    values: tuple[Any, ...] = ()
    include_unset: bool = False


@dataclass(frozen=True)
class Window:
    """Which events count, by their time, which is never after now.

    ``within``: the last so many ms, half open (now - within, now]. ``since``, ``until``: both
    included; a ``LocalDay`` is the whole day. ``calendar``: today, yesterday, this_week, last_week,
    this_month or last_month. Nothing: all time.
    """

    within: int | None = None
    since: int | LocalDay | None = None
    until: int | LocalDay | None = None
    calendar: str | None = None


@dataclass(frozen=True)
class MeasureLeaf(Rule):
    """A figure over events of a name, compared: count, days, sum, avg, min, max or distinct."""

    event: str
    measure: str
    op: str
    values: tuple[float, ...]
    window: Window = Window()
    where: tuple[Where, ...] = ()
    of: str | None = None


@dataclass(frozen=True)
class RecencyLeaf(Rule):
    """Whether the last (or first) event of a name is older or newer than ``span`` ms."""

    event: str
    first: bool
    older: bool
    span: int
    or_never: bool = False
    where: tuple[Where, ...] = ()


@dataclass(frozen=True)
class SequenceLeaf(Rule):
    """Whether events of these names came one after the other, the last ``within`` ms of the first.

    ``within`` None: however long it took.
    """

    steps: tuple[str, ...]
    within: int | None = None


@dataclass(frozen=True)
class NotFollowedLeaf(Rule):
    """Whether ``within`` ms have passed after the newest ``event`` with no ``by`` in that time."""

    event: str
    by: str
    within: int


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


def leaves(rule: Rule) -> Iterator[Rule]:
    """The leaves of a rule, from left to right."""
    if isinstance(rule, (All, AnyOf)):
        for part in rule.parts:
            yield from leaves(part)
    elif isinstance(rule, Not):
        yield from leaves(rule.part)
    else:
        yield rule
