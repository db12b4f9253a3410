"""Who enters and leaves which segment, now that events came or time went by?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.journey.by_hand import verdicts
from plugin.segment.facts import Facts
from plugin.shop import Shop
from plugin.storage import by_hand, campaigns, outbox, segments, shelves
from plugin.storage.by_hand import NOTHING, Placed
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
            ids = [one.profile for one in batch]
            facts = load_facts(tx, ids, docs.names, docs.whole, docs.also)
            hands = by_hand.placed(tx, list(facts)) if facts else {}
        moved = _move(store, shop, docs, batch, facts, hands, now) if batch else Changes()
        if moved is None:  # by rules that an edit has changed meanwhile: decide anew
            continue
        changes += moved
        if len(batch) < BATCH:
            return changes


def _move(
    store: Store,
    shop: Shop,
    docs: Documents,
    batch: Sequence[segments.Waiting],
    facts: Mapping[int, Facts],
    hands: Mapping[int, Placed],
    now: int,
) -> Changes | None:
    """What became of a batch; None: nothing, for ``docs`` are not what counts any more."""
    answers = {
        p: verdicts(docs.rules, known, hands.get(p, NOTHING), now, shop)
        for p, known in facts.items()
    }
    soonest = {
        profile: min((v.next_check for v in found.values() if v.next_check), default=None)
        for profile, found in answers.items()
    }
    with store.write() as tx:
        if campaigns.generation(tx) != docs.generation:
            return None
        # Whoever was put somewhere by hand meanwhile waits for the next pass.
        latest = by_hand.placed(tx, list(answers)) if answers else {}
        batch = [w for w in batch if hands.get(w.profile) == latest.get(w.profile)]
        asked = [w.profile for w in batch if w.profile in answers]
        held = segments.held(tx, asked)  # those erased meanwhile are not in it
        moves = [
            _change(slug, w, bool(v.holds), hands.get(w.profile, NOTHING), docs, now)
            for w in batch
            if w.profile in held
            for slug, v in answers[w.profile].items()
            if bool(v.holds) != (slug in held[w.profile])
        ]
        segments.apply(tx, batch, moves, {p: at for p, at in soonest.items() if p in held})
        outbox.enqueue(tx, moves, now)
        for slug, error in docs.broken.items():
            segments.set_error(tx, slug, error)
    entered = sum(move.entered for move in moves)
    return Changes(len(batch), entered, len(moves) - entered)


def _change(
    slug: str, waiting: segments.Waiting, inside: bool, placed: Placed, docs: Documents, now: int
) -> segments.Change:
    """One move, and its cause: a word by hand that is in force or has just ended, or another."""
    due, cause, word = _due(waiting, now), _cause(waiting), placed.words.get(slug)
    if word is not None and word.in_force(now):
        cause = "manual"
    elif word is not None and word.until and 0 < (waiting.due_at or 0) <= word.until:
        # It had not ended yet when the visitor was last looked at.
        due, cause = word.until, "manual"
    return segments.Change(slug, waiting.profile, inside, due, now, cause, docs.versions[slug])


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
