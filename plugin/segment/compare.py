"""Does one value satisfy an operator, be it a trait, a param or a field of an item?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from plugin.segment.dates import Moment, compared, date_of, resolved
from plugin.segment.text import fold
from plugin.segment.traits import BOOL, DATE, LIST, MONEY, NUMBER
from plugin.segment.value import AGES
from plugin.shop import exponent

Compare = Callable[[Any, Sequence[Any]], bool]
COMPARED: dict[str, Compare] = {
    "=": lambda value, to: value == to[0],
    "!=": lambda value, to: value != to[0],
    "<": lambda value, to: value < to[0],
    "<=": lambda value, to: value <= to[0],
    ">": lambda value, to: value > to[0],
    ">=": lambda value, to: value >= to[0],
    "between": lambda value, to: to[0] <= value <= to[1],
    "is": lambda value, to: value == to[0],
    "is_not": lambda value, to: value != to[0],
    "in": lambda value, to: value in to,
    "not_in": lambda value, to: value not in to,
    "contains": lambda value, to: to[0] in value,
    "not_contains": lambda value, to: to[0] not in value,
    "starts_with": lambda value, to: value.startswith(to[0]),
    "ends_with": lambda value, to: value.endswith(to[0]),
    "before": lambda value, to: value < to[0],
    "after": lambda value, to: value > to[0],
    "on": lambda value, to: to[0] <= value <= to[1],
    "has_any": lambda value, to: not value.isdisjoint(to),
    "has_all": lambda value, to: value.issuperset(to),
    "has_none": lambda value, to: value.isdisjoint(to),
}
folded = lru_cache(maxsize=2048)(fold)  # the same few words come again and again


def minor_amounts(amounts: Sequence[float], currency: str) -> tuple[float, ...]:
    """A rule's amounts of money (major units of ``currency``) as they are stored: minor units."""
    digits = exponent(currency)
    return tuple(float(Decimal(str(amount)).scaleb(digits)) for amount in amounts)


def declared_text(value: Any) -> str:
    """A declared value as text: "true" and "false" for booleans."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_number(value: Any) -> float | int | None:
    """A value as a number; None: it is none."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def parts_of(value: Any) -> frozenset[str]:
    """A value as a list: its text between commas, each part folded.

    >>> sorted(parts_of("Red, blue ,"))
    ['blue', 'red']
    """
    return frozenset(part for part in map(folded, folded(declared_text(value)).split(",")) if part)


def _as_text(value: Any) -> str:
    return folded(declared_text(value))


def _as_truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


READ: dict[str, Callable[[Any], Any]] = {
    NUMBER: as_number,
    MONEY: as_number,
    BOOL: _as_truth,
    DATE: date_of,
    LIST: parts_of,
}


def checker(
    op: str, kind: str, values: Sequence[Any], include_unset: bool, currency: str, zone: str
) -> Callable[[Any, int], Moment]:
    """A function of a value (None: unset) and now: whether it holds, and when that may turn.

    A value of another kind is unset; MONEY is in minor units of ``currency``.
    """
    if op in ("set", "unset"):
        wanted = op == "unset"
        return lambda value, now: ((value is None) is wanted, None)
    unset: Moment = (include_unset or op == "has_none", None)
    if kind == DATE:
        return _date_checker(op, resolved(op, values, zone), unset, zone)
    read: Callable[[Any], Any] = READ.get(kind, _as_text)
    compare = COMPARED[op]
    to = minor_amounts(values, currency) if kind == MONEY else tuple(values)
    yes, no = (True, None), (False, None)

    def check(value: Any, now: int) -> Moment:
        found = None if value is None else read(value)
        if found is None:
            return unset
        return yes if compare(found, to) else no

    return check


def _date_checker(
    op: str, to: tuple[int, ...], unset: Moment, zone: str
) -> Callable[[Any, int], Moment]:
    def check(value: Any, now: int) -> Moment:
        found = None if value is None else date_of(value)
        return unset if found is None else compared(op, to, found, now, zone)

    return check


def ages(op: str, kind: str) -> bool:
    """Whether the answer of an operator may turn by itself as time goes by."""
    return kind == DATE and op in AGES
