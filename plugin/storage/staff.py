"""Which browsers are the staff's own, so that nothing they do counts?"""

from __future__ import annotations

from plugin.storage.engine import Row, Tx

# A browser that leads to a customer's profile leads nowhere from now on.
MARK = """
insert into other_ids (visitor_id, profile, reason, at) values (:visitor_id, null, 'staff', :at)
on conflict (visitor_id) do update set profile = null, reason = 'staff', at = excluded.at
where other_ids.reason <> 'staff'
"""
UNMARK = "delete from other_ids where visitor_id = :visitor_id and reason = 'staff'"
UNMARK_ALL = "delete from other_ids where reason = 'staff'"
MARKED = """
select visitor_id, at from other_ids where reason = 'staff'
order by at desc, visitor_id
limit :limit
"""
COUNT = "select count(*) from other_ids where reason = 'staff'"


def mark(tx: Tx, visitor_id: str, at: int) -> bool:
    """Leave this browser out from now on; False when it was left out already. ``at``: Unix ms."""
    return tx.run(MARK, visitor_id=visitor_id, at=at) > 0


def unmark(tx: Tx, visitor_id: str) -> bool:
    """Count this browser again; False when it was counted."""
    return tx.run(UNMARK, visitor_id=visitor_id) > 0


def unmark_all(tx: Tx) -> int:
    """Count every browser again; how many were left out."""
    return tx.run(UNMARK_ALL)


def marked(tx: Tx, limit: int) -> list[Row]:
    """The browsers left out, newest first, at most ``limit``: visitor_id, at (Unix ms)."""
    return tx.all(MARKED, limit=limit)


def count(tx: Tx) -> int:
    """How many browsers are left out."""
    return int(tx.value(COUNT))
