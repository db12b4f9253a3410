"""What has a visitor met of the shop's popups, and what happened in this visit?"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson

from plugin.serve.retain.moment import Seen, views_at
from plugin.shop import DAY
from plugin.storage.engine import Tx

TOTALS = """
select x.slug, x.views, x.dismissals, x.clicks, x.submits, x.first_at,
       (select count(*) from orders o
        where o.profile = x.profile and o.at >= x.first_at and o.at <= :now) as orders
from exposures x
where x.profile = :profile and x.kind = 'popup'
"""
VIEWS = """
select at, params from events
where profile = :profile and name in ('popup_view', 'popup_holdout') and live = 1
  and at > :since and at <= :now
order by at desc
limit :most
"""
PAGES = """
select count(*) from (
  select 1 as one from events
  where profile = :profile and name = 'page_view' and live = 1 and at >= :since and at <= :now
  limit :most
) seen
"""
BEFORE = "select segment from memberships where profile = :profile and entered_at < :since"
MOST_VIEWS = 1_000  # of one visitor and week: more do not change what a cap says
MOST_PAGES = 100


def seen(tx: Tx, profile: int, now: int, session_started_at: int | None) -> dict[str, Seen]:
    """What a visitor has met of each popup by ``now``; a view kept back in control is a view too.

    session_started_at: Unix ms, since when a view is one of this visit; None: none is.
    """
    rows = tx.all(TOTALS, profile=profile, now=now)
    if not rows:
        return {}
    started = now + 1 if session_started_at is None else session_started_at
    # A visit may have begun more than a week ago; what matters of it is counted all the same.
    since = min(now - 7 * DAY, started - 1)
    times: dict[Any, list[int]] = defaultdict(list)
    for at, params in tx.tuples(VIEWS, profile=profile, since=since, now=now, most=MOST_VIEWS):
        times[orjson.loads(params).get("popup_id")].append(at)
    return {
        row["slug"]: Seen(
            views_ever=row["views"],
            dismissals=row["dismissals"],
            submits=row["submits"],
            clicks=row["clicks"],
            orders=row["orders"],
            first_at=row["first_at"],
            **views_at(times[row["slug"]], now, started),
        )
        for row in rows
    }


def pages(tx: Tx, profile: int, since: int, now: int) -> int:
    """How many pages a visitor viewed from ``since`` up to ``now`` (Unix ms), 100 at most."""
    found: int = tx.value(PAGES, profile=profile, since=since, now=now, most=MOST_PAGES)
    return found


def inside_before(tx: Tx, profile: int, since: int) -> set[str]:
    """The segments in which a visitor was already before ``since`` (Unix ms)."""
    return {slug for (slug,) in tx.tuples(BEFORE, profile=profile, since=since)}
