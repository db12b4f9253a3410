"""What do we know of one visitor right now, and why is it in its segments?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugin.errors import NotFound
from plugin.journey.by_hand import said
from plugin.journey.verdicts import inside_of, verdicts
from plugin.profile.profile import Profile
from plugin.segment.explain import explain, why
from plugin.segment.traits import ALSO, WHOLE, all_traits
from plugin.shop import Shop
from plugin.storage import by_hand, identities, profiles, segments
from plugin.storage import events as events_table
from plugin.storage.documents import documents
from plugin.storage.engine import Row, Store
from plugin.storage.facts import load_facts


@dataclass(frozen=True)
class Membership:
    """One segment a visitor is in, and why, for the owner to read."""

    slug: str
    name: str
    entered_at: int
    why: str


@dataclass(frozen=True)
class VisitorView:
    """All we know of one visitor, as of a moment."""

    profile: Profile
    traits: Mapping[str, Any]
    segments: tuple[Membership, ...]
    events: tuple[Row, ...]
    merged_ids: tuple[str, ...] = ()  # visitors who turned out to be this one
    merges: tuple[Row, ...] = ()  # what came of the words about who they are, newest first


def look_at(store: Store, shop: Shop, visitor_id: str, now: int, limit: int = 50) -> VisitorView:
    """The visitor's traits, segments with reasons, and newest events. Raises NotFound."""
    with store.read() as tx:
        found = profiles.find(tx, visitor_id)
        if found is None:
            raise NotFound("no such visitor: no event came under this id")
        profile_id, profile = found
        docs = documents(store, tx)
        whole, also = docs.needs.whole | WHOLE, docs.needs.also | ALSO
        facts = load_facts(tx, [profile_id], None, whole, also)[profile_id]
        since = {row["slug"]: row["entered_at"] for row in segments.segments_of(tx, profile_id)}
        placed = by_hand.placed(tx, [profile_id]).get(profile_id, by_hand.NOTHING)
        timeline = events_table.timeline(tx, profile_id, limit)
        merged_ids = identities.merged_ids(tx, profile_id)
        merges = identities.notes(tx, profile_id)
    inside = inside_of(verdicts(docs.rules, facts, placed, now, shop), placed)
    memberships = tuple(
        Membership(
            slug,
            docs.labels[slug],
            since.get(slug, profile.last_seen_at or now),
            said(placed, slug, now, shop)
            or why(explain(docs.rules[slug], facts, now, shop, inside)),
        )
        for slug, holds in inside.items()
        if holds
    )
    return VisitorView(
        profile,
        all_traits(facts, now, shop),
        memberships,
        tuple(timeline),
        tuple(merged_ids),
        tuple(merges),
    )
