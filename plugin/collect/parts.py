"""How are an event's ids, params and product lines read, one by one?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from plugin.collect.amounts import read_currency, read_money, read_quantity
from plugin.collect.event import Item, Scalar
from plugin.collect.scrub import clean, scrub_address, scrubbed, without_mail
from plugin.collect.vocabulary import item_field
from plugin.errors import BodyRefused, EventRefused

VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
OF_A_CUSTOMER = re.compile(r"customer-[0-9a-f]{24}")
EVENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
EVENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
ITEM_ID = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}")
NEVER = frozenset({"__proto__", "constructor", "prototype"})
IDS = frozenset(
    {"item_id", "product_id", "transaction_id", "order_number", "popup_id", "item_list_id"}
)
CODES = frozenset({"coupon", "variant"})  # letters and digits of any look, but no names
ADDRESSES = frozenset({"page_location", "page_referrer", "link_url"})
LINKS = ("http://", "https://", "/")
MOST_WHOLE = 2**63  # what every store keeps exactly
MOST_PARAMS = 50
MOST_ITEMS = 200
MOST_ID = 2**53 - 1
MONEY = ("value", "tax", "shipping", "discount")


def read_visitor_id(value: Any) -> str:
    """A visitor's id. Raises BodyRefused: 16 to 64 letters, digits, - or _, 4 of them distinct."""
    if not isinstance(value, str) or not VISITOR_ID.fullmatch(value):
        raise BodyRefused("visitor_id must be 16 to 64 letters, digits, - or _")
    distinct = set(value)
    if len(distinct) < 5 and len(distinct - {"-"}) < 4:
        raise BodyRefused("visitor_id must have at least 4 distinct characters")
    return value


def read_browser_id(value: Any) -> str:
    """A visitor's id as a browser may send it. Raises BodyRefused, also for one that is made of a
    customer's number (``orders.customer_visitor_id``): whoever guesses the number could send it.
    """
    found = read_visitor_id(value)
    if found.startswith("customer-") and OF_A_CUSTOMER.fullmatch(found):
        raise BodyRefused("visitor_id must be the browser's own, not a customer's")
    return found


def read_id(value: Any, name: str) -> str:
    """An item's or order's id as text, never cut. Raises EventRefused."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ID:
        return str(value)
    # Blank is empty: every order without a number would become the one order " ".
    if not isinstance(value, str) or not ITEM_ID.fullmatch(value) or value.isspace():
        raise EventRefused(f"{name} must be a text of 1 to 128 letters, or a whole number")
    return value


def read_params(
    raw: Mapping[str, Any], allowed: AbstractSet[str], *, given: bool
) -> dict[str, Scalar]:
    """The scalars among an event's params under good names, cleaned and scrubbed.

    given: the person gave them on purpose, so they are kept as they are. A nested value, a null, a
    number beyond measure or a bad name is dropped. Raises EventRefused for more than 50 params.
    """
    if len(raw) > MOST_PARAMS:
        raise EventRefused(f"params may have {MOST_PARAMS} keys at most")
    found: dict[str, Scalar] = {}
    for name, value in raw.items():
        if not is_param(name):
            continue
        if isinstance(value, str):
            found[name] = _text(name, value, allowed, given=given)
        elif isinstance(value, bool) or _can_be_kept(value):
            found[name] = value
    return found


def is_param(name: str) -> bool:
    """Whether a param may have this name."""
    return name not in NEVER and PARAM.fullmatch(name) is not None


def _text(name: str, value: str, allowed: AbstractSet[str], *, given: bool) -> str:
    if name in ADDRESSES:
        return scrub_address(value, allowed)
    if given or name in IDS:
        return clean(value)
    return without_mail(value) if name in CODES else scrubbed(value, allowed)


def _can_be_kept(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and -MOST_WHOLE <= value < MOST_WHOLE


def read_items(raw: Any, currency: str, allowed: AbstractSet[str]) -> tuple[Item, ...]:
    """The product lines of an event, scrubbed. Raises EventRefused naming the line."""
    if not isinstance(raw, list) or len(raw) > MOST_ITEMS:
        raise EventRefused(f"items must be a list of at most {MOST_ITEMS} objects")
    found = []
    for place, one in enumerate(raw):
        try:
            found.append(_item(one, currency, allowed))
        except EventRefused as trouble:
            raise EventRefused(f"items[{place}]{trouble.message}") from None
    return tuple(found)


def _item(raw: Any, currency: str, allowed: AbstractSet[str]) -> Item:
    if not isinstance(raw, Mapping):
        raise EventRefused(" must be an object")
    try:
        for name in ("price", "discount", "quantity", "currency"):
            if name in raw and raw[name] is None:
                raise EventRefused(f"{name} may be absent, but not null")
        if "currency" in raw and read_currency(raw["currency"]) != currency:
            raise EventRefused("currency must be the event's own")
        if "discount" in raw:
            read_money(raw["discount"], "discount", currency)
        price, quantity = item_field(raw, "price"), item_field(raw, "quantity")
        return Item(
            item_id=read_id(item_field(raw, "item_id"), "item_id"),
            name=_words(raw, "item_name"),
            brand=_words(raw, "item_brand"),
            category=_category(raw),
            variant=_words(raw, "item_variant"),
            price=None if price is None else read_money(price, "price", currency),
            quantity=1 if quantity is None else read_quantity(quantity),
            url=_link(raw, "url", allowed),
            image=_link(raw, "image", allowed),
        )
    except EventRefused as trouble:
        raise EventRefused(f".{trouble.message}") from None


def _words(line: Mapping[str, Any], name: str) -> str | None:
    value = item_field(line, name)
    return scrubbed(value) if isinstance(value, str) else None


def _category(line: Mapping[str, Any]) -> str | None:
    """The category as a path: item_category to item_category5, or one that is a path already."""
    top = _words(line, "item_category")
    if "item_category2" not in line:
        return top
    deeper = (_words(line, f"item_category{level}") for level in range(2, 6))
    told = [text for text in (top, *deeper) if text is not None]
    return " > ".join(text for text in told if text) if told else None


def _link(line: Mapping[str, Any], name: str, allowed: AbstractSet[str]) -> str | None:
    value = item_field(line, name)
    return read_link(value, allowed) if isinstance(value, str) else None


def read_link(text: str, allowed: AbstractSet[str]) -> str | None:
    """The address of a page or picture, scrubbed; None: it is none that a browser should open."""
    return scrub_address(text, allowed) or None if text.startswith(LINKS) else None
