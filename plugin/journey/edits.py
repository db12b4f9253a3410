"""What may an owner, the shop's server or an import change, each in one transaction?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plugin.errors import DocumentRefused, PluginError, RuleRefused
from plugin.journey.collect import collect
from plugin.segment.evaluate import order_by_dependency
from plugin.segment.place import OF_MANNERS
from plugin.segment.rule import Rule, read_rule, segments_of, traits_of
from plugin.serve.recommend.window import read_window
from plugin.serve.retain.popup import read_popup
from plugin.serve.split import is_let, share_kept
from plugin.shop import Shop
from plugin.storage import (
    acts,
    backfills,
    campaigns,
    coupons,
    identities,
    imports,
    items,
    outbox,
    profiles,
    proof,
    segments,
)
from plugin.storage.engine import Tx


def put_items(tx: Tx, shop: Shop, products: Sequence[Mapping[str, Any]], now: int) -> int:
    """Keep products of the catalogue; how many."""
    items.upsert(tx, products, now)
    return len(products)


def delete_item(tx: Tx, shop: Shop, item_id: str) -> bool:
    """Remove a product; False when there is none."""
    return items.remove(tx, item_id)


def require_segments(rule: Rule, known: Iterable[str]) -> None:
    """Raises RuleRefused when ``rule`` builds on a segment that is none of the ``known`` slugs."""
    if unknown := sorted(segments_of(rule).difference(known)):
        raise RuleRefused(f"there is no segment called {', '.join(unknown)}: define it first")


def put_segment(
    tx: Tx, shop: Shop, slug: str, name: str, rule: Any, enabled: bool, now: int
) -> None:
    """Keep a segment whose rule can be read; it is asked about everybody next (``backfill``).

    Raises RuleRefused, also when the rule names an unknown segment or closes a circle.
    """
    read = read_rule(rule)
    others = {one.slug: one.rule for one in segments.definitions(tx) if one.slug != slug}
    require_segments(read, {*others, slug})
    order_by_dependency({slug: read, **{other: read_rule(raw) for other, raw in others.items()}})
    was_on = any(one.slug == slug and one.enabled for one in segments.definitions(tx))
    flipped: list[str] = []
    if was_on != enabled:
        flipped = [one for one, raw in others.items() if slug in segments_of(read_rule(raw))]
    keep_segment(tx, slug, name, rule, enabled, now, flipped)


def keep_segment(
    tx: Tx, slug: str, name: str, rule: Any, enabled: bool, now: int, flipped: Iterable[str]
) -> None:
    """Keep a segment whose rule was read and found good.

    flipped: those built on it, where it is turned on or off: nobody is in a segment that is off.
    """
    segments.put(tx, slug, name, "rule", rule, enabled, now)
    for one in (slug, *flipped):
        backfills.begin(tx, one, now)
    campaigns.bump_generation(tx)


def delete_segment(tx: Tx, shop: Shop, slug: str) -> bool:
    """Remove a segment; False when there is none. Raises DocumentRefused naming what uses it."""
    users = [
        f"segment {one.slug}"
        for one in segments.definitions(tx)
        if slug in segments_of(read_rule(one.rule))
    ]
    users += [
        f"{kind} {row['slug']}"
        for kind in ("popup", "window")
        for row in campaigns.all(tx, kind)
        if slug in _audience(kind, row["slug"], row["body"])
    ]
    if users:
        raise DocumentRefused(
            f"in use by {', '.join(users)}: change that first", code="in_use", status=409
        )
    campaigns.bump_generation(tx)
    return segments.delete(tx, slug)


def put_campaign(
    tx: Tx, shop: Shop, kind: str, slug: str, body: Mapping[str, Any], enabled: bool, now: int
) -> None:
    """Keep a popup or a window (``kind``) that can be read. Raises DocumentRefused."""
    known = {one.slug for one in segments.definitions(tx)}
    pool = read_popup(slug, body).coupon_pool if kind == "popup" else None
    if pool is not None and coupons.get(tx, pool) is None:
        raise DocumentRefused(f"there is no coupon pool called {pool[:60]}: define it first")
    unknown = sorted(_audience(kind, slug, body) - known)
    if unknown:
        raise DocumentRefused(f"there is no segment called {', '.join(unknown)}: define it first")
    before = campaigns.get(tx, kind, slug)
    if before is not None:  # it may be older than the notes are
        share = share_kept(kind, before["body"], shop.control_share)
        proof.note_first_split(tx, kind, slug, share, before["created_at"])
    campaigns.put(tx, kind, slug, body, enabled, now)
    proof.note_split(tx, kind, slug, share_kept(kind, body, shop.control_share), now)
    if is_let(body) and not (before is not None and is_let(before["body"])):
        acts.let(tx, kind, slug, now)


def _audience(kind: str, slug: str, body: Mapping[str, Any]) -> set[str]:
    """The segments that a popup or window names."""
    read = read_popup(slug, body) if kind == "popup" else read_window(slug, body)
    return segments_of(read.audience) if read.audience is not None else set()


def delete_campaign(tx: Tx, shop: Shop, kind: str, slug: str) -> bool:
    """Remove a popup or a window; False when there is none."""
    return campaigns.delete(tx, kind, slug)


def settings_changed(tx: Tx, shop: Shop, now: int) -> None:
    """Have the rules that read what the owner says of the shop asked about everybody again."""
    for one in segments.definitions(tx):
        if one.enabled and one.kind == "rule" and _traits_of(one.rule) & OF_MANNERS:
            backfills.begin(tx, one.slug, now)
    campaigns.bump_generation(tx)  # what is being decided by the old word is decided anew


def _traits_of(document: object) -> set[str]:
    """The traits a rule asks for; of one that cannot be read, and so rests, none."""
    try:
        return traits_of(read_rule(document))
    except PluginError:
        return set()


def erase(tx: Tx, shop: Shop, visitor_id: str, now: int | None = None) -> bool:
    """Remove a visitor with every event, order and membership; False when there is none.

    What was still to be told of it is dropped, and who was told before is told to forget.
    now: Unix ms; absent: when it was seen last.
    """
    found = profiles.find(tx, visitor_id)
    if found is None:
        return False
    profile, who = found
    at = now if now is not None else who.last_seen_at or 0
    outbox.forget(tx, [who.visitor_id, *identities.merged_ids(tx, profile)], at)
    return profiles.erase(tx, visitor_id)


def import_events(tx: Tx, shop: Shop, progress: Mapping[str, Any], events: Sequence[Any]) -> int:
    """Store a part of an import together with how far it has come; how many events were new."""
    stored = collect(tx, shop, events)
    imports.keep_progress(tx, **progress)
    return stored
