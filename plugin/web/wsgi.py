"""Which application does a web worker process serve?"""

from __future__ import annotations

from flask import Flask

from plugin.config import load_settings
from plugin.storage.house import House
from plugin.tasks.writer import DirectWriter, KeeperClient, Writer
from plugin.web.app import create_app


def make() -> Flask:
    """The application of one worker: it reads by itself and writes through the keeper.

    On PostgreSQL it writes by itself too.
    """
    settings = load_settings()
    house = House(settings)
    writer: Writer = DirectWriter(house) if settings.on_postgres else KeeperClient(settings.data)
    return create_app(house, writer)
