"""Which events of a visitor does a leaf look at, and what of each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from plugin.segment.compare import ages, as_number, checker
from plugin.segment.facts import Facts, Happening
from plugin.segment.leaf import ITEM_FIELDS
from plugin.segment.shape import Where
from plugin.shop import local_day

AMOUNTS = ("tax", "shipping", "discount")  # params that are money, in major units
DISTINCT = "distinct"
Values = tuple[Any, ...]


class Chosen(NamedTuple):
    """The events that satisfy a leaf's conditions: their times, ids, and the values asked for.

    ``values``: one tuple for each event. ``turns``: when a condition on an age may choose others.
    """

    times: Sequence[int]
    ids: Sequence[str] = ()
    values: Sequence[Values] = ()
    turns: int | None = None


NOTHING = Chosen(())


class Selection:
    """The events of a name that satisfy ``where``, and of each what ``measure`` of ``of`` needs."""

    def __init__(
        self,
        event: str,
        where: tuple[Where, ...],
        measure: str,
        of: str | None,
        currency: str,
        zone: str,
    ) -> None:
        self.event = event
        self.zone = zone
        self.conditions = [_condition(one, currency, zone) for one in where]
        self.ageing = any(ages(one.op, one.kind) for one in where)
        self.days = measure == "days"
        self.of = None if of is None else _of(measure, of, currency)
        self.plain = not where and of is None

    def chosen(self, facts: Facts, now: int) -> Chosen:
        """The events of one visitor, ascending; worked out once where now is no matter."""
        key = (self, now) if self.ageing else self
        found: Chosen | None = facts.found.get(key)
        if found is None:
            found = facts.found[key] = (
                self._times(facts) if self.plain else self._events(facts, now)
            )
        return found

    def _times(self, facts: Facts) -> Chosen:
        times = facts.times.get(self.event, ())
        return Chosen(times, (), self._days(times) if self.days else ())

    def _days(self, times: Sequence[int]) -> list[Values]:
        return [(local_day(at, self.zone),) for at in times]

    def _events(self, facts: Facts, now: int) -> Chosen:
        told = facts.events.get(self.event, ())
        kept, turns = (self._satisfying(told, now)) if self.conditions else (told, None)
        times = [one.at for one in kept]
        values: Sequence[Values] = ()
        if self.of is not None:
            values = [self.of(one) for one in kept]
        elif self.days:
            values = self._days(times)
        return Chosen(times, [one.event_id for one in kept], values, turns)

    def _satisfying(
        self, told: Sequence[Happening], now: int
    ) -> tuple[Sequence[Happening], int | None]:
        kept, turns = [], None
        for one in told:
            holds = True
            for condition in self.conditions:
                fits, turn = condition(one, now)
                if turn is not None and (turns is None or turn < turns):
                    turns = turn
                if not fits:
                    holds = False
                    if not self.ageing:
                        break
            if holds:
                kept.append(one)
        return kept, turns


@lru_cache(maxsize=4096)
def selection(
    event: str, where: tuple[Where, ...], measure: str, of: str | None, currency: str, zone: str
) -> Selection:
    """The one selection of all leaves that look at the same of the same events."""
    kind = measure if measure in ("days", DISTINCT) else "" if of is None else "number"
    return Selection(event, where, kind, of, currency, zone)


def _condition(
    where: Where, currency: str, zone: str
) -> Callable[[Happening, int], tuple[bool, int | None]]:
    """Whether an event satisfies the condition, and when that may turn.

    A field of the items is satisfied by any item; an event without items has none that does.
    """
    read = _reader(where.param, currency)
    check = checker(where.op, where.kind, where.values, where.include_unset, currency, zone)

    def single(one: Happening, now: int) -> tuple[bool, int | None]:
        return check(read(one)[0], now)

    def of_items(one: Happening, now: int) -> tuple[bool, int | None]:
        return any(check(value, now)[0] for value in read(one)), None

    return of_items if where.param in ITEM_FIELDS else single


def _reader(name: str, currency: str) -> Callable[[Happening], Values]:
    """What an event says under ``name``: the values of its items, or its one value (None: unset).

    Money in another currency than the shop's is unset.
    """

    def ours(one: Happening) -> bool:
        return one.currency is None or one.currency == currency

    if name in ITEM_FIELDS:
        field = ITEM_FIELDS[name]
        if name == "price":
            return lambda one: tuple(i.price if ours(one) else None for i in one.items)
        return lambda one: tuple(getattr(item, field) for item in one.items)
    if name == "value":
        return lambda one: (one.value if ours(one) else None,)
    if name in ("currency", "transaction_id"):
        return lambda one: (getattr(one, name),)
    if name in AMOUNTS:
        return lambda one: (one.params.get(name) if ours(one) else None,)
    return lambda one: (one.params.get(name),)


def _of(measure: str, name: str, currency: str) -> Callable[[Happening], Values]:
    """The values of ``name`` that an event adds to a figure."""
    read = _reader(name, currency)
    if measure == DISTINCT:
        return lambda one: tuple(_key(value) for value in read(one) if value is not None)
    return lambda one: tuple(
        _whole(value) for value in map(as_number, read(one)) if value is not None
    )


def _key(value: Any) -> Any:
    """A value as it is told from others, letter by letter; True is not 1."""
    return ("truth", value) if isinstance(value, bool) else value


def _whole(value: float | int) -> float | int:
    """A number as an integer where it is one, so that sums are exact."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
