"""Which products does the shop's catalogue hold, as its server tells them?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from plugin.collect.amounts import read_currency, read_money
from plugin.collect.event import Refused
from plugin.collect.parts import read_id
from plugin.collect.scrub import clean, printable
from plugin.errors import BodyRefused, EventRefused
from plugin.shop import Shop

AVAILABILITY = ("in_stock", "out_of_stock", "preorder")
MOST = 10_000
TEXTS = ("name", "category", "brand", "group_id", "description")
LINKS = ("url", "image")
# A browser reads "\\" as "/", so "/\\host" would lead away from the shop.
LINK = re.compile(r"(?:https?://[^\s/\\]|/(?![/\\]))[^\s\\]{0,2000}", re.IGNORECASE)
MONEY = ("price", "sale_price", "cost")


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One product; money in minor units of ``currency``. None: not told, what is known stays."""

    item_id: str
    currency: str
    name: str | None = None
    url: str | None = None
    image: str | None = None
    price: int | None = None
    sale_price: int | None = None
    availability: str | None = None
    category: str | None = None
    brand: str | None = None
    tags: tuple[str, ...] | None = None
    group_id: str | None = None
    description: str | None = None
    cost: int | None = None

    def as_row(self) -> dict[str, Any]:
        """The product as the store takes it."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(one.name for one in fields(CatalogueItem))


def check_items(body: Mapping[str, Any], shop: Shop) -> tuple[list[CatalogueItem], list[Refused]]:
    """The products that can be kept, and why the others cannot. Raises BodyRefused."""
    raw = body.get("items")
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
        raise BodyRefused(f"items must be a list of 1 to {MOST:,} products")
    good: list[CatalogueItem] = []
    refused: list[Refused] = []
    for index, one in enumerate(raw):
        try:
            good.append(read_item(one, shop))
        except EventRefused as trouble:
            refused.append(Refused(index, trouble.message))
    return good, refused


def read_item(raw: Any, shop: Shop) -> CatalogueItem:
    """One product under the API's names. Raises EventRefused with what is wrong."""
    if not isinstance(raw, Mapping):
        raise EventRefused("an item must be an object")
    currency = shop.currency
    if raw.get("currency") is not None:
        currency = read_currency(raw["currency"])
    availability = raw.get("availability")
    if availability is not None and availability not in AVAILABILITY:
        raise EventRefused(f"availability must be one of {', '.join(AVAILABILITY)}")
    told: dict[str, Any] = {name: _text(raw, name) for name in TEXTS}
    told |= {name: _link(raw, name) for name in LINKS}
    told |= {
        name: read_money(raw[name], name, currency) for name in MONEY if raw.get(name) is not None
    }
    return CatalogueItem(
        item_id=read_id(raw.get("item_id"), "item_id"),
        currency=currency,
        availability=availability,
        tags=_tags(raw.get("tags")),
        **told,
    )


def _text(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise EventRefused(f"{name} must be a text")
    return clean(str(value)) or None


def _link(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is None or value == "":
        return None
    link = printable(value).strip() if isinstance(value, str) else ""
    if link.startswith("//"):  # a feed's way to say "as the page": ours is https
        link = "https:" + link
    if not LINK.fullmatch(link):
        raise EventRefused(f"{name} must be a link: https://… or /path, without spaces")
    return link


def _tags(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise EventRefused("tags must be a list of texts")
    return tuple(tag for tag in (clean(one) for one in value[:50]) if tag)
