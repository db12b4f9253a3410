"""What does an owner see of how a segment grew, who moved, and where they went?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.journey.causes import CAUSES, EDIT, EVENT, EXPIRY, MANUAL, MERGE
from plugin.shop import SECOND, Shop
from plugin.storage import history
from plugin.storage.engine import Row, Tx
from plugin.web.admin.charts import line
from plugin.web.language import EPOCH, number, short_day, span

SPANS = (30, 90, 365)  # days
MOST_MOVES = 10
MOST_PLACES = 8
OF_VISITOR = 100
WHY = {
    EVENT: _l("something they did"),
    EXPIRY: _l("time went by"),
    EDIT: _l("the rule was edited"),
    MERGE: _l("it turned out who they are"),
    MANUAL: _l("by hand"),
}


@dataclass(frozen=True)
class Move:
    """One entering or leaving for the page: whose or of what, and in words why and how late."""

    row: Row
    why: str
    noticed: str

    @property
    def entered(self) -> bool:
        """Whether it was an entering."""
        return bool(self.row["entered"])


def segment_history(tx: Tx, shop: Shop, slug: str, now: int) -> dict[str, Any]:
    """What the page of a segment says about its past, over ``?days=`` 30, 90 or 365."""
    days = chosen_span()
    today = shop.day(now)
    asked = (today - days + 1, today, shop.timezone)
    found = history.days(tx, slug, *asked)
    latest, _more = history.moves(tx, slug, MOST_MOVES)
    return {
        "first": _date(found[0].day, days),
        "last": _date(found[-1].day, days),
        "span": days,
        "spans": SPANS,
        "size_chart": line([day.size for day in found]),
        "size_rows": [_in_words(day, days) for day in reversed(found)],
        "by_cause": _by_cause(found),
        "moved": history.movement(tx, slug, *asked),
        "most_places": MOST_PLACES,
        "latest": [in_words(row) for row in latest],
    }


def visitor_history(tx: Tx, profile: int) -> list[Move]:
    """What segments a visitor entered and left, newest first, 100 at most."""
    return [in_words(row) for row in history.moves_of(tx, profile, OF_VISITOR)]


def chosen_span() -> int:
    """The days asked for: one of ``SPANS``, else the first of them."""
    asked = request.args.get("days", "")
    return int(asked) if asked in map(str, SPANS) else SPANS[0]


def in_words(row: Row) -> Move:
    """A move with why it was, and how long after it was due it was noticed."""
    late = row["noticed_at"] - row["due_at"]
    noticed = _("noticed at once")
    if late >= SECOND:
        noticed = _("noticed %(span)s later", span=span(late))
    return Move(row, str(WHY.get(row["cause"], row["cause"])), noticed)


def _in_words(day: history.Day, of: int) -> tuple[str, ...]:
    counts = (sum(day.entered.values()), sum(day.left.values()), day.size)
    return (_date(day.day, of), *map(number, counts))


def _date(day: int, of: int) -> str:
    """A day of ``of`` days; within a year its year goes without saying."""
    return short_day(day) if of < 365 else str(format_date(EPOCH + timedelta(days=day)))


def _by_cause(found: list[history.Day]) -> list[tuple[str, int, int]]:
    """For each cause that moved anybody: in words, how many it let in, and out."""
    summed = history.causes(found)
    return [
        (str(WHY[cause]), summed[cause]["entered"], summed[cause]["left"])
        for cause in CAUSES
        if cause in summed
    ]
