"""The promises of plugin.serve.mapping."""

from __future__ import annotations

import pytest

from plugin.errors import DocumentRefused
from plugin.serve.mapping import read_mapping

WHOLE = {
    "product": {"name": "h1", "price": ".price > b", "id": "[data-id]", "image": "img.main"},
    "cart_button": "button.add",
    "order_number": "#order strong",
}


@pytest.mark.parametrize("good", [{}, WHOLE, {"product": {}}, {"cart_button": "a" * 300}])
def test_a_mapping_may_leave_out_anything(good: dict[str, object]) -> None:
    assert read_mapping(good) == good


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (None, "map "),
        ([], "map "),
        ({"title": "h1"}, "map.title "),
        ({"product": "h1"}, "map.product "),
        ({"product": {"sku": "b"}}, "map.product.sku "),
        ({"product": {"name": None}}, "map.product.name "),
        ({"product": {"price": 5}}, "map.product.price "),
        ({"order_number": ""}, "map.order_number "),
        ({"order_number": "  "}, "map.order_number "),
        ({"order_number": "a\nb"}, "map.order_number "),
        ({"cart_button": "a" * 301}, "map.cart_button "),
        ({"cart_button": "</script>"}, "map.cart_button "),
    ],
)
def test_what_is_no_mapping_is_refused_by_the_name_of_its_field(bad: object, field: str) -> None:
    with pytest.raises(DocumentRefused, match=f"^{field}"):
        read_mapping(bad)
