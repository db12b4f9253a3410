"""How does an owner bring a catalogue in at the command line?"""

from __future__ import annotations

import time
from collections.abc import Mapping

import click

from plugin.cli.room import Room
from plugin.shop import Shop
from plugin.storage import feeds
from plugin.tasks.feeds import FeedHeld, Run, doer
from plugin.tasks.fetch import check_url
from plugin.tasks.imports import Report, is_address
from plugin.tasks.staging import FeedReport

STEPS = 1_000  # of the progress bar


def import_catalog(
    here: Room,
    shop: Shop,
    source: str,
    columns: Mapping[str, str],
    *,
    force: bool,
    feed: str,
    every: int | None,
) -> None:
    """Take a feed in, and say what it did; with ``every`` (hours) the clock goes on from there."""
    _keep(here, shop, source, columns, feed, every)
    store, began = here.house.store(shop.name), time.monotonic()
    with click.progressbar(length=STEPS, label=f"catalog from {source}") as bar:
        run = Run(
            store,
            shop,
            doer(store, shop, here.writer),
            feed,
            here.now(),
            source=source,
            force=force,
            private=here.house.settings.fetch_private,
            told=lambda done: bar.update(round(done * STEPS) - bar.pos),
        )
        try:
            report = run.whole()
        except FeedHeld as held:
            click.echo()
            say_catalog(held.report, time.monotonic() - began)
            raise
    say_catalog(report, time.monotonic() - began)


def _keep(
    here: Room, shop: Shop, source: str, columns: Mapping[str, str], feed: str, every: int | None
) -> None:
    """Keep what is new of the feed: where it is, its columns, how often it is read."""
    with here.house.store(shop.name).read() as tx:
        before = feeds.get(tx, feed)
    address = before.source if before else ""
    if is_address(source):
        check_url(source, private=here.house.settings.fetch_private)
        address = source
    told = dict(columns) or (dict(before.columns) if before else {})
    hours = every or (before.every_hours if before else None)
    if before and (address, told, hours) == (before.source, before.columns, before.every_hours):
        return
    words = {"source": address, "columns": told, "every_hours": hours if address else None}
    here.writer.do(shop.name, "put_feed", feed=feed, now=here.now(), **words)


def say_catalog(report: FeedReport, seconds: float) -> None:
    """Print what an import of a catalogue did, or would have done."""
    if report.same:
        click.echo("the feed is as it was last time: nothing to do")
        return
    refused = sum(report.refused.values())
    click.echo(
        f"{report.rows_read:,} rows read in {seconds:.1f} s:"
        f" {report.kept:,} products kept, {refused:,} rows refused,"
        f" {report.duplicates:,} replaced by a later row of the same id"
    )
    click.echo(f"{report.changed:,} products new or changed, {report.removed:,} removed")
    say_refused(report)


def say_refused(report: Report) -> None:
    """Print why rows were refused, most first, each with some of their numbers."""
    for reason, count in sorted(report.refused.items(), key=lambda pair: -pair[1]):
        rows = ", ".join(str(row) for row in report.examples.get(reason, []))
        click.echo(
            f"  {count:>9,}  {reason} (rows {rows}…)" if rows else f"  {count:>9,}  {reason}"
        )
