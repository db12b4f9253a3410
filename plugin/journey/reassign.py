"""Who enters and leaves which segment, now that events came or time went by?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from plugin.journey.causes import change
from plugin.journey.decide import HERE, Decided, Hands
from plugin.shop import Shop
from plugin.storage import backfills, by_hand, outbox, segments, shelf_again, shelves
from plugin.storage.documents import documents
from plugin.storage.engine import Store, Tx

BATCH = 100  # visitors looked at between two takings of the write lock


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


def reassign(
    store: Store, shop: Shop, now: int, hands: Hands = HERE, *, full: bool = False
) -> Changes:
    """Move the visitors whose answer may have changed by ``now`` (Unix ms); ``full``: everybody.

    What is decided over many visitors is decided outside the write lock, and saved in small
    batches; after each, ``hands`` may end the pass.
    """
    if full:
        with store.write() as tx:
            segments.everybody_due(tx)
    changes = Changes()
    while True:
        began = monotonic()
        with store.read() as tx:
            batch = segments.waiting(tx, now, BATCH)
        if not batch:
            return changes
        decided = hands.decide(store, shop, [one.profile for one in batch], now, None)
        moved = settle(store, batch, decided, now)
        if moved is None:  # by rules that an edit has changed meanwhile: decide anew
            continue
        changes += moved
        if len(batch) < BATCH or hands.enough():
            return changes
        hands.pause((monotonic() - began) / 2)  # more urgent than an edit


def settle(
    store: Store, batch: Sequence[segments.Waiting], decided: Decided, now: int
) -> Changes | None:
    """Save what became of a batch; None: nothing, for an edit has changed what counts."""
    # Not flushed: what a power cut takes is decided again, for those who waited wait again too.
    with store.write(synced=False) as tx:
        docs = documents(store, tx)
        if docs.generation != decided.generation:
            return None
        batch = _as_they_were(tx, batch, decided)
        held = segments.held(tx, [w.profile for w in batch])  # those erased meanwhile are not in it
        moves = [
            change(
                slug,
                w,
                inside,
                docs.versions[slug],
                now,
                decided.began.get(w.profile, {}),
                decided.hands.get(w.profile),
            )
            for w in batch
            if w.profile in held
            for slug, inside in decided.inside.get(w.profile, {}).items()
            if inside != (slug in held[w.profile])
        ]
        again = {w.profile: decided.next_checks.get(w.profile) for w in batch if w.profile in held}
        segments.apply(tx, batch, moves, again)
        outbox.enqueue(tx, moves, now)
        _tell_trouble(tx, again, docs.broken, decided)
    entered = sum(move.entered for move in moves)
    return Changes(len(batch), entered, len(moves) - entered)


def _tell_trouble(
    tx: Tx, looked_at: Iterable[int], broken: Mapping[str, str], decided: Decided
) -> None:
    """Say of each segment that rests why it does, and of no other."""
    for slug, error in broken.items():
        segments.set_error(tx, slug, error)
    resting = backfills.rest(tx, list(looked_at), decided.resting)
    if resting is None:
        return
    for one in segments.definitions(tx):
        if one.slug in decided.failed:
            segments.set_error(tx, one.slug, decided.failed[one.slug])
        elif one.slug not in resting and one.slug not in broken:
            segments.set_error(tx, one.slug, None)


def _as_they_were(
    tx: Tx, batch: Sequence[segments.Waiting], decided: Decided
) -> list[segments.Waiting]:
    """Those about whom nothing was told, by an event, another pass or by hand, since they were
    decided about. The others wait for the next pass.
    """
    now_waiting = segments.waiting_of(tx, [w.profile for w in batch])
    latest = by_hand.placed(tx, list(decided.inside)) if decided.inside else {}

    def as_it_was(one: segments.Waiting) -> bool:
        mark, next_check = now_waiting.get(one.profile, (None, None))
        told = mark != one.mark or (one.mark is None and next_check != one.due_at)
        return not told and decided.hands.get(one.profile) == latest.get(one.profile)

    return [one for one in batch if as_it_was(one)]


def rank(store: Store, shop: Shop, now: int) -> int:
    """Make the lists of best sellers and favourites anew; how many places they hold."""
    with store.read() as tx:  # the long part, outside the write lock
        rows = shelves.rank(tx, now)
        habits = shelf_again.fresh_habits(tx, now)
    with store.write() as tx:
        if habits is not None:
            shelf_again.keep_habits(tx, habits, now)
        return shelves.keep_rankings(tx, rows)
