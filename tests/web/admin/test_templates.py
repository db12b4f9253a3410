"""The page of templates: look, set the numbers, count, adopt."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.conftest import token

CHO = "cho-0123456789abcdef"
# The page does nothing that only one engine could spoil; those steps are tested on both.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


class Owner:
    """The owner, signed in, on the page of templates."""

    def __init__(self, moon: Any) -> None:
        self.moon = moon
        moon.sign_in()

    def see(self, path: str = "segments/templates", **query: str) -> str:
        where = {"shop": self.moon.shop.name, **query}
        answer = self.moon.client.get(f"/admin/{path}", query_string=where)
        assert answer.status_code == 200, answer.text[:300]
        return str(answer.text)

    def send(self, path: str, accept: str = "text/html", **form: Any) -> Any:
        return self.moon.client.post(
            f"/admin/segments/templates/{path}",
            query_string={"shop": self.moon.shop.name},
            data={"csrf_token": token(self.see()), **form},
            headers={"Accept": accept},
        )

    def saved(self) -> dict[str, Any]:
        told = self.moon.server("GET", "/v1/segments").get_json()
        return {one["slug"]: one for one in told["segments"]}


@pytest.fixture
def owner(moon: Any) -> Owner:
    return Owner(moon)


def card(page: str, key: str) -> str:
    """The text of one card."""
    found = re.search(rf'<li class="card template" id="{key}">.*?</li>', page, re.S)
    assert found is not None, key
    return found[0]


def test_a_shop_without_segments_is_led_to_the_templates(owner: Owner) -> None:
    assert "Choose from the templates" in owner.see("segments")
    assert owner.see().count('class="card template"') == 55
    assert "VIP 직전" in owner.see(lang="ko")


def test_one_click_adopts_in_the_owners_language_and_the_card_says_so(owner: Owner) -> None:
    owner.see(lang="ko")
    sent = owner.send("window-shoppers/adopt", **{"t-views": "3"})
    assert sent.status_code == 303
    assert sent.headers["Location"].endswith("#window-shoppers")
    one = owner.saved()["window-shoppers"]
    assert (one["name"], one["rule"]["all"][0]["value"]) == ("아이쇼핑형", 3)
    page = owner.see(lang="en")
    assert "Adopted" in card(page, "window-shoppers")
    assert "Visitors with 3 or more product views" in card(page, "window-shoppers")
    # A share is written in per cent.
    assert 'value="60" min="1" max="100" step="1"' in card(page, "brand-loyal")
    owner.send("brand-loyal/adopt", **{"t-share": "72.5", "t-views": "9"})
    rule = owner.saved()["brand-loyal"]["rule"]
    assert [leaf["value"] for leaf in rule["all"]] == [0.725, 9]


def test_the_size_with_the_numbers_in_the_form_is_told_with_and_without_script(
    owner: Owner, moon: Any
) -> None:
    for _ in range(3):
        moon.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    told = owner.send("window-shoppers/size", "application/json", **{"t-views": "3"})
    assert told.get_json() == {
        "size": "1",
        "exact": True,
        "who": "Visitors with 3 or more product views in 30 days who put nothing in the cart"
        " in that time and never ordered.",
    }
    page = owner.send("window-shoppers/size", **{"t-views": "4"}).text
    assert "<b data-number>0</b>" in card(page, "window-shoppers")
    assert 'value="4"' in card(page, "window-shoppers")
    refused = owner.send("window-shoppers/size", "application/json", **{"t-views": "0"})
    assert refused.status_code == 400


def test_a_number_that_makes_no_sense_is_said_at_its_card(owner: Owner) -> None:
    for views in ("0", "many", "nan"):
        answer = owner.send("window-shoppers/adopt", **{"t-views": views})
        assert answer.status_code == 400
        assert 'role="alert"' in card(answer.text, "window-shoppers")
    assert "at least”: a whole number from 1 to 1000." in answer.text
    assert owner.saved() == {}


def test_a_whole_model_is_adopted_at_once_and_what_is_there_stays(owner: Owner, moon: Any) -> None:
    moon.server("PUT", "/v1/segments/students", {"rule": {"everyone": True}})
    assert "Your own rule" in card(owner.see(), "students")
    assert owner.send("adopt", model="demographic").status_code == 303
    saved = owner.saved()
    assert len(saved) == 5
    assert saved["students"]["rule"] == {"everyone": True}


def test_the_ladder_is_adopted_and_set_with_one_form(owner: Owner, moon: Any) -> None:
    assert "Adopt the ladder" in owner.see()
    assert owner.send("ladder/adopt").status_code == 303
    assert len(owner.saved()) == 10
    refused = owner.send("ladder/adopt", **{"t-lost_days": "100"})
    assert refused.status_code == 400
    assert "order)” must be less than “Lost after" in refused.text
    moon.server("PUT", "/v1/segments/ladder-lost", {"rule": {"everyone": True}})
    assert "Put back the rungs that were changed" in owner.see()
    assert owner.send("ladder/adopt", restore="1").status_code == 303
    assert "Set the thresholds" in owner.see()
