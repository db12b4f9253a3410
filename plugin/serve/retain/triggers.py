"""At which moments can a popup open?

To add one: a line in ``TRIGGERS`` here, and a function of the same name in the table of triggers of
``static/src/moments.js``, which waits for the moment in the browser. Nothing else names them, but
for ``reach.DECIDED_HERE``, where the server decides whether one has come, and
``rehearsal.COMES``, where a rehearsal guesses from the log whether the moment came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.errors import DocumentRefused
from plugin.serve.document import Document

SEGMENT_ENTERED = "segment_entered"  # the one that the server decides
MOST_TRIGGERS = 5
_EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Number:
    """One number of a trigger: its bounds, both included, and what it is when absent.

    ``absent`` None: it must be said.
    """

    absent: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Text:
    """One text of a trigger: what it may look like, how to say so, and whether it may be absent."""

    pattern: re.Pattern[str]
    says: str
    optional: bool = False


@dataclass(frozen=True)
class TriggerKind:
    """A moment: ``says`` is for owners, ``keys`` what may be set, by name."""

    says: str
    keys: Mapping[str, Number | Text] = field(default_factory=dict)


SECONDS = 3_600
TRIGGERS: dict[str, TriggerKind] = {
    "load": TriggerKind("as soon as the page is there"),
    "time": TriggerKind("so many seconds on the page", {"seconds": Number(5, 0, SECONDS)}),
    "scroll": TriggerKind("so far down the page", {"percent": Number(50, 1, 100)}),
    "exit": TriggerKind(
        "when the pointer leaves upwards or a phone scrolls up fast, not before so many seconds",
        {"seconds": Number(3, 0, SECONDS)},
    ),
    "idle": TriggerKind("so many seconds without a touch", {"seconds": Number(30, 1, SECONDS)}),
    "tab_return": TriggerKind(
        "back from another tab after so many seconds", {"seconds": Number(5, 0, SECONDS)}
    ),
    "nth_page": TriggerKind("on the page of the visit that is told", {"pages": Number(2, 1, 100)}),
    "add_to_cart": TriggerKind("when something was put into the cart"),
    "cart_value": TriggerKind("once the cart is worth so much", {"value": Number(None, 0, 1e12)}),
    "click": TriggerKind(
        "at a click on an element",
        {"selector": Text(re.compile(r"[^\x00-\x1f{}]{1,200}"), "a CSS selector such as #help")},
    ),
    "event": TriggerKind(
        "when the page reports an event", {"event": Text(_EVENT, "an event's name such as search")}
    ),
    "zero_results": TriggerKind("after a search that found nothing"),
    SEGMENT_ENTERED: TriggerKind(
        "when the visitor has come into a segment in this visit",
        {"segment": Text(_SLUG, "a segment's slug", optional=True)},
    ),
}


@dataclass(frozen=True)
class Trigger:
    """When a popup opens: ``on`` is a name of ``TRIGGERS``, ``told`` what was set of its keys."""

    on: str
    told: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def segment(self) -> str | None:
        """The segment that must have been entered; None: that of the audience, or else any."""
        found = self.told.get("segment")
        return str(found) if found is not None else None

    def as_doc(self) -> dict[str, Any]:
        """The trigger as the contract writes it: {"on": "exit", "seconds": 3}."""
        return {"on": self.on, **self.told}

    def public(self) -> dict[str, Any]:
        """The same as a storefront may read it: it names no segment."""
        return {key: value for key, value in self.as_doc().items() if key != "segment"}


def read_triggers(raw: object, where: str) -> tuple[Trigger, ...]:
    """The triggers that ``raw`` describes: one, or a list of which the first that comes opens it.

    Raises DocumentRefused.
    """
    if not isinstance(raw, list):
        return (_read(raw, where),)
    if not 1 <= len(raw) <= MOST_TRIGGERS:
        raise DocumentRefused(f"{where} must hold 1 to {MOST_TRIGGERS} triggers, not {len(raw)}")
    found = tuple(_read(one, f"{where}[{place}]") for place, one in enumerate(raw))
    return tuple(one for place, one in enumerate(found) if one not in found[:place])


def triggers_doc(triggers: Sequence[Trigger], *, public: bool = False) -> Any:
    """One trigger as an object, several as a list; ``public``: as a storefront may read them."""
    docs = [one.public() if public else one.as_doc() for one in triggers]
    return docs[0] if len(docs) == 1 else docs


def _read(raw: object, where: str) -> Trigger:
    on = raw.get("on") if isinstance(raw, Mapping) else None
    if isinstance(raw, Mapping) and (not isinstance(on, str) or on not in TRIGGERS):
        named = "is missing" if on is None else f"is {str(on)[:40]!r}"
        raise DocumentRefused(f"{where}.on {named}; known: {', '.join(TRIGGERS)}")
    keys = TRIGGERS[str(on)].keys if on is not None else {}
    one = Document(raw, where, ("on", *keys))
    read = {key: _value(one, key, what) for key, what in keys.items()}
    return Trigger(str(on), {key: value for key, value in read.items() if value is not None})


def _value(one: Document, key: str, what: Number | Text) -> float | str | None:
    if isinstance(what, Number):
        return one.number(key, what.low, what.high, what.absent)
    text = one.optional(key) if what.optional else one.text(key)
    if text is not None and not what.pattern.fullmatch(text):
        raise one.refused(key, f"must be {what.says}")
    return text
