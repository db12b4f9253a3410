"""What is one event, once it has been read and found good?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, convert, field

Scalar = str | int | float | bool


# Structs, because one is made for every event and line of every request, and again in the process
# that writes: eight times cheaper than frozen dataclasses, and read from a message as they are.
class Item(Struct, frozen=True, gc=False, omit_defaults=True):
    """One product line of an event. ``price``: one unit, minor units of the event's currency.

    A text that was sent empty is empty, one that was not sent is None: rules tell them apart.
    """

    item_id: str
    name: str | None = None
    brand: str | None = None
    category: str | None = None  # a path, "Bags > Totes"
    variant: str | None = None
    price: int | None = None
    quantity: float = 1
    url: str | None = None
    image: str | None = None
    product: str | None = None  # the catalogue's id, where it knows ``item_id`` by another

    @property
    def card(self) -> str:
        """The id of the product in the catalogue."""
        return self.product or self.item_id


def worth(items: Iterable[Item]) -> int:
    """What the lines cost together, minor units; one without a price costs nothing."""
    return sum(round((item.price or 0) * item.quantity) for item in items)


class Event(Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing a visitor did. Times are Unix ms, money is minor units of ``currency``.

    ``at`` is the time that counts; ``received_at`` when we got it; ``adjusted`` says that the
    client's own time was not believed. ``source``: browser, server or import. ``params`` holds
    scalars only, already scrubbed; items, money and the order number have fields of their own.
    """

    event_id: str
    visitor_id: str
    name: str
    at: int
    received_at: int
    params: dict[str, Scalar] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    currency: str | None = None
    value: int | None = None
    transaction_id: str | None = None
    source: str = "browser"
    adjusted: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """The order in which events count: by time, then by id."""
        return (self.at, self.event_id)


class Refused(Struct, frozen=True, gc=False):
    """An event that was turned away: its place in the batch and why, for the owner to read."""

    index: int
    reason: str


class Batch(Struct, frozen=True, gc=False):
    """A body that was read: good events in the order sent, and the refused ones.

    ``consented``: False = keep nothing under the visitor. ``bot``: stored apart, no profile.
    """

    events: tuple[Event, ...]
    refused: tuple[Refused, ...] = ()
    consented: bool = True
    bot: bool = False


def event_from_wire(data: Any) -> Event:
    """The event that a message carries as ``data``; an event is itself already."""
    return data if isinstance(data, Event) else convert(data, Event)
