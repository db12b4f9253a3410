"""The owner makes a popup: from a recipe, by the editor, and as text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from plugin.serve.retain.recipes import RECIPES
from tests.web.conftest import Moon

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


def tried(owner: Moon, document: Any, language: str = "en", variant: int = 0) -> Any:
    """What the preview of a document answers."""
    wish = {"document": document, "language": language, "variant": variant}
    told = owner.asks("popups/preview.json", **wish)
    assert told.status_code == 200, told.text
    return told.get_json()


def saved(owner: Moon) -> dict[str, Any]:
    """The popups by their short names."""
    told = owner.server("GET", "/v1/popups").get_json()
    return {one["slug"]: one for one in told["popups"]}


def test_a_shop_without_popups_is_led_to_the_recipes(owner: Moon) -> None:
    assert "Choose from the recipes" in owner.opens("popups")
    assert owner.opens("popups/recipes").count('class="card template recipe"') == len(RECIPES)
    assert "인기 상품으로 환영" in owner.opens("popups/recipes", lang="ko")
    assert "人気商品でお迎え" in owner.opens("popups/recipes", lang="ja")


def test_a_recipe_says_for_whom_it_is_and_what_its_products_lack(owner: Moon) -> None:
    page = owner.opens("popups/recipes")
    card = re.search(r'<li class="card template recipe" id="make-the-most">.*?</li>', page, re.S)
    assert card is not None
    assert "needs 30 orders with two products or more, you have 0" in card[0]
    assert "New customers" in card[0]
    assert "<code>/help</code>" in card[0]


def test_adopting_opens_the_draft_and_says_so_on_the_card(owner: Moon) -> None:
    owner.visit(CHO, {"name": "page_view"})
    answer = owner.sends("popups/recipes/welcome-favourites/adopt")
    assert answer.status_code == 303
    assert "/admin/popups/welcome-favourites/edit" in answer.headers["Location"]
    assert saved(owner)["welcome-favourites"]["enabled"] is False
    page = owner.opens("popups/recipes")
    card = page.partition('id="welcome-favourites"')[2].partition("</li>")[0]
    assert "Adopted" in card
    assert "<b>1</b> visitors now" in card


def test_a_picture_may_stand_in_our_own_pages_only(owner: Moon) -> None:
    answer = owner.gets("popups/recipes/before-you-go/picture")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    offer = json.loads(answer.text.partition('id="offer">')[2].partition("</script>")[0])
    assert [block["type"] for block in offer["blocks"]] == ["text", "text", "window", "coupon"]
    assert len(offer["blocks"][2]["items"]) == 3
    around = owner.gets("popups/recipes")
    assert "frame-ancestors 'none'" in around.headers["Content-Security-Policy"]
    assert around.headers["X-Frame-Options"] == "DENY"


def test_a_new_popup_is_kept_as_a_draft_and_then_turned_on(owner: Moon) -> None:
    answer = owner.sends("popups/new", document=json.dumps(HELLO), enabled="0")
    assert answer.status_code == 303
    assert (saved(owner)["hello"]["name"], saved(owner)["hello"]["enabled"]) == ("Hello", False)
    changed = {**HELLO, "name": "Good day", "priority": 3}
    owner.sends("popups/hello/edit", document=json.dumps(changed), enabled="1")
    assert saved(owner)["hello"] == {**changed, "slug": "hello", "enabled": True}
    assert "Good day" in owner.opens("popups")


def test_one_like_another_begins_with_all_it_says_under_a_new_name(owner: Moon) -> None:
    owner.sends("popups/new", document=json.dumps(HELLO), enabled="1")
    page = owner.opens("popups/new", **{"from": "hello"})
    assert "Hello, copy" in page
    assert "안녕" in page
    refused = owner.sends("popups/new", document=json.dumps(HELLO), slug="hello", enabled="0")
    assert refused.status_code == 400
    assert "There is a popup with this short name" in refused.text
    assert saved(owner)["hello"]["enabled"] is True


def test_what_is_refused_comes_back_with_what_was_typed(owner: Moon) -> None:
    for document, says in (
        (json.dumps({**HELLO, "name": ""}), "Fill this in."),
        (json.dumps({**HELLO, "kind": "sky"}), "known: modal"),
        (json.dumps({**HELLO, "audience": {"segment": "nobody"}}), "no segment called nobody"),
        ('{"name": "Hello"', "This cannot be read yet"),
        ('["Hello"]', "This cannot be read yet"),
        (json.dumps({**HELLO, "name": HOSTILE, "kind": "sky"}), "known: modal"),
    ):
        answer = owner.sends("popups/new", document=document, enabled="1")
        assert answer.status_code == 400, document
        assert says in answer.text
        assert HOSTILE not in answer.text
    assert saved(owner) == {}


def test_the_address_of_a_page_is_no_name_for_a_popup(owner: Moon) -> None:
    for taken in ("recipes", "new", "why"):
        answer = owner.sends("popups/new", document=json.dumps(HELLO), slug=taken, enabled="0")
        assert "is the address of a page" in answer.text


def test_a_popup_is_removed(owner: Moon) -> None:
    owner.sends("popups/new", document=json.dumps(HELLO), enabled="1")
    assert owner.sends("popups/hello/remove").status_code == 303
    assert saved(owner) == {}
    assert owner.sends("popups/hello/remove").status_code == 404
    assert owner.gets("popups/hello/edit").status_code == 404


def test_the_preview_is_what_the_storefront_would_get_in_that_language(owner: Moon) -> None:
    offer = tried(owner, HELLO, "ko")["offer"]
    assert (offer["kind"], offer["blocks"]) == (
        "slide", [{"type": "text", "style": "body", "text": "안녕"}],
    )  # fmt: skip
    assert tried(owner, HELLO)["offer"]["blocks"][0]["text"] == "Hello you"
    assert saved(owner) == {}


def test_the_preview_shows_products_of_the_window_and_offers_the_code(owner: Moon) -> None:
    lamp = {"item_id": "lamp", "name": "Lamp", "price": 12, "url": "/lamp"}
    owner.server("PUT", "/v1/items", {"items": [lamp]})
    owner.server("PUT", "/v1/windows/all", {"strategies": ["new_arrivals"]})
    pool = {"kind": "minted", "prefix": "HELLO-", "discount": {"percent": 5}}
    owner.server("PUT", "/v1/coupons/five", pool)
    blocks = [
        {"type": "window", "window": "all"},
        {"type": "window", "window": "gone"},
        {"type": "coupon", "text": "5 % off"},
    ]
    shown = tried(owner, {**HELLO, "coupon_pool": "five", "variants": [{"blocks": blocks}]})
    products, code = shown["offer"]["blocks"]
    assert [item["name"] for item in products["items"]] == ["Lamp"]
    assert (code["text"], code["claim"], "code" in code) == ("5 % off", True, False)


def test_what_is_wrong_is_said_with_its_place(owner: Moon) -> None:
    def refused(change: dict[str, Any]) -> tuple[str, str]:
        told = tried(owner, {**HELLO, **change})["refused"]
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
