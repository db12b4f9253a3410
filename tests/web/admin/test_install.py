"""The install page's walk through the shop, and the page of what is found."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from plugin.collect.inspection import is_inspector
from tests.web.conftest import token

BOOTS = {"item_id": "boots", "name": "Winter Boots", "price": 120000}
FOUND = {"how": "jsonld", "item_id": "boots", "name": "Boots", "price": 120000, "currency": "KRW"}


class Owner:
    """The signed-in owner of moon, with the shop open in another tab."""

    def __init__(self, moon: Any, house: Any) -> None:
        self.moon, self.house = moon, house
        moon.sign_in()
        self.query = {"shop": moon.shop.name}

    def opens(self, path: str) -> str:
        """The page's text."""
        seen = self.moon.client.get(f"/admin/{path}", query_string=self.query)
        assert seen.status_code == 200, seen.text[:500]
        return html.unescape(seen.text)

    def sends(self, path: str, **form: str) -> Any:
        """A form, with its token."""
        data = {"csrf_token": token(self.opens("found")), **form}
        return self.moon.client.post(f"/admin/{path}", query_string=self.query, data=data)

    def token(self) -> str:
        """The word in the install page's link."""
        found = re.search(r"#rs-check=([\w-]+)", self.opens("install"))
        assert found is not None
        return found[1]

    def sees(self, path: str = "/boots", **body: Any) -> None:
        """Open a page of the shop whose overlay reports."""
        page = {"id": f"page-{abs(hash(path)):016d}", "url": f"https://moon.example{path}"}
        data = {"key": self.moon.shop.public_key, "token": self.token(), "page": page, **body}
        answer = self.moon.client.post("/v1/inspect", json={"consent": "granted", **data})
        assert answer.status_code == 200, answer.text

    def check(self, name: str) -> tuple[str, str]:
        """The state and the text of one line of the list."""
        answer = self.moon.client.get("/admin/check.json", query_string=self.query)
        found = {one["name"]: one for one in answer.get_json()["checks"]}
        return found[name]["state"], found[name]["text"]

    def settings(self) -> dict[str, Any]:
        """The shop's settings now."""
        return dict(self.house.shop(self.moon.shop.name).settings)


@pytest.fixture
def owner(moon: Any, house: Any) -> Owner:
    """Mina, who owns the shop."""
    return Owner(moon, house)


def test_the_link_into_the_shop_has_a_word_that_opens_the_check(owner: Owner) -> None:
    text = owner.opens("install")
    assert "?rs_debug=1#rs-check=" in text
    assert is_inspector(owner.token(), "test", owner.moon.shop.name, owner.moon.clock.at)


def test_before_the_walk_everything_is_still_to_do(owner: Owner) -> None:
    for name in ("tag", "product", "catalogue", "cart", "checkout", "order"):
        assert owner.check(name)[0] == "open"


def test_the_owner_can_compare_what_was_read_with_the_page(owner: Owner) -> None:
    owner.sees(found=FOUND)
    state, text = owner.check("product")
    assert state == "good"
    for words in ("Boots", "₩120,000", "boots", "JSON-LD", "/boots"):
        assert words in text
    assert owner.check("tag")[0] == "good"


def test_a_product_page_that_says_nothing_is_named_with_what_to_do(owner: Owner) -> None:
    owner.sees("/about")
    assert owner.check("product")[0] == "open"
    page = {"id": "page-00000001", "url": "https://moon.example/jacket", "looks": "product"}
    owner.sees("/jacket", page=page)
    state, text = owner.check("product")
    assert state == "bad"
    assert "/jacket" in text
    assert "pointing" in text


def test_a_product_without_a_price_asks_for_its_price(owner: Owner) -> None:
    owner.sees(found={"how": "opengraph", "item_id": "boots", "name": "Boots"})
    state, text = owner.check("product")
    assert state == "part"
    assert "price" in text


def test_a_number_that_the_catalogue_does_not_have_is_told(owner: Owner) -> None:
    owner.sees(found=FOUND)
    state, text = owner.check("catalogue")
    assert state == "bad"
    assert "boots" in text


@pytest.mark.parametrize(("price", "state"), [(120000, "good"), (99000, "part")])
def test_a_price_is_compared_with_the_catalogues(owner: Owner, price: int, state: str) -> None:
    owner.moon.server("PUT", "/v1/items", {"items": [{**BOOTS, "price": price}]})
    owner.sees(found=FOUND)
    assert owner.check("catalogue")[0] == state


@pytest.mark.parametrize(
    ("status", "state"),
    [("stored", "good"), ("known", "good"), ("refused", "bad"), ("blocked", "bad"),
     ("held", "part"), ("waiting", "part"), ("sent", "part"), ("again", "part")],
)  # fmt: skip
def test_into_the_cart_is_good_once_it_is_stored(owner: Owner, status: str, state: str) -> None:
    owner.sees(events=[{"name": "add_to_cart", "status": status, "reason": "no such item"}])
    found, text = owner.check("cart")
    assert found == state
    assert ("no such item" in text) == (status == "refused")


def test_a_checkout_and_an_order_are_noticed(owner: Owner) -> None:
    owner.sees("/checkout")
    owner.sees("/checkout/success", found={"order_number": "A-1001"})
    assert owner.check("checkout")[0] == "good"
    state, text = owner.check("order")
    assert state == "good"
    assert "A-1001" in text


def test_an_order_without_its_number_asks_for_it(owner: Owner) -> None:
    owner.sees("/thank-you")
    assert owner.check("order")[0] == "part"


def test_without_consent_the_list_says_to_agree(owner: Owner) -> None:
    owner.sees(consent="pending")
    state, text = owner.check("tag")
    assert state == "part"
    assert "consent" in text


def test_the_walk_can_begin_again(owner: Owner) -> None:
    owner.sees(found=FOUND)
    assert owner.sends("check/again").status_code == 303
    assert owner.check("product")[0] == "open"


def test_a_hostile_name_is_shown_as_text(owner: Owner) -> None:
    owner.sees(found={**FOUND, "name": "<img src=x onerror=alert(1)>"})
    for path in ("install", "found"):
        answer = owner.moon.client.get(f"/admin/{path}", query_string=owner.query)
        assert "<img src=x" not in answer.text
        assert "&lt;img src=x" in answer.text


def test_the_owner_sees_what_was_found_on_each_page(owner: Owner) -> None:
    owner.sees(found=FOUND, troubles=["find.js did not load"])
    text = owner.opens("found")
    for words in ("/boots", "JSON-LD", "₩120,000", "find.js did not load"):
        assert words in text


def test_the_owner_says_where_things_stand_and_which_pages_are_which(owner: Owner) -> None:
    form = {"name": "h1", "price": " .price ", "checkout_pages": "/kasse\r\n\r\n/zahlung/*\r\n"}
    assert owner.sends("found/save", **form, order_number="#nr").status_code == 303
    settings = owner.settings()
    assert settings["map"] == {"product": {"name": "h1", "price": ".price"}, "order_number": "#nr"}
    assert settings["checkout_pages"] == ["/kasse", "/zahlung/*"]
    assert settings["thank_you_pages"] == []
    text = owner.opens("found")
    assert 'value=".price"' in text
    assert "/kasse\n/zahlung/*" in text


@pytest.mark.parametrize("form", [{"name": "<b>"}, {"checkout_pages": "javascript:x"}])
def test_what_cannot_be_kept_stays_in_the_form_with_why(owner: Owner, form: Any) -> None:
    answer = owner.sends("found/save", **form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert next(iter(form.values())) in html.unescape(answer.text)
    assert owner.settings() == {}


def test_all_of_it_can_be_taken_away(owner: Owner) -> None:
    owner.sends("found/save", name="h1", checkout_pages="/kasse")
    owner.sends("found/save", name="h1", clear="1")
    assert owner.settings() == {"map": {}, "checkout_pages": [], "thank_you_pages": []}


def test_nothing_is_set_without_the_owners_own_form(owner: Owner) -> None:
    query = owner.query
    for path in ("found/save", "check/again"):
        answer = owner.moon.client.post(f"/admin/{path}", query_string=query, data={"name": "h1"})
        assert answer.status_code == 400
    assert owner.settings() == {}
