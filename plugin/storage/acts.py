"""What was done to a popup or window by its verdict alone, and what of it was taken back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from plugin.serve.acts import Figures
from plugin.storage.engine import Row, Tx

LET = "let"  # stands in the place of an act where the owner begins to let the verdict act
NOTE = """
insert into campaign_acts (kind, slug, act, at, was, figures)
values (:kind, :slug, :act, :at, :was, :figures)
"""
NEWEST = """
select * from campaign_acts where kind = :kind and slug = :slug order by seq desc limit :most
"""
UNDO = "update campaign_acts set undone_at = :at where seq = :seq and undone_at is null"
MOST = 50  # of one campaign that are looked at


@dataclass(frozen=True)
class Act:
    """Something done at ``at`` (Unix ms); ``was``: the document's keys before, None: absent.

    undone_at: Unix ms, when the owner took it back; None: not.
    """

    seq: int
    act: str
    at: int
    was: Mapping[str, Any]
    figures: Figures
    undone_at: int | None = None


def let(tx: Tx, kind: str, slug: str, now: int) -> None:
    """Remember that the owner lets the verdict act from ``now`` (Unix ms) on, anew."""
    tx.run(NOTE, kind=kind, slug=slug, act=LET, at=now, was="{}", figures=None)


def note(
    tx: Tx, kind: str, slug: str, act: str, was: Mapping[str, Any], found: Figures, now: int
) -> None:
    """Remember what was done, and why."""
    told = msgspec.json.encode(found).decode()
    kept = orjson.dumps(dict(was)).decode()
    tx.run(NOTE, kind=kind, slug=slug, act=act, at=now, was=kept, figures=told)


def undo(tx: Tx, seq: int, now: int) -> None:
    """Remember that the owner took it back."""
    tx.run(UNDO, seq=seq, at=now)


def of_campaign(tx: Tx, kind: str, slug: str) -> list[Act]:
    """Everything that was done to a campaign, newest first, 50 at most."""
    return [_read(row) for row in _newest(tx, kind, slug) if row["act"] != LET]


def since_let(tx: Tx, kind: str, slug: str) -> set[str]:
    """The acts that were done since the owner last let them be done, taken back or not."""
    found = set()
    for row in _newest(tx, kind, slug):
        if row["act"] == LET:
            break
        found.add(row["act"])
    return found


def _newest(tx: Tx, kind: str, slug: str) -> list[Row]:
    return tx.all(NEWEST, kind=kind, slug=slug, most=MOST)


def _read(row: Row) -> Act:
    told = msgspec.json.decode(row["figures"], type=Figures)
    was = orjson.loads(row["was"])
    return Act(row["seq"], row["act"], row["at"], was, told, row["undone_at"])
