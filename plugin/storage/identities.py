"""Who is each visitor by trusted word, and to whose profile does an id lead?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plugin.storage.engine import Row, Tx

ANYBODY = "select 1 from other_ids limit 1"
LEADS = "select visitor_id, profile from other_ids where visitor_id in texts(:ids)"
LED = """
select visitor_id from other_ids where profile = :profile and reason = 'merged'
order by at, visitor_id
"""
JOINED = """
select profile, count(*) - 1 as ids from known_as
where profile in ints(:ids) and at <= :at
group by profile
"""
EVER = 2**62
CAME_AS = "update events set came_as = :visitor_id where event_id = :event_id"
KNOWN = """
select visitor_id, profile, customer_id, at, event_id from known_as where visitor_id in texts(:ids)
"""
UNDER = """
select visitor_id, profile, customer_id, at, event_id from known_as where customer_id in texts(:ids)
"""
KNOW = """
insert into known_as (visitor_id, profile, customer_id, at, event_id)
values (:visitor_id, :profile, :customer_id, :at, :event_id)
on conflict (visitor_id) do update set
  profile = excluded.profile, customer_id = excluded.customer_id,
  at = excluded.at, event_id = excluded.event_id
"""
CUSTOMER = "select customer_id from known_as where profile = :profile order by at, event_id limit 1"
NOTE = """
insert into merges (profile, visitor_id, customer_id, outcome, events, at)
values (:profile, :visitor_id, :customer_id, :outcome, :events, :at)
"""
NOTED = """
select 1 from merges
where visitor_id = :visitor_id and customer_id = :customer_id and outcome = :outcome
limit 1
"""
NOTES = """
select visitor_id, customer_id, outcome, events, at from merges where profile = :profile
order by seq desc
limit :limit
"""

MERGED = "merged"
APART = "kept apart: known as another customer"
PARTED = "parted: an earlier word names another customer"


@dataclass(frozen=True)
class Known:
    """Who a visitor is: the customer of the first trusted word, an event at ``at`` (Unix ms)."""

    visitor_id: str
    profile: int
    customer_id: str
    at: int
    event_id: str

    @property
    def key(self) -> tuple[int, str]:
        """Where the word stands in the order in which events count."""
        return (self.at, self.event_id)


def elsewhere(tx: Tx, visitor_ids: Iterable[str]) -> dict[str, int | None]:
    """Those of ``visitor_ids`` that have no profile of their own, and where they lead.

    To the profile they were merged into, or None: the staff's own browser, kept apart.
    """
    if tx.value(ANYBODY) is None:  # as in most shops
        return {}
    rows = tx.all(LEADS, ids=sorted(visitor_ids))
    return {row["visitor_id"]: row["profile"] for row in rows}


def merged_ids(tx: Tx, profile: int) -> list[str]:
    """The ids of the visitors that were merged into a profile, as they came."""
    return [row["visitor_id"] for row in tx.all(LED, profile=profile)]


def joined(tx: Tx, profiles: Sequence[int], at: int = EVER) -> dict[int, int]:
    """How many more visitors than one the words up to ``at`` (Unix ms) name as each profile.

    Words count from the time of their events, whenever they came.
    """
    return dict(tx.tuples(JOINED, ids=list(profiles), at=at))


def came_as(tx: Tx, events: Iterable[tuple[str, str]]) -> None:
    """Keep with stored events (event id, visitor id) that they came under an id merged before."""
    rows = [{"event_id": event, "visitor_id": visitor} for event, visitor in events]
    tx.many(CAME_AS, rows)


def known(tx: Tx, visitor_ids: Iterable[str]) -> dict[str, Known]:
    """Who each of ``visitor_ids`` is, of those that a trusted word named."""
    rows = tx.all(KNOWN, ids=sorted(visitor_ids))
    return {row["visitor_id"]: Known(**row) for row in rows}


def known_under(tx: Tx, customer_ids: Iterable[str]) -> list[Known]:
    """The visitors who are one of these customers."""
    return [Known(**row) for row in tx.all(UNDER, ids=sorted(customer_ids))]


def know(tx: Tx, people: Sequence[Known]) -> None:
    """Keep who these visitors are."""
    tx.many(KNOW, [vars(one) for one in people])


def customer_of(tx: Tx, profile: int) -> str | None:
    """The customer whose profile this is; None: nobody's that is known."""
    found = tx.value(CUSTOMER, profile=profile)
    return None if found is None else str(found)


def note(tx: Tx, who: Known, outcome: str, at: int, events: int = 0) -> None:
    """Keep for the owner what came of the word that ``who`` is this customer.

    at: when it is noticed, Unix ms. events: how many moved to the profile of ``who``.
    """
    row = {name: value for name, value in vars(who).items() if name not in ("at", "event_id")}
    tx.run(NOTE, **row, outcome=outcome, events=events, at=at)


def noted(tx: Tx, who: Known, outcome: str) -> bool:
    """Whether this has come of such a word before."""
    asked = {"visitor_id": who.visitor_id, "customer_id": who.customer_id}
    return tx.value(NOTED, **asked, outcome=outcome) is not None


def notes(tx: Tx, profile: int, limit: int = 50) -> list[Row]:
    """What came of the words about a profile's visitors, newest first.

    Rows: visitor_id, customer_id, outcome, events (how many moved), at (Unix ms).
    """
    return tx.all(NOTES, profile=profile, limit=limit)
