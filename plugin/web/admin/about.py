"""What does the owner say of the shop: its country, its stores, its delivery?"""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request

from plugin.errors import DocumentRefused
from plugin.serve.about import ABOUT, PLACE_LISTS, read_about
from plugin.shop import Shop
from plugin.web.admin.install import install_page
from plugin.web.frame import framed, link, shop_now
from plugin.web.here import here
from plugin.web.shop_settings import keep


@framed
def save() -> Any:
    """Keep the card's answers; visitors whose rules read them are looked at again."""
    shop = shop_now()
    typed = {name: request.form.get(name, "") for name in ABOUT}
    said = {
        name: typed[name].splitlines() if name in PLACE_LISTS else typed[name] for name in ABOUT
    }
    try:
        read = read_about(said, shop.currency)
    except DocumentRefused as trouble:
        return make_response(install_page(typed, trouble.message), 400)
    keep(here().house, shop, **read)
    if _now(shop).manners != shop.manners:
        here().writer.do(shop.name, "settings_changed", now=here().now())
    return redirect(link("install", saved="about") + "#about-title", 303)


def _now(shop: Shop) -> Shop:
    return here().house.shop(shop.name)
