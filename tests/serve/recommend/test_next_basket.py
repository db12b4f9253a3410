"""What will a buyer whose orders we know order next?"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.next_basket import Buyers, buyer_arrays, vector_of
from plugin.serve.recommend.runs import Runs

MILK, BREAD, TEA, HONEY, NAILS = range(5)
MARY, JOHN, ANNE, PAUL = 11, 12, 13, 14
DAY = 86_400

Order = tuple[int, list[int]]
ORDERS: list[Order] = [
    (MARY, [MILK, BREAD]), (JOHN, [MILK, BREAD, TEA]), (PAUL, [NAILS]), (MARY, [MILK]),
    (ANNE, [MILK, BREAD, HONEY]), (JOHN, [MILK, TEA]), (MARY, [MILK, BREAD]),
]  # fmt: skip


def runs(orders: Iterable[Order], step: int = DAY) -> Runs:
    made = Runs()
    for turn, (profile, items) in enumerate(orders):
        made.append(items, turn * step, profile)
    return made


def buyers_of(orders: Iterable[Order], step: int = DAY) -> Buyers:
    return Buyers(Arrays(b"".join(pack(buyer_arrays(runs(orders, step), 5), {}))))


def numbers(ranked: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in ranked]


def mine(profile: int) -> list[list[int]]:
    return [items for one, items in ORDERS if one == profile]


def test_what_a_buyer_orders_most_often_comes_first():
    assert numbers(buyers_of(ORDERS).next_basket(mine(MARY), 2, MARY)) == [MILK, BREAD]


def test_then_what_those_order_who_are_like_the_buyer():
    found = numbers(buyers_of(ORDERS).next_basket(mine(MARY), 5, MARY))
    assert set(found[2:]) == {TEA, HONEY}


def test_an_order_of_a_minute_ago_counts_at_once():
    before = buyers_of(ORDERS).next_basket(mine(PAUL), 5, PAUL)
    after = buyers_of(ORDERS).next_basket([*mine(PAUL), [TEA, MILK]], 5, PAUL)
    assert numbers(before) == [NAILS]
    assert set(numbers(after)) == {NAILS, TEA, MILK, BREAD, HONEY}


def test_newer_orders_weigh_more():
    assert [number for number, _ in vector_of([[TEA], [BREAD], [MILK]])] == [MILK, BREAD, TEA]


def test_nobody_is_a_neighbour_of_himself():
    honey_alone = buyers_of([(ANNE, [MILK, HONEY]), (JOHN, [MILK])])
    assert numbers(honey_alone.next_basket([[MILK]], 5, ANNE)) == [MILK]


def test_who_is_forgotten_has_no_say():
    shop = buyers_of([(ANNE, [MILK, HONEY]), (JOHN, [MILK, TEA])])
    assert HONEY in numbers(shop.next_basket([[MILK]], 5))
    assert numbers(shop.next_basket([[MILK]], 5, forgotten={ANNE})) == [MILK, TEA]


def test_orders_of_nobody_known_make_no_neighbour():
    assert numbers(buyers_of([(0, [MILK, TEA])]).next_basket([[MILK]], 5)) == [MILK]


def test_of_what_is_ordered_alike_that_comes_first_which_sells_now():
    old = [(profile, [TEA]) for profile in range(20, 60)]
    new = [(profile, [HONEY]) for profile in range(60, 100)]
    shop = buyers_of([*old, *new], step=DAY)
    assert numbers(shop.next_basket([[TEA, HONEY]], 2)) == [HONEY, TEA]


@given(st.lists(st.lists(st.integers(0, 60), max_size=60), max_size=60))
def test_a_weight_is_a_share_of_the_orders(orders: list[list[int]]):
    weights = [weight for _, weight in vector_of(orders)]
    assert all(0 < weight <= 1 + 1e-9 for weight in weights)
    assert weights == sorted(weights, reverse=True)
