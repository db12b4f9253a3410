"""How does a program take the whole shop as one document, or put another there? (secret key)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from plugin.collect.reader import read_object
from plugin.errors import DocumentRefused, PluginError
from plugin.journey import whole_shop
from plugin.serve.whole import NAMED, VERSION, read_whole, tag_of
from plugin.shop import Shop
from plugin.web.definitions import bring_up_to_date, check_name
from plugin.web.edge import DEEPEST_DOCUMENT, answer, document_body, server_shop
from plugin.web.here import here

LARGEST = 8 * 1024 * 1024


def config() -> Response:
    """The whole shop (GET), or another in its place (PUT); ``?dry_run=1``: what would change."""
    shop = server_shop()
    if request.method == "GET":
        return tagged(*config_of(shop))
    wants_look = request.args.get("dry_run", "0")
    if wants_look not in ("0", "1"):
        raise PluginError("dry_run must be 1, or left out")
    said = config_put(shop, document_body(LARGEST), if_match(), dry_run=wants_look == "1")
    return tagged({"dry_run": wants_look == "1", "changes": said["changes"]}, said["etag"])


def config_of(shop: Shop) -> tuple[dict[str, Any], str]:
    """The shop's document and its etag."""
    with here().house.store(shop.name).read() as tx:
        parts = whole_shop(tx, shop)
    return {"version": VERSION, "currency": shop.currency, **parts}, tag_of(parts)


def read_document(text: bytes) -> dict[str, Any]:
    """A document in a file's bytes, as the body of a call is read. Raises BodyRefused."""
    return read_object(text, LARGEST, DEEPEST_DOCUMENT)


def config_put(
    shop: Shop, raw: Mapping[str, Any], etag: str | None, *, dry_run: bool
) -> dict[str, Any]:
    """What putting the document ``raw`` changes (``changes``), and the ``etag`` afterwards.

    etag: what the shop must have; None: any. Raises DocumentRefused, PluginError 412.
    """
    document = read_whole(raw, shop.currency)
    _check_names(document, config_of(shop)[0])
    said: dict[str, Any] = here().writer.do(
        shop.name,
        "put_config",
        document=document,
        now=here().now(),
        if_match=etag,
        dry_run=dry_run,
    )
    if not dry_run:
        bring_up_to_date(shop)
    return said


def if_match() -> str | None:
    """The etag that ``If-Match`` asks for; None: any."""
    said = request.headers.get("If-Match", "*").strip()
    return None if said == "*" else said.removeprefix("W/").strip('"')


def tagged(data: Any, etag: str) -> Response:
    """``data`` with its ETag."""
    made = answer(data)
    made.headers["ETag"] = f'"{etag}"'
    return made


def _check_names(document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Raises DocumentRefused for what is new and cannot be called so."""
    troubles = []
    for part in NAMED:
        for slug in document[part].keys() - before[part].keys():
            try:
                check_name(part, slug)
            except DocumentRefused as trouble:
                troubles.append(f"{part}.{slug[:70]}: {trouble.message}")
    if troubles:
        raise DocumentRefused("; ".join(sorted(troubles)))
