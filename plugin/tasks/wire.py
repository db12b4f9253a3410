"""How do steps and their answers go from process to process?

A message is its length in four bytes, then MessagePack: a step, or an answer under the step's
number, whatever was asked before it. Events travel as they are: the other side reads them to
``Event`` at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from plugin.collect.event import Event
from plugin.errors import Busy, PluginError

ANSWER_WITHIN_S = 30.0
READ = 1 << 18  # bytes that are read at once at most


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
decode_answer = msgspec.msgpack.Decoder(Numbered).decode


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


def framed(body: bytes) -> bytes:
    """One message as it goes over the line."""
    return len(body).to_bytes(4, "big") + body


def frames(heard: bytearray) -> Iterator[bytearray]:
    """Take the messages that are whole out of what came over the line."""
    while len(heard) >= 4 and len(heard) >= (end := 4 + int.from_bytes(heard[:4], "big")):
        body = heard[4:end]
        del heard[:end]
        yield body
