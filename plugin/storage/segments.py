"""Which segments are there, who is in them, and whose answer may have changed?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.storage import backfills
from plugin.storage.engine import Row, Tx

DEFINITIONS = """
select s.*, case
  when b.segment is null then 1.0
  when b.settled = 0 then 0.0
  else 0.5 + 0.5 * b.after_profile / case when b.upto > 0 then b.upto else 1 end
end as asked
from segments s left join backfills b on b.segment = s.slug
order by s.name, s.slug
"""
PUT = """
insert into segments (slug, name, kind, rule, enabled, created_at, updated_at)
values (:slug, :name, :kind, :rule, :enabled, :now, :now)
on conflict (slug) do update set
  name = excluded.name, kind = excluded.kind, rule = excluded.rule, enabled = excluded.enabled,
  version = segments.version + 1, error = null, updated_at = excluded.updated_at
"""
DELETE = "delete from segments where slug = :slug"
DROP_MEMBERS = "delete from memberships where segment = :slug"
DROP_HISTORY = "delete from transitions where segment = :slug"
DROP_BY_HAND = "delete from by_hand where segment = :slug"
MAKE_STATIC = "update segments set kind = 'static' where slug = :slug"
MEMBER_IDS = "select profile from memberships where segment = :slug"
VISITORS = """
select visitor_id from profiles where id in ints(:ids) order by last_seen_at desc, id limit :limit
"""
SET_ERROR = """
update segments set error = :error
where slug = :slug and coalesce(error, '') <> coalesce(cast(:error as text), '')
"""
MEMBERS = """
select p.id, p.visitor_id, m.entered_at, p.last_seen_at
from memberships m join profiles p on p.id = m.profile
where m.segment = :slug and p.id > :after
order by p.id
limit :limit
"""
OF_VISITOR = """
select s.slug, s.name, m.entered_at
from memberships m join segments s on s.slug = m.segment
where m.profile = :profile
order by s.name
"""
MARK = """
insert into dirty (profile, mark) values (:profile, 1)
on conflict (profile) do update set mark = dirty.mark + 1
"""
MARK_MERGED = """
insert into dirty (profile, mark, merged) values (:profile, 1, 1)
on conflict (profile) do update set mark = dirty.mark + 1, merged = 1
"""
EVERYBODY_DUE = """
insert into checks (profile, next_check) select id, 0 from profiles where true
on conflict (profile) do update set next_check = 0
"""
DIRTY = "select profile, mark, merged from dirty order by profile limit :limit"
DUE = """
select profile, next_check from checks where next_check <= :now order by next_check limit :limit
"""
WAITING = """
select (select count(*) from dirty) as dirty,
       (select count(*) from checks where next_check <= :now) as due
"""
WAITING_OF = """
select p.id, d.mark, c.next_check from profiles p
left join dirty d on d.profile = p.id left join checks c on c.profile = p.id
where p.id in ints(:ids)
"""
ALL_WAITING = """
select profile from dirty union select profile from checks where next_check <= :now
"""
HELD = """
select p.id as profile, m.segment from profiles p left join memberships m on m.profile = p.id
where p.id in ints(:ids)
"""
CLEAN = "delete from dirty where profile = :profile and mark = :mark"
NEXT = """
insert into checks (profile, next_check) values (:profile, :next_check)
on conflict (profile) do update set next_check = excluded.next_check
"""
NOT_LATER = """
insert into checks (profile, next_check) values (:profile, :at)
on conflict (profile) do update set next_check = excluded.next_check
where excluded.next_check < checks.next_check
"""
NO_NEXT = "delete from checks where profile = :profile"
ENTER = """
insert into memberships (segment, profile, entered_at, version)
values (:segment, :profile, :due_at, :version)
on conflict (segment, profile) do nothing
"""
LEAVE = "delete from memberships where segment = :segment and profile = :profile"
TRANSITION = """
insert into transitions (segment, profile, entered, due_at, noticed_at, cause, version)
values (:segment, :profile, :entered, :due_at, :noticed_at, :cause, :version)
"""
RESIZE = "update segments set size = size + :by where slug = :slug"


@dataclass(frozen=True)
class Segment:
    """A group the owner defined. ``rule`` is the document as saved; ``error`` why it rests.

    ``asked``: how far its rule was asked about everybody, 0 to 1; from 0.5 its members are right.
    """

    slug: str
    name: str
    kind: str
    rule: Any
    enabled: bool
    version: int
    size: int
    error: str | None
    created_at: int
    updated_at: int
    asked: float


@dataclass(frozen=True)
class Change:
    """One visitor enters or leaves one segment."""

    segment: str
    profile: int
    entered: bool
    due_at: int
    noticed_at: int
    cause: str  # as in journey.causes
    version: int


@dataclass(frozen=True)
class Waiting:
    """A visitor to look at: ``mark`` when dirty, ``due_at`` when a moment has come.

    ``merged``: who it is was learned meanwhile, so it has got events of another, or lost some.
    """

    profile: int
    mark: int | None
    due_at: int | None
    merged: bool = False


def definitions(tx: Tx) -> list[Segment]:
    """Every segment, by name."""
    return [_segment(row) for row in tx.all(DEFINITIONS)]


def by_slug(tx: Tx) -> dict[str, Segment]:
    """The same, each by its slug."""
    return {one.slug: one for one in definitions(tx)}


def put(tx: Tx, slug: str, name: str, kind: str, rule: Any, enabled: bool, now: int) -> None:
    """Keep a segment; an edit raises its version and ends its rest."""
    text = orjson.dumps(rule).decode()
    tx.run(PUT, slug=slug, name=name, kind=kind, rule=text, enabled=enabled, now=now)


def delete(tx: Tx, slug: str) -> bool:
    """Remove a segment with its members and history; False when there is none."""
    tx.run(DROP_MEMBERS, slug=slug)
    tx.run(DROP_HISTORY, slug=slug)
    tx.run(DROP_BY_HAND, slug=slug)
    backfills.forget(tx, slug)
    return tx.run(DELETE, slug=slug) > 0


def set_error(tx: Tx, slug: str, error: str | None) -> None:
    """Let a segment rest with its last good members, and say why; None: it is well again."""
    tx.run(SET_ERROR, slug=slug, error=error)


def members(tx: Tx, slug: str, limit: int, after: int = 0) -> tuple[list[Row], int | None]:
    """Members (visitor_id, entered_at, last_seen_at), and the cursor to go on from, or None."""
    rows = tx.all(MEMBERS, slug=slug, limit=limit + 1, after=after)
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def make_static(tx: Tx, slug: str) -> None:
    """Let the members of a segment stay whoever they are, whatever its rule says later."""
    tx.run(MAKE_STATIC, slug=slug)


def member_ids(tx: Tx, slug: str) -> set[int]:
    """The profiles of all members."""
    return {profile for (profile,) in tx.tuples(MEMBER_IDS, slug=slug)}


def visitors(tx: Tx, ids: Iterable[int], limit: int) -> list[str]:
    """The visitor ids of these profiles, the latest seen first, at most ``limit``."""
    return [one for (one,) in tx.tuples(VISITORS, ids=sorted(ids), limit=limit)]


def segments_of(tx: Tx, profile: int) -> list[Row]:
    """The segments a visitor is in: slug, name, entered_at."""
    return tx.all(OF_VISITOR, profile=profile)


def mark_dirty(tx: Tx, profiles: Iterable[int]) -> None:
    """An event came for these: their answer may have changed."""
    tx.fill(MARK, [(profile,) for profile in sorted(set(profiles))])


def mark_merged(tx: Tx, profiles: Iterable[int]) -> None:
    """Who these are was learned: their events are others than before."""
    tx.fill(MARK_MERGED, [(profile,) for profile in sorted(set(profiles))])


def check_by(tx: Tx, profiles: Iterable[int], at: int) -> None:
    """Have these looked at again at ``at`` (Unix ms) or before."""
    wake(tx, dict.fromkeys(profiles, at))


def wake(tx: Tx, moments: Mapping[int, int]) -> None:
    """Have each of these profiles looked at again at its moment (Unix ms) or before."""
    tx.many(NOT_LATER, [{"profile": p, "at": at} for p, at in sorted(moments.items())])


def everybody_due(tx: Tx) -> None:
    """Have everybody looked at again, for an edited rule or a full pass."""
    tx.run(EVERYBODY_DUE)


def waiting(tx: Tx, now: int, limit: int) -> list[Waiting]:
    """Whom to look at next, at most ``limit``: the dirty first, then those whose moment came."""
    dirty = tx.all(DIRTY, limit=limit)
    due = tx.all(DUE, now=now, limit=limit)
    moments = {row["profile"]: row["next_check"] for row in due}
    found = [
        Waiting(r["profile"], r["mark"], moments.pop(r["profile"], None), bool(r["merged"]))
        for r in dirty
    ]
    found += [Waiting(profile, None, at) for profile, at in moments.items()]
    return found[:limit]


def waiting_of(tx: Tx, profiles: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """The mark of each of ``profiles`` that is dirty, and its next check; None: it has none."""
    rows = tx.tuples(WAITING_OF, ids=list(profiles))
    return {profile: (mark, next_check) for profile, mark, next_check in rows}


def all_waiting(tx: Tx, now: int) -> set[int]:
    """Every profile that waits to be looked at."""
    return {profile for (profile,) in tx.tuples(ALL_WAITING, now=now)}


def backlog(tx: Tx, now: int) -> tuple[int, int]:
    """How many visitors wait to be looked at: dirty, and due."""
    row = tx.one(WAITING, now=now) or {"dirty": 0, "due": 0}
    return row["dirty"], row["due"]


def held(tx: Tx, profiles: Sequence[int]) -> Mapping[int, set[str]]:
    """The segments each of ``profiles`` is a member of now; who was erased is left out."""
    found: dict[int, set[str]] = {}
    for row in tx.all(HELD, ids=list(profiles)):
        member = found.setdefault(row["profile"], set())
        if row["segment"] is not None:
            member.add(row["segment"])
    return found


def apply(
    tx: Tx,
    looked_at: Sequence[Waiting],
    changes: Sequence[Change],
    next_checks: Mapping[int, int | None],
) -> None:
    """Save a pass: who moved, the sizes, when to look again; a mark set meanwhile stays."""
    rows = [vars(change) for change in changes]
    tx.many(ENTER, [row for row in rows if row["entered"]])
    tx.many(LEAVE, [row for row in rows if not row["entered"]])
    tx.many(TRANSITION, rows)
    tx.many(RESIZE, _sizes(changes))
    tx.many(CLEAN, [{"profile": w.profile, "mark": w.mark} for w in looked_at if w.mark])
    again = [{"profile": p, "next_check": at} for p, at in next_checks.items() if at is not None]
    tx.many(NEXT, again)
    tx.many(NO_NEXT, [{"profile": p} for p, at in next_checks.items() if at is None])


def _sizes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    sizes: dict[str, int] = {}
    for change in changes:
        sizes[change.segment] = sizes.get(change.segment, 0) + (1 if change.entered else -1)
    return [{"slug": slug, "by": by} for slug, by in sorted(sizes.items())]


def _segment(row: Row) -> Segment:
    return Segment(
        **{
            **row,
            "rule": orjson.loads(row["rule"]),
            "enabled": bool(row["enabled"]),
            "asked": float(row["asked"]),
        }
    )
