"""How does a newcomer get a stocked shop with a past, on one command?"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from pathlib import Path

import click
import requests
from werkzeug.serving import make_server

from plugin.cli.people import add_shop
from plugin.cli.room import Room, room
from plugin.cli.run import check_free, run_everything
from plugin.config import load_settings
from plugin.journey import Changes
from plugin.shop import Shop
from plugin.storage import control
from plugin.web.app import DEMO_SHOP, create_app
from plugin.web.demo.fill import fill
from plugin.web.passwords import hashed

EMAIL = "owner@demo.example"
PASSWORD_FILE = "demo.password"
FILLED = "demo_filled"
SETTINGS: dict[str, object] = {"control_share": 0.1, "free_shipping_from": 75}


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Where to keep it (default: REGULARS_DATA or ./data).",
)
@click.option(
    "--visitors",
    default=2500,
    show_default=True,
    type=click.IntRange(100, 20_000),
    help="How many visitors its played history has.",
)
def demo(port: int, data: Path | None, visitors: int) -> None:
    """A stocked demo shop with 90 days of played history and a live admin."""
    settings = load_settings(data=data)
    check_free("127.0.0.1", port)
    with room(settings.data) as here:
        password = prepare(here, settings.data, visitors)
    announcer = threading.Thread(target=announce, args=(port, password), daemon=True)
    announcer.start()
    run_everything("127.0.0.1", port, 1, settings.data)


def prepare(here: Room, data: Path, visitors: int) -> str:
    """Have a filled demo shop and its owner; the owner's password."""
    known = here.house.shops().get(DEMO_SHOP)
    if known is None or not known.settings.get(FILLED):
        stock(here, visitors)
    kept = data / PASSWORD_FILE
    if not kept.is_file():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(9), encoding="ascii")
    password = kept.read_text(encoding="ascii")
    with here.house.control.write() as tx:
        control.put_owner(tx, EMAIL, hashed(password), here.now())
    return password


def stock(here: Room, visitors: int) -> None:
    """Make the demo shop from nothing and play its past into it, over real HTTP."""
    if DEMO_SHOP in here.house.shops():  # an earlier try was interrupted
        here.house.forget(DEMO_SHOP)
        with here.house.control.write() as tx:
            control.remove_shop(tx, DEMO_SHOP)
    keys = control.new_keys()
    made = Shop(DEMO_SHOP, keys.public, "USD", "UTC", created_at=here.now(), settings=SETTINGS)
    add_shop(here, made, keys)
    play(here, keys.secret, visitors)
    here.writer.do(DEMO_SHOP, "rank", now=here.now())
    changes = Changes(**here.writer.do(DEMO_SHOP, "reassign", now=here.now(), full=True))
    here.writer.do(DEMO_SHOP, "rank", now=here.now())  # favourites need the members
    click.echo(f"Segments: {changes}")
    with here.house.control.write() as tx:
        control.keep_settings(tx, DEMO_SHOP, {**SETTINGS, FILLED: True})


def play(here: Room, secret: str, visitors: int) -> None:
    """Serve the API for a moment on a free port, and let the simulation drive it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    server = make_server("127.0.0.1", 0, create_app(here.house, here.writer), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with click.progressbar(length=100, label="Playing 90 days of history") as bar:

            def progress(done: int, of: int) -> None:
                bar.update(max(0, done * 100 // max(of, 1) - bar.pos))

            base = f"http://127.0.0.1:{server.port}"
            fill(base, secret, now=here.now(), visitors=visitors, progress=progress)
    finally:
        server.shutdown()
        thread.join()


def announce(port: int, password: str) -> None:
    """Say where to look, once it answers."""
    base = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if requests.get(f"{base}/ready", timeout=2).status_code == 200:
                break
        except requests.RequestException:
            pass
        time.sleep(0.1)
    else:
        click.echo("regulars: the demo did not become ready; its messages stand above", err=True)
        return
    click.echo(f"Shop: {base}/demo/")
    click.echo(f"Admin: {base}/admin/")
    click.echo(f"Login: {EMAIL} {password}")
    click.echo("Press Ctrl-C to stop.")
