"""Which application does a web worker process serve?"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

from flask import Flask

from plugin.config import load_settings
from plugin.storage.house import House
from plugin.tasks.writer import DirectWriter, KeeperClient, Writer
from plugin.web.app import create_app


def make() -> Flask:
    """The application of one worker: it reads by itself and writes through the keeper.

    On PostgreSQL it writes by itself too.
    """
    # Ctrl-C in a terminal tells the whole group; granian's worker hangs when it is told to stop
    # twice, by the terminal and by its parent.
    with suppress(PermissionError):
        os.setsid()
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    settings = load_settings()
    house = House(settings)
    writer: Writer = DirectWriter(house) if settings.on_postgres else KeeperClient(settings.data)
    return create_app(house, writer)


def leave_with(parent: int) -> None:
    """End this worker when the process that started it is gone: nobody else would, and it would
    keep the port from the next one.
    """
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2)
    os._exit(1)
