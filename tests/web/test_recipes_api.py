"""What a program sees of the popup recipes, and what comes of adopting one."""

from __future__ import annotations

from typing import Any

import pytest

CHO = "cho-0123456789abcdef"
RECIPES = "/v1/popups/recipes"
# What is stored is the same on both engines: tests/journey/test_recipes.py.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_the_recipes_are_listed_with_how_they_stand(moon: Any) -> None:
    moon.visit(CHO, {"name": "page_view"})
    moon.server("POST", f"{RECIPES}/welcome-favourites", {"language": "ja"})
    told = moon.server("GET", RECIPES).get_json()
    found = {one["key"]: one for one in told["recipes"]}
    assert (len(found), len(told["groups"]), told["next"]) == (20, 5, None)
    assert (found["welcome-favourites"]["adopted"], found["welcome-favourites"]["size"]) == (
        True,
        1,
    )
    assert (found["cart-waits"]["adopted"], found["cart-waits"]["size"]) == (False, None)
    assert found["before-you-go"]["never"] == ["popup-averse", "premium-taste", "hot-leads"]


def test_adopting_makes_a_draft_that_can_be_read_back_and_changed(moon: Any) -> None:
    told = moon.server("POST", f"{RECIPES}/second-order", {"language": "ko"}).get_json()
    assert (told["adopted"], told["popup"]["enabled"]) == (True, False)
    assert told["popup"]["name"] == "두 번째 주문 감사"
    assert told["coupons"] == ["second-order-10"]
    body = {**told["popup"], "enabled": True}
    kept = moon.server("PUT", "/v1/popups/second-order", body).get_json()
    assert kept == body
    again = moon.server("POST", f"{RECIPES}/second-order", {}).get_json()
    assert (again["adopted"], again["popup"]["enabled"]) == (False, True)


def test_what_cannot_be_adopted_is_refused_with_a_reason(moon: Any) -> None:
    for key, wish, status, says in (
        ("nobody", {}, 404, "no recipe called nobody"),
        ("cart-waits", {"language": "fr"}, 400, "language must be one of en, ko, ja"),
        ("cart-waits", {"name": "Mine"}, 400, "unknown: name"),
    ):
        refused = moon.server("POST", f"{RECIPES}/{key}", wish)
        assert refused.status_code == status
        assert says in refused.get_json()["error"]["message"]


def test_a_popup_cannot_take_the_address_of_the_recipes(moon: Any) -> None:
    popup = moon.server("GET", RECIPES).get_json()["recipes"][0]["popup"]
    refused = moon.server("PUT", "/v1/popups/recipes", {**popup, "audience": None})
    assert (refused.status_code, "address of ours" in refused.text) == (400, True)
