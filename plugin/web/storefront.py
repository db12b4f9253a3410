"""What do the shop's pages send and fetch? (public key, any origin, no cookies)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

from plugin import journey
from plugin.collect.agents import Agent, read_agent
from plugin.collect.checks import check_visit, consented, read_visitor_id
from plugin.collect.event import Batch, Item, Refused
from plugin.errors import BodyRefused
from plugin.shop import Shop
from plugin.storage import items
from plugin.web import snippet, wishes
from plugin.web.edge import answer, body, browser_shop, error
from plugin.web.here import here

ALL_REFUSED = 400


def visit() -> Response:
    """Take a batch of events, and answer with what the page may show."""
    data = body()
    shop = browser_shop(data)
    now = here().now()
    batch = check_visit(data, shop, now, agent=agent(), gpc=gpc(), find_item=finder(shop))
    counts = record(shop, batch)
    if batch.refused and not batch.events:
        return none_taken(batch, counts)
    wish = wishes.of_visit(data, personal=batch.consented and not batch.bot)
    return answer(counts | shown(shop, wish, now))


def none_taken(batch: Batch, counts: dict[str, Any]) -> Response:
    """The answer to a batch without one good event: nothing of it was stored."""
    reason = "none of the events can be taken: " + batch.refused[0].reason
    return answer(error("all_refused", reason) | counts, ALL_REFUSED)


def record(shop: Shop, batch: Batch) -> dict[str, Any]:
    """Store what may be stored; how many were accepted, known already, and refused with reasons.

    Without consent nothing is kept, and the answer is the same.
    """
    events = batch.events
    if not batch.consented:
        accepted = len({event.event_id for event in events})
    elif batch.bot:
        here().writer.do(shop.name, "collect_bots", events=events)
        accepted = len({event.event_id for event in events})
    else:
        accepted = len(here().writer.do(shop.name, "collect", events=events)) if events else 0
    duplicates = len(events) - accepted
    return {"accepted": accepted, "duplicates": duplicates, "refused": named(batch.refused)}


def named(refused: Iterable[Refused]) -> list[dict[str, Any]]:
    """What was turned away, by its place and with why."""
    return [{"index": one.index, "reason": one.reason} for one in refused]


def recommend() -> Response:
    """The products of one window or strategy."""
    data = body()
    shop = browser_shop(data)
    wish = wishes.of_recommend(data, personal=may_know(data, shop))
    found = journey.recommend(here().house.store(shop.name), shop, wish, here().now())
    return answer({"items": found.items, "strategy": found.strategy})


def popup() -> Response:
    """The popup for this page, if any."""
    data = body()
    shop = browser_shop(data)
    read_visitor_id(data.get("visitor_id"))
    wish = wishes.of_popup(data, personal=may_know(data, shop))
    return answer(shown(shop, wish, here().now()))


def submit() -> Response:
    """Keep what a visitor left in a popup's form."""
    data = body()
    shop = browser_shop(data)
    visitor_id = read_visitor_id(data.get("visitor_id"))
    slug, fields = data.get("popup_id"), data.get("fields")
    if not isinstance(slug, str) or not isinstance(fields, dict):
        raise BodyRefused("name the popup in popup_id and give its fields as an object")
    if may_know(data, shop):
        here().writer.do(
            shop.name,
            "submit",
            visitor_id=visitor_id,
            popup_id=slug,
            fields=fields,
            now=here().now(),
        )
    return answer({"ok": True})


def shown(shop: Shop, wish: journey.Wish, now: int) -> dict[str, Any]:
    """The part of an answer that says what to show."""
    found = journey.offers(here().house.store(shop.name), shop, wish, now)
    parts: dict[str, Any] = {"popup": found.popup, "windows": found.windows}
    if found.popup or found.windows:
        parts["ui"] = snippet.ui_path()
    return parts


def may_know(data: Mapping[str, Any], shop: Shop) -> bool:
    """Whether this visitor's profile may be used: consent was given, and no bot asks."""
    return consented(data, shop, gpc=gpc()) and not agent().bot


def agent() -> Agent:
    """What the request says of the browser."""
    return read_agent(request.headers.get("User-Agent", ""))


def gpc() -> bool:
    """Whether the browser sends Global Privacy Control."""
    return request.headers.get("Sec-GPC") == "1"


def finder(shop: Shop) -> Any:
    """A look-up of the catalogue's item by its page's address."""

    def find(location: str) -> Item | None:
        with here().house.store(shop.name).read() as tx:
            return items.by_location(tx, location)

    return find
