"""Which popups and windows are there, and what does each bring?"""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from plugin.errors import NotFound
from plugin.serve.language import in_language
from plugin.serve.verdict import WHEN_DECIDED
from plugin.storage import campaigns, segments
from plugin.web.admin.proof_words import proof_words
from plugin.web.admin.results import brought
from plugin.web.admin.rule_words import audience_words, pages_words, trigger_words
from plugin.web.admin.words import KINDS, STRATEGIES
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now


@framed
def popups() -> Any:
    """Every popup: kind, trigger, audience, and its arms."""
    return _list("popup", "popups.html")


@framed
def windows() -> Any:
    """Every window: title, strategies, audience, and its arms."""
    return _list("window", "windows.html")


@framed
def switch_popup(slug: str) -> Any:
    """Turn a popup on or off."""
    return _switch("popup", slug)


@framed
def switch_window(slug: str) -> Any:
    """Turn a window on or off."""
    return _switch("window", slug)


@framed
def share_popup(slug: str) -> Any:
    """Show a popup to 90 % of visitors."""
    return _show_to_90("popup", slug)


@framed
def share_window(slug: str) -> Any:
    """Show a window to 90 % of visitors."""
    return _show_to_90("window", slug)


def _list(kind: str, template: str) -> str:
    shop = shop_now()
    with store_now().read() as tx:
        found = brought(tx, kind, here().now(), shop)
        names = {one.slug: one.name for one in segments.definitions(tx)}
    return page(
        template,
        found=found,
        proof_words=proof_words,
        audience=lambda body: audience_words(body, names),
        trigger=trigger_words,
        pages=pages_words,
        kinds=KINDS,
        strategies=STRATEGIES,
        title_of=lambda body: in_language(body.get("title") or "", language_now()),
    )


def _switch(kind: str, slug: str) -> Any:
    return _changed(kind, slug, {"enabled": request.form.get("enabled") == "1"})


def _show_to_90(kind: str, slug: str) -> Any:
    return _changed(kind, slug, {"control_share": WHEN_DECIDED})


def _changed(kind: str, slug: str, changes: dict[str, Any]) -> Any:
    """Keep a campaign's document with ``changes``, and go back to where it is listed."""
    shop = shop_now()
    with store_now().read() as tx:
        row = campaigns.get(tx, kind, slug)
    if row is None:
        raise NotFound(_("There is nothing called %(name)s.", name=slug))
    body = {**row["body"], "enabled": row["enabled"], **changes}
    here().writer.do(
        shop.name,
        "put_campaign",
        kind=kind,
        slug=slug,
        body=body,
        enabled=body["enabled"],
        now=here().now(),
    )
    return redirect(link(f"{kind}s") + f"#{slug}", 303)
