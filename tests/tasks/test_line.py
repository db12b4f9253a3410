"""Many who share one event loop write at once, and each gets the answer that is its own."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import uvloop

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.shop import Shop
from plugin.storage.house import House
from plugin.tasks import line as asking
from plugin.tasks import wire
from plugin.tasks.keeper import Keeper, become_writer
from plugin.tasks.line import KeeperLine
from plugin.tasks.wire import with_short_path

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs to the end, in a loop of either kind and a thread of its own: a browser's tests may have
    left a loop running in this one.
    """

    def to_the_end(what: Coroutine[Any, Any, Any]) -> Any:
        loop = uvloop.new_event_loop() if request.param == "uvloop" else asyncio.new_event_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(what, 20))
        finally:
            loop.close()

    def run(what: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(to_the_end, what).result()

    return run


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(tx: Any, shop: Shop, word: str) -> str:
        if word == "poison":
            raise PluginError("I do not say that")
        return word

    monkeypatch.setitem(journey.STEPS, "say", say)


async def said(line: KeeperLine, word: object) -> Any:
    try:
        return await line.do("moon", "say", {"word": word})
    except (PluginError, TypeError) as trouble:
        return type(trouble)


async def all_said(line: KeeperLine, *words: object) -> list[Any]:
    return list(await asyncio.gather(*(said(line, word) for word in words)))


async def asked(folder: Path, *words: object) -> list[Any]:
    """What is answered to all of ``words``, asked at once on one line."""
    with closing(KeeperLine(folder)) as line:
        return await all_said(line, *words)


def test_answers_come_to_whom_they_belong(house: House, keeper: Keeper, run: Run) -> None:
    words = [f"word {number}" for number in range(500)]
    assert run(asked(house.settings.data, *words)) == words


def test_what_is_refused_is_refused_alone(house: House, keeper: Keeper, run: Run) -> None:
    assert run(asked(house.settings.data, "one", "poison", "two")) == ["one", PluginError, "two"]


def test_what_cannot_travel_fails_alone(house: House, keeper: Keeper, run: Run) -> None:
    assert run(asked(house.settings.data, "one", object(), "two")) == ["one", TypeError, "two"]


def test_more_than_a_socket_holds_goes_out_bit_by_bit(
    house: House, keeper: Keeper, run: Run
) -> None:
    words = [letter * 300_000 for letter in "abcdefgh"]
    assert run(asked(house.settings.data, *words)) == words


def test_who_has_gone_leaves_the_others_their_answers(
    house: House, keeper: Keeper, run: Run
) -> None:
    async def some_go() -> Any:
        with closing(KeeperLine(house.settings.data)) as line:
            waiting = [asyncio.ensure_future(said(line, f"word {n}")) for n in range(9)]
            await asyncio.sleep(0)
            waiting[3].cancel()
            return await asyncio.gather(*waiting, return_exceptions=True)

    answers = run(some_go())
    assert isinstance(answers.pop(3), asyncio.CancelledError)
    assert answers == [f"word {n}" for n in range(9) if n != 3]


def test_while_the_keeper_is_away_all_are_asked_to_come_again_and_then_find_the_new_one(
    house: House, run: Run
) -> None:
    async def three_days() -> list[Any]:
        line = KeeperLine(house.settings.data)
        days = [await all_said(line, "nobody", "here")]
        for day in ("first", "second"):
            keeper = become_writer(house)
            days.append(await all_said(line, day, day))
            await asyncio.to_thread(keeper.close)
            days.append(await all_said(line, "nobody", "here"))
        return days

    away = [Busy, Busy]
    assert run(three_days()) == [away, ["first"] * 2, away, ["second"] * 2, away]


@pytest.fixture
def deaf(tmp_path: Path) -> Any:
    """Somebody who sits in the keeper's place and never answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        with_short_path(tmp_path, door.bind)
        door.listen()
        yield tmp_path


def test_a_keeper_that_takes_too_long_is_hung_up_on(
    deaf: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(asking, "ANSWER_WITHIN_S", 0.5)
    began = time.monotonic()
    assert run(asked(deaf, "hello", "you")) == [Busy, Busy]
    assert 0.4 < time.monotonic() - began < 10


def test_a_keeper_that_takes_nothing_is_hung_up_on(
    deaf: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(wire, "UNREAD", 1_000_000)

    async def flood() -> Any:
        with closing(KeeperLine(deaf)) as line:
            waiting = []
            for _ in range(9):
                waiting.append(asyncio.ensure_future(said(line, "x" * 300_000)))
                await asyncio.sleep(0.01)
            return await asyncio.gather(*waiting[:6])

    assert run(flood()) == [Busy] * 6
