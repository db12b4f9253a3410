"""The install page's walk through the shop, and the page of what is found."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from plugin.collect.inspection import is_inspector
from tests.web.conftest import Moon

BOOTS = {"item_id": "boots", "name": "Winter Boots", "price": 120000}
FOUND = {"how": "jsonld", "item_id": "boots", "name": "Boots", "price": 120000, "currency": "KRW"}


def word(owner: Moon) -> str:
    """The word in the install page's link."""
    found = re.search(r"#rs-check=([\w-]+)", owner.opens("install"))
    assert found is not None
    return found[1]


def sees(owner: Moon, path: str = "/boots", **body: Any) -> None:
    """The owner opens a page of the shop, whose overlay reports."""
    page = {"id": f"page-{abs(hash(path)):016d}", "url": f"https://moon.example{path}"}
    data = {"key": owner.shop.public_key, "token": word(owner), "page": page, **body}
    answer = owner.client.post("/v1/inspect", json={"consent": "granted", **data})
    assert answer.status_code == 200, answer.text


def check(owner: Moon, name: str) -> tuple[str, str]:
    """The state and the text of one line of the list."""
    found = {one["name"]: one for one in owner.gets("check.json").get_json()["checks"]}
    return found[name]["state"], found[name]["text"]


def settings(owner: Moon) -> dict[str, Any]:
    """The shop's settings now."""
    return dict(owner.house.shop(owner.shop.name).settings)


def test_the_link_into_the_shop_has_a_word_that_opens_the_check(owner: Moon) -> None:
    text = owner.opens("install")
    assert "?rs_debug=1#rs-check=" in text
    assert is_inspector(word(owner), "test", owner.shop.name, owner.clock.at)


def test_before_the_walk_everything_is_still_to_do(owner: Moon) -> None:
    for name in ("tag", "product", "catalogue", "cart", "checkout", "order"):
        assert check(owner, name)[0] == "open"


def test_the_owner_can_compare_what_was_read_with_the_page(owner: Moon) -> None:
    sees(owner, found=FOUND)
    state, text = check(owner, "product")
    assert state == "good"
    for words in ("Boots", "₩120,000", "boots", "JSON-LD", "/boots"):
        assert words in text
    assert check(owner, "tag")[0] == "good"


def test_a_product_page_that_says_nothing_is_named_with_what_to_do(owner: Moon) -> None:
    sees(owner, "/about")
    assert check(owner, "product")[0] == "open"
    page = {"id": "page-00000001", "url": "https://moon.example/jacket", "looks": "product"}
    sees(owner, "/jacket", page=page)
    state, text = check(owner, "product")
    assert state == "bad"
    assert "/jacket" in text
    assert "pointing" in text


def test_a_product_without_a_price_asks_for_its_price(owner: Moon) -> None:
    sees(owner, found={"how": "opengraph", "item_id": "boots", "name": "Boots"})
    state, text = check(owner, "product")
    assert state == "part"
    assert "price" in text


def test_a_number_that_the_catalogue_does_not_have_is_told(owner: Moon) -> None:
    sees(owner, found=FOUND)
    state, text = check(owner, "catalogue")
    assert state == "bad"
    assert "boots" in text


@pytest.mark.parametrize(("price", "state"), [(120000, "good"), (99000, "part")])
def test_a_price_is_compared_with_the_catalogues(owner: Moon, price: int, state: str) -> None:
    owner.server("PUT", "/v1/items", {"items": [{**BOOTS, "price": price}]})
    sees(owner, found=FOUND)
    assert check(owner, "catalogue")[0] == state


@pytest.mark.parametrize(
    ("status", "state"),
    [("stored", "good"), ("known", "good"), ("refused", "bad"), ("blocked", "bad"),
     ("held", "part"), ("waiting", "part"), ("sent", "part"), ("again", "part")],
)  # fmt: skip
def test_into_the_cart_is_good_once_it_is_stored(owner: Moon, status: str, state: str) -> None:
    sees(owner, events=[{"name": "add_to_cart", "status": status, "reason": "no such item"}])
    found, text = check(owner, "cart")
    assert found == state
    assert ("no such item" in text) == (status == "refused")


def test_a_checkout_and_an_order_are_noticed(owner: Moon) -> None:
    sees(owner, "/checkout")
    sees(owner, "/checkout/success", found={"order_number": "A-1001"})
    assert check(owner, "checkout")[0] == "good"
    state, text = check(owner, "order")
    assert state == "good"
    assert "A-1001" in text


def test_an_order_without_its_number_asks_for_it(owner: Moon) -> None:
    sees(owner, "/thank-you")
    assert check(owner, "order")[0] == "part"


def test_without_consent_the_list_says_to_agree(owner: Moon) -> None:
    sees(owner, consent="pending")
    state, text = check(owner, "tag")
    assert state == "part"
    assert "consent" in text


def test_the_walk_can_begin_again(owner: Moon) -> None:
    sees(owner, found=FOUND)
    assert owner.sends("check/again").status_code == 303
    assert check(owner, "product")[0] == "open"


def test_a_hostile_name_is_shown_as_text(owner: Moon) -> None:
    sees(owner, found={**FOUND, "name": "<img src=x onerror=alert(1)>"})
    for path in ("install", "found"):
        text = owner.opens(path)
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_the_owner_sees_what_was_found_on_each_page(owner: Moon) -> None:
    sees(owner, found=FOUND, troubles=["find.js did not load"])
    text = html.unescape(owner.opens("found"))
    for words in ("/boots", "JSON-LD", "₩120,000", "find.js did not load"):
        assert words in text


def test_the_owner_says_where_things_stand_and_which_pages_are_which(owner: Moon) -> None:
    form = {"name": "h1", "price": " .price ", "checkout_pages": "/kasse\r\n\r\n/zahlung/*\r\n"}
    assert owner.sends("found/save", **form, order_number="#nr").status_code == 303
    now = settings(owner)
    assert now["map"] == {"product": {"name": "h1", "price": ".price"}, "order_number": "#nr"}
    assert now["checkout_pages"] == ["/kasse", "/zahlung/*"]
    assert now["thank_you_pages"] == []
    text = owner.opens("found")
    assert 'value=".price"' in text
    assert "/kasse\n/zahlung/*" in text


@pytest.mark.parametrize("form", [{"name": "<b>"}, {"checkout_pages": "javascript:x"}])
def test_what_cannot_be_kept_stays_in_the_form_with_why(owner: Moon, form: Any) -> None:
    answer = owner.sends("found/save", **form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert next(iter(form.values())) in html.unescape(answer.text)
    assert settings(owner) == {}


def test_all_of_it_can_be_taken_away(owner: Moon) -> None:
    owner.sends("found/save", name="h1", checkout_pages="/kasse")
    owner.sends("found/save", name="h1", clear="1")
    assert settings(owner) == {"map": {}, "checkout_pages": [], "thank_you_pages": []}


def test_nothing_is_set_without_the_owners_own_form(owner: Moon) -> None:
    for path in ("found/save", "check/again"):
        assert owner.posts(path, name="h1").status_code == 400
    assert settings(owner) == {}
