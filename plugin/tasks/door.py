"""How do the steps of other processes come in, and their answers go out?

One thread reads every line. Whoever has answers sends them without waiting: what the other side
does not take yet is kept for it, and a line whose other side no longer reads is cut.
"""

from __future__ import annotations

import logging
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from plugin.tasks.wire import (
    READ,
    Asked,
    Numbered,
    decode_step,
    encode,
    framed,
    frames,
    with_short_path,
)

log = logging.getLogger("regulars.writer")
UNREAD = 1 << 20  # bytes of answers that may wait for the other side of a line
LAST_S = 1.0  # that the other sides have to take what they are told last


class Line:
    """A connection of another process."""

    def __init__(self, line: socket.socket, selector: selectors.BaseSelector) -> None:
        line.setblocking(False)
        self._line, self._selector = line, selector
        self._heard = bytearray()
        self._unsent = bytearray()
        self._lock = threading.Lock()  # several threads have answers
        selector.register(line, selectors.EVENT_READ, self)

    def read(self, room: memoryview) -> list[Asked]:
        """The steps that came, by way of ``room``. Raises EOFError when the other side has gone."""
        size = self._line.recv_into(room)
        if size == 0:
            raise EOFError
        self._heard += room[:size]
        return [decode_step(body) for body in frames(self._heard)]

    def tell(self, answers: list[Numbered]) -> None:
        """As ``Asker.tell``."""
        try:
            frame = b"".join(framed(encode(answer)) for answer in answers)
        except Exception:  # a result that cannot travel is its own line's trouble
            log.error("an answer cannot be sent", exc_info=True)
            self.cut()
            return
        with self._lock:
            waits = len(self._unsent)
            self._unsent += frame
            if waits == 0:
                self._send()
            elif waits > UNREAD:
                self._unsent.clear()
                self.cut()

    def send_on(self) -> None:
        """Send what waits, now that the other side takes more."""
        with self._lock:
            self._send()
            if not self._unsent:
                self._watch(selectors.EVENT_READ)

    def cut(self) -> None:
        """Let the door find that the other side has gone."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self, last_s: float = 0.0) -> None:
        """Hang up; what waits has ``last_s`` seconds to go out."""
        with self._lock, self._line, suppress(OSError):
            self._selector.unregister(self._line)
            unsent, self._unsent = self._unsent, bytearray()
            self._line.settimeout(last_s)
            self._line.sendall(unsent)

    def _send(self) -> None:
        try:
            del self._unsent[: self._line.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone: nobody waits for this any more
            self._unsent.clear()
        if self._unsent:
            self._watch(selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _watch(self, events: int) -> None:
        self._selector.modify(self._line, events, self)


class Door:
    """Where other processes knock: the socket in the data folder, and all lines."""

    def __init__(self, folder: Path, take: Callable[[list[Asked], Line], None]) -> None:
        """``take`` gets what a line brings, and must not wait."""
        self._folder, self._take = folder, take
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._selector = selectors.DefaultSelector()
        self._bell, self._rung = socket.socketpair()
        self._room = memoryview(bytearray(READ))
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
                if key.fileobj is self._rung:
                    self._leave()
                    return
                if key.fileobj is self._door:
                    self._welcome()
                else:
                    self._serve(key.data, ready)

    def _welcome(self) -> None:
        try:
            Line(self._door.accept()[0], self._selector)
        except BlockingIOError:  # who knocked has gone
            pass
        except OSError:
            log.warning("a process cannot be let in", exc_info=True)
            time.sleep(0.1)  # no more files may be open: that passes, or it is said again

    def _serve(self, line: Line, ready: int) -> None:
        try:
            if ready & selectors.EVENT_WRITE:
                line.send_on()
            if ready & selectors.EVENT_READ:
                self._take(line.read(self._room), line)
        except BlockingIOError:
            pass
        except (EOFError, OSError, msgspec.MsgspecError):
            line.close()
        except Exception:  # whatever one line brings, the others are served
            log.error("a process could not be served", exc_info=True)
            line.close()

    def _leave(self) -> None:
        until = time.monotonic() + LAST_S
        for key in list(self._selector.get_map().values()):
            if isinstance(key.data, Line):
                key.data.close(max(0.0, until - time.monotonic()))
        self._selector.close()
        self._door.close()
        self._rung.close()
