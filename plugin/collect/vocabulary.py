"""What are the events we know, and under which names do other programs send them?

Segment (also RudderStack and PostHog), Shopify's web pixel, Klaviyo and Meta's pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NEED_ITEMS = frozenset(
    [
        "view_item",
        "view_item_list",
        "select_item",
        "add_to_cart",
        "remove_from_cart",
        "add_to_wishlist",
        "view_cart",
        "begin_checkout",
    ]
)
NEED_ORDER = frozenset({"purchase", "refund"})
GIVEN = frozenset({"identify", "generate_lead"})  # told on purpose, kept as told
# Their params are the visitor's traits or choice: "value" is no money there, a page no trait.
ABOUT_THE_VISITOR = frozenset({"identify", "consent"})

# In lower case. GA4 itself calls a search by two names.
_OTHERS = {
    "page": "page_view", "page_viewed": "page_view", "active on site": "page_view",
    "pageview": "page_view",
    "product viewed": "view_item", "product_viewed": "view_item", "viewed product": "view_item",
    "viewcontent": "view_item",
    "product list viewed": "view_item_list", "collection_viewed": "view_item_list",
    "viewed collection": "view_item_list",
    "product clicked": "select_item",
    "products searched": "search", "search_submitted": "search", "submitted search": "search",
    "view_search_results": "search",
    "product added": "add_to_cart", "product_added_to_cart": "add_to_cart",
    "added to cart": "add_to_cart", "addtocart": "add_to_cart",
    "product removed": "remove_from_cart", "product_removed_from_cart": "remove_from_cart",
    "cart viewed": "view_cart", "cart_viewed": "view_cart",
    "checkout started": "begin_checkout", "checkout_started": "begin_checkout",
    "started checkout": "begin_checkout", "initiatecheckout": "begin_checkout",
    "payment info entered": "add_payment_info", "payment_info_submitted": "add_payment_info",
    "addpaymentinfo": "add_payment_info",
    "checkout step completed": "add_shipping_info",
    "checkout_shipping_info_submitted": "add_shipping_info",
    "order completed": "purchase", "checkout_completed": "purchase", "placed order": "purchase",
    "order refunded": "refund", "refunded order": "refund",
    "product added to wishlist": "add_to_wishlist", "addtowishlist": "add_to_wishlist",
    "promotion viewed": "view_promotion", "promotion clicked": "select_promotion",
    "signed up": "sign_up", "completeregistration": "sign_up", "signed in": "login",
    "form_submitted": "generate_lead", "subscribed to list": "generate_lead",
}  # fmt: skip
# Meta's names that are words of any shop: only written as Meta writes them.
_EXACT = {"Search": "search", "Purchase": "purchase", "Lead": "generate_lead"}


def canonical_name(name: str) -> str:
    """The event's name in our vocabulary; a name that is in no other list stays as it is.

    >>> canonical_name("Product Added"), canonical_name("view_item")
    ('add_to_cart', 'view_item')
    """
    return _EXACT.get(name) or _OTHERS.get(name.strip().lower(), name)


# Our item fields and what else they are called, the best first; a dot goes one object deeper.
ITEM_NAMES = {
    "item_id": ("product_id", "ProductID", "id", "sku", "SKU"),
    "item_name": ("name", "ProductName", "content_name", "title"),
    "item_brand": ("brand", "Brand", "vendor"),
    "item_category": ("category", "Categories", "content_category", "type"),
    "item_variant": ("variant", "VariantName"),
    "price": ("ItemPrice", "item_price"),
    "quantity": ("Quantity",),
    "url": ("URL",),
    "image": ("image_url", "ImageURL"),
}
_PARAM_NAMES = {
    "transaction_id": ("order_id", "OrderId", "checkout.order.id", "eventID"),
    "value": ("revenue", "total", "$value", "checkout.totalPrice.amount"),
    "currency": ("$currency_code", "checkout.currencyCode", "productVariant.price.currencyCode",
                 "cartLine.merchandise.price.currencyCode", "cart.cost.totalAmount.currencyCode"),
    "search_term": ("query", "search_string", "searchResult.query"),
}  # fmt: skip
_LISTS = ("products", "Items", "contents", "content_ids", "checkout.lineItems", "cart.lines",
          "collection.productVariants")  # fmt: skip
_VARIANTS = ("productVariant", "cartLine")
_SPENT = frozenset([*_LISTS, *_VARIANTS, *(n for names in _PARAM_NAMES.values() for n in names)])
_SPENT_BY_ITEM = frozenset([*ITEM_NAMES, *(n for names in ITEM_NAMES.values() for n in names)])


def translated(params: Mapping[str, Any], *, one_item: bool) -> dict[str, Any]:
    """The params of another program's event by our names; what was ours already stays.

    one_item: where no list of products is found, params that describe one product become the item.
    """
    found = {name: value for name, value in params.items() if name not in _SPENT}
    for ours, theirs in _PARAM_NAMES.items():
        value = _first(params, theirs)
        if value is not None:
            found.setdefault(ours, value)
    if "items" in params:
        return found
    items = _listed(params)
    if not items and one_item:
        single = _line(next((params[name] for name in _VARIANTS if name in params), params))
        if isinstance(single, Mapping) and item_field(single, "item_id") is not None:
            items = [single]
            found = {name: value for name, value in found.items() if name not in _SPENT_BY_ITEM}
    return {**found, "items": items} if items else found


def item_field(line: Mapping[str, Any], name: str) -> Any:
    """What ``line`` has for our item field ``name``, under that or another name; None: nothing."""
    if name in line:
        return line[name]
    found = _first(line, ITEM_NAMES.get(name, ()))
    return next((one for one in found if isinstance(one, str)), None) if _is_list(found) else found


def _listed(params: Mapping[str, Any]) -> list[Any]:
    for name in _LISTS:
        listed = _at(params, name)
        if _is_list(listed) and listed:
            return [_line(one) for one in listed]
    return []


def _line(raw: Any) -> Any:
    """One product: an object of Shopify's made flat, an id alone made an object."""
    if not isinstance(raw, Mapping):
        return {"item_id": raw}
    variant = _first(raw, ("merchandise", "variant"))
    variant = variant if isinstance(variant, Mapping) else raw
    product = variant.get("product")
    if not isinstance(product, Mapping):
        return dict(raw)
    flat = {"item_variant": _first(variant, ("title", "id")), "price": _at(variant, "price.amount")}
    flat |= {"quantity": raw.get("quantity")}
    flat |= {name: item_field(product, name) for name in ("item_name", "item_brand")}
    flat |= {"item_id": product.get("id"), "item_category": product.get("type")}
    return {name: value for name, value in flat.items() if value is not None}


def _first(data: Mapping[str, Any], paths: tuple[str, ...]) -> Any:
    return next((value for path in paths if (value := _at(data, path)) is not None), None)


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
