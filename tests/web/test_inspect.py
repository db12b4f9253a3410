"""What the owner's browser may tell about the shop's pages, and set."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.inspection import inspection_token
from plugin.shop import HOUR
from plugin.storage import inspections

BOOTS = {
    "item_id": "boots",
    "name": "Winter Boots",
    "price": 120000,
    "url": "https://moon.example/winter-boots",
}
CLOSED = "open it again from the install page"


class Walk:
    """The owner's browser on its way through the shop of moon."""

    def __init__(self, moon: Any, house: Any) -> None:
        self.moon, self.house = moon, house
        self.token = inspection_token("test", moon.shop.name, moon.clock.at)

    def post(self, **body: Any) -> Any:
        """POST /v1/inspect as the overlay does."""
        data = {"key": self.moon.shop.public_key, "token": self.token, **body}
        return self.moon.client.post("/v1/inspect", json=data, headers={"Origin": "https://a.b"})

    def sees(self, url: str, **body: Any) -> dict[str, Any]:
        """What the server answers to a page that was seen."""
        page = {"id": f"page-{abs(hash(url)):016d}", "url": f"https://moon.example{url}"}
        answer = self.post(page=page, **body)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json()["page"])

    def kept(self) -> list[dict[str, Any]]:
        """What is kept of the walk."""
        with self.house.store(self.moon.shop.name).read() as tx:
            return inspections.newest(tx, self.moon.clock.at)

    def settings(self) -> dict[str, Any]:
        """The shop's settings now."""
        return dict(self.house.shop(self.moon.shop.name).settings)


@pytest.fixture
def walk(moon: Any, house: Any) -> Walk:
    """The owner opened the shop by the link of the install page."""
    assert moon.server("PUT", "/v1/items", {"items": [BOOTS]}).status_code == 200
    return Walk(moon, house)


def test_a_product_that_was_read_is_looked_up_by_its_number(walk: Walk) -> None:
    found = {"how": "jsonld", "item_id": "boots", "price": 120000, "currency": "KRW"}
    page = walk.sees("/anywhere", found=found)
    assert page["type"] == "product"
    assert page["match"]["by"] == "number"
    assert page["match"]["name"] == "Winter Boots"
    assert [one["found"] for one in walk.kept()] == [found]


def test_a_page_at_the_address_of_a_product_is_that_products(walk: Walk) -> None:
    page = walk.sees("/winter-boots?utm_source=mail")
    assert (page["type"], page["match"]["item_id"]) == ("product", "boots")
    assert page["match"]["by"] == "address"


@pytest.mark.parametrize(
    ("url", "kind"),
    [("/", "other"), ("/checkout/address", "checkout"), ("/checkout/success", "thank_you")],
)
def test_the_kind_of_a_page_is_told(walk: Walk, url: str, kind: str) -> None:
    assert walk.sees(url)["type"] == kind


def test_a_page_that_the_owner_named_is_of_that_kind(walk: Walk) -> None:
    assert walk.sees("/zur-zahlung/7")["type"] == "other"
    pattern = {"list": "checkout_pages", "pattern": "/zur-zahlung/*"}
    assert walk.post(add_page=pattern).status_code == 200
    assert walk.sees("/zur-zahlung/7")["type"] == "checkout"


def test_places_that_were_pointed_at_are_kept_beside_those_of_before(walk: Walk) -> None:
    walk.post(mapping={"product": {"name": "h1", "price": ".price"}})
    answer = walk.post(mapping={"product": {"price": ".now"}, "order_number": "#order b"})
    wanted = {"product": {"name": "h1", "price": ".now"}, "order_number": "#order b"}
    assert answer.get_json() == {"ok": True, "mapping": wanted}
    assert walk.settings()["map"] == wanted


def test_a_place_is_taken_away_by_an_empty_text(walk: Walk) -> None:
    walk.post(mapping={"product": {"name": "h1"}, "order_number": "b"})
    walk.post(mapping={"product": {"name": ""}, "order_number": None})
    assert walk.settings()["map"] == {}


@pytest.mark.parametrize(
    "mapping", [None, [], "h1", {"product": "h1"}, {"product": {"name": "<b>"}}, {"else": "b"}]
)
def test_a_mapping_of_another_form_is_refused(walk: Walk, mapping: object) -> None:
    assert walk.post(mapping=mapping).status_code == 400
    assert "map" not in walk.settings()


@pytest.mark.parametrize(
    "page", [None, {}, {"list": "origins", "pattern": "/a"}, {"list": "checkout_pages"}]
)
def test_only_the_two_lists_of_pages_can_be_added_to(walk: Walk, page: object) -> None:
    assert walk.post(add_page=page).status_code == 400
    assert walk.settings() == {}


def test_nothing_else_of_the_shop_can_be_set(walk: Walk) -> None:
    walk.post(mapping={}, consent="denied", origins=["https://evil.example"], control_share=1)
    assert walk.settings() == {"map": {}}


def test_after_an_hour_the_check_is_over(walk: Walk) -> None:
    walk.moon.clock.at += HOUR
    answer = walk.post(page={"id": "page-0001", "url": "https://moon.example/"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "bad_token")


@pytest.mark.parametrize("token", [None, "", 7, "1-aaaaaaaaaaaaaaaaaaaaaa", {"a": 1}])
def test_every_wrong_word_gets_one_answer(walk: Walk, token: object) -> None:
    walk.token = token  # type: ignore[assignment]
    for body in ({"page": {}}, {"mapping": {"product": {"name": "h1"}}}, {}):
        answer = walk.post(**body)
        assert answer.status_code == 403
        assert CLOSED in answer.get_json()["error"]["message"]
    assert (walk.kept(), walk.settings()) == ([], {})


def test_a_wrong_key_is_answered_as_everywhere(walk: Walk) -> None:
    assert walk.post(key="pk_wrong").status_code == 401


def test_a_report_may_not_be_long(walk: Walk) -> None:
    assert walk.post(troubles=["x" * 20_000]).status_code == 413


def test_any_page_may_send_it_without_cookies(walk: Walk) -> None:
    answer = walk.post(page={"id": "page-0001", "url": "https://moon.example/"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
