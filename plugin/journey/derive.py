"""What do page views say although no event says it: a product seen, a checkout begun, an order?

The catalogue knows its products' pages, and platforms have their ways to call a checkout and the
page that thanks for an order. What a page or the shop says itself comes first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from plugin.collect.event import Event, Item, worth
from plugin.collect.parts import read_id
from plugin.errors import EventRefused
from plugin.profile.fold import IDLE_MS, fold
from plugin.profile.profile import Profile
from plugin.serve.page import is_checkout, is_thank_you
from plugin.shop import Shop
from plugin.storage import events as events_table
from plugin.storage import guesses, items, locations, names, profiles
from plugin.storage.engine import Tx
from plugin.storage.names import Meant

IN_ORDER = attrgetter("at", "event_id")
ENDINGS = {"view_item": "-v", "begin_checkout": "-c", "purchase": "-p"}
CHECKOUT, THANK_YOU = "checkout", "thank you"
MOST_KNOWN = 10_000  # pages of one shop that are remembered
LONGEST_KNOWN = 300  # letters of an address that is remembered
Group = TypeVar("Group", str, int)
Page = locations.Found | str | None  # the product of a page, or what kind of page it is


class Known(NamedTuple):
    """Pages met before. ``as_of``: the catalogue's version and the owner's patterns then."""

    as_of: tuple[str | None, tuple[str, ...], tuple[str, ...]]
    pages: dict[str, Page]


_known: dict[str, Known] = {}


def derived(tx: Tx, shop: Shop, events: Sequence[Event], ids: Mapping[str, int]) -> list[Event]:
    """The events that follow from the page views among ``events``, to be stored like these.

    events: just stored as new. ids: the profile of each of their visitors. An event derived twice
    has the same id: the page view's, with an ending for what it says.
    """
    _join_guesses(tx, events, ids)
    views = [event for event in events if _is_view(event)]
    if not views:
        return []
    pages = _pages(tx, shop, views)
    speak = {view.visitor_id for view in views if pages.get(_location(view)) is not None}
    if not speak:
        return []
    made: list[Event] = []
    for own in _by(events, {one: one for one in speak}).values():
        made += _seen(own, pages, shop)
    # A cart is a person's, who may be known in several browsers.
    till = {ids[view.visitor_id] for view in views if isinstance(pages.get(_location(view)), str)}
    payers = {one: profile for one, profile in ids.items() if profile in till}
    for profile, own in _by(events, payers).items():
        made += _Till(tx, shop, profile, own, pages).rung()
    return made


def _by(events: Iterable[Event], groups: Mapping[str, Group]) -> Mapping[Group, list[Event]]:
    """The events of the visitors in ``groups``, in order, each group's apart."""
    found: dict[Group, list[Event]] = {group: [] for group in groups.values()}
    for event in sorted((e for e in events if e.visitor_id in groups), key=IN_ORDER):
        found[groups[event.visitor_id]].append(event)
    return found


def item_at(tx: Tx, kind: str, text: str, currency: str) -> Item | None:
    """The product that a clue (``collect.derive``) means; None: no product of the catalogue.

    kind "product_id": by its id; else by its page's address. The price is left out when it is in
    another currency than ``currency``.
    """
    if kind == "product_id":
        one = names.meant(tx, [text]).get(text, Meant(text))
        product = items.products(tx, [one.item_id]).get(one.item_id)
        if product is None:
            return None
        item, its = replace(product.as_item(), variant=one.variant or None), product.currency
    elif (found := locations.find(tx, [text]).get(text)) is not None:
        item, its = found
    else:  # what only events told of a product's page is good enough for the one who asks
        return items.by_location(tx, text)
    return item if its in (None, currency) else replace(item, price=None)


def _location(view: Event) -> str:
    location = view.params.get("page_location")
    return location if isinstance(location, str) else ""


def _pages(tx: Tx, shop: Shop, views: Iterable[Event]) -> Mapping[str, Page]:
    """What each view's address is: a product's page, a checkout, a thank-you page, or None."""
    own = (shop.texts("checkout_pages"), shop.texts("thank_you_pages"))
    as_of = (locations.version(tx), *own)
    if as_of[0] is None:  # a catalogue of before there was a place for each of its pages
        locations.rebuild(tx)
        as_of = (locations.version(tx), *own)
    known = _known.get(shop.name)
    if known is None or known.as_of != as_of:
        known = _known[shop.name] = Known(as_of, {})
    asked = {location for view in views if (location := _location(view))}
    told = {one: known.pages[one] for one in asked if one in known.pages}
    if new := asked - told.keys():
        products = locations.find(tx, new)
        found = {one: products.get(one) or _kind(one, *own) for one in new}
        if len(known.pages) + len(found) > MOST_KNOWN:
            known.pages.clear()
        known.pages.update((one, page) for one, page in found.items() if len(one) <= LONGEST_KNOWN)
        told |= found
    return told


def _kind(location: str, checkouts: Sequence[str], thank_yous: Sequence[str]) -> str | None:
    try:
        parts = urlsplit(location)
    except ValueError:
        return None
    path = unquote(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    if is_thank_you(path, thank_yous):
        return THANK_YOU
    return CHECKOUT if is_checkout(path, checkouts) else None


def _seen(own: Sequence[Event], pages: Mapping[str, Page], shop: Shop) -> list[Event]:
    """One visitor's product views that no event tells of."""
    told = _told_views(own)
    made = []
    for view in own:
        page = pages.get(_location(view)) if _is_view(view) else None
        if page is None or isinstance(page, str) or view.event_id in told:
            continue
        item, currency = page
        made.append(
            _event(view, "view_item", (item,), currency or shop.currency, item.price, "catalogue")
        )
    return made


def _is_view(event: Event) -> bool:
    return event.name == "page_view" and event.source == "browser"


def _told_views(own: Sequence[Event]) -> set[str]:
    """The ids of page views whose product an event tells: by its id, its page, or its time."""
    told: set[str] = set()
    views = [event for event in own if _is_view(event)]
    for event in own:
        if event.name != "view_item":
            continue
        told.add(event.event_id.removesuffix(ENDINGS["view_item"]))
        if location := _location(event):
            told |= {view.event_id for view in views if _location(view) == location}
        elif before := [view for view in views if view.at <= event.at] or views[:1]:
            told.add(before[-1].event_id)
    return told


class _Till:
    """One visitor's way past checkouts and thank-you pages, event by event."""

    def __init__(
        self, tx: Tx, shop: Shop, profile: int, own: Sequence[Event], pages: Mapping[str, Page]
    ) -> None:
        self.tx, self.shop, self.profile, self.pages = tx, shop, profile, pages
        self.names = {event.name for event in own}
        self.now, self.events = _before(tx, profile, own, shop)

    def rung(self) -> list[Event]:
        """What the pages say that no event says."""
        made = []
        for event in self.events:
            self.now = fold(self.now, [event], self.shop, {})
            kind = self.pages.get(_location(event)) if _is_view(event) else None
            found = None
            if kind == CHECKOUT and "begin_checkout" not in self.names:
                found = self._checkout(event)
            elif kind == THANK_YOU and "purchase" not in self.names:
                found = self._order(event)
            if found is not None:
                made.append(found)
                self.now = fold(self.now, [found], self.shop, {})
        return made

    def _checkout(self, view: Event) -> Event | None:
        """The checkout that begins on this page; None: its cart is empty, or it goes on."""
        now, began = self.now, self.now.checkout_started_at
        if not now.cart:
            return None
        if began is not None:
            in_this_visit = began >= (now.session_started_at or 0)
            if view.at - began < IDLE_MS or (in_this_visit and began >= (now.cart_updated_at or 0)):
                return None
        lines = self._lines()
        return _event(view, "begin_checkout", lines, self.shop.currency, worth(lines), "page")

    def _order(self, view: Event) -> Event | None:
        """The order that this page thanks for; None: there was no cart, or somebody told of it."""
        if not self.now.cart or guesses.told_lately(self.tx, self.profile, view.at):
            return None
        lines = self._lines()
        made = _event(view, "purchase", lines, self.shop.currency, worth(lines), "page")
        return replace(made, transaction_id=_number(view) or self._made_number())

    def _made_number(self) -> str:
        """A number for the order of this very cart: the page loaded again makes the same."""
        of = f"{self.now.visitor_id}:{self.now.session_started_at}:{self.now.cart_updated_at}"
        return guesses.GUESSED + hashlib.sha256(of.encode()).hexdigest()[:24]

    def _lines(self) -> tuple[Item, ...]:
        """The cart as products of an event."""
        known = items.products(self.tx, [line.item_id for line in self.now.cart])
        found = []
        for line in self.now.cart:
            product = known.get(line.item_id)
            words = (product.name, product.brand, product.category) if product else (None,) * 3
            name, brand, category = words
            found.append(
                Item(line.item_id, name, brand, category, line.variant, line.price, line.quantity)
            )
        return tuple(found)


def _before(
    tx: Tx, profile: int, own: Sequence[Event], shop: Shop
) -> tuple[Profile, Sequence[Event]]:
    """The profile, and the events that are to be added to it, in order."""
    now = profiles.load(tx, [profile])[profile]
    if own[0].key > now.told_up_to:
        return now, own
    log = events_table.log(tx, profile)  # they came late: what was before them is told anew
    new = {event.event_id for event in own}
    before = [event for event in log if event.key < own[0].key]
    after = [event for event in log if event.key > own[0].key and event.event_id not in new]
    told = fold(Profile(now.visitor_id), before, shop, {})
    return told, sorted([*own, *after], key=IN_ORDER)


def _number(view: Event) -> str | None:
    """The order's number as it was read on the page; None: it was not."""
    raw = view.params.get("order_number")
    try:
        return read_id(raw.strip() if isinstance(raw, str) else raw, "order_number")
    except EventRefused:
        return None


def _event(
    view: Event, name: str, lines: tuple[Item, ...], currency: str, value: int | None, by: str
) -> Event:
    """The event called ``name`` that a page view says; ``by``: how we know."""
    params = {"page_location": _location(view), guesses.MARK: by}
    return replace(
        view, event_id=view.event_id + ENDINGS[name], name=name, params=params, items=lines,
        currency=currency, value=value, transaction_id=None,
    )  # fmt: skip


def _join_guesses(tx: Tx, events: Iterable[Event], ids: Mapping[str, int]) -> None:
    """Let orders that are told now take the place of those that were guessed."""
    told = [
        (ids[e.visitor_id], e.at, e.transaction_id)
        for e in events
        if e.name == "purchase" and e.transaction_id and guesses.MARK not in e.params
    ]
    if told:
        guesses.name_guesses(tx, told)
