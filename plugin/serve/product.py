"""What is one product, as a shopper may see it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.collect.event import Item
from plugin.serve.link import safe_link
from plugin.shop import to_major


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue. Prices are minor units of ``currency``."""

    item_id: str
    name: str | None = None
    url: str | None = None
    image: str | None = None
    price: int | None = None
    sale_price: int | None = None
    currency: str | None = None
    availability: str = "in_stock"  # or out_of_stock, preorder
    category: str | None = None  # a path, "Bags > Totes"
    brand: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def on_sale(self) -> bool:
        """Whether the sale price is a lower one: anything else is no offer."""
        return (
            self.sale_price is not None and self.price is not None and self.sale_price < self.price
        )

    @property
    def price_now(self) -> int | None:
        """What it costs now, minor units; None: not known."""
        return self.sale_price if self.on_sale else self.price

    def as_item(self) -> Item:
        """One piece of it as an event's product line, at what it costs now."""
        return Item(
            self.item_id, name=self.name, brand=self.brand, category=self.category,
            price=self.price_now, url=self.url, image=self.image,
        )  # fmt: skip


def shown(product: Product, reason: str | None) -> dict[str, Any]:
    """The product as the storefront gets it: money in major units, links that are safe to follow.

    ``sale_price`` only when it is lower, ``reason`` only when there is one.
    """
    answer: dict[str, Any] = {
        "item_id": product.item_id,
        "name": product.name or product.item_id,
        "url": safe_link(product.url),
        "image": safe_link(product.image),
        "price": _major(product.price, product.currency),
        "currency": product.currency,
    }
    if product.on_sale:
        answer["sale_price"] = _major(product.sale_price, product.currency)
    if reason:
        answer["reason"] = reason
    return answer


def _major(amount: int | None, currency: str | None) -> float | int | None:
    return None if amount is None or currency is None else to_major(amount, currency)
