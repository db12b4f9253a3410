"""Which products may fill a window, by what the owner asks of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugin.serve.document import Document
from plugin.serve.product import Product, is_inside
from plugin.shop import to_major

KEYS = ("category", "brand", "tags", "price_min", "price_max", "margin_min", "on_sale")


@dataclass(frozen=True)
class Filters:
    """What a product must be like; pins are the owner's own choice and pass.

    ``category``: paths, "Bags" holds "Bags > Totes" too. Prices: major units of the product's own
    currency, both included. ``margin_min``: the share of what it costs now that is left after its
    ``cost``, 0 to 1; a product whose cost or price is not known fails it. Several values of one
    filter: any of them.
    """

    category: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    price_min: float | None = None
    price_max: float | None = None
    margin_min: float | None = None
    on_sale: bool | None = None

    def refuses(self, product: Product) -> str | None:
        """The first filter, by its key, that keeps ``product`` out; None: it may fill."""
        if self.category and not self.has_category(product.category):
            return "category"
        if self.brand and not self.has_brand(product.brand):
            return "brand"
        if self.tags and not self.has_tag(product.tags):
            return "tags"
        if self.on_sale is not None and product.on_sale is not self.on_sale:
            return "on_sale"
        if self.margin_min is not None and not _has_margin(product, self.margin_min):
            return "margin_min"
        return self._price_refuses(product)

    def has_category(self, path: str | None) -> bool:
        """Whether ``path`` is one of the categories, or inside one."""
        return any(is_inside(path, one) for one in self.category)

    def has_brand(self, brand: str | None) -> bool:
        """Whether ``brand`` is one of the brands, however it is written."""
        return _folded(brand) in map(_folded, self.brand)

    def has_tag(self, tags: Iterable[str]) -> bool:
        """Whether any of ``tags`` is one of the tags, in whatever letters."""
        return bool(_all_folded(self.tags) & _all_folded(tags))

    def _price_refuses(self, product: Product) -> str | None:
        if self.price_min is None and self.price_max is None:
            return None
        price = None
        if product.price_now is not None and product.currency is not None:
            price = to_major(product.price_now, product.currency)
        if self.price_min is not None and (price is None or price < self.price_min):
            return "price_min"
        if self.price_max is not None and (price is None or price > self.price_max):
            return "price_max"
        return None


EVERYTHING = Filters()


def read_filters(one: Document) -> Filters:
    """The filters of a window's document. Raises DocumentRefused naming what is wrong."""
    filters = one.inner("filters", KEYS)
    low, high = (
        None if filters.raw(key) is None else filters.number(key, 0, 1e12)
        for key in ("price_min", "price_max")
    )
    margin = None if filters.raw("margin_min") is None else filters.number("margin_min", 0, 1)
    if low is not None and high is not None and low > high:
        raise filters.refused("price_min", "is more than price_max")
    return Filters(
        category=filters.names("category"),
        brand=filters.names("brand"),
        tags=filters.names("tags"),
        price_min=low,
        price_max=high,
        margin_min=margin,
        on_sale=None if filters.raw("on_sale") is None else filters.flag("on_sale", True),
    )


def _has_margin(product: Product, least: float) -> bool:
    price, cost = product.price_now, product.cost
    if price is None or cost is None or price <= 0:
        return False
    return (price - cost) / price >= least


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def _all_folded(texts: Iterable[str]) -> set[str]:
    return {_folded(text) for text in texts}
