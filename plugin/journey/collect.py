"""What happens to events that come in: stored once, told to their profiles, marked for segments?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.collect.event import Event, event_from_wire
from plugin.profile.fold import fold_all, folded
from plugin.profile.profile import Profile
from plugin.shop import Shop
from plugin.storage import campaigns, items, orders, profiles, segments
from plugin.storage import events as events_table
from plugin.storage.engine import Store, Tx

BATCH = 250  # profiles told anew between two takings of the write lock


def collect(tx: Tx, shop: Shop, events: Sequence[Any]) -> list[str]:
    """Store events, tell their visitors' profiles, mark them dirty; the ids of the new ones.

    What was stored before changes nothing. Events come as ``Event`` or as their JSON.
    """
    sent = [event_from_wire(event) for event in events]
    ids = profiles.ensure(tx, {event.visitor_id for event in sent})
    new = events_table.add(tx, sent, ids, shop)
    fresh = list(
        {event.event_id: event for event in reversed(sent) if event.event_id in new}.values()
    )
    if not fresh:
        return []
    settled = orders.settle(tx, fresh, shop)
    live = sorted((e for e in fresh if e.event_id not in settled.dead), key=lambda e: e.key)
    events_table.add_lines(tx, live, ids)
    items.learn(
        tx,
        [(item, e.currency or shop.currency) for e in live for item in e.items],
        fresh[0].received_at,
    )
    _tell(tx, shop, live, ids, settled.retell)
    segments.mark_dirty(tx, {ids[event.visitor_id] for event in fresh} | settled.retell)
    return sorted(new)


def _tell(
    tx: Tx, shop: Shop, live: Sequence[Event], ids: Mapping[str, int], retell: frozenset[int]
) -> None:
    """Bring the profiles up to date with ``live``; those whose past changed are told anew."""
    by_profile: dict[int, list[Event]] = {profile: [] for profile in retell}
    for event in live:
        by_profile.setdefault(ids[event.visitor_id], []).append(event)
    known = profiles.load(tx, sorted(by_profile))
    refunded = {e.transaction_id for e in live if e.name == "refund" and e.transaction_id}
    values = orders.values(tx, refunded, shop.currency) if refunded else {}
    told = {}
    for profile, fresh in by_profile.items():
        before = known[profile]
        in_order = all(event.key > before.told_up_to for event in fresh)
        if in_order and profile not in retell:
            for event in fresh:
                before = folded(before, event, shop, values)
            told[profile] = before
        else:
            told[profile] = retold(tx, shop, profile, before.visitor_id)
        campaigns.record_exposures(tx, profile, fresh)
    profiles.save(tx, told)


def rebuild(store: Store, shop: Shop) -> dict[str, int]:
    """Tell every profile anew from its log: how many there are, and how many were not as told.

    A profile is a function of its events, so ``changed`` is 0 unless the shop's settings or this
    program changed.
    """
    done, changed, after = 0, 0, 0
    while True:
        with store.write() as tx:
            ids = profiles.some(tx, after, BATCH)
            known = profiles.load(tx, ids)
            told = {one: retold(tx, shop, one, known[one].visitor_id) for one in ids}
            other = {one: profile for one, profile in told.items() if profile != known[one]}
            profiles.save(tx, other)
            segments.mark_dirty(tx, other)
        done, changed, after = done + len(ids), changed + len(other), ids[-1] if ids else after
        if len(ids) < BATCH:
            return {"profiles": done, "changed": changed}


def retold(tx: Tx, shop: Shop, profile: int, visitor_id: str) -> Profile:
    """The profile as its whole log tells it."""
    log = events_table.log(tx, profile)
    values = orders.values(tx, {e.transaction_id for e in log if e.transaction_id}, shop.currency)
    return fold_all(visitor_id, log, shop, values)


def collect_bots(tx: Tx, shop: Shop, events: Sequence[Any]) -> None:
    """Keep what known bots sent, where it counts for nothing."""
    events_table.add_bots(tx, map(event_from_wire, events))
