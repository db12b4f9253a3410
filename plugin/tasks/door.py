"""How do the steps of other processes come in, and their answers go out?

One thread reads every line; whoever has answers sends them on it without waiting.
"""

from __future__ import annotations

import logging
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from plugin.tasks.wire import Asked, Line, decode_step, with_short_path

log = logging.getLogger("regulars.writer")
LAST_S = 1.0  # that the other sides have to take what they are told last


class Door:
    """Where other processes knock: the socket in the data folder, and all lines."""

    def __init__(self, folder: Path, take: Callable[[list[Asked], Line], None]) -> None:
        """``take`` gets what a line brings, and must not wait."""
        self._folder, self._take = folder, take
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._selector = selectors.DefaultSelector()
        self._bell, self._rung = socket.socketpair()
        self._thread = threading.Thread(target=self._attend, name="keeper-door", daemon=True)

    def open(self) -> None:
        """Let other processes in."""
        (self._folder / "keeper.sock").unlink(missing_ok=True)
        before = os.umask(0o177)  # only this user may knock
        try:
            with_short_path(self._folder, self._door.bind)
        finally:
            os.umask(before)
        self._door.listen(128)
        self._door.setblocking(False)
        self._selector.register(self._door, selectors.EVENT_READ)
        self._selector.register(self._rung, selectors.EVENT_READ)
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody; their last answers still go out."""
        (self._folder / "keeper.sock").unlink(missing_ok=True)
        self._bell.close()
        self._thread.join()

    def _attend(self) -> None:
        while True:
            for key, ready in self._selector.select():
                if isinstance(key.fileobj, Line):
                    self._serve(key.fileobj, ready)
                elif key.fileobj is self._door:
                    self._welcome()
                else:
                    self._leave()
                    return

    def _welcome(self) -> None:
        try:
            line = Line(self._door.accept()[0], self._watch)
        except BlockingIOError:  # who knocked has gone
            return
        except OSError:
            log.warning("a process cannot be let in", exc_info=True)
            time.sleep(0.1)  # too many files are open: that passes, or is said again
            return
        self._selector.register(line, selectors.EVENT_READ)

    def _watch(self, line: Line, writes: bool) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writes else 0)
        self._selector.modify(line, events)

    def _serve(self, line: Line, ready: int) -> None:
        try:
            if ready & selectors.EVENT_WRITE:
                line.send_on()
            if ready & selectors.EVENT_READ:
                self._take([decode_step(body) for body in line.read()], line)
        except BlockingIOError:
            return
        except Exception as trouble:  # whatever one line brings, the others are served
            if not isinstance(trouble, (EOFError, OSError)):
                log.warning("a line brought what is no step", exc_info=True)
            line.close()
            self._selector.unregister(line)

    def _leave(self) -> None:
        until = time.monotonic() + LAST_S
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, Line):
                key.fileobj.close(max(0.0, until - time.monotonic()))
        self._selector.close()
        self._door.close()
        self._rung.close()
