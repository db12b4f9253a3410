"""Which events of a body are good, and why are the others not?

Written by hand because it runs for every event; ``schemas`` describes the same body.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from plugin.collect.agents import Agent
from plugin.collect.amounts import (
    AHEAD_MS,
    OLD_MS,
    read_currency,
    read_moment,
    read_money,
    read_timestamp,
)
from plugin.collect.derive import candidates, quantity
from plugin.collect.event import Batch, Event, Item, Refused, Scalar, worth
from plugin.collect.parts import (
    EVENT_ID,
    EVENT_NAME,
    MONEY,
    MOST_PARAMS,
    read_browser_id,
    read_id,
    read_items,
    read_params,
    read_visitor_id,
)
from plugin.collect.plain import PlainReader, plain_reader
from plugin.collect.scrub import NONE_OF_ITS_OWN
from plugin.collect.signature import SIGNED, read_signature
from plugin.collect.vocabulary import (
    ABOUT_THE_VISITOR,
    GIVEN,
    NEED_ITEMS,
    NEED_ORDER,
    canonical_name,
    translated,
)
from plugin.errors import BodyRefused, EventRefused
from plugin.shop import Shop, to_major

MOST_EVENTS = 25
OF_THEIR_OWN = frozenset({"items", "value", "currency", "transaction_id"})  # fields of Event
PAGE = {
    "url": "page_location", "title": "page_title", "referrer": "page_referrer",
    "type": "page_type", "language": "language", "width": "page_width",
}  # fmt: skip
DEVICE = ("device", "browser", "os", "in_app_browser")
Finder = Callable[[str, str], Item | None]  # by a clue of ``derive``: its kind and its text


class Reading(NamedTuple):
    """What every event of one body is read with.

    ``plain``: takes the plain ones; ``allowed``: the shop's own query parameters; ``times``: the
    first and the last moment (Unix ms) that is believed as it is told.
    """

    shop: Shop
    now: int
    source: str
    visitor_id: str | None
    find_item: Finder | None
    allowed: frozenset[str]
    plain: PlainReader
    times: tuple[int, int]
    identity_key: str | None = None

    @property
    def trusted(self) -> bool:
        """Whether times of any age are believed."""
        return self.source != "browser"


def reading_of(
    shop: Shop,
    now: int,
    source: str,
    visitor_id: str | None,
    find_item: Finder | None,
    identity_key: str | None,
) -> Reading:
    """What the events of a body from ``source`` (browser, server, import) are read with."""
    allowed = allowed_of(shop)
    oldest = max(0, now - OLD_MS) if source == "browser" else 0
    plain = plain_reader(allowed, shop.currency)
    times = (oldest, now + AHEAD_MS)
    return Reading(shop, now, source, visitor_id, find_item, allowed, plain, times, identity_key)


def allowed_of(shop: Shop) -> frozenset[str]:
    """The query parameters this shop's addresses keep: the owner's, and those of its catalogue."""
    return frozenset(shop.texts("url_params") + shop.texts("url_keys")) or NONE_OF_ITS_OWN


def check_visit(
    body: Mapping[str, Any],
    shop: Shop,
    now: int,
    *,
    source: str = "browser",
    agent: Agent | None = None,
    gpc: bool = False,
    find_item: Finder | None = None,
    identity_key: str | None = None,
) -> Batch:
    """The events of a visit body (its key is looked up already), good and refused.

    source "server": each event may name its own visitor, times are kept, absent consent is granted.
    find_item: the product that a clue means (``derive.candidates``), for events that name none; it
    gets addresses as they were sent, because any parameter may be what tells products apart.
    identity_key: the shop's, by which a browser's ``identify`` may be signed.
    Raises BodyRefused when the body as a whole is not what the contract describes.
    """
    raw = _events(body)
    visitor = body.get("visitor_id")
    in_browser = source == "browser"
    if in_browser:
        sender: str | None = read_browser_id(visitor)
    else:
        sender = read_visitor_id(visitor) if "visitor_id" in body else None
    reading = reading_of(shop, now, source, sender, find_item, identity_key)
    good: list[Event] = []
    refused: list[Refused] = []
    for index, one in enumerate(raw):
        try:
            good.append(check_event(one, index, reading))
        except (EventRefused, BodyRefused) as trouble:
            refused.append(Refused(index, trouble.message))
    if in_browser:
        page = page_told(body.get("page", {}), reading)
        good = with_page(good, page | device_told(agent))
    bot = in_browser and ((agent is not None and agent.bot) or _driven(body, raw))
    yes = consented(body, shop, gpc=gpc, source=source)
    return Batch(tuple(good), tuple(refused), consented=yes, bot=bot)


def _events(body: Mapping[str, Any]) -> list[Any]:
    """The events as they were sent, after what is wrong with the body around them."""
    raw = body.get("events")
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_EVENTS:
        raise BodyRefused(f"events must be a list of 1 to {MOST_EVENTS}")
    for part in ("page", "want"):
        if part in body and not isinstance(body[part], Mapping):
            raise BodyRefused(f"{part} must be an object")
    if "sent_at" in body:
        try:
            read_moment(body["sent_at"])
        except EventRefused as trouble:
            raise BodyRefused("sent_at: " + trouble.message) from None
    return raw


def consented(body: Mapping[str, Any], shop: Shop, *, gpc: bool, source: str = "browser") -> bool:
    """Whether a profile may be kept.

    No, when the browser sends GPC, the body's consent is anything but "granted", or the last
    consent event of the body is. Where neither speaks: as the shop says by default; what the shop's
    own server sends is granted.
    """
    told = _consent_told(body.get("events"))
    if gpc or told is False:
        return False
    if "consent" in body:
        return bool(body["consent"] == "granted")
    return told is True or source != "browser" or shop.consent == "granted"


def _consent_told(events: Any) -> bool | None:
    """What the last consent event says, good or not; None: there is none."""
    told = None
    for one in events if isinstance(events, list) else ():
        if isinstance(one, Mapping) and one.get("name") == "consent":
            params = one.get("params")
            words = list(params.values()) if isinstance(params, Mapping) else []
            told = "granted" in words and "denied" not in words
    return told


def _driven(body: Mapping[str, Any], events: list[Any]) -> bool:
    """Whether a program drives the browser (``navigator.webdriver``)."""
    return any(one.get("webdriver") is True for one in (body, *events) if isinstance(one, Mapping))


def check_event(raw: Any, index: int, reading: Reading) -> Event:
    """One event, the one at ``index`` of its batch. Raises EventRefused (BodyRefused for a bad
    visitor id) with a reason the owner can read.
    """
    if not isinstance(raw, Mapping):
        raise EventRefused("an event must be an object")
    said = raw.get("name")
    name = canonical_name(said) if isinstance(said, str) else ""
    if not EVENT_NAME.fullmatch(name):
        raise EventRefused("name must begin with a letter: letters, digits and _, 40 at most")
    params = raw.get("params", {})
    if not isinstance(params, Mapping):
        raise EventRefused("params must be an object")
    if len(params) > MOST_PARAMS:
        raise EventRefused(f"params may have {MOST_PARAMS} keys at most")
    if name != said:
        params = translated(params, one_item=name in NEED_ITEMS)
    at, adjusted = reading.now, False
    if "timestamp" in raw:
        at, adjusted = read_timestamp(raw["timestamp"], reading.now, trusted=reading.trusted)
    event = Event(
        event_id=_event_id(raw, index, reading),
        visitor_id=_visitor(raw, reading),
        name=name,
        at=at,
        received_at=reading.now,
        source=reading.source,
        adjusted=adjusted,
    )
    if name == "identify" and reading.trusted:  # needs no signature, and keeps none
        params = {key: value for key, value in params.items() if key != "signature"}
    elif name == "identify":
        params, signed = read_signature(params, reading.identity_key)
        event = replace(event, source=SIGNED if signed else event.source)
    if name in ABOUT_THE_VISITOR:
        return replace(event, params=read_params(params, reading.allowed, given=name in GIVEN))
    event = _with_money(event, params, reading)
    if name in NEED_ITEMS and not event.items:
        return _found_by_page(event, params, reading)
    return event


def _visitor(raw: Mapping[str, Any], reading: Reading) -> str:
    if reading.trusted and "visitor_id" in raw:
        return read_visitor_id(raw["visitor_id"])
    if reading.visitor_id is None:
        raise EventRefused("name the visitor: visitor_id in the event or beside events")
    return reading.visitor_id


def _event_id(raw: Mapping[str, Any], index: int, reading: Reading) -> str:
    """The event's own id; the server API may leave it out, then it is made from the content.

    Without a time of its own, the same content may well happen again: then the moment it came and
    its place in the batch count too.
    """
    if "event_id" not in raw and reading.trusted:
        when = [] if "timestamp" in raw else [reading.now, index]
        content = json.dumps([_visitor(raw, reading), dict(raw), when], sort_keys=True)
        return _made("made", content)
    value = raw.get("event_id")
    if not isinstance(value, str) or not EVENT_ID.fullmatch(value):
        raise EventRefused("event_id must be 8 to 64 letters, digits, - or _")
    return value


def _made(kind: str, content: str) -> str:
    return f"{kind}-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _with_money(event: Event, params: Mapping[str, Any], reading: Reading) -> Event:
    """The event with its params, items, currency, value and order number."""
    for known in (*MONEY, *OF_THEIR_OWN):
        if known in params and params[known] is None:
            raise EventRefused(f"{known} may be absent, but not null")
    currency = reading.shop.currency
    if "currency" in params:
        currency = read_currency(params["currency"])
    amounts = {name: read_money(params[name], name, currency) for name in MONEY if name in params}
    items = read_items(params["items"], currency, reading.allowed) if "items" in params else ()
    order = params.get("transaction_id")
    if order is not None or event.name in NEED_ORDER:
        order = read_id(order, "transaction_id")
    if event.name == "purchase" and "value" not in amounts:
        if not items:
            raise EventRefused("a purchase needs value or items")
        amounts["value"] = worth(items)
    rest = {name: value for name, value in params.items() if name not in OF_THEIR_OWN}
    # An amount is a number to all who read it, in whichever form it was sent.
    rest |= {
        name: to_major(amount, currency)
        for name, amount in amounts.items()
        if isinstance(rest.get(name), str)
    }
    return replace(
        event,
        params=read_params(rest, reading.allowed, given=event.name in GIVEN),
        items=items,
        currency=currency if items or amounts else None,
        value=amounts.get("value"),
        transaction_id=order,
    )


def _found_by_page(event: Event, params: Mapping[str, Any], reading: Reading) -> Event:
    """The event with the item that it means; its id is made from the page's event."""
    clues = candidates(params)
    if not clues or reading.find_item is None:
        raise EventRefused(f"{event.name} needs items")
    found = (reading.find_item(kind, text) for kind, text in clues)
    item = next((one for one in found if one is not None), None)
    if item is None:
        raise EventRefused(f"{event.name} needs items: no item of the catalogue is at this page")
    item = replace(item, quantity=quantity(params))
    made = _made("page", f"{event.name}:{event.event_id}")
    return replace(event, items=(item,), currency=reading.shop.currency, event_id=made)


def with_page(events: list[Event], told: Mapping[str, Scalar]) -> list[Event]:
    """The events, of which the first page view says what was ``told`` of the page and the device.

    Without a page view, the first event that may speak of them says it.
    """
    place = None
    for index, event in enumerate(events):
        if event.name == "page_view":
            place = index
            break
        if place is None and event.name not in ABOUT_THE_VISITOR:
            place = index
    if place is not None and told:
        first = events[place]
        events[place] = replace(first, params={**told, **first.params})
    return events


def page_told(page: Mapping[str, Any], reading: Reading) -> dict[str, Scalar]:
    """What a body's ``page`` says, under the names of params."""
    raw = {ours: page[name] for name, ours in PAGE.items() if name in page}
    return read_params(raw, reading.allowed, given=False)


@lru_cache(maxsize=1024)
def device_told(agent: Agent | None) -> dict[str, Scalar]:
    """What the user agent says of the device, under the names of params."""
    told = ((name, getattr(agent, name)) for name in DEVICE) if agent is not None else ()
    return {name: value for name, value in told if value is not None}
