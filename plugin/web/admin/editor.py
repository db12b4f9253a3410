"""How does an owner build a rule, see what it does before it is saved, and save it?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import orjson
from flask import make_response, redirect, request
from flask_babel import gettext as _

from plugin.collect.reader import LARGEST, read_object
from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.segment.rule import leaves, read_rule
from plugin.shop import Shop
from plugin.storage import segments
from plugin.web.admin import segments as segments_pages
from plugin.web.admin.editor_words import choices
from plugin.web.admin.leaf_words import leaf_words
from plugin.web.admin.troubles import trouble_line
from plugin.web.admin.words import short_id
from plugin.web.call import error
from plugin.web.definitions import bring_up_to_date, check_slug, reserved
from plugin.web.edge import answer
from plugin.web.frame import framed, link, page, segment_called, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import number
from plugin.web.preview import previewed, stop_run

# What a new rule begins as, to be changed.
BEGINNING = {"all": [{"event": "purchase", "measure": "count", "op": ">=", "value": 1}]}
MOST_BARS = 8
NAMELESS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Form:
    """What stands in the editor; ``rule`` as text. ``saved``: its slug is one already."""

    slug: str = ""
    name: str = ""
    rule: str = orjson.dumps(BEGINNING, option=orjson.OPT_INDENT_2).decode()
    enabled: bool = True
    kind: str = "rule"
    saved: bool = False


@framed
def new() -> Any:
    """A form for a new segment; sent, it is kept."""
    if request.method == "GET":
        return _page(Form())
    form = _sent(Form())
    return _saved(form)


@framed
def edit(slug: str) -> Any:
    """The form of a segment that is there; sent, it is changed."""
    one = _one(slug)
    text = orjson.dumps(one.rule, option=orjson.OPT_INDENT_2).decode()
    form = Form(slug, one.name, text, one.enabled, one.kind, saved=True)
    return _page(form) if request.method == "GET" else _saved(_sent(form))


@framed
def switch(slug: str) -> Any:
    """Turn a segment on or off."""
    one = _one(slug)
    _put(shop_now(), one.slug, one.name, one.kind, one.rule, request.form.get("enabled") == "1")
    return redirect(link("segments", slug), 303)


@framed
def remove(slug: str) -> Any:
    """Remove a segment; one that others are built on is not, and the page names them."""
    try:
        if not here().writer.do(shop_now().name, "delete_segment", slug=slug):
            raise NotFound(_("There is no segment called %(name)s.", name=slug))
    except DocumentRefused as trouble:
        users = trouble.message.removeprefix("in use by ").partition(":")[0]
        return make_response(segments_pages.segment(slug, users), trouble.status)
    return redirect(link("segments"), 303)


def preview() -> Any:
    """What the rule in the editor would do (POST), as JSON; DELETE ends what runs (``?id=``)."""
    began = perf_counter()
    try:
        shop = shop_now()
        if request.method == "DELETE":
            stop_run(shop, request.args.get("id", ""))
            return answer({"ok": True})
        data = read_object(request.get_data(), LARGEST)
        return answer(_shown(shop, data, previewed(shop, data, began, patient=False)))
    except PluginError as trouble:
        return answer(error(trouble.code, trouble_line(trouble.message)), trouble.status)


def _shown(shop: Shop, data: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """A preview with words and links, as the page shows it."""
    with store_now().read() as tx:
        groups = segments.definitions(tx)
    names = {one.slug: one.name for one in groups}
    words = [leaf_words(leaf, names) for leaf in leaves(read_rule(data.get("rule")))]
    shown: dict[str, Any] = {
        "count": said["count"],
        "exact": said["exact"],
        "leaves": [
            {"count": leaf["count"], "words": told}
            for leaf, told in zip(said["leaves"], words, strict=True)
        ],
        "sample": _people(said["sample"][:10]),
    }
    if "overlap" in said:
        shown["overlap"] = _bars(groups, said["overlap"], data.get("slug"))
    for way in ("entering", "leaving"):
        if way in said:
            shown[way] = {"count": said[way], "sample": _people(said["samples"][way][:5])}
    return shown


def _bars(
    groups: list[segments.Segment], overlap: Mapping[str, int], own: object
) -> list[dict[str, Any]]:
    """The other segments that share most visitors with the rule."""
    beside = [one for one in groups if overlap.get(one.slug) and one.slug != own]
    beside.sort(key=lambda one: -overlap[one.slug])
    return [
        {
            "name": one.name,
            "href": link("segments", one.slug),
            "size": one.size,
            "both": overlap[one.slug],
        }
        for one in beside[:MOST_BARS]
    ]


def _people(ids: list[str]) -> list[dict[str, str]]:
    return [{"name": short_id(one), "href": link("visitors", one)} for one in ids]


def _saved(form: Form) -> Any:
    """Keep what was sent and go to the segment; or the form again, with what is wrong."""
    shop = shop_now()
    try:
        if not form.saved:
            _check_new(form)
        if not form.name:
            raise DocumentRefused(_("Give it a name."))
        _put(shop, form.slug, form.name, form.kind, _rule(form.rule), form.enabled)
    except PluginError as trouble:
        return make_response(_page(form, trouble_line(trouble.message)), 400)
    return redirect(link("segments", form.slug), 303)


def _put(shop: Shop, slug: str, name: str, kind: str, rule: Any, enabled: bool) -> None:
    step = "put_static_segment" if kind == "static" else "put_segment"
    if kind == "static":
        bring_up_to_date(shop)  # its rule may ask who is in other segments
    words = {"slug": slug, "name": name, "rule": rule, "enabled": enabled}
    here().writer.do(shop.name, step, **words, now=here().now())
    bring_up_to_date(shop)


def _check_new(form: Form) -> None:
    check_slug(form.slug)
    if form.slug in reserved(here().routes, "segments"):
        raise DocumentRefused(_("“%(name)s” is the address of a page; choose another one.",
                                name=form.slug))  # fmt: skip
    with store_now().read() as tx:
        if any(one.slug == form.slug for one in segments.definitions(tx)):
            raise DocumentRefused(_("There is a segment with this short name; choose another one."))


def _rule(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as trouble:
        raise DocumentRefused(_("This cannot be read yet: %(why)s", why=str(trouble))) from None


def _sent(form: Form) -> Form:
    sent = request.form
    name = sent.get("name", "").strip()[:200]
    slug = form.slug or sent.get("slug", "").strip() or slug_of(name)
    return Form(slug, name, sent.get("rule", ""), "enabled" in sent, form.kind, form.saved)


def slug_of(name: str) -> str:
    """A short name for an address, made of a name in any letters.

    >>> slug_of("VIP, at risk!"), slug_of("단골")[:8]
    ('vip-at-risk', 'segment-')
    """
    plain = NAMELESS.sub("-", name.lower()).strip("-")[:60].rstrip("-")
    return plain or f"segment-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _one(slug: str) -> segments.Segment:
    with store_now().read() as tx:
        return segment_called(tx, slug)


def _page(form: Form, trouble: str | None = None) -> str:
    shop = shop_now()
    with store_now().read() as tx:
        offered = choices(tx, shop, form.slug if form.saved else None)
    offered |= {
        "preview": link("segments", "preview.json"),
        "slug": form.slug if form.saved and form.kind == "rule" else None,
        "trouble": trouble,
    }
    # "<" could end the element it stands in.
    text = orjson.dumps(offered).decode().replace("<", "\\u003c")
    return page("segment_edit.html", form=form, trouble=trouble, choices=text, number=number)
