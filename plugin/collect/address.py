"""What in the address of a page tells it from the other pages of a shop?

The path does, and in shops such as ``/product/detail.html?product_no=7`` some keys of the query.
Which ones, the catalogue's own addresses say: where several share a path, the keys that part them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

MOST_TELLING = 8  # keys of one shop; each is a parameter that is kept in stored addresses
MOST_PAIRS = 30  # of one query; what stands behind is not looked at
# Keys that name a product on the platforms we know: they tell, however few products there are.
KNOWN_KEYS = frozenset({
    "product_no", "product_id", "productId", "productid", "product", "goodsno", "goodsNo",
    "goodsId", "goods_no", "goods_id", "branduid", "it_id", "item_no", "item_id", "itemId",
    "id_product", "pid", "prdno", "prdNo", "variant", "sku", "route", "controller", "p", "id",
})  # fmt: skip
# Words of campaigns and of the way a visitor came by.
_PASSING = re.compile(
    r"(?:utm_|mc_|mtm_|pk_|hsa_|_ga|_hs|wick|n_)\w*|(?:gcl|fbcl|dcl|msclk|ttcl|yclk|ycl|twcl|irclick)id"
    r"|[gw]braid|gclsrc|srsltid|ref|referer|referrer|source|src|campaign|sessionid|sid|token",
    re.IGNORECASE,
)
_KEY = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
# Between keys that part the addresses equally well, these are rather where a product was found.
_AROUND = re.compile(r"cat|sort|page|order|display|lang|list|from", re.IGNORECASE)


# These choose a variant on its product's page.
_CHOOSING = re.compile(
    r"variant|variation_id|attribute_\w+|options?|sku|colou?r|size", re.IGNORECASE
)


class Address(NamedTuple):
    """An address read. ``host``: lower case without "www."; "" when it names none. ``path``:
    decoded, without a slash at the end, so "" is the front page. ``query``: each key once, without
    those of campaigns.
    """

    host: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the query."""
        return frozenset(key for key, _ in self.query)

    def told(self, keys: AbstractSet[str]) -> str:
        """What ``keys`` say in the query, always in one order; "": nothing."""
        return urlencode(sorted(pair for pair in self.query if pair[0] in keys))

    def place(self, keys: AbstractSet[str]) -> str | None:
        """The page itself, whatever its host, as the shop's ``keys`` tell it; None: the front page.

        >>> read_address("https://www.moon.example/a/?b=2&utm_source=x&c=3").place({"c"})
        '/a?c=3'
        """
        told = self.told(keys)
        return f"{self.path}?{told}" if told else self.path or None


def read_address(location: str) -> Address | None:
    """``location`` (an address, or a path with or without a query) read; None: it is none."""
    try:
        parts = urlsplit(location)
        host = (parts.hostname or "").lower().removeprefix("www.")
        pairs = parse_qsl(parts.query, keep_blank_values=True) if parts.query else []
    except ValueError:
        return None
    path = parts.path.partition(";")[0]
    path = (unquote(path) if "%" in path else path).rstrip("/")
    if path and not path.startswith("/"):
        return None
    first: dict[str, str] = {}
    for key, value in pairs[:MOST_PAIRS]:
        if _KEY.fullmatch(key) and not _PASSING.fullmatch(key):
            first.setdefault(key, value)
    return Address(host, path, tuple(first.items()))


def page_of_all(url: str) -> str:
    """The address of a product's page, of that with one variant chosen.

    >>> page_of_all("/products/tee?variant=808950810"), page_of_all("/detail.html?product_no=7")
    ('/products/tee', '/detail.html?product_no=7')
    """
    page, _, query = url.partition("#")[0].partition("?")
    kept = [pair for pair in query.split("&") if not _CHOOSING.fullmatch(pair.partition("=")[0])]
    return f"{page}?{'&'.join(kept)}" if any(kept) else page


def telling(queries: Iterable[tuple[tuple[str, str], ...]]) -> frozenset[str]:
    """The few keys that part ``queries`` of one path; none when they are all the same.

    The key with the most different values first, then what else is needed.

    >>> sorted(telling([(("no", "1"), ("cate", "5")), (("no", "2"), ("cate", "5"))]))
    ['no']
    """
    different = [dict(query) for query in {frozenset(query): query for query in queries}.values()]
    places = {key: place for query in reversed(different) for place, key in enumerate(query)}
    chosen: list[str] = []

    def parts(keys: list[str]) -> int:
        return len({tuple(query.get(key) for key in keys) for query in different})

    while parts(chosen) < len(different) and len(chosen) < MOST_TELLING:
        left = [key for key in places if key not in chosen]
        chosen.append(
            max(left, key=lambda key: (parts([*chosen, key]), _likely(key), -places[key], key))
        )
    return frozenset(chosen)


def _likely(key: str) -> int:
    """How much a key's name sounds like a product's."""
    return 2 if key in KNOWN_KEYS else 0 if _AROUND.match(key) else 1
