"""How do the shop platforms' own exports tell of a product?

Each reads one row of an export into our names, as ``names.Names`` does for all others. Whatever a
platform calls a product's variants, each is a product here, with its family in ``group_id``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plugin.collect.feeds.names import folded
from plugin.collect.feeds.row import Fields

Told = dict[str, Any]
# A row of an export to its products: none for a row that only adds a picture to the last one.
Reads = Callable[[Fields], Iterable[Told]]
YES = frozenset({"1", "true", "yes", "y", "t"})
NO_NAME = "default title"  # of Shopify's only variant of a product without any


def shop_of(headers: Iterable[str]) -> Callable[[], Reads] | None:
    """What makes a reader for a table with these headers; None: it is no platform's export."""
    present = {folded(header) for header in headers}
    for needed, reader in (
        ({"handle", "title", "variant price"}, _shopify_table),
        ({"id", "type", "sku", "regular price"}, _woocommerce),
        ({"상품번호", "상품코드", "상품명"}, lambda: _cafe24),
    ):
        if needed <= present:
            return reader
    return None


def is_shopify(fields: Mapping[str, Any]) -> bool:
    """Whether this is a product of Shopify's products.json: one with its variants inside."""
    return isinstance(fields.get("variants"), list) and ("handle" in fields or "id" in fields)


def shopify_document(product: Fields) -> Iterator[Told]:
    """The variants of a product of products.json."""
    variants = [one for one in product["variants"] if isinstance(one, dict)]
    handle, images = _text(product.get("handle")), product.get("images")
    first = images[0] if isinstance(images, list) and images else product.get("image")
    shared = {
        "name": product.get("title"),
        "brand": product.get("vendor"),
        "category": product.get("product_type"),
        "tags": product.get("tags"),
        "description": product.get("body_html"),
        "group_id": product.get("id"),
    }
    for one in variants:
        url = f"/products/{handle}" if handle else None
        several = len(variants) > 1
        told = shared | _sale(one.get("price"), one.get("compare_at_price"))
        told |= {
            "item_id": one.get("id"),
            "name": _with(shared["name"], one.get("title")) if several else shared["name"],
            "url": f"{url}?variant={one.get('id')}" if url and several else url,
            "image": _source(one.get("featured_image")) or _source(first),
        }
        if isinstance(one.get("available"), bool):
            told["availability"] = "in_stock" if one["available"] else "out_of_stock"
        elif one.get("inventory_management") and "inventory_quantity" in one:
            told["stock"] = one["inventory_quantity"]
        yield _said(told)


def _shopify_table() -> Reads:
    """Shopify's product export: a product's first row says what its variants share."""
    shared: Told = {}

    def read(fields: Fields) -> Iterator[Told]:
        nonlocal shared
        row = _named(fields)
        handle = row.get("handle", "")
        if row.get("title") or handle != shared.get("group_id"):
            shared = _shopify_shared(row, handle)
        if not row.get("variant price"):
            return  # one more picture
        options = [row.get(f"option{n} value", "") for n in (1, 2, 3)]
        variant = " / ".join(one for one in options if one and one.lower() != NO_NAME)
        told = shared | _sale(row["variant price"], row.get("variant compare at price"))
        told |= {
            "item_id": row.get("variant sku", "").lstrip("'")
            or " / ".join(filter(None, [handle, variant])),
            "name": _with(shared.get("name"), variant),
            "image": row.get("variant image") or shared.get("image"),
            "cost": row.get("cost per item"),
        }
        if (
            row.get("variant inventory tracker")
            and row.get("variant inventory policy") != "continue"
        ):
            told["stock"] = row.get("variant inventory qty")
        if shared.get("status") not in (None, "", "active"):
            told["availability"] = "out_of_stock"
        told.pop("status", None)
        yield _said(told)

    return read


def _shopify_shared(row: Mapping[str, str], handle: str) -> Told:
    published = row.get("published", "true").lower() in YES
    return {
        "group_id": handle,
        "name": row.get("title"),
        "url": f"/products/{handle}" if handle else None,
        "brand": row.get("vendor"),
        "category": row.get("product category") or row.get("type"),
        "tags": row.get("tags"),
        "description": row.get("body (html)"),
        "image": row.get("image src"),
        "status": row.get("status", "").lower() if published else "draft",
    }


def _woocommerce() -> Reads:
    """WooCommerce's product export; variations follow their product, and take from it what they do
    not say.
    """
    parents: dict[str, Told] = {}

    def read(fields: Fields) -> Iterator[Told]:
        row = _named(fields)
        kind = row.get("type", "").lower()
        parent = row.get("parent", "").removeprefix("id:")
        family = parents.get(parent, {}) if parent else {}
        number = row.get("id", "")
        told = {
            "item_id": number,
            "name": row.get("name"),
            "url": row.get("external url"),
            "image": row.get("images", "").split(",")[0].strip() or family.get("image"),
            "price": row.get("regular price"),
            "sale_price": row.get("sale price"),
            "sale_dates": _dates(row),
            "availability": row.get("in stock?"),
            "category": row.get("categories", "").split(",")[0].strip() or family.get("category"),
            "brand": row.get("brands") or family.get("brand"),
            "tags": row.get("tags") or family.get("tags"),
            "description": row.get("short description") or row.get("description"),
            "group_id": family.get("item_id") or ("variable" in kind and number) or None,
        }
        if row.get("published") not in (None, "", "1"):
            told["availability"] = "out_of_stock"
        if "variable" in kind:
            if len(parents) > 1_000:
                parents.clear()  # variations stand near their product
            kept = {name: told[name] for name in ("item_id", "image", "category", "brand", "tags")}
            parents.update({number: kept, row.get("sku") or number: kept})
        yield _said(told)

    return read


def _dates(row: Mapping[str, str]) -> str | None:
    begin, end = row.get("date sale price starts", ""), row.get("date sale price ends", "")
    return f"{begin}/{end}" if begin or end else None


def _cafe24(fields: Fields) -> Iterator[Told]:
    """Cafe24's product export; a product's page knows it by 상품번호."""
    row = _named(fields)
    number = row.get("상품번호", "")
    price, before = row.get("판매가"), row.get("소비자가")
    told = _sale(price, before) | {
        "item_id": number or row.get("상품코드"),
        "group_id": row.get("상품코드"),
        "name": row.get("상품명"),
        "url": f"/product/detail.html?product_no={number}" if number else None,
        "image": row.get("이미지등록(목록)") or row.get("이미지등록(상세)"),
        "category": row.get("상품분류명"),
        "brand": row.get("브랜드명") or row.get("브랜드"),
        "tags": row.get("검색어설정"),
        "description": row.get("상품 요약설명"),
        "cost": row.get("공급가"),
        "stock": row.get("재고수량"),
    }
    if "n" in (row.get("판매상태", "").lower(), row.get("진열상태", "").lower()):
        told["availability"] = "out_of_stock"
    if not str(told.get("image") or "").startswith(("http", "/")):
        told["image"] = None  # the export may name a file without its place
    yield _said(told)


def _named(fields: Fields) -> dict[str, str]:
    return {folded(name): str(value).strip() for name, value in fields.items() if value is not None}


def _sale(price: Any, before: Any) -> Told:
    """A price and the higher one of before, as shops that write both so."""
    try:
        lower = before not in (None, "") and 0 < float(price) < float(before)
    except (TypeError, ValueError):
        lower = False
    return {"price": before, "sale_price": price} if lower else {"price": price}


def _with(name: Any, variant: Any) -> Any:
    if not variant or str(variant).lower() == NO_NAME:
        return name
    return f"{name or ''} - {variant}".strip(" -")


def _source(image: Any) -> Any:
    return image.get("src") if isinstance(image, dict) else image


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _said(told: Told) -> Told:
    return {name: value for name, value in told.items() if value not in (None, "")}
