"""What may be relied on in every ranker? One small shop, and its right answers, for all of them.

Two circles of customers: those of coffee and those of the garden. Nobody mixes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.serve.product import Product
from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.baskets import Pairs, pair_arrays
from plugin.serve.recommend.content import Words, word_arrays
from plugin.serve.recommend.for_you import SessionRankers, for_you, session_arrays
from plugin.serve.recommend.next_basket import Buyers, buyer_arrays
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.words import words_of

BEANS, GRINDER, KETTLE, FILTER, SPADE, SEEDS, GLOVES, HOSE = range(8)
COFFEE, GARDEN = {BEANS, GRINDER, KETTLE, FILTER}, {SPADE, SEEDS, GLOVES, HOSE}
UNKNOWN = 999

# What goes with each product before all others: whoever had the one had the other.
BEST = {GRINDER: BEANS, BEANS: GRINDER, SPADE: SEEDS, SEEDS: SPADE}
ROWS = [
    [BEANS, GRINDER], [SPADE, SEEDS], [GRINDER, BEANS, KETTLE], [SEEDS, SPADE, GLOVES],
    [BEANS, GRINDER, FILTER], [SPADE, SEEDS, HOSE], [KETTLE, FILTER], [GLOVES, HOSE],
] * 4  # fmt: skip
PRODUCTS = [
    Product("beans", "Dark roast for a hand mill", category="Coffee > Mill", brand="Nordic"),
    Product("grinder", "Hand mill", category="Coffee > Mill", brand="Nordic"),
    Product("kettle", "Kettle", category="Coffee > Brewing"),
    Product("filter", "Paper filter", category="Coffee > Brewing"),
    Product("spade", "Spade", category="Garden > Digging", brand="Acre"),
    Product("seeds", "Seeds to dig in", category="Garden > Digging", brand="Acre"),
    Product("gloves", "Gloves", category="Garden > Care"),
    Product("hose", "Hose", category="Garden > Care"),
]

Ranked = list[tuple[int, float]]
Rank = Callable[[Sequence[int], int], Ranked]


def model_of(rows: Sequence[Sequence[int]], products: Sequence[Product]) -> Arrays:
    """The arrays of all rankers of a shop in which visits and orders are the same rows."""
    runs = Runs()
    for turn, row in enumerate(rows):
        runs.append(row, 86_400 * turn, profile=1 + turn % 8)
    count = len(products)
    made = {
        **session_arrays(runs, count), **pair_arrays(runs, count), **buyer_arrays(runs, count),
        **word_arrays(map(words_of, products)),
    }  # fmt: skip
    return Arrays(b"".join(pack(made, {})))


def rankers_of(arrays: Arrays) -> dict[str, Rank]:
    """Each ranker, asked the one way: product numbers that somebody has seen or has."""
    sessions, words = SessionRankers(arrays), Words(arrays)

    def fused(asked: Sequence[int], n: int) -> Ranked:
        return [(one.number, one.score) for one in for_you(sessions, asked, n)]

    def similar(asked: Sequence[int], n: int) -> Ranked:
        known = [number for number in asked if number < len(PRODUCTS)]
        return words.similar([word for one in known for word in words_of(PRODUCTS[one])], n, asked)

    def complements(asked: Sequence[int], n: int) -> Ranked:
        return Pairs(arrays).complements(asked, n)

    def next_basket(asked: Sequence[int], n: int) -> Ranked:
        return Buyers(arrays).next_basket([asked] if asked else [], n)

    return {
        "neighbours": sessions.neighbours, "table": sessions.table, "follow": sessions.follow,
        "for_you": fused, "complements": complements, "next_basket": next_basket,
        "similar": similar,
    }  # fmt: skip


SHOP = rankers_of(model_of(ROWS, PRODUCTS))
EMPTY = rankers_of(model_of([], []))
NEW = rankers_of(model_of([], PRODUCTS))
each_ranker = pytest.mark.parametrize("name", SHOP)
asked_for = st.lists(st.sampled_from([*range(len(PRODUCTS)), UNKNOWN]), max_size=12)


def numbers(ranked: Ranked) -> list[int]:
    return [number for number, _ in ranked]


@each_ranker
@pytest.mark.parametrize(("asked", "best"), BEST.items())
def test_the_best_new_answer_is_the_one_that_is_known(name: str, asked: int, best: int):
    found = numbers(SHOP[name]([asked], 8))
    assert next(number for number in found if number != asked) == best


@each_ranker
@pytest.mark.parametrize("circle", [COFFEE, GARDEN])
def test_the_other_circle_has_no_say(name: str, circle: set[int]):
    assert set(numbers(SHOP[name](sorted(circle)[:2], 8))) <= circle


@each_ranker
@given(asked=asked_for, n=st.integers(1, 10))
@settings(max_examples=40)
def test_an_answer_is_best_first_without_repeats_and_no_longer_than_asked(
    name: str, asked: list[int], n: int
):
    found = SHOP[name](asked, n)
    scores = [score for _, score in found]
    assert len(found) <= n
    assert len(set(numbers(found))) == len(found)
    assert scores == sorted(scores, reverse=True)
    assert all(map(isfinite, scores))
    # What was asked may come back: the repeat of a product that is newer than the model, too.
    assert set(numbers(found)) <= {*range(len(PRODUCTS)), *asked}


@each_ranker
@given(asked=asked_for)
@settings(max_examples=20)
def test_a_shorter_answer_is_the_beginning_of_a_longer_one(name: str, asked: list[int]):
    assert SHOP[name](asked, 2) == SHOP[name](asked, 8)[:2]


@each_ranker
def test_the_same_model_gives_the_same_answer_in_every_worker(name: str):
    other = rankers_of(model_of(ROWS, PRODUCTS))
    assert SHOP[name]([KETTLE, BEANS], 8) == other[name]([KETTLE, BEANS], 8)


@each_ranker
def test_products_that_the_model_does_not_know_are_ignored(name: str):
    found = SHOP[name]([UNKNOWN, KETTLE, UNKNOWN], 8)
    assert {*numbers(found)} - {KETTLE, UNKNOWN} == {*numbers(SHOP[name]([KETTLE], 8))} - {KETTLE}


@each_ranker
@pytest.mark.parametrize("asked", [[], [UNKNOWN]])
def test_who_has_shown_nothing_gets_nothing(name: str, asked: list[int]):
    assert not set(numbers(SHOP[name](asked, 8))) - {UNKNOWN}


@each_ranker
def test_a_shop_with_nothing_in_it_has_no_answers_and_no_errors(name: str):
    assert not set(numbers(EMPTY[name]([KETTLE], 8))) - {KETTLE}


@pytest.mark.parametrize("name", ["complements", "next_basket", "follow", "table", "neighbours"])
def test_a_shop_in_which_nothing_has_happened_has_no_answers(name: str):
    assert not set(numbers(NEW[name]([KETTLE], 8))) - {KETTLE}


def test_a_shop_in_which_nothing_has_happened_has_similar_products():
    assert numbers(NEW["similar"]([KETTLE], 1)) == [FILTER]
