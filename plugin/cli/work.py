"""How does the process run that writes for all (SQLite) and runs the clock?"""

from __future__ import annotations

import logging
import os
import signal
import threading

import click

from plugin.config import Settings, load_settings
from plugin.errors import PluginError
from plugin.storage.house import House
from plugin.tasks.clock import make_clock
from plugin.tasks.keeper import LOCK_WITHIN_S, Keeper, take_lock
from plugin.tasks.process import PARENT, clock_ms, end_with, settle


@click.command()
def work() -> None:
    """Run the writer (SQLite) and the clock alone."""
    run_work(load_settings())


def run_work(settings: Settings) -> None:
    """Write for everybody (SQLite) and run the clock, until told to stop."""
    stop = threading.Event()
    if PARENT in os.environ:
        end_with(int(os.environ[PARENT]), signal.SIGTERM)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    house = House(settings)
    keeper = None
    if not settings.on_postgres:
        lock = take_lock(settings.data, LOCK_WITHIN_S)
        if lock is None:
            raise PluginError(f"another process already writes to {settings.data}: stop it first")
        keeper = Keeper(house, lock).start()
    clock = make_clock(house, clock_ms)
    clock.start()
    settle()
    stop.wait()
    clock.shutdown(wait=False)
    if keeper is not None:
        keeper.close()
    house.close()
    logging.shutdown()
    os._exit(0)  # without waiting for a job that still runs: what it does next has no store
