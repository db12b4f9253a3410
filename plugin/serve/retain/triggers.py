"""At which moments can a popup open?

To add one: a line in ``TRIGGERS`` here, and a function of the same name in the table of triggers of
``static/src/page.js``, which waits for the moment in the browser. Nothing else names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import DocumentRefused, NotYet
from plugin.serve.document import Document

# The contract's names that have no line below yet.
NOT_YET = (
    "scroll", "idle", "tab_return", "nth_page", "add_to_cart", "cart_value", "click", "event",
    "zero_results", "segment_entered",
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One number of a trigger: what it is when absent, and its bounds, both included."""

    absent: float
    low: float
    high: float


@dataclass(frozen=True)
class TriggerKind:
    """A moment: ``says`` is for owners, ``numbers`` what may be set, by name."""

    says: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


TRIGGERS: dict[str, TriggerKind] = {
    "load": TriggerKind("as soon as the page is there"),
    "time": TriggerKind("so many seconds on the page", {"seconds": Number(5, 0, 3_600)}),
    "exit": TriggerKind(
        "when the pointer leaves upwards or a phone scrolls up fast, not before so many seconds",
        {"seconds": Number(3, 0, 3_600)},
    ),
}


@dataclass(frozen=True)
class Trigger:
    """When a popup opens: ``on`` is a name of ``TRIGGERS``, ``numbers`` its numbers."""

    on: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def as_doc(self) -> dict[str, Any]:
        """The trigger as the contract writes it: {"on": "exit", "seconds": 3}."""
        return {"on": self.on, **self.numbers}


def read_trigger(raw: object, where: str) -> Trigger:
    """The trigger that ``raw`` describes. Raises DocumentRefused, or NotYet for those to come."""
    on = raw.get("on") if isinstance(raw, Mapping) else None
    if isinstance(on, str) and on in NOT_YET:
        raise NotYet(f"{where}: {on} is not there yet; take one of {', '.join(TRIGGERS)}")
    if isinstance(raw, Mapping) and (not isinstance(on, str) or on not in TRIGGERS):
        named = "is missing" if on is None else f"is {str(on)[:40]!r}"
        raise DocumentRefused(f"{where}.on {named}; known: {', '.join(TRIGGERS)}")
    numbers = TRIGGERS[str(on)].numbers if on is not None else {}
    one = Document(raw, where, ("on", *numbers))
    return Trigger(
        str(on), {key: one.number(key, n.low, n.high, n.absent) for key, n in numbers.items()}
    )
