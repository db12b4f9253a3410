"""What a program sees of the templates, and what comes of adopting one."""

from __future__ import annotations

from typing import Any

import pytest

CHO = "cho-0123456789abcdef"
TEMPLATES = "/v1/segments/templates"
# What is stored is the same on both engines: tests/journey/test_adopt.py.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_the_templates_are_listed_with_what_the_shop_has_of_them(moon: Any) -> None:
    moon.server("PUT", "/v1/segments/vip", {"rule": {"everyone": True}})
    told = moon.server("GET", TEMPLATES).get_json()
    found = {one["key"]: one for one in told["templates"]}
    assert (len(found), len(told["models"]), told["next"]) == (55, 7, None)
    eco = found["eco-minded"]
    assert eco["name"] == {"en": "Eco-minded", "ko": "친환경 지향", "ja": "エコ志向"}
    assert eco["thresholds"][0]["path"] == ["any", 1, "all", 0, "value"]
    assert eco["segment"] is None
    assert found["vip"]["segment"] == {"slug": "vip", "size": 0, "thresholds": None}
    assert found["promising"]["state"] == "waits_for_predictions"
    assert len(told["ladder"]["rungs"]) == 10


def test_adopting_makes_a_segment_that_is_right_in_the_answer(moon: Any) -> None:
    moon.visit(CHO, {"name": "page_view"})
    wish = {"language": "ja", "thresholds": {}}
    made = moon.server("POST", f"{TEMPLATES}/first-visit", wish).get_json()
    assert (made["name"], made["size"], made["adopted"]) == ("初回訪問", 1, True)
    again = moon.server("POST", f"{TEMPLATES}/first-visit", {"name": "Other"}).get_json()
    assert (again["name"], again["version"], again["adopted"]) == ("初回訪問", 1, False)
    assert moon.server("GET", "/v1/segments/first-visit").get_json()["size"] == 1


def test_the_ladder_is_adopted_in_one_call(moon: Any) -> None:
    moon.visit(CHO, {"name": "page_view"})
    told = moon.server(
        "POST", f"{TEMPLATES}/ladder", {"thresholds": {"loyal_orders": 5}}
    ).get_json()
    assert len(told["adopted"]) == 10
    assert {one["slug"]: one["size"] for one in told["segments"] if one["size"]} == {
        "ladder-new-visitor": 1
    }
    told = moon.server("GET", TEMPLATES).get_json()["ladder"]
    assert (told["adopted"]["loyal_orders"], told["changed"]) == (5, [])
    moon.server("PUT", "/v1/segments/ladder-lost", {"rule": {"everyone": True}})
    refused = moon.server("POST", f"{TEMPLATES}/ladder", {})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (409, "changed")


def test_what_cannot_be_adopted_is_refused_with_a_reason(moon: Any) -> None:
    for key, wish, status, says in (
        ("nobody", {}, 404, "no template called nobody"),
        ("vip", {"rule": {}}, 400, "unknown: rule"),
        ("vip", {"thresholds": {"line": 100}}, 400, "line must be a number from 1 to 99"),
        ("vip", {"name": " "}, 400, "name must be a text"),
        ("vip", {"language": "fr"}, 400, "language must be one of en, ko, ja"),
        ("ladder", {"name": "Mine"}, 400, "unknown: name"),
        ("ladder", {"thresholds": [1]}, 400, "thresholds an object"),
    ):
        refused = moon.server("POST", f"{TEMPLATES}/{key}", wish)
        assert refused.status_code == status, key
        assert says in refused.get_json()["error"]["message"]
