"""What does a rule say of a person, worked out in the plainest way from the rule's own document?

Shares nothing with the program: it walks over all events for every question, compares local dates
as dates and money as decimals. Slow, and easy to believe.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
ITEM_FIELDS = (
    "item_id", "item_name", "item_category", "item_brand", "item_variant", "price", "quantity",
)  # fmt: skip
DATES = (
    "before", "after", "on", "newer_than", "older_than", "in_next", "anniversary_in_next",
)  # fmt: skip
PREDICTIONS = ("p_purchase_7d", "p_churn", "predicted_value_pct", "expected_next_order")


@dataclass
class Person:
    """Events as the shop sends them: name, at (Unix ms), params, items; money in major units."""

    events: list[dict[str, Any]]
    declared: dict[str, Any] = field(default_factory=dict)


@dataclass
class Oracle:
    """Answers for one shop."""

    zone: str
    currency: str

    def holds(self, rule: Any, who: Person, now: int, inside: dict[str, bool] | None = None) -> Any:
        """True, False, or None for what nobody knows."""
        if not any(event["at"] <= now for event in who.events):
            return False
        return self.part(rule, who, now, inside or {})

    def part(self, rule: Any, who: Person, now: int, inside: dict[str, bool]) -> Any:
        if "all" in rule:
            answers = [self.part(one, who, now, inside) for one in rule["all"]]
            return False if False in answers else None if None in answers else True
        if "any" in rule:
            answers = [self.part(one, who, now, inside) for one in rule["any"]]
            return True if True in answers else None if None in answers else False
        if "not" in rule:
            answer = self.part(rule["not"], who, now, inside)
            return None if answer is None else not answer
        if "everyone" in rule:
            return True
        if "segment" in rule:
            return inside.get(rule["segment"], False)
        if "trait" in rule:
            return self.trait(rule, who, now)
        if "sequence" in rule:
            return self.sequence(rule, who, now)
        if "not_followed_by" in rule:
            return self.not_followed(rule, who, now)
        if "measure" in rule:
            return self.measure(rule, who, now)
        return self.recency(rule, who, now)

    def trait(self, rule: Any, who: Person, now: int) -> Any:
        if rule["trait"] in PREDICTIONS:
            return None
        if rule["trait"] == "first_seen":
            value: Any = min(event["at"] for event in who.events)
        else:
            value = who.declared.get(rule["trait"])
        return self.fits(rule, value, now)

    def fits(self, rule: Any, value: Any, now: int) -> bool:
        """Whether one value satisfies a trait leaf or a condition."""
        op, to = rule["op"], rule.get("value")
        if op in ("set", "unset"):
            return (value is None) == (op == "unset")
        if value is not None:
            value = self.as_kind(op, to, value)
        if value is None:
            return op == "has_none" or rule.get("include_unset", False)
        return bool(self.compared(op, to, value, now))

    def as_kind(self, op: str, to: Any, value: Any) -> Any:
        """The value as the operator takes it; None when it is of another kind."""
        if op in DATES or (op == "between" and isinstance(to[0], str)):
            return self.moment(value)
        if op in ("=", "!=", "<", "<=", ">", ">=", "between"):
            number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
            return Decimal(str(value)) if number else None
        if op == "is" and isinstance(to, bool):
            return value if isinstance(value, bool) else None
        return plain(str(value).lower() if isinstance(value, bool) else str(value))

    def compared(self, op: str, to: Any, value: Any, now: int) -> bool:
        if op in ("has_any", "has_all", "has_none"):
            mine = {part.strip() for part in value.split(",")} - {""}
            asked = {plain(one) for one in to}
            return {
                "has_any": bool(mine & asked),
                "has_all": asked <= mine,
                "has_none": not mine & asked,
            }[op]
        if isinstance(value, (Moment, Day)):
            return self.dated(op, to, value, now)
        if isinstance(value, Decimal):
            return compare(op, value, to)
        if isinstance(value, bool):
            return value == to
        if op in ("in", "not_in"):
            return (value in [plain(one) for one in to]) == (op == "in")
        asked = plain(str(to))
        return {
            "is": value == asked,
            "is_not": value != asked,
            "contains": asked in value,
            "not_contains": asked not in value,
            "starts_with": value.startswith(asked),
            "ends_with": value.endswith(asked),
        }[op]

    def moment(self, value: Any) -> Moment | Day | None:
        """A date: a day of the calendar, or a moment."""
        if isinstance(value, bool):
            return None
        if isinstance(value, (int, float)):
            return Moment(int(value))
        try:
            if len(value) == 10:
                return Day(date.fromisoformat(value))
            at = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
        except ValueError:
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(self.zone))
        return Moment(ms_of(at))

    def dated(self, op: str, to: Any, value: Moment | Day, now: int) -> bool:
        if op == "in_next" or op == "anniversary_in_next":
            return self.ahead(op, to, value, now)
        at = self.begin(value)
        if op in ("newer_than", "older_than"):
            return (at <= now - span(to)) == (op == "older_than")
        if op == "on":
            asked = self.moment(to)
            return self.day_of(value) == self.day_of(asked)
        if op == "between":
            low, high = (self.moment(one) for one in to)
            return self.begin(low) <= at <= self.end(high)
        asked = self.moment(to)
        return at < self.begin(asked) if op == "before" else at > self.end(asked)

    def ahead(self, op: str, to: str, value: Moment | Day, now: int) -> bool:
        today, days = self.local_date(now), span(to) // 86_400_000
        if op == "in_next" and isinstance(value, Moment):
            return now < value.at <= now + span(to)
        if op == "in_next":
            dates = [self.day_of(value)]
        else:
            born = self.day_of(value)
            dates = [in_year(born, year) for year in range(today.year, today.year + 2)]
        if span(to) % 86_400_000 == 0:
            return any(today <= one <= today + timedelta(days=days) for one in dates)
        return any(
            today <= one and self.begin(Day(one)) <= now + span(to) for one in dates
        )  # hours and minutes are counted on the clock

    def local_date(self, at: int) -> date:
        return datetime.fromtimestamp(at / 1000, ZoneInfo(self.zone)).date()

    def day_of(self, value: Any) -> date:
        return value.day if isinstance(value, Day) else self.local_date(value.at)

    def begin(self, value: Any) -> int:
        """The first ms of a day or moment."""
        if isinstance(value, Moment):
            return value.at
        return ms_of(datetime.combine(value.day, datetime.min.time(), ZoneInfo(self.zone)))

    def end(self, value: Any) -> int:
        if isinstance(value, Moment):
            return value.at
        return self.begin(Day(value.day + timedelta(days=1))) - 1

    # Events

    def matching(self, rule: Any, who: Person, now: int) -> list[dict[str, Any]]:
        """The events of the rule's name by now, that satisfy every condition, in order."""
        found = [
            event
            for event in who.events
            if event["name"] == rule["event"]
            and event["at"] <= now
            and all(self.condition(one, event, now) for one in rule.get("where", []))
        ]
        return sorted(found, key=lambda event: (event["at"], event["id"]))

    def condition(self, one: Any, event: dict[str, Any], now: int) -> bool:
        values = self.values(one["param"], event)
        return any(self.fits(one, value, now) for value in values)

    def values(self, name: str, event: dict[str, Any]) -> list[Any]:
        """What an event says under a name, item by item where it is a field of items."""
        foreign = event["params"].get("currency", self.currency) != self.currency
        if name in ITEM_FIELDS:
            found = [item.get(name) for item in event["items"]]
        else:
            found = [event["params"].get(name)]
        if name in ("value", "price", "tax", "shipping", "discount") and foreign:
            return [None for _ in found]
        return found

    def within(self, rule: Any, event: dict[str, Any], now: int) -> bool:
        """Whether the event lies in the leaf's window."""
        at, calendar = event["at"], rule.get("calendar")
        if "within" in rule:
            return bool(now - span(rule["within"]) < at)
        if "since" in rule and at < self.begin(self.moment(rule["since"])):
            return False
        if "until" in rule and at > self.end(self.moment(rule["until"])):
            return False
        if calendar is None:
            return True
        day, today = self.local_date(at), self.local_date(now)
        week = timedelta(days=today.weekday())
        return {
            "today": day == today,
            "yesterday": day == today - timedelta(days=1),
            "this_week": day >= today - week,
            "last_week": today - week - timedelta(days=7) <= day < today - week,
            "this_month": (day.year, day.month) == (today.year, today.month),
            "last_month": (day.year * 12 + day.month) == today.year * 12 + today.month - 1,
        }[calendar]

    def measure(self, rule: Any, who: Person, now: int) -> bool:
        found = [e for e in self.matching(rule, who, now) if self.within(rule, e, now)]
        what = rule["measure"]
        if what == "count":
            return compare(rule["op"], len(found), rule["value"])
        if what == "days":
            days = {self.local_date(event["at"]) for event in found}
            return compare(rule["op"], len(days), rule["value"])
        told = [value for event in found for value in self.values(rule["of"], event)]
        told = [value for value in told if value is not None]
        if what == "distinct":
            return compare(rule["op"], len({(type(v) is bool, v) for v in told}), rule["value"])
        figures = [Decimal(str(v)) for v in told if type(v) in (int, float, Decimal)]
        if not figures:
            return False
        figure = {
            "sum": sum(figures),
            "avg": sum(figures) / len(figures),
            "min": min(figures),
            "max": max(figures),
        }[what]
        return compare(rule["op"], figure, rule["value"])

    def recency(self, rule: Any, who: Person, now: int) -> bool:
        times = [event["at"] for event in self.matching(rule, who, now)]
        if not times:
            return bool(rule.get("or_never", False))
        at, how = (min(times), rule["first"]) if "first" in rule else (max(times), rule["last"])
        return (at <= now - span(rule["value"])) == (how == "older_than")

    def sequence(self, rule: Any, who: Person, now: int) -> bool:
        """Every way to choose one event for each step is tried."""
        past = [event for event in who.events if event["at"] <= now]
        chains: list[list[int]] = [[]]
        for step in rule["sequence"]:
            times = [event["at"] for event in past if event["name"] == step]
            chains = [[*c, at] for c in chains for at in set(times) if not c or at > c[-1]]
        most = span(rule["within"]) if "within" in rule else None
        return any(most is None or chain[-1] - chain[0] <= most for chain in chains)

    def not_followed(self, rule: Any, who: Person, now: int) -> bool:
        past = [event for event in who.events if event["at"] <= now]
        firsts = [event["at"] for event in past if event["name"] == rule["event"]]
        if not firsts or now < max(firsts) + span(rule["within"]):
            return False
        return not any(
            max(firsts) < event["at"] <= max(firsts) + span(rule["within"])
            for event in past
            if event["name"] == rule["not_followed_by"]
        )


@dataclass(frozen=True)
class Moment:
    """A point in time, Unix ms."""

    at: int


@dataclass(frozen=True)
class Day:
    """A day of the calendar."""

    day: date


def compare(op: str, value: Any, to: Any) -> bool:
    """A number compared."""
    if op == "between":
        return bool(Decimal(str(to[0])) <= value <= Decimal(str(to[1])))
    one = Decimal(str(to))
    table: dict[str, Callable[[], Any]] = {
        "=": lambda: value == one,
        "!=": lambda: value != one,
        "<": lambda: value < one,
        "<=": lambda: value <= one,
        ">": lambda: value > one,
        ">=": lambda: value >= one,
    }
    return bool(table[op]())


def plain(text: str) -> str:
    """A text without its looks."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def span(text: str) -> int:
    """A span in ms."""
    return int(text[:-1]) * UNITS[text[-1]] * 1000


def ms_of(at: datetime) -> int:
    """Unix ms."""
    return round((at - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)


def in_year(born: date, year: int) -> date:
    """The anniversary in a year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
