"""How is a rule with thresholds written once, filled with an owner's numbers, and known again?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from plugin.errors import DocumentRefused

LANGUAGES = ("en", "ko", "ja")
SHARE, PERCENTILE, COUNT = "share", "percentile", "count"
DAYS, HOURS, TIMES, POINTS = "days", "hours", "times", "points"
WHOLE = (PERCENTILE, COUNT, POINTS)  # units that have no fractions
Place = tuple["str | int", ...]


@dataclass(frozen=True)
class Words:
    """One text in the three languages of the owner's pages."""

    en: str
    ko: str
    ja: str

    def of(self, language: str) -> str:
        """The text in ``language``, in English for one we do not speak."""
        return str(getattr(self, language)) if language in LANGUAGES else self.en

    def all(self) -> dict[str, str]:
        """The text by language."""
        return {language: self.of(language) for language in LANGUAGES}


class ThresholdRefused(DocumentRefused):
    """A threshold outside its bounds, or (``other``) not below the one it must be below."""

    def __init__(self, knob: Knob, message: str, other: Knob | None = None) -> None:
        super().__init__(f"the threshold {knob.name} must be {message}")
        self.knob = knob
        self.other = other


@dataclass(frozen=True)
class Knob:
    """A number in a rule that the owner may set before adopting it.

    ``value``: as it comes. ``unit``: share (0 to 1), percentile (0 to 100), count, days, hours,
    times or points. ``low`` and ``high`` are allowed too; ``step``: of the field on the page.
    """

    name: str
    value: float
    label: Words
    unit: str
    low: float
    high: float
    step: float = 1

    def check(self, given: object) -> float:
        """``given`` as this knob's number. Raises ThresholdRefused with what is allowed."""
        good = isinstance(given, (int, float)) and not isinstance(given, bool)
        if not good or not self.low <= given <= self.high:  # type: ignore[operator]
            raise ThresholdRefused(self, f"a number from {self.low:g} to {self.high:g}")
        assert isinstance(given, (int, float))
        if self.unit in WHOLE and given != int(given):
            raise ThresholdRefused(self, "a whole number")
        return int(given) if given == int(given) else float(given)

    def said(self, value: float) -> str:
        """``value`` as people write it: a share in per cent."""
        return f"{value * 100:.4g}%" if self.unit == SHARE else f"{value:g}"


@dataclass(frozen=True)
class Threshold:
    """A knob and where in the rule its number stands, as ``("all", 0, "value")``."""

    knob: Knob
    place: Place


def trait(name: str, op: str, value: object = None, **more: object) -> dict[str, Any]:
    """A leaf over a trait; a value of None is left out (``set``, ``unset``)."""
    return {"trait": name, "op": op, **({} if value is None else {"value": value}), **more}


def thresholds(pattern: object, place: Place = ()) -> Iterator[Threshold]:
    """Every knob in ``pattern``, from left to right."""
    if isinstance(pattern, Knob):
        yield Threshold(pattern, place)
    elif isinstance(pattern, Mapping):
        for key, part in pattern.items():
            yield from thresholds(part, (*place, key))
    elif isinstance(pattern, list):
        for index, part in enumerate(pattern):
            yield from thresholds(part, (*place, index))


def filled(pattern: Any, values: Mapping[str, float]) -> Any:
    """The rule that ``pattern`` is with these ``values``; a knob that has none keeps its own."""
    if isinstance(pattern, Knob):
        return values.get(pattern.name, pattern.value)
    if isinstance(pattern, Mapping):
        return {key: filled(part, values) for key, part in pattern.items()}
    return [filled(part, values) for part in pattern] if isinstance(pattern, list) else pattern


def fitted(pattern: Any, rule: Any) -> dict[str, float] | None:
    """The values with which ``pattern`` is ``rule``; None: with none, somebody changed more.

    >>> fitted(trait("sessions_total", ">=", 3), {"trait": "sessions_total", "op": "<", "value": 3})
    """
    values: dict[str, float] = {}
    for one in thresholds(pattern):
        found = _at(rule, one.place)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            return None
        if values.setdefault(one.knob.name, found) != found:
            return None
    return values if filled(pattern, values) == rule else None


def checked(knobs: Mapping[str, Knob], given: object, rising: tuple[str, ...]) -> dict[str, float]:
    """A value for each of ``knobs``, of ``given`` or its own; those ``rising`` must rise.

    Raises DocumentRefused naming the threshold and what is allowed.
    """
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise DocumentRefused('thresholds must be an object such as {"views": 5}')
    unknown = sorted(str(name) for name in given if name not in knobs)
    if unknown:
        known = ", ".join(knobs) or "none"
        raise DocumentRefused(f"unknown thresholds: {', '.join(unknown)}; known: {known}")
    values = {name: knob.check(given.get(name, knob.value)) for name, knob in knobs.items()}
    for lower, higher in pairwise(rising):
        if values[lower] >= values[higher]:
            raise ThresholdRefused(knobs[lower], f"below {higher}", knobs[higher])
    return values


def _at(rule: Any, place: Place) -> Any:
    """What stands at ``place``; None: nothing does."""
    for key in place:
        try:
            rule = rule[key]
        except (KeyError, IndexError, TypeError):
            return None
    return rule
