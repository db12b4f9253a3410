"""Which products are like one by what the catalogue says of them?"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from math import log
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.serve.product import Product
from plugin.serve.recommend import content
from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.content import K1, WEIGHTS, B, Words, blend, word_arrays
from plugin.serve.recommend.words import tokens, words_of

KINDS = [f"{kind}:{number}" for kind in "cbtwp" for number in range(3)]
BAG, OTHER_BAG, RUCKSACK, MUG, LAMP = range(5)
SHOP = (
    Product("bag", "Canvas tote", category="Bags > Totes", brand="Moss", price=3900),
    Product("bag2", "Leather tote", category="Bags > Totes", brand="Moss", price=4100),
    Product("rucksack", "Canvas rucksack", category="Bags > Rucksacks", brand="Fern", price=7900),
    Product("mug", "Tall mug", category="Kitchen > Mugs", brand="Clay", price=1200),
    Product("lamp", "Desk lamp", category="Home > Lamps", brand="Moss", price=3800),
)


def words_in(products: Sequence[Product]) -> Words:
    return Words(Arrays(b"".join(pack(word_arrays(map(words_of, products)), {}))))


def numbers(ranked: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in ranked]


def test_of_the_same_kind_and_brand_comes_before_of_a_near_kind():
    found = words_in(SHOP).similar(words_of(SHOP[BAG]), 3, {BAG})
    assert numbers(found) == [OTHER_BAG, RUCKSACK, LAMP]


def test_what_has_nothing_in_common_is_not_listed():
    assert MUG not in numbers(words_in(SHOP).similar(words_of(SHOP[BAG]), 5, {BAG}))


def test_a_product_newer_than_the_model_is_compared_by_its_words():
    new = Product("new", "Tall cup", category="Kitchen > Mugs")
    assert numbers(words_in(SHOP).similar(words_of(new), 3)) == [MUG]


def test_what_is_left_out_gives_its_place_to_the_next():
    made = words_in(SHOP)
    assert numbers(made.similar(words_of(SHOP[BAG]), 2, {BAG, OTHER_BAG})) == [RUCKSACK, LAMP]


def test_variants_of_the_product_are_not_similar_products():
    red, blue = (replace(SHOP[BAG], item_id=colour, group_id="tote") for colour in ("red", "blue"))
    made = words_in([red, blue, SHOP[OTHER_BAG]])
    assert numbers(made.similar(words_of(red), 3)) == [2]


def test_of_another_products_variants_one_is_listed():
    variants = [replace(SHOP[OTHER_BAG], item_id=f"bag2 {size}", group_id="2") for size in "sml"]
    made = words_in([SHOP[BAG], *variants, SHOP[RUCKSACK]])
    assert numbers(made.similar(words_of(SHOP[BAG]), 3, {0})) == [1, 4]


def test_variants_are_taken_out_of_any_other_list_too():
    variants = [replace(SHOP[BAG], item_id=f"bag {size}", group_id="tote") for size in "sml"]
    cups = [replace(SHOP[MUG], item_id=f"mug {size}", group_id="mug") for size in "sm"]
    made = words_in([*variants, *cups, SHOP[LAMP]])
    viewed = [(1, 0.9), (3, 0.8), (4, 0.7), (5, 0.6), (99, 0.5)]
    assert numbers(made.without_variants(words_of(variants[0]), viewed)) == [3, 5, 99]


@example([["c:0", "b:0", "b:1"], *2 * [["c:0"]], ["b:0", "b:1"], *20 * [["w:0"]]], 90, 1, 3)
@given(
    st.lists(st.lists(st.sampled_from(KINDS), max_size=6, unique=True), min_size=1, max_size=60),
    st.integers(1, 90),
    st.integers(1, 40),
    st.integers(0, 3),
)
def test_the_most_alike_are_those_that_share_most(
    shop: list[list[str]], looked_at: int, judged: int, commonest: int
):
    """As the definition has it: every word of every product weighed, with no short cut."""
    with patch.multiple(content, LOOKED_AT=looked_at, JUDGED=judged, COMMONEST=commonest):
        made = words_in_lists(shop)
        found = made.similar(shop[0], judged, {0})
    assert found == plainly(shop, looked_at, judged)


def words_in_lists(shop: Sequence[Sequence[str]]) -> Words:
    return Words(Arrays(b"".join(pack(word_arrays(shop), {}))))


def plainly(shop: list[list[str]], looked_at: int, judged: int) -> list[tuple[int, float]]:
    """What is like the first product of ``shop``."""
    texts = sorted({word for words in shop for word in words})
    having = {word: [n for n, words in enumerate(shop) if word in words] for word in texts}
    weight = {word: weight_of(word, len(having[word]), len(shop)) for word in texts}
    left, shares = looked_at, dict[int, float]()
    for word in sorted(shop[0], key=lambda one: (-weight[one], one)):
        if left <= 0:
            break
        step = -(-len(having[word]) // left)
        for number in having[word][::step]:
            shares[number] = shares.get(number, 0.0) + weight[word]
        left -= len(having[word]) // step
    shares.pop(0, None)
    best = sorted(shares, key=lambda number: -shares[number])[:judged]
    usual = sum(map(len, shop)) / len(shop)

    def alike(number: int) -> float:
        both = sum(weight[word] for word in shop[number] if word in shop[0])
        return both * ((K1 + 1) / (1 + K1 * (1 - B + B * len(shop[number]) / usual)))

    return sorted(((number, alike(number)) for number in best), key=lambda one: (-one[1], one[0]))


def weight_of(word: str, having: int, products: int) -> float:
    rarity = log(1 + (products - having + 0.5) / (having + 0.5))
    return array("f", [WEIGHTS[word[0]] * rarity])[0]


def test_all_of_a_category_too_large_to_look_through_have_a_chance():
    """Thirty thousand products of one category, one of which has the title's word too."""
    many = [Product(str(one), f"thing{one}", category="All") for one in range(30_000)]
    asked = Product("asked", "thing29999 thing7", category="All")
    found = numbers(words_in(many).similar(words_of(asked), 40))
    assert sorted(found[:2]) == [7, 29_999]
    assert len(found) == 40


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Canvas-Tote (L), 2 pcs", ["canvas", "tote", "pcs"]),
        ("Straße", ["strasse"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER C}anvas", ["canvas"]),
        ("캔버스 백", ["캔버", "버스", "백"]),
        ("帆布トート", ["帆布", "布ト", "トー", "ート"]),
        ("iPhone15ケース", ["iphone15", "ケー", "ース"]),
        ("", []),
    ],
)
def test_words_are_found_in_any_language(text: str, found: list[str]):
    assert list(tokens(text)) == found


@pytest.mark.parametrize(("one", "other", "near"), [(3900, 4300, True), (3900, 9900, False)])
def test_prices_that_are_near_share_a_word(one: int, other: int, near: bool):
    first, second = (
        set(words_of(Product("any", price=price, currency="EUR"))) for price in (one, other)
    )
    assert bool(first & second) == near


def test_each_part_of_a_category_counts_with_what_is_above_it():
    words = words_of(Product("any", category="Home > Bath"))
    assert words == ("c:home", "c:home>bath")


def test_a_blend_takes_from_both_lists_and_first_what_is_in_both():
    assert numbers(blend([(1, 9.0), (2, 8.0)], [(3, 0.2), (2, 0.1)], 3)) == [2, 1, 3]


def test_a_blend_with_nothing_is_the_other_list():
    assert numbers(blend([], [(3, 0.2), (2, 0.1)], 3)) == [3, 2]
