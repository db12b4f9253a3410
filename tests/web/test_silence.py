"""The owner is told when events stop coming, wherever the owner looks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.collect.event import Event
from plugin.journey import collect
from plugin.shop import DAY, HOUR
from plugin.tasks.clock import run
from plugin.tasks.jobs import JOBS

PAGES = ("", "install", "segments", "visitors", "popups", "windows", "jobs", "staff")
STOPPED = "Events have stopped coming"
JOB = next(job for job in JOBS if job.name == "pulse")


@pytest.fixture
def quiet(moon: Any, house: Any) -> Any:
    """A shop with two visitors an hour for four days, then none for half a day."""
    with house.store(moon.shop.name).write() as tx:
        hours = range(moon.clock.at, moon.clock.at + 4 * DAY, HOUR)
        came = [(f"{who}-{at}", at) for at in hours for who in ("cho", "ana")]
        collect(tx, moon.shop, [Event(one, one, "page_view", at, at) for one, at in came])
    moon.clock.at += 4 * DAY
    run(house, JOB, moon.shop.name, moon.clock)
    moon.clock.at += 11 * HOUR
    moon.sign_in()
    return moon


def figures(moon: Any) -> dict[str, float]:
    """What /metrics says of the shop called moon."""
    lines = moon.client.get("/metrics").text.splitlines()
    mine = [line for line in lines if f'{{shop="{moon.shop.name}"}}' in line]
    return {line.partition("{")[0]: float(line.rpartition(" ")[2]) for line in mine}


def test_every_page_says_that_events_have_stopped_and_what_to_do(quiet: Any) -> None:
    for path in PAGES:
        page = quiet.opens(path)
        assert STOPPED in page, path
        assert "12 hours ago" in page, path
        assert re.search(r"about 2[234] visitors", page), path
        assert "/admin/install" in page, path


def test_the_notice_goes_with_the_next_event(quiet: Any) -> None:
    quiet.visit("mina-0123456789abcdef", {"name": "page_view"})
    assert all(STOPPED not in quiet.opens(path) for path in PAGES)


def test_the_sign_on_the_install_page_stands_still(quiet: Any) -> None:
    def sign() -> Any:
        return quiet.gets("live.json").get_json()["stopped"]

    assert sign() is True
    quiet.visit("mina-0123456789abcdef", {"name": "page_view"})
    assert sign() is False


def test_the_job_says_what_it_heard(quiet: Any, house: Any) -> None:
    assert run(house, JOB, quiet.shop.name, quiet.clock)
    assert "where about 24 visitors are usual" in quiet.opens("jobs")
    quiet.visit("mina-0123456789abcdef", {"name": "page_view"})
    assert run(house, JOB, quiet.shop.name, quiet.clock)
    assert "as usual" in quiet.opens("jobs")


def test_the_job_knows_a_shop_without_a_tag(moon: Any, house: Any) -> None:
    assert JOB.run(house.store(moon.shop.name), moon.shop, moon.clock.at) == (
        "no page has sent an event yet"
    )


def test_machines_are_told_too(quiet: Any) -> None:
    assert figures(quiet) == {
        "regulars_last_event_age_seconds": 12 * 3600,
        "regulars_silent": 1,
    }
    quiet.visit("mina-0123456789abcdef", {"name": "page_view"})
    assert figures(quiet) == {"regulars_last_event_age_seconds": 0, "regulars_silent": 0}


def test_a_shop_that_never_had_an_event_has_no_age_and_is_not_silent(moon: Any, clock: Any) -> None:
    clock.at += 30 * DAY
    assert figures(moon) == {"regulars_silent": 0}
