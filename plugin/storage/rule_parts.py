"""What do all parts of a rule's SQL share: parameters, comparing, and what Python decides?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from plugin.segment.compare import checker
from plugin.segment.shape import TraitLeaf, Where
from plugin.segment.text import stands_as_it_is
from plugin.segment.traits import TEXT
from plugin.shop import Shop
from plugin.storage import letters
from plugin.storage.engine import Tx
from plugin.storage.letters import Letters
from plugin.storage.rule_words import ITSELF, Words, words

# What each operator is in SQL: {0} the value, {1} and {2} what it is compared with.
OPERATORS = {
    "=": "{0} = {1}",
    "!=": "{0} <> {1}",
    "<": "{0} < {1}",
    "<=": "{0} <= {1}",
    ">": "{0} > {1}",
    ">=": "{0} >= {1}",
    "between": "{0} between {1} and {2}",
    "on": "{0} between {1} and {2}",
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
SET = ("set", "unset")
ASKS_FOR_A_TEXT = ("is", "in", "contains", "starts_with", "ends_with")
MOST_NEEDLES = 3
IN_NUMBERS = set("0123456789.e+-")


@dataclass
class Parts:
    """Gathers parameters while a rule's parts become SQL at a moment, in a look into the store."""

    tx: Tx
    shop: Shop
    now: int
    among: Sequence[int] | None = None  # the only visitors who will be asked; None: any may be
    params: dict[str, Any] = field(default_factory=dict)
    comes_back: bool = False  # whether SQLite asks Python of each event, which looks do in turn
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self._names: dict[Any, str] = {}
        self.params["now"] = self.now
        self.words = words(self.tx.dialect, self.bind)

    def bind(self, value: Any) -> str:
        """A parameter that holds ``value``; the same one for the same value."""
        key = (value.__class__, tuple(value) if isinstance(value, list) else value)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"v{len(self.params)}"
            self.params[name] = value
        return f":{name}"

    def compared(self, value: str, op: str, to: Sequence[Any]) -> str:
        """``value`` compared by the operator; null where it is null."""
        if op in ("in", "not_in"):
            return OPERATORS[op].format(value, self.bind(list(to)))
        if op in AROUND:
            before, after = AROUND[op]
            to = [before + to[0].translate(ITSELF) + after]
        return OPERATORS[op].format(value, *(self.bind(one) for one in to))

    def tested(self, leaf: TraitLeaf | Where, value: str, to: Sequence[Any]) -> str:
        """Whether a value satisfies a leaf: never unknown."""
        if leaf.op in SET:
            return f"({value} is {'not ' if leaf.op == 'set' else ''}null)"
        return f"coalesce({self.compared(value, leaf.op, to)}, {_word(leaf.include_unset)})"

    def perhaps(
        self, leaf: TraitLeaf | Where, whole: str, tested: str, seq: str | None = None
    ) -> str:
        """What is ``tested``, of a text, behind a look at whether it can stand in ``whole``.

        seq: of the event that ``whole`` is of, whose letters the clock may have read.
        """
        needles = leaf.values
        if leaf.op not in ASKS_FOR_A_TEXT or leaf.include_unset or leaf.kind != TEXT:
            return tested
        if len(needles) > MOST_NEEDLES or not all(map(_literal, needles)):
            return tested
        maybe = " or ".join(self.words.maybe(whole, one, self._known(one, seq)) for one in needles)
        return f"(({maybe}) and {tested})"

    def _known(self, needle: str, seq: str | None) -> str:
        """Whether the letters of an event are known, and none folds to the needle's."""
        if seq is None:
            return "false"
        if stands_as_it_is(needle, self._letters.odd):
            return f"{seq} <= {self.bind(self._letters.upto)}"
        self.comes_back |= not needle.isascii()
        return "false"

    @cached_property
    def _letters(self) -> Letters:
        return letters.known(self.tx)

    def decided(self, leaf: TraitLeaf | Where, value: str, known: Sequence[tuple[str, Any]]) -> str:
        """Whether a value is one that Python finds to satisfy the leaf.

        known: every value there is, as ``value`` has it and as Python has it (None: unset).
        """
        satisfies = self.checker(leaf)
        good = sorted(told for told, meant in known if satisfies(meant))
        found = f"{value} in texts({self.bind(good)})" if good else "false"
        unset = _word(satisfies(None))
        return f"(case when {value} is null then {unset} else {found} end)"

    def checker(self, leaf: TraitLeaf | Where) -> Callable[[Any], bool]:
        """Whether a value (None: unset) satisfies a leaf now, as Python has it."""
        currency, zone = self.shop.currency, self.shop.timezone
        check = checker(leaf.op, leaf.kind, leaf.values, leaf.include_unset, currency, zone)
        return lambda value: check(value, self.now)[0]


def _literal(needle: str) -> bool:
    """Whether a folded text stands in JSON as it is, whatever it was folded from in ASCII.

    A number is written in JSON in another way than as a text.
    """
    return needle.isprintable() and not {'"', "\\"} & {*needle} and not {*needle} <= IN_NUMBERS


def _word(truth: bool) -> str:
    return "true" if truth else "false"
