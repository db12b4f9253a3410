"""Which windows are there, what does each need, and what does it bring?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from plugin.errors import NotFound
from plugin.journey.models import ahead
from plugin.serve.language import in_language
from plugin.shop import Shop
from plugin.storage import campaigns, gauges, models, segments
from plugin.storage.engine import Row, Tx
from plugin.tasks.jobs import JOBS
from plugin.web.admin.campaigns import changed, show_to_90, switched, undone
from plugin.web.admin.proof_words import Said, proof_words
from plugin.web.admin.results import Result, brought
from plugin.web.admin.rule_words import audience_words
from plugin.web.admin.windows_first import FIRST
from plugin.web.admin.windows_look import FIELDS
from plugin.web.admin.windows_words import STRATEGIES, Link, chain, where_words
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now
from plugin.web.shop_settings import never_show


@dataclass(frozen=True)
class Card:
    """A window as it stands in the list."""

    one: Result
    title: str
    where: str
    audience: str
    chain: list[Link]
    said: Said


@dataclass(frozen=True)
class Learnt:
    """The model that counts, and what the next one waits for: ``came`` of ``enough`` views and
    orders, or one of them after ``due_at`` (Unix ms). ``every_s``: how often the clock looks.
    """

    row: Row
    came: int
    enough: int
    due_at: int
    every_s: int


@framed
def window_list() -> Any:
    """Every window: title, place, strategies with what they need, audience, verdict; the model."""
    shop, now = shop_now(), here().now()
    with store_now().read() as tx:
        found = brought(tx, "window", now, shop)
        names = {one.slug: one.name for one in segments.definitions(tx)}
        known = gauges.gauges(tx, now, shop.manners.free_shipping)
        learnt = _learnt(tx)
    by_name = {gauge.strategy: gauge for gauge in known}
    cards = [
        Card(
            one,
            in_language(one.body.get("title") or "", language_now()) or one.name,
            where_words(one.slug, one.body),
            audience_words(one.body, names),
            chain(one.body.get("strategies") or (), by_name),
            proof_words(one),
        )
        for one in found
    ]
    return page(
        "windows.html",
        cards=cards,
        gauges=chain(list(STRATEGIES), by_name),
        enough={gauge.strategy: gauge for gauge in known},
        learnt=learnt,
    )


@framed
def first() -> Any:
    """Make the windows that a shop begins with; those that are there stay as they are."""
    with store_now().read() as tx:
        there = {row["slug"] for row in campaigns.all(tx, "window")}
    for slug, document in FIRST.items():
        if slug not in there:
            put_window(shop_now(), slug, document)
    return redirect(link("windows"), 303)


@framed
def switch(slug: str) -> Any:
    """Turn a window on or off."""
    return switched("window", slug)


@framed
def share(slug: str) -> Any:
    """Show a window to 90 % of visitors."""
    return show_to_90("window", slug)


@framed
def undo(slug: str) -> Any:
    """Take back what was done to a window by its verdict."""
    undone("window", slug)
    return redirect(link("windows", slug, "results"), 303)


@framed
def remove(slug: str) -> Any:
    """Remove a window; what visitors did with it stays on record."""
    if not here().writer.do(shop_now().name, "delete_campaign", kind="window", slug=slug):
        raise NotFound(_("There is nothing called %(name)s.", name=slug))
    return redirect(link("windows"), 303)


@framed
def choose(slug: str) -> Any:
    """Pin a product, ban it from this window or from all, or take that back."""
    does, item = request.form.get("do", ""), request.form.get("product", "").strip()[:128]
    shop = shop_now()
    if does in ("never", "again"):
        never_show(here().house, shop, item, does == "never")
    elif item and does in ("pin", "unpin", "ban", "unban"):
        key = "pins" if does.endswith("pin") else "bans"
        listed = [one for one in _listed(slug, key) if one != item]
        changed("window", slug, {key: listed if does.startswith("un") else [*listed, item]})
    told = {name: request.form.get(name) for name in FIELDS if name != "other"}
    return redirect(link("windows", slug, **told, did=does, product=item) + "#done", 303)


def put_window(shop: Shop, slug: str, document: dict[str, Any]) -> None:
    """Keep a window. Raises DocumentRefused."""
    enabled = document.get("enabled", True)
    here().writer.do(
        shop.name, "put_campaign", kind="window", slug=slug, body=document, enabled=enabled,
        now=here().now(),
    )  # fmt: skip


def window_row(slug: str) -> Row:
    """The window of that slug, as ``campaigns.get`` has it. Raises NotFound."""
    with store_now().read() as tx:
        row = campaigns.get(tx, "window", slug)
    if row is None:
        raise NotFound(_("There is nothing called %(name)s.", name=slug))
    return row


def _listed(slug: str, key: str) -> list[str]:
    """The pins or bans of a window."""
    found = window_row(slug)["body"].get(key) or []
    return [found] if isinstance(found, str) else list(found)


def _learnt(tx: Tx) -> Learnt | None:
    row = models.newest(tx)
    if row is None:
        return None
    every_s = next(job.every_s or 0 for job in JOBS if job.name == "models")
    return Learnt(row, *ahead(tx, row), every_s)
