"""What other processes send is read as it comes, and one that behaves badly holds up no other."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from plugin import journey
from plugin.errors import Busy, PluginError
from plugin.shop import Shop
from plugin.storage.house import House
from plugin.tasks import door, wire
from plugin.tasks.keeper import Keeper, become_writer
from plugin.tasks.wire import Answer, Asked, decode_answer, dial, framed, read_one
from plugin.tasks.writer import KeeperClient

BIG = 300_000  # letters: more than a socket holds


class Held:
    """A step that takes until it is let go."""

    def __init__(self) -> None:
        self.begun, self._let_go = threading.Event(), threading.Event()

    def __call__(self, *_: Any) -> str:
        self.begun.set()
        assert self._let_go.wait(20)
        return "at last"

    def let_go(self) -> None:
        self._let_go.set()


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.let_go()


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    def say(tx: Any, shop: Shop, word: str, times: int = 1) -> str:
        return word * times

    monkeypatch.setitem(journey.STEPS, "say", say)
    monkeypatch.setitem(journey.STEPS, "hold", held)
    monkeypatch.setitem(journey.STEPS, "odd", lambda tx, shop: object())
    monkeypatch.setitem(journey.LONG_STEPS, "long", held)


@pytest.fixture
def mina(house: House, keeper: Keeper) -> Iterator[socket.socket]:
    """The line of a process that does as the test says."""
    with dial(house.settings.data) as line:
        yield line


@pytest.fixture
def cho(house: House, keeper: Keeper) -> Iterator[KeeperClient]:
    """Another process, which behaves."""
    with closing(KeeperClient(house.settings.data)) as made:
        yield made


def say(word: str, number: int = 0, times: int = 1) -> bytes:
    return framed(Asked("moon", "say", {"word": word, "times": times}, number=number))


def heard(line: socket.socket, count: int = 1) -> dict[int, Answer]:
    return dict(decode_answer(read_one(line)) for _ in range(count))


def test_several_messages_may_be_on_their_way_and_each_is_answered(mina: socket.socket) -> None:
    mina.sendall(b"".join(say(f"word {number}", number) for number in range(300)))
    answers = heard(mina, 300)
    assert {n: one.given() for n, one in answers.items()} == {n: f"word {n}" for n in range(300)}


def test_a_message_may_come_in_pieces(mina: socket.socket) -> None:
    message = say("slowly")
    for place in range(len(message)):
        mina.sendall(message[place : place + 1])
    assert heard(mina)[0].given() == "slowly"


def test_what_is_no_message_hangs_up_its_own_line_only(
    mina: socket.socket, cho: KeeperClient
) -> None:
    assert cho.do("moon", "say", word="before") == "before"
    mina.sendall(b"\0\0\0\4nono")
    with pytest.raises(EOFError):
        read_one(mina)
    assert cho.do("moon", "say", word="after") == "after"


def test_a_result_that_cannot_travel_hangs_up_its_own_line_only(
    mina: socket.socket, cho: KeeperClient
) -> None:
    mina.sendall(framed(Asked("moon", "odd")))
    with pytest.raises(EOFError):
        read_one(mina)
    assert cho.do("moon", "say", word="after") == "after"


def test_what_comes_while_a_group_is_written_goes_together_in_the_next(
    mina: socket.socket, cho: KeeperClient, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: dict[str, Any] = {}
    monkeypatch.setitem(journey.STEPS, "note", lambda tx, shop, word: commits.update({word: tx}))
    mina.sendall(framed(Asked("moon", "note", {"word": "first"})))
    mina.sendall(framed(Asked("moon", "hold")))
    assert held.begun.wait(20)
    other = threading.Thread(target=cho.do, args=("moon", "note"), kwargs={"word": "by cho"})
    other.start()
    for word in ("by mina", "by mina too"):
        mina.sendall(framed(Asked("moon", "note", {"word": word})))
    time.sleep(0.3)  # all of this is at the keeper's now, but for a very slow machine
    held.let_go()
    other.join()
    heard(mina, 4)
    assert commits["by mina"] is commits["by mina too"] is commits["by cho"]
    assert commits["by mina"] is not commits["first"]


def test_a_long_step_holds_up_nobody_not_even_on_its_own_line(
    mina: socket.socket, cho: KeeperClient, held: Held
) -> None:
    mina.sendall(framed(Asked("moon", "long", number=1)) + say("meanwhile", 2))
    assert heard(mina)[2].given() == "meanwhile"
    assert cho.do("moon", "say", word="meanwhile") == "meanwhile"
    held.let_go()
    assert heard(mina)[1].given() == "at last"


def test_a_long_step_that_fails_says_so(mina: socket.socket, cho: KeeperClient) -> None:
    with pytest.raises(Busy):
        cho.do("moon", "rebuild", nonsense=1)
    with pytest.raises(PluginError):
        cho.do("sun", "rebuild")


def test_who_reads_late_gets_every_answer_and_holds_up_nobody(
    mina: socket.socket, cho: KeeperClient
) -> None:
    mina.sendall(b"".join(say("x", number, BIG) for number in range(9)))
    assert cho.do("moon", "say", word="meanwhile") == "meanwhile"
    answers = heard(mina, 9)
    assert {n: len(one.given()) for n, one in answers.items()} == dict.fromkeys(range(9), BIG)
    mina.sendall(say("and then"))
    assert heard(mina)[0].given() == "and then"


def test_who_never_reads_is_cut_off(
    mina: socket.socket, cho: KeeperClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "UNREAD", 4 * BIG)
    with suppress(BrokenPipeError):
        for number in range(9):
            mina.sendall(say("x", number, BIG))
            assert cho.do("moon", "say", word="meanwhile") == "meanwhile"
    with pytest.raises(EOFError):
        heard(mina, 9)


def test_the_last_answers_go_out_when_the_keeper_closes(
    house: House, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LAST_S", 20.0)  # a slow machine's reader is slow
    keeper = become_writer(house)
    with dial(house.settings.data) as line:
        line.sendall(framed(Asked("moon", "hold", number=1)))
        assert held.begun.wait(20)
        line.sendall(say("x", 2, BIG))
        with closing(KeeperClient(house.settings.data)) as other:
            other.ping()  # by now the door has read what came before
        closes = threading.Thread(target=keeper.close)
        closes.start()
        held.let_go()
        time.sleep(0.3)  # all is written, and half an answer is in the socket
        answers = heard(line, 2)
        with pytest.raises(EOFError):
            read_one(line)
    closes.join()
    assert answers[1].given() == "at last"
    assert len(answers[2].given()) == BIG
