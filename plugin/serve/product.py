"""What is one product, as a shopper may see it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import orjson

from plugin.collect.event import Item
from plugin.serve.link import safe_link
from plugin.shop import to_major


@dataclass(frozen=True)
class Product:
    """A product of the catalogue. Prices and ``cost`` are minor units of ``currency``."""

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
    group_id: str | None = None  # variants of one product share it
    cost: int | None = None
    # When (Unix ms) the catalogue last said another thing of it.
    told_at: int | None = field(default=None, compare=False)

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

    @cached_property
    def card(self) -> dict[str, Any]:
        """What ``shown`` says of it without a reason; made once, as popular products are shown in
        most answers. Not to be changed.
        """
        return _card(self)

    @cached_property
    def written(self) -> bytes:
        """The card as JSON but for its last brace: the same for everybody, whatever the reason."""
        return orjson.dumps(_card(self))[:-1]

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
    return {**product.card, "reason": reason} if reason else dict(product.card)


def shown_json(product: Product, reason: str) -> bytes:
    """What ``shown`` says, as JSON; the product's part and the reason's are each made once."""
    return product.written + _ending(reason)


def is_inside(category: str | None, path: str) -> bool:
    """Whether a product's category is ``path`` or inside it; letter case and spaces do not count.

    >>> is_inside("Bags > Totes", "bags"), is_inside("Bags", "Bag")
    (True, False)
    """
    have, want = _parts(category or ""), _parts(path)
    return have[: len(want)] == want


@lru_cache(maxsize=4096)  # a shop has few categories, and every product of a window is asked
def _parts(category: str) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in category.split(">"))


def _card(product: Product) -> dict[str, Any]:
    said: dict[str, Any] = {
        "item_id": product.item_id,
        "name": product.name or product.item_id,
        "url": safe_link(product.url),
        "image": safe_link(product.image),
        "price": _major(product.price, product.currency),
        "currency": product.currency,
    }
    if product.on_sale:
        said["sale_price"] = _major(product.sale_price, product.currency)
    return said


@lru_cache(maxsize=1024)
def _ending(reason: str) -> bytes:
    return b',"reason":%b}' % orjson.dumps(reason) if reason else b"}"


def _major(amount: int | None, currency: str | None) -> float | int | None:
    return None if amount is None or currency is None else to_major(amount, currency)
