"""Under which names do other programs send the events we know?"""

from __future__ import annotations

# Segment (and RudderStack, PostHog), Shopify's pixel, Klaviyo and Meta's pixel, in lower case.
_OTHERS = {
    "page": "page_view", "page_viewed": "page_view", "active on site": "page_view",
    "pageview": "page_view",
    "product viewed": "view_item", "product_viewed": "view_item", "viewed product": "view_item",
    "viewcontent": "view_item",
    "product list viewed": "view_item_list", "collection_viewed": "view_item_list",
    "viewed collection": "view_item_list",
    "product clicked": "select_item",
    "products searched": "search", "search_submitted": "search", "submitted search": "search",
    "product added": "add_to_cart", "product_added_to_cart": "add_to_cart",
    "added to cart": "add_to_cart", "addtocart": "add_to_cart",
    "product removed": "remove_from_cart", "product_removed_from_cart": "remove_from_cart",
    "cart viewed": "view_cart", "cart_viewed": "view_cart",
    "checkout started": "begin_checkout", "checkout_started": "begin_checkout",
    "started checkout": "begin_checkout", "initiatecheckout": "begin_checkout",
    "payment info entered": "add_payment_info", "payment_info_submitted": "add_payment_info",
    "addpaymentinfo": "add_payment_info",
    "checkout_shipping_info_submitted": "add_shipping_info",
    "order completed": "purchase", "checkout_completed": "purchase", "placed order": "purchase",
    "order refunded": "refund", "refunded order": "refund",
    "product added to wishlist": "add_to_wishlist", "addtowishlist": "add_to_wishlist",
    "promotion viewed": "view_promotion", "promotion clicked": "select_promotion",
    "signed up": "sign_up", "completeregistration": "sign_up", "signed in": "login",
    "form_submitted": "generate_lead", "subscribed to list": "generate_lead",
}  # fmt: skip


def canonical_name(name: str) -> str:
    """The event's name in our vocabulary; a name that is in no other list stays as it is.

    >>> canonical_name("Product Added"), canonical_name("view_item")
    ('add_to_cart', 'view_item')
    """
    return _OTHERS.get(name.strip().lower(), name)


# Their names of our params and item fields.
PARAM_NAMES = {"order_id": "transaction_id", "OrderId": "transaction_id", "revenue": "value",
               "total": "value", "$value": "value", "$currency_code": "currency"}  # fmt: skip
ITEM_NAMES = {
    "product_id": "item_id", "ProductID": "item_id", "id": "item_id", "sku": "item_id",
    "name": "item_name", "ProductName": "item_name",
    "brand": "item_brand", "Brand": "item_brand", "vendor": "item_brand",
    "category": "item_category", "variant": "item_variant", "VariantName": "item_variant",
    "ItemPrice": "price", "item_price": "price", "Quantity": "quantity",
}  # fmt: skip
