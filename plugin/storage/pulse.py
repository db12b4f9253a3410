"""How many visitors came in each hour, and when did the last event of a page arrive?

Counted on from where the count stands, so that its cost is that of the last hour, whatever the log
holds. What the shop's server sends and what imports bring is no sign of life of the shop's pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from plugin.storage import noted
from plugin.storage.engine import Tx

KEPT = "select value from facts where name = 'pulse'"
NEWEST_SEQ = "select max(seq) from events"
OLDEST_SEQ = "select min(seq) from events"
ARRIVED_AT = "select received_at from events where seq >= :seq order by seq limit 1"
VISITORS = """
select (received_at + :offset) / 3600000 as hour,
  count(distinct profile) as visitors, max(seq) as last_seq
from events
where seq > :seq and source not in ('server', 'import')
group by (received_at + :offset) / 3600000
order by hour
"""
LAST = """
select received_at from events
where seq > :seq and source not in ('server', 'import')
order by seq desc
limit 1
"""
MOST_LOOKED_AT = 50_000  # events behind the count that a page may look at


@dataclass(frozen=True)
class Counted:
    """How far the log is counted.

    ``seq``: up to which event for good; the hour after it is counted again. ``last_at``: when the
    last event of a page arrived, Unix ms; None: never. ``hours``: hour of the shop's clock ->
    visitors.
    """

    seq: int = 0
    last_at: int | None = None
    hours: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Hour:
    """One hour of the shop's clock, its visitors, and its last event in the log."""

    hour: int
    visitors: int
    last_seq: int


def kept(tx: Tx) -> Counted | None:
    """The count as it was kept last; None: nobody has counted yet."""
    value = tx.value(KEPT)
    if value is None:
        return None
    seq, last_at, hours = orjson.loads(value)
    return Counted(seq, last_at, dict(hours))


def keep(tx: Tx, counted: Counted) -> None:
    """Keep the count."""
    parts = [counted.seq, counted.last_at, sorted(counted.hours.items())]
    noted.keep(tx, "pulse", orjson.dumps(parts).decode())


def visitors_since(tx: Tx, seq: int, offset: int) -> list[Hour]:
    """The hours of the events behind ``seq``, in order. ``offset``: the shop's clock less UTC."""
    return [Hour(**row) for row in tx.all(VISITORS, seq=seq, offset=offset)]


def newest_seq(tx: Tx) -> int:
    """The place of the newest event in the log, whoever sent it; 0: the log is empty."""
    return int(tx.value(NEWEST_SEQ) or 0)


def last_since(tx: Tx, seq: int) -> int | None:
    """When the last event of a page behind ``seq`` arrived, Unix ms; None: there is none."""
    found = tx.value(LAST, seq=seq)
    return None if found is None else int(found)


def last_arrival(tx: Tx, counted: Counted | None) -> int | None:
    """When the last event of a page arrived, Unix ms, as of this very moment; None: never.

    Behind the count at most 50,000 events are looked at: a long import may stand there.
    """
    known = counted or Counted()
    found = last_since(tx, max(known.seq, newest_seq(tx) - MOST_LOOKED_AT))
    return known.last_at if found is None else found


def seq_at(tx: Tx, at: int) -> int:
    """A place in the log before everything that arrived at ``at`` (Unix ms) or later.

    Found by halving: events arrive in the order of their places, give or take a moment.
    """
    low, high = int(tx.value(OLDEST_SEQ) or 1) - 1, newest_seq(tx)
    while high - low > 1:
        middle = (low + high) // 2
        if int(tx.value(ARRIVED_AT, seq=middle)) < at:
            low = middle
        else:
            high = middle
    return low
