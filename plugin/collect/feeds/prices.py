"""What amount, and in which currency, does a feed's price say, in whichever country's notation?"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from plugin.collect.amounts import CURRENCIES
from plugin.errors import EventRefused
from plugin.shop import exponent

LONGEST = 64
_PARTS = re.compile(r"(?P<before>[^\d]*)(?P<number>\d(?:[\d., ']*\d)?)(?P<after>[^\d]*)")
_BLANKS = str.maketrans({"\u2019": "'", "\u2212": "-", "\u00a0": " ", "\u202f": " ", "\t": " "})
# Signs that stand for one currency. "$", "¥" and "kr" are several countries': the shop's, if it
# pays in one of them, else the first.
SIGNS = {
    "₩": "KRW", "원": "KRW", "円": "JPY", "€": "EUR", "£": "GBP", "₹": "INR", "₫": "VND",
    "đ": "VND", "฿": "THB", "₽": "RUB", "₺": "TRY", "zł": "PLN", "元": "CNY", "r$": "BRL",
    "us$": "USD", "nt$": "TWD", "hk$": "HKD", "fr.": "CHF", "kč": "CZK", "ft": "HUF", "₪": "ILS",
    "₱": "PHP", "₴": "UAH", "rp": "IDR", "euro": "EUR", "yen": "JPY", "won": "KRW",
}  # fmt: skip
SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}


def read_price(value: Any, currency: str) -> tuple[Any, str | None] | None:
    """The amount in major units, for ``amounts.read_money``, and the currency that is named with
    it; None: there is no price. ``currency``: the shop's.

    A comma and a point together: the last is the decimal one. One alone parts thousands where it
    comes again, and a comma also where three digits follow; a point only in a currency without a
    minor unit. Raises EventRefused.

    >>> read_price("1.234,56 €", "USD"), read_price("12,000원", "KRW"), read_price("7.5", "USD")
    (('1234.56', 'EUR'), ('12000', 'KRW'), ('7.5', None))
    """
    if value is None or not isinstance(value, str):
        return None if value is None else (value, None)
    text = unicodedata.normalize("NFKC", value[: LONGEST + 1]).translate(_BLANKS).strip()
    if not text:
        return None
    found = _PARTS.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise EventRefused("a price must be an amount, as 12.50 USD, 12,50 € or 12,000원")
    before, after = found["before"].strip(), found["after"].strip()
    if before.startswith("-") or after.startswith("-") or before.endswith("-"):
        raise EventRefused("a price must not be below 0")
    named = _currency(" ".join(part for part in (before, after) if part), currency)
    return _amount(found["number"], named or currency), named


def _currency(words: str, shops: str) -> str | None:
    """The currency that stands around an amount; None: none does. Raises EventRefused."""
    if not words:
        return None
    for word in dict.fromkeys([words, *words.split()]):
        if word.upper() in CURRENCIES:
            return word.upper()
        if word.lower() in SIGNS:
            return SIGNS[word.lower()]
        if word.lower() in SHARED:
            return shops if shops in SHARED[word.lower()] else SHARED[word.lower()][0]
    raise EventRefused("a price has a word with it that is no currency")


def _amount(number: str, currency: str) -> str:
    number = number.replace(" ", "").replace("'", "")
    point, comma = number.rfind("."), number.rfind(",")
    if point >= 0 and comma >= 0:
        decimal = "." if point > comma else ","
    else:
        mark = "." if point >= 0 else ","
        decimal = "" if _parts_thousands(number, mark, currency) else mark
    whole, rest = number, ""
    if decimal and decimal in number:
        whole, _, rest = number.rpartition(decimal)
    whole = whole.replace(",", "").replace(".", "")
    return f"{whole}.{rest}" if rest else whole


def _parts_thousands(number: str, mark: str, currency: str) -> bool:
    groups = number.split(mark)
    if len(groups) > 2:
        return True
    grouped = len(groups) == 2 and len(groups[1]) == 3 and 1 <= len(groups[0]) <= 3
    digits = exponent(currency)
    if mark == ",":
        return grouped and digits != 3 and groups[0] != "0"
    return grouped and digits == 0 and groups[0] != "0"
