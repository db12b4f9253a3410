"""How is a model built without anybody's visit waiting for it?

In a process of its own, at a lower priority, that ends when it is done and gives its memory back.
It reads the store and writes a file; the caller commits that the file counts.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from plugin import journey
from plugin.config import Settings
from plugin.errors import PluginError
from plugin.storage.house import House
from plugin.tasks.evaluator import NICER
from plugin.tasks.process import end_with


def build_apart(settings: Settings, name: str, now: int) -> dict[str, Any]:
    """As ``journey.build_model`` for the shop called ``name``. Raises PluginError."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            return pool.submit(_build, settings, os.getpid(), name, now).result()
        except BrokenProcessPool:
            raise PluginError(
                "the process that builds the model was lost (too little memory?);"
                " the last one goes on"
            ) from None


def _build(settings: Settings, parent: int, name: str, now: int) -> dict[str, Any]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    end_with(parent, signal.SIGKILL)
    os.nice(NICER)
    house = House(settings)
    try:
        return journey.build_model(house.store(name), house.shop(name), now)
    finally:
        house.close()
