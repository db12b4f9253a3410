"""How does a popup recipe become a draft of the shop, with all that it asks for?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.journey.adopt import adopt
from plugin.journey.coupons import put_pool
from plugin.journey.edits import put_campaign
from plugin.segment.templates import template_called
from plugin.serve.retain.recipes import Recipe, recipe_called
from plugin.shop import Shop
from plugin.storage import campaigns, coupons
from plugin.storage.engine import Tx


@dataclass(frozen=True)
class Draft:
    """What adopting would make, by slug; what the shop has already is left out, and left alone.

    ``popup``: whether the popup itself is new.
    """

    popup: bool
    segments: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


def draft_of(tx: Tx, one: Recipe, segments_there: set[str]) -> Draft:
    """What adopting ``one`` would make now. ``segments_there``: slugs of the shop's segments."""
    return Draft(
        campaigns.get(tx, "popup", one.key) is None,
        tuple(slug for slug in one.segments if slug not in segments_there),
        tuple(slug for slug in one.windows if campaigns.get(tx, "window", slug) is None),
        tuple(slug for slug in one.pools if coupons.get(tx, slug) is None),
    )


def adopt_recipe(tx: Tx, shop: Shop, key: str, language: str, now: int) -> dict[str, Any]:
    """Make a popup of a recipe, turned off, with the segments, windows and coupon pools it asks
    for: the slugs of what is new, by kind, and ``adopted``: False when the popup was there already;
    then nothing is made at all.

    A window or pool of its name that is there stays as it is. Raises NotFound, NotYet.
    """
    one = recipe_called(key)
    made: dict[str, Any] = {"adopted": False, "segments": [], "windows": [], "coupons": []}
    if campaigns.get(tx, "popup", key) is not None:
        return made
    wanted = [{"key": s, "name": template_called(s).name.of(language)} for s in one.segments]
    made["segments"] = adopt(tx, shop, wanted, now)
    for slug, window in one.windows.items():
        if campaigns.get(tx, "window", slug) is None:
            named = {"name": one.name.of(language), **window}
            put_campaign(tx, shop, "window", slug, named, True, now)
            made["windows"].append(slug)
    for slug, pool in one.pools.items():
        if coupons.get(tx, slug) is None:
            put_pool(tx, shop, slug, pool, now)
            made["coupons"].append(slug)
    put_campaign(tx, shop, "popup", key, one.document(language), False, now)
    return {**made, "adopted": True}
