"""What the clock does, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.collect.event import Event
from plugin.config import Settings
from plugin.errors import PluginError
from plugin.shop import DAY, Shop
from plugin.storage import control, segments
from plugin.storage import jobs as runs
from plugin.storage.engine import Row, Store
from plugin.storage.house import House
from plugin.tasks.clock import make_clock, run, run_for_all
from plugin.tasks.group import GroupWriter
from plugin.tasks.jobs import JOBS, Job, jobs


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Settings(data=tmp_path, database_url=None, secret_key="test", tick_seconds=7))
    for name in ("moon", "sun"):
        keys = control.new_keys()
        with made.control.write() as tx:
            control.add_shop(tx, Shop(name, keys.public), keys)
    yield made
    made.close()


def last_run(house: House, shop: str, job: str) -> Row:
    with house.store(shop).read() as tx:
        return runs.last_runs(tx)[job]


def named(name: str) -> Job:
    return next(job for job in JOBS if job.name == name)


def test_a_missed_run_is_made_up_for_once_and_a_job_never_overlaps_itself(house: House) -> None:
    clock = make_clock(house, lambda: 1)
    clock.start(paused=True)
    try:
        kept = {job.id: job for job in clock.get_jobs()}
        assert set(kept) == {job.name for job in JOBS}
        for job in kept.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    finally:
        clock.shutdown()


def test_the_tick_is_as_long_as_the_owner_says(house: House) -> None:
    assert jobs(house.settings)[0].every_s == 7


def test_the_tick_moves_a_visitor_whose_window_expired(house: House, now: int) -> None:
    writer = GroupWriter(house).start()
    rule = {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "1d"}
    writer.do("moon", "put_segment", slug="fresh", name="Fresh", rule=rule, enabled=True, now=now)
    seen = Event("event-00000001", "cho-0123456789abcdef", "view_item", now, now)
    writer.do("moon", "collect", events=[seen])

    def size() -> int:
        with house.store("moon").read() as tx:
            return segments.definitions(tx)[0].size

    assert run(house, named("tick"), "moon", lambda: now)
    assert size() == 1
    assert run(house, named("tick"), "moon", lambda: now + DAY)
    assert size() == 0
    assert last_run(house, "moon", "tick")["said"] == "1 visitors looked at, 0 entered, 1 left"


def test_a_job_that_fails_says_so_and_the_next_shop_is_served(house: House, now: int) -> None:
    def only_sun(store: Store, shop: Shop, now: int) -> str:
        if shop.name == "moon":
            raise PluginError("the moon is down")
        return "done"

    run_for_all(house, replace(named("tick"), run=only_sun), lambda: now)
    moon, sun = last_run(house, "moon", "tick"), last_run(house, "sun", "tick")
    assert (moon["ok"], moon["said"]) == (0, "the moon is down")
    assert (sun["ok"], sun["said"]) == (1, "done")


def test_a_job_that_breaks_is_kept_as_failed_without_its_innards(
    house: House, now: int, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(store: Store, shop: Shop, now: int) -> str:
        raise ZeroDivisionError("secret details")

    assert not run(house, replace(named("tick"), run=broken), "moon", lambda: now)
    said = last_run(house, "moon", "tick")["said"]
    assert "ZeroDivisionError" in said
    assert "secret" not in said
    assert "secret details" in caplog.text  # the log has all of it


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_every_job_runs_on_an_empty_shop(house: House, job: Job, now: int) -> None:
    assert run(house, job, "moon", lambda: now), last_run(house, "moon", job.name)["said"]
