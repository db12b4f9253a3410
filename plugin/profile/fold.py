"""What does one event more change in what we know of a visitor?

A profile is the fold of its events in the order of ``Event.key``. ``folded`` takes one step;
``fold_all`` takes them all; both give the same profile, whatever the order of arrival.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from plugin.collect.event import Event, Item
from plugin.profile.profile import CartLine, Profile
from plugin.profile.source import read_source
from plugin.shop import DAY, MINUTE, Shop

IDLE_MS = 30 * MINUTE  # a visit ends after so long without an event
HALF_LIFE_DAYS = 14.0  # of an interest
POINTS = {"view_item": 1.0, "add_to_cart": 3.0, "purchase": 5.0}
MOST_AFFINITIES = 30
MOST_DECLARED = 100

Changes = dict[str, Any]
OrderValues = Mapping[str, int]


def fold_all(
    visitor_id: str, events: Iterable[Event], shop: Shop, order_values: OrderValues
) -> Profile:
    """The profile that ``events`` of one visitor, in any order, add up to.

    order_values: the value (minor units) of each known order, for refunds that name none.
    """
    profile = Profile(visitor_id)
    for event in sorted(events, key=lambda one: one.key):
        profile = folded(profile, event, shop, order_values)
    return profile


def folded(profile: Profile, event: Event, shop: Shop, order_values: OrderValues) -> Profile:
    """The profile with one event more; its key must be greater than ``profile.told_up_to``."""
    changes: Changes = {
        "first_seen_at": event.at if profile.first_seen_at is None else profile.first_seen_at,
        "last_seen_at": event.at,
        "last_event_id": event.event_id,
        **_session(profile, event),
    }
    read = READERS.get(event.name)
    if read is not None:
        changes |= read(profile, event, shop, order_values)
    if event.name in POINTS:
        changes |= _interest(profile, event)
    return replace(profile, **changes)


def _session(profile: Profile, event: Event) -> Changes:
    last = profile.last_seen_at
    if last is not None and event.at - last < IDLE_MS:
        return {}
    return {
        "sessions_total": profile.sessions_total + 1,
        "session_started_at": event.at,
        "prev_seen_at": last,
    }


def _page_view(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    changes: Changes = {"pageviews_total": profile.pageviews_total + 1}
    for name in ("device", "browser", "in_app_browser", "language", "country"):
        told = _text(event, name)
        if told:
            changes[name] = told
    source = read_source(_text(event, "page_location"), _text(event, "page_referrer"))
    if profile.landing_page is None:
        first = source or read_source(_text(event, "page_location"), "")
        if first is not None:
            changes |= {
                "channel_first": first.channel,
                "source_first": first.source,
                "landing_page": first.path,
            }
    if source is not None and (source.channel != "direct" or profile.channel_last is None):
        changes |= {"channel_last": source.channel, "source_last": source.source}
        if source.campaign:
            changes["campaign_last"] = source.campaign
    return changes


def _view_item(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    changes: Changes = {"product_views_total": profile.product_views_total + 1}
    if event.items:
        changes["last_item_id"] = event.items[0].item_id
        changes["last_category"] = event.items[0].category or profile.last_category
    return changes


def _add_to_cart(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    lines = {line.item_id: line for line in profile.cart}
    for item in event.items:
        before = lines.get(item.item_id, CartLine(item.item_id, 0, None))
        price = _price(item, event, shop)
        lines[item.item_id] = CartLine(
            item.item_id,
            before.quantity + item.quantity,
            before.price if price is None else price,
        )
    return {"cart_adds_total": profile.cart_adds_total + 1, **_cart(lines.values(), event)}


def _remove_from_cart(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    lines = {line.item_id: line for line in profile.cart}
    for item in event.items:
        line = lines.pop(item.item_id, None)
        if line is not None and line.quantity > item.quantity:
            lines[item.item_id] = replace(line, quantity=line.quantity - item.quantity)
    return _cart(lines.values(), event)


def _cart_as_it_is(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    lines = {
        item.item_id: CartLine(item.item_id, item.quantity, _price(item, event, shop))
        for item in event.items
    }
    if tuple(lines.values()) == profile.cart:
        return {}
    return _cart(lines.values(), event)


def _cart(lines: Iterable[CartLine], event: Event) -> Changes:
    cart = tuple(lines)
    return {
        "cart": cart,
        "cart_items_now": len(cart),
        "cart_value_now": sum(round((line.price or 0) * line.quantity) for line in cart),
        "cart_updated_at": event.at if cart else None,
    }


def _begin_checkout(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    return {"checkout_started_at": event.at}


def _purchase(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    changes: Changes = {
        "orders_total": profile.orders_total + 1,
        "units_total": profile.units_total + sum(item.quantity for item in event.items),
        "first_order_at": event.at if profile.first_order_at is None else profile.first_order_at,
        "last_order_at": event.at,
        "checkout_started_at": None,
        **_cart((), event),
        **_who(event),
    }
    if event.value is not None and _counts(event, shop):
        changes["revenue_total"] = profile.revenue_total + event.value
    return changes


def _refund(profile: Profile, event: Event, shop: Shop, values: OrderValues) -> Changes:
    value = event.value
    if value is None:
        value = values.get(event.transaction_id or "", 0)
    if not _counts(event, shop):
        return {}
    return {
        "revenue_total": profile.revenue_total - value,
        "refunds_total": profile.refunds_total + value,
        **_who(event),
    }


def _who(event: Event) -> Changes:
    """What an order of the shop's own tells of the person."""
    if event.source == "browser":
        return {}
    changes: Changes = {}
    if _text(event, "customer_id"):
        changes |= {"customer_id": _text(event, "customer_id"), "identified": True}
    if _text(event, "country"):
        changes["country"] = _text(event, "country")
    return changes


def _identify(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
    declared = dict(profile.declared)
    changes: Changes = {}
    for name, value in event.params.items():
        if name in declared or len(declared) < MOST_DECLARED:
            declared[name] = (value, event.at)
        if name in ("email", "customer_id") and isinstance(value, str) and value:
            changes |= {name: value, "identified": True}
    return {"declared": declared, **changes}


def _count(field: str) -> Callable[[Profile, Event, Shop, OrderValues], Changes]:
    def read(profile: Profile, event: Event, shop: Shop, _: OrderValues) -> Changes:
        return {field: getattr(profile, field) + 1}

    return read


# To count or keep something new of an event: its reader here, its field in ``Profile`` and a
# migration that adds the column.
READERS: dict[str, Callable[[Profile, Event, Shop, OrderValues], Changes]] = {
    "page_view": _page_view,
    "view_item": _view_item,
    "search": _count("searches_total"),
    "view_search_results": _count("searches_total"),
    "add_to_cart": _add_to_cart,
    "remove_from_cart": _remove_from_cart,
    "view_cart": _cart_as_it_is,
    "cart_state": _cart_as_it_is,
    "begin_checkout": _begin_checkout,
    "purchase": _purchase,
    "refund": _refund,
    "identify": _identify,
    "popup_dismiss": _count("popup_closes_total"),
    "popup_submit": _count("popup_submits_total"),
}


def _interest(profile: Profile, event: Event) -> Changes:
    """Points per top category; older ones count half after ``HALF_LIFE_DAYS``, then half again.

    Source: exponential decay, points * 2 ** (-age / half-life); kept as of the last event each.
    """
    found = dict(profile.affinities)
    for category in {_top(item) for item in event.items} - {""}:
        points, at = found.get(category, (0.0, event.at))
        aged = points * 2.0 ** (-(event.at - at) / (HALF_LIFE_DAYS * DAY))
        found[category] = (aged + POINTS[event.name], event.at)
    if len(found) > MOST_AFFINITIES:
        weakest = min(found, key=lambda name: (found[name][1], name))
        del found[weakest]
    return {"affinities": found}


def _top(item: Item) -> str:
    return (item.category or "").partition(">")[0].strip()


def _counts(event: Event, shop: Shop) -> bool:
    return event.currency in (None, shop.currency)


def _price(item: Item, event: Event, shop: Shop) -> int | None:
    return item.price if _counts(event, shop) else None


def _text(event: Event, name: str) -> str:
    value = event.params.get(name)
    return unicodedata.normalize("NFKC", value).strip()[:1024] if isinstance(value, str) else ""
