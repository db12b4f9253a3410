"""The promises of plugin.serve.product."""

from __future__ import annotations

from plugin.serve.product import Product, shown

BAG = Product(
    "bag-1", "Canvas bag", "/bag/1", "/bag/1.png", price=4_550, currency="EUR", category="Bags"
)


def test_a_shopper_sees_money_in_the_unit_that_people_use() -> None:
    assert shown(BAG, None) == {
        "item_id": "bag-1", "name": "Canvas bag", "url": "/bag/1", "image": "/bag/1.png",
        "price": 45.5, "currency": "EUR",
    }  # fmt: skip


def test_won_has_no_fractions() -> None:
    assert shown(Product("bag-1", price=12_000, currency="KRW"), None)["price"] == 12_000


def test_a_sale_price_is_shown_only_when_it_is_lower() -> None:
    cheaper = Product("a", price=1_000, sale_price=800, currency="EUR")
    no_offer = Product("b", price=1_000, sale_price=1_000, currency="EUR")

    assert shown(cheaper, None)["sale_price"] == 8
    assert "sale_price" not in shown(no_offer, None)


def test_a_hostile_link_in_a_feed_reaches_nobody() -> None:
    bad = Product("a", "<b>x</b>", "javascript:alert(1)", "data:image/svg+xml,x")

    answer = shown(bad, "Bestseller")

    assert (answer["url"], answer["image"]) == (None, None)
    assert answer["name"] == "<b>x</b>"  # text is text; whoever shows it escapes it
    assert answer["reason"] == "Bestseller"


def test_nothing_that_is_the_owners_own_business_is_shown() -> None:
    assert set(shown(BAG, "Bestseller")) == {
        "item_id", "name", "url", "image", "price", "currency", "reason",
    }  # fmt: skip
