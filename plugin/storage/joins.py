"""How does all that hangs on one profile go to another, and back when it was not the same person?

Every table that names a profile has its line here, or is empty again by the next look at the
visitor (``WITHOUT_MOVING``); a test compares with the schema. What is counted in a profile is not
added up: the survivor is told anew from the log of both.
"""

from __future__ import annotations

from collections.abc import Collection

from plugin.storage import campaigns, forgotten
from plugin.storage import events as events_table
from plugin.storage.engine import Tx

# Told anew from the log, done anew because the survivor is marked dirty, or kept by the clock.
WITHOUT_MOVING = frozenset({"declared", "dirty", "checks", "resting", "standings"})

EVENTS = """
update events set profile = :into,
  came_as = coalesce(came_as, (select p.visitor_id from profiles p where p.id = :gone))
where profile = :gone
"""
SIMPLE = tuple(
    f"update {table} set profile = :into where profile = :gone"
    for table in (
        "item_events",
        "orders",
        "answers",
        "transitions",
        "merges",
        "known_as",
        "by_hand",
        "coupon_claims",
    )
)
# The arm counts that was met first; the sums are of different events, so none is counted twice.
EXPOSURES = """
insert into exposures (kind, slug, profile, arm, first_at, last_at,
                       views, dismissals, clicks, submits)
select kind, slug, :into, arm, first_at, last_at, views, dismissals, clicks, submits
from exposures where profile = :gone
on conflict (kind, slug, profile) do update set
  arm = case when excluded.first_at < exposures.first_at then excluded.arm else exposures.arm end,
  first_at = case when excluded.first_at < exposures.first_at
                  then excluded.first_at else exposures.first_at end,
  last_at = case when excluded.last_at > exposures.last_at
                 then excluded.last_at else exposures.last_at end,
  views = exposures.views + excluded.views,
  dismissals = exposures.dismissals + excluded.dismissals,
  clicks = exposures.clicks + excluded.clicks,
  submits = exposures.submits + excluded.submits
"""
# Where both are members one of them leaves, because of the merge; the other was in all along.
BOTH = """
(select m.segment from memberships m join memberships o on o.segment = m.segment
 where m.profile = :gone and o.profile = :into)
"""
LEAVE = f"""
insert into transitions (segment, profile, entered, due_at, noticed_at, cause, version)
select segment, :into, 0, :at, :at, 'merge', version
from memberships where profile = :gone and segment in {BOTH}
"""
SHRINK = f"update segments set size = size - 1 where slug in {BOTH}"
SINCE = f"""
update memberships set entered_at = (
  select min(o.entered_at) from memberships o
  where o.segment = memberships.segment and o.profile in (:gone, :into)
) where profile = :into and segment in {BOTH}
"""
FEWER = f"delete from memberships where profile = :gone and segment in {BOTH}"
STAY = "update memberships set profile = :into where profile = :gone"
# Chains have one step: whoever led to the one that is gone leads to the survivor.
LED = "update other_ids set profile = :into where profile = :gone"
LEAD = """
insert into other_ids (visitor_id, profile, reason, at)
select visitor_id, :into, 'merged', :at from profiles where id = :gone
on conflict (visitor_id) do update set
  profile = excluded.profile, reason = excluded.reason, at = excluded.at
"""
GONE = "delete from profiles where id = :gone"

OWN_ID = "select visitor_id from profiles where id = :profile"
HEIR = """
select visitor_id from other_ids where profile = :profile and reason = 'merged'
order by at, visitor_id
limit 1
"""
LEAD_NO_MORE = "delete from other_ids where visitor_id = :visitor_id"
RENAME = "update profiles set visitor_id = :visitor_id where id = :profile"
BEGIN = "insert into profiles (visitor_id) values (:visitor_id) returning id"
TAKE = """
update events set profile = :to, came_as = null
where profile = :from and came_as = :visitor_id
"""
TAKE_OWN = "update events set profile = :to where profile = :from and came_as is null"
CAME_ITSELF = """
update events set came_as = null where profile = :profile and came_as = :visitor_id
"""
FOLLOW = tuple(
    f"update {table} set profile = :to where profile = :from and event_id in"
    " (select e.event_id from events e where e.profile = :to)"
    for table in ("item_events", "orders")
)
# Answers name no event; the one that declared them came at the same moment.
ANSWERS = """
update answers set profile = :to where profile = :from and exists (
  select 1 from events e
  where e.profile = :to and e.name = 'identify' and e.at = answers.at
)
"""
TAKE_WORDS = tuple(
    f"update {table} set profile = :to where profile = :from and visitor_id = :visitor_id"
    for table in ("known_as", "merges")
)
# Counted again from both logs; what was seen of a campaign that is gone stays where it is.
UNCOUNT = """
delete from exposures where profile = :profile and exists (
  select 1 from campaigns c where c.kind = exposures.kind and c.slug = exposures.slug
)
"""


def merge(tx: Tx, gone: int, into: int, at: int) -> int:
    """Make profile ``gone`` a part of ``into``; how many events moved.

    Its id, and every id that led to it, lead to ``into`` from now on. The survivor has still to be
    told anew and marked dirty. at: when it is noticed, Unix ms.
    """
    both = {"gone": gone, "into": into}
    for one in (gone, into):
        events_table.uncount_days(tx, one)
    moved = tx.run(EVENTS, **both)
    events_table.count_days(tx, into)
    for statement in (*SIMPLE, EXPOSURES):
        tx.run(statement, **both)
    forgotten.forget(tx, gone)
    tx.run(LEAVE, **both, at=at)
    for statement in (SHRINK, SINCE, FEWER, STAY, LED):
        tx.run(statement, **both)
    tx.run(LEAD, **both, at=at)
    tx.run(GONE, gone=gone)
    return moved


def part(tx: Tx, visitor_id: str, profile: int, uncounted: Collection[str]) -> int:
    """Give a visitor of a merged profile one of its own again, with its own events; its id.

    When the profile went by this visitor's id, it goes by that of another from now on. Both have
    still to be told anew. uncounted: ids of events whose exposures nobody has counted yet. What
    names no event stays: memberships, which the next look corrects, and their history.
    """
    events_table.uncount_days(tx, profile)
    if tx.value(OWN_ID, profile=profile) == visitor_id:
        heir = tx.value(HEIR, profile=profile)
        tx.run(LEAD_NO_MORE, visitor_id=heir)
        tx.run(RENAME, profile=profile, visitor_id=heir)
        own = int(tx.value(BEGIN, visitor_id=visitor_id))
        tx.run(TAKE_OWN, **{"from": profile, "to": own})
        tx.run(CAME_ITSELF, profile=profile, visitor_id=heir)
    else:
        tx.run(LEAD_NO_MORE, visitor_id=visitor_id)
        own = int(tx.value(BEGIN, visitor_id=visitor_id))
        tx.run(TAKE, **{"from": profile, "to": own, "visitor_id": visitor_id})
    for one in (profile, own):
        events_table.count_days(tx, one)
    forgotten.forget(tx, profile)
    for statement in (*FOLLOW, ANSWERS):
        tx.run(statement, **{"from": profile, "to": own})
    for statement in TAKE_WORDS:
        tx.run(statement, **{"from": profile, "to": own, "visitor_id": visitor_id})
    tx.run(UNCOUNT, profile=profile)
    logs = {one: events_table.log(tx, one) for one in (profile, own)}
    campaigns.record_exposures(
        tx,
        {one: [e for e in log if e.event_id not in uncounted] for one, log in logs.items()},
    )
    return own
