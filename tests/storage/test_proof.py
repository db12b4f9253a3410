"""What plugin.storage.proof counts of shown and control, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.serve.retain.popup import Goal
from plugin.serve.verdict import Counted
from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import campaigns, proof
from plugin.storage.engine import Store
from plugin.storage.proof import Did, Outcome
from tests.storage.test_campaigns import POPUP, Town

MEET = """
insert into exposures (kind, slug, profile, arm, first_at, last_at, views)
values ('popup', 'hello', :profile, :arm, :at, :at, 1)
"""


def came_of(town: Town, kind: str = "popup", slug: str = "hello", **more: Any) -> Outcome:
    """What came of a campaign of the town by now."""
    with town.store.read() as tx:
        row = campaigns.get(tx, kind, slug)
        assert row is not None
        return proof.outcome(tx, row, town.now, **{"currency": "KRW", "share": 0.5, **more})


def meets(town: Town, name: str, ago: int, arm: str = "show") -> None:
    """Somebody meets the popup for the first time."""
    profile = town.profile(name)
    with town.store.write() as tx:
        tx.run(MEET, profile=profile, arm=arm, at=town.now - ago)


@pytest.fixture
def town(store: Store, now: int) -> Town:
    return Town(store, now)


def test_the_arms_are_told_apart(town: Town) -> None:
    town.does("mina", "popup_view", "popup_click")
    town.does("mina", "popup_view", "popup_dismiss")
    town.does("cho", "popup_view")
    town.does("ana", "popup_holdout")
    town.orders("mina", 30_000, ago=30 * MINUTE, refunded=10_000)

    found = came_of(town)
    assert found.shown == Did(2, views=3, dismissals=1, clicks=1, reached=1, revenue=20_000)
    assert found.control == Did(1, views=1)


def test_sums_of_squares_are_of_each_visitors_money_not_of_each_order(town: Town) -> None:
    for name in ("mina", "cho"):
        town.does(name, "popup_view")
    town.orders("mina", 3_000, ago=30 * MINUTE)
    town.orders("mina", 4_000, ago=29 * MINUTE)
    town.orders("cho", 1_000, ago=29 * MINUTE)

    (span,) = came_of(town).spans
    assert span.shown == Counted(2, 2, 8_000, 7_000**2 + 1_000**2)


def test_an_order_before_or_long_after_the_meeting_is_no_success(town: Town) -> None:
    town.does("mina", "popup_view", ago=20 * DAY)
    town.orders("mina", 30_000, ago=21 * DAY)
    town.orders("mina", 30_000, ago=12 * DAY)

    found = came_of(town)
    assert (found.shown.reached, found.shown.revenue) == (0, 0)


def test_the_last_moment_of_the_goals_time_counts(town: Town) -> None:
    meets(town, "mina", ago=7 * DAY + HOUR)
    meets(town, "cho", ago=7 * DAY + HOUR)
    town.orders("mina", 1_000, ago=HOUR)
    town.orders("cho", 1_000, ago=HOUR - 1)

    assert came_of(town).shown.reached == 1


def test_money_of_another_currency_is_left_out(town: Town) -> None:
    town.does("mina", "popup_view")
    town.orders("mina", 30_000, ago=30 * MINUTE)
    town.orders("mina", 99, ago=29 * MINUTE, currency="EUR")

    assert came_of(town).shown.revenue == 30_000
    assert came_of(town, currency="EUR").shown.revenue == 99


def test_a_popups_own_goal_is_what_counts_as_success(town: Town) -> None:
    goal = {**POPUP, "goal": {"event": "sign_up", "within": "1h"}}
    with town.store.write() as tx:
        campaigns.put(tx, "popup", "hello", goal, True, town.now)
    town.does("mina", "popup_view", ago=3 * HOUR)
    town.does("mina", "sign_up", ago=2 * HOUR + MINUTE)
    town.does("mina", "sign_up", ago=2 * HOUR + 2 * MINUTE)
    town.does("cho", "popup_view", ago=3 * HOUR)
    town.does("cho", "sign_up", ago=HOUR)
    town.orders("cho", 5_000, ago=2 * HOUR + MINUTE)

    found = came_of(town)
    assert (found.goal, found.shown.reached) == (Goal("sign_up", HOUR), 1)
    assert found.shown.revenue == 5_000  # money is told whatever the goal is


def test_a_window_counts_its_views_and_clicks_and_who_was_kept_back(town: Town) -> None:
    town.does("mina", "view_item_list", "select_item", item_list_id="home-1")
    town.does("cho", "popup_holdout", item_list_id="home-1")

    found = came_of(town, "window", "home-1")
    assert (found.shown.views, found.shown.clicks, found.control.views) == (1, 1, 1)


def test_events_that_arrive_late_move_the_first_meeting_back(town: Town) -> None:
    town.does("mina", "popup_view", ago=HOUR)
    town.orders("mina", 5_000, ago=2 * HOUR)
    town.does("mina", "popup_view", ago=3 * HOUR)

    assert came_of(town).shown.reached == 1


def test_what_nobody_has_met_has_no_figures(town: Town) -> None:
    found = came_of(town)
    assert (found.shown, found.control, found.first_at, found.a_day) == (Did(), Did(), None, 0)


def test_visitors_a_day_are_those_of_the_last_week(town: Town) -> None:
    for number in range(14):
        meets(town, f"of this week {number}", ago=DAY + HOUR)
    meets(town, "of last month", ago=30 * DAY)

    assert came_of(town).a_day == 2


def test_a_changed_split_begins_a_span_of_its_own(town: Town) -> None:
    with town.store.write() as tx:
        proof.note_split(tx, "popup", "hello", 0.5, town.now - 90 * DAY)
        proof.note_split(tx, "popup", "hello", 0.5, town.now - 20 * DAY)  # no change
        proof.note_split(tx, "popup", "hello", 0.1, town.now - 10 * DAY)
    meets(town, "mina", ago=30 * DAY)
    meets(town, "cho", ago=15 * DAY, arm="control")
    meets(town, "ana", ago=5 * DAY)

    spans = came_of(town, share=0.1).spans
    assert [(one.shown.visitors, one.control.visitors, one.share) for one in spans] == [
        (1, 1, 0.5),
        (1, 0, 0.1),
    ]


def test_what_happens_after_the_split_was_changed_counts_for_nobody_met_before(
    town: Town,
) -> None:
    with town.store.write() as tx:
        proof.note_split(tx, "popup", "hello", 0.5, 0)
        proof.note_split(tx, "popup", "hello", 0.1, town.now - 2 * DAY)
    for name in ("mina", "cho"):
        meets(town, name, ago=3 * DAY, arm="control")
    town.orders("mina", 1_000, ago=2 * DAY + HOUR)
    town.orders("cho", 1_000, ago=DAY)  # maybe shown by now: in control no longer

    assert came_of(town, share=0.1).control.reached == 1


def test_what_the_clock_kept_is_told_until_it_is_old_or_the_goal_is_another(town: Town) -> None:
    town.does("mina", "popup_view")
    kept = came_of(town)
    town.does("cho", "popup_view")
    with town.store.write() as tx:
        proof.keep(tx, "popup", "hello", kept)
        row = campaigns.get(tx, "popup", "hello")
        assert row is not None
        other = {**row, "body": {**row["body"], "goal": {"event": "sign_up"}}}
        soon, late = town.now + HOUR, town.now + 4 * HOUR
        assert proof.known_outcome(tx, row, soon, "KRW", 0.5) == kept
        assert proof.known_outcome(tx, row, late, "KRW", 0.5).shown.visitors == 2
        assert proof.known_outcome(tx, other, soon, "KRW", 0.5).shown.visitors == 2
        assert proof.known_outcome(tx, row, soon, "KRW", 0.1).shown.visitors == 2
        proof.keep(tx, "popup", "hello", None)
        assert proof.known_outcome(tx, row, soon, "KRW", 0.5).shown.visitors == 2
