"""What is one product that is sold in several variants, as a shopper may see it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.collect.address import page_of_all

Told = Mapping[str, Any]  # a variant, as the catalogue keeps what was told of it
FOR_SALE = ("in_stock", "preorder", "out_of_stock")  # the first that any variant is
BETWEEN = " -\N{EN DASH}\N{EM DASH}/|,:("  # what stands between a product's name and its variant's
SHARED = ("image", "category", "brand", "description")
MOST_TAGS = 50


def one_of(variants: Sequence[Told], family: str) -> dict[str, Any]:
    """What the catalogue says of the product: all it keeps but the id, money in minor units.

    It costs what its cheapest variant costs that can be bought, and is sold out when all are. A
    variant whose id is the ``family``'s own is no variant but the product itself: its words come
    first, and where it is sold out all is. ``variants``: one at least, none of them removed.
    """
    itself = next((one for one in variants if one["item_id"] == family), None)
    sold = [one for one in variants if one is not itself] or list(variants)
    front = min(sold, key=_first)
    first = [one for one in (itself, front, *sold) if one is not None]
    closed = itself is not None and itself["availability"] == "out_of_stock"
    return {
        "name": (itself and itself["name"]) or _name(sold, front),
        "url": (itself and itself["url"]) or _page(sold, front),
        **{name: next((one[name] for one in first if one[name]), None) for name in SHARED},
        **{name: front[name] for name in ("price", "sale_price", "currency", "cost")},
        "availability": "out_of_stock" if closed else front["availability"],
        "tags": list(dict.fromkeys(tag for one in first for tag in one["tags"]))[:MOST_TAGS],
        "group_id": family,
        "created_at": min(one["created_at"] for one in variants),
    }


def _first(one: Told) -> tuple[int, float, str]:
    """By what can be bought, then by price, then by id."""
    price, sale = one["price"], one["sale_price"]
    now = sale if price is not None and sale is not None and sale < price else price
    cost = float("inf") if now is None else now
    return FOR_SALE.index(one["availability"]), cost, one["item_id"]


def _name(sold: Sequence[Told], front: Told) -> str | None:
    """What all names begin with, in whole words; else the name of one."""
    found = [one["name"] for one in sold if one["name"]]
    return (_beginning(found) if found else None) or front["name"]


def _beginning(texts: Sequence[str]) -> str:
    least, most = min(texts), max(texts)
    same = next((n for n, letter in enumerate(least) if letter != most[n]), len(least))
    # Not in the middle of a word.
    if any(text[same : same + 1].isalnum() for text in texts):
        while same and least[same - 1].isalnum():
            same -= 1
    return least if same == len(least) else least[:same].rstrip(BETWEEN)


def _page(sold: Sequence[Told], front: Told) -> str | None:
    """The product's page, where one shows them all; else that of one."""
    pages = {page_of_all(one["url"]) for one in sold if one["url"]}
    url: str | None = pages.pop() if len(pages) == 1 else front["url"]
    return url
