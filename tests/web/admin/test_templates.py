"""The page of templates: look, set the numbers, count, adopt."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.conftest import Moon

CHO = "cho-0123456789abcdef"
# The page does nothing that only one engine could spoil; those steps are tested on both.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
TEMPLATES, JSON = "segments/templates", {"Accept": "application/json"}


def saved(owner: Moon) -> dict[str, Any]:
    """The segments by their short names."""
    told = owner.server("GET", "/v1/segments").get_json()
    return {one["slug"]: one for one in told["segments"]}


def card(page: str, key: str) -> str:
    """The text of one card."""
    found = re.search(rf'<li class="card template" id="{key}">.*?</li>', page, re.S)
    assert found is not None, key
    return found[0]


def test_a_shop_without_segments_is_led_to_the_templates(owner: Moon) -> None:
    assert "Choose from the templates" in owner.opens("segments")
    assert owner.opens(TEMPLATES).count('class="card template"') == 55
    assert "VIP 직전" in owner.opens(TEMPLATES, lang="ko")


def test_one_click_adopts_in_the_owners_language_and_the_card_says_so(owner: Moon) -> None:
    owner.opens(TEMPLATES, lang="ko")
    sent = owner.sends(f"{TEMPLATES}/window-shoppers/adopt", **{"t-views": "3"})
    assert sent.status_code == 303
    assert sent.headers["Location"].endswith("#window-shoppers")
    one = saved(owner)["window-shoppers"]
    assert (one["name"], one["rule"]["all"][0]["value"]) == ("아이쇼핑형", 3)
    page = owner.opens(TEMPLATES, lang="en")
    assert "Adopted" in card(page, "window-shoppers")
    assert "Visitors with 3 or more product views" in card(page, "window-shoppers")
    # A share is written in per cent.
    assert 'value="60" min="1" max="100" step="1"' in card(page, "brand-loyal")
    owner.sends(f"{TEMPLATES}/brand-loyal/adopt", **{"t-share": "72.5", "t-views": "9"})
    rule = saved(owner)["brand-loyal"]["rule"]
    assert [leaf["value"] for leaf in rule["all"]] == [0.725, 9]


def test_the_size_with_the_numbers_in_the_form_is_told_with_and_without_script(owner: Moon) -> None:
    for _ in range(3):
        owner.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    told = owner.sends(f"{TEMPLATES}/window-shoppers/size", headers=JSON, **{"t-views": "3"})
    assert told.get_json() == {
        "size": "1",
        "exact": True,
        "who": "Visitors with 3 or more product views in 30 days who put nothing in the cart"
        " in that time and never ordered.",
    }
    page = owner.sends(f"{TEMPLATES}/window-shoppers/size", **{"t-views": "4"}).text
    assert "<b data-number>0</b>" in card(page, "window-shoppers")
    assert 'value="4"' in card(page, "window-shoppers")
    refused = owner.sends(f"{TEMPLATES}/window-shoppers/size", headers=JSON, **{"t-views": "0"})
    assert refused.status_code == 400


def test_a_number_that_makes_no_sense_is_said_at_its_card(owner: Moon) -> None:
    for views in ("0", "many", "nan"):
        answer = owner.sends(f"{TEMPLATES}/window-shoppers/adopt", **{"t-views": views})
        assert answer.status_code == 400
        assert 'role="alert"' in card(answer.text, "window-shoppers")
    assert "at least”: a whole number from 1 to 1000." in answer.text
    assert saved(owner) == {}


def test_a_whole_model_is_adopted_at_once_and_what_is_there_stays(owner: Moon) -> None:
    owner.server("PUT", "/v1/segments/students", {"rule": {"everyone": True}})
    assert "Your own rule" in card(owner.opens(TEMPLATES), "students")
    assert owner.sends(f"{TEMPLATES}/adopt", model="demographic").status_code == 303
    found = saved(owner)
    assert len(found) == 5
    assert found["students"]["rule"] == {"everyone": True}


def test_the_ladder_is_adopted_and_set_with_one_form(owner: Moon) -> None:
    assert "Adopt the ladder" in owner.opens(TEMPLATES)
    assert owner.sends(f"{TEMPLATES}/ladder/adopt").status_code == 303
    assert len(saved(owner)) == 10
    refused = owner.sends(f"{TEMPLATES}/ladder/adopt", **{"t-lost_days": "100"})
    assert refused.status_code == 400
    assert "order)” must be less than “Lost after" in refused.text
    owner.server("PUT", "/v1/segments/ladder-lost", {"rule": {"everyone": True}})
    assert "Put back the rungs that were changed" in owner.opens(TEMPLATES)
    assert owner.sends(f"{TEMPLATES}/ladder/adopt", restore="1").status_code == 303
    assert "Set the thresholds" in owner.opens(TEMPLATES)
