"""What would a shopper see of a popup, also of one that is not saved yet?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import g, request

from plugin.collect.reader import LARGEST, read_object
from plugin.errors import PluginError
from plugin.journey import Wish, recommend
from plugin.journey.coupons import with_code
from plugin.serve.experiment import SHOW
from plugin.serve.product import shown
from plugin.serve.recommend.window import read_window
from plugin.serve.retain.choose import Decision
from plugin.serve.retain.countdown import with_time_left
from plugin.serve.retain.offer import money, popup_offer
from plugin.serve.retain.popup import Popup, read_popup
from plugin.serve.retain.recipes import Recipe, recipe_called
from plugin.shop import Shop, to_minor
from plugin.storage import catalogue, items
from plugin.storage.engine import Store
from plugin.web.admin.troubles import trouble_words
from plugin.web.admin.visitors import in_shop
from plugin.web.call import error
from plugin.web.edge import answer
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import LANGUAGES, language_now
from plugin.web.snippet import ui_path

SLUG = "preview"
LOOKED_AT = 60  # products, for some with pictures


@framed
def frame() -> Any:
    """An empty page of a shop, in which the editor draws what it is told to."""
    g.in_our_frame = True
    return page("popup_frame.html", ui=ui_path(), offer=None, lang=_language())


@framed
def picture(key: str) -> Any:
    """A recipe as shoppers would see it, with products of the shop."""
    g.in_our_frame = True
    one, language = recipe_called(key), language_now()
    popup = read_popup(one.key, one.document(language))
    drawn = offer_of(shop_now(), store_now(), popup, 0, language, one)
    return page("popup_frame.html", ui=ui_path(), offer=_as_script(drawn), lang=language)


def preview() -> Any:
    """The popup in the editor as the storefront would get it; or what is wrong, and where."""
    try:
        shop = shop_now()
        data = read_object(request.get_data(), LARGEST)
        language = str(data.get("language", "en"))[:20]
        try:
            popup = read_popup(SLUG, data.get("document"))
        except PluginError as trouble:
            place, words = trouble_words(trouble.message)
            return answer({"refused": {"place": place, "words": words}})
        chosen = data.get("variant")
        if not isinstance(chosen, int) or chosen not in range(len(popup.variants)):
            chosen = 0
        return answer({"offer": offer_of(shop, store_now(), popup, chosen, language)})
    except PluginError as trouble:
        return answer(error(trouble.code, trouble.message), trouble.status)


def offer_of(
    shop: Shop,
    store: Store,
    popup: Popup,
    variant: int,
    language: str,
    recipe: Recipe | None = None,
) -> dict[str, Any]:
    """A popup as the storefront gets it, for somebody made up: with merge fields that have words,
    and products of the shop.

    recipe: whose windows the shop need not have.
    """
    samples = _samples(shop, store)
    decision = Decision(popup, SHOW, variant, popup.kind, popup.triggers)
    fields = _fields(shop, language, samples)
    drawn = popup_offer(
        decision,
        language,
        fields,
        lambda slug: _products(shop, store, slug, language, samples, recipe),
    )
    with store.read() as tx:
        drawn = with_code(tx, shop, popup, drawn, None, language, here().now())
    if recipe is not None:  # its pool may be still to come
        drawn["blocks"] = [
            {**block, "claim": True} if block["type"] == "coupon" else block
            for block in drawn["blocks"]
        ]
    return with_time_left(drawn, None, here().now())


def _fields(shop: Shop, language: str, samples: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The merge fields with words; a first name is not known of most, so its own words stand."""
    some = to_minor(30_000 if shop.currency in ("KRW", "JPY") else 30, shop.currency)
    first = samples[0] if samples else {}
    fields = {
        "product": str(first.get("name") or ""),
        "category": str(first.get("category") or "").rpartition(">")[2].strip(),
        "gap": money(some // 2, shop.currency, language),
        "cart_total": money(some, shop.currency, language),
    }
    return {name: words for name, words in fields.items() if words}


def _samples(shop: Shop, store: Store) -> list[dict[str, Any]]:
    """Some products of the shop, those with a picture first."""
    with store.read() as tx:
        rows = catalogue.find(tx, "", "", "", LOOKED_AT)
        known = items.products(tx, [row["item_id"] for row in rows])
    found = [
        {**shown(one, None), "image": in_shop(one.image, shop), "category": one.category}
        for one in known.values()
        if one.availability == "in_stock"
    ]
    return sorted(found, key=lambda one: one["image"] is None)


def _products(
    shop: Shop,
    store: Store,
    slug: str,
    language: str,
    samples: Sequence[Mapping[str, Any]],
    recipe: Recipe | None,
) -> list[dict[str, Any]]:
    """What the window shows a stranger now; where that is nothing, products as examples."""
    most, found = 4, list[dict[str, Any]]()
    if recipe is not None and slug in recipe.windows:
        most = read_window(slug, recipe.windows[slug]).max
    else:
        wish = Wish(language=language, windows=(slug,), limit=12)
        try:
            found = recommend(store, shop, wish, here().now()).items
        except PluginError:  # no such window: a popup leaves it out
            return []
    chosen: Sequence[Mapping[str, Any]] = found or samples[:most]
    return [{**one, "image": in_shop(one.get("image"), shop)} for one in chosen] or [
        {"item_id": str(place), "name": "···", "price": None, "currency": shop.currency}
        for place in range(most)
    ]


def _language() -> str:
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else language_now()


def _as_script(offer: Mapping[str, Any]) -> str:
    """JSON that may stand in a script: "<" could end the element."""
    return orjson.dumps(offer).decode().replace("<", "\\u003c")
