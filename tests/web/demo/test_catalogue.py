"""What does the demo shop promise of its stock?"""

from __future__ import annotations

from collections import Counter

from plugin.web.demo import catalogue
from plugin.web.demo.catalogue import CATEGORIES, PRODUCTS
from plugin.web.demo.pictures import DRAWINGS
from plugin.web.demo.strokes import TONES


def test_the_shop_has_sixty_products_in_six_categories():
    assert len(PRODUCTS) == 60
    assert Counter(product.section for product in PRODUCTS) == {n: 10 for _, n, _ in CATEGORIES}


def test_no_two_products_share_an_id_a_name_or_an_address():
    for facts in ("item_id", "name", "url", "image", "description"):
        assert len({getattr(product, facts) for product in PRODUCTS}) == len(PRODUCTS)


def test_two_products_are_sold_out_and_some_are_on_sale_below_their_price():
    sold_out = [product for product in PRODUCTS if not product.in_stock]
    on_sale = [product for product in PRODUCTS if product.sale_price is not None]
    assert len(sold_out) == 2
    assert len(on_sale) >= 8
    assert all(product.pays < product.price for product in on_sale)


def test_every_product_can_be_drawn():
    assert all(product.kind in DRAWINGS and product.tone in TONES for product in PRODUCTS)


def test_a_product_is_found_by_its_address_and_by_its_bare_id():
    tote = catalogue.by_id("bag-01")
    assert tote is not None
    assert catalogue.by_ref("bag-01-harbour-tote") is tote
    assert catalogue.by_ref("bag-01") is tote
    assert catalogue.by_ref("bag-01-another-name") is None


def test_a_search_wants_every_word_and_knows_plurals():
    assert {product.kind for product in catalogue.search("Mugs")} == {"mug"}
    assert [product.item_id for product in catalogue.search("linen CLAY shirt")] == ["clo-02"]
    assert catalogue.search("mug unicorn") == []
    assert catalogue.search("  ") == []


def test_the_feed_states_money_in_dollars_and_a_sale_price_only_where_there_is_one():
    plain, reduced = catalogue.by_id("bag-01"), catalogue.by_id("bag-03")
    assert plain is not None
    assert reduced is not None
    assert plain.as_item()["price"] == 68.0
    assert "sale_price" not in plain.as_item()
    assert (reduced.as_item()["price"], reduced.as_item()["sale_price"]) == (34.0, 27.0)
    assert reduced.as_line(2)["price"] == 27.0
