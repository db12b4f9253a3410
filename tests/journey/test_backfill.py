"""An edited rule is asked about everybody, alone, in bites, and again after whatever stops it."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.errors import PluginError
from plugin.journey import STEPS
from plugin.journey.decide import Decided, decide
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import backfills, segments
from plugin.storage.engine import Store

MINA, CHO = "mina-0123456789abcdef", "cho-0123456789abcdef"
LOOKS, BUYS = (
    {"event": name, "measure": "count", "op": ">=", "value": 1}
    for name in ("view_item", "purchase")
)
LATELY = LOOKS | {"within": "1d"}
numbers = count()


def put(store: Store, shop: Shop, slug: str, rule: Any, now: int, enabled: bool = True) -> None:
    with store.write() as tx:
        STEPS["put_segment"](tx, shop, slug=slug, name=slug, rule=rule, enabled=enabled, now=now)


def looks(store: Store, shop: Shop, visitor_id: str, at: int) -> None:
    told = Event(f"view-{next(numbers):06}", visitor_id, "view_item", at, at)
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[told])


def members(store: Store, slug: str) -> set[str]:
    with store.read() as tx:
        return {row["visitor_id"] for row in segments.members(tx, slug, 1_000)[0]}


def moves(store: Store, slug: str) -> list[tuple[int, str, int]]:
    with store.read() as tx:
        rows = tx.all("select * from transitions where segment = :slug order by seq", slug=slug)
    return [(row["entered"], row["cause"], row["due_at"]) for row in rows]


def under_way(store: Store) -> set[str]:
    with store.read() as tx:
        return set(backfills.under_way(tx))


def test_an_edit_asks_only_its_own_rule(store: Store, shop: Shop, now: int) -> None:
    put(store, shop, "looks", LOOKS, now)
    put(store, shop, "buys", BUYS, now)
    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    asked: list[str | None] = []

    def noted(*args: Any) -> Decided:
        asked.append(args[4])
        return decide(*args)

    put(store, shop, "buys", LATELY, now + 1)
    journey.bring_up_to_date(store, shop, now + 1, hands=journey.Hands(noted))
    assert (asked, members(store, "buys")) == (["buys"], {MINA})


def test_an_edit_moves_people_with_its_own_cause_and_version(
    store: Store, shop: Shop, now: int
) -> None:
    put(store, shop, "fans", BUYS, now)
    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    put(store, shop, "fans", LOOKS, now + HOUR)
    journey.bring_up_to_date(store, shop, now + HOUR)
    with store.read() as tx:
        row = tx.one("select version from memberships where segment = 'fans'")
    assert moves(store, "fans") == [(1, "edit", now + HOUR)]
    assert row == {"version": 2}


def test_a_window_of_an_edited_rule_expires_at_its_moment(
    store: Store, shop: Shop, now: int
) -> None:
    looks(store, shop, MINA, now)
    put(store, shop, "lately", LATELY, now + HOUR)
    journey.bring_up_to_date(store, shop, now + HOUR)
    assert members(store, "lately") == {MINA}
    journey.bring_up_to_date(store, shop, now + 2 * DAY)
    assert moves(store, "lately")[-1][::2] == (0, now + DAY)


def test_segments_built_on_an_edited_one_follow_it(store: Store, shop: Shop, now: int) -> None:
    put(store, shop, "fans", BUYS, now)
    put(store, shop, "others", {"not": {"segment": "fans"}}, now)
    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    assert members(store, "others") == {MINA}
    put(store, shop, "fans", LOOKS, now)
    journey.bring_up_to_date(store, shop, now)
    assert members(store, "others") == set()


def test_switching_a_segment_off_and_on_is_followed_by_those_built_on_it(
    store: Store, shop: Shop, now: int
) -> None:
    put(store, shop, "fans", LOOKS, now)
    put(store, shop, "others", {"not": {"segment": "fans"}}, now)
    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    for enabled, found in ((False, {MINA}), (True, set())):
        put(store, shop, "fans", LOOKS, now, enabled)
        journey.bring_up_to_date(store, shop, now)
        assert members(store, "others") == found
        assert journey.reconcile(store, shop, now).differences == 0


def test_what_is_not_done_in_time_stays_for_the_next_pass(
    store: Store, shop: Shop, now: int
) -> None:
    for number in range(600):
        looks(store, shop, f"guest-{number:012}", now)
    journey.bring_up_to_date(store, shop, now)
    put(store, shop, "lately", LATELY, now)
    once = journey.backfill(store, shop, now, hands=journey.Hands(enough=lambda: True))
    assert (once.entered, under_way(store)) == (600, {"lately"})
    journey.backfill(store, shop, now)
    assert under_way(store) == set()
    journey.bring_up_to_date(store, shop, now + 2 * DAY)
    assert members(store, "lately") == set()


def test_a_death_on_the_way_leaves_the_rest_to_the_next(store: Store, shop: Shop, now: int) -> None:
    def dies(*args: Any) -> Decided:
        raise MemoryError

    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    put(store, shop, "lately", LATELY, now)
    with pytest.raises(MemoryError):
        journey.backfill(store, shop, now, hands=journey.Hands(dies))
    assert members(store, "lately") == {MINA}  # who is in it is said first
    journey.bring_up_to_date(store, shop, now + 2 * DAY)
    assert (members(store, "lately"), under_way(store)) == (set(), set())


def test_a_rule_that_knows_no_time_wakes_nobody(store: Store, shop: Shop, now: int) -> None:
    looks(store, shop, MINA, now)
    put(store, shop, "koreans", {"trait": "country", "op": "is", "value": "KR"}, now)
    journey.bring_up_to_date(store, shop, now)
    with store.read() as tx:
        assert tx.all("select * from checks") == []


def test_an_edit_while_the_one_before_is_asked_counts_in_the_end(
    store: Store, shop: Shop, now: int
) -> None:
    looks(store, shop, MINA, now)
    put(store, shop, "fans", LATELY, now)
    edits: list[Any] = [BUYS]

    def meanwhile(*args: Any) -> Decided:
        if edits:
            put(store, shop, "fans", edits.pop(), now)
        return decide(*args)

    journey.bring_up_to_date(store, shop, now, hands=journey.Hands(meanwhile))
    assert (members(store, "fans"), under_way(store)) == (set(), set())


def test_a_removed_segment_leaves_nothing_to_do(store: Store, shop: Shop, now: int) -> None:
    put(store, shop, "fans", LATELY, now)
    with store.write() as tx:
        STEPS["delete_segment"](tx, shop, slug="fans")
    assert under_way(store) == set()


def test_the_night_finds_who_is_not_where_the_rule_says_and_a_pass_mends_it(
    store: Store, shop: Shop, now: int
) -> None:
    put(store, shop, "fans", LOOKS, now)
    looks(store, shop, MINA, now)
    looks(store, shop, CHO, now)
    journey.bring_up_to_date(store, shop, now)
    assert journey.reconcile(store, shop, now).differences == 0
    with store.write() as tx:
        tx.run("delete from memberships where profile = (select min(id) from profiles)")
    assert str(journey.reconcile(store, shop, now)) == "1 segments compared, 1 differences"
    journey.bring_up_to_date(store, shop, now)
    assert (members(store, "fans"), journey.reconcile(store, shop, now).differences) == (
        {MINA, CHO},
        0,
    )


def test_a_rule_that_fails_keeps_its_members_says_so_and_silences_no_other(
    store: Store, shop: Shop, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, shop, "fans", LOOKS, now)
    put(store, shop, "friends", {"segment": "fans"}, now)
    put(store, shop, "buyers", BUYS, now)
    looks(store, shop, MINA, now)
    journey.bring_up_to_date(store, shop, now)
    breaks = [True]
    from plugin.segment import evaluate as judging

    ask = judging.asked

    def asked(rule: Any, of: Shop) -> Any:
        if breaks and getattr(rule, "event", "") == "view_item":
            raise PluginError("out of order")
        return ask(rule, of)

    monkeypatch.setattr(judging, "asked", asked)
    bought = Event("order-000001", MINA, "purchase", now, now, {}, (), "KRW", 5, "A-1")
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[bought])
    journey.bring_up_to_date(store, shop, now)
    with store.read() as tx:
        errors = {one.slug: one.error for one in segments.definitions(tx)}
    assert [members(store, slug) for slug in ("fans", "friends", "buyers")] == [{MINA}] * 3
    assert errors == {
        "buyers": None,
        "fans": "its rule fails: PluginError: out of order",
        "friends": "it is built on fans, whose rule fails",
    }
    breaks.clear()
    journey.bring_up_to_date(store, shop, now + HOUR)  # it is tried again by itself
    with store.read() as tx:
        assert [one.error for one in segments.definitions(tx)] == [None] * 3
