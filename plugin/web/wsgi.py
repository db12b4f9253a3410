"""Which application does a web worker process serve?"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from flask import Flask

from plugin.config import load_settings
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.tasks.line import KeeperLine
from plugin.tasks.process import PARENT, end_with, settle
from plugin.tasks.writer import KeeperClient, Writer
from plugin.web.app import create_app
from plugin.web.front import Front


def front() -> Front:
    """The application of one of our own workers: hot calls from the event loop, Flask behind.

    It reads by itself and writes through the keeper; on PostgreSQL it writes by itself too.
    """
    # Ctrl-C in a terminal tells the whole group; granian's worker hangs when it is told to stop
    # twice, by the terminal and by its parent.
    with suppress(PermissionError):
        os.setsid()
    # What was not answered yet is sent again; a port that stays taken is worse.
    end_with(int(os.environ.get(PARENT, os.getppid())), signal.SIGKILL)
    app = _application()
    here = app.extensions["regulars"]
    settings = here.house.settings
    line = None if settings.on_postgres else KeeperLine(settings.data)
    settle()
    return Front(app, here, line, settings.trusted_proxies)


def make() -> Flask:
    """The application for any other WSGI server: ``gunicorn "plugin.web.wsgi:make()"``."""
    return _application()


def _application() -> Flask:
    settings = load_settings()
    house = House(settings)
    own = settings.on_postgres
    writer: Writer = GroupWriter(house).start() if own else KeeperClient(settings.data)
    return create_app(house, writer)
