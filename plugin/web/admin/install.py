"""Does the tag stand in the shop yet?"""

from __future__ import annotations

from typing import Any

from flask import request

from plugin.collect.signature import identity_key
from plugin.storage import campaigns, reports
from plugin.web.admin.words import event_words
from plugin.web.edge import answer
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import ago
from plugin.web.silence import silence_now


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
        identity_key=identity_key(here().house.settings.secret_key, shop.name),
    )


@framed
def live() -> Any:
    """The install page's sign as JSON: {"came", "stopped", "first", "last", "what"}, in words."""
    with store_now().read() as tx:
        return answer(_state(reports.arrivals(tx)))


def _state(found: reports.Arrivals | None) -> dict[str, Any]:
    if found is None:
        return {"came": False, "stopped": False, "first": "", "last": "", "what": ""}
    return {
        "came": True,
        "stopped": silence_now() is not None,
        "first": ago(found.first_at),
        "last": ago(found.last_at),
        "what": event_words(found.newest, {}),
    }
