"""What is put by hand: its causes in the history, its end, and what it goes through unharmed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.journey import LONG_STEPS, STEPS
from plugin.journey.as_of import members_as_of
from plugin.shop import DAY, Shop
from plugin.storage import profiles, segments
from plugin.storage.engine import Store

CHO, ANA, ANAS_PHONE = "cho-0123456789abcdef", "ana-0123456789abcdef", "ana-phone-0123456789"
BUYERS = {"trait": "orders_total", "op": ">=", "value": 1}
MOVES = "select segment, entered, cause, due_at, noticed_at from transitions order by seq"


class Desk:
    """A shop with a segment of buyers, and its people who look around."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now = store, shop, now
        self.step("put_segment", slug="buyers", name="Buyers", rule=BUYERS, enabled=True)
        for number, visitor in enumerate((CHO, ANA, ANAS_PHONE)):
            self.tell(Event(f"view-000{number}", visitor, "view_item", now - 9 + number, now))
        self.look()

    def step(self, name: str, /, **args: Any) -> Any:
        with self.store.write() as tx:
            return STEPS[name](tx, self.shop, **args, now=self.now)

    def tell(self, event: Event) -> None:
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=[event])

    def look(self) -> None:
        journey.bring_up_to_date(self.store, self.shop, self.now)

    def place(self, slug: str = "buyers", **words: Any) -> Any:
        lists = {name: words.get(name, []) for name in ("add", "remove", "release")}
        return self.step("place", slug=slug, **lists, until=words.get("until"))

    def members(self, slug: str = "buyers") -> set[str]:
        with self.store.read() as tx:
            return {row["visitor_id"] for row in segments.members(tx, slug, 100)[0]}

    def moves(self) -> list[tuple[Any, ...]]:
        with self.store.read() as tx:
            return [tuple(row.values()) for row in tx.all(MOVES)]


@pytest.fixture
def desk(store: Store, shop: Shop, now: int) -> Iterator[Desk]:
    return Desk(store, shop, now)


def test_a_move_by_hand_and_its_end_are_in_the_history_as_manual(desk: Desk, now: int) -> None:
    desk.place(add=[CHO], until=now + DAY)
    desk.now = now + DAY + 5
    desk.look()
    assert desk.moves() == [
        ("buyers", 1, "manual", now, now),
        ("buyers", 0, "manual", now + DAY, now + DAY + 5),
    ]


def test_at_its_end_whoever_the_rule_holds_for_stays(desk: Desk, now: int) -> None:
    desk.place(add=[CHO], until=now + DAY)
    desk.tell(Event("buys-0001", CHO, "purchase", now, now, value=10, transaction_id="A-1"))
    desk.now = now + DAY
    desk.look()
    assert desk.members() == {CHO}
    assert len(desk.moves()) == 1


def test_a_word_survives_a_rebuild_and_a_full_pass(desk: Desk, now: int) -> None:
    desk.place(add=[CHO])
    LONG_STEPS["rebuild"](desk.store, desk.shop)
    journey.reassign(desk.store, desk.shop, now, full=True)
    assert desk.members() == {CHO}


def test_a_word_survives_that_two_visitors_turn_out_to_be_one(desk: Desk, now: int) -> None:
    desk.place(add=[ANAS_PHONE])
    for number, device in enumerate((ANA, ANAS_PHONE)):
        told = {"customer_id": "7"}
        word = Event(f"word-000{number}", device, "identify", now, now, told, source="server")
        desk.tell(word)
    desk.look()
    with desk.store.read() as tx:
        survivor = profiles.find(tx, ANAS_PHONE)
    assert survivor is not None
    assert desk.members() == {survivor[1].visitor_id}


def test_a_pass_that_began_before_a_word_does_not_undo_it(
    desk: Desk, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding = sys.modules["plugin.journey.decide"]
    decide, said = deciding.verdicts, []

    def meanwhile(*args: Any) -> Any:
        if not said:
            said.append(desk.place(add=[CHO]))
        return decide(*args)

    desk.tell(Event("view-0009", CHO, "view_item", now, now))
    monkeypatch.setattr(deciding, "verdicts", meanwhile)
    desk.look()
    assert desk.members() == {CHO}
    desk.look()
    assert [move[:3] for move in desk.moves()] == [("buyers", 1, "manual")]


def test_a_static_segment_is_saved_in_parts_and_counts_each_member_once(
    desk: Desk, now: int
) -> None:
    for number in range(300):
        desk.tell(Event(f"many-{number:05d}", f"guest-{number:012d}", "view_item", now, now))
    put = LONG_STEPS["put_static_segment"]
    for _ in range(2):
        put(desk.store, desk.shop, slug="then", name="Then", rule={"everyone": True},
            enabled=True, now=now)  # fmt: skip
    with desk.store.read() as tx:
        sizes = {one.slug: (one.kind, one.size) for one in segments.definitions(tx)}
    assert sizes["then"] == ("static", 303)
    assert len(desk.members("then")) == 100


def test_members_of_a_static_segment_who_become_one_were_in_it_all_along(
    desk: Desk, now: int
) -> None:
    put = LONG_STEPS["put_static_segment"]
    put(desk.store, desk.shop, slug="then", name="Then", rule={"everyone": True},
        enabled=True, now=now)  # fmt: skip
    desk.now = now + DAY
    for device in (ANA, ANAS_PHONE):
        desk.tell(
            Event(f"word-{device}", device, "identify", desk.now, desk.now, {"customer_id": "7"},
                  source="server")
        )  # fmt: skip
    desk.look()
    for at in (now, now + DAY):
        found, _ = members_as_of(desk.store, desk.shop, "then", at, 10)
        assert [one["entered_at"] for one in found] == [now, now]
    desk.place("then", remove=[ANA])
    assert len(members_as_of(desk.store, desk.shop, "then", now + DAY, 10)[0]) == 1


def test_removed_with_its_segment_a_word_does_not_come_back(desk: Desk, now: int) -> None:
    desk.place(add=[CHO])
    with desk.store.write() as tx:
        STEPS["delete_segment"](tx, desk.shop, slug="buyers")
    desk.step("put_segment", slug="buyers", name="Buyers", rule=BUYERS, enabled=True)
    desk.look()
    assert desk.members() == set()
