"""Which product is meant by an event whose product the snippet only read off the page?

Pages print numbers of their own making: a form's, a variant's, a shelf mark. Where the catalogue
has a product at the page's address, that one is meant. What the shop's own code says stands as it
was said.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from plugin.collect.derive import LINK, PAGE
from plugin.collect.event import Event
from plugin.collect.vocabulary import NEED_ITEMS
from plugin.shop import Shop
from plugin.storage import guesses, locations
from plugin.storage.engine import Tx


def named(tx: Tx, shop: Shop, events: Sequence[Event]) -> Sequence[Event]:
    """The events, guessed products replaced by those that the catalogue has at their pages.

    Price and quantity stay as the page had them; where it had no price, the catalogue's.
    """
    places = {e.event_id: place for e in events if guesses.MARK in e.params if (place := _place(e))}
    if not places:
        return events
    known = locations.find(tx, set(places.values()))
    return [
        _meant(event, known[place], shop)
        if (place := places.get(event.event_id)) in known
        else event
        for event in events
    ]


def _place(event: Event) -> str | None:
    """The address whose product an event means; None: none, several, or that of a link on it."""
    if len(event.items) != 1 or event.name not in NEED_ITEMS or LINK in event.params:
        return None
    page = event.params.get(PAGE)
    return page if isinstance(page, str) else event.items[0].url


def _meant(event: Event, found: locations.Found, shop: Shop) -> Event:
    read, (item, currency) = event.items[0], found
    price = read.price
    if price is None and currency in (None, event.currency or shop.currency):
        price = item.price
    return replace(event, items=(replace(item, price=price, quantity=read.quantity),))
