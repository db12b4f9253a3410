"""What does a rule ask about one visitor?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec import field as struct_field

from plugin.collect.event import Item, Scalar
from plugin.profile.profile import Profile


class Happening(Struct, frozen=True, gc=False):
    """One event as rules see it. ``at``: Unix ms; ``value``: minor units of ``currency``."""

    at: int
    event_id: str
    params: dict[str, Scalar] = struct_field(default_factory=dict)
    items: tuple[Item, ...] = ()
    value: int | None = None
    currency: str | None = None
    transaction_id: str | None = None


@dataclass(frozen=True)
class Facts:
    """A visitor's profile, and the times (Unix ms, ascending) of its events by name.

    ``times`` holds the names that the rules ask for; a purchase counts once an order, and times
    after now are there too, for they will count one day. ``events``: the same events themselves,
    by (at, event_id), of the names of which rules ask for more (``rule.needs_events``).
    ``also``: what else rules ask for, by its name in ``storage.facts.ALSO``. ``found``: what was
    worked out from all this once.
    """

    profile: Profile
    times: Mapping[str, tuple[int, ...]]
    events: Mapping[str, tuple[Happening, ...]] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)
    found: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
