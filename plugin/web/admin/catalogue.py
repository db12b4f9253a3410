"""What is in the catalogue, where from, and how do its feeds do?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.journey.feeds import MOST_HOURS
from plugin.storage import catalogue as products
from plugin.storage import feeds
from plugin.storage.feeds import Feed
from plugin.tasks.feeds import FeedHeld, Run, doer
from plugin.tasks.fetch import check_place
from plugin.tasks.staging import FeedReport
from plugin.web.admin.visitors import in_shop
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.server_api import LARGEST_FEED
from plugin.web.shop_settings import never_show

PER_PAGE = 50
LONGEST = 200  # letters that are looked for
OWN = "catalog"  # the name of a feed that nobody named, here as at the command line
STATES = {
    "new": _l("Not read yet"),
    "asked": _l("Waiting for the clock"),
    "running": _l("Being read"),
    "good": _l("Well"),
    "refused": _l("Not taken"),
    "failed": _l("Failed"),
}
ORIGINS = {
    products.FEED: _l("Feed"),
    products.SERVER: _l("Your server"),
    products.EVENTS: _l("Learnt from events"),
}
STOCK = {
    "in_stock": _l("In stock"),
    "out_of_stock": _l("Sold out"),
    "preorder": _l("To be ordered ahead"),
}


@dataclass(frozen=True)
class Form:
    """What stands in a feed's form: of a new one, of one to change, or as it was sent."""

    feed: str = ""
    source: str = ""
    every: str = "6"
    columns: str = ""
    old: bool = False


@dataclass(frozen=True)
class Uploaded:
    """What came of a file that was sent. ``trouble``: why it was not taken; None: it was."""

    feed: str
    report: FeedReport | None
    trouble: str | None = None


@framed
def catalogue() -> Any:
    """Products by id (``?q=``, ``?origin=``), the feeds, and the form for one (``?edit=``)."""
    return _page(_form_of(request.args.get("edit")))


@framed
def live() -> Any:
    """How far each feed is, for the page to ask while one is being read."""
    now = here().now()
    with store_now().read() as tx:
        found = feeds.feeds(tx)
    told = [{"name": f.name, "busy": _busy(f, now), "done": _share(f)} for f in found]
    return jsonify(
        {
            "feeds": [
                {**one, "state": str(STATES[f.state])} for one, f in zip(told, found, strict=True)
            ]
        }
    )


@framed
def save() -> Any:
    """Keep a feed, new or changed; the clock reads it within seconds."""
    form = _sent()
    try:
        check_place(form.source, private=here().house.settings.fetch_private)
        _do("put_feed", feed=form.feed, source=form.source, columns=_columns(form.columns),
            every_hours=_hours(form.every))  # fmt: skip
    except PluginError as trouble:
        return make_response(_page(form, trouble=trouble.message), 400)
    return redirect(link("catalogue"), 303)


@framed
def run(feed: str) -> Any:
    """Have the clock read a feed now; with ``force`` whatever it looks like."""
    _do("ask_feed", feed=feed, force="force" in request.form)
    return redirect(link("catalogue"), 303)


@framed
def remove(feed: str) -> Any:
    """Forget a feed; its products stay."""
    _do("delete_feed", feed=feed, timed=False)
    return redirect(link("catalogue"), 303)


@framed
def upload() -> Any:
    """Take a file in at once, and show what came of it."""
    feed = request.form.get("feed", "").strip() or OWN
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise DocumentRefused(_("Choose a file first."))
        done = Uploaded(feed, _take(feed, file, force="force" in request.form))
    except FeedHeld as held:
        done = Uploaded(feed, held.report, held.message)
    except PluginError as trouble:
        done = Uploaded(feed, None, trouble.message)
    return make_response(_page(uploaded=done), 200 if done.trouble is None else 400)


@framed
def shown() -> Any:
    """Have no window show a product, or let them again."""
    item_id = request.form.get("product", "").strip()[:128]
    never_show(here().house, shop_now(), item_id, request.form.get("do") == "never")
    told = {name: request.form.get(name) or None for name in ("q", "origin", "after")}
    return redirect(link("catalogue", **told) + "#products-title", 303)


def _take(feed: str, file: Any, *, force: bool) -> FeedReport:
    shop, store = shop_now(), store_now()
    with store.read() as tx:
        known = feeds.get(tx, feed)
    with tempfile.NamedTemporaryFile(prefix="regulars-") as kept:
        file.save(kept)
        kept.flush()
        if kept.tell() > LARGEST_FEED:
            raise DocumentRefused(_("The file is larger than 8 MB: pack it with gzip."))
        if known is None:
            _do("put_feed", feed=feed)
        do = doer(store, shop, here().writer)
        return Run(store, shop, do, feed, here().now(), source=kept.name, force=force).whole()


def _do(step: str, timed: bool = True, **words: Any) -> Any:
    if timed:
        words["now"] = here().now()
    return here().writer.do(shop_now().name, step, **words)


def _page(
    form: Form | None = None, trouble: str | None = None, uploaded: Uploaded | None = None
) -> str:
    shop, now = shop_now(), here().now()
    sought = request.args.get("q", "").strip()[:LONGEST]
    origin = request.args.get("origin", "")
    origin = origin if origin in ORIGINS else ""
    after = request.args.get("after", "")[:128]
    with store_now().read() as tx:
        found = products.find(tx, sought, origin, after, PER_PAGE + 1)
        counts = products.counts(tx)
        kept = feeds.feeds(tx)
    for row in found:
        row["image"], row["url"] = in_shop(row["image"], shop), in_shop(row["url"], shop)
    return page(
        "catalogue.html",
        found=found[:PER_PAGE],
        following=found[PER_PAGE - 1]["item_id"] if len(found) > PER_PAGE else None,
        first_page=not after,
        sought=sought,
        origin=origin,
        counts=counts,
        feeds=kept,
        busy={one.name: _busy(one, now) for one in kept},
        share={one.name: _share(one) for one in kept},
        form=form or Form(),
        trouble=trouble,
        uploaded=uploaded,
        states=STATES,
        origins=ORIGINS,
        stock=STOCK,
        never_shown=shop.never_shown,
        after=after,
        hours=MOST_HOURS,
    )


def _busy(feed: Feed, now: int) -> bool:
    return feed.state == "asked" or feed.runs(now)


def _share(feed: Feed) -> int:
    """How far a run is, in thousandths."""
    return round(1_000 * feed.done / feed.whole) if feed.whole else 0


def _form_of(name: str | None) -> Form | None:
    if not name:
        return None
    with store_now().read() as tx:
        one = feeds.get(tx, name)
    if one is None:
        raise NotFound(_("There is no such feed."))
    columns = ", ".join(f"{ours}={theirs}" for ours, theirs in one.columns.items())
    return Form(one.name, one.source, str(one.every_hours or ""), columns, old=True)


def _sent() -> Form:
    def said(name: str) -> str:
        return request.form.get(name, "").strip()

    return Form(
        said("feed") or OWN, said("source"), said("every"), said("columns"), bool(said("old"))
    )


def _hours(text: str) -> int | None:
    """Hours between two readings; None: only when asked. Raises DocumentRefused."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_HOURS:
        raise DocumentRefused(_("Between two readings lie 1 to 168 hours."))
    return int(text)


def _columns(text: str) -> dict[str, str]:
    """``ours=theirs, …`` as the form has it. Raises DocumentRefused."""
    pairs = [pair.split("=", 1) for pair in text.split(",") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise DocumentRefused(_("Write columns as item_id=YOUR_COLUMN, name=ANOTHER."))
    return {pair[0].strip(): pair[1].strip() for pair in pairs}
