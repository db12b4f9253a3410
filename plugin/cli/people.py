"""How are shops and owners added, listed, changed and removed?"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from plugin.cli.room import Room, room
from plugin.collect.signature import identity_key
from plugin.errors import PluginError
from plugin.shop import Shop
from plugin.storage import control
from plugin.web.passwords import hashed

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PUBLIC_KEY = re.compile(r"pk_[A-Za-z0-9_-]{8,64}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
SHORTEST_PASSWORD = 8


@click.group()
def shop() -> None:
    """Add, list and remove shops; change their keys."""


@shop.command("add")
@click.argument("name")
@click.option("--origin", "origins", multiple=True, help="Only pages of this origin may call.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217, as USD, KRW, JPY.")
@click.option("--timezone", default="UTC", show_default=True, help="As Asia/Seoul.")
@click.option(
    "--consent", type=click.Choice(["granted", "required"]), default="granted", show_default=True
)
@click.option("--public-key", help="Keep this public key (pk_…) instead of a new one.")
def add(
    name: str,
    origins: tuple[str, ...],
    currency: str,
    timezone: str,
    consent: str,
    public_key: str | None,
) -> None:
    """Add a shop; prints the script tag and both keys."""
    check_shop(name, currency, timezone, public_key)
    keys = control.new_keys(public_key)
    with room() as here:
        made = Shop(
            name,
            keys.public,
            currency.upper(),
            timezone,
            consent,
            tuple(origin.rstrip("/") for origin in origins),
            here.now(),
        )
        add_shop(here, made, keys)
        identity = identity_key(here.house.settings.secret_key, name)
    say_keys(made, keys)
    click.echo(f"Identity key: {identity}   (signs who is signed in; see docs/identity.md)")


def add_shop(here: Room, made: Shop, keys: control.Keys) -> None:
    """Keep a new shop and make its store. Raises PluginError when name or key are taken."""
    taken = here.house.shops()
    if made.name in taken:
        raise PluginError(f"there is a shop called {made.name} already: choose another name")
    if any(other.public_key == made.public_key for other in taken.values()):
        raise PluginError("this public key belongs to another shop: leave --public-key out")
    with here.house.control.write() as tx:
        control.add_shop(tx, made, keys)
    here.house.store(made.name)


def check_shop(name: str, currency: str, timezone: str, public_key: str | None) -> None:
    """Raises PluginError that says how to write what is wrong."""
    if not NAME.fullmatch(name):
        raise PluginError("a shop's name has a-z, 0-9 and _, begins with a letter, 40 at most")
    if not re.fullmatch(r"[A-Za-z]{3}", currency):
        raise PluginError("--currency is three letters of ISO 4217, as USD or KRW")
    if public_key is not None and not PUBLIC_KEY.fullmatch(public_key):
        raise PluginError("--public-key is pk_ and 8 to 64 letters, digits, - or _")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PluginError("--timezone is a name as Asia/Seoul or Europe/Paris") from None


def say_keys(shop: Shop, keys: control.Keys) -> None:
    """Print what the owner needs to copy; the secret key is shown this once."""
    click.echo(replace(shop, public_key=keys.public).tag("https://HOST"))
    click.echo(f"Public key: {keys.public}")
    click.echo(f"Secret key: {keys.secret}   (shown once; keep it on your server)")


@shop.command("list")
def list_shops() -> None:
    """List the shops."""
    with room() as here:
        for one in here.house.shops().values():
            told = (one.name, one.currency, one.timezone, f"consent {one.consent}", one.public_key)
            click.echo("  ".join(told))


@shop.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a shop with all its data."""
    with room() as here:
        here.house.shop(name)
        if not yes:
            click.confirm(f"Remove {name} and everything known of its visitors?", abort=True)
        here.house.forget(name)
        with here.house.control.write() as tx:
            control.remove_shop(tx, name)
    click.echo(f"{name} is removed")


@shop.command("rotate-key")
@click.argument("name")
def rotate_key(name: str) -> None:
    """Give a shop new keys; the old ones open nothing from now on."""
    keys = control.new_keys()
    with room() as here:
        shop = here.house.shop(name)
        with here.house.control.write() as tx:
            control.rotate_keys(tx, name, keys)
    say_keys(shop, keys)


@click.group()
def owner() -> None:
    """Add owners, who may open the admin; change their passwords."""


@owner.command("add")
@click.argument("email")
def add_owner(email: str) -> None:
    """Add an owner; asks for the password (or reads REGULARS_PASSWORD)."""
    keep_owner(email, new=True)


@owner.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Give an owner a new password."""
    keep_owner(email, new=False)


def keep_owner(email: str, *, new: bool) -> None:
    """Keep the owner's e-mail with a password asked for now. Raises PluginError."""
    if not EMAIL.fullmatch(email):
        raise PluginError(f"{email} is not an e-mail address")
    with room() as here:
        with here.house.control.read() as tx:
            known = control.owner(tx, email) is not None
        if known == new:
            raise PluginError(
                f"{email} is an owner already: regulars owner password {email}"
                if new
                else f"{email} is no owner yet: regulars owner add {email}"
            )
        secret = ask_password()
        with here.house.control.write() as tx:
            control.put_owner(tx, email, hashed(secret), here.now())
    click.echo(f"{email} may sign in at /admin/")


def ask_password() -> str:
    """The password, from REGULARS_PASSWORD or typed twice. Raises PluginError when too short."""
    secret = os.environ.get("REGULARS_PASSWORD") or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    if len(secret) < SHORTEST_PASSWORD:
        raise PluginError(f"the password needs {SHORTEST_PASSWORD} characters or more")
    return str(secret)
