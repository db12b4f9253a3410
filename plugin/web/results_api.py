"""How does a program read what a popup or window brought? (secret key)"""

from __future__ import annotations

from typing import Any

from flask import Response

from plugin.errors import NotFound
from plugin.serve.proof import Interval
from plugin.serve.retain.popup import span_text
from plugin.shop import Shop, to_major
from plugin.storage import campaigns
from plugin.web.admin.results import Arm, Result, result_of
from plugin.web.definitions import KINDS
from plugin.web.edge import answer, server_shop
from plugin.web.here import here


def results(kind: str, slug: str) -> Response:
    """Both arms, the verdict and its intervals; money in major units."""
    shop, now = server_shop(), here().now()
    with here().house.store(shop.name).read() as tx:
        campaign = campaigns.get(tx, KINDS[kind], slug)
        if campaign is None:
            raise NotFound(f"there is no such {KINDS[kind]}")
        found = result_of(tx, campaign, now, shop)
    return answer(result_out(found, shop))


def result_out(one: Result, shop: Shop) -> dict[str, Any]:
    """A result as the API shows it."""
    verdict, goal = one.verdict, one.outcome.goal
    return {
        "slug": one.slug,
        "counted_at": one.outcome.made_at,
        "goal": {"event": goal.event, "within": span_text(goal.within_ms)},
        "control_share": one.share,
        "currency": shop.currency,
        "verdict": verdict.word,
        "trusted": verdict.trusted,
        "visitors_needed": verdict.needed,
        "days_needed": one.days,
        "suggests": verdict.suggests,
        "per_1000": {
            "converted": _interval(verdict.goals),
            "revenue": _interval(verdict.money, shop.currency),
        },
        "relative": _interval(verdict.relative),
        "shown": _arm(one.shown, shop),
        "control": _arm(one.control, shop),
    }


def _interval(found: Interval | None, currency: str | None = None) -> dict[str, float] | None:
    if found is None:
        return None
    told = {"value": found.value, "low": found.low, "high": found.high}
    if currency is None:
        return {name: round(value, 6) for name, value in told.items()}
    return {name: to_major(round(value), currency) for name, value in told.items()}


def _arm(arm: Arm, shop: Shop) -> dict[str, Any]:
    each = arm.per_visitor
    return {
        "visitors": arm.visitors,
        "views": arm.views,
        "clicks": arm.clicks,
        "closes": arm.closes,
        "submits": arm.submits,
        "converted": arm.converted,
        "rate": None if arm.rate is None else round(arm.rate, 6),
        "revenue": shop.major(arm.revenue),
        "revenue_per_visitor": None if each is None else shop.major(round(each)),
    }
