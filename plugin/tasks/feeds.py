"""How does a feed come into the catalogue: fetched, checked whole, and swapped in part by part?

Products of the feed first, each part a short transaction with a rest behind it; what the feed lacks
goes last, so that nobody ever sees half a category.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.shop import Shop
from plugin.storage import feeds
from plugin.storage.engine import Store
from plugin.storage.feeds import Feed
from plugin.tasks.fetch import Fetched
from plugin.tasks.imports import Source, fetch_into, is_address, open_source
from plugin.tasks.staging import HOW, FeedReport, Staged, doubts, stage
from plugin.tasks.writer import Writer

log = logging.getLogger("regulars.feeds")
BATCH = 100  # products in one transaction
RESTS, LONGEST_REST_S = 1.0, 0.5  # times what a batch took, so that visits come between
ATTEMPTS = 5  # of a step that finds the writer busy
BEAT_S = 1.0  # between two words on how far it has come
Told = Callable[[float], None]  # how much of the work is done, 0 to 1
Do = Callable[..., Any]


class FeedHeld(PluginError):
    """The feed was read, and looks too wrong to be taken."""

    code = "feed_held"
    status = 409

    def __init__(self, message: str, report: FeedReport) -> None:
        super().__init__(message)
        self.report = report


def doer(store: Store, shop: Shop, writer: Writer | None) -> Do:
    """What does a step of this shop: the writer, or without one this process itself."""

    def do(step: str, **args: Any) -> Any:
        if writer is not None:
            return writer.do(shop.name, step, **args)
        with store.write() as tx:
            return journey.STEPS[step](tx, shop, **args)

    return do


def run_due(
    store: Store, shop: Shop, now: int, writer: Writer | None = None, private: bool = False
) -> str:
    """Read the feeds whose time has come, and say how it went. Raises PluginError when one of them
    did not go well; the others went on.
    """
    with store.read() as tx:
        names = feeds.due(tx, now)
    said, well = [], True
    for name in names:
        run = Run(store, shop, doer(store, shop, writer), name, now, private=private)
        try:
            said.append(f"{name}: {in_words(run.whole())}")
        except PluginError as trouble:
            said.append(f"{name}: {trouble.message}")
            well = False
    if not well:
        raise PluginError("; ".join(said))
    return "; ".join(said) or "no feed is due"


def in_words(report: FeedReport) -> str:
    """What an import did, in a line."""
    if report.same:
        return "as last time"
    refused = sum(report.refused.values())
    return (
        f"{report.kept:,} products, {report.changed:,} new or changed,"
        f" {report.removed:,} removed, {refused:,} rows refused"
    )


class Run:
    """One import of one feed that is kept (``put_feed``).

    source: a file or an address; None: where the feed is. ``force``: take it whatever it looks
    like (also when the owner asked so on the page).
    """

    def __init__(
        self,
        store: Store,
        shop: Shop,
        do: Do,
        feed: str,
        now: int,
        *,
        source: str | None = None,
        force: bool = False,
        private: bool = False,
        told: Told = lambda _: None,
    ) -> None:
        self.store, self.shop, self._do, self.feed = store, shop, do, feed
        self._source, self.force, self.private, self._told = source, force, private, told
        self._began, self._began_at = time.monotonic(), now
        self._beat_at = 0.0

    def whole(self) -> FeedReport:
        """Do it all. Raises FeedHeld, FeedRefused, FetchFailed …; the catalogue is then as before,
        and the feed's own row says why.
        """
        with self.store.read() as tx:
            before = feeds.get(tx, self.feed)
        self._do("begin_feed", feed=self.feed, now=self._now())
        assert before is not None  # begin_feed raised NotFound
        self.force = self.force or before.force
        try:
            return self._read(before)
        except PluginError as trouble:
            held = isinstance(trouble, FeedHeld)
            report = trouble.report.document() if isinstance(trouble, FeedHeld) else None
            self._end("refused" if held else "failed", error=trouble.message, report=report)
            raise
        except Exception:
            log.exception("the feed %s of shop %s failed", self.feed, self.shop.name)
            self._end("failed", error="it could not be read; the log says more")
            raise

    def _read(self, before: Feed) -> FeedReport:
        turned = before.turns_at is not None and self._now() >= before.turns_at
        fresh = self.force or turned or before.digest is None
        with tempfile.TemporaryFile(prefix="regulars-") as file:
            with self._opened(before, fresh=fresh) as (source, answer):
                if answer is not None and answer.status == 304:
                    return self._same()
                digest = _digest(source, before)
                if digest == before.digest and not fresh:
                    return self._same()
                told, now = self._reads(source), self._now()
                staged = stage(source, file, self.shop, now, before.columns, told)
            if not self.force and (why := doubts(staged, before, self.store)):
                raise FeedHeld(" ".join([*why, HOW]), staged.report)
            self._swap(staged)
        headers = {} if answer is None else answer.headers
        found = {
            "report": staged.report.document(),
            "etag": headers.get("etag"),
            "modified": headers.get("last-modified"),
            "digest": None if staged.broken else digest,
            "turns_at": staged.turns_at,
            "items": staged.report.kept,
            "currency": staged.currency,
        }
        self._end("good", found=found)
        return staged.report

    @contextmanager
    def _opened(self, before: Feed, *, fresh: bool) -> Iterator[tuple[Source, Fetched | None]]:
        where = self._source or before.source
        if not is_address(where):
            with open_source(where) as source:
                yield source, None
            return
        asked = {} if fresh or where != before.source else _conditions(before)
        with tempfile.NamedTemporaryFile(prefix="regulars-") as file:
            answer = fetch_into(file, where, private=self.private, headers=asked)
            yield Source(Path(file.name), where), answer

    def _swap(self, staged: Staged) -> None:
        done, whole = 0, max(1, len(staged.places))
        for batch in staged.batches():
            staged.report.changed += self._put(batch)
            done += len(batch)
            self._beat(0.5 + 0.45 * done / whole)
        if not staged.broken:  # behind the break there may have been any of them
            staged.report.removed = self._remove(staged)
        self._beat(1.0)

    def _put(self, batch: list[dict[str, Any]]) -> int:
        """Keep those of a batch that say anything new; how many."""
        ids = [row["item_id"] for row in batch]
        with self.store.read() as tx:
            kept, named = feeds.kept(tx, ids), feeds.named(tx, self.feed, ids)
        news = [row for row in batch if feeds.says_more(row, kept.get(row["item_id"]))]
        fresh = {one for one in ids if one not in named}
        changed = {row["item_id"] for row in news}
        news += [{"item_id": one} for one in ids if one in fresh and one not in changed]
        for start in range(0, len(news), BATCH):
            part = news[start : start + BATCH]
            self._write(
                "put_feed_items",
                products=[row for row in part if row["item_id"] in changed],
                named=[row["item_id"] for row in part if row["item_id"] in fresh],
            )
        return len(changed)

    def _remove(self, staged: Staged) -> int:
        removed, after = 0, ""
        while True:
            with self.store.read() as tx:
                ids = feeds.named_by(tx, self.feed, after, 4 * BATCH)
            if not ids:
                return removed
            after = ids[-1]
            gone = [one for one in ids if one not in staged.places]
            for start in range(0, len(gone), BATCH):
                part = gone[start : start + BATCH]
                removed += self._write("remove_feed_items", item_ids=part)

    def _write(self, step: str, **args: Any) -> Any:
        began = time.monotonic()
        found = self._patiently(step, **args)
        time.sleep(min(RESTS * (time.monotonic() - began), LONGEST_REST_S))
        return found

    def _patiently(self, step: str, **args: Any) -> Any:
        """Do a step, again where the writer is busy or starting anew: each may be done twice."""
        for attempt in range(ATTEMPTS):
            try:
                return self._do(step, feed=self.feed, now=self._now(), **args)
            except Busy as trouble:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(trouble.retry_after_s)
        raise AssertionError("unreachable")

    def _reads(self, source: Source) -> Callable[[int], None]:
        return lambda position: self._beat(0.5 * position / max(1, source.size))

    def _beat(self, done: float) -> None:
        self._told(done)
        if time.monotonic() - self._beat_at >= BEAT_S:
            self._beat_at = time.monotonic()
            words = {"done": round(done * 1000), "whole": 1000, "now": self._now()}
            self._do("beat_feed", feed=self.feed, **words)

    def _same(self) -> FeedReport:
        self._end("good")
        self._told(1.0)
        return FeedReport(same=True)

    def _end(self, state: str, **words: Any) -> None:
        self._patiently("end_feed", state=state, **words)

    def _now(self) -> int:
        return self._began_at + round((time.monotonic() - self._began) * 1000)


def _conditions(before: Feed) -> dict[str, str]:
    """Asks for the feed only if it has changed."""
    asked = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
    return {name: value for name, value in asked.items() if value}


def _digest(source: Source, before: Feed) -> str:
    """By which just this content, read by just these columns, is known again."""
    found = hashlib.sha256(repr(sorted(before.columns.items())).encode())
    with source.path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()
