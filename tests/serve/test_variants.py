"""What shoppers see of a product that is sold in several variants."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.serve.variants import one_of


def variant(item_id: str, **told: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("name", "url", "image", "price", "sale_price", "cost", "category", "brand", "description")
    )
    usual = {"availability": "in_stock", "tags": [], "created_at": 1, "currency": "KRW"}
    return {**empty, **usual, "item_id": item_id, **told}


def of(*variants: dict[str, Any], family: str = "tee") -> dict[str, Any]:
    return one_of(variants, family)


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["Tee - Red", "Tee - Rose"], "Tee"),
        (["Tea 100 g", "Tea 1000 g"], "Tea"),
        (["Tee", "Tee (blue)"], "Tee"),
        (["가방 / 빨강", "가방 / 파랑"], "가방"),
        (["Red tee", "Blue tee"], "Red tee"),
        (["Tee", "Tee"], "Tee"),
    ],
)
def test_a_product_is_called_what_its_variants_names_begin_with(
    names: list[str], called: str
) -> None:
    told = [variant(str(place), name=name) for place, name in enumerate(names)]
    assert of(*told)["name"] == called


def test_it_costs_what_the_cheapest_costs_that_can_be_bought() -> None:
    dear = variant("1", price=900)
    reduced = variant("2", price=1_000, sale_price=800, cost=300)
    gone = variant("3", price=100, availability="out_of_stock")

    found = of(dear, reduced, gone)

    assert (found["price"], found["sale_price"], found["cost"]) == (1_000, 800, 300)
    assert found["availability"] == "in_stock"
    assert of(gone, variant("4", availability="preorder"))["availability"] == "preorder"
    assert of(gone)["availability"] == "out_of_stock"


def test_it_leads_to_the_page_that_shows_them_all_else_to_that_of_the_one_it_costs() -> None:
    assert of(variant("1", url="/tee?variant=1"), variant("2", url="/tee?variant=2"))["url"] == (
        "/tee"
    )
    pages = [variant(str(no), url=f"/d.html?product_no={no}", price=9 - no) for no in (1, 2)]
    assert of(*pages)["url"] == "/d.html?product_no=2"


def test_what_the_shop_says_of_the_product_itself_comes_first() -> None:
    itself = variant("tee", name="The tee", tags=["linen"], category="Wear")
    red = variant("tee-red", name="Red", price=5, tags=["new", "linen"], category="Other")

    found = of(red, itself)

    assert (found["name"], found["category"], found["price"]) == ("The tee", "Wear", 5)
    assert found["tags"] == ["linen", "new"]
    closed = of(red, {**itself, "availability": "out_of_stock"})
    assert closed["availability"] == "out_of_stock"
