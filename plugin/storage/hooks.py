"""Which addresses of the owner's are told who enters and leaves which segment?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from plugin.storage.engine import Row, Tx

ALL = "select * from hooks order by name, id"
ONE = "select * from hooks where id = :id"
PUT = """
insert into hooks (id, name, url, segments, email, edits, leads, enabled, created_at, updated_at)
values (:id, :name, :url, :segments, :email, :edits, :leads, :enabled, :now, :now)
on conflict (id) do update set
  name = excluded.name, url = excluded.url, segments = excluded.segments, email = excluded.email,
  edits = excluded.edits, leads = excluded.leads, enabled = excluded.enabled,
  updated_at = excluded.updated_at,
  off_because = null, failing_since = null
"""
DELETE = "delete from hooks where id = :id"
ROTATE = """
update hooks set secret_turn = secret_turn + 1, rotated_at = :now where id = :id
returning secret_turn
"""
FAILING = "update hooks set failing_since = :now where id = :id and failing_since is null"
WELL = "update hooks set failing_since = null where id = :id and failing_since is not null"
OFF = "update hooks set enabled = 0, off_because = :why where id = :id"


@dataclass(frozen=True)
class Hook:
    """One address. ``segments``: slugs, none = every segment; ``email``: it may be told that too.

    ``edits``: tell it also whom an edited rule moved; ``leads``: and what people leave in popups.
    ``secret_turn``: which secret is in force;
    the one before goes on for a day after ``rotated_at``. ``off_because``: we turned it off.
    """

    id: str
    name: str
    url: str
    segments: tuple[str, ...]
    email: bool
    edits: bool
    enabled: bool
    secret_turn: int
    rotated_at: int | None
    failing_since: int | None
    off_because: str | None
    created_at: int
    updated_at: int
    leads: bool = False


def hooks(tx: Tx) -> list[Hook]:
    """Every hook, by name."""
    return [_hook(row) for row in tx.all(ALL)]


def get(tx: Tx, hook: str) -> Hook | None:
    """The hook with this id, or None."""
    row = tx.one(ONE, id=hook)
    return _hook(row) if row else None


def put(
    tx: Tx,
    hook: str,
    name: str,
    url: str,
    segments: Sequence[str],
    now: int,
    *,
    email: bool = False,
    edits: bool = False,
    leads: bool = False,
    enabled: bool = True,
) -> None:
    """Keep a hook, new or changed; a change also forgets that it failed before."""
    tx.run(
        PUT,
        id=hook,
        name=name,
        url=url,
        segments=orjson.dumps(sorted(segments)).decode(),
        email=email,
        edits=edits,
        leads=leads,
        enabled=enabled,
        now=now,
    )


def delete(tx: Tx, hook: str) -> bool:
    """Remove a hook with all its messages; False when there is none."""
    return tx.run(DELETE, id=hook) > 0


def rotate(tx: Tx, hook: str, now: int) -> int | None:
    """Give a hook a new secret; which one it is now, or None when there is no such hook."""
    found = tx.all(ROTATE, id=hook, now=now)
    return int(found[0]["secret_turn"]) if found else None


def failing(tx: Tx, hook: str, now: int) -> None:
    """It did not take a message; since when it does not is kept."""
    tx.run(FAILING, id=hook, now=now)


def well(tx: Tx, hook: str) -> None:
    """It took one."""
    tx.run(WELL, id=hook)


def turn_off(tx: Tx, hook: str, why: str) -> None:
    """Tell it nothing from now on; ``why`` is for the owner."""
    tx.run(OFF, id=hook, why=why)


def _hook(row: Row) -> Hook:
    flags = {name: bool(row[name]) for name in ("email", "edits", "leads", "enabled")}
    return Hook(**{**row, **flags, "segments": tuple(orjson.loads(row["segments"]))})
