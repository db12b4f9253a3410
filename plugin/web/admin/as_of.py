"""Who was in a segment at the moment the owner asks for?"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from flask import request
from flask_babel import gettext as _

from plugin.errors import PluginError
from plugin.journey.as_of import members_as_of
from plugin.segment.dates import first_ms, read_moment
from plugin.shop import Shop, local_time
from plugin.storage.engine import Store

PER_PAGE = 50
AT_ONCE = 1_000
# Each visitor is told anew from the log; then the page comes with what was counted.
WITHIN_S = 5.0


@dataclass(frozen=True)
class Then:
    """What the form holds, and the members of then (visitor_id, entered_at).

    ``size``: how many there were, at least where ``more``.
    """

    typed: str
    at: int | None = None
    people: tuple[dict[str, Any], ...] = ()
    size: int = 0
    more: bool = False
    trouble: str = ""


def members_then(store: Store, shop: Shop, slug: str, now: int) -> Then:
    """The members at ``?at=``, a time on the shop's clock; without one, a form to ask with."""
    typed = request.args.get("at", "")
    if not typed:
        return Then(f"{local_time(now, shop.timezone):%Y-%m-%dT%H:%M}")
    moment = read_moment(typed)
    if moment is None:
        return Then(typed, trouble=_("Give a day and a time, as 2026-11-24T09:00."))
    at = first_ms(moment, shop.timezone)
    try:
        people, size, more = _counted(store, shop, slug, at)
    except PluginError as trouble:
        return Then(typed, trouble=trouble.message)
    return Then(typed, at, tuple(people), size, more)


def _counted(
    store: Store, shop: Shop, slug: str, at: int
) -> tuple[list[dict[str, Any]], int, bool]:
    end = perf_counter() + WITHIN_S

    def enough() -> bool:
        return perf_counter() > end

    people, following = members_as_of(store, shop, slug, at, AT_ONCE, 0, enough)
    size, shown = len(people), people[:PER_PAGE]
    while following is not None and not enough():
        people, following = members_as_of(store, shop, slug, at, AT_ONCE, following, enough)
        size += len(people)
    return shown, size, following is not None
