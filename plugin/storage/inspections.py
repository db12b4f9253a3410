"""What did the owner's browser see on the shop's pages in the last day?"""

from __future__ import annotations

from typing import Any

import orjson

from plugin.shop import DAY
from plugin.storage.engine import Tx

KEPT_FOR = DAY
MOST = 200  # pages of one shop

PUT = """
insert into inspections (page_id, at, path, body) values (:page_id, :now, :path, :body)
on conflict (page_id) do update set at = excluded.at, path = excluded.path, body = excluded.body
"""
FORGET_OLD = "delete from inspections where at <= :since"
FORGET_MORE = """
delete from inspections where page_id in (
  select page_id from inspections order by at desc, page_id desc limit 1000 offset :most
)
"""
NEWEST = """
select at, path, body from inspections where at > :since
order by at desc, page_id desc
limit :limit
"""
FORGET_ALL = "delete from inspections"


def put(tx: Tx, page_id: str, path: str, body: dict[str, Any], now: int) -> None:
    """Keep what is known of one page now (Unix ms), in place of what was; a day, 200 pages."""
    tx.run(PUT, page_id=page_id, now=now, path=path, body=orjson.dumps(body).decode())
    tx.run(FORGET_OLD, since=now - KEPT_FOR)
    tx.run(FORGET_MORE, most=MOST)


def newest(tx: Tx, now: int, limit: int = MOST) -> list[dict[str, Any]]:
    """The pages of the last day, newest first: at (Unix ms), path, and what ``put`` was given."""
    rows = tx.all(NEWEST, since=now - KEPT_FOR, limit=limit)
    return [{**orjson.loads(row["body"]), "at": row["at"], "path": row["path"]} for row in rows]


def forget(tx: Tx) -> int:
    """Begin again with nothing; how many pages there were."""
    return tx.run(FORGET_ALL)
