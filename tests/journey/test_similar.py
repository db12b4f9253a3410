"""Which products resemble the one on the page? By the catalogue and by visits, in one list."""

from __future__ import annotations

import pytest

from plugin.journey.ranked import like
from plugin.serve.product import Product
from plugin.serve.recommend.arrays import Arrays, in_id_order
from plugin.serve.recommend.build import build
from plugin.serve.recommend.runs import Runs
from plugin.storage.models import Built

TOTE = Product("tote red", "Canvas tote", category="Bags > Totes", brand="Moss", group_id="tote")
SHOP = {
    product.item_id: product
    for product in (
        TOTE,
        Product("tote blue", "Canvas tote", category="Bags > Totes", brand="Moss", group_id="tote"),
        Product("rucksack", "Rucksack", category="Bags > Rucksacks", brand="Fern"),
        Product("mug S", "Mug", category="Kitchen > Mugs", group_id="mug"),
        Product("mug L", "Mug", category="Kitchen > Mugs", group_id="mug"),
    )
}


@pytest.fixture(scope="module")
def model() -> Built:
    """Whoever looked at the red tote looked at the blue one and at both mugs."""
    ids = in_id_order(SHOP)
    visits = Runs()
    for day in range(6):
        viewed = ["tote red", "tote blue", "mug S", "mug L"] if day % 2 else ["rucksack"]
        visits.append(map(ids.index, viewed), 86_400 * day, profile=1 + day)
    file = build(ids, visits, Runs(), [SHOP[item_id] for item_id in ids], {})
    return Built(1, 0, Arrays(b"".join(file)))


def listed(model: Built, product: Product) -> list[str]:
    return list(like(model, product, 5))


def test_what_is_alike_and_what_is_viewed_beside_it_are_both_there(model: Built):
    found = listed(model, TOTE)
    assert found[0] == "rucksack"
    assert len({"mug S", "mug L"} & set(found)) == 1


def test_no_variant_of_the_pages_product_is_similar_to_it_however_often_viewed(model: Built):
    assert "tote blue" not in listed(model, TOTE)


def test_a_product_newer_than_the_model_has_similar_ones_too(model: Built):
    new = Product("cup", "Mug with a lid", category="Kitchen > Mugs")
    assert listed(model, new)[0] in {"mug S", "mug L"}
