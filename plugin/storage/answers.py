"""What did people leave in forms and questions?"""

from __future__ import annotations

from plugin.storage.engine import Tx

KEEP = """
insert into answers (popup, profile, at, fields)
select :popup, id, :now, :fields from profiles
where visitor_id = :visitor_id
  or id = (select profile from other_ids where visitor_id = :visitor_id)
"""


def keep(tx: Tx, popup: str, visitor_id: str, now: int, fields: str) -> None:
    """Keep ``fields`` (JSON) that the visitor left in the popup."""
    tx.run(KEEP, popup=popup, visitor_id=visitor_id, now=now, fields=fields)
