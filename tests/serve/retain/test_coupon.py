"""What a pool's document means, and what a code is."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.retain.coupon import (
    LENGTH,
    LETTERS,
    Discount,
    bought_anyway,
    codes_in,
    csv_codes,
    discounted,
    folded,
    minted,
    pool_doc,
    read_code,
    read_pool,
    sorry,
    words,
)
from plugin.shop import DAY, HOUR, Shop

MOON = Shop("moon", "pk", currency="KRW", timezone="Asia/Seoul")
BASE: dict[str, Any] = {"kind": "minted", "discount": {"percent": 10}}
LOOK_ALIKE = ("0O", "1IL", "2Z", "5S", "8B", "UV")


def test_a_minted_code_has_fifty_bits_and_no_letters_that_look_alike() -> None:
    assert LENGTH * math.log2(len(set(LETTERS))) >= 50
    assert all(sum(letter in LETTERS for letter in alike) <= 1 for alike in LOOK_ALIKE)
    (code,) = minted("MAY-", 1, Random(7).choice)
    assert (code[:4], len(code)) == ("MAY-", 15)
    assert read_code(code) == code


def test_a_thousand_minted_codes_are_a_thousand() -> None:
    assert len(set(minted("", 1_000, Random(1).choice))) == 1_000


@given(st.text(max_size=200))
def test_no_text_of_an_order_is_too_odd_to_look_for_codes_in(told: str) -> None:
    found = codes_in(told)
    assert len(found) == len({folded(code) for code in found}) <= 10


@given(st.text(max_size=80))
def test_no_code_is_a_formula_to_a_spreadsheet(text: str) -> None:
    code = read_code(text)
    assert code is None or (code[0].isalnum() and len(code) <= 64)


def test_what_is_not_a_text_names_no_code() -> None:
    assert codes_in(None) == codes_in(7) == codes_in("") == ()


def test_the_earlier_of_two_ends_counts() -> None:
    pool = read_pool("may", {**BASE, "expires": {"after": "48h", "at": "2026-12-31"}}, MOON)
    assert pool.until is not None
    assert pool.ends(pool.until - 3 * DAY) == pool.until - DAY
    assert pool.ends(pool.until - HOUR) == pool.until


def test_a_day_ends_by_the_shops_clock() -> None:
    pool = read_pool("may", {**BASE, "expires": {"at": "2026-12-31T00:00"}}, MOON)
    same = read_pool("may", {**BASE, "expires": {"at": "2026-12-30T15:00Z"}}, MOON)
    assert pool.until == same.until


def test_a_pool_written_out_reads_the_same() -> None:
    doc = {**BASE, "prefix": "MAY-", "budget": {"codes": 5}, "text": {"en": "Ten"}}
    pool = read_pool("may", doc, MOON)
    assert read_pool("may", pool_doc(pool), MOON) == pool


@pytest.mark.parametrize(
    ("discount", "paid", "told", "before", "off"),
    [
        (Discount(percent=10), 9_000, None, False, 1_000),
        (Discount(percent=10), 9_000, None, True, 900),
        (Discount(percent=10, most=500), 9_000, None, False, 500),
        (Discount(percent=100), 0, None, False, 0),
        (Discount(amount=5_000), 9_000, None, False, 5_000),
        (Discount(amount=5_000), 3_000, None, True, 3_000),
        (Discount(most=3_000), 9_000, None, False, 3_000),
        (Discount(most=3_000), 9_000, 0, False, 3_000),
        (Discount(percent=10), 9_000, 0, False, 0),
        (Discount(percent=10), 9_000, 1_234, False, 1_234),
    ],
)
def test_what_a_code_took_off(
    discount: Discount, paid: int, told: int | None, before: bool, off: int
) -> None:
    assert discounted(discount, paid, told, before=before) == off


@given(st.floats(0.01, 99), st.integers(0, 10**9))
def test_per_cent_of_what_was_paid_is_that_of_what_it_cost_before(share: float, paid: int) -> None:
    off = discounted(Discount(percent=share), paid, None, before=False)
    assert abs(off - (paid + off) * share / 100) <= 1


def test_the_discount_is_said_in_the_shoppers_words() -> None:
    said = {
        kind: words(read_pool("may", {**BASE, "discount": discount}, MOON), "ko", MOON)
        for kind, discount in {
            "percent": {"percent": 12.5},
            "amount": {"amount": 5000},
            "ship": {"free_shipping": True},
        }.items()
    }
    assert said == {"percent": "12.5 % 할인", "amount": "₩5,000 할인", "ship": "무료 배송"}


def test_there_is_a_kind_word_for_every_reason_in_every_language() -> None:
    for why in ("gone", "later", "not_offered", "expired"):
        assert len({sorry(why, language) for language in ("en", "ko", "ja")}) == 3


def test_who_would_have_bought_anyway_is_told_by_the_control_group() -> None:
    assert bought_anyway([(1_000, 50, 500, 20)]) == 0.8
    assert bought_anyway([(1_000, 50, 500, 40)]) == 1.0
    assert bought_anyway([(1_000, 50, 500, 9)]) is None
    assert bought_anyway([]) is None


def test_a_file_of_codes_may_have_a_heading_and_more_columns() -> None:
    lines = [["Code", "Worth"], ["A-1", "10"], [], [" A-2 "]]
    assert csv_codes(lines) == ["A-1", "A-2"]
