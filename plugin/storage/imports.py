"""How far has an import of a file come?"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from plugin.storage.engine import Row, Tx

KEEP = """
insert into imports (digest, kind, source, events, kept, refused, done, updated_at)
values (:digest, :kind, :source, :events, :kept, :refused, :done, :now)
on conflict (digest) do update set
  events = excluded.events, kept = excluded.kept, refused = excluded.refused,
  done = excluded.done, updated_at = excluded.updated_at
"""
PROGRESS = "select * from imports where digest = :digest"


def keep_progress(
    tx: Tx,
    digest: str,
    kind: str,
    source: str,
    events: int,
    kept: int,
    refused: Mapping[str, int],
    done: bool,
    now: int,
) -> None:
    """Keep how far the import of the file with ``digest`` has come; ``refused``: why: rows."""
    tx.run(
        KEEP,
        digest=digest,
        kind=kind,
        source=source,
        events=events,
        kept=kept,
        refused=orjson.dumps(refused).decode(),
        done=done,
        now=now,
    )


def progress(tx: Tx, digest: str) -> Row | None:
    """How far it came: events, kept, refused (reason: count), done; None: never begun."""
    row = tx.one(PROGRESS, digest=digest)
    return row and row | {"refused": orjson.loads(row["refused"]), "done": bool(row["done"])}
