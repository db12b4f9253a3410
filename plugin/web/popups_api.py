"""How does a program ask why a popup came or not? (secret key)"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import force_locale

from plugin.collect.parts import read_visitor_id
from plugin.errors import BodyRefused
from plugin.journey import WhyPopup, Wish, why_popup
from plugin.serve.retain.trace import Trace
from plugin.web import wishes
from plugin.web.admin.why_words import condition_words
from plugin.web.edge import answer, server_shop
from plugin.web.here import here

NO_NAMES: dict[str, str] = {}


def why(slug: str) -> Response:
    """Every condition of a popup for ``?visitor_id=`` on the page ``?url=``, now."""
    shop = server_shop()
    wish = wish_asked(request.args.get("visitor_id"), request.args.get("url"))
    found = why_popup(here().house.store(shop.name), shop, wish, slug, here().now())
    return answer(why_out(found, slug))


def wish_asked(visitor_id: str | None, url: str | None, language: str | None = None) -> Wish:
    """A page's wish for a popup, as somebody else asks about it. Raises BodyRefused."""
    if not visitor_id or not url:
        raise BodyRefused("give the visitor's id in visitor_id and the page's address in url")
    page = {"url": url, "language": language or request.args.get("language")}
    body = {"visitor_id": read_visitor_id(visitor_id), "page": page}
    return wishes.of_popup(body, personal=True)


def why_out(found: WhyPopup, slug: str) -> dict[str, Any]:
    """The trace of one popup as the API shows it; one that cannot be read says why."""
    if slug in found.broken:
        return {"popup": slug, "known": found.known, "outcome": "broken", "why": found.broken[slug]}
    [trace] = found.traces
    reasons = found.reasons.get(slug, ())
    return {
        "popup": slug,
        "known": found.known,
        "outcome": trace.outcome,
        "blocked_by": trace.blocked_by.code if trace.blocked_by else None,
        "winner": trace.winner,
        "conditions": _conditions(trace),
        "audience": [{"text": r.text, "value": r.value, "holds": r.holds} for r in reasons],
    }


def _conditions(trace: Trace) -> list[dict[str, Any]]:
    with force_locale("en"):
        return [
            {
                "code": one.code,
                "holds": one.holds,
                "told": dict(one.told),
                "says": condition_words(one, NO_NAMES),
            }
            for one in trace.conditions
        ]
