"""A whole purchase in a shop whose pages say nothing, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

CHO = "cho-visitor-00001"
HOST = "https://moon.example"
DETAIL = f"{HOST}/product/detail.html"
BOOTS = {"item_id": "boots", "name": "Boots", "price": 90_000, "category": "Shoes",
         "url": f"{DETAIL}?product_no=1&cate_no=4"}  # fmt: skip
HAT = {"item_id": "hat", "name": "Hat", "price": 20_000, "url": f"{DETAIL}?product_no=2&cate_no=4"}


@pytest.fixture(autouse=True)
def catalogue(moon: Any) -> None:
    assert moon.server("PUT", "/v1/items", {"items": [BOOTS, HAT]}).get_json()["kept"] == 2


def view(location: str, **params: Any) -> dict[str, Any]:
    return {"name": "page_view", "params": {"page_location": location, **params}}


def add(**params: Any) -> dict[str, Any]:
    return {"name": "add_to_cart", "params": params}


def told(moon: Any) -> list[tuple[str, list[tuple[str, float]]]]:
    """The visitor's events without page views, oldest first, with items and quantities."""
    events = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["events"]
    return [
        (e["name"], [(i["item_id"], i.get("quantity", 1)) for i in e["params"].get("items", [])])
        for e in reversed(events)
        if e["name"] != "page_view"
    ]


def test_views_cart_checkout_and_order_arrive_from_a_shop_that_prints_nothing(moon: Any) -> None:
    page = f"{DETAIL}?product_no=1&cate_no=9&session=mina@mail.example"
    answer = moon.visit(CHO, view(page)).get_json()
    assert (answer["accepted"], answer["duplicates"], answer["refused"]) == (1, 0, [])
    for event in (
        add(page_location=page, quantity="2"),
        add(page_location=f"{HOST}/shoes", link_url=f"{DETAIL}?product_no=2"),
        add(page_location=f"{HOST}/shoes", product_id="boots"),
        view(f"{HOST}/order/orderform.html"),
        view(f"{HOST}/order/order_result.html", order_number="4111 1111 1111 1111"),
    ):
        moon.clock.at += 60_000
        assert moon.visit(CHO, event).get_json()["accepted"] == 1

    cart = [("boots", 3), ("hat", 1)]
    assert told(moon) == [
        ("view_item", [("boots", 1)]),
        ("add_to_cart", [("boots", 2)]),
        ("add_to_cart", [("hat", 1)]),
        ("add_to_cart", [("boots", 1)]),
        ("begin_checkout", cart),
        ("purchase", cart),
    ]
    traits = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["traits"]
    assert (traits["orders_total"], traits["revenue_total"]) == (1, 290_000)


def test_only_the_keys_that_tell_pages_apart_are_kept_in_an_address(moon: Any) -> None:
    moon.visit(CHO, view(f"{DETAIL}?product_no=1&cate_no=9&name=mina"))
    events = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["events"]
    assert {event["params"]["page_location"] for event in events} == {f"{DETAIL}?product_no=1"}


def test_an_order_number_that_looks_like_a_card_is_kept_as_it_is(moon: Any) -> None:
    moon.visit(CHO, add(product_id="hat", page_location="/"), view(f"{HOST}/thank-you",
               order_number="4111111111111111"))  # fmt: skip
    done = moon.server(
        "POST",
        "/v1/orders",
        {"transaction_id": "4111111111111111", "visitor_id": CHO, "value": 19_000,
         "items": [{"item_id": "hat", "price": 19_000}]},
    )  # fmt: skip
    assert done.status_code == 200
    traits = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["traits"]
    assert (traits["orders_total"], traits["revenue_total"]) == (1, 19_000)


def test_a_product_that_is_nowhere_is_refused_by_name(moon: Any) -> None:
    answer = moon.visit(CHO, add(page_location=f"{HOST}/about", link_url="/none", product_id="x"))
    assert answer.status_code == 400
    assert "no item of the catalogue" in answer.get_json()["refused"][0]["reason"]


def test_without_consent_nothing_is_derived(moon: Any) -> None:
    moon.visit(CHO, view(f"{DETAIL}?product_no=1"), consent="denied")
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404
