"""A shop's own last visits tell how well it recommends, and with which weights it does better."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.serve.recommend.arrays import Arrays, pack
from plugin.serve.recommend.for_you import SessionRankers, for_you, session_arrays
from plugin.serve.recommend.replay import queries, replayed, weights_by_replay
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import DEFAULT


def runs(visits: Sequence[Sequence[int]]) -> Runs:
    made = Runs()
    for n, visit in enumerate(visits):
        made.append(visit, 1_790_000_000 + n)
    return made


def rankers(visits: Sequence[Sequence[int]], products: int) -> SessionRankers:
    return SessionRankers(Arrays(b"".join(pack(session_arrays(runs(visits), products), {}))))


def test_every_prefix_of_a_visit_asks_for_the_view_after_it():
    asked = queries(runs([[4], [1, 2, 1]]))
    assert asked == [((1,), 2), ((1, 2), 1)]


def test_of_too_many_prefixes_those_are_asked_that_lie_evenly():
    asked = queries(runs([[1, 2], [3, 4], [5, 6], [7, 8]]), most=2)
    assert [seen for seen, _ in asked] == [(1,), (5,)]


def test_a_ranker_is_judged_by_the_place_of_what_came_next():
    found = replayed(lambda seen, n: [7, 2, 1][:n], queries(runs([[1, 2, 1, 9]])))
    assert found.hits == pytest.approx(2 / 3)
    assert found.places == pytest.approx((1 / 2 + 1 / 3) / 3)
    assert found.covered == 3


def test_new_products_are_judged_without_what_was_seen():
    seen_first = [*range(30), 99]
    visit = [*range(30), 99]
    found = replayed(lambda seen, n: seen_first[:n], queries(runs([visit]))[-1:])
    assert (found.hits, found.new) == (0, 1)


def test_replay_turns_down_a_ranker_that_misleads():
    """Rules say 1 after 0 by one old habit; who goes on in today's visits views 2."""
    visits = [[0, 1]] * 30 + [[0, 5, 2], [0, 6, 2]] * 10
    ask = rankers(visits, 40)
    held = runs([[0, 2, 0, 2]] * 20)
    chosen = weights_by_replay(ask, held)
    before, after = (
        replayed(
            lambda seen, n, weights=weights: [one.number for one in for_you(ask, seen, n, weights)],
            queries(held),
        )
        for weights in (DEFAULT, chosen)
    )
    assert chosen != DEFAULT
    assert after.new + after.places / 2 > before.new + before.places / 2


def test_with_nothing_held_out_no_weight_changes():
    assert weights_by_replay(rankers([[0, 1]], 2), Runs()) == DEFAULT
