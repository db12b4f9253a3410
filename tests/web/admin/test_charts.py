"""Charts show what the figures say."""

from __future__ import annotations

import pytest

from plugin.web.admin.charts import HEIGHT, WIDTH, columns, line, round_top


def test_a_bar_is_as_high_as_its_share_of_the_top() -> None:
    drawn = columns([[5], [10]])
    heights = [column.bars[0].height for column in drawn.columns]
    assert (heights, drawn.top) == ([HEIGHT / 2, HEIGHT], 10)


def test_values_of_one_day_lie_on_each_other() -> None:
    [column] = columns([[3, 1]]).columns
    below, above = column.bars
    assert below.y + below.height == HEIGHT
    assert above.y + above.height == below.y
    assert above.tone == 1


def test_a_day_without_anything_has_a_place_but_no_bar() -> None:
    first, second = columns([[0], [4]]).columns
    assert first.bars == ()
    assert second.x == WIDTH / 2


def test_money_that_went_back_beyond_the_revenue_draws_no_bar() -> None:
    [column] = columns([[-5, 0]]).columns
    assert column.bars == ()


def test_a_shop_without_days_has_an_empty_chart() -> None:
    assert columns([]).columns == ()
    assert line([]).points == ""


def test_a_line_goes_from_edge_to_edge() -> None:
    points = line([0, 2]).points.split()
    assert points == ["0.0,100.00", "600.0,0.00"]


@pytest.mark.parametrize(("highest", "top"), [(0, 2), (1, 2), (2, 2), (9, 10), (99, 100)])
def test_the_top_is_a_round_number_with_a_round_half(highest: int, top: int) -> None:
    assert round_top(highest) == top
