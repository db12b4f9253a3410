"""Does the tag stand in the shop yet, and does it see what it should?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, redirect, request

from plugin.collect.inspection import FRAGMENT, inspection_token
from plugin.collect.signature import identity_key
from plugin.serve.about import ABOUT, PLACE_LISTS
from plugin.shop import Shop
from plugin.storage import campaigns, inspections, reports
from plugin.web.admin.checks import Check, check_list
from plugin.web.admin.words import event_words
from plugin.web.edge import answer
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import ago
from plugin.web.silence import silence_now


@framed
def install() -> Any:
    """The tag to copy, whether the first event has come, and what a walk through the shop shows."""
    return install_page()


def install_page(typed: Mapping[str, str] | None = None, trouble: str | None = None) -> str:
    """The page; ``typed``: what was written about the shop, and ``trouble`` what is wrong in it."""
    shop = shop_now()
    with store_now().read() as tx:
        found = reports.arrivals(tx)
        windows = [row["slug"] for row in campaigns.all(tx, "window")]
        seen = inspections.newest(tx, here().now())
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
        walks=_walks(shop),
        checks=check_list(seen, came=found is not None),
        has_seen=bool(seen),
        about={**_about(shop), **(typed or {})},
        trouble=trouble,
        saved=request.args.get("saved") == "about",
    )


@framed
def live() -> Any:
    """The install page's sign as JSON: {"came", "stopped", "first", "last", "what"}, in words."""
    with store_now().read() as tx:
        return answer(_state(reports.arrivals(tx)))


@framed
def check() -> Any:
    """The check list as JSON: {"checks": [{name, title, state, word, text}]}, in words."""
    return answer({"checks": _checks()})


@framed
def again() -> Any:
    """Forget what the walk has shown, and begin it again."""
    here().writer.do(shop_now().name, "forget_inspections")
    return redirect(link("install"), 303)


def _checks() -> list[Check]:
    with store_now().read() as tx:
        seen = inspections.newest(tx, here().now())
        return check_list(seen, came=reports.arrivals(tx) is not None)


def _walks(shop: Shop) -> list[str]:
    """Where the walk through the shop begins, one address for each origin; what to add to any
    address of the shop, where none is known.

    Never made of an address that an event told of: it carries a word that opens the settings.
    """
    token = inspection_token(here().house.settings.secret_key, shop.name, here().now())
    query = f"?rs_debug=1#{FRAGMENT}={token}"
    origins = [f"{origin}/" for origin in shop.origins]
    demo = current_app.config.get("REGULARS_DEMO") or {}
    if not origins and demo.get("public_key") == shop.public_key:
        origins = [f"{request.url_root}demo/"]
    return [origin + query for origin in origins] or [query]


def _about(shop: Shop) -> dict[str, str]:
    """What was said of the shop, as its form shows it."""
    told = {name: shop.settings.get(name) for name in ABOUT}
    lists = {name: "\n".join(shop.texts(name)) for name in PLACE_LISTS}
    return {name: "" if value is None else str(value) for name, value in told.items()} | lists


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
