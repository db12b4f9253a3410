"""What becomes of the staff's own visits, before and after they open the link."""

from __future__ import annotations

from plugin.collect.event import Event, Item
from plugin.journey import STEPS, bring_up_to_date, collect
from plugin.shop import Shop
from plugin.storage import identities, profiles, segments, staff
from plugin.storage.engine import Store

MINA, CHO = (f"{name}-0123456789abcdef" for name in ("mina", "cho"))
EVERYONE = {"everyone": True}


def shopped(store: Store, shop: Shop, who: str, now: int) -> None:
    """Somebody looks at boots and orders them."""
    boots = (Item("boots", price=120_000),)
    with store.write() as tx:
        for name, order in (("view_item", None), ("purchase", f"order-of-{who[:4]}")):
            one = Event(
                f"{name}-{who}", who, name, now, now, items=boots, currency="KRW",
                value=120_000, transaction_id=order,
            )  # fmt: skip
            collect(tx, shop, [one])


def left(store: Store) -> dict[str, int]:
    """How many rows are left in each table that may know of a visitor."""
    tables = ("profiles", "events", "orders", "item_events", "memberships", "transitions", "dirty")
    with store.read() as tx:
        return {one: int(tx.value(f"select count(*) from {one}")) for one in tables}


def test_what_the_staff_did_so_far_leaves_everything(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        segments.put(tx, "all", "All", "rule", EVERYONE, True, now)
    shopped(store, shop, CHO, now)
    bring_up_to_date(store, shop, now)
    before = left(store)
    shopped(store, shop, MINA, now)
    bring_up_to_date(store, shop, now)
    with store.write() as tx:
        assert STEPS["mark_staff"](tx, shop, visitor_id=MINA, now=now, staff=True)
    assert left(store) == before
    with store.read() as tx:
        (all_of_them,) = segments.definitions(tx)
        assert all_of_them.size == 1
        assert profiles.find(tx, MINA) is None
        assert profiles.find(tx, CHO) is not None


def test_the_link_may_be_opened_many_times(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        said = [STEPS["mark_staff"](tx, shop, MINA, now + day, True) for day in range(3)]
        assert said == [True, False, False]
        assert staff.count(tx) == 1


def test_the_other_link_makes_a_visitor_of_the_browser_again(
    store: Store, shop: Shop, now: int
) -> None:
    with store.write() as tx:
        STEPS["mark_staff"](tx, shop, MINA, now, True)
        assert STEPS["mark_staff"](tx, shop, MINA, now, False)
        assert identities.elsewhere(tx, [MINA]) == {}
    shopped(store, shop, MINA, now)
    with store.read() as tx:
        assert profiles.find(tx, MINA) is not None


def test_the_owner_takes_all_marks_back_at_once(store: Store, shop: Shop, now: int) -> None:
    with store.write() as tx:
        for one in (MINA, CHO):
            STEPS["mark_staff"](tx, shop, one, now, True)
        assert STEPS["unmark_staff"](tx, shop) == 2
        assert identities.elsewhere(tx, [MINA, CHO]) == {}


def test_a_customer_keeps_the_profile_when_one_of_its_browsers_is_left_out(
    store: Store, shop: Shop, now: int
) -> None:
    shopped(store, shop, CHO, now)
    with store.write() as tx:
        customer = profiles.ensure(tx, {CHO})[CHO]
        tx.run(
            "insert into other_ids (visitor_id, profile, reason, at) "
            "values (:one, :profile, 'merged', :at)",
            one=MINA,
            profile=customer,
            at=now,
        )
        STEPS["mark_staff"](tx, shop, MINA, now, True)
        assert profiles.find(tx, CHO) is not None
        assert identities.elsewhere(tx, [MINA]) == {MINA: None}
