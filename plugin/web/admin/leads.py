"""What did people leave in popups, with which consent, and where did they come from?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from plugin.errors import DocumentRefused
from plugin.serve.audience import line
from plugin.shop import Shop, day_start, local_time
from plugin.storage import answers, campaigns
from plugin.storage.answers import FOREVER
from plugin.storage.engine import Row, Store
from plugin.web.admin.words import short_id
from plugin.web.frame import framed, link, page, shop_now, store_now

SHOWN = 50
MARK = "\ufeff"  # spreadsheets know UTF-8 by it
LINES_AT_ONCE = 500
EPOCH = date(1970, 1, 1).toordinal()
KNOWN = (
    "at", "popup", "visitor_id", "customer_id", "channel", "source", "campaign", "landing_page",
    "page", "language", "consent",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which answers are asked for. ``since``, ``until``: Unix ms; days: as they were written."""

    popup: str | None = None
    since: int = 0
    until: int = FOREVER
    first: str = ""
    last: str = ""

    @property
    def query(self) -> dict[str, str | None]:
        """What stands in the address for it."""
        return {"popup": self.popup, "first": self.first or None, "last": self.last or None}


@framed
def lead_list() -> Any:
    """The answers, newest first; ``?popup=``, ``?first=`` and ``?last=`` (days) choose."""
    asked, before = _asked(), request.args.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else FOREVER
    with store_now().read() as tx:
        rows = answers.latest(tx, SHOWN + 1, start, asked.popup, asked.since, asked.until)
        total = answers.count(tx, asked.popup, asked.since, asked.until)
        counts = answers.popups(tx)
        names = {row["slug"]: row["body"].get("name") or row["slug"] for row in _popups(tx)}
    shown = rows[:SHOWN]
    following = shown[-1]["seq"] if len(rows) > SHOWN else None
    return page(
        "leads.html",
        found=shown,
        total=total,
        counts=counts,
        names=names,
        asked=asked,
        first_page=start == FOREVER,
        older=link("leads", **asked.query, before=following) if following else None,
        newest=link("leads", **asked.query),
        file=link("leads.csv", **asked.query),
        short_id=short_id,
    )


@framed
def leads_csv() -> Any:
    """The answers as CSV, written as it is read; chosen as on the page."""
    shop, asked = shop_now(), _asked()
    answer = Response(_chunks(store_now(), shop, asked), mimetype="text/csv")
    name = f"{shop.name}-leads.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _popups(tx: Any) -> list[Row]:
    return campaigns.all(tx, "popup")


def _asked() -> Asked:
    """Which answers the address asks for. Raises DocumentRefused for what is no day."""
    shop, query = shop_now(), request.args
    first, last = query.get("first", "").strip(), query.get("last", "").strip()
    return Asked(
        query.get("popup") or None,
        day_start(_day(first), shop.timezone) if first else 0,
        day_start(_day(last) + 1, shop.timezone) if last else FOREVER,
        first,
        last,
    )


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal() - EPOCH
    except ValueError:
        raise DocumentRefused(_("A day is written as 2026-11-27.")) from None


def _chunks(store: Store, shop: Shop, asked: Asked) -> Iterator[str]:
    """The file, some lines at a time. It is read twice: first, which fields there are at all."""
    span = (asked.popup, asked.since, asked.until)
    fields = dict.fromkeys(
        name for row in answers.everything(store, *span) for name in row["fields"]
    )
    yield MARK + line((*KNOWN, *fields), quoted=True)
    lines = (_line(row, shop, list(fields)) for row in answers.everything(store, *span))
    while part := "".join(islice(lines, LINES_AT_ONCE)):
        yield part


def _line(row: Row, shop: Shop, fields: list[str]) -> str:
    source = row["source"]
    consents = " / ".join(f"{one['field']}: {one['text']}" for one in row["consents"])
    known = (
        local_time(row["at"], shop.timezone).isoformat(timespec="seconds"),
        row["popup"],
        row["visitor_id"],
        row["customer_id"],
        *(source.get(name) for name in ("channel", "source", "campaign", "landing_page")),
        row["page"],
        row["language"],
        consents or None,
    )
    return line((*known, *(_text(row["fields"].get(name)) for name in fields)), quoted=True)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
