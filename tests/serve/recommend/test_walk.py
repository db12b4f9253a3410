"""Both tables of products also lead to what lies behind the products beside a product."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.for_you import SessionRankers, session_arrays
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import Tuning
from plugin.serve.recommend.walk import Rows, row_arrays

TENT, STOVE, LAMP, DRESS, SHOES = range(5)
NOON = 1_790_000_000
BOTH = pytest.mark.parametrize("ranker", ["table", "follow"])


def rankers(visits: list[list[int]], at: int = NOON, tuning: Tuning | None = None):
    """The rankers of a model of the visits, of which the last ends at noon and the others ``at``"""
    made = Runs()
    for n, visit in enumerate(visits):
        made.append(visit, NOON if n == len(visits) - 1 else at)
    chosen = tuning or Tuning()
    return SessionRankers(Arrays(b"".join(pack(session_arrays(made, 5, chosen), {}))), chosen)


def told(rows: list[dict[int, float]], behind: float = 0.5, **tuning: float) -> Rows:
    """The rows as they are told, with what lies behind."""
    made = row_arrays("rows", rows, 60, behind, Tuning(**tuning))  # type: ignore[arg-type]
    return Rows(Arrays(b"".join(pack(made, {}))), "rows")


@BOTH
def test_a_product_behind_another_is_found_after_it(ranker: str):
    asked = getattr(rankers([[TENT, STOVE], [STOVE, LAMP], [DRESS, SHOES]]), ranker)
    assert [number for number, _ in asked([TENT], 9)] == [STOVE, LAMP]


@BOTH
def test_what_is_viewed_in_the_same_visits_is_told_without_what_lies_behind(ranker: str):
    asked = getattr(rankers([[TENT, STOVE], [STOVE, LAMP], [DRESS, SHOES]]), ranker)
    assert [number for number, _ in asked.beside(TENT, 9)] == [STOVE]
    assert asked.beside(999, 9) == []


@BOTH
def test_without_walks_a_table_keeps_to_what_was_met(ranker: str):
    asked = getattr(rankers([[TENT, STOVE], [STOVE, LAMP]], tuning=Tuning(walks=0)), ranker)
    assert [number for number, _ in asked([TENT], 9)] == [STOVE]


@BOTH
def test_visits_dated_ages_ago_by_mistake_do_no_harm(ranker: str):
    asked = getattr(rankers([[TENT, STOVE], [DRESS, SHOES]], at=1), ranker)
    assert {number for number, _ in asked([TENT], 9)} <= {STOVE}
    assert [number for number, _ in asked([DRESS], 9)] == [SHOES]


def test_a_second_walk_goes_on_from_the_first():
    chain = [{1: 1.0}, {2: 1.0}, {3: 1.0}, {4: 1.0}, {}]
    assert told(chain, walks=1)[0][0] == [1, 2]
    assert told(chain, walks=2)[0][0] == [1, 2, 3, 4]


def test_the_best_of_what_lies_behind_is_worth_the_share_that_was_set():
    assert told([{1: 4.0}, {2: 3.0, 3: 1.5}, {}, {}], 0.5, walks=1, walk_famous=0)[0] == (
        [1, 2, 3],
        [1.0, 0.5, 0.25],
    )


def test_what_many_rows_lead_to_is_reached_less_than_what_few_do():
    tent, stove, lamp, rope, dress = {1: 1.0}, {2: 1.0, 3: 1.0}, {}, {}, {2: 1.0}
    reached = dict(zip(*told([tent, stove, lamp, rope, dress], walks=1)[0], strict=True))
    assert reached[LAMP] < reached[3]


def test_a_product_stands_in_the_rows_of_those_in_its_own_for_a_share():
    made = row_arrays("rows", [{1: 4.0}, {}], 60, 0.5, Tuning(walks=0), returned=0.5)
    assert list(made["rows_items"]) == [1, 0]
    assert list(made["rows_beside"]) == [1, 1]


def test_what_lies_behind_the_guesses_counts_by_their_odds():
    made = told([{1: 1.0}, {}, {3: 1.0}, {}], walks=0)
    behind = dict(made.behind([(0, 2.0), (2, 1.0)], 1.0, {1, 3}))
    assert behind == {1: pytest.approx(1.0), 3: pytest.approx(exp(-1.0))}


def test_a_guess_that_no_other_leads_to_keeps_half_of_the_best():
    behind = told([{1: 1.0}, {}], walks=0).behind([(0, 1.0)], 1.0, {0, 1})
    assert behind == [(1, 1.0), (0, 0.5)]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 9)), max_size=15))
def test_a_row_holds_what_was_met_first_and_never_its_own_product(
    pairs: list[tuple[int, int, int]],
):
    rows: list[dict[int, float]] = [{} for _ in range(5)]
    for one, other, times in pairs:
        if one != other:
            rows[one][other] = float(times)
    made = told(rows)
    for number, row in enumerate(rows):
        items, scores = made[number]
        assert set(items[: len(row)]) == set(row)
        assert number not in items
        assert len(set(items)) == len(items)
        assert max(scores, default=1.0) == 1.0
