"""How does a program keep the shop's feeds and ask how each did? (secret key)"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.errors import NotFound
from plugin.journey.feeds import MOST_HOURS
from plugin.serve.document import Document
from plugin.shop import Shop
from plugin.storage import feeds
from plugin.storage.feeds import Feed
from plugin.tasks.fetch import check_place
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here

KEYS = ("name", "source", "every", "map")
# What the last run that came to an end found.
FOUND = ("rows_read", "kept", "duplicates", "changed", "removed", "refused", "examples")


def list_feeds() -> Response:
    """Every feed by name, and how each did."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        found = feeds.feeds(tx)
    return answer({"feeds": [_told(one) for one in found]})


def get_feed(feed: str) -> Response:
    """One feed, and how it did."""
    return answer(_told(_one(server_shop(), feed)))


def put_feed(feed: str) -> Response:
    """Keep a feed, new or changed; the clock reads it within seconds."""
    shop = server_shop()
    one = Document(body(), "feed", KEYS)
    if one.text("name", feed) != feed:
        raise one.refused("name", f"must be {feed!r}, as in the address, or absent")
    source = one.text("source")
    columns = one.raw("map") or {}
    if not isinstance(columns, dict) or not all(isinstance(its, str) for its in columns.values()):
        raise one.refused("map", 'must be an object of texts: {"item_id": "YOUR_COLUMN"}')
    every = None if one.raw("every") is None else one.whole("every", 1, MOST_HOURS)
    check_place(source, private=here().house.settings.fetch_private)
    _do(shop, "put_feed", feed, now=here().now(), source=source, columns=columns, every_hours=every)
    return answer(_told(_one(shop, feed)))


def run_feed(feed: str) -> Response:
    """Have the clock read a feed now; with ``force`` whatever it looks like."""
    shop = server_shop()
    said = body() if request.content_length else {}
    force = Document(said, "run", ("force",)).flag("force", False)
    _do(shop, "ask_feed", feed, now=here().now(), force=force)
    return answer(_told(_one(shop, feed)))


def delete_feed(feed: str) -> Response:
    """Forget a feed; its products stay."""
    if not _do(server_shop(), "delete_feed", feed):
        raise NotFound("there is no such feed")
    return answer({"ok": True})


def _do(shop: Shop, step: str, feed: str, **words: Any) -> Any:
    return here().writer.do(shop.name, step, feed=feed, **words)


def _one(shop: Shop, name: str) -> Feed:
    with here().house.store(shop.name).read() as tx:
        found = feeds.get(tx, name)
    if found is None:
        raise NotFound("there is no such feed")
    return found


def _told(feed: Feed) -> dict[str, Any]:
    """A feed as programs read it; moments are Unix ms, null: never."""
    now = here().now()
    runs = feed.runs(now)
    return {
        "name": feed.name,
        "source": feed.source or None,
        "every": feed.every_hours,
        "map": dict(feed.columns),
        # Of one whose process died nobody will say more.
        "state": "failed" if feed.state == "running" and not runs else feed.state,
        "done": feed.done / feed.whole if runs and feed.whole else None,
        "error": feed.error,
        "next_at": feed.due_at,
        "ran_at": feed.run_at,
        "good_at": feed.good_at,
        "silent": feed.silent(now),
        "last": {name: feed.report[name] for name in FOUND if name in feed.report} or None,
    }
