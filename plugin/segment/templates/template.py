"""What is a template: whom it finds, what for, and which of its numbers an owner may set?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.errors import NotYet
from plugin.segment.rule import Rule, leaves, read_rule
from plugin.segment.shape import AnyOf, TraitLeaf
from plugin.segment.templates.pattern import (
    PERCENTILE,
    Knob,
    Threshold,
    Words,
    checked,
    filled,
    fitted,
    thresholds,
)
from plugin.segment.traits import PREDICTIONS

READY, LATER, WAITS = "ready", "not_yet", "waits_for_predictions"


@dataclass(frozen=True)
class Model:
    """One of the seven ways to group people."""

    slug: str
    name: Words
    about: Words  # one sentence


@dataclass(frozen=True)
class Template:
    """A segment ready to adopt. ``key`` becomes its slug.

    ``who``: one sentence of who is in it, with ``{knob}`` for the numbers; ``use``: what for.
    ``pattern``: its rule, with knobs for the numbers. ``rising``: knobs each below the next.
    """

    key: str
    model: str
    name: Words
    who: Words
    use: Words
    pattern: Mapping[str, Any]
    rising: tuple[str, ...] = ()

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The numbers the owner may set, from left to right."""
        return tuple(thresholds(self.pattern))

    @cached_property
    def knobs(self) -> dict[str, Knob]:
        """The knobs by name."""
        return {one.knob.name: one.knob for one in self.thresholds}

    def values(self, given: object = None) -> dict[str, float]:
        """A value for each knob: of ``given``, or as it comes. Raises DocumentRefused."""
        return checked(self.knobs, given, self.rising)

    def rule(self, values: Mapping[str, float] | None = None) -> dict[str, Any]:
        """The rule's document with these ``values`` (of ``values()``), or as it comes."""
        found: dict[str, Any] = filled(self.pattern, values or {})
        return found

    def fits(self, rule: object) -> dict[str, float] | None:
        """The values with which this template is ``rule``; None: it is another rule."""
        return fitted(self.pattern, rule)

    def says(self, language: str, values: Mapping[str, float] | None = None) -> str:
        """Who is in it, in ``language``, with the numbers of ``values`` or its own."""
        return self.who.of(language).format(**_numbers(self.knobs, values or {}))

    @cached_property
    def predicted(self) -> frozenset[str]:
        """The predictions it asks for; until somebody makes them, that part is unknown."""
        return frozenset(_traits(self.pattern)) & PREDICTIONS

    @cached_property
    def state(self) -> str:
        """Whether it can be asked: ready, not_yet (a trait is to come), waits_for_predictions."""
        try:
            rule = read_rule(self.rule())
        except NotYet:
            return LATER
        return WAITS if _waits(rule) else READY


def _waits(rule: Rule) -> bool:
    """Whether nobody can be in it as long as nobody makes predictions."""
    if isinstance(rule, AnyOf):
        return all(_waits(part) for part in rule.parts)
    return any(isinstance(leaf, TraitLeaf) and leaf.trait in PREDICTIONS for leaf in leaves(rule))


def _traits(pattern: Any) -> Iterator[str]:
    """The traits that a pattern names."""
    if isinstance(pattern, Mapping):
        if "trait" in pattern:
            yield pattern["trait"]
        pattern = list(pattern.values())
    if isinstance(pattern, list):
        for part in pattern:
            yield from _traits(part)


def _numbers(knobs: Mapping[str, Knob], values: Mapping[str, float]) -> dict[str, str]:
    """The numbers by name; a percentile also as the part above it: ``{line_top}``."""
    found: dict[str, str] = {}
    for name, knob in knobs.items():
        value = values.get(name, knob.value)
        found[name] = knob.said(value)
        if knob.unit == PERCENTILE:
            found[f"{name}_top"] = f"{100 - value:g}%"
    return found
