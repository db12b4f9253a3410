"""What does the overlay in the owner's browser tell, and what may it set?

It has the shop's public key and a word from the install page that is good for an hour; with these
two it can tell what it saw, and say where things stand on the shop's pages, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from plugin.collect.checks import allowed_of
from plugin.collect.derive import PAGE
from plugin.collect.inspection import LARGEST, Report, is_inspector, read_report
from plugin.errors import BodyRefused, NotAllowed
from plugin.journey.derive import item_at
from plugin.serve.about import PAGE_LISTS, read_patterns
from plugin.serve.page import is_checkout, is_thank_you
from plugin.serve.product import Product, shown
from plugin.shop import Shop
from plugin.storage import items
from plugin.web.call import wsgi_call
from plugin.web.edge import answer, body
from plugin.web.here import here
from plugin.web.shop_settings import keep, mapping_of, with_places

CLOSED = "this check is over: open it again from the install page"
SETTINGS = ("mapping", "add_page")


def inspect() -> Response:
    """Take what was seen on a page, or what the owner sets there."""
    call = wsgi_call(here(), request.environ)
    data = body(LARGEST)
    shop = call.browser_shop(data.get("key"))
    secret = here().house.settings.secret_key
    if not is_inspector(data.get("token"), secret, shop.name, here().now()):
        raise NotAllowed(CLOSED, code="bad_token", status=403)
    if any(name in data for name in SETTINGS):
        return answer(_set(shop, data))
    return answer(_take(shop, data))


def _set(shop: Shop, data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep where things stand, or that a page is a checkout or says thank you."""
    changes: dict[str, object] = {}
    if "mapping" in data:
        changes["map"] = with_places(mapping_of(shop), data["mapping"])
    if "add_page" in data:
        asked = data["add_page"]
        name = asked.get("list") if isinstance(asked, Mapping) else None
        if name not in PAGE_LISTS:
            raise BodyRefused(f"add_page.list must be one of {', '.join(PAGE_LISTS)}")
        changes[name] = read_patterns([*shop.texts(name), asked.get("pattern")])
    keep(here().house, shop, **changes)
    now = here().house.shop(shop.name)
    return {"ok": True, "mapping": mapping_of(now)}


def _take(shop: Shop, data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what was seen; what we know of that page by ourselves goes back."""
    report = read_report(data, allowed_of(shop))
    url = data["page"]["url"]
    match = _match(shop, report, url)
    kind = _kind(shop, report, match, url)
    here().writer.do(
        shop.name,
        "keep_inspection",
        page_id=report.page_id,
        path=report.path,
        body={**report.body(), "kind": kind, "match": match},
        now=here().now(),
    )
    return {"ok": True, "page": {"type": kind, "match": match}, "mapping": mapping_of(shop)}


def _match(shop: Shop, report: Report, url: str) -> dict[str, Any] | None:
    """The catalogue's product of this page: by its address, as events are told, else by the number
    that was read."""
    item_id = report.found.get("item_id")
    with here().house.store(shop.name).read() as tx:
        at = item_at(tx, PAGE, url, shop.currency)
        by_address = items.products(tx, [at.item_id]).get(at.item_id) if at else None
        by_number = items.products(tx, [item_id]).get(item_id) if item_id else None
    if by_address is not None:
        return _shown(by_address, "address")
    return None if by_number is None else _shown(by_number, "number")


def _shown(product: Product, by: str) -> dict[str, Any]:
    said = shown(product, None)
    price = said.get("sale_price", said["price"])
    keys = ("item_id", "name", "image", "currency")
    return {**{key: said[key] for key in keys}, "price": price, "by": by}


def _kind(shop: Shop, report: Report, match: Mapping[str, Any] | None, url: str) -> str:
    """What kind of page it is: thank_you, checkout, product, or other."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    if is_thank_you(path, shop.texts("thank_you_pages")):
        return "thank_you"
    if is_checkout(path, shop.texts("checkout_pages")):
        return "checkout"
    sells = "item_id" in report.found or report.looks == "product"
    at_address = match is not None and match["by"] == "address"
    return "product" if sells or at_address else "other"
