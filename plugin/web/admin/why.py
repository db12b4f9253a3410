"""Why did a popup come to a visitor on a page, or why not, in the owner's words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, request
from flask_babel import gettext as _

from plugin.errors import PluginError
from plugin.journey import WhyPopup, why_popup
from plugin.profile.profile import Profile
from plugin.storage import campaigns, profiles, reports, segments, staff
from plugin.storage.engine import Row, Tx
from plugin.web.admin.qr import qr
from plugin.web.admin.staff import staff_links
from plugin.web.admin.troubles import trouble_line
from plugin.web.admin.why_words import condition_words, outcome_words
from plugin.web.admin.words import readable, short_id
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.popups_api import wish_asked

LATELY = 8  # visitors seen last, and test devices, to choose from


@dataclass(frozen=True)
class Line:
    """One condition in words."""

    holds: bool
    words: str


@dataclass(frozen=True)
class Card:
    """One popup with what was found of it. ``outcome``: as in ``trace``, or broken."""

    slug: str
    name: str
    outcome: str
    words: str
    lines: tuple[Line, ...] = ()
    audience: tuple[tuple[bool | None, str], ...] = ()


@framed
def why() -> Any:
    """The form, and below it each popup, or the one of ``?popup=``, with its conditions for
    ``?visitor=`` on ``?url=``.
    """
    asked = {
        key: request.args.get(key, "").strip() for key in ("popup", "visitor", "url", "language")
    }
    trouble, found = None, None
    if asked["visitor"] or (asked["url"] and not asked["popup"]):
        try:
            found = _found(asked)
        except PluginError as refusal:
            trouble = refusal
    shop = shop_now()
    with store_now().read() as tx:
        rows, names = campaigns.all(tx, "popup"), _names(tx)
        known = profiles.load(tx, reports.last_seen(tx, LATELY)[0])
        devices = staff.marked(tx, LATELY)
    told = page(
        "why.html",
        asked={**asked, "url": asked["url"] or _page_of(rows, asked["popup"])},
        trouble=trouble.message if trouble else None,
        found=found,
        cards=[] if found is None else _cards(found, names),
        popups=[(row["slug"], names[row["slug"]]) for row in rows],
        winner=names.get(found.winner or "") if found else None,
        lately=sorted(known.values(), key=_newest, reverse=True),
        devices=devices,
        device_links=staff_links(shop),
        addressed=bool(shop.origins),
        qr=qr,
        short_id=short_id,
    )
    return make_response(told, trouble.status if trouble else 200)


def _found(asked: Mapping[str, str]) -> WhyPopup:
    """What is asked, answered. Raises BodyRefused and NotFound."""
    wish = wish_asked(asked["visitor"], asked["url"] or "/", asked["language"] or None)
    return why_popup(store_now(), shop_now(), wish, asked["popup"] or None, here().now())


def _page_of(rows: Sequence[Row], slug: str) -> str:
    """A page on which the popup may come, to begin with: its first pattern's, else the home."""
    for row in rows:
        pages = row["body"].get("pages") if row["slug"] == slug else None
        for pattern in pages if isinstance(pages, list) else ():
            if isinstance(pattern, str) and pattern.startswith("/"):
                return pattern.partition("*")[0]
    return "/"


def _newest(one: Profile) -> int:
    return one.last_seen_at or 0


def _names(tx: Tx) -> dict[str, str]:
    """What segments and popups are called, by slug."""
    rows = campaigns.all(tx, "popup")
    popups = {row["slug"]: str(row["body"].get("name") or row["slug"]) for row in rows}
    return {one.slug: one.name for one in segments.definitions(tx)} | popups


def _cards(found: WhyPopup, names: dict[str, str]) -> list[Card]:
    cards = [
        Card(
            one.popup.slug,
            one.popup.name,
            one.outcome,
            outcome_words(one),
            tuple(Line(c.holds, condition_words(c, names)) for c in one.conditions),
            tuple(
                (reason.holds, readable(f"{reason.text} ({reason.value})"))
                for reason in found.reasons.get(one.popup.slug, ())
            ),
        )
        for one in found.traces
    ]
    broken = [
        Card(
            slug,
            names.get(slug, slug),
            "broken",
            _("It cannot be read: %(why)s", why=trouble_line(trouble)),
        )
        for slug, trouble in found.broken.items()
    ]
    return cards + broken
