"""Does the tag stand in the shop yet?"""

from __future__ import annotations

from typing import Any

from flask import request

from plugin.storage import campaigns, reports
from plugin.web.admin.words import event_words
from plugin.web.edge import answer
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.language import ago


@framed
def install() -> Any:
    """The tag to copy, and whether the first event has come."""
    shop = shop_now()
    with store_now().read() as tx:
        found = reports.arrivals(tx)
        windows = [row["slug"] for row in campaigns.all(tx, "window")]
    host = request.url_root.rstrip("/")
    # Browsers block an http script on an https page.
    secure = host.startswith("https://") or request.host.split(":")[0] in ("localhost", "127.0.0.1")
    return page(
        "install.html",
        tag=shop.tag(host),
        secure=secure,
        state=_state(found),
        slot=windows[0] if windows else "home-1",
        has_windows=bool(windows),
    )


@framed
def live() -> Any:
    """The install page's sign as JSON: {"came", "first", "last", "what"}, in words."""
    with store_now().read() as tx:
        return answer(_state(reports.arrivals(tx)))


def _state(found: reports.Arrivals | None) -> dict[str, Any]:
    if found is None:
        return {"came": False, "first": "", "last": "", "what": ""}
    row: dict[str, Any] = {
        "name": found.last_name,
        "params": found.last_params,
        "items": [],
        "value": None,
        "currency": None,
        "transaction_id": None,
    }
    return {
        "came": True,
        "first": ago(found.first_at),
        "last": ago(found.last_at),
        "what": event_words(row, {}),
    }
