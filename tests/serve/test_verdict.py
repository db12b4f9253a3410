"""What plugin.serve.verdict says of a campaign, and what it advises."""

from __future__ import annotations

import pytest

from plugin.serve.verdict import (
    HELPS,
    HURTS,
    NOT_KNOWN,
    SHOW_TO_90,
    TURN_OFF,
    Counted,
    Span,
    days_still,
    judge,
)

PRICE = 100  # of every order, minor units


def arm(visitors: int, orders: int, price: int = PRICE) -> Counted:
    """Visitors of whom each buys once at most, at one price."""
    return Counted(visitors, orders, orders * price, orders * price**2)


def test_of_what_nobody_has_met_nothing_is_known() -> None:
    found = judge([])
    assert (found.word, found.goals, found.money, found.needed) == (NOT_KNOWN, None, None, None)
    assert found.trusted


def test_what_brings_clearly_more_orders_helps_and_may_be_shown_to_more() -> None:
    found = judge([Span(arm(10_000, 500), arm(10_000, 300), 0.5)])
    assert (found.word, found.suggests, found.needed) == (HELPS, SHOW_TO_90, None)
    assert found.goals is not None
    assert found.money is not None
    assert found.goals.value == pytest.approx(20)  # orders of 1,000 visitors
    assert found.money.value == pytest.approx(20 * PRICE)
    assert found.money.low > 0


def test_what_is_shown_to_nine_of_ten_already_needs_no_advice() -> None:
    found = judge([Span(arm(90_000, 4_500), arm(10_000, 300), 0.1)])
    assert (found.word, found.suggests) == (HELPS, None)


def test_what_brings_clearly_fewer_orders_hurts_and_is_to_be_turned_off() -> None:
    found = judge([Span(arm(10_000, 300), arm(10_000, 500), 0.5)])
    assert (found.word, found.suggests) == (HURTS, TURN_OFF)


def test_more_orders_for_less_money_are_no_reason_to_show_it_to_more() -> None:
    found = judge([Span(arm(20_000, 1_000, PRICE // 4), arm(20_000, 700), 0.5)])
    assert (found.word, found.suggests) == (HELPS, None)
    assert found.costs_money


def test_what_is_not_known_says_how_many_visitors_are_still_needed() -> None:
    found = judge([Span(arm(4_000, 165), arm(4_000, 120), 0.5)])
    assert found.word == NOT_KNOWN
    assert found.needed is not None
    assert 1_000 < found.needed < 4_000


def test_nothing_is_known_where_the_arms_were_not_dealt_as_they_should_be() -> None:
    found = judge([Span(arm(10_000, 600), arm(8_000, 200), 0.5)])
    assert (found.word, found.trusted, found.suggests, found.needed) == (
        NOT_KNOWN, False, None, None,
    )  # fmt: skip


def test_what_was_learnt_at_half_and_half_is_not_lost_at_nine_to_one() -> None:
    before = Span(arm(10_000, 500), arm(10_000, 300), 0.5)
    now = Span(arm(900, 40), arm(100, 4), 0.1)
    assert judge([before, now]).word == HELPS


def test_days_are_those_of_the_visitors_who_come() -> None:
    assert days_still(1_000, 300) == 4
    assert days_still(1_000, 0) is None
    assert days_still(None, 300) is None
