"""What does one window show right now, and what has it brought, place by place?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from plugin.errors import PluginError
from plugin.serve.language import in_language
from plugin.serve.placements import Placed, summed
from plugin.serve.recommend.strategies import strategy_told
from plugin.serve.recommend.window import Window, read_window
from plugin.shop import DAY
from plugin.storage import gauges, items, segments
from plugin.storage.placements import by_strategy
from plugin.web.admin.ahead import with_ahead
from plugin.web.admin.proof_words import proof_words
from plugin.web.admin.results import result_of
from plugin.web.admin.rule_words import audience_words
from plugin.web.admin.windows import window_row
from plugin.web.admin.windows_edit import shown_words
from plugin.web.admin.windows_look import look
from plugin.web.admin.windows_words import chain, strategy_label, where_words
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now, number

SPANS = (7, 30, 90)  # days


@dataclass(frozen=True)
class Line:
    """What came of one strategy, or one position, in words. ``of_views``: clicks by views."""

    label: str
    did: Placed

    @property
    def of_views(self) -> float | None:
        """Clicks for each view; None: it was not seen."""
        return self.did.clicks / self.did.views if self.did.views else None


@framed
def window(slug: str) -> Any:
    """One window as a chosen visitor sees it on a chosen page now, with all its reasons."""
    shop, store, now = shop_now(), store_now(), here().now()
    row = window_row(slug)
    try:
        read = read_window(slug, row["body"])
        looked, broken = look(store, shop, read, request.args, now), ""
    except PluginError as trouble:  # a document of another version
        read, looked, broken = Window(slug, ()), None, trouble.message
    with store.read() as tx:
        known = gauges.gauges(tx, now, shop.manners.free_shipping)
        names = {one.slug: one.name for one in segments.definitions(tx)}
        done = request.args.get("product", "")
        products = items.products(tx, [*read.pins, *read.bans, done])
    return page(
        "window.html",
        **_about(row),
        chain=chain(read.strategies, {one.strategy: one for one in known}),
        where=where_words(slug, row["body"]),
        audience=audience_words(row["body"], names),
        window=read,
        look=looked,
        broken=broken,
        did=request.args.get("did", ""),
        product=done,
        names={item_id: one.name or item_id for item_id, one in products.items()},
        never_shown=shop.never_shown,
        **shown_words(),
    )


@framed
def results(slug: str) -> Any:
    """What one window brought: shown against control; by strategy and by position, ``?days=``."""
    shop, store, now = shop_now(), store_now(), here().now()
    row, days = window_row(slug), _days()
    with store.read() as tx:
        [one] = with_ahead(store, tx, shop, now, [result_of(tx, row, now, shop)])
        placed = by_strategy(tx, slug, now - days * DAY, now, shop.currency)
    strategies = summed(placed, lambda place: strategy_told(place[0]))
    positions = summed(placed, lambda place: place[1])
    ranked = sorted(strategies.items(), key=lambda found: -found[1].views)
    return page(
        "window_results.html",
        **_about(row),
        result=one,
        said=proof_words(one),
        strategies=[Line(strategy_label(name), did) for name, did in ranked],
        positions=[Line(number(place), did) for place, did in positions.items()],
        days=days,
        spans=SPANS,
    )


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the head of each of a window's pages says."""
    body, slug = row["body"], row["slug"]
    title = in_language(body.get("title") or "", language_now())
    return {"slug": slug, "title": title or body.get("name") or slug, "enabled": row["enabled"]}


def _days() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in map(str, SPANS) else 30
