"""Is everybody in the segments that the rules say? Asked each night, of all, in another way.

Passes decide in Python about those whom something happened to; this asks SQL about everybody. The
two must agree, so what is found is a fault of ours: it is counted, told, and mended by a pass.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from plugin.journey.decide import who_belongs
from plugin.shop import Shop
from plugin.storage import backfills, segments
from plugin.storage.documents import documents
from plugin.storage.engine import Store

log = logging.getLogger("regulars.segments")


@dataclass(frozen=True)
class Reconciled:
    """How many segments were compared, and in how many places members and rules differed."""

    segments: int
    differences: int

    def __str__(self) -> str:
        return f"{self.segments} segments compared, {self.differences} differences"


def reconcile(store: Store, shop: Shop, now: int) -> Reconciled:
    """Compare the members of each segment with its rule at ``now`` (Unix ms), in one look each.

    Left out are visitors who wait for a pass, and rules not asked about everybody yet. Those who
    are found where they should not be are looked at again by the next pass.
    """
    with store.read() as tx:
        slugs = list(documents(store, tx).rules)
    different = 0
    for slug in slugs:
        wrong = _wrong(store, shop, slug, now)
        if wrong:
            log.error("segment %s: %d visitors are not where its rule says", slug, len(wrong))
            with store.write() as tx:
                segments.wake(tx, dict.fromkeys(segments.held(tx, sorted(wrong)), 0))
        different += len(wrong)
    return Reconciled(len(slugs), different)


def _wrong(store: Store, shop: Shop, slug: str, now: int) -> set[int]:
    with store.read() as tx:
        docs = documents(store, tx)
        rule = docs.rules.get(slug)
        if rule is None or slug in backfills.under_way(tx):
            return set()
        wanted = who_belongs(tx, slug, rule, now, shop)
        return (wanted ^ segments.member_ids(tx, slug)) - segments.all_waiting(tx, now)
