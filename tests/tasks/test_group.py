"""Steps that wait together share a commit; a shop waits for no other's queue; two writers agree."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from plugin import journey
from plugin.collect.event import Event
from plugin.config import Settings
from plugin.errors import Busy
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks import group as writing
from plugin.tasks.group import Caller, GroupWriter
from plugin.tasks.wire import Asked, Numbered

NOON = 1_790_046_000_000


@pytest.fixture
def shops() -> list[str]:
    """Names that no other test of the same database has."""
    return [f"{name}_{uuid.uuid4().hex[:8]}" for name in ("moon", "sun")]


@pytest.fixture
def house(
    engine: str, shops: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[House]:
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    made = House(Settings(data=tmp_path, database_url=url, secret_key="test"))
    for name in shops:
        keys = control.new_keys()
        with made.control.write() as tx:
            control.add_shop(tx, Shop(name, keys.public), keys)
    yield made
    for name in shops:
        made.forget(name)
        with made.control.write() as tx:
            control.remove_shop(tx, name)
    made.close()


def view(visitor: str, number: int) -> Event:
    at = NOON + number
    return Event(f"{visitor}-{number:08}", f"{visitor}-0123456789abcdef", "page_view", at, at)


def visit(shop: str, visitor: str, *numbers: int) -> Asked:
    return Asked(shop, "collect", {}, [view(visitor, number) for number in numbers])


def stored(house: House, shop: str) -> int:
    with house.store(shop).read() as tx:
        return int(tx.value("select count(*) from events"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many visits were collected together each time."""
    calls: list[int] = []
    collect_together = journey.collect_together

    def counted(tx: Any, shop: Shop, batches: Any) -> list[int]:
        calls.append(len(batches))
        return collect_together(tx, shop, batches)

    monkeypatch.setattr(journey, "collect_together", counted)
    return calls


def submit(group: GroupWriter, steps: list[Asked]) -> list[Caller]:
    """Whoever asks for one of ``steps`` each."""
    callers = [Caller() for _ in steps]
    for step, caller in zip(steps, callers, strict=True):
        group.submit([step], caller)
    return callers


def answers(waiting: list[Caller]) -> list[Any]:
    return [one.wait().given() for one in waiting]


class Listener:
    """Notes what each of its calls brings."""

    def __init__(self, name: str = "", told: list[Any] | None = None) -> None:
        self.name = name
        self.told: list[Any] = [] if told is None else told

    def tell(self, answers: list[Numbered]) -> None:
        self.told.append((self.name, [number for number, _ in answers]))


def test_visits_that_wait_together_are_collected_as_one(
    house: House, shops: list[str], calls: list[int]
) -> None:
    group = GroupWriter(house)  # not writing yet: all wait for one commit
    waiting = submit(group, [visit(shops[0], "mina", n) for n in range(5)])
    group.start()
    assert answers(waiting) == [1] * 5
    group.close()
    assert calls == [5]


def test_an_event_in_two_visits_that_wait_together_is_new_in_the_first(
    house: House, shops: list[str]
) -> None:
    group = GroupWriter(house)
    waiting = submit(group, [visit(shops[0], "mina", 1, 2), visit(shops[0], "mina", 2, 3)])
    group.start()
    assert [one.wait().given() for one in waiting] == [2, 1]
    group.close()


def test_a_visit_that_cannot_be_stored_fails_alone(house: House, shops: list[str]) -> None:
    group = GroupWriter(house)
    too_much = replace(view("bad", 1), value=2**70)  # more than any store holds
    poison = Asked(shops[0], "collect", {}, [too_much])
    waiting = submit(group, [visit(shops[0], "mina", 1), poison, visit(shops[0], "cho", 1)])
    group.start()
    answers = [one.wait() for one in waiting]
    group.close()
    assert [answer.result for answer in answers] == [1, None, 1]
    with pytest.raises(Busy):
        answers[1].given()
    assert stored(house, shops[0]) == 2


def test_beyond_a_shops_queue_the_caller_is_asked_to_come_again(
    house: House, shops: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WAITING", 3)
    group = GroupWriter(house)
    waiting = submit(group, [visit(shops[0], "mina", n) for n in range(5)])
    other = submit(group, [visit(shops[1], "ana", 1)])
    group.start()
    answers = [one.wait() for one in (*waiting, *other)]
    group.close()
    assert [answer.trouble is None for answer in answers] == [True] * 3 + [False] * 2 + [True]
    with pytest.raises(Busy):
        answers[3].given()


def test_a_flooded_shop_delays_another_by_no_more_than_one_commit(
    house: House, shops: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "TOGETHER", 10)
    order: list[Any] = []
    group = GroupWriter(house)
    group.submit([visit(shops[0], "flood", n) for n in range(200)], Listener("flood", order))
    group.submit([visit(shops[1], "ana", 1)], Listener("ana", order))
    group.start()
    group.close()
    assert [len(numbers) for _, numbers in order] == [10, 1, *[10] * 19]
    assert order[1][0] == "ana"


def test_whoever_asked_for_many_is_told_once_a_commit(house: House, shops: list[str]) -> None:
    told: list[Any] = []
    mina, cho = Listener("mina", told), Listener("cho", told)
    group = GroupWriter(house)  # not writing yet: all wait for one commit
    for number in range(4):
        step = replace(visit(shops[0], "mina", number), number=number)
        group.submit([step], cho if number == 2 else mina)
    group.start()
    group.close()
    assert told == [("mina", [0, 1, 3]), ("cho", [2])]


def test_what_waits_at_the_end_is_still_written_and_nothing_more_is_taken(
    house: House, shops: list[str]
) -> None:
    group = GroupWriter(house).start()
    waiting = submit(group, [visit(shops[0], "mina", n) for n in range(50)])
    group.close()
    assert sum(one.wait().given() for one in waiting) == 50
    with pytest.raises(Busy):
        group.do(shops[0], "collect", events=[view("late", 1)])


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_web_processes_on_postgresql_store_each_event_once(
    house: House, shops: list[str]
) -> None:
    groups = [GroupWriter(house).start() for _ in range(2)]
    accepted = [0, 0]

    def send(place: int) -> None:
        for n in range(60):
            people = ("mina", "cho", "ana") if place else ("ana", "cho", "mina")
            events = [view(one, n) for one in people]
            while True:
                try:
                    accepted[place] += groups[place].do(shops[0], "collect", events=events)
                    break
                except Busy:
                    continue

    threads = [threading.Thread(target=send, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for group in groups:
        group.close()
    assert sum(accepted) == stored(house, shops[0]) == 180
    rebuilt = journey.LONG_STEPS["rebuild"](house.store(shops[0]), house.shop(shops[0]))
    assert rebuilt == {"profiles": 3, "changed": 0}
