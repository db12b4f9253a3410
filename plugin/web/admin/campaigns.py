"""Which popups are there, what does each bring, and how is a popup or window changed?"""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from plugin.errors import NotFound
from plugin.serve.verdict import WHEN_DECIDED
from plugin.storage import campaigns, segments
from plugin.web.admin.ahead import with_ahead
from plugin.web.admin.proof_words import proof_words
from plugin.web.admin.results import brought
from plugin.web.admin.rule_words import audience_words, pages_words, trigger_words
from plugin.web.admin.words import KINDS
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here


@framed
def popups() -> Any:
    """Every popup: kind, trigger, audience, and its arms."""
    shop, store, now = shop_now(), store_now(), here().now()
    with store.read() as tx:
        found = with_ahead(store, tx, shop, now, brought(tx, "popup", now, shop))
        names = {one.slug: one.name for one in segments.definitions(tx)}
    return page(
        "popups.html",
        found=found,
        proof_words=proof_words,
        audience=lambda body: audience_words(body, names),
        trigger=trigger_words,
        pages=pages_words,
        kinds=KINDS,
    )


@framed
def switch_popup(slug: str) -> Any:
    """Turn a popup on or off."""
    return switched("popup", slug)


@framed
def share_popup(slug: str) -> Any:
    """Show a popup to 90 % of visitors."""
    return show_to_90("popup", slug)


@framed
def undo_popup(slug: str) -> Any:
    """Take back what was done to a popup by its verdict."""
    undone("popup", slug)
    return redirect(link("popups") + f"#{slug}", 303)


def switched(kind: str, slug: str) -> Any:
    """Turn a campaign on or off as the form says, and go back to where it is listed."""
    changed(kind, slug, {"enabled": request.form.get("enabled") == "1"})
    return redirect(link(f"{kind}s") + f"#{slug}", 303)


def show_to_90(kind: str, slug: str) -> Any:
    """Show a campaign to nine of ten visitors, and go back to where it is listed."""
    changed(kind, slug, {"control_share": WHEN_DECIDED})
    return redirect(link(f"{kind}s") + f"#{slug}", 303)


def undone(kind: str, slug: str) -> None:
    """Take back the act that the form names. Raises NotFound, DocumentRefused."""
    number = request.form.get("act", "")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound(_("There is nothing to take back."))
    here().writer.do(
        shop_now().name, "undo_act", kind=kind, slug=slug, seq=int(number), now=here().now()
    )


def changed(kind: str, slug: str, changes: dict[str, Any]) -> None:
    """Keep a campaign's document with ``changes``. Raises NotFound, DocumentRefused."""
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
