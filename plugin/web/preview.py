"""What would a rule do before anybody saves it: how many, who, beside whom, who comes and goes?"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Response

from plugin.errors import DocumentRefused, NotFound
from plugin.segment.rule import Rule, leaves, read_rule
from plugin.shop import Shop
from plugin.storage import by_hand, rules, segments
from plugin.storage.engine import Tx
from plugin.web.definitions import SAMPLE, bring_up_to_date
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here

KEYS = {"rule", "fast", "overlap", "slug"}
FAST_MS = 220  # for the estimates of a fast answer, which has 300 ms with everything around them
FEW = 100  # visitors that are looked at before a fast answer, when they wait
SHARE = 0.5  # of that for the rule itself; its leaves share the rest


def preview() -> Response:
    """How many visitors a rule holds for now, some of them, and how many each leaf holds for."""
    began, shop, data = perf_counter(), server_shop(), body()
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise DocumentRefused(
            f"unknown: {', '.join(unknown)}; a preview has rule, fast, overlap, slug"
        )
    for name in ("fast", "overlap"):
        if not isinstance(data.get(name, False), bool):
            raise DocumentRefused(f"{name} must be true or false")
    if data.get("fast") and (data.get("overlap") or "slug" in data):
        raise DocumentRefused("fast answers counts only: leave overlap and slug out, or fast")
    rule, now = read_rule(data.get("rule")), here().now()
    if not data.get("fast") or not _many_wait(shop, now):
        bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        if data.get("fast"):
            return answer(_estimated(tx, rule, now, shop, began))
        said = _counted(tx, rule, now, shop)
        if data.get("overlap"):
            slugs = [one.slug for one in segments.definitions(tx)]
            said["overlap"] = rules.overlap(tx, rule, now, shop, slugs)
        if "slug" in data:
            said |= _moves(tx, rule, now, shop, data["slug"])
    return answer(said)


def _many_wait(shop: Shop, now: int) -> bool:
    """Whether more visitors wait to be looked at than a fast answer has time for."""
    with here().house.store(shop.name).read() as tx:
        return len(segments.waiting(tx, now, FEW + 1)) > FEW


def _counted(tx: Tx, rule: Rule, now: int, shop: Shop) -> dict[str, Any]:
    sizes = rules.count_leaves(tx, rule, now, shop)
    return {
        "count": rules.count_matching(tx, rule, now, shop),
        "exact": True,
        "sample": rules.matching(tx, rule, now, shop, SAMPLE),
        "leaves": [
            {"leaf": leaf.document, "count": size}
            for leaf, size in zip(leaves(rule), sizes, strict=True)
        ],
    }


def _estimated(tx: Tx, rule: Rule, now: int, shop: Shop, began: float) -> dict[str, Any]:
    """The same within 300 ms: exact where there are few visitors, else from every k-th of them."""

    def left() -> float:
        return FAST_MS - (perf_counter() - began) * 1000

    parts, before = list(leaves(rule)), left()
    whole = rules.fast_estimate(tx, rule, now, shop, left() * (1.0 if parts == [rule] else SHARE))
    sizes: dict[Rule, rules.Estimate] = {rule: whole}
    took = before - left()
    for place, leaf in enumerate(parts):
        if leaf not in sizes and left() > 0:
            share = left() / (len(parts) - place)
            sizes[leaf] = rules.fast_estimate(tx, leaf, now, shop, share)
    exact = all(leaf in sizes and sizes[leaf].exact for leaf in [rule, *parts])
    return {
        "count": whole.visitors,
        "exact": exact,
        # Whom it holds for is found by asking everybody: only where there is time to do it again.
        "sample": rules.matching(tx, rule, now, shop, SAMPLE) if exact and left() > took else [],
        "leaves": [
            {"leaf": leaf.document, "count": sizes[leaf].visitors if leaf in sizes else None}
            for leaf in parts
        ],
    }


def _moves(tx: Tx, rule: Rule, now: int, shop: Shop, slug: object) -> dict[str, Any]:
    """Who would enter the saved segment and who leave, were this its rule; by hand still wins."""
    if not isinstance(slug, str) or slug not in {one.slug for one in segments.definitions(tx)}:
        raise NotFound("there is no such segment: leave slug out, or name one that is saved")
    words = by_hand.words_of(tx, slug, now)
    would = rules.matching_profiles(tx, rule, now, shop) | {p for p, i in words.items() if i}
    would -= {p for p, inside in words.items() if not inside}
    held = segments.member_ids(tx, slug)
    return {
        "entering": len(would - held),
        "leaving": len(held - would),
        "samples": {
            "entering": segments.visitors(tx, would - held, SAMPLE),
            "leaving": segments.visitors(tx, held - would, SAMPLE),
        },
    }
