"""Who is in a segment because somebody put it there, or because it was so once and stays?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plugin.errors import DocumentRefused, NotFound
from plugin.journey.causes import EDIT, MANUAL
from plugin.journey.edits import put_segment
from plugin.journey.moves import move
from plugin.segment.rule import read_rule, segments_of
from plugin.shop import Shop, local_time
from plugin.storage import by_hand, profiles, rules, segments
from plugin.storage.by_hand import Placed
from plugin.storage.engine import Store, Tx

BATCH = 250  # members written between two takings of the write lock
NOBODY = {"not": {"everyone": True}}


def said(placed: Placed, slug: str, now: int, shop: Shop) -> str | None:
    """Why a visitor is in a segment when no rule is the reason, for the owner; None: a rule is."""
    word = placed.words.get(slug)
    if slug in placed.static:
        by_rule = word is None or not word.inside
        return "chosen when the segment was saved" if by_rule else "put in by hand"
    if word is None or not word.in_force(now):
        return None
    done = "put in by hand" if word.inside else "taken out by hand"
    if word.until is None:
        return done
    return f"{done} until {local_time(word.until, shop.timezone):%Y-%m-%d %H:%M}"


def place(
    tx: Tx,
    shop: Shop,
    slug: str,
    add: Sequence[str],
    remove: Sequence[str],
    release: Sequence[str],
    until: int | None,
    now: int,
) -> dict[str, Any]:
    """Put visitors in a segment or out of it by hand, or let its rule decide about them again.

    until: Unix ms, when the words end; None: never. The answer counts ``added``, ``removed`` and
    ``released``, and names the ``unknown`` ids. Raises NotFound, DocumentRefused.
    """
    one = segments.by_slug(tx).get(slug)
    if one is None:
        raise NotFound("there is no such segment")
    if one.kind == "static" and (release or until is not None):
        raise DocumentRefused(
            "a static segment has no rule to go back to: leave until and release out"
        )
    known = _known(tx, {*add, *remove, *release})
    lists = [_distinct(known, ids) for ids in (add, remove, release)]
    if sum(map(len, lists)) != len(set().union(*lists)):
        raise DocumentRefused("a visitor stands in two of add, remove and release: choose one")
    for people, inside in zip(lists, (True, False, None), strict=True):
        by_hand.put(tx, slug, people, inside, until if inside is not None else None, now)
    if one.enabled:
        wanted = dict.fromkeys(lists[0], True) | dict.fromkeys(lists[1], False)
        move(tx, slug, one.version, wanted, MANUAL, now)
    segments.mark_dirty(tx, known.values())  # for the segments built on this one
    if until is not None:
        segments.check_by(tx, lists[0] | lists[1], until)
    unknown = sorted({*add, *remove, *release} - known.keys())
    counts = zip(("added", "removed", "released"), map(len, lists), strict=True)
    return {**dict(counts), "unknown": unknown}


def put_static_segment(
    store: Store, shop: Shop, slug: str, name: str, rule: Any, enabled: bool, now: int
) -> None:
    """Keep a segment whose members are those for whom ``rule`` holds now, and stay.

    rule None: whoever is in it stays. What was put by hand wins. Raises RuleRefused.
    """
    chosen: set[int] | None = None
    with store.read() as tx:
        if rule is not None:
            chosen = rules.matching_profiles(tx, read_rule(rule), now, shop)
    with store.write() as tx:
        before = segments.by_slug(tx)
        if rule is None:
            rule = before[slug].rule if slug in before else NOBODY
        put_segment(tx, shop, slug, name, rule, enabled, now)
        segments.make_static(tx, slug)
        one = segments.by_slug(tx)[slug]
        built_on = any(slug in segments_of(read_rule(other.rule)) for other in before.values())
        held = segments.member_ids(tx, slug)
        wanted = by_hand.with_words(tx, slug, chosen or set(), now)
    if chosen is None:
        return
    moves = sorted(wanted ^ held)
    for start in range(0, len(moves), BATCH):
        part = moves[start : start + BATCH]
        with store.write() as tx:
            move(tx, slug, one.version, {p: p in wanted for p in part}, EDIT, now)
            if built_on:
                segments.mark_dirty(tx, segments.held(tx, part))


def _known(tx: Tx, visitor_ids: Iterable[str]) -> dict[str, int]:
    """The profile of each visitor id that has one, or that it was merged into."""
    found = {one: profiles.find(tx, one) for one in visitor_ids}
    return {one: told[0] for one, told in found.items() if told is not None}


def _distinct(known: Mapping[str, int], ids: Iterable[str]) -> set[int]:
    return {known[one] for one in ids if one in known}
