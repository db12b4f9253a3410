"""How does an event loop have steps done, without a thread that waits for each?

The same promise as ``writer.Writer``, for a process that serves everything from one loop.
"""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from plugin import faults
from plugin.errors import Busy
from plugin.tasks.wire import (
    ANSWER_WITHIN_S,
    Answer,
    Line,
    asked,
    decode_answer,
    dial,
    framed,
    refused,
)
from plugin.tasks.writer import AWAY


class Wait(NamedTuple):
    """Where the answer to a step goes, and since when it is waited for."""

    answer: asyncio.Future[Answer]
    since: float


class KeeperLine:
    """Hands steps to the keeper; lives in one event loop.

    What is asked in one turn of the loop goes together, and at once: it waits for the commit that
    comes next, not for the answers to what went before.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._turn: list[bytes] = []  # goes with this turn of the loop
        self._waits: dict[int, Wait] = {}  # by the numbers of their steps, the oldest first
        self._line: Line | None = None
        self._watched = False

    async def do(self, shop: str, step: str, args: dict[str, Any]) -> Any:
        """As ``Writer.do``; ``step`` must be one that shares a commit."""
        message = asked(shop, step, args)
        message.number = next(self._numbers)
        answer = await self._ask(message.number, framed(message))
        faults.reach("before_answer")
        return answer.given()

    def _ask(self, number: int, message: bytes) -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        if not self._turn:
            loop.call_soon(self._send)
        self._turn.append(message)
        wait = self._waits[number] = Wait(loop.create_future(), loop.time())
        if not self._watched:
            self._look(loop)
        return wait.answer

    def close(self) -> None:
        """Hang up, and ask whoever waits to come again; who does finds another line."""
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line)
            self._watch(self._line, False)
            self._line.close()
            self._line = None
        self._turn.clear()
        for number in list(self._waits):
            self._bring(number, refused(Busy(AWAY)))

    def _send(self) -> None:
        turn = b"".join(self._turn)
        self._turn.clear()
        try:
            if turn:
                self._opened().send(turn)
        except OSError:
            self.close()

    def _opened(self) -> Line:
        """The line that is open, else a new one. Raises OSError while the keeper is away."""
        if self._line is None:
            dialled = dial(self._folder)  # in this machine: at once, or not at all
            self._line = Line(dialled, self._watch)
            asyncio.get_running_loop().add_reader(self._line, self._read, self._line)
        return self._line

    def _watch(self, line: Line, writes: bool) -> None:
        loop = asyncio.get_running_loop()
        if writes:
            loop.add_writer(line, line.send_on)
        else:
            loop.remove_writer(line)

    def _read(self, line: Line) -> None:
        try:
            for message in line.read():
                self._bring(*decode_answer(message))
        except BlockingIOError:
            pass
        except (EOFError, OSError, msgspec.MsgspecError):
            self.close()

    def _bring(self, number: int, answer: Answer) -> None:
        wait = self._waits.pop(number, None)
        if wait is not None and not wait.answer.done():  # who asked may have gone
            wait.answer.set_result(answer)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hang up on a keeper that takes too long; look again when the next may have waited so."""
        oldest = next(iter(self._waits.values()), None)
        left = 0.0 if oldest is None else oldest.since + ANSWER_WITHIN_S - loop.time()
        self._watched = left > 0
        if left > 0:
            loop.call_later(left, self._look, loop)
        elif oldest is not None:
            self.close()
