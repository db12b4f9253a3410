"""Which feeds has a shop, how did each go, and which products does each name?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from plugin.shop import HOUR, MINUTE
from plugin.storage import groups, item_states, locations
from plugin.storage.engine import Row, Tx

QUIET_MS = 3 * MINUTE  # without a sign of life a run is over, whatever it says
PATIENCE = 3  # periods without a good run before the owner is told
ALL = "select * from feeds order by name"
GET = "select * from feeds where name = :name"
DUE = "select name from feeds where due_at <= :now order by due_at, name"
PUT = """
insert into feeds (name, source, columns, every_hours, due_at, created_at)
values (:name, :source, :columns, :every_hours, :due_at, :now)
on conflict (name) do update set
  source = excluded.source, columns = excluded.columns, every_hours = excluded.every_hours,
  due_at = excluded.due_at, tries = 0,
  etag = case when feeds.source = excluded.source then feeds.etag end,
  modified = case when feeds.source = excluded.source then feeds.modified end,
  digest = case when feeds.columns = excluded.columns then feeds.digest end
"""
ASK = """
update feeds set state = 'asked', due_at = :now, force = :force, error = null where name = :name
"""
BEGIN = """
update feeds set state = 'running', run_at = :now, beat_at = :now, force = 0, done = 0, whole = 0
where name = :name
"""
BEAT = """
update feeds set beat_at = :now, done = :done, whole = :whole where name = :name
"""
WELL = """
update feeds set state = 'good', good_at = :now, tries = 0, error = null, due_at = :due_at,
  report = :report, etag = :etag, modified = :modified, digest = :digest, turns_at = :turns_at,
  items = :items, currency = :currency
where name = :name
"""
THE_SAME = """
update feeds set state = 'good', good_at = :now, tries = 0, error = null, due_at = :due_at
where name = :name
"""
BADLY = """
update feeds set state = :state, error = :error, tries = tries + 1, due_at = :due_at,
  report = coalesce(:report, report)
where name = :name
"""
DELETE = "delete from feeds where name = :name"
FORGET = "delete from feed_items where feed = :name"
# A product that the shop's server told of before stays the server's.
NAME = """
insert into feed_items (feed, item_id, owned)
select :feed, n.value, case when exists (
    select 1 from items i where i.item_id = n.value and i.learnt = 0
      and i.availability <> 'removed'
    union all
    select 1 from variants v where v.item_id = n.value and v.availability <> 'removed'
  ) and not exists (select 1 from feed_items f where f.item_id = n.value)
  then 0 else 1 end
from texts(:ids) n where true
on conflict (feed, item_id) do nothing
"""
NAMED = "select item_id from feed_items where feed = :feed and item_id in texts(:ids)"
NAMED_BY = """
select item_id from feed_items where feed = :feed and item_id > :after order by item_id limit :limit
"""
# Of the products that a feed names no more, those that nobody else told of.
ITS_OWN = """
select f.item_id from feed_items f
where f.feed = :feed and f.owned = 1 and f.item_id in texts(:ids)
  and not exists (select 1 from feed_items o where o.item_id = f.item_id and o.feed <> :feed)
"""
REMOVE = """
update items set availability = 'removed', updated_at = :now
where item_id in texts(:ids) and availability <> 'removed'
  and not exists (select 1 from variants v where v.item_id = items.item_id)
"""
UNNAME = "delete from feed_items where feed = :feed and item_id in texts(:ids)"
KEPT = """
select item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
       group_id, description, cost, learnt
from items i where item_id in texts(:ids) and availability <> 'removed'
  and not exists (select 1 from variants v where v.item_id = i.item_id)
union all
select item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
       group_id, description, cost, learnt
from variants where item_id in texts(:ids) and availability <> 'removed'
"""
KEPT_COLUMNS = (
    "name", "url", "image", "price", "sale_price", "currency", "availability", "category", "brand",
    "tags", "group_id", "description", "cost",
)  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """One feed; moments are Unix ms. ``items``, ``currency``: of the last good run.

    ``state``: new, asked, running, good, refused (until forced, or sane again), failed.
    """

    name: str
    source: str
    columns: Mapping[str, str]
    every_hours: int | None
    due_at: int | None
    state: str
    force: bool
    tries: int
    etag: str | None
    modified: str | None
    digest: str | None
    turns_at: int | None
    items: int
    currency: str | None
    run_at: int | None
    good_at: int | None
    beat_at: int | None
    done: int
    whole: int
    error: str | None
    created_at: int
    report: Mapping[str, Any] = field(default_factory=dict)

    def runs(self, now: int) -> bool:
        """Whether somebody is at it."""
        return self.state == "running" and now - (self.beat_at or 0) < QUIET_MS

    def silent(self, now: int) -> bool:
        """Whether it has not gone well for three of its periods."""
        if self.every_hours is None:
            return False
        return now - (self.good_at or self.created_at) > PATIENCE * self.every_hours * HOUR

    def next_at(self, now: int) -> int | None:
        """When the clock reads it again after a good run at ``now``; None: never by itself."""
        if self.every_hours is None or not self.source:
            return None
        return now + self.every_hours * HOUR


def feeds(tx: Tx) -> list[Feed]:
    """All, by name."""
    return [_feed(row) for row in tx.all(ALL)]


def get(tx: Tx, name: str) -> Feed | None:
    """One feed; None: there is none of this name."""
    row = tx.one(GET, name=name)
    return None if row is None else _feed(row)


def due(tx: Tx, now: int) -> list[str]:
    """The feeds whose time has come."""
    return [name for (name,) in tx.tuples(DUE, now=now)]


def put(
    tx: Tx,
    name: str,
    source: str,
    columns: Mapping[str, str],
    every_hours: int | None,
    due_at: int | None,
    now: int,
) -> None:
    """Keep where a feed is, which columns mean what, and how often it is read."""
    told = orjson.dumps(dict(columns), option=orjson.OPT_SORT_KEYS).decode()
    words = {"source": source, "columns": told, "every_hours": every_hours, "due_at": due_at}
    tx.run(PUT, name=name, now=now, **words)


def delete(tx: Tx, name: str) -> bool:
    """Forget a feed; its products stay, and nobody takes them away any more."""
    tx.run(FORGET, name=name)
    return tx.run(DELETE, name=name) > 0


def ask(tx: Tx, name: str, now: int, *, force: bool) -> None:
    """Have the clock read it next, and take it whatever it looks like if ``force``."""
    tx.run(ASK, name=name, now=now, force=int(force))


def begin(tx: Tx, name: str, now: int) -> None:
    """A run begins."""
    tx.run(BEGIN, name=name, now=now)


def beat(tx: Tx, name: str, done: int, whole: int, now: int) -> None:
    """A run goes on, and has come so far."""
    tx.run(BEAT, name=name, done=done, whole=whole, now=now)


def went_well(tx: Tx, name: str, now: int, due_at: int | None, found: Mapping[str, Any]) -> None:
    """A run took the feed in; ``found``: report, etag, modified, digest, turns_at, items and
    currency.
    """
    words = {**found, "report": orjson.dumps(found["report"]).decode()}
    tx.run(WELL, name=name, now=now, due_at=due_at, **words)


def is_the_same(tx: Tx, name: str, now: int, due_at: int | None) -> None:
    """A run found the feed as it was."""
    tx.run(THE_SAME, name=name, now=now, due_at=due_at)


def went_badly(
    tx: Tx, name: str, state: str, error: str, due_at: int | None, report: Mapping[str, Any] | None
) -> None:
    """A run changed nothing: ``state`` refused or failed."""
    told = None if report is None else orjson.dumps(report).decode()
    tx.run(BADLY, name=name, state=state, error=error[:1_000], due_at=due_at, report=told)


def name_items(tx: Tx, feed: str, item_ids: Collection[str]) -> None:
    """Note that a feed names these products; before the catalogue takes them in."""
    tx.run(NAME, feed=feed, ids=sorted(item_ids))


def named(tx: Tx, feed: str, item_ids: Collection[str]) -> set[str]:
    """Those of ``item_ids`` of which it is noted."""
    return {one for (one,) in tx.tuples(NAMED, feed=feed, ids=sorted(item_ids))}


def named_by(tx: Tx, feed: str, after: str, limit: int) -> list[str]:
    """The products of a feed, by id."""
    return [one for (one,) in tx.tuples(NAMED_BY, feed=feed, after=after, limit=limit)]


def remove_items(tx: Tx, feed: str, item_ids: Collection[str], now: int) -> int:
    """Take products that a feed names no more out of the catalogue; how many went.

    What the shop's server told of first, and what another feed names too, stays.
    """
    ids = sorted(item_ids)
    own = [item_id for (item_id,) in tx.tuples(ITS_OWN, feed=feed, ids=ids)]
    gone = tx.run(REMOVE, ids=own, now=now)
    variants, changed = groups.remove(tx, own)
    tx.run(UNNAME, feed=feed, ids=ids)
    if gone or variants:
        item_states.keep(tx, changed, now)
        locations.keep(tx, {*own, *changed})
    return gone + variants


def kept(tx: Tx, item_ids: Sequence[str]) -> dict[str, Row]:
    """What the catalogue says of these products now; ``learnt``: from events only."""
    rows = tx.all(KEPT, ids=list(item_ids))
    return {row["item_id"]: {**row, "tags": tuple(orjson.loads(row["tags"]))} for row in rows}


def says_more(item: Mapping[str, Any], row: Row | None) -> bool:
    """Whether the catalogue would change by ``items.upsert`` of ``item``; ``row``: of ``kept``."""
    if row is None or row["learnt"]:
        return True
    if item["price"] is not None and item["sale_price"] is None and row["sale_price"] is not None:
        return True
    return any(
        item[name] is not None
        and (tuple(item[name]) if name == "tags" else item[name]) != row[name]
        for name in KEPT_COLUMNS
    )


def _feed(row: Row) -> Feed:
    columns, report = orjson.loads(row["columns"]), orjson.loads(row["report"])
    return Feed(**{**row, "columns": columns, "report": report, "force": bool(row["force"])})
