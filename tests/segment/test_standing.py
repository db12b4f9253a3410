"""How a visitor stands among all: scores, percentiles and what is usual, by hand."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.collect.event import Item
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts, Happening
from plugin.segment.ranking import (
    Figures,
    Order,
    figures_of,
    gaps_of_products,
    own_gap,
    revenue_percentiles,
    settled,
)
from plugin.segment.rule import read_rule
from plugin.segment.standing import Sold, stated_value
from plugin.segment.traits import TRAITS, value_of
from plugin.shop import DAY, Shop
from tests.conftest import NOON as NOW

SHOP = Shop("moon", "pk_moon0000000000000000", currency="EUR")
COFFEE, BOOTS = Item("coffee"), Item("boots")
crowds = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 6), st.integers(0, 5)), min_size=1, max_size=40
).map(lambda rows: [Order(who, NOW - ago * DAY, 10 * money, 0) for who, ago, money in rows])


def of(*, orders: int = 0, last: int | None = None, money: int = 0, **also: Any) -> Facts:
    """Somebody with so many orders, all told."""
    profile = Profile("mina", orders_total=orders, last_order_at=last, revenue_total=money)
    return Facts(profile, {}, also=also)


def told(name: str, facts: Facts, now: int = NOW) -> Any:
    return value_of(TRAITS[name], facts, now, SHOP)


def learnt(orders: list[Order], stated: int | None = None) -> Figures:
    """The shop's figures, where nothing else was given back than of these orders."""
    spent: dict[int, int] = defaultdict(int)
    for one in orders:
        spent[one.profile] += one.value - one.refunded
    return figures_of(orders, spent, NOW, stated)


def scores(orders: list[Order]) -> dict[int, tuple[Any, ...]]:
    """r, f and m of everybody who ordered."""
    shop = learnt(sorted(orders))
    found = {}
    for who in {one.profile for one in orders}:
        own = [one for one in orders if one.profile == who]
        money = sum(one.value for one in own)
        facts = of(orders=len(own), last=max(o.at for o in own), money=money, figures=shop)
        found[who] = tuple(told(name, facts) for name in "rfm")
    return found


def percent_rank(value: Any, among: list[Any]) -> Fraction:
    """As SQL's PERCENT_RANK() over (order by value)."""
    return Fraction(sum(one < value for one in among), max(1, len(among) - 1))


@settings(max_examples=60, deadline=None)
@given(orders=crowds)
def test_scores_are_those_of_percent_rank_with_one_score_for_equals(orders: list[Order]) -> None:
    own: dict[int, list[Order]] = {}
    for one in orders:
        own.setdefault(one.profile, []).append(one)
    age = {who: NOW - max(o.at for o in them) for who, them in own.items()}
    count = {who: len(them) for who, them in own.items()}
    money = {who: sum(o.value for o in them) for who, them in own.items()}
    again = [one for one in count.values() if one > 1]
    assert scores(orders) == {
        who: (
            5 - min(4, int(5 * percent_rank(age[who], list(age.values())))),
            1 if count[who] == 1 else 2 + min(3, int(4 * percent_rank(count[who], again))),
            1 + min(4, int(5 * percent_rank(money[who], list(money.values())))),
        )
        for who in own
    }


@settings(max_examples=20, deadline=None)
@given(orders=crowds, seed=st.integers(0, 99))
def test_scores_are_the_same_however_the_orders_are_shuffled(orders: Any, seed: int) -> None:
    shuffled = list(orders)
    Random(seed).shuffle(shuffled)
    assert scores(shuffled) == scores(orders)


def test_nobody_with_one_order_orders_often() -> None:
    orders = [Order(who, NOW - who * DAY, 100, 0) for who in range(1, 20)]
    assert {f for _, f, _ in scores(orders).values()} == {1}


def test_who_never_ordered_and_a_shop_without_figures_have_no_scores() -> None:
    nobody, early = of(figures=Figures()), of(orders=3, last=NOW, money=5, figures=None)
    for name in ("r", "f", "m", "aov_vs_shop", "reorder_ratio", "revenue_365d_pct"):
        assert told(name, nobody) is None
        assert told(name, early) is None


def test_the_money_of_a_year_counts_net_of_refunds() -> None:
    orders = [
        Order(1, NOW - 365 * DAY, 9_000, 0),  # a year old is too old
        Order(1, NOW - DAY, 100, 0),
        Order(2, NOW - DAY, 900, 850),
        Order(3, NOW - DAY, 60, 0),
        Order(4, NOW - 366 * DAY, 500, 0),
    ]
    assert revenue_percentiles(orders, NOW) == {1: 100, 2: 0, 3: 50}


def test_who_came_to_ninety_stays_until_below_eighty_five() -> None:
    kept: int | None = None
    swings = (89, 91, 88, 91, 85, 84, 89, 90)
    inside = []
    for fresh in swings:
        kept = settled(kept, fresh)
        inside.append(kept >= 90)
    assert inside == [False, True, True, True, True, False, False, True]


def test_the_shops_gap_and_average_order_are_learnt_of_thirty_orders() -> None:
    orders = [
        Order(who, NOW - n * 20 * DAY, 1_000 * who, 0) for who in range(1, 11) for n in (2, 1, 0)
    ]
    few, all_told = learnt(orders[:29], 4_000), learnt(orders, 4_000)
    assert (few.gap_days, few.order_value) == (45, 4_000)
    assert (all_told.gap_days, all_told.order_value) == (20, 5_500)
    abroad = [one._replace(value=0, ours=False) for one in orders]
    assert learnt(abroad).order_value is None


@pytest.mark.parametrize(
    ("said", "minor"), [(59.5, 5_950), (0, None), (-1, None), (True, None), ("59", None)]
)
def test_the_owner_says_what_an_order_is_worth(said: object, minor: int | None) -> None:
    shop = Shop("moon", "pk", currency="EUR", settings={"order_value": said})
    assert stated_value(shop) == minor


def test_orders_and_carts_are_compared_with_the_average_order() -> None:
    facts = of(orders=2, last=NOW, money=9_000, figures=Figures(order_value=6_000.0))
    facts.profile.cart_value_now, facts.profile.refunds_total = 15_000, 3_000
    assert told("aov_vs_shop", facts) == 1
    assert told("cart_vs_aov", facts) == 2.5
    facts.also["figures"] = Figures()  # type: ignore[index]
    assert (told("aov_vs_shop", facts), told("cart_vs_aov", facts)) == (None, None)


def bought(*times: int, items: tuple[Item, ...] = (COFFEE,), **also: Any) -> Facts:
    happened = tuple(Happening(at, f"order-{at}", items=items) for at in times)
    profile = Profile("mina", orders_total=len(times), last_order_at=max(times))
    return Facts(profile, {"purchase": times}, {"purchase": happened}, also=also)


def test_a_reorder_is_due_by_the_own_gap_of_three_orders_else_by_the_shops() -> None:
    figures = Figures(gap_days=40)
    twice = bought(NOW - 30 * DAY, NOW - 20 * DAY, figures=figures)
    thrice = bought(NOW - 70 * DAY, NOW - 30 * DAY, NOW - 20 * DAY, NOW + DAY, figures=figures)
    assert told("reorder_ratio", twice) == 0.5
    assert told("reorder_ratio", thrice) == pytest.approx(20 / 25)
    assert own_gap([0, 1, 2, 3]) == DAY  # the parts of one order are no habit


def test_products_are_due_again_by_their_own_gap_the_longest_overdue_counts() -> None:
    known = {"coffee": Sold(10, 20), "tea": Sold(10, 10), "boots": Sold(90, None)}
    facts = bought(NOW - 50 * DAY, NOW - 30 * DAY, products=known)
    assert told("replenish_ratio", facts) == 1.5
    more = bought(NOW - 30 * DAY, items=(COFFEE, Item("tea"), BOOTS), products=known)
    assert told("replenish_ratio", more) == 3
    assert told("replenish_ratio", bought(NOW, items=(BOOTS,), products=known)) is None


@settings(max_examples=40, deadline=None)
@given(
    times=st.lists(st.integers(0, 90), min_size=1, max_size=5),
    bound=st.sampled_from((0, 0.1, 0.3, 1, 1.5, 2, 7.7)),
    op=st.sampled_from((">=", ">", "<", "=", "between")),
)
def test_a_growing_ratio_turns_at_no_moment_that_was_not_told(
    times: Any, bound: float, op: str
) -> None:
    moments = sorted(NOW - n * DAY + n for n in times)
    facts = bought(*moments, figures=Figures(gap_days=7))
    value = [bound, bound + 0.25] if op == "between" else bound
    rule = read_rule({"trait": "reorder_ratio", "op": op, "value": value})
    moment, until = NOW, NOW + 90 * DAY
    for _ in range(60):
        verdict = evaluate(rule, facts, moment, SHOP)
        later = min(verdict.next_check or until, until)
        assert later > moment
        for between in {later - 1, moment + (later - moment) // 2, moment + 1} - {later}:
            if between >= moment:
                assert evaluate(rule, facts, between, SHOP).holds == verdict.holds
        moment = later
        if moment == until:
            return
    pytest.fail("looked at again too often")


def test_a_product_is_bought_again_when_five_people_do() -> None:
    rows = [("coffee", who, n * 21 * DAY) for who in range(5) for n in range(2)]
    rows += [("tea", who, n * 9 * DAY) for who in range(4) for n in range(5)]
    assert gaps_of_products(rows) == {"coffee": 21}


def test_what_was_viewed_tells_the_prices_somebody_looks_for() -> None:
    known = {"coffee": Sold(10, None), "boots": Sold(95, None), "gone": Sold(None, None)}
    views = tuple(
        Happening(NOW - n * DAY, f"view-{n}", items=(item,))
        for n, item in ((30, Item("tea")), (3, BOOTS), (2, Item("gone")), (1, BOOTS), (0, COFFEE))
    )
    times = tuple(one.at for one in views)
    facts = Facts(Profile("mina"), {"view_item": times}, {"view_item": views}, {"products": known})
    assert told("view_price_pct_median_30d", facts) == 52.5
    assert told("view_price_pct_median_30d", facts, NOW + 31 * DAY) is None
