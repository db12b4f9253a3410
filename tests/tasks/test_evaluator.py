"""Many visitors are decided about in another process, which may be lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.config import Settings
from plugin.journey import STEPS
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.evaluator import Evaluator

MINA = "mina-0123456789abcdef"
LOOKS = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}


@pytest.fixture
def house(tmp_path: Path, now: int) -> Iterator[House]:
    made = House(Settings(data=tmp_path, database_url=None, secret_key="test", tick_seconds=7))
    keys = control.new_keys()
    with made.control.write() as tx:
        control.add_shop(tx, Shop("moon", keys.public), keys)
    with made.store("moon").write() as tx:
        STEPS["put_segment"](
            tx, made.shop("moon"), slug="fans", name="Fans", rule=LOOKS, enabled=True, now=now
        )
        told = [Event("view-000001", MINA, "view_item", now, now)]
        STEPS["collect"](tx, made.shop("moon"), events=told)
    yield made
    made.close()


@pytest.fixture
def evaluator(house: House) -> Iterator[Evaluator]:
    made = Evaluator(house.settings)
    yield made
    made.close()


def pids() -> list[int | None]:
    return [child.pid for child in multiprocessing.active_children()]


def test_the_other_process_outlives_the_thread_that_asked_first(
    house: House, evaluator: Evaluator, now: int
) -> None:
    store, shop = house.store("moon"), house.shop("moon")
    children = []
    for _ in range(2):
        thread = threading.Thread(target=evaluator.decide, args=(store, shop, [1], now))
        thread.start()
        thread.join()
        time.sleep(0.1)
        children.append(pids())
    assert children[0] == children[1]
    assert len(children[0]) == 1


def test_another_process_decides_as_this_one_would_and_leaves_others_the_way(
    house: House, evaluator: Evaluator, now: int
) -> None:
    store, shop = house.store("moon"), house.shop("moon")
    assert evaluator.decide(store, shop, [1], now) == journey.decide(store, shop, [1], now)
    (child,) = pids()
    assert child
    assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_process_that_is_lost_costs_no_pass_and_is_begun_again(
    house: House, evaluator: Evaluator, now: int
) -> None:
    store, shop = house.store("moon"), house.shop("moon")
    evaluator.decide(store, shop, [1], now)
    (lost,) = pids()
    assert lost
    os.kill(lost, signal.SIGKILL)
    for _ in range(2):
        assert evaluator.decide(store, shop, [1], now).inside == {1: {"fans": True}}
    assert set(pids()) != {lost}


def test_the_other_process_ends_with_this_one(house: House, now: int) -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        mine = Evaluator(house.settings)
        mine.decide(house.store("moon"), house.shop("moon"), [], now)
        os.write(writing, f"{pids()[0]}".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    child = int(os.read(reading, 20))
    until = time.monotonic() + 5
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < until, "it lives on"
        time.sleep(0.02)
