"""Who is in a segment, now or at an earlier moment, and who is put there by hand?"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.collect.amounts import read_moment
from plugin.errors import DocumentRefused, EventRefused, PluginError
from plugin.journey.as_of import members_as_of
from plugin.storage import segments
from plugin.web.definitions import END, bring_up_to_date, segment_named
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here
from plugin.web.pages import limit, whole

BY_HAND_KEYS = {"add", "remove", "release", "until"}
MOMENT = "Unix ms or a time as 2026-11-24T09:00:00+09:00 (in an address + is written %2B)"


def members(slug: str) -> Response:
    """Who is in a segment now and since when; ``?at=``: who was in it at that moment."""
    shop = server_shop()
    segment_named(shop, slug)
    most, after = limit(), whole("after", 0, 0, END)
    if "at" in request.args:
        at = _moment(request.args["at"], "at")
        store = here().house.store(shop.name)
        people, following = members_as_of(store, shop, slug, at, most, after)
        return answer({"visitors": people, "next": following})
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        rows, following = segments.members(tx, slug, most, after)
    now = [{"visitor_id": r["visitor_id"], "entered_at": r["entered_at"]} for r in rows]
    return answer({"visitors": now, "next": following})


def place(slug: str) -> Response:
    """Put visitors in a segment or out of it by hand; that wins over its rule."""
    shop, data, now = server_shop(), body(), here().now()
    segment_named(shop, slug)
    unknown = sorted(set(data) - BY_HAND_KEYS)
    if unknown:
        raise DocumentRefused(
            f"unknown: {', '.join(unknown)}; by hand there are add, remove, release, until"
        )
    lists = {name: _ids(data, name) for name in ("add", "remove", "release")}
    if not any(lists.values()):
        raise DocumentRefused('name visitors: {"add": [visitor ids], "remove": [visitor ids]}')
    until = None if data.get("until") is None else _moment(data["until"], "until")
    if until is not None and until <= now:
        raise DocumentRefused("until is over already: give a moment to come, or leave it out")
    bring_up_to_date(shop)
    done: dict[str, Any] = here().writer.do(
        shop.name, "place", slug=slug, **lists, until=until, now=now
    )
    bring_up_to_date(shop)
    return answer({**done, "size": segment_named(shop, slug).size})


def _ids(data: dict[str, Any], name: str) -> list[str]:
    given = data.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise DocumentRefused(f"{name} must be a list of visitor ids")
    return given


def _moment(given: object, name: str) -> int:
    if name == "at" and isinstance(given, str):
        # An unescaped + of an address arrives as a space.
        given = int(given) if given.isascii() and given.isdigit() else given.replace(" ", "+")
    try:
        return read_moment(given)
    except EventRefused:
        raise PluginError(f"{name} must be {MOMENT}") from None
