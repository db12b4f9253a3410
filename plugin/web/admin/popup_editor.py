"""How does an owner make or change a popup, see it before it is saved, and save it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import make_response, redirect, request
from flask_babel import gettext as _

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.serve.retain.popup import popup_doc, read_popup
from plugin.storage import campaigns
from plugin.web.admin.editor import slug_of
from plugin.web.admin.popup_words import choices
from plugin.web.admin.troubles import trouble_words
from plugin.web.definitions import check_slug, reserved
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here

Doc = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """What stands in the editor; ``document`` as text. ``saved``: its slug is one already."""

    document: str
    slug: str = ""
    name: str = ""
    enabled: bool = False
    saved: bool = False


def beginning() -> Doc:
    """What a new popup begins as, to be changed."""
    blocks = [
        {"type": "text", "style": "heading", "text": _("Good to see you")},
        {"type": "text", "style": "body", "text": _("Say in one sentence why this is worth it.")},
        {"type": "button", "text": _("Have a look"), "url": "/"},
    ]
    return {
        "name": "",
        "kind": "slide",
        "trigger": {"on": "time", "seconds": 5},
        "caps": {"per_visit": 1, "per_week": 2},
        "stop_on": ["answer", "close2"],
        "variants": [{"weight": 1, "blocks": blocks}],
    }


@framed
def new() -> Any:
    """A form for a new popup (``?from=``: like another one); sent, it is kept."""
    if request.method == "POST":
        return _saved(_sent(Form("")))
    like = request.args.get("from", "")
    document = beginning()
    if like:
        document = _document(_row(like))
        document["name"] = _("%(name)s, copy", name=document["name"])
    return _page(Form(_text(document), name=document["name"]))


@framed
def edit(slug: str) -> Any:
    """The form of a popup that is there; sent, it is changed."""
    row = _row(slug)
    document = _document(row)
    form = Form(_text(document), slug, document["name"], bool(row["enabled"]), saved=True)
    return _page(form) if request.method == "GET" else _saved(_sent(form))


@framed
def remove(slug: str) -> Any:
    """Remove a popup."""
    if not here().writer.do(shop_now().name, "delete_campaign", kind="popup", slug=slug):
        raise NotFound(_("There is no popup called %(name)s.", name=slug))
    return redirect(link("popups"), 303)


def _saved(form: Form) -> Any:
    """Keep what was sent and go to the list; or the form again, with what is wrong."""
    try:
        document = _read(form.document)
        form = replace(form, name=str(document.get("name") or form.name))
        if not form.saved:
            form = replace(form, slug=form.slug or slug_of(form.name).replace("segment-", "popup-"))
            _check_new(form)
        _put(form, document)
    except PluginError as trouble:
        place, words = trouble_words(trouble.message)
        return make_response(_page(form, place, words), 400)
    return redirect(link("popups") + f"#{form.slug}", 303)


def _put(form: Form, document: Doc) -> None:
    body = {**document, "enabled": form.enabled}
    here().writer.do(
        shop_now().name,
        "put_campaign",
        kind="popup",
        slug=form.slug,
        body=body,
        enabled=form.enabled,
        now=here().now(),
    )


def _check_new(form: Form) -> None:
    if not form.name.strip():
        raise DocumentRefused("popup new.name must not be empty")
    check_slug(form.slug)
    if form.slug in reserved(here().routes, "popups"):
        raise DocumentRefused(_("“%(name)s” is the address of a page; choose another one.",
                                name=form.slug))  # fmt: skip
    with store_now().read() as tx:
        if campaigns.get(tx, "popup", form.slug) is not None:
            raise DocumentRefused(_("There is a popup with this short name; choose another one."))


def _read(text: str) -> Doc:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as trouble:
        raise DocumentRefused(_("This cannot be read yet: %(why)s", why=str(trouble))) from None
    if not isinstance(found, dict):
        raise DocumentRefused(_("This cannot be read yet: %(why)s", why="{…}"))
    return {key: value for key, value in found.items() if key not in ("slug", "enabled")}


def _sent(form: Form) -> Form:
    sent = request.form
    slug = form.slug or sent.get("slug", "").strip()
    turned_on = sent.get("enabled") == "1"
    return replace(form, document=sent.get("document", ""), slug=slug, enabled=turned_on)


def _row(slug: str) -> Mapping[str, Any]:
    with store_now().read() as tx:
        row = campaigns.get(tx, "popup", slug)
    if row is None:
        raise NotFound(_("There is no popup called %(name)s.", name=slug))
    return row


def _document(row: Mapping[str, Any]) -> Doc:
    """The document of a popup with its defaults written out; one that cannot be read as it is."""
    try:
        found = popup_doc(read_popup(row["slug"], row["body"]))
    except PluginError:
        found = dict(row["body"])
    found = {key: value for key, value in found.items() if key not in ("slug", "enabled")}
    return {"name": row["slug"], **found}


def _text(document: Doc) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _page(form: Form, place: str = "", trouble: str = "") -> str:
    with store_now().read() as tx:
        offered = choices(tx, shop_now())
    offered |= {
        "preview": link("popups", "preview.json"),
        "segment": link("segments", "SLUG"),
        "refused": {"place": place, "words": trouble} if trouble else None,
    }
    # "<" could end the element it stands in.
    text = orjson.dumps(offered).decode().replace("<", "\\u003c")
    return page("popup_edit.html", form=form, trouble=trouble, choices=text)
