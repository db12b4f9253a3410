"""How is a whole shop given as one document, and another one put in its place, or none of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugin.errors import DocumentRefused, PluginError, RuleRefused
from plugin.journey.edits import (
    delete_campaign,
    delete_segment,
    keep_segment,
    put_campaign,
    settings_changed,
)
from plugin.segment.evaluate import order_by_dependency
from plugin.segment.rule import Rule, read_rule, segments_of
from plugin.serve.settings import settings_of
from plugin.serve.split import share_kept
from plugin.serve.whole import CAMPAIGNS, Whole, changes, tag_of, text_of
from plugin.shop import Shop
from plugin.storage import campaigns, proof, segments, wanted
from plugin.storage.engine import Store, Tx

CHANGED_MEANWHILE = "the shop has changed since this document was made: look at it again"


class _LookedOnly(Exception):
    """Everything was tried, and is to be undone."""


def whole_shop(tx: Tx, shop: Shop) -> dict[str, dict[str, Any]]:
    """The four parts of the shop's document: segments, popups, windows, settings; by name."""
    found: dict[str, dict[str, Any]] = {
        "segments": {
            one.slug: {"name": one.name, "kind": one.kind, "rule": one.rule, "enabled": one.enabled}
            for one in segments.definitions(tx)
        }
    }
    for part, kind in CAMPAIGNS.items():
        found[part] = {
            row["slug"]: {
                **{name: value for name, value in row["body"].items() if name != "slug"},
                "enabled": row["enabled"],
            }
            for row in campaigns.all(tx, kind)
        }
    waiting = wanted.look(tx)
    found["settings"] = settings_of(shop.settings if waiting is None else waiting.settings)
    return found


def put_config(
    tx: Tx,
    shop: Shop,
    document: Whole,
    now: int,
    if_match: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Make the shop what ``document`` (as ``whole.read_whole`` gives it) says.

    The answer has ``changes`` and the ``etag`` of the shop afterwards. dry_run: all is tried, and
    undone. if_match: the etag the shop must have; None: any. Members of static segments stay, a new
    one begins empty. Raises DocumentRefused naming what cannot be, PluginError 412.
    """
    before = whole_shop(tx, shop)
    if if_match is not None and if_match != tag_of(before):
        raise PluginError(CHANGED_MEANWHILE, code="changed", status=412)
    found = changes(before, document)
    try:
        with tx.savepoint():
            _put(tx, shop, before, document, found, now)
            if dry_run:
                raise _LookedOnly
    except _LookedOnly:
        pass
    return {"changes": found, "etag": tag_of(before if dry_run else whole_shop(tx, shop))}


def settle_settings(house: Store, store: Store, shop: Shop) -> None:
    """Let the shop have the settings that came with a document, where any wait.

    house: the control store. What was being decided by the old ones is decided anew.
    """
    with store.read() as tx:
        if wanted.look(tx) is None:
            return
    given = wanted.give(house, shop.name, store)
    if given is None:
        return
    with store.write() as tx:
        settings_changed(tx, shop, given.at)
        wanted.kept(tx, given)


def _put(
    tx: Tx, shop: Shop, before: Whole, after: Whole, found: Mapping[str, Any], now: int
) -> None:
    settings = after["settings"]
    then = replace(shop, settings={**shop.settings, "control_share": settings.get("control_share")})
    _put_segments(tx, before["segments"], after["segments"], now)
    if then.control_share != shop.control_share:
        _note_splits(tx, shop.control_share, now)
    troubles = []
    for part, kind in CAMPAIGNS.items():
        for slug in (*found[part]["added"], *found[part]["changed"]):
            one = after[part][slug]
            try:
                put_campaign(tx, then, kind, slug, one, one["enabled"], now)
            except PluginError as trouble:
                where = trouble.message.removeprefix(f"{kind} {slug}")
                troubles.append(f"{part}.{slug}{where if where[:1] in '.:' else f': {where}'}")
        for slug in found[part]["removed"]:
            delete_campaign(tx, shop, kind, slug)
    _refuse(troubles)
    if then.control_share != shop.control_share:
        _note_splits(tx, then.control_share, now)
    _remove_segments(tx, shop, before["segments"], found["segments"]["removed"])
    if text_of(settings) != text_of(before["settings"]):
        wanted.want(tx, settings, now)
        campaigns.bump_generation(tx)


def _put_segments(tx: Tx, before: Mapping[str, Any], after: Mapping[str, Any], now: int) -> None:
    new = [slug for slug in after if text_of(after[slug]) != text_of(before.get(slug))]
    rules, troubles = _rules(after, new)
    for slug in new:
        unknown = sorted(segments_of(rules[slug]) - after.keys()) if slug in rules else []
        if unknown:
            troubles.append(f"segments.{slug}: there is no segment called {', '.join(unknown)}")
    _refuse(troubles)
    try:
        order_by_dependency(rules)
    except RuleRefused as trouble:
        raise DocumentRefused(f"segments: {trouble.message}") from None
    for slug in new:
        one = after[slug]
        was_on = slug in before and before[slug]["enabled"]
        users = [user for user, rule in rules.items() if slug in segments_of(rule)]
        flipped = [user for user in users if user in before] if was_on != one["enabled"] else []
        keep_segment(tx, slug, one["name"], one["rule"], one["enabled"], now, flipped)
        if one["kind"] == "static":
            segments.make_static(tx, slug)


def _rules(after: Mapping[str, Any], new: list[str]) -> tuple[dict[str, Rule], list[str]]:
    """The rules that can be read, and what is wrong with those that are ``new``.

    One that was there before this program learnt to refuse it rests, and hinders nothing.
    """
    read: dict[str, Rule] = {}
    troubles = []
    for slug, one in after.items():
        try:
            read[slug] = read_rule(one["rule"])
        except PluginError as trouble:
            if slug in new:
                troubles.append(f"segments.{slug}.{trouble.message}")
    return read, troubles


def _remove_segments(tx: Tx, shop: Shop, before: Mapping[str, Any], removed: list[str]) -> None:
    """Each before those it is built on. Raises DocumentRefused naming what still uses one."""
    rules, _ = _rules(before, [])
    in_order = [*order_by_dependency(rules), *(slug for slug in before if slug not in rules)]
    troubles = []
    for slug in reversed(in_order):
        if slug in removed:
            try:
                delete_segment(tx, shop, slug)
            except DocumentRefused as trouble:
                troubles.append(f"segments.{slug}: {trouble.message}")
    _refuse(troubles)


def _note_splits(tx: Tx, share: float | None, now: int) -> None:
    """Remember which part of visitors campaigns without a share of their own are kept from."""
    for kind in CAMPAIGNS.values():
        for row in campaigns.all(tx, kind):
            kept = share_kept(kind, row["body"], share)
            proof.note_first_split(tx, kind, row["slug"], kept, row["created_at"])
            proof.note_split(tx, kind, row["slug"], kept, now)


def _refuse(troubles: list[str]) -> None:
    if troubles:
        raise DocumentRefused("; ".join(troubles))
