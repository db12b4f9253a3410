"""How do steps and their answers go from process to process?

A message is its length in four bytes, then MessagePack: a step, or an answer under the step's
number, whatever was asked before it. Events travel as they are: the other side reads them to
``Event`` at once.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from plugin.collect.event import Event
from plugin.errors import Busy, PluginError

log = logging.getLogger("regulars.writer")
ANSWER_WITHIN_S = 30.0
READ = 1 << 16  # bytes that are read at once at most
UNREAD = 1 << 24  # bytes that may wait for one other side


class Asked(Struct, gc=False):
    """A named step of ``journey`` for one shop; ``events``: its argument of that name, if any.

    ``number`` tells it apart on its line.
    """

    shop: str
    step: str
    args: dict[str, Any] = field(default_factory=dict)
    events: list[Event] | None = None
    number: int = 0

    def arguments(self) -> dict[str, Any]:
        """What the step is called with."""
        return self.args if self.events is None else {**self.args, "events": self.events}


class Trouble(Struct, gc=False):
    """Why a step was not done: what ``PluginError`` needs to be raised again."""

    code: str
    status: int
    message: str


class Answer(Struct, gc=False):
    """What became of a step."""

    result: Any = None
    trouble: Trouble | None = None

    def given(self) -> Any:
        """The step's result. Raises the trouble it had."""
        if self.trouble is None:
            return self.result
        kind = Busy if self.trouble.status == Busy.status else PluginError
        raise kind(self.trouble.message, code=self.trouble.code, status=self.trouble.status)


Numbered = tuple[int, Answer]  # of which step


def asked(shop: str, step: str, args: dict[str, Any]) -> Asked:
    """The call of a step as a message; events go in a field of their own."""
    rest = {name: value for name, value in args.items() if name != "events"}
    return Asked(shop, step, rest, list(args["events"]) if "events" in args else None)


def refused(trouble: PluginError) -> Answer:
    """The answer that carries ``trouble``."""
    return Answer(trouble=Trouble(trouble.code, trouble.status, trouble.message))


encode = msgspec.msgpack.Encoder().encode
decode_step = msgspec.msgpack.Decoder(Asked).decode
decode_answer: Callable[[bytes | bytearray], Numbered] = msgspec.msgpack.Decoder(Numbered).decode


def dial(folder: Path) -> socket.socket:
    """A connection to the keeper of the data folder. Raises OSError when none listens."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(ANSWER_WITHIN_S)
    try:
        with_short_path(folder, line.connect)
    except OSError:
        line.close()
        raise
    return line


def with_short_path(folder: Path, use: Callable[[str], object]) -> None:
    """Call ``use`` with the keeper's socket path, however deep ``folder`` lies.

    A Unix socket's path holds about 100 letters; a longer one is reached through the folder's
    own descriptor (Linux).
    """
    path = folder / "keeper.sock"
    if len(str(path)) < 100:
        use(str(path))
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        use(f"/proc/self/fd/{handle}/keeper.sock")
    finally:
        os.close(handle)


def framed(message: Asked | Numbered) -> bytes:
    """One message as it goes over a line."""
    body = encode(message)
    return len(body).to_bytes(4, "big") + body


class Line:
    """A connection at which nobody waits: what has come is read, what is sent goes when it can."""

    def __init__(self, line: socket.socket, watch: Callable[[Line, bool], object]) -> None:
        """``watch`` is told whether ``send_on`` is to be called once the other side takes more."""
        line.setblocking(False)
        self._line, self._watch = line, watch
        self.fileno = line.fileno
        self._heard, self._unsent = bytearray(), bytearray()
        self._lock = threading.Lock()  # several threads may send

    def read(self) -> list[bytearray]:
        """The messages that are whole by now. Raises EOFError when the other side has gone."""
        part = self._line.recv(READ)
        if not part:
            raise EOFError("the other side has gone")
        self._heard += part
        return list(_frames(self._heard))

    def tell(self, answers: list[Numbered]) -> None:
        """As ``group.Asker.tell``."""
        try:
            self.send(b"".join(map(framed, answers)))
        except Exception:  # a result that cannot travel is the trouble of its line alone
            log.error("an answer cannot be sent", exc_info=True)
            self._cut()

    def send(self, messages: bytes) -> None:
        """Send what the other side takes now, keep the rest; one that takes nothing is cut off."""
        with self._lock:
            waits = len(self._unsent)
            self._unsent += messages
            if waits > UNREAD:
                self._unsent.clear()
                self._cut()
            elif waits == 0 and not self._all_sent():
                self._watch(self, True)

    def send_on(self) -> None:
        """Send what was kept."""
        with self._lock:
            if self._all_sent():
                self._watch(self, False)

    def close(self, last_s: float = 0.0) -> None:
        """Hang up; what was kept has ``last_s`` seconds to go out."""
        with self._lock, self._line, suppress(OSError):
            unsent, self._unsent = self._unsent, bytearray()
            self._line.settimeout(last_s)
            self._line.sendall(unsent)

    def _cut(self) -> None:
        """Let whoever reads this line find that the other side has gone."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def _all_sent(self) -> bool:
        try:
            del self._unsent[: self._line.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone, as whoever reads is about to see
            self._unsent.clear()
        return not self._unsent


def _frames(heard: bytearray) -> Iterator[bytearray]:
    """Take the messages that are whole out of what came."""
    while len(heard) >= 4 and len(heard) >= (end := 4 + int.from_bytes(heard[:4], "big")):
        body = heard[4:end]
        del heard[:end]
        yield body


def read_one(line: socket.socket) -> bytearray:
    """Wait for a message. Raises EOFError when the other side has gone."""
    return _exactly(line, int.from_bytes(_exactly(line, 4), "big"))


def _exactly(line: socket.socket, size: int) -> bytearray:
    heard = bytearray()
    while len(heard) < size:
        part = line.recv(min(size - len(heard), READ))
        if not part:
            raise EOFError("the other side has gone")
        heard += part
    return heard
