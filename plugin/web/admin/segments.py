"""Which segments are there, who is in one, and how did it grow?"""

from __future__ import annotations

from typing import Any

from flask import request

from plugin.storage import segments
from plugin.web.admin.as_of import members_then
from plugin.web.admin.history import segment_history
from plugin.web.admin.rule_words import rule_words
from plugin.web.admin.words import short_id
from plugin.web.frame import framed, page, segment_called, shop_now, store_now
from plugin.web.here import here

PER_PAGE = 50


@framed
def segment_list() -> Any:
    """Every segment with its rule in plain words and its size."""
    shop_now()
    with store_now().read() as tx:
        found = segments.definitions(tx)
    names = {one.slug: one.name for one in found}
    rows = [(one, rule_words(one.rule, names)) for one in found]
    largest = max((one.size for one in found), default=0) or 1
    return page("segments.html", rows=rows, largest=largest)


@framed
def segment(slug: str, users: str | None = None) -> Any:
    """One segment: its rule, its size by day, who moved and where to, and its members, paged.

    ``users``: what is built on it, where it was to be removed and is not.
    """
    shop, now = shop_now(), here().now()
    after = request.args.get("after", "0")
    cursor = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    with store_now().read() as tx:
        one = segment_called(tx, slug)
        members, following = segments.members(tx, slug, PER_PAGE, cursor)
        past = segment_history(tx, shop, slug, now)
        names = {other.slug: other.name for other in segments.definitions(tx)}
    return page(
        "segment.html",
        one=one,
        words=rule_words(one.rule, names),
        users=users,
        then=members_then(store_now(), shop, slug, now),
        members=members,
        following=following,
        first_page=cursor == 0,
        past=past,
        short_id=short_id,
    )
