"""Which events of a body are good, and why are the others not?

Written by hand because it runs for every event; ``schemas`` describes the same body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from plugin.collect.agents import Agent
from plugin.collect.amounts import read_currency, read_money, read_timestamp
from plugin.collect.event import Batch, Event, Item, Refused, Scalar
from plugin.collect.parts import (
    EVENT_ID,
    EVENT_NAME,
    MONEY,
    read_id,
    read_items,
    read_params,
    read_visitor_id,
)
from plugin.collect.vocabulary import PARAM_NAMES, canonical_name
from plugin.errors import BodyRefused, EventRefused
from plugin.shop import Shop

MOST_EVENTS = 25
NEED_ITEMS = frozenset(
    [
        "view_item",
        "view_item_list",
        "select_item",
        "add_to_cart",
        "remove_from_cart",
        "add_to_wishlist",
        "view_cart",
        "begin_checkout",
    ]
)
NEED_ORDER = frozenset({"purchase", "refund"})
GIVEN = frozenset({"identify", "generate_lead"})  # told on purpose, kept as told
PAGE = {
    "url": "page_location", "title": "page_title", "referrer": "page_referrer",
    "type": "page_type", "language": "language", "width": "page_width",
}  # fmt: skip
Finder = Callable[[str], Item | None]

__all__ = ["check_visit", "consented", "read_visitor_id"]


@dataclass(frozen=True)
class Reading:
    """What every event of one body is read with."""

    shop: Shop
    now: int
    source: str
    visitor_id: str | None
    find_item: Finder | None

    @property
    def trusted(self) -> bool:
        """Whether times of any age are believed."""
        return self.source != "browser"

    @property
    def allowed(self) -> frozenset[str]:
        """The shop's own query parameters that are no personal data."""
        own = self.shop.settings.get("url_params")
        return frozenset(str(one) for one in own) if isinstance(own, list) else frozenset()


def check_visit(
    body: Mapping[str, Any],
    shop: Shop,
    now: int,
    *,
    source: str = "browser",
    agent: Agent | None = None,
    gpc: bool = False,
    find_item: Finder | None = None,
) -> Batch:
    """The events of a visit body (its key is looked up already), good and refused.

    source "server": each event may name its own visitor, times are kept, absent consent is granted.
    find_item: the product whose page is at an address, for events that name none.
    Raises BodyRefused when the body as a whole is not what the contract describes.
    """
    visitor = body.get("visitor_id")
    reading = Reading(
        shop, now, source,
        read_visitor_id(visitor) if source == "browser" or visitor is not None else None,
        find_item,
    )  # fmt: skip
    raw = body.get("events")
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_EVENTS:
        raise BodyRefused(f"events must be a list of 1 to {MOST_EVENTS}")
    good: list[Event] = []
    refused: list[Refused] = []
    for index, one in enumerate(raw):
        try:
            good.append(check_event(one, index, reading))
        except (EventRefused, BodyRefused) as trouble:
            refused.append(Refused(index, trouble.message))
    if source == "browser" and good:
        good = _with_page(good, body.get("page"), agent, reading)
    bot = bool(agent and agent.bot) or body.get("webdriver") is True
    yes = (
        consented(body, shop, gpc=gpc)
        if source == "browser"
        else body.get("consent", "granted") == "granted"
    )
    return Batch(tuple(good), tuple(refused), consented=yes, bot=bot)


def consented(body: Mapping[str, Any], shop: Shop, *, gpc: bool) -> bool:
    """Whether a profile may be kept: consent granted, by default where the shop says so, no GPC."""
    default = "granted" if shop.consent == "granted" else "pending"
    return not gpc and body.get("consent", default) == "granted"


def check_event(raw: Any, index: int, reading: Reading) -> Event:
    """One event. Raises EventRefused with a reason the owner can read."""
    if not isinstance(raw, Mapping):
        raise EventRefused("an event must be an object")
    name = raw.get("name")
    name = canonical_name(name) if isinstance(name, str) else ""
    if not EVENT_NAME.fullmatch(name):
        raise EventRefused("name must begin with a letter: letters, digits and _, 40 at most")
    params = raw.get("params", {})
    if not isinstance(params, Mapping):
        raise EventRefused("params must be an object")
    if "timestamp" in raw:
        at, adjusted = read_timestamp(raw["timestamp"], reading.now, trusted=reading.trusted)
    else:
        at, adjusted = reading.now, False
    visitor_id = _visitor(raw, reading)
    event = _with_money(
        Event(
            event_id=_event_id(raw, index, visitor_id, reading),
            visitor_id=visitor_id,
            name=name,
            at=at,
            received_at=reading.now,
            source=reading.source,
            adjusted=adjusted,
        ),
        {PARAM_NAMES.get(str(key), str(key)): value for key, value in params.items()},
        reading,
    )
    if name in NEED_ITEMS and not event.items:
        event = _found_by_page(event, reading)
    return event


def _visitor(raw: Mapping[str, Any], reading: Reading) -> str:
    if reading.trusted and "visitor_id" in raw:
        return read_visitor_id(raw["visitor_id"])
    if reading.visitor_id is None:
        raise EventRefused("name the visitor: visitor_id in the event or beside events")
    return reading.visitor_id


def _event_id(raw: Mapping[str, Any], index: int, visitor_id: str, reading: Reading) -> str:
    """The event's own id; the server API may leave it out, then it is made from the content."""
    value = raw.get("event_id")
    if value is None and "event_id" not in raw and reading.trusted:
        content = orjson.dumps([visitor_id, dict(raw)], option=orjson.OPT_SORT_KEYS)
        return "made-" + hashlib.sha256(content).hexdigest()[:32]
    if not isinstance(value, str) or not EVENT_ID.fullmatch(value):
        raise EventRefused("event_id must be 8 to 64 letters, digits, - or _")
    return value


def _with_money(event: Event, params: Mapping[str, Any], reading: Reading) -> Event:
    """The event with its params, items, currency, value and order number."""
    for known in (*MONEY, "currency", "items", "transaction_id"):
        if known in params and params[known] is None:
            raise EventRefused(f"{known} may be absent, but not null")
    currency = read_currency(params.get("currency"), reading.shop.currency)
    amounts = {name: read_money(params[name], name, currency) for name in MONEY if name in params}
    items = read_items(params["items"], currency) if "items" in params else ()
    order = params.get("transaction_id")
    if order is not None or event.name in NEED_ORDER:
        order = read_id(order, "transaction_id")
    if event.name == "purchase" and "value" not in amounts:
        if not items:
            raise EventRefused("a purchase needs value or items")
        amounts["value"] = sum(round((item.price or 0) * item.quantity) for item in items)
    rest = {
        name: value
        for name, value in params.items()
        if name not in ("items", "value", "currency", "transaction_id")
    }
    return replace(
        event,
        params=read_params(rest, reading.allowed, given=event.name in GIVEN),
        items=items,
        currency=currency if items or amounts else None,
        value=amounts.get("value"),
        transaction_id=order,
    )


def _found_by_page(event: Event, reading: Reading) -> Event:
    """The event with the item whose page it happened on; its id is made from the page's event."""
    location = event.params.get("page_location")
    if not isinstance(location, str) or reading.find_item is None:
        raise EventRefused(f"{event.name} needs items")
    item = reading.find_item(location)
    if item is None:
        raise EventRefused(f"{event.name} needs items: no item of the catalogue is at this page")
    digest = hashlib.sha256(f"{event.name}:{event.event_id}".encode()).hexdigest()[:32]
    return replace(event, items=(item,), currency=reading.shop.currency, event_id=f"page-{digest}")


def _with_page(
    events: list[Event], page: Any, agent: Agent | None, reading: Reading
) -> list[Event]:
    """Let the first page view (else the first event) say on which page and device it was."""
    raw = (
        {ours: page[name] for name, ours in PAGE.items() if name in page}
        if isinstance(page, Mapping)
        else {}
    )
    told: dict[str, Scalar] = read_params(raw, reading.allowed, given=False)
    if agent is not None:
        facts = ("device", "browser", "os", "in_app_browser")
        told |= {name: value for name in facts if (value := getattr(agent, name)) is not None}
    at = next((i for i, event in enumerate(events) if event.name == "page_view"), 0)
    if told:
        events[at] = replace(events[at], params={**told, **events[at].params})
    return events
