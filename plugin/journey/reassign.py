"""Who enters and leaves which segment, now that events came or time went by?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.segment.evaluate import evaluate_all
from plugin.segment.facts import Facts
from plugin.shop import Shop
from plugin.storage import segments, shelves
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store
from plugin.storage.facts import load_facts

BATCH = 250  # visitors looked at between two takings of the write lock


@dataclass(frozen=True)
class Changes:
    """What a pass over the waiting visitors did."""

    looked_at: int = 0
    entered: int = 0
    left: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.looked_at + other.looked_at, self.entered + other.entered, self.left + other.left
        )

    def __str__(self) -> str:
        return f"{self.looked_at} visitors looked at, {self.entered} entered, {self.left} left"


def reassign(store: Store, shop: Shop, now: int, *, full: bool = False) -> Changes:
    """Move the visitors whose answer may have changed by ``now`` (Unix ms); ``full``: everybody.

    What is decided over many visitors is decided outside the write lock and saved in small batches.
    """
    if full:
        with store.write() as tx:
            segments.everybody_due(tx)
    changes = Changes()
    while True:
        with store.read() as tx:
            docs = documents(store, tx)
            batch = segments.waiting(tx, now, BATCH)
            facts = load_facts(tx, [one.profile for one in batch], set(docs.names))
        if batch:
            changes += _move(store, shop, docs, batch, facts, now)
        if len(batch) < BATCH:
            return changes


def _move(
    store: Store,
    shop: Shop,
    docs: Documents,
    batch: Sequence[segments.Waiting],
    facts: Mapping[int, Facts],
    now: int,
) -> Changes:
    verdicts = {p: evaluate_all(docs.rules, known, now, shop) for p, known in facts.items()}
    soonest = {
        profile: min((v.next_check for v in found.values() if v.next_check), default=None)
        for profile, found in verdicts.items()
    }
    with store.write() as tx:
        held = segments.held(tx, list(verdicts))  # those erased meanwhile are not in it
        moves = [
            segments.Change(
                slug, w.profile, bool(v.holds), _due(w, now), now, _cause(w), docs.versions[slug]
            )
            for w in batch
            if w.profile in held and w.profile in verdicts
            for slug, v in verdicts[w.profile].items()
            if bool(v.holds) != (slug in held[w.profile])
        ]
        segments.apply(tx, batch, moves, {p: at for p, at in soonest.items() if p in held})
        for slug, error in docs.broken.items():
            segments.set_error(tx, slug, error)
    entered = sum(move.entered for move in moves)
    return Changes(len(batch), entered, len(moves) - entered)


def _due(waiting: segments.Waiting, now: int) -> int:
    return waiting.due_at if not waiting.mark and waiting.due_at else now


def _cause(waiting: segments.Waiting) -> str:
    if waiting.mark:
        return "event"
    return "time" if waiting.due_at else "edit"


def rank(store: Store, shop: Shop, now: int) -> int:
    """Make the lists of best sellers and favourites anew; how many places they hold."""
    with store.read() as tx:  # the long part, outside the write lock
        rows = shelves.rank(tx, now)
    with store.write() as tx:
        return shelves.keep_rankings(tx, rows)
