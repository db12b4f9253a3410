"""Which segments are there, who is in one, and how did it grow?"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from plugin.errors import NotFound
from plugin.shop import DAY, MINUTE, Shop
from plugin.storage import segments
from plugin.storage.engine import Row, Tx
from plugin.web.admin.charts import line
from plugin.web.admin.rule_words import rule_words
from plugin.web.admin.words import short_id
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import number, short_day

PER_PAGE = 50
SPAN = 30  # days
# Time zones stand on quarters of an hour, so days of any of them are made of these.
QUARTER = 15 * MINUTE


@framed
def segment_list() -> Any:
    """Every segment with its rule in plain words and its size."""
    shop_now()
    with store_now().read() as tx:
        found = segments.definitions(tx)
    rows = [(one, rule_words(one.rule)) for one in found]
    largest = max((one.size for one in found), default=0) or 1
    return page("segments.html", rows=rows, largest=largest)


@framed
def segment(slug: str) -> Any:
    """One segment: its rule, its size over 30 days, and its members, paged."""
    shop, now = shop_now(), here().now()
    after = request.args.get("after", "0")
    cursor = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    with store_now().read() as tx:
        one = _one(tx, slug)
        members, following = segments.members(tx, slug, PER_PAGE, cursor)
        moved = _moved(tx, shop, slug, now)
    sized = _with_sizes(moved, one.size)
    return page(
        "segment.html",
        one=one,
        words=rule_words(one.rule),
        members=members,
        following=following,
        first_page=cursor == 0,
        moved=moved,
        span=SPAN,
        moves_rows=[
            (short_day(day["day"]), *(number(day[name]) for name in ("entered", "left", "size")))
            for day in reversed(sized)
        ],
        size_chart=line([day["size"] for day in sized]),
        short_id=short_id,
    )


def _one(tx: Tx, slug: str) -> segments.Segment:
    for one in segments.definitions(tx):
        if one.slug == slug:
            return one
    raise NotFound(_("There is no segment called %(name)s.", name=slug))


def _moved(tx: Tx, shop: Shop, slug: str, now: int) -> list[dict[str, int]]:
    """For each of the shop's last days: day, and how many entered and left."""
    today = shop.day(now)
    span = range(today - SPAN + 1, today + 1)
    days = {day: {"day": day, "entered": 0, "left": 0} for day in span}
    quarters: list[Row] = segments.history(tx, slug, now - (SPAN + 1) * DAY, QUARTER)
    for row in quarters:
        found = days.get(shop.day(row["at"]))
        if found is not None:
            found["entered"] += int(row["entered"])
            found["left"] += int(row["went"])
    return list(days.values())


def _with_sizes(moved: list[dict[str, int]], size: int) -> list[dict[str, int]]:
    """The same days with the size at the end of each, reckoned back from the size of now."""
    for day in reversed(moved):
        day["size"] = max(size, 0)
        size += day["left"] - day["entered"]
    return moved
