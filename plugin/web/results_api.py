"""How does a program read what a popup or window brought? (secret key)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from plugin.errors import NotFound
from plugin.serve.acts import Figures
from plugin.serve.placements import Place, Placed, summed
from plugin.serve.proof import Interval
from plugin.serve.recommend.strategies import strategy_told
from plugin.serve.retain.popup import span_text
from plugin.serve.split import is_let
from plugin.serve.verdict import Verdict
from plugin.shop import DAY, Shop, to_major
from plugin.storage import campaigns
from plugin.storage.acts import Act
from plugin.storage.placements import by_strategy
from plugin.web.admin.ahead import with_ahead
from plugin.web.admin.results import Ahead, Arm, Result, result_of
from plugin.web.definitions import KINDS
from plugin.web.edge import answer, server_shop
from plugin.web.here import here
from plugin.web.pages import whole

DAYS, MOST_DAYS = 30, 90  # of a window's places


def results(kind: str, slug: str) -> Response:
    """Both arms, the verdict and its intervals; money in major units.

    Of a window also what came of each strategy and position in the last ``?days=`` (30).
    """
    shop, now, days = server_shop(), here().now(), whole("days", DAYS, 1, MOST_DAYS)
    store = here().house.store(shop.name)
    with store.read() as tx:
        campaign = campaigns.get(tx, KINDS[kind], slug)
        if campaign is None:
            raise NotFound(f"there is no such {KINDS[kind]}")
        [one] = with_ahead(store, tx, shop, now, [result_of(tx, campaign, now, shop)])
        found = result_out(one, shop)
        if campaign["kind"] == "window":
            placed = by_strategy(tx, slug, now - days * DAY, now, shop.currency)
            found |= {"days": days, **placed_out(placed, shop)}
    return answer(found)


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
        "per_1000": _per_1000(verdict, shop),
        "relative": _interval(verdict.relative),
        "shown": _arm(one.shown, shop),
        "control": _arm(one.control, shop),
        "findable": _findable(one.ahead),
        "auto": is_let(one.body),
        "acts": [_act(act, shop) for act in one.acts],
    }


def placed_out(found: Mapping[Place, Placed], shop: Shop) -> dict[str, Any]:
    """What came of a window's places, as the API shows it: by strategy, and by position."""
    by_name = summed(found, lambda place: strategy_told(place[0]))
    by_position = summed(found, lambda place: place[1])
    return {
        "by_strategy": [{"strategy": name, **_placed(one, shop)} for name, one in by_name.items()],
        "by_position": [
            {"position": position, **_placed(one, shop)} for position, one in by_position.items()
        ],
    }


def _findable(ahead: Ahead | None) -> dict[str, Any] | None:
    """What could be found of one that is open, and after how many weeks; None: it is decided."""
    if ahead is None:
        return None
    return {
        "by": ahead.source,
        "rate": None if ahead.crowd is None else round(ahead.crowd.rate, 6),
        "weeks": [
            {**vars(one), "lift": None if one.lift is None else round(one.lift, 4)}
            for one in ahead.weeks
        ],
    }


def _act(act: Act, shop: Shop) -> dict[str, Any]:
    told = act.figures
    return {
        "act": act.act,
        "at": act.at,
        "undone_at": act.undone_at,
        "was": dict(act.was),
        "verdict": told.word,
        "per_1000": _per_1000(told, shop),
        "shown": {"visitors": told.shown.visitors, "converted": told.shown.reached},
        "control": {"visitors": told.control.visitors, "converted": told.control.reached},
    }


def _placed(one: Placed, shop: Shop) -> dict[str, Any]:
    return {**vars(one), "revenue": shop.major(one.revenue)}


def _per_1000(told: Verdict | Figures, shop: Shop) -> dict[str, Any]:
    return {
        "converted": _interval(told.goals),
        "revenue": _interval(told.money, shop.currency),
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
