"""The clock keeps how everybody stands: what it writes, whom it concerns, what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Event, Item
from plugin.journey import STEPS, bring_up_to_date, reconcile
from plugin.journey import standings as step
from plugin.journey.as_of import members_as_of
from plugin.journey.look import look_at
from plugin.journey.standings import Ranked, keep_standings
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import items, segments, standings
from plugin.storage.engine import Store

SHOP = Shop("moon", "pk_moon0000000000000000", currency="EUR")
CROWD = [f"guest-number-{n:05d}" for n in range(21)]
MINA, CHO, TOMO = CROWD[-1], CROWD[-2], "tomo-0123456789abcdef"
# Where both engines would be asked the same in the same words.
in_one_engine = pytest.mark.parametrize("engine", ["sqlite"])
VIP = {"trait": "revenue_365d_pct", "op": ">=", "value": 90}


def bought(who: str, at: int, value: int = 1_000, *items: str) -> Event:
    """An order of ``value`` (minor units)."""
    number = f"order-{who}-{at}"
    lines = tuple(Item(one) for one in items)
    return Event(number, who, "purchase", at, at, {}, lines, "EUR", value, number)


def refunded(who: str, ordered: int, at: int, value: int) -> Event:
    """So much of an order goes back."""
    number = f"order-{who}-{ordered}"
    return Event(f"back-{at}", who, "refund", at, at, {}, (), "EUR", value, number)


def tell(store: Store, *events: Event) -> None:
    with store.write() as tx:
        STEPS["collect"](tx, SHOP, events=list(events))


def save(store: Store, slug: str, rule: Any, now: int) -> None:
    with store.write() as tx:
        STEPS["put_segment"](tx, SHOP, slug=slug, name=slug, rule=rule, enabled=True, now=now)
    bring_up_to_date(store, SHOP, now)


def inside(store: Store, slug: str) -> set[str]:
    """The members as they are kept."""
    with store.read() as tx:
        return {one["visitor_id"] for one in segments.members(tx, slug, 1_000)[0]}


def waiting(store: Store, now: int) -> int:
    with store.read() as tx:
        return sum(segments.backlog(tx, now))


def crowd(now: int) -> list[Event]:
    """One order of each, later and dearer from one to the next: 21 people, five percent apart."""
    return [bought(who, now - (90 - n) * DAY, 1_000 + n * 100) for n, who in enumerate(CROWD)]


@pytest.fixture
def shop_of_many(store: Store, now: int) -> Store:
    tell(store, *crowd(now))
    save(store, "vip", VIP, now)
    return store


def test_until_the_clock_came_nobody_stands_anywhere(shop_of_many: Store, now: int) -> None:
    assert inside(shop_of_many, "vip") == set()
    assert "r" not in look_at(shop_of_many, SHOP, MINA, now).traits
    assert keep_standings(shop_of_many, SHOP, now) == Ranked(21, 0, 21)
    bring_up_to_date(shop_of_many, SHOP, now)
    assert inside(shop_of_many, "vip") == set(CROWD[18:])
    seen = look_at(shop_of_many, SHOP, MINA, now).traits
    assert (seen["r"], seen["f"], seen["m"], seen["revenue_365d_pct"]) == (5, 1, 5, 100)


@in_one_engine
def test_a_second_look_at_the_same_changes_nothing_and_marks_nobody(
    shop_of_many: Store, now: int
) -> None:
    keep_standings(shop_of_many, SHOP, now)
    bring_up_to_date(shop_of_many, SHOP, now)
    with shop_of_many.read() as tx:
        before = standings.runs(tx), standings.revenue(tx), standings.figures(tx)
    assert keep_standings(shop_of_many, SHOP, now + HOUR) == Ranked()
    with shop_of_many.read() as tx:
        assert (standings.runs(tx), standings.revenue(tx), standings.figures(tx)) == before
    assert waiting(shop_of_many, now + HOUR) == 0


@in_one_engine
def test_only_those_who_stand_elsewhere_are_looked_at_again(shop_of_many: Store, now: int) -> None:
    keep_standings(shop_of_many, SHOP, now)
    bring_up_to_date(shop_of_many, SHOP, now)
    # From the eleventh place to the ninth: two others give way, which the slack hides.
    tell(shop_of_many, bought(CROWD[10], now, 150))
    bring_up_to_date(shop_of_many, SHOP, now)
    assert keep_standings(shop_of_many, SHOP, now) == Ranked(1, 0, 1)
    with shop_of_many.read() as tx:
        kept = standings.revenue(tx)
    assert [kept[n + 1] for n in (10, 11, 12)] == [55, 55, 60]


@in_one_engine
def test_a_customer_that_swings_around_the_border_enters_and_leaves_once(
    store: Store, now: int
) -> None:
    others = [bought(f"guest-number-{n:05d}", now - DAY, n * 100) for n in range(101)]
    tell(store, *others)
    save(store, "vip", VIP, now)
    found = []
    for hour, (more, back) in enumerate([(91, 0), (0, 3), (3, 0), (0, 7)]):
        at = now + hour * HOUR
        if more:
            tell(store, bought(TOMO, at, more * 100 + hour))
        if back:
            tell(store, refunded(TOMO, now, at, back * 100))
        keep_standings(store, SHOP, at)
        bring_up_to_date(store, SHOP, at)
        found.append(TOMO in inside(store, "vip"))
    assert found == [True, True, True, False]


@in_one_engine
def test_an_order_counts_at_once_without_the_clock(shop_of_many: Store, now: int) -> None:
    keep_standings(shop_of_many, SHOP, now)
    save(shop_of_many, "best", {"trait": "r", "op": "=", "value": 5}, now)
    save(shop_of_many, "spends", {"trait": "m", "op": ">=", "value": 5}, now)
    assert CROWD[0] not in inside(shop_of_many, "best") | inside(shop_of_many, "spends")
    tell(shop_of_many, bought(CROWD[0], now, 9_000))
    bring_up_to_date(shop_of_many, SHOP, now)
    assert CROWD[0] in inside(shop_of_many, "best") & inside(shop_of_many, "spends")


def test_new_figures_move_those_whose_score_they_change(shop_of_many: Store, now: int) -> None:
    for name in ("r", "m"):
        save(shop_of_many, name, {"trait": name, "op": "<=", "value": 2}, now)
    save(shop_of_many, "late", {"trait": "reorder_ratio", "op": ">=", "value": 2}, now)
    keep_standings(shop_of_many, SHOP, now)
    bring_up_to_date(shop_of_many, SHOP, now)
    low = {name: inside(shop_of_many, name) for name in ("r", "m", "late")}
    assert low["late"] == {CROWD[0]}  # ninety days after the order, twice the 45
    tell(shop_of_many, *(bought(f"new-guest-{n:05d}", now, 9_000) for n in range(30)))
    keep_standings(shop_of_many, SHOP, now)
    bring_up_to_date(shop_of_many, SHOP, now)
    for name in ("r", "m"):
        assert inside(shop_of_many, name) > low[name]
    assert reconcile(shop_of_many, SHOP, now).differences == 0
    # Eleven days later time alone has brought eleven more to twice the gap.
    bring_up_to_date(shop_of_many, SHOP, now + 11 * DAY)
    assert inside(shop_of_many, "late") == set(CROWD[:12])


@in_one_engine
def test_a_pass_that_died_before_it_told_anybody_is_ended_by_the_next(
    shop_of_many: Store, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(step, "_have_looked_at", dies)
        with pytest.raises(KeyboardInterrupt):
            keep_standings(shop_of_many, SHOP, now)
    assert keep_standings(shop_of_many, SHOP, now).waiting == 21
    bring_up_to_date(shop_of_many, SHOP, now)
    assert inside(shop_of_many, "vip") == set(CROWD[18:])


@in_one_engine
def test_where_no_rule_asks_nobody_is_looked_at(store: Store, now: int) -> None:
    tell(store, *crowd(now))
    bring_up_to_date(store, SHOP, now)
    assert keep_standings(store, SHOP, now) == Ranked(21, 0, 0)
    assert waiting(store, now) == 0


def test_whoever_viewed_or_bought_what_stands_elsewhere_is_looked_at(
    store: Store, now: int
) -> None:
    people = [f"ana-number-{n:011d}" for n in range(5)]
    rows = [{"item_id": one, "price": n} for n, one in enumerate(("coffee", "tea", "boots"))]
    with store.write() as tx:
        items.upsert(tx, [row | {"currency": "EUR"} for row in rows], now)
    tell(store, *(bought(who, now - n * DAY, 500, "coffee") for who in people for n in (30, 10)))
    tell(store, Event("view-0001", CHO, "view_item", now, now, {}, (Item("boots"),)))
    save(store, "due", {"trait": "replenish_ratio", "op": ">=", "value": 0.5}, now)
    save(store, "dear", {"trait": "view_price_pct_median_30d", "op": ">=", "value": 80}, now)
    assert keep_standings(store, SHOP, now) == Ranked(5, 3, 6)
    bring_up_to_date(store, SHOP, now)
    assert (inside(store, "due"), inside(store, "dear")) == (set(people), {CHO})


def test_as_of_a_moment_everybody_stands_as_then(shop_of_many: Store, now: int) -> None:
    keep_standings(shop_of_many, SHOP, now)
    for name, op, value in (
        ("r", "=", 5),
        ("m", "<", 3),
        ("f", "=", 1),
        ("reorder_ratio", "<", 1.7),
    ):
        save(shop_of_many, name, {"trait": name, "op": op, "value": value}, now)
    slugs = ("vip", "r", "m", "f", "reorder_ratio")
    bring_up_to_date(shop_of_many, SHOP, now)
    then = {slug: inside(shop_of_many, slug) for slug in slugs}
    assert all(then.values())
    # What is told later, of later, and new figures change nothing of it.
    tell(shop_of_many, *(bought(who, now + DAY, 9_000) for who in CROWD[:10]))
    keep_standings(shop_of_many, SHOP, now + DAY)
    for slug in slugs:
        found, _ = members_as_of(shop_of_many, SHOP, slug, now, 1_000)
        assert {one["visitor_id"] for one in found} == then[slug], slug
