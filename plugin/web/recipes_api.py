"""Which popups come ready, and how does a program make one its own? (secret key)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from plugin.errors import DocumentRefused
from plugin.segment.templates.pattern import LANGUAGES
from plugin.serve.retain.recipes import GROUPS, RECIPES, Recipe, recipe_called
from plugin.storage import campaigns, segments
from plugin.storage.segments import Segment
from plugin.web.definitions import bring_up_to_date, campaign_out
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here
from plugin.web.pages import paged


def list_recipes() -> Response:
    """Every recipe with its documents and how it stands in the shop; what they are for."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        saved = segments.by_slug(tx)
        there = {row["slug"] for row in campaigns.all(tx, "popup")}
    found = [_recipe_out(one, saved, one.key in there) for one in RECIPES.values()]
    groups = [
        {"group": one.slug, "name": one.name.all(), "about": one.about.all()} for one in GROUPS
    ]
    return answer({**paged("recipes", found), "groups": groups})


def adopt_recipe(key: str) -> Response:
    """Make a popup of a recipe, turned off, with what it asks for; one that is there stays."""
    shop, data = server_shop(), body()
    unknown = sorted(set(data) - {"language"})
    if unknown:
        raise DocumentRefused(f"unknown: {', '.join(unknown)}; known: language")
    language = data.get("language", "en")
    if language not in LANGUAGES:
        raise DocumentRefused(f"language must be one of {', '.join(LANGUAGES)}")
    one = recipe_called(key)
    made = here().writer.do(
        shop.name, "adopt_recipe", key=one.key, language=language, now=here().now()
    )
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        row = campaigns.get(tx, "popup", one.key)
    return answer({"popup": None if row is None else campaign_out(row), **made})


def _recipe_out(one: Recipe, saved: Mapping[str, Segment], adopted: bool) -> dict[str, Any]:
    """A recipe as the API shows it; ``size``: of its segment, null until that is adopted."""
    segment = saved.get(one.segment)
    return {
        "key": one.key,
        "slug": one.key,
        "group": one.group,
        "name": one.name.all(),
        "does": one.does.all(),
        "segment": one.segment,
        "never": list(one.never),
        "size": None if segment is None else segment.size,
        "needs": list(one.strategies),
        "popup": one.document("en"),
        "windows": dict(one.windows),
        "coupons": dict(one.pools),
        "adopted": adopted,
    }
