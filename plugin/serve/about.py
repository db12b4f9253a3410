"""How is what the owner says of the shop and its pages read, and brought into good form?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plugin.collect.amounts import read_money
from plugin.errors import DocumentRefused, EventRefused
from plugin.segment.text import fold
from plugin.shop import to_major

PAGE_LISTS = ("checkout_pages", "thank_you_pages")
MOST_PATTERNS = 50
LONGEST_PATTERN = 200
# What the owner says of the shop itself (``Shop.manners``); amounts in the shop's major units.
HOME_COUNTRY = "home_country"
PLACE_LISTS = ("store_cities", "slow_regions")
AMOUNTS = ("free_shipping_from", "order_value")
ABOUT = (HOME_COUNTRY, *PLACE_LISTS, *AMOUNTS)
MOST_PLACES = 200
LONGEST_PLACE = 100
COUNTRY = re.compile(r"[A-Za-z]{2}")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def read_about(given: Mapping[str, object], currency: str) -> dict[str, object]:
    """What ``given`` says of the shop, as it is kept: those of ``ABOUT`` that are in it.

    A blank text or null says nothing. Raises DocumentRefused saying what is wrong.
    """
    read: dict[str, object] = {}
    for name in ABOUT:
        if name not in given:
            continue
        if name == HOME_COUNTRY:
            read[name] = _country(given[name])
        elif name in PLACE_LISTS:
            read[name] = _place_list(given[name])
        else:
            read[name] = _worth(name, given[name], currency)
    return read


def _country(said: object) -> str | None:
    text = said.strip() if isinstance(said, str) else said
    if text is None or text == "":
        return None
    if not isinstance(text, str) or not COUNTRY.fullmatch(text):
        raise DocumentRefused("a country is written by its two letters, such as KR or DE")
    return text.upper()


def _place_list(said: object) -> list[str]:
    """Places, each once, however it is written; blank ones are left out."""
    found: dict[str, str] = {}
    for one in said if isinstance(said, list) else [] if said is None else [said]:
        text = one.strip() if isinstance(one, str) else None
        if text is None or len(text) > LONGEST_PLACE or not text.isprintable():
            raise DocumentRefused(
                f"a place is a text of at most {LONGEST_PLACE} letters, one a line"
            )
        if text:
            found.setdefault(fold(text), text)
    if len(found) > MOST_PLACES:
        raise DocumentRefused(f"at most {MOST_PLACES} places in a list, please")
    return list(found.values())


def _worth(name: str, said: object, currency: str) -> float | int | None:
    text = said.strip() if isinstance(said, str) else said
    if text is None or text == "":
        return None
    if isinstance(text, str) and THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        minor = read_money(text, name, currency)
    except EventRefused:
        raise DocumentRefused(f"{said!r:.40} is no amount: write it as 50000 or 49.90") from None
    if minor <= 0:
        raise DocumentRefused("an amount is more than 0: leave it empty where there is none")
    return to_major(minor, currency)


def read_patterns(lines: Sequence[object]) -> list[str]:
    """Patterns as ``serve.page`` reads them, each once; blank ones are left out.

    Raises DocumentRefused naming the pattern.
    """
    found = dict.fromkeys(_pattern(line) for line in lines)
    found.pop("", None)
    if len(found) > MOST_PATTERNS:
        raise DocumentRefused(f"at most {MOST_PATTERNS} patterns, please: use * for many pages")
    return list(found)


def _pattern(line: object) -> str:
    text = line.strip() if isinstance(line, str) else None
    if text is None or len(text) > LONGEST_PATTERN or not text.isprintable():
        raise DocumentRefused(f"a pattern is a text of at most {LONGEST_PATTERN} letters")
    if text and not text.removeprefix("!").startswith(("/", "*", "https://", "http://")):
        raise DocumentRefused(f"a pattern begins with / or *, not as {text[:40]!r}")
    return text
