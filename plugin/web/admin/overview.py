"""How is the shop doing: visitors, events, orders, segments, and what the offers brought?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect
from flask_babel import gettext as _

from plugin.shop import Shop
from plugin.storage import reports, segments
from plugin.storage.engine import Tx
from plugin.storage.reports import Day, Totals
from plugin.web.admin.charts import columns
from plugin.web.admin.proof_words import proof_words
from plugin.web.admin.results import Result, brought
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import money, number, short_day, start_of_day, whole_money

SPAN = 30  # days
MOST_BARS = 8


@dataclass(frozen=True)
class Figures:
    """What the overview shows. ``before``: the same number of days before these."""

    visitors: int
    days: list[Day]
    now: Totals
    before: Totals
    segments: list[segments.Segment]
    popups: list[Result]
    windows: list[Result]


@framed
def overview() -> Any:
    """The figures of 30 days; a shop without any event is led to the install page."""
    shop, now = shop_now(), here().now()
    with store_now().read() as tx:
        if reports.arrivals(tx) is None:
            return redirect(link("install"))
        found = _figures(tx, shop, now)
    return page(
        "overview.html",
        found=found,
        span=SPAN,
        visits_chart=columns([[day.visitors] for day in found.days]),
        money_chart=columns([[day.confirmed, day.unverified] for day in found.days]),
        most_bars=MOST_BARS,
        largest=max((one.size for one in found.segments), default=0) or 1,
        versus=versus,
        proof_words=proof_words,
        number_words=number,
        money_words=whole_money,
        **_by_day(found.days),
    )


def _by_day(days: list[Day]) -> dict[str, list[Any]]:
    """The figures of each day in words: ``…_say`` beside a bar, ``…_rows`` newest first."""
    names = [short_day(day.day) for day in days]
    dated = list(zip(names, days, strict=True))
    return {
        "visits_say": [
            _("%(day)s: %(count)s visitors", day=name, count=number(day.visitors))
            for name, day in dated
        ],
        "money_say": [
            _(
                "%(day)s: %(money)s, %(count)s orders",
                day=name,
                money=money(day.revenue),
                count=number(day.orders),
            )
            for name, day in dated
        ],
        "visits_rows": [
            (name, number(day.visitors), number(day.events)) for name, day in reversed(dated)
        ],
        "money_rows": [
            (name, number(day.orders), money(day.confirmed), money(day.unverified))
            for name, day in reversed(dated)
        ],
    }


def versus(now: float, before: float) -> float | None:
    """How much more than before, as a share; None where there was nothing to compare with."""
    return None if before <= 0 else now / before - 1


def _figures(tx: Tx, shop: Shop, now: int) -> Figures:
    today = shop.day(now)
    first = today - SPAN + 1
    days = reports.days(tx, first, today, shop.currency)
    by_size = sorted(segments.definitions(tx), key=lambda one: (-one.size, one.name))
    return Figures(
        visitors=reports.seen_since(tx, start_of_day(first, shop)),
        days=days,
        now=reports.total(days),
        before=reports.totals(tx, first - SPAN, first - 1, shop.currency),
        segments=by_size,
        popups=brought(tx, "popup", now, shop),
        windows=brought(tx, "window", now, shop),
    )
