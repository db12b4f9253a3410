"""Sizes by day, and where visitors went: read from the moves, exact on days of any length."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.shop import DAY, HOUR, MINUTE, day_start, local_day
from plugin.storage import history, profiles, segments
from plugin.storage import migrate as steps
from plugin.storage.engine import Store
from plugin.storage.segments import Change
from plugin.storage.sqlite import SqliteStore

BERLIN = "Europe/Berlin"
LONG_DAY = local_day(
    round(datetime(2026, 10, 25, 12, tzinfo=timezone.utc).timestamp() * 1000), BERLIN
)
START = day_start(LONG_DAY, BERLIN)  # of a day with 25 hours
PEOPLE = ["mina", "cho", "ana", "tomo"]


class Club:
    """Segments called as you like, and four visitors who are moved by hand of the test."""

    def __init__(self, store: Store, *slugs: str) -> None:
        self.store = store
        with store.write() as tx:
            for slug in slugs:
                segments.put(tx, slug, slug.title(), "rule", {"everyone": True}, True, START)
            ids = profiles.ensure(tx, [f"{name}-0123456789abcdef" for name in PEOPLE])
        self.ids = {visitor.partition("-")[0]: profile for visitor, profile in ids.items()}

    def move(self, who: str, slug: str, way: str, at: int, cause: str = "event") -> None:
        """``way``: in or out."""
        moved = Change(slug, self.ids[who], way == "in", at, at + 5, cause, 1)
        with self.store.write() as tx:
            segments.apply(tx, [], [moved], {})

    def days(self, slug: str, first: int, last: int) -> list[history.Day]:
        with self.store.read() as tx:
            return history.days(tx, slug, first, last, BERLIN)

    def movement(self, slug: str, first: int = LONG_DAY, last: int = LONG_DAY) -> Any:
        with self.store.read() as tx:
            return history.movement(tx, slug, first, last, BERLIN)


@pytest.fixture
def club(store: Store) -> Iterator[Club]:
    return Club(store, "fans", "risk", "lost")


def places(way: history.Way) -> dict[str, int]:
    return {row["slug"]: row["visitors"] for row in way.places}


def test_a_day_of_25_hours_has_all_its_moves_and_no_other(club: Club) -> None:
    club.move("mina", "fans", "in", START)
    club.move("cho", "fans", "in", START + 25 * HOUR - 1, "expiry")
    club.move("ana", "fans", "in", START + 25 * HOUR)
    club.move("mina", "fans", "out", START + 25 * HOUR, "manual")
    before, long, after = club.days("fans", LONG_DAY - 1, LONG_DAY + 1)
    assert (before.size, before.entered) == (0, {})
    assert (long.size, long.entered, long.left) == (2, {"event": 1, "expiry": 1}, {})
    assert (after.size, after.entered, after.left) == (2, {"event": 1}, {"manual": 1})


moments = st.integers(START - 4 * DAY, START + 4 * DAY)
lives = st.lists(st.tuples(st.sampled_from(PEOPLE), moments), max_size=12)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives=lives, span=st.tuples(st.integers(-5, 5), st.integers(0, 6)))
def test_sizes_by_day_are_those_that_counting_everybody_gives(
    store: Store, lives: list[tuple[str, int]], span: tuple[int, int]
) -> None:
    with store.write() as tx:
        segments.delete(tx, "fans")
    club = Club(store, "fans")
    inside: dict[str, list[tuple[int, bool]]] = {name: [] for name in PEOPLE}
    for who, at in sorted(lives, key=lambda life: life[1]):
        way = len(inside[who]) % 2 == 0
        inside[who].append((at, way))
        club.move(who, "fans", "in" if way else "out", at)
    first, last = LONG_DAY + span[0], LONG_DAY + span[0] + span[1]
    for one in club.days("fans", first, last):
        end = day_start(one.day + 1, BERLIN)
        then = [[way for at, way in moves if at < end] for moves in inside.values()]
        assert one.size == sum(ways[-1] for ways in then if ways)
        on_it = [w for m in inside.values() for at, w in m if local_day(at, BERLIN) == one.day]
        assert sum(one.entered.values()) == sum(on_it)
        assert sum(one.left.values()) == len(on_it) - sum(on_it)


def test_who_left_one_segment_and_entered_another_within_a_day_went_there(club: Club) -> None:
    for who, after in (("mina", 0), ("cho", DAY), ("ana", DAY + 1)):
        club.move(who, "fans", "in", START)
        club.move(who, "fans", "out", START + HOUR)
        club.move(who, "risk", "in", START + HOUR + after)
    club.move("tomo", "risk", "in", START + HOUR - 1)  # was there before, so did not go there
    club.move("tomo", "fans", "in", START)
    club.move("tomo", "fans", "out", START + HOUR)
    went = club.movement("fans").left
    assert (went.visitors, places(went), went.whole) == (4, {"risk": 2}, True)
    came = club.movement("risk", last=LONG_DAY + 1).entered
    assert (came.visitors, places(came)) == (4, {"fans": 2})
    assert places(club.movement("fans", LONG_DAY + 1, LONG_DAY + 9).left) == {}


def test_a_visitor_who_goes_twice_counts_once_and_in_each_segment(club: Club) -> None:
    for turn in range(2):
        at = START + turn * HOUR
        club.move("mina", "fans", "in", at)
        club.move("mina", "fans", "out", at + MINUTE)
        for slug in ("risk", "lost"):
            club.move("mina", slug, "in", at + MINUTE)
            club.move("mina", slug, "out", at + 2 * MINUTE)
    went = club.movement("fans").left
    assert (went.visitors, places(went)) == (1, {"lost": 1, "risk": 1})


def test_two_who_become_one_are_no_movement(club: Club) -> None:
    club.move("mina", "fans", "in", START)
    club.move("mina", "fans", "out", START + HOUR, "merge")
    club.move("mina", "risk", "in", START + HOUR)
    assert club.movement("fans").left == history.Way(0, (), True)


def test_of_very_many_moves_the_latest_are_looked_through(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 2)
    for number, who in enumerate(PEOPLE):
        club.move(who, "fans", "in", START + number)
        club.move(who, "fans", "out", START + HOUR + number)
        club.move(who, "risk", "in", START + HOUR + number)
    went = club.movement("fans").left
    assert (went.visitors, places(went), went.whole) == (2, {"risk": 2}, False)


def test_moves_are_paged_from_the_one_noticed_last(club: Club) -> None:
    for number, who in enumerate(PEOPLE):
        club.move(who, "fans", "in", START - number * DAY)
    with club.store.read() as tx:
        first, cursor = history.moves(tx, "fans", 3)
        rest, end = history.moves(tx, "fans", 3, cursor or 0)
    found = [row["visitor_id"].partition("-")[0] for row in (*first, *rest)]
    assert (found, len(first), end) == (PEOPLE[::-1], 3, None)


def test_a_segment_that_is_removed_takes_its_history_along(club: Club) -> None:
    club.move("mina", "fans", "in", START)
    club.move("mina", "risk", "in", START)
    with club.store.write() as tx:
        segments.delete(tx, "fans")
    with club.store.read() as tx:
        assert [row["slug"] for row in history.moves_of(tx, club.ids["mina"], 9)] == ["risk"]
        assert history.moves(tx, "fans", 9) == ([], None)


def test_what_was_called_time_before_is_called_expiry(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, known = SqliteStore(tmp_path / "old.db"), steps.steps("shop")
    monkeypatch.setattr(steps, "steps", lambda kind: [one for one in known if one[0] < 12])
    steps.migrate(store, "shop")
    with store.write() as tx:
        profile = profiles.ensure(tx, ["mina-0123456789abcdef"])["mina-0123456789abcdef"]
        row = {"profile": profile, "slug": "fans", "at": START}
        tx.run(
            "insert into transitions"
            " (segment, profile, entered, due_at, noticed_at, cause, version)"
            " values (:slug, :profile, 1, :at, :at, 'time', 1)",
            **row,
        )
    monkeypatch.setattr(steps, "steps", lambda kind: known)
    steps.migrate(store, "shop")
    with store.read() as tx:
        assert tx.value("select cause from transitions") == "expiry"
    store.close()
