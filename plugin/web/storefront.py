"""What do the shop's pages send and fetch? (public key, any origin, no cookies)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from plugin import journey
from plugin.collect.checks import Finder, check_visit, consented
from plugin.collect.event import Batch, Item, Refused
from plugin.collect.parts import read_browser_id
from plugin.collect.quick import check_quickly, read_visit
from plugin.collect.reader import read_object
from plugin.collect.signature import identity_key
from plugin.collect.staff import PARAMETER, staff_token, staff_word
from plugin.errors import BodyRefused
from plugin.journey.derive import item_at
from plugin.shop import Shop
from plugin.web import claims, snippet, wishes
from plugin.web.call import Call, Reply, Step, error, reply

ALL_REFUSED = 400
STAFF = PARAMETER.encode()
NOTHING_ASKED: dict[str, Any] = {"popup": None, "windows": {}}


class Came(NamedTuple):
    """A visit that was read: whose, what it brought, and what it asks to be shown."""

    shop: Shop
    now: int
    batch: Batch
    visitor_id: str | None
    page: bytes | Mapping[str, Any]
    want: Mapping[str, Any]


def visit(call: Call) -> Reply | Step:
    """Take a batch of events, and answer with what the page may show."""
    came = _read(call, call.body())
    batch = came.batch

    def finish(accepted: int) -> Reply:
        counts = counted(batch, accepted)
        if batch.refused and not batch.events:
            return none_taken(batch, counts)
        if not came.want:
            return reply(counts | NOTHING_ASKED)
        page = read_object(came.page) if isinstance(came.page, bytes) else came.page
        data = {"visitor_id": came.visitor_id, "page": page, "want": came.want}
        wish = wishes.of_visit(data, personal=batch.consented and not batch.bot)
        return reply(counts | shown(call, came.shop, wish, came.now))

    return recorded(came.shop, batch, finish)


def _read(call: Call, raw: bytes) -> Came:
    """The visit in a body: quickly if it is a usual one, else by every rule."""
    quick, shop = read_visit(raw), None
    now, agent, gpc = call.here.now(), call.agent(), call.gpc()
    if quick is not None and STAFF not in raw:
        shop = call.browser_shop(quick.key)
        batch = check_quickly(
            quick, shop, now, agent=agent, gpc=gpc, find_item=finder(call, shop),
            identity_key=key_of(call, shop),
        )  # fmt: skip
        if batch is not None:
            return Came(shop, now, batch, quick.visitor_id, quick.page, quick.want)
    data = read_object(raw)
    shop = shop or call.browser_shop(data.get("key"))
    batch = check_visit(
        data, shop, now, agent=agent, gpc=gpc, find_item=finder(call, shop),
        identity_key=key_of(call, shop),
    )  # fmt: skip
    if STAFF in raw and batch.consented:
        _mark_staff(call, shop, data, now)
    want = data.get("want")
    wanted = want if isinstance(want, dict) else {}
    return Came(shop, now, batch, data["visitor_id"], data.get("page", {}), wanted)


def key_of(call: Call, shop: Shop) -> str:
    """The key with which this shop's server signs who is who."""
    return identity_key(call.here.house.settings.secret_key, shop.name)


def _mark_staff(call: Call, shop: Shop, data: Mapping[str, Any], now: int) -> None:
    """Leave a browser of the shop's own people out from now on, or count it again, if so asked."""
    word = staff_word(data, staff_token(call.here.house.settings.secret_key, shop.name))
    if word is not None:
        visitor_id = data["visitor_id"]
        call.here.writer.do(shop.name, "mark_staff", visitor_id=visitor_id, now=now, staff=word)


def none_taken(batch: Batch, counts: dict[str, Any]) -> Reply:
    """The answer to a batch without one good event: nothing of it was stored."""
    reason = "none of the events can be taken: " + batch.refused[0].reason
    return reply(error("all_refused", reason) | counts, ALL_REFUSED)


def recorded(shop: Shop, batch: Batch, finish: Callable[[int], Reply]) -> Reply | Step:
    """The step that stores what may be stored of a batch; ``finish`` gets how many it accepted.

    Without consent nothing is kept, and the answer is the same.
    """
    events = batch.events
    if events and batch.consented and not batch.bot:
        return Step(shop.name, "collect", {"events": events}, finish)
    accepted = len({event.event_id for event in events})
    if not events or not batch.consented:
        return finish(accepted)
    return Step(shop.name, "collect_bots", {"events": events}, lambda _: finish(accepted))


def counted(batch: Batch, accepted: int) -> dict[str, Any]:
    """What came of a batch: how many accepted, known already, and refused with reasons."""
    duplicates = len(batch.events) - accepted
    return {"accepted": accepted, "duplicates": duplicates, "refused": named(batch.refused)}


def named(refused: Iterable[Refused]) -> list[dict[str, Any]]:
    """What was turned away, by its place and with why."""
    return [{"index": one.index, "reason": one.reason} for one in refused]


def recommend(call: Call) -> Reply:
    """The products of one window or strategy."""
    data = read_object(call.body())
    shop = call.browser_shop(data.get("key"))
    wish = wishes.of_recommend(data, personal=may_know(call, data, shop))
    store = call.here.house.store_of(shop)
    return Reply(journey.recommend_json(store, shop, wish, call.here.now()))


def popup(call: Call) -> Reply:
    """The popup for this page, if any."""
    data = read_object(call.body())
    shop = call.browser_shop(data.get("key"))
    read_browser_id(data.get("visitor_id"))
    wish = wishes.of_popup(data, personal=may_know(call, data, shop))
    return reply(shown(call, shop, wish, call.here.now()))


def submit(call: Call) -> Reply | Step:
    """Keep what a visitor left in a popup's form, and give out its coupon."""
    data = read_object(call.body())
    shop = call.browser_shop(data.get("key"))
    visitor_id = read_browser_id(data.get("visitor_id"))
    slug, fields = data.get("popup_id"), data.get("fields")
    if not isinstance(slug, str) or not isinstance(fields, dict):
        raise BodyRefused("name the popup in popup_id and give its fields as an object")
    if not may_know(call, data, shop):
        return reply({"ok": True})
    now = call.here.now()
    told = {"visitor_id": visitor_id, "popup_id": slug, "fields": fields, "now": now}
    told |= claims.of_submit(call, shop, data, visitor_id, slug, now)
    return Step(shop.name, "submit", told, lambda found: reply({"ok": True, **found}))


def shown(call: Call, shop: Shop, wish: journey.Wish, now: int) -> dict[str, Any]:
    """The part of an answer that says what to show."""
    found = journey.offers(call.here.house.store_of(shop), shop, wish, now)
    popup_shown = claims.with_token(call, shop, found.popup, wish.visitor_id)
    parts: dict[str, Any] = {"popup": popup_shown, "windows": found.windows}
    if found.popup or found.windows:
        parts["ui"] = snippet.ui_path()
    return parts


def may_know(call: Call, data: Mapping[str, Any], shop: Shop) -> bool:
    """Whether this visitor's profile may be used: consent was given, and no bot asks."""
    return consented(data, shop, gpc=call.gpc()) and not call.agent().bot


def finder(call: Call, shop: Shop) -> Finder:
    """A look-up of the catalogue's item by what an event says of it."""

    def find(kind: str, text: str) -> Item | None:
        with call.here.house.store(shop.name).read() as tx:
            return item_at(tx, kind, text, shop.currency)

    return find
