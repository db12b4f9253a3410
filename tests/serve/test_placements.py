"""How plugin.serve.placements gives credit to the places of a window."""

from __future__ import annotations

import pytest

from plugin.serve.placements import (
    ADD,
    CREDIT_MS,
    PURCHASE,
    Click,
    Deed,
    Placed,
    credited,
    places_of,
    summed,
)

CHO, MINA = 1, 2
NOW = 1_790_046_000_000


@pytest.mark.parametrize(
    ("via", "index"),
    [(None, 0), (7, 0), ("bs", -1), ("bs", "one"), ("bs", 1.5), ("bs", "²"), ("", 0),
     ("bs,,fy", 0), ("BS", 0), ("bs", 100), (",".join(["bs"] * 101), 0), ("<b>", 0)],
)  # fmt: skip
def test_what_is_no_list_of_codes_has_no_places(via: object, index: object) -> None:
    assert places_of(via, index) == []


def test_without_an_index_the_first_product_stands_first() -> None:
    assert places_of("bs,fy", None) == [("bs", 1), ("fy", 2)]


def test_a_purchase_counts_for_the_last_click_on_that_product() -> None:
    clicks = [
        Click(CHO, NOW - 30, "hat", "home-1", "bs", 1),
        Click(CHO, NOW - 20, "hat", "home-1", "fy", 3),
        Click(CHO, NOW - 10, "bag", "home-1", "bs", 2),
        Click(MINA, NOW - 10, "hat", "home-1", "bs", 1),
    ]
    found = credited("home-1", {}, clicks, [Deed(CHO, NOW, "hat", PURCHASE, 500)], NOW - 40)
    assert found["fy", 3] == Placed(clicks=1, purchases=1, revenue=500)
    assert found["bs", 1] == Placed(clicks=2)


def test_a_later_click_in_another_window_takes_the_credit() -> None:
    clicks = [
        Click(CHO, NOW - 30, "hat", "home-1", "bs", 1),
        Click(CHO, NOW - 20, "hat", "cart-1", "cc", 1),
    ]
    deed = Deed(CHO, NOW, "hat", ADD)
    assert credited("home-1", {}, clicks, [deed], NOW - 40) == {("bs", 1): Placed(clicks=1)}
    assert credited("cart-1", {}, clicks, [deed], NOW - 40) == {("cc", 1): Placed(clicks=1, adds=1)}


@pytest.mark.parametrize(("ago", "counts"), [(CREDIT_MS, 1), (CREDIT_MS + 1, 0)])
def test_a_click_counts_for_seven_days(ago: int, counts: int) -> None:
    clicks = [Click(CHO, NOW - ago, "hat", "home-1", "bs", 1)]
    found = credited("home-1", {}, clicks, [Deed(CHO, NOW, "hat", ADD)], NOW - 100 * CREDIT_MS)
    assert found["bs", 1].adds == counts


def test_a_click_before_the_time_asked_for_still_gets_credit_for_what_came_in_it() -> None:
    clicks = [Click(CHO, NOW - 30, "hat", "home-1", "bs", 1)]
    found = credited("home-1", {}, clicks, [Deed(CHO, NOW, "hat", ADD)], NOW - 10)
    assert found == {("bs", 1): Placed(adds=1)}


def test_what_is_done_before_the_click_is_not_its_doing() -> None:
    clicks = [Click(CHO, NOW, "hat", "home-1", "bs", 1)]
    found = credited("home-1", {}, clicks, [Deed(CHO, NOW - 1, "hat", ADD)], NOW - 10)
    assert found == {("bs", 1): Placed(clicks=1)}


def test_places_are_summed_by_strategy_and_by_position() -> None:
    found = {("bs", 1): Placed(5, 1), ("bs", 2): Placed(5, 2), ("fy", 2): Placed(1, 1)}
    assert summed(found, lambda place: place[0]) == {"bs": Placed(10, 3), "fy": Placed(1, 1)}
    assert summed(found, lambda place: place[1]) == {1: Placed(5, 1), 2: Placed(6, 3)}
