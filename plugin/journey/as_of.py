"""Who was in a segment at an earlier moment, by what had happened up to then?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from plugin.collect.event import Event
from plugin.errors import NotFound
from plugin.journey.decide import never, with_those_under
from plugin.journey.standings import Loader, loaders_then
from plugin.journey.verdicts import inside_of, verdicts
from plugin.profile.profile import Profile
from plugin.segment.facts import Facts, Happening
from plugin.segment.person import JOINED
from plugin.segment.rule import Rule, needs_of, read_rule, segments_of
from plugin.segment.shelf import CATALOGUE
from plugin.shop import Shop
from plugin.storage import by_hand, identities, item_states, profiles, segments
from plugin.storage import past as log
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx
from plugin.storage.facts import Loaded

NOTHING_ELSE: Mapping[str, Mapping[int, Any]] = {}
BATCH = 250  # profiles told anew in one look
Member = tuple[int, str, int]  # profile, visitor id, since when (Unix ms)
# As ``storage.facts.ALSO``, by what was known at a moment.
ALSO_THEN: dict[str, Callable[[Tx, Sequence[int], Loaded, int], Mapping[int, Any]]] = {
    CATALOGUE: lambda tx, ids, events, at: item_states.catalogue(tx, ids, events),
    JOINED: lambda tx, ids, events, at: identities.joined(tx, ids, at),
}


def members_as_of(
    store: Store,
    shop: Shop,
    slug: str,
    at: int,
    limit: int,
    after: int = 0,
    enough: Callable[[], bool] = never,
) -> tuple[list[dict[str, object]], int | None]:
    """Members (visitor_id, entered_at) at ``at`` (Unix ms), and the cursor to go on from, or None.

    Every profile is told anew from its events up to then; after each 250 ``enough`` may end it,
    with those found so far. Raises NotFound, RuleRefused.
    """
    with store.read() as tx:
        rules = _rules(tx, documents(store, tx), slug)
        # Once for all: what says how one stands among all is made of everybody's orders.
        among_all = loaders_then(tx, _needed(rules), at, shop)
    found: list[Member] = []
    while len(found) <= limit:
        with store.read() as tx:
            ids = profiles.some(tx, after, BATCH)
            found += _members(tx, shop, rules, slug, ids, at, among_all)
        after = ids[-1] if len(ids) == BATCH else 0
        if not after or enough():
            break
    people: list[dict[str, object]] = [
        {"visitor_id": visitor_id, "entered_at": since} for _, visitor_id, since in found[:limit]
    ]
    return people, found[limit - 1][0] if len(found) > limit else after or None


def facts_as_of(
    past: log.Past, profile: int, shop: Shop, also: Mapping[str, Mapping[int, Any]] = NOTHING_ELSE
) -> Facts:
    """What rules may ask of one visitor, from what had happened up to then, and ``also``."""
    happened = _by_name(past.logs[profile])
    return Facts(
        log.profile_then(past, profile, shop),
        {name: tuple(one.at for one in own) for name, own in happened.items()},
        happened,
        {name: found.get(profile) for name, found in also.items()},
    )


def _by_name(events: Sequence[Event]) -> dict[str, tuple[Happening, ...]]:
    found: dict[str, list[Happening]] = {}
    for event in events:
        found.setdefault(event.name, []).append(_happening(event))
    return {name: tuple(own) for name, own in found.items()}


def _rules(tx: Tx, docs: Documents, slug: str) -> dict[str, Rule]:
    """The rule of the segment and those it is built on, these first; a static one has none."""
    one = segments.by_slug(tx).get(slug)
    if one is None:
        raise NotFound("there is no such segment")
    if one.kind == "static":
        return {}
    own = read_rule(one.rule)  # also of a segment that is switched off
    return with_those_under(docs.rules, segments_of(own)) | {slug: own}


def _members(
    tx: Tx,
    shop: Shop,
    rules: Mapping[str, Rule],
    slug: str,
    ids: Sequence[int],
    at: int,
    among_all: Mapping[str, Loader],
) -> list[Member]:
    past = log.past(tx, ids, at, shop)
    hands = by_hand.placed_then(tx, ids, at)
    also = _also_then(tx, _needed(rules) - among_all.keys(), past, at)
    also |= {name: load(sorted(past.logs)) for name, load in among_all.items()}
    inside: dict[int, Profile] = {}
    for profile in sorted(past.logs):
        facts = facts_as_of(past, profile, shop, also)
        placed = hands.get(profile, by_hand.NOTHING)
        if inside_of(verdicts(rules, facts, placed, at, shop), placed).get(slug):
            inside[profile] = facts.profile
    since = log.entered_at(tx, slug, sorted(inside), at)
    return [
        (profile, told.visitor_id, since.get(profile, told.first_seen_at or at))
        for profile, told in inside.items()
    ]


def _needed(rules: Mapping[str, Rule]) -> AbstractSet[str]:
    return needs_of(rules.values()).also


def _also_then(
    tx: Tx, needed: Collection[str], past: log.Past, at: int
) -> dict[str, Mapping[int, Any]]:
    """What the rules ask beside profile and events, by name, of each profile."""
    if not needed:
        return {}
    events = {profile: _by_name(told) for profile, told in past.logs.items()}
    return {name: ALSO_THEN[name](tx, list(events), events, at) for name in sorted(needed)}


def _happening(event: Event) -> Happening:
    return Happening(
        event.at,
        event.event_id,
        event.params,
        event.items,
        event.value,
        event.currency,
        event.transaction_id,
    )
