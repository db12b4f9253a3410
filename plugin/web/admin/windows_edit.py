"""How does an owner make or change a window by choosing, and see it before it is saved?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import jsonify, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, PluginError
from plugin.serve.recommend.boost import KINDS
from plugin.serve.recommend.window import POSITIONS, read_window
from plugin.storage import campaigns, catalogue, gauges, items, seen, segments
from plugin.web.admin.editor import slug_of
from plugin.web.admin.rule_words import audience_words
from plugin.web.admin.troubles import trouble_line
from plugin.web.admin.visitors import in_shop
from plugin.web.admin.windows import put_window, window_row
from plugin.web.admin.windows_form import BLANK, Form, Refused, document_of, form_of, sent_form
from plugin.web.admin.windows_look import Look, look
from plugin.web.admin.windows_words import (
    STRATEGIES,
    chain,
    shopper_words,
    slot_words,
    strategy_label,
    turn_words,
    why_words,
)
from plugin.web.definitions import check_slug, reserved
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here

SPARE = 2  # empty rows for further strategies and boosts; each look or save gives as many again
MOST_FOUND = 20
BOOST_KINDS = {
    "category": _l("Category"),
    "brand": _l("Brand"),
    "tag": _l("Tag"),
    "item_id": _l("Product id"),
}
PLACES = {
    "append": _l("inside it, at its end"),
    "prepend": _l("inside it, at its beginning"),
    "before": _l("before it"),
    "after": _l("after it"),
    "replace": _l("instead of what is in it"),
}
SALES = {"": _l("All"), "yes": _l("Only reduced ones"), "no": _l("None that are reduced")}


@framed
def new() -> Any:
    """A form for a new window; sent, it is kept, or only looked at."""
    return _page(BLANK) if request.method == "GET" else _sent(sent_form(BLANK, request.form))


@framed
def edit(slug: str) -> Any:
    """The form of a window that is there; sent, it is changed, or only looked at."""
    form = form_of(slug, window_row(slug)["body"])
    return _page(form) if request.method == "GET" else _sent(sent_form(form, request.form))


def products() -> Any:
    """Products that have ``?q=`` in their name or id, for the editor to choose from, as JSON."""
    shop, sought = shop_now(), request.args.get("q", "").strip()[:200]
    with store_now().read() as tx:
        rows = catalogue.find(tx, sought, "", "", MOST_FOUND)
    return jsonify(
        {
            "found": [
                {
                    "value": row["item_id"],
                    "name": row["name"] or row["item_id"],
                    "image": in_shop(row["image"], shop),
                }
                for row in rows
            ]
        }
    )


def shown_words() -> dict[str, Any]:
    """What the template of a look (``window_shown.html``) needs to say why."""
    shop = shop_now()
    return {
        "strategy_label": strategy_label,
        "slot_words": slot_words,
        "shopper_words": shopper_words,
        "turn_words": turn_words,
        "why_words": why_words,
        "picture": lambda product: in_shop(product.image, shop),
    }


def _sent(form: Form) -> Any:
    """Keep what was sent and go to the window; or the form again, with what is wrong."""
    if not form.slug and form.get("name"):
        form = replace(form, slug=slug_of(form.get("name")).replace("segment-", "window-"))
    looks = "look" in request.form
    try:
        saved = window_row(form.slug)["body"] if form.saved else {}
        if not form.saved and not looks:
            _check_new(form)
        document = document_of(form, saved)
        if looks:
            return _page(form, _looked(form, document))
        put_window(shop_now(), form.slug, document)
    except Refused as trouble:
        return make_response(_page(form, troubles=trouble.troubles), 400)
    except PluginError as trouble:
        return make_response(_page(form, troubles={"": trouble_line(trouble.message)}), 400)
    return redirect(link("windows", form.slug), 303)


def _check_new(form: Form) -> None:
    try:
        check_slug(form.slug)
    except DocumentRefused as trouble:
        raise Refused({"slug": trouble_line(trouble.message)}) from trouble
    if form.slug in reserved(here().routes, "windows"):
        raise Refused(
            {"slug": _("“%(name)s” is the address of a page; choose another one.", name=form.slug)}
        )
    with store_now().read() as tx:
        if campaigns.get(tx, "window", form.slug) is not None:
            raise Refused({"slug": _("There is a window with this short name already.")})


def _looked(form: Form, document: dict[str, Any]) -> Look:
    slug = form.slug or "new"
    window = read_window(slug, {key: one for key, one in document.items() if key != "slug"})
    return look(store_now(), shop_now(), window, request.form, here().now())


def _page(form: Form, looked: Look | None = None, troubles: Mapping[str, str] | None = None) -> str:
    shop, now = shop_now(), here().now()
    troubles = troubles or {}
    if looked is None and not troubles:
        looked = _first_look(form)
    with store_now().read() as tx:
        known = gauges.gauges(tx, now, shop.manners.free_shipping)
        groups = segments.definitions(tx)
        values = seen.product_values(tx)
        named = items.products(tx, [*form.lines("pins"), *form.lines("bans")])
    saved = window_row(form.slug)["body"] if form.saved else {}
    return page(
        "window_edit.html",
        form=form,
        look=looked,
        troubles=troubles,
        gauges=chain(list(STRATEGIES), {one.strategy: one for one in known}),
        enough={one.strategy: one.enough for one in known},
        strategies=STRATEGIES,
        rows=[*form.strategies, *[""] * SPARE],
        boosts=[*form.boosts, *[("category", "", "")] * SPARE],
        boost_kinds={kind: BOOST_KINDS[kind] for kind in KINDS},
        positions={key: PLACES[key] for key in POSITIONS},
        sales=SALES,
        segments=groups,
        own_rule=audience_words(saved, {one.slug: one.name for one in groups}),
        categories=values["item_category"],
        brands=values["item_brand"],
        names={key: one.name or key for key, one in named.items()},
        **shown_words(),
    )


def _first_look(form: Form) -> Look | None:
    try:
        return _looked(form, document_of(form, {}))
    except PluginError:  # it will be said when it is sent
        return None
