"""How are an event's ids, params and product lines read, one by one?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from plugin.collect.amounts import read_currency, read_money, read_quantity
from plugin.collect.event import Item, Scalar
from plugin.collect.scrub import clean, is_url, scrub_text, scrub_url
from plugin.collect.vocabulary import ITEM_NAMES
from plugin.errors import BodyRefused, EventRefused

VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
EVENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
EVENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
ITEM_ID = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}")
NEVER = frozenset({"__proto__", "constructor", "prototype"})
IDS = frozenset({"item_id", "transaction_id", "coupon", "popup_id", "item_list_id", "variant"})
MOST_PARAMS = 50
MOST_ITEMS = 200
MOST_ID = 2**53 - 1
MONEY = ("value", "tax", "shipping", "discount")


def read_visitor_id(value: Any) -> str:
    """A visitor's id. Raises BodyRefused: 16 to 64 letters, digits, - or _, 4 of them distinct."""
    if not isinstance(value, str) or not VISITOR_ID.fullmatch(value):
        raise BodyRefused("visitor_id must be 16 to 64 letters, digits, - or _")
    if len(set(value) - {"-"}) < 4:
        raise BodyRefused("visitor_id must have at least 4 distinct characters")
    return value


def read_id(value: Any, name: str) -> str:
    """An item's or order's id as text, never cut. Raises EventRefused."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ID:
        return str(value)
    if not isinstance(value, str) or not ITEM_ID.fullmatch(value):
        raise EventRefused(f"{name} must be a text of 1 to 128 letters, or a whole number")
    return value


def read_params(
    raw: Mapping[str, Any], allowed: AbstractSet[str], *, given: bool
) -> dict[str, Scalar]:
    """The scalars among an event's params under good names, cleaned and scrubbed.

    given: the person gave them on purpose, so they are kept as they are. A nested value or a bad
    name is dropped. Raises EventRefused for a null, or more than 50 params.
    """
    if len(raw) > MOST_PARAMS:
        raise EventRefused(f"params may have {MOST_PARAMS} keys at most")
    found: dict[str, Scalar] = {}
    for name, value in raw.items():
        if not PARAM.fullmatch(name) or name in NEVER:
            continue
        if isinstance(value, str):
            found[name] = _text(name, value, allowed, given=given)
        elif isinstance(value, (bool, int, float)) and abs(value) < 2**53:
            found[name] = value
    return found


def _text(name: str, value: str, allowed: AbstractSet[str], *, given: bool) -> str:
    text = clean(value)
    if given or name in IDS:
        return text
    return scrub_url(text, allowed) if is_url(text) else scrub_text(text)


def read_items(raw: Any, currency: str) -> tuple[Item, ...]:
    """The product lines of an event. Raises EventRefused naming the line."""
    if not isinstance(raw, list) or len(raw) > MOST_ITEMS:
        raise EventRefused(f"items must be a list of at most {MOST_ITEMS} objects")
    return tuple(_item(one, f"items[{place}]", currency) for place, one in enumerate(raw))


def _item(raw: Any, where: str, currency: str) -> Item:
    if not isinstance(raw, Mapping):
        raise EventRefused(f"{where} must be an object")
    line = {ITEM_NAMES.get(name, name): value for name, value in raw.items()} | {
        name: value for name, value in raw.items() if name not in ITEM_NAMES
    }
    try:
        if read_currency(line.get("currency"), currency) != currency:
            raise EventRefused("currency must be the event's own")
        for name in ("price", "discount", "quantity", "currency"):
            if name in line and line[name] is None:
                raise EventRefused(f"{name} may be absent, but not null")
        if "discount" in line:
            read_money(line["discount"], "discount", currency)
        return Item(
            item_id=read_id(line.get("item_id"), "item_id"),
            name=_words(line, "item_name"),
            brand=_words(line, "item_brand"),
            category=_category(line),
            variant=_words(line, "item_variant"),
            price=read_money(line["price"], "price", currency) if "price" in line else None,
            quantity=read_quantity(line["quantity"]) if "quantity" in line else 1,
            url=_link(line, "url"),
            image=_link(line, "image"),
        )
    except EventRefused as trouble:
        raise EventRefused(f"{where}.{trouble.message}") from None


def _words(line: Mapping[str, Any], name: str) -> str | None:
    value = line.get(name)
    return scrub_text(clean(value)) or None if isinstance(value, str) else None


def _category(line: Mapping[str, Any]) -> str | None:
    """The category as a path: item_category to item_category5, or one that is a path already."""
    names = ("item_category", *(f"item_category{level}" for level in range(2, 6)))
    return " > ".join(text for name in names if (text := _words(line, name))) or None


def _link(line: Mapping[str, Any], name: str) -> str | None:
    value = line.get(name)
    if not isinstance(value, str) or not value.startswith(("http://", "https://", "/")):
        return None
    return clean(value)
