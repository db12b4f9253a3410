"""What came of each popup and window, shown against control, from the first meeting on?

A visitor belongs to the arm that was met first, and to the span of time in which that was. What
follows counts within the goal's time of that meeting, and no longer than the split stays as it was:
after a change, some who were in control may be shown. Visitors whose time is not over yet count as
they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from plugin.errors import PluginError
from plugin.serve.experiment import CONTROL, SHOW
from plugin.serve.retain.popup import Goal, goal_of
from plugin.serve.verdict import Counted, Span
from plugin.shop import DAY, HOUR
from plugin.storage.engine import Row, Tx

SPLITS = "select since, share from splits where kind = :kind and slug = :slug order by since"
NOTE = """
insert into splits (kind, slug, since, share) values (:kind, :slug, :since, :share)
on conflict (kind, slug, since) do update set share = excluded.share
"""
MET = """
select x.arm, count(*) as visitors,
  cast(sum(x.views) as {int}) as views, cast(sum(x.dismissals) as {int}) as dismissals,
  cast(sum(x.clicks) as {int}) as clicks, cast(sum(x.submits) as {int}) as submits,
  min(x.first_at) as first_at,
  cast(sum(case when x.first_at > :lately then 1 else 0 end) as {int}) as lately
from exposures x
where x.kind = :kind and x.slug = :slug and x.first_at >= :since and x.first_at < :until
group by x.arm
"""
# From the orders to the exposures, each looked up by its key: there are far fewer orders, and a
# cross join is read in the order in which it is written.
BOUGHT = """
select b.arm, count(*) as reached, cast(sum(b.revenue) as {int}) as revenue,
  sum(cast(b.revenue as {real}) * b.revenue) as squares
from (
  select x.profile, x.arm,
    sum(case when o.currency = :currency then o.value - o.refunded - o.cost else 0 end) as revenue
  from orders o cross join exposures x
  where x.kind = :kind and x.slug = :slug and x.profile = o.profile
    and x.first_at >= :since and x.first_at < :until
    and o.at > :since and o.at < :until and o.at > x.first_at and o.at <= x.first_at + :within
  group by x.profile, x.arm
) b
group by b.arm
"""
REACHED = """
select r.arm, count(*) as reached
from (
  select distinct x.profile, x.arm
  from events e cross join exposures x
  where e.name = :event and e.live = 1 and e.at > :since and e.at < :until
    and x.kind = :kind and x.slug = :slug and x.profile = e.profile
    and x.first_at >= :since and x.first_at < :until
    and e.at > x.first_at and e.at <= x.first_at + :within
) r
group by r.arm
"""
KEPT = "select made_at, body from outcomes where kind = :kind and slug = :slug"
KEEP = """
insert into outcomes (kind, slug, made_at, body) values (:kind, :slug, :made_at, :body)
on conflict (kind, slug) do update set made_at = excluded.made_at, body = excluded.body
"""
FORGET = "delete from outcomes where kind = :kind and slug = :slug"

LATELY = 7 * DAY
GOOD_FOR = 3 * HOUR  # what the clock kept; it makes it anew each hour
MOST_SPANS = 8  # changes of the split that are told apart; each costs a look at all who were met
COUNTS = ("visitors", "views", "dismissals", "clicks", "submits", "reached", "revenue")


@dataclass(frozen=True)
class Did:
    """What the visitors of one arm did, over all spans. Money: minor units, net of refunds."""

    visitors: int = 0
    views: int = 0
    dismissals: int = 0
    clicks: int = 0
    submits: int = 0
    reached: int = 0
    revenue: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a campaign. ``spans``: the same as ``judge`` takes it, oldest first.

    first_at: Unix ms of the first meeting; None: nobody has met it. a_day: visitors who first met
    it on an average day of the last seven. made_at: Unix ms of the counting.
    """

    goal: Goal
    made_at: int
    spans: tuple[Span, ...] = ()
    shown: Did = field(default_factory=Did)
    control: Did = field(default_factory=Did)
    first_at: int | None = None
    a_day: float = 0


def note_split(tx: Tx, kind: str, slug: str, share: float, now: int) -> None:
    """Remember that from ``now`` (Unix ms) on ``share`` of visitors is kept from a campaign."""
    known = tx.all(SPLITS, kind=kind, slug=slug)
    if not known or known[-1]["share"] != share:
        tx.run(NOTE, kind=kind, slug=slug, since=now, share=share)


def note_first_split(tx: Tx, kind: str, slug: str, share: float, at: int) -> None:
    """As ``note_split``, for a campaign of which nothing was noted yet."""
    if not tx.all(SPLITS, kind=kind, slug=slug):
        note_split(tx, kind, slug, share, at)


def outcome(tx: Tx, campaign: Row, now: int, currency: str, share: float) -> Outcome:
    """What came of ``campaign`` (a row of ``campaigns.get``) by ``now``.

    currency: money of orders in any other is left out. share: what is kept in control now, for a
    campaign whose split nobody noted.
    """
    goal = _goal(campaign)
    asked = {"kind": campaign["kind"], "slug": campaign["slug"], "lately": now - LATELY}
    asked |= {"currency": currency, "within": goal.within_ms, "event": goal.event}
    arms: list[dict[str, Row]] = []
    spans = []
    for since, until, kept in _spans(tx, campaign, now, share):
        found = _span(tx, goal, {**asked, "since": since, "until": until})
        arms.append(found)
        spans.append(Span(_counted(found.get(SHOW)), _counted(found.get(CONTROL)), kept))
    rows = [row for found in arms for row in found.values()]
    first_at = min((row["first_at"] for row in rows), default=None)
    return Outcome(
        goal, now, tuple(spans), _did(arms, SHOW), _did(arms, CONTROL), first_at,
        _a_day(rows, first_at, now),
    )  # fmt: skip


def known_outcome(tx: Tx, campaign: Row, now: int, currency: str, share: float) -> Outcome:
    """As ``outcome``; where that takes long, what the clock kept of it in the last hours."""
    row = tx.one(KEPT, kind=campaign["kind"], slug=campaign["slug"])
    if row is not None and now - GOOD_FOR < row["made_at"] <= now:
        kept = msgspec.json.decode(row["body"], type=Outcome)
        if kept.goal == _goal(campaign) and kept.spans and kept.spans[-1].share == share:
            return kept
    return outcome(tx, campaign, now, currency, share)


def keep(tx: Tx, kind: str, slug: str, found: Outcome | None) -> None:
    """Keep what was counted for ``known_outcome``; None: it is counted afresh each time."""
    if found is None:
        tx.run(FORGET, kind=kind, slug=slug)
    else:
        body = msgspec.json.encode(found).decode()
        tx.run(KEEP, kind=kind, slug=slug, made_at=found.made_at, body=body)


def _spans(tx: Tx, campaign: Row, now: int, share: float) -> list[tuple[int, int, float]]:
    """Since and until when (Unix ms; the last not included) which share was kept in control."""
    known = tx.all(SPLITS, kind=campaign["kind"], slug=campaign["slug"])[-MOST_SPANS:]
    if not known:
        return [(0, now + 1, share)]
    # Whoever came before the first note was dealt by that share, as far as anybody knows.
    edges = [0, *(row["since"] for row in known[1:]), now + 1]
    return [
        (since, min(until, now + 1), float(row["share"]))
        for since, until, row in zip(edges, edges[1:], known, strict=False)
        if since <= now
    ]


def _span(tx: Tx, goal: Goal, asked: dict[str, Any]) -> dict[str, Row]:
    """By arm, everything that is counted of one span."""
    found = {row["arm"]: {**row, "reached": 0, "revenue": 0, "squares": 0.0}
             for row in tx.all(MET, **_only(asked, MET))}  # fmt: skip
    if not found:
        return found
    for row in tx.all(BOUGHT, **_only(asked, BOUGHT)):
        bought = row if goal.event == "purchase" else {**row, "reached": 0}
        found[row["arm"]] |= bought
    if goal.event != "purchase":
        for row in tx.all(REACHED, **_only(asked, REACHED)):
            found[row["arm"]] |= row
    return found


def _only(asked: dict[str, Any], sql: str) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if f":{name}" in sql}


def _counted(row: Row | None) -> Counted:
    if row is None:
        return Counted()
    return Counted(row["visitors"], row["reached"], row["revenue"], row["squares"])


def _did(arms: Sequence[dict[str, Row]], arm: str) -> Did:
    rows = [found[arm] for found in arms if arm in found]
    return Did(**{name: sum(row[name] for row in rows) for name in COUNTS})


def _a_day(rows: Sequence[Row], first_at: int | None, now: int) -> float:
    if first_at is None:
        return 0.0
    # A campaign of an hour ago has not had seven days; below a day nobody can tell.
    days = min(max(now - first_at, DAY), LATELY) / DAY
    return float(sum(row["lately"] for row in rows) / days)


def _goal(campaign: Row) -> Goal:
    try:
        return goal_of(campaign["body"])
    except PluginError:  # a document of another version: the list is not to fail for it
        return Goal()
