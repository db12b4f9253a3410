"""Where does the owner say that things stand on the shop's pages, and which pages are which?"""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused
from plugin.serve.about import PAGE_LISTS, read_patterns
from plugin.serve.mapping import read_mapping
from plugin.storage import inspections
from plugin.web.admin.checks import KINDS, amount_words, method_words
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.shop_settings import keep, mapping_of

MOST_SHOWN = 50
PRODUCT = ("name", "price", "id", "image")
OTHERS = ("order_number", "cart_button")
LABELS = {
    "name": _l("The product's name"),
    "price": _l("Its price"),
    "id": _l("Its number"),
    "image": _l("Its picture"),
    "order_number": _l("The order's number"),
    "cart_button": _l("The button into the cart"),
    "checkout_pages": _l("Pages of the checkout"),
    "thank_you_pages": _l("Pages that thank for an order"),
}


@framed
def found() -> Any:
    """The places and page patterns of the shop, and what was found on the pages of the last day."""
    return _page()


@framed
def save() -> Any:
    """Keep the places and patterns of the form, or take all of them away."""
    shop = shop_now()
    if request.form.get("clear"):
        keep(here().house, shop, map={}, **{name: [] for name in PAGE_LISTS})
        return redirect(link("found"), 303)
    try:
        product = {name: place for name in PRODUCT if (place := _line(name))}
        others = {name: place for name in OTHERS if (place := _line(name))}
        mapping = read_mapping({**({"product": product} if product else {}), **others})
        lists = {name: read_patterns(_lines(name)) for name in PAGE_LISTS}
    except DocumentRefused as trouble:
        return make_response(_page(trouble.message, dict(request.form)), 400)
    keep(here().house, shop, map=mapping, **lists)
    return redirect(link("found", saved=1), 303)


def _page(trouble: str | None = None, typed: dict[str, str] | None = None) -> str:
    shop = shop_now()
    with store_now().read() as tx:
        pages = inspections.newest(tx, here().now(), MOST_SHOWN)
    mapping = mapping_of(shop)
    values = {name: mapping.get("product", {}).get(name, "") for name in PRODUCT}
    values |= {name: mapping.get(name, "") for name in OTHERS}
    values |= {name: "\n".join(shop.texts(name)) for name in PAGE_LISTS}
    return page(
        "found.html",
        places=(*PRODUCT, *OTHERS),
        lists=PAGE_LISTS,
        labels=LABELS,
        values={**values, **(typed or {})},
        any_set=any(values.values()),
        trouble=trouble,
        saved=request.args.get("saved") is not None,
        pages=pages,
        kinds=KINDS,
        method_words=method_words,
        amount_words=amount_words,
    )


def _line(name: str) -> str:
    return request.form.get(name, "").strip()


def _lines(name: str) -> list[str]:
    return request.form.get(name, "").splitlines()
