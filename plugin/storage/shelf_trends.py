"""Which products do people turn to more than before?"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import TYPE_CHECKING, Any

from plugin.serve.recommend.trend import DAYS, KINDS, LEAST_PRIOR, expected, points, rise
from plugin.shop import DAY
from plugin.storage import rankings
from plugin.storage.engine import Row, Tx

if TYPE_CHECKING:
    from plugin.storage.shelves import Wanted

YOUNG = 2_000  # product events; a shop with no more is ranked when it is asked
PLACES = 1_000
DIGITS = 6  # of a rise: sums in another order differ further behind

# Each by a look of its own at an end of the index; both in one go would read all that is between.
ENDS = """
select
  (select max(at) from item_events where name = :name and at > :since and at <= :now),
  (select min(at) from item_events where name = :name and at > :since and at <= :now)
"""
# A range of the index by time for each kind and day: what it counts is known before it is read.
_POINTS = ", ".join(
    f"('{kind}', {(day + 1) * DAY}, {day * DAY}, {points(kind, day)!r})"
    for kind in KINDS
    for day in range(DAYS)
)
_COUNTS = ", ".join(f"sum(case when d.name = '{kind}' then 1 else 0 end)" for kind in KINDS)
LINES = f"""
with days (name, since, until, points) as (values {_POINTS})
select e.item_id, cast(sum(d.points) as {{real}}), {_COUNTS}
from days d cross join item_events e
where e.name = d.name and e.at > :newest - d.since and e.at <= :newest - d.until
group by e.item_id
"""


def trending(tx: Tx, wanted: Wanted) -> list[str]:
    """What rises, most first; nothing that falls."""
    found = rankings.stored(tx, "trending", ("",), wanted.limit)
    if found or not rankings.is_young(tx, wanted.now, YOUNG):
        return found
    ids = _ranked(tx, wanted.now)
    there = rankings.available(tx, ids)
    return [item_id for item_id in ids if item_id in there][: wanted.limit]


def rank(tx: Tx, now: int) -> list[Row]:
    """The list as the clock keeps it, as of ``now`` (Unix ms); empty in a young shop."""
    if rankings.is_young(tx, now, YOUNG):
        return []
    best = enumerate(_ranked(tx, now)[:PLACES], start=1)
    return [rankings.place("trending", "", item_id, 1 / place) for place, item_id in best]


def _ranked(tx: Tx, now: int) -> list[str]:
    """Every product that rises, most first. Days end at the newest event."""
    newest = max((at for at, _ in _ends(tx, 0, now)), default=None)
    if newest is None:
        return []
    oldest = min(at for _, at in _ends(tx, newest - DAYS * DAY, newest))
    return _rising(tx.tuples(LINES, newest=newest), min(DAYS, 1 + (newest - oldest) // DAY))


def _ends(tx: Tx, since: int, now: int) -> list[tuple[int, int]]:
    """Of each kind that has events in a span the newest and the oldest one."""
    rows = [tx.tuples(ENDS, name=kind, since=since, now=now)[0] for kind in KINDS]
    return [(newest, oldest) for newest, oldest in rows if newest is not None]


def _rising(rows: Iterable[tuple[Any, ...]], days: int) -> list[str]:
    """The products in rows of ``LINES``; of those that rise alike the one with more points first,
    which orders them all on a shop's first day.
    """
    each = [expected({kind: 1}, days) for kind in KINDS]
    bases = [
        (item_id, recent, sum(one * count for one, count in zip(each, counts, strict=True)))
        for item_id, recent, *counts in rows
    ]
    prior = max(LEAST_PRIOR, fmean(base for _, _, base in bases)) if bases else LEAST_PRIOR
    found = [
        (-round(score, DIGITS), -recent, item_id)
        for item_id, recent, base in bases
        if (score := rise(recent, base, prior)) is not None
    ]
    return [item_id for _, _, item_id in sorted(found)]
