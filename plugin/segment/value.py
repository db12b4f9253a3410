"""What may a leaf compare with, and how is it read: numbers, texts, spans, moments?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.errors import RuleRefused
from plugin.segment.dates import read_moment
from plugin.segment.shape import LocalDay
from plugin.segment.text import fold
from plugin.segment.traits import BOOL, DATE, LIST, MONEY, NUMBER, TEXT
from plugin.shop import DAY, HOUR, MINUTE, SECOND

MOST_TEXTS = 1000
SPANS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
COMPARE = ("=", "!=", "<", "<=", ">", ">=", "between")
TEXTS = ("is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with")
AGES = ("newer_than", "older_than", "in_next", "anniversary_in_next")
DATES = ("before", "after", "on", "between", *AGES)
LISTS = ("has_any", "has_all", "has_none")
WHOLE = ("is", "is_not", "in", "not_in")  # compare whole texts, of which one may be empty
SET = ("set", "unset")
OPERATORS = {
    NUMBER: COMPARE,
    MONEY: COMPARE,
    TEXT: TEXTS,
    DATE: DATES,
    BOOL: ("is",),
    LIST: LISTS,
}


def kind_of(op: object, document: Mapping[str, Any]) -> str:
    """The kind of a value nobody described, as its operator and what it is compared with say."""
    value = document.get("value")
    if op == "between":
        return (
            DATE if isinstance(value, list) and any(isinstance(v, str) for v in value) else NUMBER
        )
    if op in COMPARE:
        return NUMBER
    if op in LISTS:
        return LIST
    if op in DATES:
        return DATE
    return BOOL if op == "is" and isinstance(value, bool) else TEXT


def operator(op: object, kind: str, where: str, name: str, *, free: bool) -> str:
    """The operator, checked against its kind; ``free``: any kind may be asked of ``name``."""
    known = (*OPERATORS[kind], *SET)
    if op not in known:
        if free:
            told = dict.fromkeys(one for kind in OPERATORS for one in (*OPERATORS[kind], *SET))
            known = tuple(told)
        raise RuleRefused(f"{where}.op must be one of {', '.join(known)} for {name}")
    return str(op)


def operands(
    document: Mapping[str, Any], op: str, kind: str, where: str, *, empty: bool = False
) -> tuple[Any, ...]:
    """What a leaf's ``value`` says: folded texts, numbers, ms or days. Raises RuleRefused.

    empty: what is compared may be an empty text, so that one can be asked for.
    """
    if op in SET:
        if "value" in document:
            raise RuleRefused(f"{where}.value must be left out: {op} compares with nothing")
        return ()
    value, where = document.get("value"), f"{where}.value"
    if kind in (NUMBER, MONEY):
        return numbers(value, op, where)
    if kind == BOOL:
        return (boolean(value, where),)
    if kind == DATE:
        return _dates(value, op, where)
    many = op in ("in", "not_in", *LISTS)
    texts = value if many else [value]
    if not isinstance(texts, list) or not 0 < len(texts) <= MOST_TEXTS:
        raise RuleRefused(f"{where} must be a list of 1 to 1,000 texts")
    return tuple("" if empty and op in WHOLE and one == "" else _text(one, where) for one in texts)


def numbers(value: object, op: str, where: str) -> tuple[float, ...]:
    """One number, or the two of ``between``, the lower first."""
    if op != "between":
        return (number(value, where),)
    if not isinstance(value, list) or len(value) != 2:
        raise RuleRefused(f"{where} must be two numbers, both included")
    low, high = number(value[0], where), number(value[1], where)
    if low > high:
        raise RuleRefused(f"{where} must be two numbers, the lower one first")
    return (low, high)


def number(value: object, where: str, low: float = -1e15, high: float = 1e15) -> float:
    """A number from ``low`` to ``high``. Raises RuleRefused."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise RuleRefused(f"{where} must be a number from {low:g} to {high:g}")
    return value


def boolean(value: object, where: str) -> bool:
    """True or false. Raises RuleRefused."""
    if not isinstance(value, bool):
        raise RuleRefused(f"{where} must be true or false")
    return value


def span(value: object, where: str) -> int:
    """A span such as "30m" or "7d" in ms. Raises RuleRefused."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([smhdw])", value) if isinstance(value, str) else None
    if found is None:
        raise RuleRefused(f"{where} must be a span such as 30s, 30m, 6h, 7d or 4w")
    return int(found[1]) * SPANS[found[2]]


def moment(value: object, where: str) -> int | LocalDay:
    """A moment (Unix ms), or a date without a zone. Raises RuleRefused."""
    if not isinstance(value, str):
        return int(number(value, f"{where} (Unix ms)", 0, 253_402_300_799_999))
    found = read_moment(value)
    if found is None:
        raise RuleRefused(
            f"{where} must be Unix ms, a time as 2026-11-24T09:00+09:00, or a day as 2026-11-24"
        )
    return found


def check_order(low: int | LocalDay, high: int | LocalDay, where: str) -> None:
    """Raises RuleRefused for a first moment that is surely after the second.

    Of one with a zone and one without, only the shop knows; a window of nothing holds nothing.
    """
    if isinstance(low, int) and isinstance(high, int):
        wrong = low > high
    elif isinstance(low, LocalDay) and isinstance(high, LocalDay):
        wrong = (low.day, low.ms or 0) > (high.day, DAY if high.ms is None else high.ms)
    else:
        wrong = False
    if wrong:
        raise RuleRefused(f"{where} must be two moments, the earlier one first")


def only(document: Mapping[str, Any], where: str, *known: str) -> None:
    """Raises RuleRefused for keys that are not ``known``."""
    unknown = sorted(str(key) for key in document if key not in known)
    if unknown:
        raise RuleRefused(
            f"{where} has unknown keys: {', '.join(unknown)}; known: {', '.join(known)}"
        )


def _text(value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        raise RuleRefused(f"{where} must be a text that is not empty")
    return fold(str(value))[:1024]


def _dates(value: object, op: str, where: str) -> tuple[int | LocalDay, ...]:
    if op in AGES:
        return (span(value, where),)
    moments = value if op == "between" else [value]
    if not isinstance(moments, list) or len(moments) != (2 if op == "between" else 1):
        raise RuleRefused(f"{where} must be two moments, from and until")
    found = tuple(moment(one, where) for one in moments)
    if op == "between":
        check_order(found[0], found[1], where)
    return found
