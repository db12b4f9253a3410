"""What does the demo shop sell, and where is each thing found?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.web.demo.stock import STOCK

SHOP_NAME = "Larkmoor"
CURRENCY = "USD"

# The six categories in the order of the menu: slug, name, one line for the category's page.
CATEGORIES = (
    ("bags", "Bags", "Carry-alls in waxed canvas and soft leather, made to be repaired."),
    ("kitchen", "Kitchen", "Stoneware, oak and enamel for slow breakfasts and long dinners."),
    ("lighting", "Lighting", "Warm light, low glare, and candles poured by hand."),
    ("clothing", "Clothing", "Linen, lambswool and cotton in colours that get along."),
    ("plants", "Plants", "Easy greenery, and what it needs to be happy."),
    ("desk", "Desk", "Paper, pencils and small order for big ideas."),
)


@dataclass(frozen=True)
class DemoProduct:
    """One product. Prices are cents; ``kind`` and ``tone`` tell the picture what to draw."""

    item_id: str
    name: str
    kind: str
    tone: str
    category: str  # a path, "Bags > Totes"
    brand: str
    price: int
    sale_price: int | None
    availability: str
    tags: tuple[str, ...]
    description: str

    @cached_property
    def ref(self) -> str:
        """The last part of the product's address: its id, then its name in plain letters."""
        words = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        return f"{self.item_id}-{words}"

    @property
    def url(self) -> str:
        """The address of the product's page, relative to the server."""
        return f"/demo/product/{self.ref}"

    @property
    def image(self) -> str:
        """The address of the product's picture, relative to the server."""
        return f"/demo/picture/{self.item_id}.svg"

    @property
    def section(self) -> str:
        """The top level of the category: "Bags"."""
        return self.category.partition(" > ")[0]

    @property
    def shelf(self) -> str:
        """The second level of the category: "Totes"."""
        return self.category.partition(" > ")[2]

    @property
    def pays(self) -> int:
        """What a shopper pays now, cents."""
        return self.price if self.sale_price is None else self.sale_price

    @property
    def in_stock(self) -> bool:
        """Whether it can be bought now."""
        return self.availability == "in_stock"

    def as_item(self) -> dict[str, Any]:
        """The product as ``PUT /v1/items`` takes it; money in dollars."""
        item: dict[str, Any] = {
            "item_id": self.item_id,
            "name": self.name,
            "url": self.url,
            "image": self.image,
            "price": self.price / 100,
            "currency": CURRENCY,
            "availability": self.availability,
            "category": self.category,
            "brand": self.brand,
            "tags": list(self.tags),
            "description": self.description,
        }
        if self.sale_price is not None:
            item["sale_price"] = self.sale_price / 100
        return item

    def as_line(self, quantity: int = 1) -> dict[str, Any]:
        """The product as a line of an event's ``items``; money in dollars."""
        return {
            "item_id": self.item_id,
            "item_name": self.name,
            "item_brand": self.brand,
            "item_category": self.section,
            "item_category2": self.shelf,
            "price": self.pays / 100,
            "quantity": quantity,
        }


PRODUCTS: tuple[DemoProduct, ...] = tuple(DemoProduct(*row) for row in STOCK)
_BY_REF = {product.ref: product for product in PRODUCTS}
_BY_ID = {product.item_id: product for product in PRODUCTS}


def by_ref(ref: str) -> DemoProduct | None:
    """The product of an address's last part, or of a bare item id; None when there is none."""
    return _BY_REF.get(ref) or _BY_ID.get(ref)


def by_id(item_id: str) -> DemoProduct | None:
    """The product of an item id; None when there is none."""
    return _BY_ID.get(item_id)


def in_section(section: str) -> list[DemoProduct]:
    """The products of a top-level category by its name ("Bags"), in the shop's order."""
    return [product for product in PRODUCTS if product.section == section]


def search(words: str) -> list[DemoProduct]:
    """Products in whose name, category, brand, tags or description every word is found."""
    wanted = words.lower().split()
    return [product for product in PRODUCTS if wanted and _holds(product, wanted)]


def _holds(product: DemoProduct, wanted: Sequence[str]) -> bool:
    text = " ".join(
        (product.name, product.category, product.brand, *product.tags, product.description)
    ).lower()
    # "mugs" finds "mug": a trailing s is the only plural this small shop needs.
    return all(word in text or word.removesuffix("s") in text for word in wanted)
