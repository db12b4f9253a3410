"""How does an owner bring data in, and have the clock's work done now?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import click

from plugin import journey
from plugin.cli.catalog import import_catalog, say_refused
from plugin.cli.room import Room, room
from plugin.journey import Changes
from plugin.shop import Shop
from plugin.tasks.imports import Report, Source, import_events, import_orders, open_source

SHOP = click.option("--shop", "name", help="Which shop; may be left out when there is one.")


@click.command("import")
@click.argument("kind", type=click.Choice(["catalog", "orders", "events"]))
@click.argument("source")
@SHOP
@click.option("--map", "mapping", default="", help="ours=theirs,… : which column holds what.")
@click.option("--force", is_flag=True, help="Take a catalogue though it looks wrong.")
@click.option("--feed", default="catalog", show_default=True, help="The catalogue's name.")
@click.option("--every", type=click.IntRange(1, 168), help="Read its address every so many hours.")
def import_(
    kind: str,
    source: str,
    name: str | None,
    mapping: str,
    force: bool,
    feed: str,
    every: int | None,
) -> None:
    """Bring in a file or an address: says rows read, kept, refused and why; again: goes on."""
    given = dict(pair.split("=", 1) for pair in mapping.split(",") if "=" in pair)
    with room() as here:
        shop = here.shop(name)
        if kind == "catalog":
            import_catalog(here, shop, source, given, force=force, feed=feed, every=every)
            return
        began = time.monotonic()
        with open_source(source, private=here.house.settings.fetch_private) as file:
            report = _with_progress(here, shop, file, kind, given)
        changes = Changes(**here.writer.do(shop.name, "reassign", now=here.now()))
        here.writer.do(shop.name, "rank", now=here.now())
    say_report(report, time.monotonic() - began)
    click.echo(f"segments: {changes}")


def _with_progress(
    here: Room, shop: Shop, file: Source, kind: str, given: dict[str, str]
) -> Report:
    with click.progressbar(length=file.size, label=f"{kind} from {file.name}") as bar:

        def told(position: int) -> None:
            bar.update(position - bar.pos)

        if kind == "orders":
            return import_orders(here.house, here.writer, shop, file, here.now(), given, told)
        return import_events(here.house, here.writer, shop, file, here.now(), told)


def say_report(report: Report, seconds: float) -> None:
    """Print what an import did."""
    refused = sum(report.refused.values())
    click.echo(
        f"{report.rows_read:,} rows read in {seconds:.1f} s:"
        f" {report.kept:,} kept, {refused:,} refused"
    )
    click.echo(f"{report.events:,} orders or events, {report.new:,} of them new")
    if report.resumed_at:
        click.echo(f"an earlier run had stored the first {report.resumed_at:,} of them")
    say_refused(report)


@click.command()
@SHOP
@click.option("--full", is_flag=True, help="Look at every visitor, not only at those who changed.")
def reassign(name: str | None, full: bool) -> None:
    """Move visitors between segments now; prints how many were looked at, entered, left."""
    with room() as here:
        changes, seconds = _timed(
            lambda: Changes(
                **here.writer.do(here.shop(name).name, "reassign", now=here.now(), full=full)
            )
        )
    click.echo(f"{changes}, {seconds:.2f} s")


@click.command()
@SHOP
def rebuild(name: str | None) -> None:
    """Tell every profile anew from its events; prints how many there are and how many changed."""
    with room() as here:
        told, seconds = _timed(lambda: here.writer.do(here.shop(name).name, "rebuild"))
    click.echo(f"{told['profiles']:,} profiles, {told['changed']:,} changed, {seconds:.2f} s")


@click.command()
@SHOP
def train(name: str | None) -> None:
    """Build the lists and the model that recommendations use now; prints sizes and seconds."""
    with room() as here:
        shop = here.shop(name)
        ranked, seconds = _timed(lambda: here.writer.do(shop.name, "rank", now=here.now()))
        click.echo(f"rankings: {ranked} places, {seconds:.2f} s")
        store = here.house.store(shop.name)
        made = journey.build_model(store, shop, here.now(), _tell_progress)
        _end_progress()
        here.writer.do(shop.name, "keep_model", **made)
        journey.sweep_models(store)
    click.echo(f"model: {journey.say_model(made['row'])}")


def _tell_progress(what: str, done: int) -> None:
    """On one line that counts up, where somebody looks; into a file goes only what came of it."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}: {done:,} ", nl=False, err=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began
