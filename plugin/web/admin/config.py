"""How does an owner take the whole shop away as a file, and bring one in after a look at it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, PluginError
from plugin.serve.whole import NAMED, any_change
from plugin.shop import Shop, local_time
from plugin.web.config_api import LARGEST, config_of, config_put, read_document
from plugin.web.frame import framed, link, page, shop_now
from plugin.web.here import here

PARTS = {
    "segments": _l("Segments"),
    "popups": _l("Popups"),
    "windows": _l("Windows"),
    "settings": _l("Settings"),
}
WAYS = {"added": _l("New"), "changed": _l("Changed"), "removed": _l("Removed")}


@framed
def config() -> Any:
    """The page; a file that is sent is looked at, and kept when it is sent again with its etag."""
    shop = shop_now()
    if request.method == "GET":
        return page("config.html", saved=request.args.get("saved") is not None)
    request.max_form_memory_size = 2 * LARGEST  # the document is sent again to be kept
    keeps = "etag" in request.form
    try:
        text = request.form["document"].encode() if keeps else _file()
        etag = request.form["etag"] if keeps else config_of(shop)[1]
        found = config_put(shop, read_document(text), etag, dry_run=not keeps)
    except PluginError as trouble:
        told = page("config.html", troubles=trouble.message.split("; "))
        return make_response(told, trouble.status)
    if keeps:
        return redirect(link("config", saved=1), 303)
    changes = found["changes"]
    return page(
        "config.html",
        document=text.decode("utf-8", "replace"),
        etag=etag,
        ways=WAYS,
        looked=_lines(changes),
        any_change=any_change(changes),
    )


@framed
def download() -> Response:
    """The whole shop as a file."""
    shop = shop_now()
    text = orjson.dumps(config_of(shop)[0], option=orjson.OPT_INDENT_2)
    made = Response(text, mimetype="application/json")
    name = f"{shop.name}-{_day(shop)}.json"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


def _file() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise DocumentRefused(_("Choose a file first."))
    text: bytes = file.read(LARGEST + 1)
    return text


def _lines(changes: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """What would change, a line each: its part, how, its name, and the keys that differ."""
    return [
        (str(PARTS[part]), way, name, ", ".join(ways[way][name]) if _has_keys(part, way) else "")
        for part, ways in changes.items()
        for way in WAYS
        for name in ways[way]
    ]


def _has_keys(part: str, way: str) -> bool:
    return part in NAMED and way == "changed"


def _day(shop: Shop) -> str:
    return f"{local_time(here().now(), shop.timezone):%Y-%m-%d}"
