"""The laws of plugin.serve.retain.rehearsal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.retain.popup import Popup
from plugin.serve.retain.rehearsal import MANY, Rehearsal, Stop
from plugin.shop import DAY, HOUR, SECOND
from tests.serve.retain.test_manners import HERE, NOON, Life, campaigns

WAITS = st.sampled_from([SECOND, 40 * SECOND, 2 * HOUR, DAY, 3 * DAY])
WALKS = st.lists(st.lists(st.tuples(WAITS, st.booleans()), max_size=12), max_size=4)


@given(campaigns(), WALKS)
def test_a_rehearsal_meets_what_the_decision_would_have_chosen(
    popups: list[Popup], walks: list[list[tuple[int, bool]]]
) -> None:
    play = Rehearsal(popups)
    expected = dict.fromkeys([one.slug for one in popups], 0)
    for number, steps in enumerate(walks):
        life, when, stops = Life(f"visitor-{number:08d}"), NOON, []
        for wait, is_new in steps:
            when += timedelta(milliseconds=wait)
            life.visit += is_new
            decision = life.opens(popups, when)
            if decision is not None:
                expected[decision.popup.slug] += 1
            moment = replace(HERE, visitor_id=life.visitor_id, now_local=when)
            stops.append(Stop(moment, life.visit))
        play.walk(stops)

    assert {slug: line.meetings for slug, line in play.lines.items()} == expected
    assert sum(play.per_person.values()) == len(walks)
    assert sum(min(n, MANY) * people for n, people in play.per_person.items()) <= sum(
        expected.values()
    )


@given(campaigns(), WALKS)
def test_every_page_is_accounted_for_by_every_popup(
    popups: list[Popup], walks: list[list[tuple[int, bool]]]
) -> None:
    play, pages = Rehearsal(popups), 0
    for steps in walks:
        when, stops = NOON, []
        for visit, (wait, _) in enumerate(steps):
            when += timedelta(milliseconds=wait)
            stops.append(Stop(replace(HERE, now_local=when), visit))
        pages += len(stops)
        play.walk(stops)

    for slug, line in play.lines.items():
        lost = sum(count for (_, loser), count in play.collisions.items() if loser == slug)
        assert line.meetings + line.waited + line.stopped.total() + lost == pages
