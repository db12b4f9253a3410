"""Are an event's params so plain that nothing in them needs care, and what do they come to?

Nearly all are: names met before, texts met before, amounts as numbers. They are read here with
look-ups alone: what was once read with care (a text scrubbed, an amount made minor units, all the
params of a product's page) is kept for the next time, because a shop's pages and products come
again and again. Whatever is in any way odd is left to ``checks``, which knows every rule; a
property test holds that both make the same event.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from plugin.collect.amounts import CURRENCIES, read_money, read_quantity
from plugin.collect.event import Item, Scalar
from plugin.collect.parts import (
    ADDRESSES,
    CODES,
    EVENT_NAME,
    IDS,
    MONEY,
    MOST_ITEMS,
    MOST_PARAMS,
    MOST_WHOLE,
    is_param,
    read_id,
    read_link,
)
from plugin.collect.scrub import clean, scrub_address, scrubbed, without_mail
from plugin.collect.vocabulary import (
    ABOUT_THE_VISITOR,
    GIVEN,
    NEED_ITEMS,
    NEED_ORDER,
    canonical_name,
)
from plugin.errors import EventRefused

K = TypeVar("K")
V = TypeVar("V")
MOST_KEPT = 10_000  # answers of one reader
LONGEST_KEPT = 300  # letters of a text whose answer is kept
LONGEST_RAW = 2_000  # bytes of params or of a page whose content is kept
WITH_RULES = ABOUT_THE_VISITOR | GIVEN | {"refund"}
EXTRAS = tuple(name for name in MONEY if name != "value")  # amounts that stay among the params
NUMBERS = frozenset({int, float, bool})
PRICED = frozenset({"items", "value", "transaction_id", *EXTRAS})
LISTS = (list, tuple)
ABSENT: Any = object()
# What an event's params come to: params, items, currency, value, transaction_id, as in ``Event``.
Content = tuple[dict[str, Scalar], tuple[Item, ...], str | None, int | None, str | None]


class Odd(Exception):
    """This is not plain; somebody else has to look at it."""


class Line(Struct, gc=False, omit_defaults=True):
    """A product line as it came: what is read of it, and what GA4 sends beside it."""

    item_id: str
    item_name: str | None = None
    item_brand: str | None = None
    item_category: str | None = None
    item_variant: str | None = None
    price: int | float | str | UnsetType = UNSET
    quantity: int | float | str | UnsetType = UNSET
    url: str | None = None
    image: str | None = None
    index: int | str | None = None
    affiliation: str | None = None
    coupon: str | None = None
    item_list_id: str | None = None
    item_list_name: str | None = None


_decode = msgspec.json.Decoder(dict[str, str | int | float | bool | list[Raw]]).decode
_decode_line = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


class Memory(dict[K, V]):
    """What was found out, for the next time; a bounded number of answers.

    When there are too many, only those stay that were asked for since it last happened.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[K, V] = {}

    def keep(self, key: K, value: V) -> None:
        """Remember ``value``."""
        if len(self) >= MOST_KEPT:
            self._before = dict(self)
            self.clear()
        self[key] = value

    def again(self, key: K) -> V | None:
        """What is remembered from before the last time that there was too much, if anything."""
        value = self._before.get(key)
        if value is not None:
            self.keep(key, value)
        return value


class Kept(Memory[K, V]):
    """What ``read`` makes of each value."""

    def __init__(self, read: Callable[[K], V]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: K) -> V:
        if (kept := self.again(key)) is not None:
            return kept
        value = self._read(key)
        if _is_short(key):
            self.keep(key, value)
        return value


def _is_short(key: Any) -> bool:
    """Whether a key may be kept: a text, or a line's bytes with its currency."""
    if isinstance(key, str):
        return len(key) <= LONGEST_KEPT
    return not isinstance(key[0], bytes) or len(key[0]) <= LONGEST_RAW


class PlainReader:
    """Reads plain params, for shops with these ``allowed`` query parameters and this currency."""

    def __init__(self, allowed: AbstractSet[str], currency: str) -> None:
        self._currency = currency
        self._names = Kept(_needs_items)
        self._params = Kept(self._reader_of)
        self._texts = Kept[str, str](lambda text: scrubbed(text, allowed))
        self._addresses = Kept[str, str](lambda text: scrub_address(text, allowed))
        self._ids = Kept(clean)
        self._codes = Kept(without_mail)
        self._item_ids = Kept(_text_id)
        self._words = Kept[str, str](scrubbed)
        self._links = Kept[str, str | None](lambda text: read_link(text, allowed))
        self._amounts = Kept(_amount)
        self._quantities = Kept(_quantity)
        self._kept_lines = Kept(self._line)
        # What whole params and pages, as they came, were found to say.
        self.contents = Memory[tuple[str, bytes], Content]()
        self.pages = Memory[bytes, dict[str, Scalar]]()

    def content(self, name: str, params: bytes) -> Content | None:
        """What the JSON params of an event called ``name`` come to; None: they are not plain.

        Whoever gets it leaves it as it is: it will be given again.
        """
        if (kept := self.contents.again((name, params))) is not None:
            return kept
        try:
            found = self._content(name, params)
        except (Odd, EventRefused, KeyError, TypeError, msgspec.DecodeError, UnicodeError):
            return None
        if len(params) <= LONGEST_RAW:
            self.contents.keep((name, params), found)
        return found

    def _content(self, name: str, raw: bytes) -> Content:
        if b"\\" in raw:
            raise Odd
        params: dict[str, Any] = _decode(raw)
        # Without a backslash, a quote and a colon stand behind every key and nowhere else: a key
        # that stood twice is missing.
        keys = raw.count(b'":') - len(params)
        if len(params) > MOST_PARAMS:
            raise Odd
        needs_items = self._names[name]
        if "currency" not in params and keys == 0 and PRICED.isdisjoint(params):
            if needs_items or name in NEED_ORDER:
                raise Odd
            return (self._scalars(params), (), None, None, None)
        return self._of_products(name, params, keys, needs_items)

    def _of_products(
        self, name: str, params: dict[str, Any], keys: int, needs_items: bool
    ) -> Content:
        """The content of params about products or money, whose lines have ``keys`` keys."""
        currency = params.pop("currency", self._currency)
        lines = params.pop("items", ABSENT)
        value = params.pop("value", ABSENT)
        order = params.pop("transaction_id", ABSENT)
        if currency not in CURRENCIES:
            raise Odd
        if name in NEED_ORDER and (order is ABSENT or value is ABSENT):
            raise Odd
        items = self._lines(() if lines is ABSENT else lines, currency, keys)
        if needs_items and not items:
            raise Odd
        amount = None if value is ABSENT else self._amounts[type(value), value, currency]
        priced = bool(items) or amount is not None
        for extra in EXTRAS:
            if extra in params:
                if type(params[extra]) is str:  # becomes a number
                    raise Odd
                priced = True
                self._amounts[type(params[extra]), params[extra], currency]
        order = None if order is ABSENT else self._item_ids[order]
        return (self._scalars(params), items, currency if priced else None, amount, order)

    def _scalars(self, params: dict[str, Any]) -> dict[str, Scalar]:
        """The params with their texts clean, in place."""
        readers = self._params
        for name, value in params.items():
            reader = readers[name]
            if type(value) is str:
                params[name] = reader[value]
            elif type(value) not in NUMBERS or not -MOST_WHOLE <= value < MOST_WHOLE:
                raise Odd
        return params

    def _reader_of(self, name: str) -> Kept[str, str]:
        """What reads the texts of a param. Raises Odd when it has rules of its own."""
        if not is_param(name):
            raise Odd
        if name in ADDRESSES:
            return self._addresses
        if name in IDS:
            return self._ids
        return self._codes if name in CODES else self._texts

    def _lines(self, lines: Any, currency: str, keys: int) -> tuple[Item, ...]:
        """The product lines. Raises Odd when they have not ``keys`` keys together."""
        if type(lines) not in LISTS or len(lines) > MOST_ITEMS:
            raise Odd
        known, items = self._kept_lines, []
        for raw in lines:
            item, count = known[bytes(raw), currency]
            keys -= count
            items.append(item)
        if keys:
            raise Odd
        return tuple(items)

    def _line(self, key: tuple[bytes, str]) -> tuple[Item, int]:
        """A product line and how many keys it has. Raises Odd when one is double or not known."""
        raw, currency = key
        line = _decode_line(raw)
        keys = raw.count(b'":')
        if keys != _encode(line).count(b'":'):
            raise Odd
        return self._item(line, currency), keys

    def _item(self, line: Line, currency: str) -> Item:
        words, price, quantity = self._words, line.price, line.quantity
        name, brand, category = line.item_name, line.item_brand, line.item_category
        variant, url, image = line.item_variant, line.url, line.image
        return Item(
            self._item_ids[line.item_id],
            None if name is None else words[name],
            None if brand is None else words[brand],
            None if category is None else words[category],
            None if variant is None else words[variant],
            None if price is UNSET else self._amounts[type(price), price, currency],
            1 if quantity is UNSET else self._quantities[type(quantity), quantity],
            None if url is None else self._links[url],
            None if image is None else self._links[image],
        )


@lru_cache(maxsize=256)
def plain_reader(allowed: frozenset[str], currency: str) -> PlainReader:
    """The reader for shops with these query parameters and this currency."""
    return PlainReader(allowed, currency)


def _needs_items(name: str) -> bool:
    """Whether events of this name need items. Raises Odd for a name with rules of its own."""
    if name in WITH_RULES or not EVENT_NAME.fullmatch(name) or canonical_name(name) != name:
        raise Odd
    return name in NEED_ITEMS


def _text_id(value: str) -> str:
    return read_id(value, "item_id")


# The type stands in the key because 1, 1.0 and True are equal.
def _amount(key: tuple[type, Any, str]) -> int:
    if key[2] not in CURRENCIES:
        raise Odd
    return read_money(key[1], "value", key[2])


def _quantity(key: tuple[type, Any]) -> float:
    return read_quantity(key[1])
