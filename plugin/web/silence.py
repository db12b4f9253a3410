"""Does the owner have to be told that events have stopped coming?"""

from __future__ import annotations

from flask import g

from plugin.collect.silence import Silence
from plugin.journey import listen
from plugin.shop import Shop
from plugin.web.here import here


def silence_now() -> Silence | None:
    """Since when the shop of the page being written is oddly quiet; None: it is not."""
    shop = g.get("shop")
    if not isinstance(shop, Shop):
        return None
    with here().house.store(shop.name).read() as tx:
        return listen(tx, shop, here().now()).silence
