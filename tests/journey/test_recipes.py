"""What adopting a popup recipe makes of a shop."""

from __future__ import annotations

import pytest

from plugin.errors import NotFound
from plugin.journey.recipes import Draft, adopt_recipe, draft_of
from plugin.serve.retain.popup import read_popup
from plugin.serve.retain.recipes import RECIPES
from plugin.shop import Shop
from plugin.storage import campaigns, coupons, segments
from plugin.storage.engine import Store

NOW = 1_790_000_000_000
MOON = Shop("moon", "pk", currency="EUR", created_at=0)


def adopted(store: Store, key: str, language: str = "en") -> dict[str, object]:
    with store.write() as tx:
        return adopt_recipe(tx, MOON, key, language, NOW)


def test_a_recipe_brings_its_segments_its_products_and_its_coupons(store: Store) -> None:
    made = adopted(store, "before-you-go", "ko")
    assert made == {
        "adopted": True,
        "segments": ["first-visit", "popup-averse", "premium-taste", "hot-leads"],
        "windows": ["before-you-go"],
        "coupons": ["welcome-5"],
    }
    with store.read() as tx:
        row = campaigns.get(tx, "popup", "before-you-go")
        pool = coupons.get(tx, "welcome-5")
        window = campaigns.get(tx, "window", "before-you-go")
        assert row is not None
        assert pool is not None
        assert window is not None
        popup = read_popup("before-you-go", row["body"])
        assert (popup.name, bool(row["enabled"]), popup.coupon_pool) == (
            "첫 방문자가 떠나기 전", False, "welcome-5",
        )  # fmt: skip
        assert (pool["free"], bool(window["enabled"])) == (0, True)


def test_every_recipe_can_be_adopted_beside_all_others(store: Store) -> None:
    for key in RECIPES:
        assert adopted(store, key)["adopted"], key
    with store.read() as tx:
        assert len(campaigns.all(tx, "popup")) == 20
        saved = set(segments.by_slug(tx))
        assert {draft_of(tx, one, saved) for one in RECIPES.values()} == {Draft(popup=False)}


def test_what_the_owner_has_made_of_a_recipe_stays(store: Store) -> None:
    adopted(store, "carry-on")
    changed = {**RECIPES["carry-on"].document("en"), "name": "Mine"}
    with store.write() as tx:
        campaigns.put(tx, "popup", "carry-on", changed, True, NOW)
        segments.delete(tx, "popup-averse")
    assert adopted(store, "carry-on") == {
        "adopted": False, "segments": [], "windows": [], "coupons": [],
    }  # fmt: skip
    with store.read() as tx:
        row = campaigns.get(tx, "popup", "carry-on")
        assert row is not None
        assert (row["body"]["name"], bool(row["enabled"])) == ("Mine", True)
        assert "popup-averse" not in segments.by_slug(tx)


def test_a_segment_of_that_name_keeps_its_own_rule(store: Store) -> None:
    with store.write() as tx:
        segments.put(tx, "big-cart", "Mine", "rule", {"everyone": True}, True, NOW)
    assert adopted(store, "big-order")["segments"] == []
    with store.read() as tx:
        assert segments.by_slug(tx)["big-cart"].rule == {"everyone": True}


def test_a_recipe_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="no recipe called dessert"):
        adopted(store, "dessert")
