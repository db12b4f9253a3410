"""How does an event loop have steps done, without a thread that waits for each?

The same promise as ``writer.Writer``, for a process that serves everything from one loop.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from plugin import faults
from plugin.errors import Busy
from plugin.tasks.wire import (
    ANSWER_WITHIN_S,
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
from plugin.tasks.writer import AWAY


class KeeperLine:
    """Hands steps to the keeper; lives in one event loop.

    What is asked in one turn of the loop goes together, and at once: it waits for the commit that
    comes next, not for the answers to what went before.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._line: Line | None = None
        self._dialling = asyncio.Lock()

    async def do(self, shop: str, step: str, args: dict[str, Any]) -> Any:
        """As ``Writer.do``; ``step`` must be one that shares a commit."""
        line = self._line
        if line is None or line.gone:
            line = await self._dial()
        answer = await line.ask(asked(shop, step, args))
        faults.reach("before_answer")
        return answer.given()

    async def _dial(self) -> Line:
        """A line that is open. Raises Busy while the keeper is away."""
        async with self._dialling:
            if self._line is None or self._line.gone:
                try:
                    dialled = dial(self._folder)  # in this machine: at once, or not at all
                    dialled.setblocking(False)
                    loop = asyncio.get_running_loop()
                    _, self._line = await loop.create_unix_connection(Line, sock=dialled)
                except OSError as trouble:
                    raise Busy(AWAY) from trouble
            return self._line


class Wait(NamedTuple):
    """Where the answer to a step goes, and since when it is waited for."""

    answer: asyncio.Future[Answer]
    since: float


class Line(asyncio.Protocol):
    """One connection to the keeper, with as many steps on their way as there are."""

    def __init__(self) -> None:
        self.gone = False
        self._loop = asyncio.get_running_loop()
        self._heard = bytearray()
        self._turn: list[bytes] = []  # goes with this turn of the loop
        self._waits: dict[int, Wait] = {}  # by the numbers of their steps, the oldest first
        self._number = 0
        self._watched = False

    def ask(self, step: Asked) -> asyncio.Future[Answer]:
        """The keeper's answer, some time; that it is away is an answer too."""
        self._number = step.number = self._number + 1
        frame = framed(encode(step))
        wait = Wait(self._loop.create_future(), self._loop.time())
        self._waits[step.number] = wait
        if not self._turn:
            self._loop.call_soon(self._send)
        self._turn.append(frame)
        if not self._watched:
            self._watch()
        return wait.answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to talk."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        """Bring the answers to whom they belong."""
        self._heard += data
        try:
            for body in frames(self._heard):
                number, answer = decode_answer(body)
                self._bring(self._waits.pop(number), answer)
        except (KeyError, msgspec.MsgspecError):  # this is no keeper's talk
            self._hang_up()

    def eof_received(self) -> None:
        """The keeper has gone."""
        self._hang_up()

    def connection_lost(self, trouble: Exception | None) -> None:
        """Ask everybody to come again."""
        self.gone = True
        waits, self._waits = self._waits, {}
        for wait in waits.values():
            self._bring(wait, refused(Busy(AWAY)))

    def _hang_up(self) -> None:
        self.gone = True
        self._transport.abort()

    def _bring(self, wait: Wait, answer: Answer) -> None:
        if not wait.answer.done():  # who asked may have gone
            wait.answer.set_result(answer)

    def _send(self) -> None:
        turn, self._turn = self._turn, []
        if self.gone:  # since this turn began
            self.connection_lost(None)
        else:
            self._transport.write(b"".join(turn))

    def _watch(self) -> None:
        """Hang up on a keeper that takes too long, and let the next in line dial another."""
        oldest = next(iter(self._waits.values()), None)
        self._watched = oldest is not None
        if oldest is None:
            return
        if oldest.since + ANSWER_WITHIN_S <= self._loop.time():
            self._hang_up()
        else:
            self._loop.call_at(oldest.since + ANSWER_WITHIN_S, self._watch)
