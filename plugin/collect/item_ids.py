"""By which other ids may a product be called, as the id itself tells?

Feeds that platforms make write an id around the numbers that the shop's own pages know.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Called(NamedTuple):
    """What an id holds inside. ``item``: the id of the same product or variant; ``product``: of the
    product that it is a variant of; None: it holds none.
    """

    item: str | None = None
    product: str | None = None


NOTHING = Called()
# Of Google's feed by Shopify: shopify_COUNTRY_PRODUCT_VARIANT.
_SHOPIFY = re.compile(r"shopify_[a-z]{2,3}_(?P<product>\d+)_(?P<item>\d+)", re.IGNORECASE)
# Of Shopify's own programming surface.
_SHOPIFY_GLOBAL = re.compile(r"gid://shopify/Product(?:Variant)?/(?P<item>\d+)")
# Of feeds by WooCommerce: Google Listings & Ads, Product Feeds, Facebook.
_WOOCOMMERCE = re.compile(r"(?:gla|woocommerce_gpf|wc_post_id)_(?P<item>\d+)")
# Of Cafe24: the product's code, and behind it four letters for the variant.
_CAFE24 = re.compile(r"(?P<product>P[0-9A-Z]{7})[0-9A-Z]{4}")
_FORMS = (_SHOPIFY, _SHOPIFY_GLOBAL, _WOOCOMMERCE, _CAFE24)


def called(item_id: str) -> Called:
    """What ``item_id`` holds inside.

    >>> called("shopify_KR_632910398_808950810")
    Called(item='808950810', product='632910398')
    >>> called("gla_12"), called("P0000BCD000A").product, called("boots")
    (Called(item='12', product=None), 'P0000BCD', Called(item=None, product=None))
    """
    for form in _FORMS:
        if found := form.fullmatch(item_id):
            return Called(**found.groupdict())
    return NOTHING
