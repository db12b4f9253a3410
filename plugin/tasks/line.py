"""How does an event loop have steps done, without a thread that waits for each?

The same promise as ``writer.Writer``, for a process that serves everything from one loop.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from plugin import faults
from plugin.errors import Busy
from plugin.tasks.wire import (
    ANSWER_WITHIN_S,
    Answer,
    Asked,
    asked,
    decode_answers,
    dial,
    encode,
    refused,
)
from plugin.tasks.writer import AWAY, MOST_TOGETHER

LINES = 4  # messages on their way at a time
Answered = asyncio.Future[Answer]


class KeeperLine:
    """Hands steps to the keeper; lives in one event loop.

    A step goes at once while a line is free: it waits for the commit that comes next, not for the
    answers to the one before. When every line is away, what is asked goes together in the next.
    """

    def __init__(self, folder: Path) -> None:
        self._waiting: list[tuple[Asked, Answered]] = []
        self._free = [Line(folder) for _ in range(LINES)]
        self._away: set[asyncio.Task[None]] = set()

    async def do(self, shop: str, step: str, args: dict[str, Any]) -> Any:
        """As ``Writer.do``; ``step`` must be one that shares a commit."""
        loop = asyncio.get_running_loop()
        mine: Answered = loop.create_future()
        self._waiting.append((asked(shop, step, args), mine))
        if self._free:
            going = loop.create_task(self._carry(self._free.pop()))
            self._away.add(going)  # a loop alone forgets its tasks
            going.add_done_callback(self._away.discard)
        answer = await mine
        faults.reach("before_answer")
        return answer.given()

    async def _carry(self, line: Line) -> None:
        """Take what waits to the keeper until nothing waits any more."""
        try:
            while self._waiting:
                sent, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                answers = await line.ask([step for step, _ in sent])
                for (_, waits), answer in zip(sent, answers, strict=True):
                    if not waits.done():  # who asked may have gone
                        waits.set_result(answer)
        finally:
            self._free.append(line)


class Line:
    """One connection to the keeper, which has one message on its way at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, steps: list[Asked]) -> list[Answer]:
        """The keeper's answers; that it is away is an answer too."""
        try:
            return await asyncio.wait_for(self._exchange(encode(steps)), ANSWER_WITHIN_S)
        except (OSError, EOFError, asyncio.TimeoutError, msgspec.MsgspecError):
            self._hang_up()
            return [refused(Busy(AWAY))] * len(steps)

    async def _exchange(self, frame: bytes) -> list[Answer]:
        reader, writer = await self._open()
        writer.write(len(frame).to_bytes(4, "big") + frame)
        size = int.from_bytes(await reader.readexactly(4), "big")
        return decode_answers(await reader.readexactly(size))

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The line that is open, else a new one: of a keeper that went and came, the new one's."""
        if self._streams is not None and not self._streams[0].at_eof():
            return self._streams
        self._hang_up()
        line = dial(self.folder)  # a socket of this machine: at once, or not at all
        line.setblocking(False)
        self._streams = await asyncio.open_unix_connection(sock=line)
        return self._streams

    def _hang_up(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
