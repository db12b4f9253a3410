"""What is still to be told to the owner's own addresses, and what became of what was told?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.profile.profile import Profile
from plugin.serve.audience import marketing_refused
from plugin.shop import DAY
from plugin.storage import profiles
from plugin.storage.engine import Row, Tx
from plugin.storage.hooks import Hook, hooks
from plugin.storage.segments import Change

KEEP_SENT = 7 * DAY
KEEP_DEAD = 30 * DAY
EDITS = frozenset({"edit", "backfill"})  # causes that are the owner's doing, not the visitor's

PUT = """
insert into outbox (id, hook, visitor_id, body, next_at, created_at)
values (:id, :hook, :visitor_id, :body, :now, :now)
"""
NAMES = "select slug, name from segments where slug in texts(:slugs)"
# A visitor's messages go in order: none passes one that waits for another try.
TURN = """
select o.seq, o.id, o.visitor_id, o.body, o.tries from outbox o
where o.hook = :hook and o.state = 'waiting' and o.next_at <= :now
  and not exists (
    select 1 from outbox e
    where e.visitor_id = o.visitor_id and e.hook = o.hook and e.seq < o.seq
      and e.state = 'waiting' and e.next_at > :now
  )
order by o.seq
limit :limit
"""
WANTED = """
select h.id from hooks h
where h.enabled = 1 and exists (
  select 1 from outbox o where o.hook = h.id and o.state = 'waiting' and o.next_at <= :now
)
order by h.id
"""
TRIED = """
update outbox set state = :state, tries = tries + 1, next_at = :next_at, tried_at = :at,
  ended_at = :ended_at, status = :status, said = :said
where seq = :seq and state = 'waiting'
"""
BURY = """
update outbox set state = 'dead', ended_at = :now, said = :said
where hook = :hook and state = 'waiting'
"""
REPLAY = """
update outbox set state = 'waiting', tries = 0, next_at = :now, ended_at = null
where state = 'dead' and hook in texts(:hooks) and (cast(:id as text) is null or id = :id)
"""
ANY_OLD = """
select 1 from outbox where ended_at <= :sent and (state = 'sent' or ended_at <= :dead) limit 1
"""
DROP_OLD = "delete from outbox where ended_at <= :sent and (state = 'sent' or ended_at <= :dead)"
FORGET = "delete from outbox where visitor_id in texts(:ids)"
LATEST = """
select o.seq, o.id, o.hook, h.name, o.visitor_id, o.body, o.state, o.tries, o.next_at,
       o.created_at, o.tried_at, o.ended_at, o.status, o.said
from outbox o join hooks h on h.id = o.hook
where (cast(:state as text) is null or o.state = :state)
order by o.seq desc
limit :limit
"""
COUNTS = "select hook, state, count(*) as messages from outbox group by hook, state"


@dataclass(frozen=True)
class Message:
    """One thing to tell one hook. ``body``: JSON text without the shop's name."""

    seq: int
    id: str
    visitor_id: str
    body: str
    tries: int


@dataclass(frozen=True)
class Tried:
    """What came of one try. ``state``: sent, dead, or waiting until ``next_at``; times in ms."""

    seq: int
    state: str
    at: int
    next_at: int
    status: int | None
    said: str


def new_id() -> str:
    """A message's id, never used before: receivers know by it what they have had already."""
    return f"msg_{secrets.token_hex(16)}"


def enqueue(
    tx: Tx, changes: Sequence[Change], now: int, make_id: Callable[[], str] = new_id
) -> int:
    """Have every hook that listens told of ``changes``, in their order; how many messages.

    Called in the transaction that writes the changes. now: Unix ms. What an edited rule moved is
    told to those hooks only that ask for it.
    """
    listening = [hook for hook in hooks(tx) if hook.enabled] if changes else []
    if not listening:
        return 0
    names = {r["slug"]: r["name"] for r in tx.all(NAMES, slugs=list({c.segment for c in changes}))}
    people = profiles.load(tx, sorted({change.profile for change in changes}))
    rows = [
        _row(hook.id, people[change.profile].visitor_id, make_id(), now, told)
        for change in changes
        if change.profile in people
        for hook in listening
        if _listens(hook, change)
        for told in (_told(hook, change, names, people[change.profile]),)
    ]
    tx.many(PUT, rows)
    return len(rows)


def enqueue_lead(
    tx: Tx,
    lead: Mapping[str, Any],
    profile: int,
    private: Collection[str],
    now: int,
    make_id: Callable[[], str] = new_id,
) -> int:
    """Have every hook that asks for them told what a visitor left in a popup; how many messages.

    lead: popup, at, fields, consents, source, page, language. private: the fields that say how to
    reach a person; only hooks that may know an e-mail are told those.
    """
    listening = [hook for hook in hooks(tx) if hook.enabled and hook.leads]
    who = profiles.load(tx, [profile]).get(profile) if listening else None
    if who is None:
        return 0
    told: dict[str, Any] = {"type": "lead", **lead, "visitor_id": who.visitor_id}
    if who.customer_id is not None:
        told["customer_id"] = who.customer_id
    public = {name: value for name, value in lead["fields"].items() if name not in private}
    rows = [
        _row(
            hook.id,
            who.visitor_id,
            make_id(),
            now,
            told if hook.email else {**told, "fields": public},
        )
        for hook in listening
    ]
    tx.many(PUT, rows)
    return len(rows)


def forget(
    tx: Tx, visitor_ids: Iterable[str], now: int, make_id: Callable[[], str] = new_id
) -> int:
    """Drop every message about these ids of an erased visitor, and have all hooks told to forget.

    The order to forget is itself a message (``visitor.erased``); how many were made.
    """
    ids = sorted(set(visitor_ids))
    tx.run(FORGET, ids=ids)
    listening = [hook for hook in hooks(tx) if hook.enabled] if ids else []
    told = {"type": "visitor.erased", "erased_at": now}
    rows = [
        _row(hook.id, one, make_id(), now, {**told, "visitor_id": one})
        for hook in listening
        for one in ids
    ]
    tx.many(PUT, rows)
    return len(rows)


def wanted(tx: Tx, now: int) -> list[str]:
    """The ids of the hooks for which something is due at ``now`` (Unix ms)."""
    return [row["id"] for row in tx.all(WANTED, now=now)]


def turn(tx: Tx, hook: str, now: int, limit: int) -> list[Message]:
    """What to send to ``hook`` next, oldest first, at most ``limit``."""
    return [Message(**row) for row in tx.all(TURN, hook=hook, now=now, limit=limit)]


def record(tx: Tx, tried: Sequence[Tried]) -> None:
    """Keep what came of these tries; a message that is gone meanwhile stays gone."""
    tx.many(
        TRIED,
        [{**vars(one), "ended_at": None if one.state == "waiting" else one.at} for one in tried],
    )


def bury(tx: Tx, hook: str, said: str, now: int) -> int:
    """Make dead letters of all that waits for ``hook``, and say why; how many."""
    return tx.run(BURY, hook=hook, said=said, now=now)


def replay(tx: Tx, hook: str, now: int, message: str | None = None) -> int:
    """Send the dead letters of ``hook`` again, or one of them, with all their tries; how many."""
    return tx.run(REPLAY, hooks=[hook], id=message, now=now)


def has_old(tx: Tx, now: int) -> bool:
    """Whether anything has been kept long enough."""
    found = tx.value(ANY_OLD, sent=now - KEEP_SENT, dead=now - KEEP_DEAD)
    return found is not None


def drop_old(tx: Tx, now: int) -> int:
    """Forget what was sent a week ago, and dead letters of 30 days; how many."""
    return tx.run(DROP_OLD, sent=now - KEEP_SENT, dead=now - KEEP_DEAD)


def latest(tx: Tx, limit: int, state: str | None = None) -> list[Row]:
    """The newest messages, of one ``state`` or all, with the name of their hook.

    Rows as the table's, ``body`` read.
    """
    rows = tx.all(LATEST, limit=limit, state=state)
    return [{**row, "body": orjson.loads(row["body"])} for row in rows]


def counts(tx: Tx) -> dict[str, dict[str, int]]:
    """How many messages each hook has in each state: hook id -> state -> count."""
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(COUNTS):
        found.setdefault(row["hook"], {})[row["state"]] = row["messages"]
    return found


def _listens(hook: Hook, change: Change) -> bool:
    chosen = not hook.segments or change.segment in hook.segments
    return chosen and (hook.edits or change.cause not in EDITS)


def _told(hook: Hook, change: Change, names: dict[str, str], who: Profile) -> dict[str, Any]:
    """The payload: the same for every cause; who it is only by id, unless the owner wants more."""
    told: dict[str, Any] = {
        "type": "segment.entered" if change.entered else "segment.left",
        "segment": {
            "slug": change.segment,
            "name": names.get(change.segment, change.segment),
            "version": change.version,
        },
        "visitor_id": who.visitor_id,
    }
    if who.customer_id is not None:
        told["customer_id"] = who.customer_id
    if hook.email and who.email is not None and not marketing_refused(who.declared):
        told["email"] = who.email
    return {
        **told,
        "due_at": change.due_at,
        "noticed_at": change.noticed_at,
        "cause": change.cause,
    }


def _row(hook: str, visitor_id: str, message: str, now: int, told: dict[str, Any]) -> Row:
    body = orjson.dumps({"id": message, **told}).decode()
    return {"id": message, "hook": hook, "visitor_id": visitor_id, "body": body, "now": now}
