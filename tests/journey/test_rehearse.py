"""A rehearsal over a real store: last month's visits, played again with other popups."""

from __future__ import annotations

from typing import Any

import pytest

from plugin import journey
from plugin.errors import DocumentRefused
from plugin.journey.rehearse import rehearse
from plugin.serve.experiment import SHOW, arm
from plugin.shop import DAY, MINUTE, Shop
from plugin.storage.engine import Store
from tests.journey.test_popups import CHO, MINA, Door

ANA = "ana-01234567890abcdef"


@pytest.fixture
def door(store: Store, shop: Shop, now: int) -> Door:
    return Door(store, shop, now)


def draft(slug: str = "hello", **doc: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "trigger": {"on": "load"},
        "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
        "control_share": 0,
        **doc,
    }


def pages(door: Door, who: str, *paths: str, ago: int = DAY, apart: int = MINUTE) -> None:
    for step, path in enumerate(paths):
        at = f"https://moon.example{path}"
        door.does(who, "page_view", ago=ago - step * apart, page_location=at)


def test_a_draft_is_met_as_its_caps_allow_on_the_pages_it_is_for(door: Door) -> None:
    pages(door, MINA, "/", "/shoes", "/shoes/7")
    pages(door, CHO, "/bags")

    found = rehearse(door.store, door.shop, door.now, [draft(pages=["/shoes*"])])

    assert (found.visitors, found.everybody, found.pages) == (2, 2, 4)
    assert found.after is not None
    line = found.after.lines["hello"]
    assert (line.shown, line.control, line.meetings) == (1, 0, 1)
    assert line.stopped == {"pages": 2, "cap_visit": 1}
    assert found.after.per_person == {0: 1, 1: 1}
    assert found.before.per_person == {0: 2}


def test_what_two_popups_both_wanted_is_told(door: Door) -> None:
    pages(door, MINA, "/")
    door.puts("first", priority=9)

    found = rehearse(door.store, door.shop, door.now, [draft("second")])

    assert found.after is not None
    assert found.after.collisions == {("first", "second"): 1}
    assert (found.after.lines["first"].shown, found.after.lines["second"].shown) == (1, 0)


def test_segments_are_those_of_then(door: Door) -> None:
    door.adopts("readers", {"trait": "pageviews_total", "op": ">=", "value": 3})
    pages(door, MINA, "/1", "/2", "/3", "/4")

    found = rehearse(
        door.store, door.shop, door.now,
        [draft(kind="bar", caps={}, audience={"segment": "readers"})],
    )  # fmt: skip

    assert found.after is not None
    assert found.after.lines["hello"].meetings == 2
    assert found.after.lines["hello"].stopped == {"audience": 2}


def test_a_segment_is_entered_in_one_visit_only(door: Door) -> None:
    door.adopts("readers", {"trait": "pageviews_total", "op": ">=", "value": 2})
    pages(door, MINA, "/1", "/2", ago=3 * DAY)
    pages(door, MINA, "/3", ago=2 * DAY)
    enters = {"on": "segment_entered", "segment": "readers"}

    found = rehearse(door.store, door.shop, door.now, [draft(caps={}, trigger=enters)])

    assert found.after is not None
    assert found.after.lines["hello"].meetings == 1


@pytest.mark.parametrize(
    ("trigger", "meetings"),
    [
        ({"on": "time", "seconds": 90}, 1),  # the last page, of which nobody knows how long
        ({"on": "time", "seconds": 60}, 3),
        ({"on": "exit"}, 1),
        ({"on": "nth_page", "pages": 3}, 1),
        ({"on": "add_to_cart"}, 1),
        ({"on": "scroll"}, 3),
    ],
)
def test_a_moment_comes_where_the_log_tells_that_it_did(
    door: Door, trigger: dict[str, Any], meetings: int
) -> None:
    pages(door, MINA, "/1", "/2", "/3")
    door.does(MINA, "add_to_cart", ago=DAY - MINUTE - 1)
    asked = draft(kind="bar", caps={}, trigger=trigger)

    found = rehearse(door.store, door.shop, door.now, [asked])

    assert found.after is not None
    assert found.after.lines["hello"].meetings == meetings


def test_the_money_that_codes_may_cost_is_told_at_most(door: Door) -> None:
    pool = {"kind": "text", "code": "MOON", "discount": {"amount": 3_000}}
    with door.store.write() as tx:
        journey.STEPS["put_pool"](tx, door.shop, slug="autumn", body=pool, now=door.now)
    for who in (MINA, CHO, ANA):
        pages(door, who, "/")
    share = 0.5
    shown = sum(arm("hello", who, share) == SHOW for who in (MINA, CHO, ANA))

    found = rehearse(
        door.store, door.shop, door.now, [draft(coupon_pool="autumn", control_share=share)]
    )

    assert found.after is not None
    line = found.after.lines["hello"]
    assert (line.shown, line.control) == (shown, 3 - shown)
    assert (found.after.codes, found.after.money) == (shown, shown * 3_000)


def test_only_the_last_month_is_played_and_its_manners_hold(door: Door) -> None:
    pages(door, MINA, "/old", ago=40 * DAY)
    for day in range(1, 6):
        pages(door, MINA, "/", ago=day * DAY)

    found = rehearse(door.store, door.shop, door.now, [draft(caps={})])

    assert found.after is not None
    assert (found.pages, found.after.per_person) == (5, {3: 1})
    assert found.after.lines["hello"].stopped == {"overlays_week": 2}


def test_a_popup_can_be_left_out(door: Door) -> None:
    pages(door, MINA, "/")
    door.puts("hello")

    found = rehearse(door.store, door.shop, door.now, without={"hello"})

    assert found.after is not None
    assert (found.before.per_person, found.after.per_person) == ({1: 1}, {0: 1})


def test_a_large_shop_is_sampled_and_the_play_ends_when_it_is_told_to(door: Door) -> None:
    for number in range(60):
        pages(door, f"visitor-{number:012d}", "/")

    assert rehearse(door.store, door.shop, door.now, most=10).visitors == 10
    told: list[tuple[int, int]] = []

    def enough(done: int, of: int) -> bool:
        told.append((done, of))
        return done == 3

    ended = rehearse(door.store, door.shop, door.now, enough=enough)
    assert (ended.visitors, ended.everybody) == (3, 60)
    assert told == [(1, 60), (2, 60), (3, 60)]


def test_a_rehearsal_writes_nothing(door: Door) -> None:
    door.puts("hello")
    pages(door, MINA, "/", "/shoes")
    before = everything(door.store)

    rehearse(door.store, door.shop, door.now, [draft("second")])

    assert everything(door.store) == before


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of the tables that a visit, a popup and a segment write to."""
    tables = ("events", "profiles", "exposures", "memberships", "transitions", "campaigns", "facts")
    with store.read() as tx:
        found = {name: tx.all(f"select * from {name}") for name in tables}
    return {name: sorted(map(str, rows)) for name, rows in found.items()}


def test_a_draft_that_cannot_be_read_is_refused(door: Door) -> None:
    with pytest.raises(DocumentRefused, match="needs its slug"):
        rehearse(door.store, door.shop, door.now, [{"kind": "modal"}])
    with pytest.raises(DocumentRefused, match="unknown keys: colour"):
        rehearse(door.store, door.shop, door.now, [draft(colour="red")])
