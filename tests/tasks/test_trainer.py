"""The job builds a model in another process, and only where something came."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from plugin.collect.event import Event, Item
from plugin.config import Settings
from plugin.errors import PluginError
from plugin.journey import STEPS
from plugin.shop import DAY, Shop
from plugin.storage import control, models
from plugin.storage import jobs as runs
from plugin.storage.house import House
from plugin.tasks import trainer
from plugin.tasks.clock import run
from plugin.tasks.jobs import Job, jobs

MINA = "mina-0123456789abcdef"


@pytest.fixture
def house(tmp_path: Path, now: int) -> Iterator[House]:
    made = House(Settings(data=tmp_path, database_url=None, secret_key="test"))
    for name in ("moon", "sun"):
        keys = control.new_keys()
        with made.control.write() as tx:
            control.add_shop(tx, Shop(name, keys.public), keys)
    with made.store("moon").write() as tx:
        told = [Event("view-000001", MINA, "view_item", now, now, {}, (Item("mug"),))]
        STEPS["collect"](tx, made.shop("moon"), events=told)
    yield made
    made.close()


def job(house: House) -> Job:
    return next(one for one in jobs(house.settings) if one.name == "models")


def said(house: House, shop: str) -> str:
    with house.store(shop).read() as tx:
        return str(runs.last_runs(tx)["models"]["said"])


def test_the_job_builds_in_another_process_and_then_rests(house: House, now: int) -> None:
    assert run(house, job(house), "moon", lambda: now)
    assert said(house, "moon").startswith("there was none; 1 views in 1 visits, 0 orders, 1 prod")
    store = house.store("moon")
    with store.read() as tx:
        built = models.current(store, tx)
    assert built is not None
    assert run(house, job(house), "moon", lambda: now + DAY * 2)
    assert said(house, "moon") == "nothing new to learn"


def test_a_shop_where_nothing_happened_costs_nothing(house: House, now: int) -> None:
    assert run(house, job(house), "sun", lambda: now)
    assert said(house, "sun") == "nothing new to learn"
    assert not (house.settings.data / "models" / "sun").exists()


def test_a_shops_files_lie_apart_and_go_with_it(house: House, now: int) -> None:
    run(house, job(house), "moon", lambda: now)
    folder = house.settings.data / "models" / "moon"
    assert list(folder.glob("*.model"))
    house.forget("moon")
    assert not folder.exists()


def test_a_process_that_is_lost_is_said_in_words(
    house: House, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "_build", _wait)
    killer = Thread(target=_kill_the_child)
    killer.start()
    with pytest.raises(PluginError, match="was lost"):
        trainer.build_apart(house.settings, "moon", now)
    killer.join()


def _wait(*asked: object) -> None:
    time.sleep(60)


def _kill_the_child() -> None:
    until = time.monotonic() + 20
    while not (children := multiprocessing.active_children()):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert children[0].pid
    os.kill(children[0].pid, signal.SIGKILL)
