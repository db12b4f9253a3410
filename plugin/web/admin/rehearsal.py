"""What would last month's visitors have met, were these popups on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, PluginError
from plugin.journey import Rehearsed
from plugin.serve.retain.rehearsal import MANY, Rehearsal
from plugin.storage import campaigns
from plugin.storage.engine import Row
from plugin.web.admin.words import KINDS
from plugin.web.call import error
from plugin.web.edge import answer
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.preview import stop_run
from plugin.web.rehearsal_api import LONGEST_S, VISITORS, far, rehearsed

MOST_COLLISIONS = 12
CAPS, STOPS = _l("its own caps"), _l("answered, closed or bought")
MOMENT, OTHERS = _l("its moment"), _l("another popup just before")
BUDGET = _l("the budget for what covers the page")
REASONS = {
    "checkout": _l("a checkout"), "schedule": _l("its schedule"), "pages": _l("other pages"),
    "device": _l("other devices"), "language": _l("other languages"),
    "source": _l("came from elsewhere"), "visitors": _l("new or returning"), "cart": _l("the cart"),
    "cap_visit": CAPS, "cap_day": CAPS, "cap_week": CAPS, "cap_ever": CAPS,
    "stop_answer": STOPS, "stop_close2": STOPS, "stop_purchase": STOPS,
    "others_visit": OTHERS, "gap": OTHERS, "overlays_visit": BUDGET, "overlays_week": BUDGET,
    "phone_first_page": _l("a phone's first page"), "audience": _l("not in its audience"),
    "segment_entered": MOMENT, "moment": MOMENT, "averse": _l("does not like popups"),
    "shield": _l("the discount shield"), "coupon": _l("no codes left"),
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One popup in both sets: who would see it then, and who does with those of now.

    ``stopped``: why it was not chosen, the most frequent first.
    """

    slug: str
    name: str
    kind: str
    shown: int
    control: int
    meetings: int
    was: int | None
    stopped: tuple[tuple[str, int], ...]


@framed
def rehearsal() -> Any:
    """The form; after it is sent, what the chosen popups would have come to."""
    shop = shop_now()
    with store_now().read() as tx:
        rows = campaigns.all(tx, "popup")
    asked = request.method == "POST"
    chosen = set(request.form.getlist("on")) if asked else {r["slug"] for r in rows if r["enabled"]}
    found, trouble = None, None
    if asked:
        try:
            found = rehearsed(shop, _data(rows))
        except PluginError as refusal:
            trouble = refusal.message
    told = page(
        "rehearsal.html",
        rows=rows,
        chosen=chosen,
        text=request.form.get("document", "").strip(),
        trouble=trouble,
        found=found,
        kinds=KINDS,
        words=_words(),
        most=VISITORS,
        seconds=round(LONGEST_S),
        **_found_words(found, rows),
    )
    return make_response(told, 400 if trouble else 200)


def run() -> Any:
    """What came of the rehearsal in the form (POST), as JSON with the part of the page; how far the
    one called ``?id=`` is (GET); DELETE ends it.
    """
    try:
        shop, name = shop_now(), request.args.get("id", "")
        if request.method == "DELETE":
            stop_run(shop, name)
            return answer({"ok": True})
        if request.method == "GET":
            return answer(far(shop, name))
        with store_now().read() as tx:
            rows = campaigns.all(tx, "popup")
        found = rehearsed(shop, {**_data(rows), "id": name})
        told = render_template(
            "admin/rehearsal_found.html", found=found, kinds=KINDS, **_found_words(found, rows)
        )
        return answer({"html": told})
    except PluginError as trouble:
        return answer(error(trouble.code, trouble.message), trouble.status)


def _words() -> dict[str, Any]:
    """What the page's script says, and whom it asks."""
    return {
        "url": link("popups", "rehearsal.json"),
        "begins": _("Reading the popups…"),
        "played": _("Played: {done} of {of} visitors"),
        "stopped": _("Stopped. Nothing was changed."),
        "signedOut": _("You are signed out. Load the page again."),
        "offline": _("The server did not answer. Try again in a moment."),
    }


def _found_words(found: Rehearsed | None, rows: Sequence[Row]) -> dict[str, Any]:
    """What the part of the page that tells of a rehearsal needs."""
    if found is None:
        return {}
    then = found.after or found.before
    names = {one.slug: one.name or one.slug for one in then.popups}
    return {
        "lines": _lines(found, rows),
        "persons": _persons(found),
        "then": then,
        "collisions": [
            (names[won], names[lost], pages)
            for (won, lost), pages in then.collisions.most_common(MOST_COLLISIONS)
        ],
        "codes": _codes(then),
    }


def _codes(then: Rehearsal) -> list[tuple[str, int, int | None]]:
    """Of each popup with codes: its name, how many could take one, and what they take off at most
    (minor units; None: it has no bound).
    """
    found = []
    for slug, line in then.lines.items():
        worth = then.worth.get(slug)
        money = None if worth is None else worth * line.codes
        if line.codes:
            found.append((line.popup.name or slug, line.codes, money))
    return sorted(found, key=lambda one: -one[1])


def _data(rows: Sequence[Row]) -> dict[str, Any]:
    """The rehearsal that the form asks for. Raises DocumentRefused."""
    chosen, text = set(request.form.getlist("on")), request.form.get("document", "").strip()
    drafts = [
        {**row["body"], "slug": row["slug"], "enabled": True}
        for row in rows
        if row["slug"] in chosen and not row["enabled"]
    ]
    if text:
        drafts.append(_document(text))
    without = [row["slug"] for row in rows if row["enabled"] and row["slug"] not in chosen]
    return {"popups": drafts, "without": without}


def _document(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as trouble:
        raise DocumentRefused(_("This is not JSON: %(why)s", why=str(trouble))) from None
    if not isinstance(found, dict):
        raise DocumentRefused(_("A popup is one object in braces."))
    return {"slug": "draft", **found}


def _lines(found: Rehearsed, rows: Sequence[Row]) -> tuple[Compared, ...]:
    names = {row["slug"]: str(row["body"].get("name") or row["slug"]) for row in rows}
    then, before = found.after or found.before, found.before
    lines = [
        Compared(
            slug,
            line.popup.name or names.get(slug, slug),
            line.popup.kind,
            line.shown,
            line.control,
            line.meetings,
            None
            if found.after is None
            else before.lines[slug].shown
            if slug in before.lines
            else 0,
            _reasons(line.stopped),
        )
        for slug, line in then.lines.items()
    ]
    return tuple(sorted(lines, key=lambda one: -one.shown))


def _reasons(stopped: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    summed: Counter[str] = Counter()
    for code, count in stopped.items():
        summed[str(REASONS.get(code, code))] += count
    return tuple(summed.most_common(3))


def _persons(found: Rehearsed) -> tuple[tuple[str, int, int | None], ...]:
    """How many visitors met so many popups: then, and with those of now."""
    then: Rehearsal = found.after or found.before
    return tuple(
        (
            f"{count}+" if count == MANY else str(count),
            then.per_person[count],
            None if found.after is None else found.before.per_person[count],
        )
        for count in range(MANY + 1)
    )
