"""Is this page one that the owner's patterns name, a checkout, or one that thanks for an order?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# Where people pay, on the platforms we know: nobody is to be interrupted there.
CHECKOUTS = (
    "*/checkout",
    "*/checkout/*",
    "*/checkouts/*",
    "*/onepagecheckout*",
    "*/order/orderform*",
    "*/shop/orderform*",
    "*/order/order.php",
    "*/payment",
    "*/payment/*",
    "*/kasse",
    "*/kasse/*",
    "/order",
    "*?*controller=order",
    "*?*controller=order&*",
    "*?*route=checkout/checkout*",
)
# Below the checkout's path, but only the cart (Magento, BigCommerce).
CARTS = ("*/checkout/cart", "*/checkout/cart/*", "*/checkout/basket", "*/checkout/basket/*")
THANK_YOUS = (
    *(f"*/{name}{end}" for name in ("thank-you", "thank_you", "thankyou", "thanks")
      for end in ("", "/*", ".html", ".php", ".asp", ".aspx", ".jsp")),
    "*/order-received",
    "*/order-received/*",
    "*/order-confirmation",
    "*/order-confirmation/*",
    "*/order_confirmation*",
    "*/order-confirmed*",
    "*/order-complete*",
    "*/order-success*",
    "*/confirmation-commande",
    "*/order/order_result*",
    "*/order/order_end*",
    "*/order/result",
    "*/order/complete*",
    "*/order/success*",
    "*/order/confirmation*",
    "*/checkout/success*",
    "*/checkout/onepage/success*",
    "*/checkout/complete*",
    "*/checkout/confirmation*",
    "*/checkout/confirmed*",
    "*/checkout/finish*",
    "*/checkout/thank*",
    "*/checkouts/*/thank*",
    "*?*controller=order-confirmation*",
    "*?*route=checkout/success*",
)  # fmt: skip
# A word of these is in every pattern above: most pages are told from them by one look.
_HINT = re.compile("checkout|order|payment|kasse|thank|commande")
_ORIGIN = re.compile(r"^https?://[^/?#]*", re.IGNORECASE)


def is_named(path: str, patterns: Sequence[str]) -> bool:
    """Whether the page at ``path`` ("/shoes/7", with or without "?color=red") is meant.

    ``*`` in a pattern stands for anything; "!" before it excludes. No patterns, or only excluding
    ones: every other page. The host of a pattern and a slash at the end of a path do not matter;
    the query matters only to patterns that hold a "?".

    >>> is_named("/demo/cart", ["/demo/*", "!*/checkout"]), is_named("/demo/checkout", ["!*out"])
    (True, False)
    """
    if any(_fits(path, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return not wanted or any(_fits(path, pattern) for pattern in wanted)


def path_of(location: str) -> str:
    """The path of a page's address with its query, if it has one; "/" of what is no address.

    >>> path_of("https://moon.example/shoes/7?color=red#top"), path_of("https://moon.example")
    ('/shoes/7?color=red', '/')
    """
    try:
        parts = urlsplit(location)
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_checkout(path: str, own: Sequence[str] = ()) -> bool:
    """Whether the path says that people pay here, as on the platforms we know.

    own: the owner's patterns beside these; one with "!" before it says that a page is none.

    >>> is_checkout("/checkout/address"), is_checkout("/checkout/success")
    (True, False)
    """
    known = () if is_thank_you(path) or _is_one(path, CARTS, ()) else CHECKOUTS
    return _is_one(path, known, own)


def is_thank_you(path: str, own: Sequence[str] = ()) -> bool:
    """Whether the path says that an order was just placed; ``own``: as for ``is_checkout``."""
    return _is_one(path, THANK_YOUS, own)


def _is_one(path: str, known: Sequence[str], own: Sequence[str]) -> bool:
    meant = [pattern for pattern in own if not pattern.startswith("!")]
    if any(_fits(path, pattern[1:]) for pattern in own if pattern.startswith("!")):
        return False
    plain = path.lower()
    looks_so = _HINT.search(plain) is not None and any(_fits(plain, pattern) for pattern in known)
    return looks_so or any(_fits(path, pattern) for pattern in meant)


def _fits(path: str, pattern: str) -> bool:
    pattern = _ORIGIN.sub("", pattern) or "/"
    path, mark, query = path.partition("#")[0].partition("?")
    path = path.rstrip("/")
    asked = mark + query if "?" in pattern else ""
    return any(_matches(path + end + asked, pattern) for end in ("", "/"))


def _matches(text: str, pattern: str) -> bool:
    # Not a regular expression: the path is the visitor's, and many stars would cost n^stars.
    first, *middle = pattern.split("*")
    if not middle:
        return text == pattern
    last = middle.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last)
