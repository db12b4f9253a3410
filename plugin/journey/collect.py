"""What happens to events that come in: stored once, told to their profiles, marked for segments?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from plugin import faults
from plugin.collect.event import Event, event_from_wire
from plugin.journey import identity
from plugin.journey.derive import derived
from plugin.journey.guessed import named
from plugin.profile.fold import fold, fold_all
from plugin.profile.profile import Profile
from plugin.shop import Shop
from plugin.storage import (
    campaigns,
    identities,
    items,
    names,
    orders,
    profiles,
    redemptions,
    segments,
)
from plugin.storage import events as events_table
from plugin.storage.engine import Store, Tx

IN_ORDER = attrgetter("at", "event_id")  # as Event.key
BATCH = 250  # profiles told anew between two takings of the write lock


def collect(tx: Tx, shop: Shop, events: Sequence[Any]) -> int:
    """Store events, tell their visitors' profiles, mark them dirty; how many of them were new.

    What was stored before changes nothing. Events come as ``Event`` or as their JSON.
    """
    return collect_together(tx, shop, [events])[0]


def collect_together(tx: Tx, shop: Shop, batches: Sequence[Sequence[Any]]) -> list[int]:
    """As ``collect`` for several batches at once; how many of each were new.

    An event that stands in two batches is new in the first.
    """
    read = [[event_from_wire(event) for event in batch] for batch in batches]
    sent = [event for batch in read for event in batch]
    ids = profiles.ensure(tx, {event.visitor_id for event in sent})
    ours = named(tx, shop, [event for event in sent if event.visitor_id in ids])
    ours = names.catalogued(tx, ours)
    apart = [event for event in sent if event.visitor_id not in ids]  # the staff's own
    if apart:
        events_table.add_bots(tx, apart)
    new = events_table.add(tx, ours, ids, shop)
    faults.reach("events_stored")
    if new:
        # Of two with one id the first counts.
        fresh = {e.event_id: e for e in reversed(ours) if e.event_id in new}
        if made := derived(tx, shop, list(fresh.values()), ids):
            added = events_table.add(tx, made, ids, shop)  # nobody sent them: not counted as taken
            fresh |= {e.event_id: e for e in made if e.event_id in added}
        _take_in(tx, shop, list(fresh.values()), ids)
    faults.reach("profiles_told")
    return _counted(read, new | {event.event_id for event in apart})


def _counted(batches: Sequence[Sequence[Event]], new: set[str]) -> list[int]:
    """How many of each batch are new; what an earlier batch brought is not."""
    left, counts = set(new), []
    for batch in batches:
        came = {event.event_id for event in batch} & left
        left -= came
        counts.append(len(came))
    return counts


def _take_in(tx: Tx, shop: Shop, fresh: Sequence[Event], ids: Mapping[str, int]) -> None:
    """Let newly stored events count: orders, profiles, products, segments."""
    settled = orders.settle(tx, fresh, shop)
    joined = identity.join(tx, shop, fresh, ids, settled)
    ids = joined.ids
    redemptions.settle(tx, fresh, shop)
    live = sorted((e for e in fresh if e.event_id not in settled.dead), key=IN_ORDER)
    events_table.add_lines(tx, live, ids)
    items.learn(
        tx,
        {(i, e.currency or shop.currency) for e in live for i in e.items if i.product is None},
        fresh[0].received_at,
    )
    _tell(tx, shop, live, ids, joined.retell)
    segments.mark_dirty(tx, {ids[event.visitor_id] for event in fresh} | joined.retell)


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
        if profile in retell or fresh[0].key <= before.told_up_to:
            told[profile] = retold(tx, shop, profile, before.visitor_id)
        else:
            told[profile] = fold(before, fresh, shop, values)
    profiles.save(tx, told, known)
    campaigns.record_exposures(tx, by_profile)


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
            profiles.save(tx, other, {})
            segments.mark_dirty(tx, other)
        done, changed, after = done + len(ids), changed + len(other), ids[-1] if ids else after
        if len(ids) < BATCH:
            return {"profiles": done, "changed": changed}


def retold(tx: Tx, shop: Shop, profile: int, visitor_id: str) -> Profile:
    """The profile as its whole log tells it."""
    log = events_table.log(tx, profile)
    values = orders.values(tx, {e.transaction_id for e in log if e.transaction_id}, shop.currency)
    told = fold_all(visitor_id, log, shop, values)
    # An order that counts no more is not in the log, but said who its buyer is.
    if (customer_id := identities.customer_of(tx, profile)) is not None:
        told.customer_id, told.identified = customer_id, True
    return told


def collect_bots(tx: Tx, shop: Shop, events: Sequence[Any]) -> None:
    """Keep what known bots sent, where it counts for nothing."""
    events_table.add_bots(tx, map(event_from_wire, events))
