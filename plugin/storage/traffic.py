"""Who came in the last four weeks, which pages did they view, and what did they do there?

Of many visitors a part is read, so that it takes no longer in a large shop than in a small one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.serve.page import path_of
from plugin.shop import DAY
from plugin.storage import rehearsals
from plugin.storage.engine import Tx

SPAN = 28 * DAY
MOST = 2_000  # visitors who are read
VIEWED = """
select e.profile, e.params{json} ->> 'page_location' as page, min(e.at) as at
from events e
where e.profile in ints(:ids) and e.name = 'page_view' and e.live = 1
  and e.at > :since and e.at <= :now
group by 1, 2
"""
# Also those who have left it again: a segment of full carts has few members at any moment.
EVER_IN = """
select m.profile from memberships m where m.segment = :slug and m.profile in ints(:ids)
union
select t.profile from transitions t
where t.segment = :slug and t.profile in ints(:ids) and t.entered = 1 and t.due_at > :since
"""
ORDERED = """
select o.profile, o.at from orders o
where o.profile in ints(:ids) and o.at > :since and o.at <= :now
"""
DID = """
select e.profile, e.at from events e
where e.profile in ints(:ids) and e.name = :name and e.live = 1 and e.at > :since and e.at <= :now
"""
OLDEST = "select min(first_seen_at) from profiles"


@dataclass(frozen=True)
class Traffic:
    """Some of the visitors of the 28 days up to ``now`` (Unix ms): ``ids``, of ``everybody``.

    views: the paths that each viewed, with their query and the first moment of each. days: how many
    days there are, 28 at most.
    """

    now: int
    ids: Sequence[int]
    everybody: int
    views: Mapping[int, Sequence[tuple[str, int]]]
    days: float

    @property
    def since(self) -> int:
        """Unix ms; what was done later counts."""
        return self.now - SPAN


def traffic(tx: Tx, now: int) -> Traffic:
    """The shop's traffic of the last 28 days, told by ``MOST`` of its visitors."""
    since = now - SPAN
    ids, everybody = rehearsals.sample(tx, since, MOST)
    views: dict[int, list[tuple[str, int]]] = {}
    for profile, page, at in tx.tuples(VIEWED, ids=ids, since=since, now=now):
        views.setdefault(profile, []).append((path_of(page or "/"), at))
    oldest = tx.value(OLDEST)
    days = 0.0 if oldest is None else min(max(now - oldest, 0), SPAN) / DAY
    return Traffic(now, ids, everybody, views, days)


def ever_in(tx: Tx, found: Traffic, slug: str) -> set[int]:
    """Those of ``found`` who were in a segment at any time in these days, or are now."""
    rows = tx.tuples(EVER_IN, slug=slug, ids=list(found.ids), since=found.since)
    return {profile for (profile,) in rows}


def did(tx: Tx, found: Traffic, event: str) -> dict[int, list[int]]:
    """When those of ``found`` did ``event`` (an order counts once, whoever told of it)."""
    asked = {"ids": list(found.ids), "since": found.since, "now": found.now}
    sql, more = (ORDERED, {}) if event == "purchase" else (DID, {"name": event})
    moments: dict[int, list[int]] = {}
    for profile, at in tx.tuples(sql, **asked, **more):
        moments.setdefault(profile, []).append(at)
    return moments
