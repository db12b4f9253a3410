"""What would last month's visitors have met, were these popups on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, PluginError
from plugin.journey import Rehearsed
from plugin.serve.retain.rehearsal import MANY, Rehearsal
from plugin.storage import campaigns
from plugin.storage.engine import Row
from plugin.web.admin.words import KINDS
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.rehearsal_api import rehearsed

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
    text = request.form.get("document", "").strip()
    found, trouble = None, None
    if asked:
        try:
            found = rehearsed(shop, _data(rows, chosen, text))
        except PluginError as refusal:
            trouble = refusal.message
    told = page(
        "rehearsal.html",
        rows=rows,
        chosen=chosen,
        text=text,
        trouble=trouble,
        found=found,
        lines=_lines(found, rows) if found else (),
        persons=_persons(found) if found else (),
        then=(found.after or found.before) if found else None,
        kinds=KINDS,
        many=MANY,
    )
    return make_response(told, 400 if trouble else 200)


def _data(rows: Sequence[Row], chosen: set[str], text: str) -> dict[str, Any]:
    """The rehearsal that the form asks for. Raises DocumentRefused."""
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
