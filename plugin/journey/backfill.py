"""Whom does an edited rule let in and out, of all the visitors who did nothing just now?

First its members, by one question to the store; then, for those to whom time alone may bring
another answer, when each must be looked at again. Other rules are not asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from time import monotonic

from plugin.journey.causes import EDIT
from plugin.journey.decide import HERE, Decided, Hands, built_on, who_belongs
from plugin.journey.moves import move
from plugin.journey.reassign import BATCH, Changes
from plugin.segment.rule import Rule
from plugin.segment.waking import wakers
from plugin.shop import Shop
from plugin.storage import backfills, campaigns, segments
from plugin.storage.backfills import Backfill
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx


def backfill(store: Store, shop: Shop, now: int, hands: Hands = HERE) -> Changes:
    """Ask the rules that were edited about everybody. ``now``: Unix ms.

    Safe beside passes and edits, and after a death: what is left stays for the next call.
    """
    changes = Changes()
    while True:
        with store.read() as tx:
            one, docs = backfills.following(tx), documents(store, tx)
        if one is None:
            return changes
        rule, began = docs.rules.get(one.segment), monotonic()
        if rule is None:  # off, resting, or without a living rule: nothing to ask
            with store.write(synced=False) as tx:
                backfills.done(tx, one.segment)
        elif not one.settled:
            changes += _members(store, shop, one.segment, rule, docs, now, hands)
        else:
            changes += _wake(store, shop, one, rule, now, hands)
        hands.pause(monotonic() - began)
        if hands.enough():
            return changes


def _members(
    store: Store, shop: Shop, slug: str, rule: Rule, docs: Documents, now: int, hands: Hands
) -> Changes:
    """Let those in and out whom the rule says, in small bites."""
    found = hands.find_moves(store, shop, slug, now)
    if found.generation != docs.generation:
        return Changes()
    changes = Changes(found.asked)
    for start in range(0, len(found.profiles), BATCH):
        part, began = found.profiles[start : start + BATCH], monotonic()
        with store.write(synced=False) as tx:
            if campaigns.generation(tx) != found.generation:
                return changes  # edited meanwhile: from the beginning, by the rule of now
            changes += _move(tx, shop, slug, rule, docs, part, now)
        hands.pause(monotonic() - began)
    with store.write(synced=False) as tx:
        if campaigns.generation(tx) == found.generation:
            backfills.settled(tx, slug)
    return changes


def _move(
    tx: Tx, shop: Shop, slug: str, rule: Rule, docs: Documents, part: Sequence[int], now: int
) -> Changes:
    """Move these, by what is true of them in this transaction."""
    wanted = who_belongs(tx, slug, rule, now, shop, part)
    inside = {profile: profile in wanted for profile in part}
    moves = move(tx, slug, docs.versions[slug], inside, EDIT, now)
    if built_on(docs.rules, slug):  # their rules are asked about those who moved, by a pass
        segments.wake(tx, {one.profile: 0 for one in moves})
    entered = sum(one.entered for one in moves)
    return Changes(0, entered, len(moves) - entered)


def _wake(store: Store, shop: Shop, one: Backfill, rule: Rule, now: int, hands: Hands) -> Changes:
    """See to it that the next of those whom time may move are looked at at the right moment."""
    wake_by = wakers(rule)
    ids = _next(store, one, wake_by)
    decided = hands.decide(store, shop, ids, now, one.segment) if ids else None
    with store.write(synced=False) as tx:
        if decided is not None and decided.generation != campaigns.generation(tx):
            return Changes()
        if decided is not None:
            segments.wake(tx, _moments(tx, one.segment, decided))
        if len(ids) < BATCH:
            backfills.done(tx, one.segment)
        else:
            backfills.reached(tx, one.segment, ids[-1])
    return Changes(len(ids))


def _next(store: Store, one: Backfill, wake_by: Collection[str] | None) -> list[int]:
    if wake_by is not None and not wake_by:
        return []  # the rule does not know the time
    with store.read() as tx:
        return backfills.some(tx, one, wake_by, BATCH)


def _moments(tx: Tx, slug: str, decided: Decided) -> dict[int, int]:
    """When to look at each again: at once, where time or an event has moved it since."""
    held = segments.held(tx, list(decided.inside))
    moments = {p: at for p, at in decided.next_checks.items() if at is not None and p in held}
    for profile, inside in decided.inside.items():
        if profile in held and any(is_in != (s in held[profile]) for s, is_in in inside.items()):
            moments[profile] = 0
    return moments
