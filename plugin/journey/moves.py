"""How do visitors enter and leave a segment that somebody has decided about?"""

from __future__ import annotations

from collections.abc import Mapping

from plugin.storage import outbox, segments
from plugin.storage.engine import Tx
from plugin.storage.segments import Change


def move(
    tx: Tx, slug: str, version: int, wanted: Mapping[int, bool], cause: str, now: int
) -> list[Change]:
    """Let those enter and leave who are not where they are wanted; who moved.

    wanted: whether each profile should be in it. Who was erased meanwhile is left out.
    """
    held = segments.held(tx, sorted(wanted))
    moves = [
        Change(slug, profile, inside, now, now, cause, version)
        for profile, inside in sorted(wanted.items())
        if profile in held and inside != (slug in held[profile])
    ]
    segments.apply(tx, [], moves, {})
    outbox.enqueue(tx, moves, now)
    return moves
