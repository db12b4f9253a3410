"""How does what the owner says of the shop and its pages come into its settings?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.errors import DocumentRefused, NotFound
from plugin.serve.mapping import read_mapping
from plugin.serve.settings import MOST_NEVER_SHOWN
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House


def keep(house: House, shop: Shop, **changes: object) -> None:
    """Set some of the shop's settings and leave the others; it counts in the next request."""
    with house.control.write() as tx:
        found = {one.name: one for one in control.shops(tx)}.get(shop.name)
        if found is None:
            raise NotFound(f"there is no shop called {shop.name}")
        control.keep_settings(tx, shop.name, {**found.settings, **changes})


def never_show(house: House, shop: Shop, item_id: str, never: bool) -> None:
    """Have no window show a product, or let them again; what people do with it still counts.

    Raises DocumentRefused when there are too many.
    """
    listed = [one for one in shop.texts("never_shown") if one != item_id]
    if never and len(listed) >= MOST_NEVER_SHOWN:
        raise DocumentRefused(f"at most {MOST_NEVER_SHOWN:,} products can be never shown")
    keep(house, shop, never_shown=[*listed, item_id] if never and item_id else listed)


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


def _said(places: Mapping[str, Any]) -> dict[str, Any]:
    return {name: place for name, place in places.items() if place not in (None, "", {})}
