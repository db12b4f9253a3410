"""What is done by a verdict alone, and what could be found before, for programs and owners."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.journey.proof import keep_outcomes
from plugin.shop import DAY, HOUR
from plugin.storage.house import House
from tests.crowds import BOUGHT, PEOPLE
from tests.web.admin.test_pages import POPUP
from tests.web.conftest import Moon
from tests.web.test_results_api import Stage as Met

VIEW = """
insert into events (event_id, profile, name, at, day, received_at, source, params)
values (:event_id, :profile, 'page_view', :at, 0, :at, 'browser',
        '{"page_location": "https://moon.example/"}')
"""
SEEN = "update profiles set first_seen_at = :at, last_seen_at = :now where id = :profile"


class Stage(Met):
    """A popup that the owner lets act, and the clock."""

    def strike(self) -> None:
        self.moon.clock.at += HOUR
        keep_outcomes(self.store, self.moon.shop, self.moon.clock.at)

    def popup(self) -> Any:
        return self.moon.server("GET", "/v1/popups/hello").get_json()

    def passes_by(self, visitors: int, orders: int) -> None:
        """``visitors`` view a page twenty days ago, the first ``orders`` of them buy."""
        now = self.moon.clock.at
        at, people = now - 20 * DAY, range(1, visitors + 1)
        told = [{"profile": one, "event_id": f"view-{one:08d}", "at": at} for one in people]
        with self.store.write() as tx:
            tx.many(PEOPLE, [{"id": one, "visitor_id": f"somebody-{one:08d}"} for one in people])
            tx.many(SEEN, [{"profile": one, "at": at, "now": now - DAY} for one in people])
            tx.many(VIEW, told)
            tx.many(BOUGHT, [
                {"number": f"A-{one}", "profile": one, "at": at + 1,
                 "currency": self.moon.shop.currency}
                for one in people[:orders]
            ])  # fmt: skip


@pytest.fixture
def stage(moon: Moon, house: House) -> Stage:
    made = Stage(moon, house)
    moon.server("PUT", "/v1/popups/hello", {**POPUP, "auto": True, "control_share": 0.5})
    return made


def test_auto_is_true_or_false(moon: Moon) -> None:
    for kind, body in (("popups", POPUP), ("windows", {"strategies": ["bestsellers"]})):
        answer = moon.server("PUT", f"/v1/{kind}/hello", {**body, "auto": "yes"})
        assert answer.status_code == 400
        assert "auto must be true or false" in answer.text


def test_a_window_that_is_to_find_out_by_itself_begins_at_half_and_half(moon: Moon) -> None:
    body = {"strategies": ["bestsellers"], "auto": True}
    moon.server("PUT", "/v1/windows/home", body)
    assert moon.server("GET", "/v1/windows/home/results").get_json()["control_share"] == 0.5
    moon.server("PUT", "/v1/windows/home", {**body, "control_share": 0.2})
    assert moon.server("GET", "/v1/windows/home/results").get_json()["control_share"] == 0.2


def test_what_was_done_is_told_to_programs(stage: Stage) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    stage.strike()
    told = stage.told()
    assert (told["auto"], told["control_share"]) == (True, 0.1)
    [act] = told["acts"]
    assert (act["act"], act["at"], act["undone_at"]) == (
        "show_to_90", stage.moon.clock.at, None,
    )  # fmt: skip
    assert (act["verdict"], act["was"]) == ("helps", {"control_share": 0.5})
    assert act["shown"] == {"visitors": 2_000, "converted": 200}
    assert act["per_1000"]["converted"]["value"] == pytest.approx(50)


def test_the_owner_reads_what_was_done_and_takes_it_back(stage: Stage) -> None:
    stage.meets("show", 2_000, 100)
    stage.meets("control", 2_000, 200)
    stage.strike()
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "Turned off by itself, because it hurt." in page
    assert "100 of 2,000 who were shown it had reached the goal, and 200 of 2,000" in page
    assert "It is off." in page
    number = re.search(r'name="act" value="(\d+)"', page)
    assert number is not None

    assert stage.moon.sends("popups/hello/undo", act=number[1]).status_code == 303
    assert stage.popup()["enabled"]
    stage.strike()
    assert stage.popup()["enabled"]
    after = stage.moon.opens("popups")
    assert "It is not done again." in after
    assert 'name="act"' not in after


@pytest.mark.parametrize("act", ["", "x", "-1", "99", "1" * 30])
def test_what_was_never_done_cannot_be_taken_back(stage: Stage, act: str) -> None:
    stage.moon.sign_in()
    assert stage.moon.sends("popups/hello/undo", act=act).status_code == 404


def test_what_the_owner_changed_since_is_not_offered_to_be_taken_back(stage: Stage) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    stage.strike()
    stage.moon.server("PUT", "/v1/popups/hello", {**POPUP, "auto": True, "control_share": 0.3})
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "It was changed since, so it is not done again." in page
    assert 'name="act"' not in page


def test_before_it_starts_the_page_says_what_could_be_found_and_when(stage: Stage) -> None:
    stage.passes_by(2_000, 100)
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "What could be found, and when" in page
    assert "After 4 weeks" in page
    assert re.search(r"<b>\+\d+%</b>", page)
    assert "5.0% of them reached the goal" in page

    told = stage.told()["findable"]
    assert (told["by"], told["rate"]) == ("pages", 0.05)
    lifts = [one["lift"] for one in told["weeks"] if one["lift"] is not None]
    assert lifts
    assert lifts == sorted(lifts, reverse=True)


def test_where_nobody_comes_the_page_says_so(stage: Stage) -> None:
    stage.moon.sign_in()
    assert "None of those it is for viewed its pages" in stage.moon.opens("popups")
    assert stage.told()["findable"] == {"by": "pages", "rate": None, "weeks": []}


def test_what_is_decided_says_nothing_of_what_could_be_found(stage: Stage) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    assert stage.told()["findable"] is None


def test_a_small_control_group_is_told_what_half_would_find(owner: Moon, house: House) -> None:
    stage = Stage(owner, house, share=0.1)
    stage.passes_by(2_000, 200)
    page = owner.opens("popups")
    assert "With half of the visitors in control it would be +" in page


def test_the_windows_form_lets_the_verdict_act(owner: Moon) -> None:
    owner.server("PUT", "/v1/windows/home", {"strategies": ["bestsellers"]})
    page = owner.opens("windows/home/edit")
    box = re.search(r'<input type="checkbox" name="auto"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    form = {"strategy": "bestsellers", "min": "1", "max": "8", "position": "append"}
    owner.sends("windows/home/edit", **form, enabled="1", auto="1")
    assert owner.server("GET", "/v1/windows/home").get_json()["auto"] is True
    box = re.search(r'<input type="checkbox" name="auto"[^>]*>', owner.opens("windows/home/edit"))
    assert box is not None
    assert "checked" in box[0]
