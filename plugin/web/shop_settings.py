"""How does what the owner says of the shop's pages come into its settings, in good form only?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.errors import DocumentRefused, NotFound
from plugin.serve.mapping import read_mapping
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House

PAGE_LISTS = ("checkout_pages", "thank_you_pages")
MOST_PATTERNS = 50
LONGEST_PATTERN = 200


def keep(house: House, shop: Shop, **changes: object) -> None:
    """Set some of the shop's settings and leave the others; it counts in the next request."""
    with house.control.write() as tx:
        found = {one.name: one for one in control.shops(tx)}.get(shop.name)
        if found is None:
            raise NotFound(f"there is no shop called {shop.name}")
        control.keep_settings(tx, shop.name, {**found.settings, **changes})


def mapping_of(shop: Shop) -> dict[str, Any]:
    """Where the owner said that things stand on the shop's pages; {} if nowhere."""
    found = shop.settings.get("map")
    return dict(found) if isinstance(found, dict) else {}


def with_places(old: Mapping[str, Any], new: object) -> dict[str, Any]:
    """The mapping ``old`` with what ``new`` says in it; an empty text or null takes a place away.

    Raises DocumentRefused naming what is wrong.
    """
    if not isinstance(new, Mapping) or not isinstance(new.get("product", {}), Mapping):
        raise DocumentRefused("mapping must be an object, and product in it one as well")
    product = _said({**old.get("product", {}), **new.get("product", {})})
    whole = _said({**old, **new, "product": product})
    return dict(read_mapping(whole))


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


def _said(places: Mapping[str, Any]) -> dict[str, Any]:
    return {name: place for name, place in places.items() if place not in (None, "", {})}
