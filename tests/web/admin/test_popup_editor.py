"""The owner makes a popup: from a recipe, by the editor, and as text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from plugin.serve.retain.recipes import RECIPES
from tests.web.conftest import token

CHO = "cho-0123456789abcdef"
HOSTILE = "</script><script>alert(1)</script>"
# The pages do nothing that only one engine could spoil; those steps are tested on both.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
HELLO = {
    "name": "Hello",
    "kind": "slide",
    "trigger": {"on": "time", "seconds": 5},
    "variants": [{"blocks": [{"type": "text", "text": {"en": "Hello {name|you}", "ko": "안녕"}}]}],
}


class Owner:
    """The owner, signed in, among the popups."""

    def __init__(self, moon: Any) -> None:
        self.moon = moon
        moon.sign_in()
        self.query = {"shop": moon.shop.name}

    def see(self, path: str, **query: str) -> Any:
        return self.moon.client.get(f"/admin/popups{path}", query_string={**self.query, **query})

    def send(self, path: str, **form: Any) -> Any:
        data = {"csrf_token": token(self.see("/recipes").text), **form}
        where = f"/admin/popups{path}"
        return self.moon.client.post(where, query_string=self.query, data=data)

    def tried(self, document: Any, language: str = "en", variant: int = 0) -> Any:
        wish = {"document": document, "language": language, "variant": variant}
        told = self.moon.client.post(
            "/admin/popups/preview.json",
            query_string=self.query,
            json=wish,
            headers={"X-CSRFToken": token(self.see("/recipes").text)},
        )
        assert told.status_code == 200, told.text
        return told.get_json()

    def saved(self) -> dict[str, Any]:
        told = self.moon.server("GET", "/v1/popups").get_json()
        return {one["slug"]: one for one in told["popups"]}


@pytest.fixture
def owner(moon: Any) -> Owner:
    return Owner(moon)


def test_a_shop_without_popups_is_led_to_the_recipes(owner: Owner) -> None:
    assert "Choose from the recipes" in owner.see("").text
    assert owner.see("/recipes").text.count('class="card template recipe"') == len(RECIPES)
    assert "인기 상품으로 환영" in owner.see("/recipes", lang="ko").text
    assert "人気商品でお迎え" in owner.see("/recipes", lang="ja").text


def test_a_recipe_says_for_whom_it_is_and_what_its_products_lack(owner: Owner) -> None:
    page = owner.see("/recipes").text
    card = re.search(r'<li class="card template recipe" id="make-the-most">.*?</li>', page, re.S)
    assert card is not None
    assert "needs 30 orders with two products or more, you have 0" in card[0]
    assert "New customers" in card[0]
    assert "<code>/help</code>" in card[0]


def test_adopting_opens_the_draft_and_says_so_on_the_card(owner: Owner) -> None:
    owner.moon.visit(CHO, {"name": "page_view"})
    answer = owner.send("/recipes/welcome-favourites/adopt")
    assert answer.status_code == 303
    assert "/admin/popups/welcome-favourites/edit" in answer.headers["Location"]
    assert owner.saved()["welcome-favourites"]["enabled"] is False
    page = owner.see("/recipes").text
    card = page.partition('id="welcome-favourites"')[2].partition("</li>")[0]
    assert "Adopted" in card
    assert "<b>1</b> visitors now" in card


def test_a_picture_may_stand_in_our_own_pages_only(owner: Owner) -> None:
    answer = owner.see("/recipes/before-you-go/picture")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    offer = json.loads(answer.text.partition('id="offer">')[2].partition("</script>")[0])
    assert [block["type"] for block in offer["blocks"]] == ["text", "text", "window", "coupon"]
    assert len(offer["blocks"][2]["items"]) == 3
    around = owner.see("/recipes")
    assert "frame-ancestors 'none'" in around.headers["Content-Security-Policy"]
    assert around.headers["X-Frame-Options"] == "DENY"


def test_a_new_popup_is_kept_as_a_draft_and_then_turned_on(owner: Owner) -> None:
    answer = owner.send("/new", document=json.dumps(HELLO), enabled="0")
    assert answer.status_code == 303
    assert (owner.saved()["hello"]["name"], owner.saved()["hello"]["enabled"]) == ("Hello", False)
    changed = {**HELLO, "name": "Good day", "priority": 3}
    owner.send("/hello/edit", document=json.dumps(changed), enabled="1")
    assert owner.saved()["hello"] == {**changed, "slug": "hello", "enabled": True}
    assert "Good day" in owner.see("").text


def test_one_like_another_begins_with_all_it_says_under_a_new_name(owner: Owner) -> None:
    owner.send("/new", document=json.dumps(HELLO), enabled="1")
    page = owner.see("/new", **{"from": "hello"}).text
    assert "Hello, copy" in page
    assert "안녕" in page
    refused = owner.send("/new", document=json.dumps(HELLO), slug="hello", enabled="0")
    assert refused.status_code == 400
    assert "There is a popup with this short name" in refused.text
    assert owner.saved()["hello"]["enabled"] is True


def test_what_is_refused_comes_back_with_what_was_typed(owner: Owner) -> None:
    for document, says in (
        (json.dumps({**HELLO, "name": ""}), "Fill this in."),
        (json.dumps({**HELLO, "kind": "sky"}), "known: modal"),
        (json.dumps({**HELLO, "audience": {"segment": "nobody"}}), "no segment called nobody"),
        ('{"name": "Hello"', "This cannot be read yet"),
        ('["Hello"]', "This cannot be read yet"),
        (json.dumps({**HELLO, "name": HOSTILE, "kind": "sky"}), "known: modal"),
    ):
        answer = owner.send("/new", document=document, enabled="1")
        assert answer.status_code == 400, document
        assert says in answer.text
        assert HOSTILE not in answer.text
    assert owner.saved() == {}


def test_the_address_of_a_page_is_no_name_for_a_popup(owner: Owner) -> None:
    for taken in ("recipes", "new", "why"):
        answer = owner.send("/new", document=json.dumps(HELLO), slug=taken, enabled="0")
        assert "is the address of a page" in answer.text


def test_a_popup_is_removed(owner: Owner) -> None:
    owner.send("/new", document=json.dumps(HELLO), enabled="1")
    assert owner.send("/hello/remove").status_code == 303
    assert owner.saved() == {}
    assert owner.send("/hello/remove").status_code == 404
    assert owner.see("/hello/edit").status_code == 404


def test_the_preview_is_what_the_storefront_would_get_in_that_language(owner: Owner) -> None:
    offer = owner.tried(HELLO, "ko")["offer"]
    assert (offer["kind"], offer["blocks"]) == (
        "slide", [{"type": "text", "style": "body", "text": "안녕"}],
    )  # fmt: skip
    assert owner.tried(HELLO)["offer"]["blocks"][0]["text"] == "Hello you"
    assert owner.saved() == {}


def test_the_preview_shows_products_of_the_window_and_offers_the_code(owner: Owner) -> None:
    lamp = {"item_id": "lamp", "name": "Lamp", "price": 12, "url": "/lamp"}
    owner.moon.server("PUT", "/v1/items", {"items": [lamp]})
    owner.moon.server("PUT", "/v1/windows/all", {"strategies": ["new_arrivals"]})
    pool = {"kind": "minted", "prefix": "HELLO-", "discount": {"percent": 5}}
    owner.moon.server("PUT", "/v1/coupons/five", pool)
    blocks = [
        {"type": "window", "window": "all"},
        {"type": "window", "window": "gone"},
        {"type": "coupon", "text": "5 % off"},
    ]
    shown = owner.tried({**HELLO, "coupon_pool": "five", "variants": [{"blocks": blocks}]})
    products, code = shown["offer"]["blocks"]
    assert [item["name"] for item in products["items"]] == ["Lamp"]
    assert (code["text"], code["claim"], "code" in code) == ("5 % off", True, False)


def test_what_is_wrong_is_said_with_its_place(owner: Owner) -> None:
    def refused(change: dict[str, Any]) -> tuple[str, str]:
        told = owner.tried({**HELLO, **change})["refused"]
        return told["place"], told["words"]

    button = {"type": "button", "text": "Go", "url": "javascript:alert(1)"}
    assert refused({"variants": [{"blocks": [button]}]}) == (
        "variants[0].blocks[0].url",
        "Write a link: https://… or a page of your shop such as /cart.",
    )
    assert refused({"caps": {"per_week": 0}}) == (
        "caps.per_week", "Write a number from 1 to 10000.",
    )  # fmt: skip
    assert refused({"name": " "}) == ("name", "Fill this in.")
    assert refused({"pages": ["shoes"]})[0] == "pages"
    assert refused({"trigger": [{"on": "load"}, {"on": "scroll", "percent": 0}]})[0] == (
        "trigger[1].percent"
    )
