"""Which product of the catalogue does a feed's row describe?"""

from __future__ import annotations

import html
import re
from datetime import datetime, timezone
from typing import Any

from plugin.collect.amounts import LAST_MS
from plugin.collect.feeds.prices import read_price
from plugin.collect.items import CatalogueItem, read_item
from plugin.errors import EventRefused
from plugin.shop import Shop, at_local

AVAILABLE = {
    **dict.fromkeys(["in stock", "instock", "1", "true", "yes", "y", "available"], "in_stock"),
    **dict.fromkeys(
        ["out of stock", "outofstock", "0", "false", "no", "n", "sold out", "discontinued",
         "unavailable", "품절", "在庫切れ"],
        "out_of_stock",
    ),
    **dict.fromkeys(["preorder", "pre order", "backorder", "onbackorder", "available for order"],
                    "preorder"),
}  # fmt: skip
MONEY = ("price", "sale_price", "cost")
LABELS = tuple(f"label_{number}" for number in range(5))
LONGEST = 4_096  # letters of a description that are looked at
_TAG = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")
_LIST = re.compile(r"[,;|]")
_CATEGORY_ID = re.compile(r"\d{1,8}")
# 2026-11-24, with a time, with a zone; Google writes +0900 too.
_WHEN = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?)?\s*(?:(Z)|([+-]\d{2}):?(\d{2}))?"
)
DAY_END_S = 86_400  # midnight after it
DATES = "sale_price_effective_date must be two dates, as 2026-11-24/2026-11-30"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def product(told: dict[str, Any], shop: Shop, now: int) -> tuple[CatalogueItem, int | None]:
    """The product, with the sale that is on at ``now`` (Unix ms), and when one begins or ends
    next. Raises EventRefused with what is wrong.
    """
    raw = {name: _plain(told.get(name)) for name in ("name", "brand", "group_id")}
    raw |= {"item_id": told.get("item_id"), "description": _description(told.get("description"))}
    raw |= {name: _link(told.get(name)) for name in ("url", "image")}
    raw |= {"availability": _availability(told), "category": _category(told.get("category"))}
    raw |= {"tags": _tags(told), **_money(told, shop)}
    turns_at = None
    if raw["sale_price"] is not None and told.get("sale_dates"):
        is_on, turns_at = _sale_is_on(str(told["sale_dates"]), shop, now)
        raw["sale_price"] = raw["sale_price"] if is_on else None
    if isinstance(raw["item_id"], str):
        raw["item_id"] = raw["item_id"].strip()
    return read_item(raw, shop), turns_at


def _money(told: dict[str, Any], shop: Shop) -> dict[str, Any]:
    given = _plain(told.get("currency"))
    own = given.upper() if isinstance(given, str) and given else None
    found: dict[str, Any] = {"currency": own}
    for name in MONEY:
        read = read_price(told.get(name), own or shop.currency)
        found[name] = None if read is None else read[0]
        if read is not None and read[1] is not None:
            if name == "price":
                found["currency"] = read[1]
            elif read[1] != (found["currency"] or shop.currency):
                raise EventRefused(f"{name} is in another currency than the price")
    return found


def _plain(value: Any) -> Any:
    return _SPACE.sub(" ", value).strip() or None if isinstance(value, str) else value


def _description(value: Any) -> Any:
    """Without markup: it is text wherever it is shown."""
    if not isinstance(value, str):
        return None
    return _plain(html.unescape(_TAG.sub(" ", value[:LONGEST])))


def _link(value: Any) -> Any:
    return value.strip().replace(" ", "%20") if isinstance(value, str) else value


def _availability(told: dict[str, Any]) -> str | None:
    value, stock = told.get("availability"), told.get("stock")
    if value is not None and not isinstance(value, (list, dict)):
        word = _SPACE.sub(" ", str(value).strip().lower().rpartition("/")[2].replace("_", " "))
        if word in AVAILABLE:
            return AVAILABLE[word]
        raise EventRefused("availability must be in stock, out of stock or preorder")
    if stock is None or isinstance(stock, (list, dict, bool)):
        return None
    text = str(stock).strip().replace(",", "")
    try:
        return "in_stock" if float(text) > 0 else "out_of_stock"
    except ValueError:
        return None


def _category(value: Any) -> Any:
    """The first of several paths; a number of Google's list says nothing to a shopper."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), None)
    value = _plain(value)
    if not isinstance(value, str) or _CATEGORY_ID.fullmatch(value):
        return None
    return " > ".join(part for part in (one.strip() for one in value.split(">")) if part) or None


def _tags(told: dict[str, Any]) -> list[str] | None:
    value = told.get("tags")
    if isinstance(value, str):
        value = _LIST.split(value[:LONGEST])
    found = (
        [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []
    )
    found += [str(told[label]).strip() for label in LABELS if told.get(label)]
    found = list(dict.fromkeys(one for one in found if one))
    return found if found or value is not None else None


def _sale_is_on(dates: str, shop: Shop, now: int) -> tuple[bool, int | None]:
    """Whether ``now`` lies in "from/to", either of which may be absent, and what is next of them.

    Raises EventRefused.
    """
    begin, _, end = dates.partition("/")
    first = _moment(begin, shop, 0)
    last = _moment(end, shop, DAY_END_S)
    following = [at for at in (first, last) if at is not None and at > now]
    is_on = (first is None or first <= now) and (last is None or now < last)
    return is_on, min(following, default=None)


def _moment(text: str, shop: Shop, of_day_s: int) -> int | None:
    """Unix ms; without a zone on the shop's clock, without a time ``of_day_s`` after midnight."""
    text = text.strip()
    if not text:
        return None
    found = _WHEN.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        day = datetime.fromisoformat(found[1])
        seconds = of_day_s
        if found[2]:
            hour, minute = map(int, found[2].split(":"))
            seconds = hour * 3600 + minute * 60 + int(found[3] or 0)
        days = day.toordinal() - EPOCH.toordinal()
        if found[4] or found[5]:
            away = int(found[5] or 0) * 60
            away += int(f"{(found[5] or '+')[0]}{found[6] or 0}")
            at = days * 86_400_000 + seconds * 1000 - away * 60_000
        else:
            at = at_local(days, seconds * 1000, shop.timezone)
    except (ValueError, OverflowError):
        raise EventRefused(DATES) from None
    return min(max(at, 0), LAST_MS)
