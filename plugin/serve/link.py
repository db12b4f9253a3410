"""Which links may a shopper be given?"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
# Browsers drop tabs and line ends inside a link, so "java\tscript:" would come alive again.
_BROKEN = re.compile(r"[\x00-\x20\x7f-\x9f<>\"]")


def safe_link(link: str | None, *, mail: bool = False) -> str | None:
    """``link`` when it is http, https or of the shop's own site (``mail``: or mailto), else None.

    A link without a scheme ("//img.shop.example/a.png") is given https.

    >>> safe_link("/shoes/7"), safe_link("javascript:alert(1)")
    ('/shoes/7', None)
    """
    link = (link or "").strip()
    if not link or _BROKEN.search(link):
        return None
    if link.startswith("//"):
        return f"https:{link}"
    scheme = _SCHEME.match(link)
    allowed = ("http:", "https:", "mailto:") if mail else ("http:", "https:")
    return None if scheme and scheme[0].lower() not in allowed else link
