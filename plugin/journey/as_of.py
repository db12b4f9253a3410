"""Who was in a segment at an earlier moment, by what had happened up to then?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.collect.event import Event
from plugin.errors import NotFound
from plugin.journey.by_hand import inside_of, verdicts
from plugin.profile.fold import fold
from plugin.profile.profile import Profile
from plugin.segment.facts import Facts, Happening
from plugin.segment.rule import Rule, read_rule, segments_of
from plugin.shop import Shop
from plugin.storage import by_hand, profiles, segments
from plugin.storage import past as log
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx

BATCH = 250  # profiles told anew in one look
Member = tuple[int, str, int]  # profile, visitor id, since when (Unix ms)


def members_as_of(
    store: Store, shop: Shop, slug: str, at: int, limit: int, after: int = 0
) -> tuple[list[dict[str, object]], int | None]:
    """Members (visitor_id, entered_at) at ``at`` (Unix ms), and the cursor to go on from, or None.

    Every profile is told anew from its events up to then. Raises NotFound, RuleRefused.
    """
    with store.read() as tx:
        rules = _rules(tx, documents(store, tx), slug)
    found: list[Member] = []
    while len(found) <= limit:
        with store.read() as tx:
            ids = profiles.some(tx, after, BATCH)
            found += _members(tx, shop, rules, slug, ids, at)
        if len(ids) < BATCH:
            break
        after = ids[-1]
    people: list[dict[str, object]] = [
        {"visitor_id": visitor_id, "entered_at": since} for _, visitor_id, since in found[:limit]
    ]
    return people, found[limit - 1][0] if len(found) > limit else None


def facts_as_of(past: log.Past, profile: int, shop: Shop) -> Facts:
    """What rules may ask of one visitor, from what had happened up to then."""
    events = past.logs[profile]
    told = fold(Profile(events[0].visitor_id), events, shop, past.values)
    if profile in past.customers:
        told.customer_id, told.identified = past.customers[profile], True
    by_name: dict[str, list[Event]] = {}
    for event in events:
        by_name.setdefault(event.name, []).append(event)
    return Facts(
        told,
        {name: tuple(one.at for one in own) for name, own in by_name.items()},
        {name: tuple(map(_happening, own)) for name, own in by_name.items()},
    )


def _rules(tx: Tx, docs: Documents, slug: str) -> dict[str, Rule]:
    """The rule of the segment and those it is built on, these first; a static one has none."""
    one = next((one for one in segments.definitions(tx) if one.slug == slug), None)
    if one is None:
        raise NotFound("there is no such segment")
    if one.kind == "static":
        return {}
    own = read_rule(one.rule)  # also of a segment that is switched off
    needed, left = set[str](), segments_of(own)
    while left:
        name = left.pop()
        if name in docs.rules and name not in needed:
            needed.add(name)
            left |= segments_of(docs.rules[name])
    return {name: rule for name, rule in docs.rules.items() if name in needed} | {slug: own}


def _members(
    tx: Tx, shop: Shop, rules: Mapping[str, Rule], slug: str, ids: Sequence[int], at: int
) -> list[Member]:
    past = log.past(tx, ids, at, shop)
    hands = by_hand.placed_then(tx, ids, at)
    inside: dict[int, Profile] = {}
    for profile in sorted(past.logs):
        facts, placed = facts_as_of(past, profile, shop), hands.get(profile, by_hand.NOTHING)
        if inside_of(verdicts(rules, facts, placed, at, shop), placed).get(slug):
            inside[profile] = facts.profile
    since = log.entered_at(tx, slug, sorted(inside), at)
    return [
        (profile, told.visitor_id, since.get(profile, told.first_seen_at or at))
        for profile, told in inside.items()
    ]


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
