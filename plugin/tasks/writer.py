"""Who writes a step to the store: this process, or the keeper that lives elsewhere?

Every write is a named step of ``journey``. On PostgreSQL each process writes for itself
(``group.GroupWriter``); on SQLite one process, the keeper, writes for all, and the others hand it
their steps over a socket.
"""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any, Protocol

import msgspec

from plugin import faults, journey
from plugin.errors import Busy
from plugin.tasks.wire import (
    READ,
    Answer,
    Asked,
    asked,
    decode_answer,
    dial,
    encode,
    framed,
    frames,
    refused,
)

AWAY = "the writer is not there just now; send it again"


class Writer(Protocol):
    """Does named steps. Arguments and results are what JSON can carry (and ``Event``)."""

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """The step's answer, once it is committed. Raises PluginError; Busy = safe to resend."""

    def ping(self) -> None:
        """Return when a step would be taken. Raises Busy."""

    def close(self) -> None:
        """Finish what waits and let go."""


class Sent:
    """A step on its way to the keeper, or waiting to go."""

    __slots__ = ("answer", "asked", "turn")

    def __init__(self, step: Asked) -> None:
        self.asked = step
        self.answer: Answer | None = None
        self.turn = threading.Lock()  # released when it is answered, or when it is to carry on
        self.turn.acquire()


class KeeperClient:
    """Hands steps to the keeper, those that wait together in one message.

    One of the threads that wait carries the message and brings all of them their answers; then the
    first that came meanwhile carries the next. A long step goes on a line of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._waiting: list[Sent] = []
        self._carried = False  # somebody is on the way
        self._line: socket.socket | None = None

    def do(self, shop: str, step: str, **args: Any) -> Any:
        """As ``Writer.do``. Raises Busy when no keeper answers: it may be starting again."""
        wanted = asked(shop, step, args)
        answer = self._together(wanted) if step in journey.STEPS else self._alone(wanted)
        faults.reach("before_answer")
        return answer.given()

    def ping(self) -> None:
        """As ``Writer.ping``."""
        self._alone(Asked("", "ping")).given()

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def _alone(self, step: Asked) -> Answer:
        try:
            with dial(self.folder) as line:
                line.sendall(framed(encode(step)))
                return _answers(line, 1)[0]
        except (OSError, EOFError, msgspec.MsgspecError) as trouble:
            raise Busy(AWAY) from trouble

    def _together(self, step: Asked) -> Answer:
        mine = Sent(step)
        with self._lock:
            self._waiting.append(mine)
            carry, self._carried = not self._carried, True
        if not carry:
            mine.turn.acquire()
        if mine.answer is None:  # then it is our turn
            self._carry()
        assert mine.answer is not None  # whoever carries is first among what it takes along
        return mine.answer

    def _carry(self) -> None:
        """Take what waits to the keeper, bring the answers, and pass the turn on."""
        with self._lock:
            sent, self._waiting = self._waiting, []
        answers = self._ask([one.asked for one in sent])
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._carried = following is not None
        if following is not None:
            following.turn.release()
        for one, answer in zip(sent, answers, strict=True):
            one.answer = answer
            one.turn.release()

    def _ask(self, steps: list[Asked]) -> list[Answer]:
        """The keeper's answers; that it is away is an answer too."""
        line = None
        for number, step in enumerate(steps):
            step.number = number
        try:
            line = self._send(b"".join(framed(encode(step)) for step in steps))
            answers = _answers(line, len(steps))
        except (OSError, EOFError, msgspec.MsgspecError):
            if line is not None:
                line.close()
            return [refused(Busy(AWAY))] * len(steps)
        self._line = line
        return answers

    def _send(self, frame: bytes) -> socket.socket:
        """Send on the line that is open, else on a new one; the line that will answer."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.sendall(frame)
                return line
            except OSError:  # the keeper went and came: nothing was taken, so ask the new one
                line.close()
        line = dial(self.folder)
        line.sendall(frame)
        return line


def _answers(line: socket.socket, count: int) -> list[Answer]:
    """So many answers, in the order in which the steps were numbered."""
    heard, answers = bytearray(), dict[int, Answer]()
    while len(answers) < count:
        part = line.recv(READ)
        if not part:
            raise EOFError("the keeper has gone")
        heard += part
        for body in frames(heard):
            number, answer = decode_answer(body)
            answers[number] = answer
    return [answers[number] for number in range(count)]
