"""What else is bought with what is in a cart?"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.baskets import KEPT, Pairs, chosen_mix, pair_arrays
from plugin.serve.recommend.runs import Runs

TENT, STOVE, LAMP, BOAT, PADDLE, BAG = range(6)
CAMPING = [[TENT, STOVE, LAMP]] * 4 + [[TENT, STOVE]] * 3
SAILING = [[BOAT, PADDLE]] * 5


def runs(orders: Iterable[list[int]]) -> Runs:
    made = Runs()
    for at, order in enumerate(orders):
        made.append(order, at)
    return made


def pairs_of(orders: Iterable[list[int]], products: int = 6) -> Pairs:
    return Pairs(Arrays(b"".join(pack(pair_arrays(runs(orders), products), {}))))


def numbers(ranked: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in ranked]


def test_what_is_most_often_bought_with_the_cart_comes_first():
    assert numbers(pairs_of(CAMPING + SAILING).complements([TENT], 5)) == [STOVE, LAMP]


def test_all_of_a_cart_has_a_say():
    found = pairs_of(CAMPING + SAILING).complements([LAMP, BOAT], 5)
    assert sorted(numbers(found)) == [TENT, STOVE, PADDLE]


def test_what_is_in_the_cart_is_not_proposed():
    assert numbers(pairs_of(CAMPING).complements([TENT, LAMP, TENT], 5)) == [STOVE]


def test_what_everybody_buys_anyway_is_no_good_partner():
    orders = [[TENT, STOVE, BAG]] * 5 + [[TENT, BAG]] * 2 + [[BAG, BOAT]] * 30
    assert numbers(pairs_of(orders).complements([TENT], 2)) == [STOVE, BAG]


@pytest.mark.parametrize(("orders", "found"), [(2, []), (3, [STOVE])])
def test_a_pair_counts_from_its_third_order_on(orders: int, found: list[int]):
    made = pairs_of([[TENT, STOVE]] * orders + SAILING)
    assert numbers(made.complements([TENT], 5)) == found


def test_of_each_partner_the_orders_with_both_are_told():
    made = pairs_of(CAMPING + SAILING)
    assert made.shared(TENT) == [(STOVE, 7), (LAMP, 4)]
    assert (made.orders_of(TENT), made.orders_of(BAG), made.orders) == (7, 0, 12)


def test_a_product_twice_in_an_order_is_in_one_order():
    assert pairs_of([[TENT, TENT, STOVE, TENT]] * 3).shared(STOVE) == [(TENT, 3)]


def test_a_substitute_of_what_the_cart_has_stands_behind():
    kinds = {TENT: "shelter", STOVE: "shelter"}  # as if a stove were another tent
    made = pairs_of([[TENT, STOVE]] * 5 + [[TENT, LAMP]] * 4 + SAILING)
    assert numbers(made.complements([TENT], 2)) == [STOVE, LAMP]
    assert numbers(made.complements([TENT], 2, kinds.get)) == [LAMP, STOVE]


def test_a_product_has_a_bounded_number_of_partners():
    everything = list(range(KEPT + 20))
    assert len(pairs_of([everything] * 3, len(everything)).shared(0)) == KEPT


def test_an_even_mix_is_kept_until_there_are_orders_enough_to_judge_another_by():
    assert chosen_mix(runs(CAMPING * 50), 6) == 0.5


def test_another_mix_is_taken_where_it_finds_clearly_more_of_the_last_carts():
    """A cable that goes with every lamp, and seldom by itself: lift thinks little of it, as every
    second order has it; by Jaccard it stands before the fifteen bulbs of a lamp.
    """
    cable, lamps = 0, range(1, 21)
    bulbs = {lamp: range(20 + 15 * lamp, 35 + 15 * lamp) for lamp in lamps}
    orders = [[lamp, bulb] for lamp in lamps for bulb in bulbs[lamp] for _ in range(5)]
    orders += [[lamp, cable] for lamp in lamps for _ in range(37)]
    last = [[lamp, cable] for _ in range(13) for lamp in lamps]
    assert chosen_mix(runs([*orders, *last]), 335) == 1.0


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=40),
    st.lists(st.integers(0, 12), max_size=6),
)
def test_pairs_are_as_many_orders_as_counting_by_hand_finds(
    orders: list[list[int]], cart: list[int]
):
    made = pairs_of(orders, 10)
    for number in range(10):
        for other, both in made.shared(number):
            assert both == sum({number, other} <= set(order) for order in orders) >= 3
    assert not set(numbers(made.complements(cart, 10))) & set(cart)
