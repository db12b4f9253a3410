"""Every move is kept with its cause, when it was due and when it was noticed; sizes fit always."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.journey.causes import caught_up
from plugin.segment.evaluate import Verdict
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import history, profiles
from plugin.storage.engine import Store

MINA, CHO, PHONE = "mina-0123456789abcdef", "cho-0123456789abcdef", "minas-phone-0000001"
FITS = """
select s.slug, s.size,
       (select count(*) from memberships m where m.segment = s.slug) as members,
       (select coalesce(sum(2 * entered - 1), 0) from transitions t where t.segment = s.slug) as net
from segments s
"""


def looked(within: str = "1d", times: int = 1) -> dict[str, Any]:
    leaf = {"event": "view_item", "measure": "count", "op": ">=", "value": times}
    return {**leaf, "within": within}


class Shelf:
    """A shop with segments of who looked at something, and a clock."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self.count = store, shop, now, 0

    def step(self, name: str, /, **args: Any) -> Any:
        with self.store.write() as tx:
            return STEPS[name](tx, self.shop, **args)

    def put(self, slug: str, rule: Any) -> None:
        self.step("put_segment", slug=slug, name=slug, rule=rule, enabled=True, now=self.now)

    def looks(self, who: str, name: str = "view_item", **params: Any) -> None:
        self.count += 1
        source = "server" if params else "browser"
        told = Event(
            f"event-{self.count:04d}", who, name, self.now, self.now, params, source=source
        )
        self.step("collect", events=[told])

    def place(self, *who: str, until: int | None = None) -> None:
        self.step("place", slug="fresh", add=who, remove=[], release=[], until=until, now=self.now)

    def later(self, ms: int = 0) -> None:
        self.now += ms
        journey.bring_up_to_date(self.store, self.shop, self.now)

    def moves(self, slug: str = "fresh") -> list[tuple[int, str, int, int, int]]:
        with self.store.read() as tx:
            rows, _ = history.moves(tx, slug, 99)
        names = ("entered", "cause", "due_at", "noticed_at", "version")
        return [tuple(row[name] for name in names) for row in reversed(rows)]

    def fits(self) -> bool:
        """Whether every size is the count of the members, and what the moves add up to."""
        with self.store.read() as tx:
            rows = tx.all(FITS)
        return bool(rows) and all(row["size"] == row["members"] == row["net"] for row in rows)


@pytest.fixture
def shelf(store: Store, shop: Shop, now: int) -> Iterator[Shelf]:
    made = Shelf(store, shop, now)
    made.put("fresh", looked())
    made.later()
    return made


def test_who_enters_by_an_event_leaves_by_expiry_at_the_moment_it_was_due(
    shelf: Shelf, now: int
) -> None:
    shelf.looks(MINA)
    shelf.later(5)
    shelf.later(DAY + HOUR)
    assert shelf.moves() == [
        (1, "event", now + 5, now + 5, 1),
        (0, "expiry", now + DAY, now + 5 + DAY + HOUR, 1),
    ]


def test_after_a_stop_each_segment_is_left_at_its_own_moment(shelf: Shelf, now: int) -> None:
    shelf.put("week", looked("7d"))
    shelf.put("calm", {"all": [looked("30d"), {"not": looked("3d")}]})
    shelf.looks(MINA)
    shelf.later()
    shelf.later(20 * DAY)
    due = {slug: shelf.moves(slug)[-1][:3] for slug in ("fresh", "week", "calm")}
    assert due == {
        "fresh": (0, "expiry", now + DAY),
        "week": (0, "expiry", now + 7 * DAY),
        "calm": (1, "expiry", now + 3 * DAY),
    }


def test_an_edited_rule_moves_by_edit_with_its_new_version(shelf: Shelf, now: int) -> None:
    shelf.looks(MINA)
    shelf.later()
    shelf.put("fresh", looked(times=2))
    shelf.later(HOUR)
    assert shelf.moves()[-1] == (0, "edit", now + HOUR, now + HOUR, 2)


def test_a_word_by_hand_and_its_end_are_manual(shelf: Shelf, now: int) -> None:
    shelf.looks(MINA, "page_view")
    shelf.later()
    shelf.place(MINA, until=now + DAY)
    shelf.later(1)
    shelf.later(DAY + HOUR)
    assert [move[:3] for move in shelf.moves()] == [(1, "manual", now), (0, "manual", now + DAY)]


def test_what_follows_from_two_being_one_is_told_as_a_merge(shelf: Shelf) -> None:
    shelf.put("keen", looked(times=2))
    shelf.later()
    for who in (MINA, PHONE):
        shelf.looks(who)
        shelf.looks(who, "identify", customer_id="7")
        shelf.later()
    assert [move[:2] for move in shelf.moves("keen")] == [(1, "merge")]
    assert [move[:2] for move in shelf.moves()] == [(1, "event")]
    assert shelf.fits()


def test_sizes_are_the_members_and_the_sum_of_the_moves_through_everything(shelf: Shelf) -> None:
    shelf.put("built", {"segment": "fresh"})
    shelf.looks(MINA)
    shelf.looks(CHO)
    shelf.later()
    assert shelf.fits()
    shelf.looks(PHONE)
    shelf.looks(MINA, "identify", customer_id="7")
    shelf.later(HOUR)
    shelf.looks(PHONE, "identify", customer_id="7")
    shelf.place(CHO, until=shelf.now + 9 * HOUR)
    shelf.later(HOUR)
    assert shelf.fits()
    shelf.put("fresh", looked(times=2))
    shelf.later(HOUR)
    assert shelf.fits()
    shelf.step("erase", visitor_id=CHO, now=shelf.now)
    shelf.later(3 * DAY)
    assert shelf.fits()


def test_an_erased_visitor_is_gone_from_the_history_of_every_day(shelf: Shelf) -> None:
    for who in (MINA, CHO):
        shelf.looks(who)
    shelf.later()
    day = shelf.shop.day(shelf.now)
    shelf.later(HOUR)
    shelf.step("erase", visitor_id=CHO, now=shelf.now)
    with shelf.store.read() as tx:
        [one] = history.days(tx, "fresh", day, day, shelf.shop.timezone)
        assert profiles.find(tx, CHO) is None
    assert (one.size, one.entered) == (1, {"event": 1})
    assert len(shelf.moves()) == 1


# -- caught_up ---------------------------------------------------------------------------------


def test_a_pass_that_is_not_late_asks_once() -> None:
    asked: list[int] = []

    def ask(at: int) -> dict[str, Verdict]:
        asked.append(at)
        return {"fresh": Verdict(False, 900)}

    found, began = caught_up(ask, 100, 105)
    assert (asked, began, found["fresh"].next_check) == ([100], {"fresh": 100}, 900)


def test_a_late_pass_finds_the_last_turn_of_each_and_never_goes_on_for_ever() -> None:
    def ask(at: int) -> dict[str, Verdict]:
        return {"blink": Verdict(at // 10 % 2 == 0, at // 10 * 10 + 10), "still": Verdict(True)}

    assert caught_up(ask, 100, 105)[1] == {"blink": 100, "still": 100}
    assert caught_up(ask, 100, 139)[1] == {"blink": 130, "still": 100}
    found, _ = caught_up(ask, 0, 10**9)
    assert found["blink"] == ask(10**9)["blink"]
