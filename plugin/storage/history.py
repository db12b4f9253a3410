"""How did a segment grow and shrink by the day, who moved and why, and where did they go?

All of it is read from the rows that every entering and leaving is (``transitions``), for the time
asked about and what came since: sizes are reckoned back from the size of now, which the same
transactions keep. A move belongs to the day on which it was due, in the shop's own time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from plugin.shop import DAY, day_start
from plugin.storage.engine import Row, Tx

NEAR = DAY  # leaving one segment and entering another within this is one movement
MOST = 30_000  # moves of one way that movement is told from, so that it stays below a second

BY_DAY = """
select (due_at - :start) / :span as day, entered, cause, count(*) as visitors
from transitions
where segment = :slug and due_at >= :start and due_at < :end
group by 1, 2, 3
"""
SIZE = "select size from segments where slug = :slug"
GROWN_SINCE = """
select cast(coalesce(sum(2 * entered - 1), 0) as {int})
from transitions where segment = :slug and due_at >= :at
"""
# Two visitors who become one are no movement of anybody.
OURS = """
select profile, due_at from transitions
where segment = :slug and entered = :way and cause <> 'merge'
  and due_at >= :start and due_at < :end
order by due_at desc
limit :most
"""
MOVED = f"""
select count(*) as moves, count(distinct o.profile) as visitors from ({OURS}) o
"""
WENT = f"""
select m.slug, s.name, m.visitors from (
  select t.segment as slug, count(distinct o.profile) as visitors
  from ({OURS}) o join transitions t on t.profile = o.profile
  where t.entered = 1 and t.segment <> :slug and t.cause <> 'merge'
    and t.due_at >= o.due_at and t.due_at <= o.due_at + :near
  group by t.segment
) m join segments s on s.slug = m.slug
order by m.visitors desc, m.slug
"""
CAME = f"""
select m.slug, s.name, m.visitors from (
  select t.segment as slug, count(distinct o.profile) as visitors
  from ({OURS}) o join transitions t on t.profile = o.profile
  where t.entered = 0 and t.segment <> :slug and t.cause <> 'merge'
    and t.due_at <= o.due_at and t.due_at >= o.due_at - :near
  group by t.segment
) m join segments s on s.slug = m.slug
order by m.visitors desc, m.slug
"""
LATEST = """
select t.seq, p.visitor_id, t.entered, t.due_at, t.noticed_at, t.cause, t.version
from transitions t join profiles p on p.id = t.profile
where t.segment = :slug and t.seq < :before
order by t.seq desc
limit :limit
"""
OF_VISITOR = """
select t.seq, t.segment as slug, s.name, t.entered, t.due_at, t.noticed_at, t.cause, t.version
from transitions t join segments s on s.slug = t.segment
where t.profile = :profile
order by t.due_at desc, t.seq desc
limit :limit
"""
FIRST_SEQ = 2**62  # before every move


@dataclass
class Day:
    """One of the shop's days (since 1970-01-01): the size at its end (of today: now), and moves.

    ``entered``, ``left``: how many, by cause; absent: none.
    """

    day: int
    size: int = 0
    entered: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    @property
    def grown(self) -> int:
        """How many more there were at its end than at its beginning."""
        return sum(self.entered.values()) - sum(self.left.values())


@dataclass(frozen=True)
class Way:
    """Of ``visitors`` who went one way, in or out, how many were in which other segment then.

    places: rows (slug, name, visitors), most visitors first; one may be in several of them.
    whole: False when there were more moves than are looked through, so that these are the latest.
    """

    visitors: int
    places: tuple[Row, ...]
    whole: bool


@dataclass(frozen=True)
class Movement:
    """Where those went who left a segment, and where those came from who entered it."""

    left: Way
    entered: Way


def days(tx: Tx, slug: str, first: int, last: int, zone: str) -> list[Day]:
    """Every day from ``first`` to ``last`` of a segment, in one look with its size of now.

    first, last: the shop's days since 1970-01-01; its time zone is ``zone``.
    """
    found = {day: Day(day) for day in range(first, last + 1)}
    for start, end, span, day in _stretches(first, last, zone):
        for row in tx.all(BY_DAY, slug=slug, start=start, end=end, span=span):
            one = found[day + row["day"]]
            (one.entered if row["entered"] else one.left)[row["cause"]] = row["visitors"]
    size = tx.value(SIZE, slug=slug) or 0
    size -= tx.value(GROWN_SINCE, slug=slug, at=day_start(last + 1, zone))
    for one in reversed(found.values()):
        one.size = size
        size -= one.grown
    return list(found.values())


def movement(tx: Tx, slug: str, first: int, last: int, zone: str) -> Movement:
    """Where those went who left from day ``first`` to ``last`` (as in ``days``), and where those
    came from who entered.

    To go from one segment to another is to leave it, and to enter the other at once or within a
    day. The latest ``MOST`` moves of each way are looked through.
    """
    asked = {"slug": slug, "start": day_start(first, zone), "end": day_start(last + 1, zone)}
    return Movement(_way(tx, WENT, {**asked, "way": 0}), _way(tx, CAME, {**asked, "way": 1}))


def _way(tx: Tx, places: str, asked: dict[str, Any]) -> Way:
    moved = tx.one(MOVED, **asked, most=MOST) or {}
    if not moved.get("moves"):
        return Way(0, (), True)
    found = tx.all(places, **asked, most=MOST, near=NEAR)
    return Way(moved["visitors"], tuple(found), moved["moves"] < MOST)


def moves(tx: Tx, slug: str, limit: int, before: int = 0) -> tuple[list[Row], int | None]:
    """The moves of a segment, those noticed last first, and the cursor to go on from, or None.

    before: the cursor of the page before; 0: the first page. Rows: seq, visitor_id, entered (0, 1),
    due_at, noticed_at (Unix ms), cause, version.
    """
    rows = tx.all(LATEST, slug=slug, before=before or FIRST_SEQ, limit=limit + 1)
    return rows[:limit], rows[limit - 1]["seq"] if len(rows) > limit else None


def moves_of(tx: Tx, profile: int, limit: int) -> list[Row]:
    """What segments a visitor entered and left, newest first: as ``moves``, with slug and name."""
    return tx.all(OF_VISITOR, profile=profile, limit=limit)


def causes(found: Iterable[Day]) -> dict[str, dict[str, int]]:
    """How many entered and left by cause over all these days: {cause: {"entered", "left"}}."""
    summed: dict[str, dict[str, int]] = {}
    for one in found:
        for way, by_cause in (("entered", one.entered), ("left", one.left)):
            for cause, visitors in by_cause.items():
                both = summed.setdefault(cause, {"entered": 0, "left": 0})
                both[way] += visitors
    return summed


def _stretches(first: int, last: int, zone: str) -> Iterator[tuple[int, int, int, int]]:
    """Runs of equally long days: begin, end, length of one day (all in ms), and the first day.

    A day on which the clocks change is a run of its own, so that SQL divides and does not convert.
    """
    begin, run = day_start(first, zone), first
    for day in range(first, last + 1):
        start, end = day_start(day, zone), day_start(day + 1, zone)
        if end - start == DAY:
            if day == last:
                yield begin, end, DAY, run
            continue
        if start > begin:
            yield begin, start, DAY, run
        yield start, end, end - start, day
        begin, run = end, day + 1
