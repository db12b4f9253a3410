"""How does the process run that writes for all (SQLite) and runs the clock?"""

from __future__ import annotations

import logging
import os
import signal

import click

from plugin.config import Settings, load_settings
from plugin.errors import PluginError
from plugin.storage.house import House
from plugin.tasks.clock import make_clock
from plugin.tasks.evaluator import Evaluator
from plugin.tasks.group import GroupWriter
from plugin.tasks.keeper import LOCK_WITHIN_S, Keeper, take_lock
from plugin.tasks.process import PARENT, clock_ms, end_with, settle


@click.command()
def work() -> None:
    """Run the writer (SQLite) and the clock alone."""
    run_work(load_settings())


def run_work(settings: Settings) -> None:
    """Write for everybody (SQLite) and run the clock, until told to stop."""
    # Waited for, not handled: a handler may be interrupted by the next signal, and would wait for
    # a lock that it holds itself. Threads begun from here on leave these two to us.
    asked_to_end = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked_to_end)
    # Before there is another thread, or a lock that a copy would hold too.
    evaluator = None if settings.on_postgres else Evaluator(settings).begin()
    if PARENT in os.environ:
        end_with(int(os.environ[PARENT]), signal.SIGTERM)
    house = House(settings)
    keeper = None
    if not settings.on_postgres:
        lock = take_lock(settings.data, LOCK_WITHIN_S)
        if lock is None:
            raise PluginError(f"another process already writes to {settings.data}: stop it first")
        keeper = Keeper(house, lock, evaluator).start()
    writer = GroupWriter(house).start() if keeper is None else keeper
    clock = make_clock(house, clock_ms, writer)
    clock.start()
    settle()
    signal.sigwait(asked_to_end)
    clock.shutdown(wait=False)
    writer.close()
    house.close()
    logging.shutdown()
    os._exit(0)  # without waiting for a job that still runs: what it does next has no store
