"""Under which names do feeds tell of a product, and which of ours does each mean?

Google's words, in XML or a table, those of our own API, and headers as shops write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from plugin.collect.feeds.row import FeedRefused, Fields

# Ours, and theirs in order of preference (in lower case, blanks for "_" and "-").
KNOWN = {
    "item_id": ("item id", "id", "product id", "offer id", "sku", "product code", "상품코드",
                "상품번호", "商品コード", "商品番号"),
    "name": ("name", "title", "product name", "item name", "상품명", "商品名"),
    "url": ("url", "link", "product url", "상품url", "商品url"),
    "image": ("image", "image link", "image url", "image src", "picture", "images",
              "이미지", "商品画像"),
    "price": ("price", "regular price", "판매가", "販売価格", "価格"),
    "sale_price": ("sale price", "special price", "할인가", "セール価格"),
    "sale_dates": ("sale price effective date",),
    "currency": ("currency", "currency code"),
    "availability": ("availability", "available", "stock status", "in stock?", "판매상태"),
    "stock": ("stock", "quantity", "inventory", "재고수량", "在庫数"),
    "category": ("category", "product type", "categories", "google product category",
                 "카테고리", "カテゴリ"),
    "brand": ("brand", "vendor", "manufacturer", "브랜드", "ブランド"),
    "tags": ("tags", "labels"),
    "group_id": ("group id", "item group id", "parent id"),
    "description": ("description", "short description", "summary", "상품 요약설명"),
    "cost": ("cost", "cost of goods sold", "cost per item", "공급가"),
    "label_0": ("custom label 0",), "label_1": ("custom label 1",),
    "label_2": ("custom label 2",), "label_3": ("custom label 3",),
    "label_4": ("custom label 4",),
}  # fmt: skip
OURS = tuple(name for name in KNOWN if not name.startswith("label_"))
# What an owner may name a column for, though no header is known by it.
_SPACES = re.compile(r"[\s_\-]+")
MOST_SHAPES = 200  # products of JSON and XML differ in what they tell


def folded(header: str) -> str:
    """A header in the form in which headers are compared."""
    return _SPACES.sub(" ", header.strip().lower().removeprefix("g:"))


class Names:
    """Which field of a feed's rows holds each of our names; ``given`` (ours: theirs) wins."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._given = dict(given or {})
        if unknown := sorted(set(self._given) - set(OURS)):
            raise FeedRefused(f"--map {unknown[0]}=…: ours are {', '.join(OURS)}")
        self._shapes: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}

    def check(self, headers: Iterable[str]) -> None:
        """Raises FeedRefused when a table lacks a column that the owner named, or has none for the
        id.
        """
        present = {folded(header) for header in headers}
        for ours, theirs in self._given.items():
            if folded(theirs) not in present:
                raise FeedRefused(f"--map {ours}={theirs}: the feed has no column of this name")
        if "item_id" not in self._given and not present & set(KNOWN["item_id"]):
            raise FeedRefused("no column for item_id; name it with --map item_id=YOUR_COLUMN")

    def ours(self, fields: Fields) -> dict[str, Any]:
        """What a row tells, under our names: of several that mean the same the first that says
        something.
        """
        shape = tuple(fields)
        known = self._shapes.get(shape)
        if known is None:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            known = self._shapes[shape] = self._read(shape)
        found = {}
        for ours, theirs in known.items():
            for name in theirs:
                value = fields[name]
                if value is not None and value != "":
                    found[ours] = value
                    break
        return found

    def named(self, fields: Fields) -> dict[str, Any]:
        """Only what the owner's own columns say."""
        present = {folded(name): name for name in fields}
        found = {ours: fields.get(present.get(folded(t), "")) for ours, t in self._given.items()}
        return {ours: value for ours, value in found.items() if value not in (None, "")}

    def _read(self, shape: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        present = {folded(name): name for name in reversed(shape)}
        found = {
            ours: tuple(present[name] for name in names if name in present)
            for ours, names in KNOWN.items()
        }
        for ours, theirs in self._given.items():
            found[ours] = (present[folded(theirs)],) if folded(theirs) in present else ()
        return {ours: names for ours, names in found.items() if names}
