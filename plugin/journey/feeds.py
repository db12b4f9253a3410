"""What happens to a feed: kept, asked for, read, taken into the catalogue, or refused?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from plugin.collect.feeds.names import Names
from plugin.errors import Busy, DocumentRefused, NotFound
from plugin.shop import HOUR, MINUTE, Shop
from plugin.storage import feeds, items
from plugin.storage.engine import Tx

MOST_FEEDS = 20
MOST_HOURS = 168
NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/\\]{1,80}")
FIRST_RETRY_MS = 5 * MINUTE


def put_feed(
    tx: Tx,
    shop: Shop,
    feed: str,
    now: int,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    every_hours: int | None = None,
) -> None:
    """Keep a feed; ``source``: an address, checked by the caller, which the clock reads at once and
    then every so many hours (None: when asked), or empty for files. Raises DocumentRefused.
    """
    if not NAME.fullmatch(feed) or not feed.strip():
        raise DocumentRefused("a feed's name has 1 to 80 letters, none of them / or \\")
    if every_hours is not None and not 1 <= every_hours <= MOST_HOURS:
        raise DocumentRefused(f"a feed is read every 1 to {MOST_HOURS} hours")
    Names(columns)
    if feeds.get(tx, feed) is None and len(feeds.feeds(tx)) >= MOST_FEEDS:
        raise DocumentRefused(f"{MOST_FEEDS} feeds are the most; remove one first")
    due_at = now if source and every_hours is not None else None
    feeds.put(tx, feed, source, columns or {}, every_hours, due_at, now)


def delete_feed(tx: Tx, shop: Shop, feed: str) -> bool:
    """Forget a feed; False when there is none. Its products stay."""
    return feeds.delete(tx, feed)


def ask_feed(tx: Tx, shop: Shop, feed: str, now: int, force: bool = False) -> None:
    """Have the clock read a feed next. Raises NotFound, DocumentRefused without an address."""
    one = _one(tx, feed)
    if not one.source:
        raise DocumentRefused("this feed has no address: send its file again")
    if not one.runs(now):
        feeds.ask(tx, feed, now, force=force)


def begin_feed(tx: Tx, shop: Shop, feed: str, now: int) -> None:
    """A run of a feed begins. Raises Busy while another is at it."""
    if _one(tx, feed).runs(now):
        raise Busy(f"the feed {feed} is being read just now; try again when that is done")
    feeds.begin(tx, feed, now)


def beat_feed(tx: Tx, shop: Shop, feed: str, done: int, whole: int, now: int) -> None:
    """How far a run has come, of ``whole``."""
    feeds.beat(tx, feed, done, whole, now)


def put_feed_items(
    tx: Tx,
    shop: Shop,
    feed: str,
    products: Sequence[Mapping[str, Any]],
    named: Sequence[str],
    now: int,
) -> None:
    """Keep products of a feed, and that it names those of ``named`` for the first time."""
    if named:
        feeds.name_items(tx, feed, named)
    if products:
        items.upsert(tx, products, now)


def remove_feed_items(tx: Tx, shop: Shop, feed: str, item_ids: Sequence[str], now: int) -> int:
    """Take away what a feed names no more; how many products went."""
    return feeds.remove_items(tx, feed, item_ids, now)


def end_feed(
    tx: Tx,
    shop: Shop,
    feed: str,
    now: int,
    state: str,
    found: Mapping[str, Any] | None = None,
    error: str = "",
    report: Mapping[str, Any] | None = None,
) -> None:
    """How a run ended: good (``found``: what is kept of it; None: the feed was as before), refused,
    or failed; then it is tried again after 5 minutes, 15, 45 …, a period at most.
    """
    one = feeds.get(tx, feed)
    if one is None:  # removed meanwhile
        return
    following = one.next_at(now)
    if state == "good" and found is not None:
        feeds.went_well(tx, feed, now, following, found)
    elif state == "good":
        feeds.is_the_same(tx, feed, now, following)
    else:
        if state == "failed" and following is not None:
            wait = FIRST_RETRY_MS * 3 ** min(one.tries, 6)
            following = now + min(wait, (one.every_hours or 1) * HOUR)
        feeds.went_badly(tx, feed, state, error, following, report)


def _one(tx: Tx, feed: str) -> feeds.Feed:
    found = feeds.get(tx, feed)
    if found is None:
        raise NotFound(f"there is no feed called {feed}")
    return found


FEED_STEPS = (
    put_feed,
    delete_feed,
    ask_feed,
    begin_feed,
    beat_feed,
    put_feed_items,
    remove_feed_items,
    end_feed,
)
