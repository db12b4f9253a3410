"""The list of browsers that are left out."""

from __future__ import annotations

from plugin.storage import identities, profiles, staff
from plugin.storage.engine import Store

MINA, CHO, ANA = (f"{name}-0123456789abcdef" for name in ("mina", "cho", "ana"))


def test_a_marked_browser_leads_nowhere(store: Store, now: int) -> None:
    with store.write() as tx:
        assert staff.mark(tx, MINA, now)
        assert identities.elsewhere(tx, [MINA, CHO]) == {MINA: None}


def test_marking_again_is_nothing_new_and_keeps_the_first_time(store: Store, now: int) -> None:
    with store.write() as tx:
        staff.mark(tx, MINA, now)
        assert not staff.mark(tx, MINA, now + 1)
        assert staff.marked(tx, 10) == [{"visitor_id": MINA, "at": now}]


def test_the_newest_are_listed_and_all_are_counted(store: Store, now: int) -> None:
    with store.write() as tx:
        for later, one in enumerate((MINA, CHO, ANA)):
            staff.mark(tx, one, now + later)
        assert [row["visitor_id"] for row in staff.marked(tx, 2)] == [ANA, CHO]
        assert staff.count(tx) == 3


def test_one_or_all_are_counted_again(store: Store, now: int) -> None:
    with store.write() as tx:
        for one in (MINA, CHO, ANA):
            staff.mark(tx, one, now)
        assert staff.unmark(tx, CHO)
        assert not staff.unmark(tx, CHO)
        assert staff.unmark_all(tx) == 2
        assert staff.count(tx) == 0


def test_a_browser_that_led_to_a_customer_leads_nowhere_once_it_is_marked(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        customer = profiles.ensure(tx, {ANA})[ANA]
        lead(tx, CHO, customer, now)
        assert staff.mark(tx, CHO, now)
        assert identities.elsewhere(tx, [CHO]) == {CHO: None}


def test_a_browser_that_leads_to_a_customer_is_none_of_the_staffs(store: Store, now: int) -> None:
    with store.write() as tx:
        customer = profiles.ensure(tx, {ANA})[ANA]
        lead(tx, CHO, customer, now)
        assert staff.count(tx) == 0
        assert not staff.unmark(tx, CHO)
        assert staff.unmark_all(tx) == 0
        assert identities.elsewhere(tx, [CHO]) == {CHO: customer}


def lead(tx: object, visitor_id: str, profile: int, at: int) -> None:
    """Let a visitor id lead to a profile, as a merge does."""
    tx.run(  # type: ignore[attr-defined]
        "insert into other_ids (visitor_id, profile, reason, at) "
        "values (:visitor_id, :profile, 'merged', :at)",
        visitor_id=visitor_id,
        profile=profile,
        at=at,
    )
