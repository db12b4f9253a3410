"""How does an owner take the members of a segment to a spreadsheet or an advertising network?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused
from plugin.serve.audience import (
    BAD_EMAIL,
    FORMATS,
    NO_EMAIL,
    REFUSED,
    SAME,
    Format,
    line,
    marketing_refused,
    tally,
    why_left_out,
)
from plugin.shop import Shop
from plugin.storage import audiences
from plugin.storage.engine import Store
from plugin.web.frame import framed, page, segment_called, shop_now, store_now

MARK = "\ufeff"
LINES_AT_ONCE = 200
NAMES = {
    "plain": _l("Spreadsheet"),
    "meta": "Meta",
    "google": "Google Ads",
    "linkedin": "LinkedIn",
}
WHY = {
    NO_EMAIL: _l("gave no e-mail"),
    REFUSED: _l("said no to marketing"),
    BAD_EMAIL: _l("the e-mail is none"),
    SAME: _l("the same e-mail as somebody else"),
}


@dataclass(frozen=True)
class Offered:
    """One format on the page. ``left_out``: reason in words, and how many."""

    form: Format
    label: str
    rows: int
    left_out: tuple[tuple[str, int], ...]

    @property
    def too_few(self) -> bool:
        """Whether the network would not take it."""
        return self.rows < self.form.floor


@framed
def export(slug: str) -> Any:
    """The formats a segment can be taken away in: how many rows, who is left out, and why."""
    shop_now()
    with store_now().read() as tx:
        one = segment_called(tx, slug)
        reached, left_out = tally(audiences.reachable(tx, slug))
    found = [_offered(form, one.size, reached, left_out) for form in FORMATS.values()]
    return page("export.html", one=one, found=found)


@framed
def members_csv(slug: str) -> Any:
    """The members as CSV in ``?format=`` (plain, meta, google, linkedin), written as it is read.

    The headers Regulars-Rows and Regulars-Left-Out say how many are in it and who is not.
    """
    shop, store = shop_now(), store_now()
    form = FORMATS.get(request.args.get("format", "plain"))
    if form is None:
        raise DocumentRefused(_("The formats are: %(names)s.", names=", ".join(FORMATS)))
    with store.read() as tx:
        one = segment_called(tx, slug)
        reached, left_out = tally(audiences.reachable(tx, slug))
    offered = _offered(form, one.size, reached, left_out)
    said = "; ".join(f"{why}={count}" for why, count in left_out.items())
    answer = Response(_chunks(store, shop, slug, form), mimetype="text/csv")
    name = f"{shop.name}-{slug}-{form.name}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Regulars-Rows"] = str(offered.rows)
    answer.headers["Regulars-Left-Out"] = "" if form.everybody else said
    return answer


def _offered(form: Format, size: int, reached: int, left_out: dict[str, int]) -> Offered:
    label = str(NAMES[form.name])
    if form.everybody:
        return Offered(form, label, size, ())
    rows = min(reached, form.most) if form.most else reached
    said = tuple((str(WHY[why]), count) for why, count in left_out.items() if count)
    return Offered(form, label, rows, said)


def _chunks(store: Store, shop: Shop, slug: str, form: Format) -> Iterator[str]:
    """The file, some lines at a time: one write for each line would be slow."""
    lines = _lines(store, shop, slug, form)
    yield MARK if form.marked else ""
    while part := "".join(islice(lines, LINES_AT_ONCE)):
        yield part


def _lines(store: Store, shop: Shop, slug: str, form: Format) -> Iterator[str]:
    yield line(form.header, quoted=form.everybody)
    rows = _rows(store, shop, slug, form)
    yield from islice(rows, form.most)


def _rows(store: Store, shop: Shop, slug: str, form: Format) -> Iterator[str]:
    seen: set[str] = set()
    for member in audiences.members(store, slug):
        who = member.profile
        refused = marketing_refused(who.declared)
        if form.everybody or why_left_out(who.email, refused, seen) is None:
            yield line(form.cells(member, shop), quoted=form.everybody)
