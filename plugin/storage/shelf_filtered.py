"""Which products of the catalogue pass what the owner asks of a window's products?

Lists hold the first few hundred of a shop's products, among which there may be few or none of a
small category. Asked when a list does not fill its window, once for each catalogue. The store
brings what may pass, by its indices; the filters themselves have the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from plugin.serve.product import Product
from plugin.serve.recommend.filters import Filters
from plugin.shop import to_minor
from plugin.storage.engine import Tx
from plugin.storage.shelf_catalogue import PRICE
from plugin.storage.shelves import Keep

MOST = 1_000  # products that pass, the newest of them
DEAREST = 2**60  # minor units

DIFFERENT = "select distinct {column} from items where {column} is not null"
LIKELY = """
select item_id, created_at, price, sale_price, currency, category, brand, tags, cost from items
where availability in ('in_stock', 'preorder'){and}
order by +created_at desc, item_id
limit :most
"""
# The plus keeps an engine from walking the whole catalogue in this order for the sake of the limit.
AND = {
    "category": " and category in texts(:category)",
    "brand": " and brand in texts(:brand)",
    "tags": " and tags in texts(:tags)",
    "currency": f" and currency = :currency and {PRICE} >= :low and {PRICE} <= :high",
    "reduced": " and sale_price < price",
    "full": " and case when sale_price < price then 0 else 1 end = 1",
    # A unit more is let in here: reals are rounded.
    "margin": f" and {PRICE} - cost >= :margin * {PRICE} - 1",
}
NEWEST = "select max(created_at) from items where availability in ('in_stock', 'preorder')"


class Passing(NamedTuple):
    """A product that passes. ``age``: how much older than the shop's newest, ms; ``discount``: the
    share of its price that is taken off.
    """

    age: int
    item_id: str
    discount: float


def passing(tx: Tx, filters: Filters, kept: Keep) -> list[Passing]:
    """The products that can be bought and pass ``filters``, newest first, at most ``MOST``."""
    return kept(("passing", filters), lambda: _read(tx, filters, kept))


def _read(tx: Tx, filters: Filters, kept: Keep) -> list[Passing]:
    newest = tx.value(NEWEST) or 0
    found = [
        Passing(newest - created_at, product.item_id, _discount(product))
        for product, created_at in _likely(tx, filters, kept)
        if filters.refuses(product) is None
    ]
    return sorted(found)[:MOST]


def _likely(tx: Tx, filters: Filters, kept: Keep) -> Iterator[tuple[Product, int]]:
    """The newest products that may pass, each with when it came (Unix ms)."""
    asked = _names(tx, filters, kept)
    if filters.on_sale is not None:
        asked["reduced" if filters.on_sale else "full"] = None
    if filters.margin_min is not None:
        asked["margin"] = filters.margin_min
    priced = filters.price_min is not None or filters.price_max is not None
    for currency in _different(tx, "currency", kept) if priced else (None,):
        more = {} if currency is None else {"currency": currency, **_bounds(filters, currency)}
        both = {**asked, **more}
        conditions = "".join(AND[name] for name in both if name in AND)
        given = {name: value for name, value in both.items() if value is not None}
        rows = tx.tuples(LIKELY.replace("{and}", conditions), most=2 * MOST, **given)
        yield from map(_product, rows)


def _names(tx: Tx, filters: Filters, kept: Keep) -> dict[str, Any]:
    """Of the names that the catalogue has, those that pass, by column."""
    passes: dict[str, Callable[[str], bool]] = {
        "category": filters.has_category,
        "brand": filters.has_brand,
        "tags": lambda told: filters.has_tag(orjson.loads(told)),
    }
    return {
        column: [one for one in _different(tx, column, kept) if passes[column](one)]
        for column in passes
        if getattr(filters, column)
    }


def _different(tx: Tx, column: str, kept: Keep) -> list[str]:
    sql = DIFFERENT.replace("{column}", column)
    return kept(sql, lambda: [name for (name,) in tx.tuples(sql)])


def _bounds(filters: Filters, currency: str) -> dict[str, int]:
    """What a product may cost, and a unit more at either end: reals are rounded."""
    low, high = filters.price_min, filters.price_max
    return {
        "low": 0 if low is None else to_minor(low, currency) - 1,
        "high": DEAREST if high is None else to_minor(high, currency) + 1,
    }


def _product(row: tuple[Any, ...]) -> tuple[Product, int]:
    """What filters ask of the product in a row of ``LIKELY``."""
    item_id, created_at, price, sale_price, currency, category, brand, tags, cost = row
    labels = () if tags == "[]" else tuple(orjson.loads(tags))
    product = Product(
        item_id, None, None, None, price, sale_price, currency, "in_stock", category, brand, labels,
        None, cost,
    )  # fmt: skip
    return product, created_at


def _discount(product: Product) -> float:
    if not product.on_sale or not product.price or product.price_now is None:
        return 0.0
    return 1 - product.price_now / product.price
