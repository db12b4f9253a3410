"""How did a segment grow, who moved and why, and where did they go? (secret key)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request

from plugin.errors import PluginError
from plugin.segment.dates import first_ms, read_moment
from plugin.segment.shape import LocalDay
from plugin.shop import Shop
from plugin.storage import history as log
from plugin.web.definitions import END, bring_up_to_date, segment_named
from plugin.web.edge import answer, server_shop
from plugin.web.here import here
from plugin.web.pages import limit, whole

SPAN = 30  # days, when nothing else is asked for
MOST_DAYS = 1_100  # three years
EPOCH = date(1970, 1, 1)


def history(slug: str) -> Response:
    """A segment's size, and who entered and left by cause, day by day; where they went to and
    came from."""
    shop = server_shop()
    segment_named(shop, slug)
    first, last = _days(shop)
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        found = log.days(tx, slug, first, last, shop.timezone)
        moved = log.movement(tx, slug, first, last, shop.timezone)
    return answer({"sizes": [_day_out(day) for day in found], "moves": _moves_out(moved)})


def transitions(slug: str) -> Response:
    """Every entering and leaving of a segment, noticed last first: who, when due, when noticed,
    why, by which version of the rule."""
    shop = server_shop()
    segment_named(shop, slug)
    most, after = limit(), whole("after", 0, 0, END)
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        rows, following = log.moves(tx, slug, most, after)
    names = ("visitor_id", "due_at", "noticed_at", "cause", "version")
    told = [{"entered": bool(row["entered"])} | {name: row[name] for name in names} for row in rows]
    return answer({"transitions": told, "next": following})


def _days(shop: Shop) -> tuple[int, int]:
    """The shop's days from ``?since=`` to ``?until=``, both included; 30 days up to today."""
    today = shop.day(here().now())
    last = min(_day("until", today, shop), today)
    first = _day("since", last - SPAN + 1, shop)
    if first > last:
        raise PluginError("since is after until: nothing lies between")
    if last - first >= MOST_DAYS:
        raise PluginError(f"ask for {MOST_DAYS} days at most; since and until are days")
    return first, last


def _day(name: str, default: int, shop: Shop) -> int:
    given = request.args.get(name)
    if given is None:
        return default
    # An unescaped + of an address arrives as a space.
    text = given.strip().replace(" ", "+")
    if text.isascii() and text.isdigit() and len(text) < 16:
        return shop.day(int(text))
    found = read_moment(text)
    if found is None:
        raise PluginError(f"{name} must be a day as 2026-11-24, Unix ms, or a time with its zone")
    return found.day if isinstance(found, LocalDay) else shop.day(first_ms(found, shop.timezone))


def _day_out(one: log.Day) -> dict[str, Any]:
    return {
        "day": (EPOCH + timedelta(days=one.day)).isoformat(),
        "size": one.size,
        "entered": sum(one.entered.values()),
        "left": sum(one.left.values()),
        "causes": log.causes([one]),
    }


def _moves_out(moved: log.Movement) -> dict[str, Any]:
    return {
        "left": moved.left.visitors,
        "to": _places(moved.left),
        "entered": moved.entered.visitors,
        "from": _places(moved.entered),
        "whole": moved.left.whole and moved.entered.whole,
    }


def _places(way: log.Way) -> list[dict[str, Any]]:
    return [{"slug": row["slug"], "visitors": row["visitors"]} for row in way.places]
