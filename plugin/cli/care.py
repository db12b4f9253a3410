"""How does an owner keep the installation healthy, and a visitor's wishes?"""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import click
import msgspec
import orjson

import plugin
from plugin import journey
from plugin.cli.room import Room, room
from plugin.collect.orders import customer_visitor_id
from plugin.config import load_settings, static_dir
from plugin.errors import NotFound, PluginError
from plugin.shop import Shop, local_time
from plugin.storage import backup as copies
from plugin.storage import feeds, model_files, models, profiles, segments
from plugin.storage.sqlite import SAFE_VERSION, sqlite_version

EVERY_EVENT = 1_000_000
MANY = 10_000


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy every store to FOLDER while the shop goes on."""
    with room() as here:
        names = copies.backup(here.house, folder)
    click.echo(f"{len(names)} stores are copied to {folder}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(folder: Path) -> None:
    """Bring a backup into the (empty) data folder."""
    settings = load_settings()
    names = copies.restore(folder, settings.data)
    click.echo(f"{len(names)} stores are restored to {settings.data}")


@click.command()
def doctor() -> None:
    """Look for what is wrong with this installation; exit 1 when something is."""
    with room() as here:
        found = list(_troubles(here))
    for trouble in found:
        click.echo(f"! {trouble}")
    click.echo(f"{len(found)} found" if found else "all is well")
    sys.exit(1 if found else 0)


def _troubles(here: Room) -> Iterator[str]:
    if not here.house.settings.on_postgres and sqlite_version() < SAFE_VERSION:
        version = ".".join(str(part) for part in sqlite_version())
        yield f"SQLite {version} can damage a file under two writers: pip install pysqlite3"
    mode = stat.S_IMODE(here.house.settings.data.stat().st_mode)
    if mode & 0o077:
        yield f"others may read {here.house.settings.data}: chmod 700 it"
    for name in ("s.js", "ui.js"):
        if not (static_dir() / name).is_file():
            yield f"{name} is missing: install Regulars again"
    yield from _foreign_package()
    yield from _models_of_nobody(here)
    yield from _troubled_feeds(here)
    for name, shop in here.house.shops().items():
        with here.house.store(name).read() as tx:
            waiting = sum(segments.backlog(tx, here.now()))
            silence = journey.listen(tx, shop, here.now()).silence
            model = models.newest(tx)
        if model is not None and not model_files.is_whole(
            here.house.store(name), model["generation"]
        ):
            yield f"shop {name}: its model cannot be read: regulars train --shop {name}"
        if waiting > MANY:
            yield f"shop {name}: {waiting} visitors wait; is `regulars work` running?"
        if silence is not None:
            since = f"{local_time(silence.since, shop.timezone):%Y-%m-%d %H:%M}"
            yield f"shop {name}: no event since {since}; is the tag still in its pages?"


def _models_of_nobody(here: Room) -> Iterator[str]:
    """Left by a shop that another machine removed; what is in it is known of people."""
    for folder in sorted((here.house.settings.data / "models").glob("*")):
        if folder.name not in here.house.shops():
            yield f"{folder} belongs to no shop: remove it"


def _troubled_feeds(here: Room) -> Iterator[str]:
    """Feeds of the catalogue that were not taken, and those that are not heard of."""
    for name in here.house.shops():
        with here.house.store(name).read() as tx:
            found = feeds.feeds(tx)
        for feed in found:
            if feed.state in ("refused", "failed"):
                yield f"shop {name}: feed {feed.name}: {feed.error}"
            if feed.silent(here.now()):
                yield f"shop {name}: feed {feed.name} has not gone well for three of its periods"


def _foreign_package() -> Iterator[str]:
    """Another distribution may also install a package called plugin, and overwrite this one."""
    owners = metadata.packages_distributions().get("plugin", [])
    others = sorted(set(owners) - {"regulars"})
    if others:
        yield f"{', '.join(others)} also installs `plugin`: give Regulars its own environment"
    if not Path(plugin.__file__).is_file():
        yield "the package cannot be found: install Regulars again"


@click.group()
def privacy() -> None:
    """Give out, or erase, what is known of one person."""


def person(command: Callable[..., None]) -> Callable[..., None]:
    """Let ``command`` take a shop and one of three names of a person."""
    for option in (
        click.option("--shop", "name"),
        click.option("--visitor", help="The browser's visitor id."),
        click.option("--customer", help="The shop's own customer id."),
        click.option("--email"),
    ):
        command = option(command)
    return command


def ids_of(
    here: Room, shop: Shop, visitor: str | None, customer: str | None, email: str | None
) -> list[str]:
    """The visitor ids that belong to the person. Raises PluginError, NotFound."""
    if sum(one is not None for one in (visitor, customer, email)) != 1:
        raise PluginError("name one of --visitor, --customer, --email")
    if visitor is not None:
        return [visitor]
    with here.house.store(shop.name).read() as tx:
        found = profiles.of_person(tx, customer_id=customer, email=email)
    if customer is not None:
        found = sorted({*found, customer_visitor_id(customer)})
    if not found:
        raise NotFound("nobody is known under this name")
    return found


@privacy.command("export")
@person
def export(name: str | None, visitor: str | None, customer: str | None, email: str | None) -> None:
    """Print everything known of a person, as JSON."""
    with room() as here:
        shop = here.shop(name)
        store = here.house.store(shop.name)
        known: dict[str, journey.VisitorView] = {}  # several ids may lead to one
        for visitor_id in ids_of(here, shop, visitor, customer, email):
            try:
                view = journey.look_at(store, shop, visitor_id, here.now(), EVERY_EVENT)
            except NotFound:
                continue
            known[view.profile.visitor_id] = view
        if not known:
            raise NotFound("nothing is known of this person")
        as_json = orjson.dumps(
            list(known.values()), option=orjson.OPT_INDENT_2, default=msgspec.to_builtins
        )
        click.echo(as_json.decode())


@privacy.command("erase")
@person
def erase(name: str | None, visitor: str | None, customer: str | None, email: str | None) -> None:
    """Erase everything known of a person."""
    with room() as here:
        shop = here.shop(name)
        gone = [
            visitor_id
            for visitor_id in ids_of(here, shop, visitor, customer, email)
            if here.writer.do(shop.name, "erase", visitor_id=visitor_id, now=here.now())
        ]
        if not gone:
            raise NotFound("nothing is known of this person")
    click.echo(f"{len(gone)} visitors are erased")
