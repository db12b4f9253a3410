"""How is a visit body of the usual shape read with the least work?

The body is decoded to the shape that ``s.js`` sends; params are left as the bytes they came in.
What those bytes come to is remembered, so that the hundredth view of a product costs one look-up.
A body of any other shape is not taken here: ``reader`` and ``checks`` read it with every rule, and
so they do with every odd event of a usual body.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from plugin.collect.agents import Agent
from plugin.collect.amounts import LAST_MS
from plugin.collect.checks import (
    MOST_EVENTS,
    Finder,
    Reading,
    check_event,
    device_told,
    page_told,
    reading_of,
    with_page,
)
from plugin.collect.event import Batch, Event, Refused, Scalar
from plugin.collect.parts import EVENT_ID, read_browser_id, read_visitor_id
from plugin.collect.plain import LONGEST_RAW
from plugin.collect.reader import BOM, DEEPEST, LARGEST, read_object
from plugin.errors import BodyRefused, EventRefused
from plugin.shop import Shop

NOTHING = b"{}"
LEVELS = 3  # around an event's params: the body, the list, the event
_good_ids = re.compile(rf"{EVENT_ID.pattern}(?:\n{EVENT_ID.pattern})*").fullmatch
_browser_id = lru_cache(maxsize=4096)(read_browser_id)
_visitor_id = lru_cache(maxsize=4096)(read_visitor_id)


class SentEvent(Struct, gc=False):
    """An event as it came; ``params`` not read yet."""

    name: str
    event_id: str
    params: Raw
    timestamp: int | UnsetType = UNSET
    visitor_id: str | UnsetType = UNSET
    webdriver: bool | UnsetType = UNSET


class SentVisit(Struct, gc=False):
    """A visit body of the usual shape as it came; ``page`` and ``want`` not read yet."""

    events: list[SentEvent]
    key: str | UnsetType = UNSET
    visitor_id: str | UnsetType = UNSET
    sent_at: int | UnsetType = UNSET
    consent: str | UnsetType = UNSET
    page: Raw | UnsetType = UNSET
    want: Raw | UnsetType = UNSET
    webdriver: bool | UnsetType = UNSET


class Visit(NamedTuple):
    """A visit body of the usual shape; ``page`` is JSON still, as it came."""

    key: str | None
    visitor_id: str | None
    events: list[SentEvent]
    consent: str | None  # None: it does not say
    driven: bool  # by a program (``navigator.webdriver``)
    page: bytes
    want: dict[str, Any]


_decode = msgspec.json.Decoder(SentVisit).decode
_encode = msgspec.json.Encoder().encode


def read_visit(body: bytes) -> Visit | None:
    """The visit in ``body``; None: it has another shape, or something is odd about it.

    Written out again, a body with a key that stands twice, or that is not known, has fewer colons.
    """
    if len(body) > LARGEST:
        return None
    body = body.removeprefix(BOM)
    if b"\\" in body and b"\\u" in body:  # a colon may be written \u003a
        return None
    try:
        sent = _decode(body)
        written = _encode(sent)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    # As long as it came is the same as well, and is seen at once: nothing is written longer.
    if len(written) != len(body) and written.count(b":") != body.count(b":"):
        return None
    if not 1 <= len(sent.events) <= MOST_EVENTS or not 0 <= (sent.sent_at or 0) <= LAST_MS:
        return None
    page = NOTHING if sent.page is UNSET else bytes(sent.page)
    want = NOTHING if sent.want is UNSET else bytes(sent.want)
    if page[:1] != b"{" or want[:1] != b"{":
        return None
    return Visit(
        None if sent.key is UNSET else sent.key,
        None if sent.visitor_id is UNSET else sent.visitor_id,
        sent.events,
        None if sent.consent is UNSET else sent.consent,
        sent.webdriver is True,
        page,
        {} if want is NOTHING else read_object(want, LARGEST, DEEPEST - 1),
    )


def check_quickly(
    visit: Visit,
    shop: Shop,
    now: int,
    *,
    source: str = "browser",
    agent: Agent | None = None,
    gpc: bool = False,
    find_item: Finder | None = None,
    identity_key: str | None = None,
) -> Batch | None:
    """As ``checks.check_visit`` of the same body; None: it takes that one.

    Raises BodyRefused when the body as a whole is not what the contract describes.
    """
    in_browser = source == "browser"
    sender = None
    if in_browser or visit.visitor_id is not None:
        sender = (_browser_id if in_browser else _visitor_id)(visit.visitor_id)
    reading = reading_of(shop, now, source, sender, find_item, identity_key)
    good: list[Event] = []
    refused: list[Refused] = []
    driven = visit.driven
    first, last = reading.times
    known, read = reading.plain.contents.get, reading.plain.content
    usual_ids = _have_usual_ids(visit.events)
    for index, sent in enumerate(visit.events):
        name, event_id, at, params = sent.name, sent.event_id, sent.timestamp, bytes(sent.params)
        if name == "consent" or params[:1] != b"{":
            return None  # what it says of consent counts even when it is refused
        driven = driven or sent.webdriver is True
        visitor = sender if in_browser or sent.visitor_id is UNSET else _visitor(sent)
        content = known((name, params)) or read(name, params)
        usual = usual_ids and at is not UNSET and first <= at <= last
        if not usual or content is None or visitor is None or at is UNSET:
            _with_care(sent, params, index, reading, good, refused)
            continue
        scalars, items, currency, value, order = content
        good.append(
            Event(event_id, visitor, name, at, now, scalars, items, currency, value, order, source)
        )
    by_default = shop.consent if in_browser else "granted"
    agreed = (by_default if visit.consent is None else visit.consent) == "granted" and not gpc
    told = reading.plain.pages.get(visit.page) or _told(visit.page, reading)
    if not in_browser:  # its page was only read, as everything of a body is
        return Batch(tuple(good), tuple(refused), agreed)
    good = with_page(good, told | device_told(agent))
    return Batch(tuple(good), tuple(refused), agreed, driven or (agent is not None and agent.bot))


def _have_usual_ids(events: list[SentEvent]) -> bool:
    """Whether the ids of all events are good: one look at them together."""
    ids = "\n".join([sent.event_id for sent in events])
    return ids.count("\n") == len(events) - 1 and _good_ids(ids) is not None


def _visitor(sent: SentEvent) -> str | None:
    """The event's own visitor; None: its id is odd."""
    try:
        return read_visitor_id(sent.visitor_id)
    except BodyRefused:
        return None


def _told(page: bytes, reading: Reading) -> dict[str, Scalar]:
    """What a page that was not met before says."""
    told = page_told(read_object(page, LARGEST, DEEPEST - 1), reading)
    if len(page) <= LONGEST_RAW:
        reading.plain.pages.keep(page, told)
    return told


def _with_care(
    sent: SentEvent,
    params: bytes,
    index: int,
    reading: Reading,
    good: list[Event],
    refused: list[Refused],
) -> None:
    """Read an event that is not plain by every rule, into ``good`` or into ``refused``."""
    raw: dict[str, Any] = {"name": sent.name, "event_id": sent.event_id}
    raw["params"] = read_object(params, LARGEST, DEEPEST - LEVELS)
    if sent.timestamp is not UNSET:
        raw["timestamp"] = sent.timestamp
    if sent.visitor_id is not UNSET:
        raw["visitor_id"] = sent.visitor_id
    try:
        good.append(check_event(raw, index, reading))
    except (EventRefused, BodyRefused) as trouble:
        refused.append(Refused(index, trouble.message))
