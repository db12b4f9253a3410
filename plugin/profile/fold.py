"""How does an event change a profile?

One small reader for each event name; what none reads only moves the times. A reader writes what the
event says into the profile it is given, and puts new lists and maps in the place of the old.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from copy import copy

from msgspec.structs import replace

from plugin.collect.event import Event, Item
from plugin.collect.signature import customer_told
from plugin.profile.profile import CartLine, Profile
from plugin.profile.source import read_source
from plugin.shop import DAY, MINUTE, Shop

IDLE_MS = 30 * MINUTE  # a visit ends after so long without an event
HALF_LIFE_DAYS = 14.0  # of an interest
POINTS = {"view_item": 1.0, "add_to_cart": 3.0, "purchase": 5.0}
MOST_AFFINITIES = 30
MOST_DECLARED = 100
ABOUT_THE_BROWSER = ("device", "browser", "in_app_browser", "language", "country")

OrderValues = Mapping[str, int]
Which = tuple[str, str | None]  # a product in the cart, and which of its variants
Reader = Callable[[Profile, Event, Shop, OrderValues], None]


def fold_all(
    visitor_id: str, events: Iterable[Event], shop: Shop, order_values: OrderValues
) -> Profile:
    """The profile that ``events`` of one visitor, in any order, add up to.

    order_values: the value (minor units) of each known order, for refunds that name none.
    """
    in_order = sorted(events, key=lambda one: one.key)
    return fold(Profile(visitor_id), in_order, shop, order_values)


def fold(
    profile: Profile, events: Iterable[Event], shop: Shop, order_values: OrderValues
) -> Profile:
    """The profile with ``events`` more, which come in order and after ``profile.told_up_to``."""
    told = copy(profile)
    for event in events:
        _session(told, event)
        read = READERS.get(event.name)
        if read is not None:
            read(told, event, shop, order_values)
        if event.items and event.name in POINTS:
            _interest(told, event)
    return told


def _session(p: Profile, event: Event) -> None:
    last = p.last_seen_at
    if last is None or event.at - last >= IDLE_MS:
        p.sessions_total += 1
        p.session_started_at = event.at
        p.prev_seen_at = last
    if p.first_seen_at is None:
        p.first_seen_at = event.at
    p.last_seen_at = event.at
    p.last_event_id = event.event_id


def _page_view(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.pageviews_total += 1
    for name in ABOUT_THE_BROWSER:
        raw = event.params.get(name)
        if raw and raw != getattr(p, name) and (told := _text(event, name)):
            setattr(p, name, told)
    location = _text(event, "page_location")
    source = read_source(location, _text(event, "page_referrer"))
    if p.landing_page is None:
        first = source or read_source(location, "")
        if first is not None:
            p.channel_first, p.source_first = first.channel, first.source
            p.landing_page = first.path
    if source is not None and (source.channel != "direct" or p.channel_last is None):
        p.channel_last = source.channel
        p.source_last = source.source or p.source_last
        p.campaign_last = source.campaign or p.campaign_last


def _view_item(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.product_views_total += 1
    if event.items:
        p.last_item_id = event.items[0].item_id
        p.last_category = event.items[0].category or p.last_category


def _add_to_cart(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    lines = {(line.item_id, line.variant): line for line in p.cart}
    for item in event.items:
        which = _which(lines, item)
        before = lines.get(which, CartLine(item.card, 0, None, which[1]))
        price = _price(item, event, shop)
        lines[which] = CartLine(
            item.card,
            before.quantity + item.quantity,
            before.price if price is None else price,
            before.variant,
        )
    p.cart_adds_total += 1
    _cart(p, lines.values(), event)


def _remove_from_cart(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    lines = {(line.item_id, line.variant): line for line in p.cart}
    for item in event.items:
        which = _which(lines, item)
        line = lines.pop(which, None)
        if line is not None and line.quantity > item.quantity:
            lines[which] = replace(line, quantity=line.quantity - item.quantity)
    _cart(p, lines.values(), event)


def _which(lines: Mapping[Which, CartLine], item: Item) -> Which:
    """The line of the cart that an item means: of its variant, or of the product where either
    names none.
    """
    own = _own(item)
    if own in lines:
        return own
    alike = (one for one in lines if one[0] == item.card and None in (one[1], own[1]))
    return next(alike, own)


def _own(item: Item) -> Which:
    """The line of the cart that is the item's own; an empty variant is none in particular."""
    return (item.card, item.variant or None)


def _cart_as_it_is(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    lines = {
        own: CartLine(item.card, item.quantity, _price(item, event, shop), own[1])
        for item, own in ((item, _own(item)) for item in event.items)
    }
    if tuple(lines.values()) != p.cart:
        _cart(p, lines.values(), event)


def _cart(p: Profile, lines: Iterable[CartLine], event: Event) -> None:
    p.cart = cart = tuple(lines)
    p.cart_items_now = len(cart)
    p.cart_value_now = sum(round((line.price or 0) * line.quantity) for line in cart)
    p.cart_updated_at = event.at if cart else None


def _begin_checkout(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.checkout_started_at = event.at


def _purchase(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.orders_total += 1
    p.units_total += sum(item.quantity for item in event.items)
    p.first_order_at = event.at if p.first_order_at is None else p.first_order_at
    p.last_order_at = event.at
    p.checkout_started_at = None
    _cart(p, (), event)
    _who(p, event)
    if event.value is not None and _counts(event, shop):
        p.revenue_total += event.value


def _refund(p: Profile, event: Event, shop: Shop, values: OrderValues) -> None:
    _who(p, event)
    value = event.value
    if value is None:
        value = values.get(event.transaction_id or "", 0)
    if _counts(event, shop):
        p.revenue_total -= value
        p.refunds_total += value


def _who(p: Profile, event: Event) -> None:
    """What an order of the shop's own tells of the person."""
    _known(p, event)
    if event.source != "browser":
        p.country = _text(event, "country") or p.country


def _identify(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    declared = dict(p.declared)
    for name, value in event.params.items():
        if name in declared or len(declared) < MOST_DECLARED:
            declared[name] = (value, event.at)
        if name == "email" and isinstance(value, str) and value:
            p.email, p.identified = value, True
    p.declared = declared
    _known(p, event)


def _known(p: Profile, event: Event) -> None:
    """Who the person is, by the first trusted word; a page's own word is a declared trait only."""
    customer = customer_told(event)
    if customer is not None:
        p.identified = True
        p.customer_id = p.customer_id or customer


def _sign_in(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    _known(p, event)


def _searches(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.searches_total += 1


def _popup_closes(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.popup_closes_total += 1


def _popup_submits(p: Profile, event: Event, shop: Shop, _: OrderValues) -> None:
    p.popup_submits_total += 1


# To count or keep something new of an event: its reader here, its field in ``Profile`` and a
# migration that adds the column.
READERS: dict[str, Reader] = {
    "page_view": _page_view,
    "view_item": _view_item,
    "search": _searches,
    "view_search_results": _searches,
    "add_to_cart": _add_to_cart,
    "remove_from_cart": _remove_from_cart,
    "view_cart": _cart_as_it_is,
    "cart_state": _cart_as_it_is,
    "begin_checkout": _begin_checkout,
    "purchase": _purchase,
    "refund": _refund,
    "identify": _identify,
    "login": _sign_in,
    "sign_up": _sign_in,
    "popup_dismiss": _popup_closes,
    "popup_submit": _popup_submits,
}


def _interest(p: Profile, event: Event) -> None:
    """Points per top category; older ones count half after ``HALF_LIFE_DAYS``, then half again.

    Source: exponential decay, points * 2 ** (-age / half-life); kept as of the last event each.
    """
    found = dict(p.affinities)
    for category in {_top(item) for item in event.items} - {""}:
        points, at = found.get(category, (0.0, event.at))
        aged = points * 2.0 ** (-(event.at - at) / (HALF_LIFE_DAYS * DAY))
        found[category] = (aged + POINTS[event.name], event.at)
    if len(found) > MOST_AFFINITIES:
        weakest = min(found, key=lambda name: (found[name][1], name))
        del found[weakest]
    p.affinities = found


def _top(item: Item) -> str:
    return (item.category or "").partition(">")[0].strip()


def _counts(event: Event, shop: Shop) -> bool:
    return event.currency in (None, shop.currency)


def _price(item: Item, event: Event, shop: Shop) -> int | None:
    return item.price if _counts(event, shop) else None


def _text(event: Event, name: str) -> str:
    value = event.params.get(name)
    if not isinstance(value, str):
        return ""
    plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return plain.strip()[:1024]
