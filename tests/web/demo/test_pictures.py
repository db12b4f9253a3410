"""What do the demo shop's drawn pictures promise?"""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from plugin.web.demo.catalogue import PRODUCTS, DemoProduct
from plugin.web.demo.pictures import picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.item_id)
def test_a_picture_is_an_image_with_a_title_that_names_the_product(product: DemoProduct):
    drawn = ET.fromstring(picture(product))
    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}title") == f"{product.name} by {product.brand}"


def test_a_product_has_the_same_picture_every_time():
    assert [picture(product) for product in PRODUCTS] == [picture(product) for product in PRODUCTS]


def test_no_two_products_have_the_same_picture():
    drawings = {picture(product).partition("</title>")[2] for product in PRODUCTS}
    assert len(drawings) == len(PRODUCTS)


def test_a_name_with_markup_stays_text():
    hostile = replace(PRODUCTS[0], name='<script>alert("mug")</script>')
    drawn = ET.fromstring(picture(hostile))
    assert drawn.find(f".//{SVG}script") is None
    assert drawn.findtext(f"{SVG}title", "").startswith("<script>")
