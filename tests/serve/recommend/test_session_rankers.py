"""What somebody looks at next is told from the visits of others, in plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.serve.recommend.arrays import Arrays, Ids, id_arrays, pack
from plugin.serve.recommend.for_you import SessionRankers, for_you, ranked_lists, session_arrays
from plugin.serve.recommend.fuse import agree, fuse
from plugin.serve.recommend.recent import Recent
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import DEFAULT, Tuning, read_tuning

DRESS, LAMP, ROPE, SCARF, SHOES, STOVE, TENT = range(7)
NAMES = ["dress", "lamp", "rope", "scarf", "shoes", "stove", "tent"]
MIRA, NOOR, OTTO = 11, 12, 13  # profile ids
HOUR = 3_600
NOON = 1_790_000_000

CAMPERS = [[TENT, STOVE], [TENT, STOVE, LAMP], [ROPE, TENT, STOVE], [TENT, LAMP]]
DRESSERS = [[DRESS, SHOES], [SHOES, DRESS, SCARF], [DRESS, SCARF]]
VISITS = [*CAMPERS, *DRESSERS]


def runs(visits: Sequence[Sequence[int]], profiles: Sequence[int] = ()) -> Runs:
    """The visits, an hour apart, the last at noon."""
    made = Runs()
    for n, visit in enumerate(visits):
        whose = profiles[n] if profiles else 0
        made.append(visit, NOON - HOUR * (len(visits) - 1 - n), whose)
    return made


def arrays(visits: Runs, products: int = len(NAMES), tuning: Tuning = DEFAULT) -> Arrays:
    """A model of the visits, read from a file's bytes; products are in the order of their names."""
    return Arrays(b"".join(pack(session_arrays(visits, products, tuning), {})))


def rankers(visits: Sequence[Sequence[int]] = VISITS, **tuning: float) -> SessionRankers:
    """The rankers of a model of the visits."""
    chosen = Tuning(**tuning)  # type: ignore[arg-type]
    return SessionRankers(arrays(runs(visits), tuning=chosen), chosen)


def since(*names: str) -> Recent:
    """Nothing viewed yet since a model of the products called so."""
    return Recent(Ids(Arrays(b"".join(pack(id_arrays(names), {})))))


def numbers(ranked: Sequence[tuple[int, float]]) -> list[int]:
    return [number for number, _ in ranked]


@pytest.mark.parametrize("ranker", ["neighbours", "table", "follow"])
def test_every_ranker_keeps_to_what_such_visitors_look_at(ranker: str):
    told = numbers(getattr(rankers(), ranker)([TENT], 7))
    assert STOVE in told
    assert not {DRESS, SHOES, SCARF} & set(told)


@pytest.mark.parametrize("ranker", ["neighbours", "table", "follow"])
def test_every_ranker_tells_the_best_first_and_no_more_than_asked(ranker: str):
    told = getattr(rankers(), ranker)([TENT], 2)
    assert len(told) == 2
    assert told[0][1] >= told[1][1] > 0


@pytest.mark.parametrize("ranker", ["neighbours", "table", "follow"])
def test_products_the_model_does_not_know_are_passed_over(ranker: str):
    asked = getattr(rankers(), ranker)
    assert numbers(asked([999, TENT, 998], 7)) == numbers(asked([TENT], 7)) or ranker != "follow"
    assert asked([999], 7) == []


def test_the_products_viewed_last_count_most():
    assert numbers(rankers().neighbours([DRESS, TENT], 9)).index(STOVE) < numbers(
        rankers().neighbours([DRESS, TENT], 9)
    ).index(SHOES)
    assert numbers(rankers().table([TENT, DRESS], 9)).index(SHOES) < numbers(
        rankers().table([TENT, DRESS], 9)
    ).index(STOVE)


def test_what_follows_comes_before_what_went_ahead():
    told = numbers(rankers([[ROPE, TENT, LAMP]] * 3).follow([TENT], 3))
    assert told == [LAMP, ROPE]


def test_newer_visits_count_more():
    old, new = [[TENT, ROPE]] * 3, [[TENT, LAMP]] * 3
    made = Runs()
    for visit in old:
        made.append(visit, NOON - 200 * 24 * HOUR)
    for visit in new:
        made.append(visit, NOON)
    ask = SessionRankers(arrays(made))
    for ranker in (ask.neighbours, ask.follow, ask.table):
        told = numbers(ranker([TENT], 9))
        assert told.index(LAMP) < told.index(ROPE)


def test_of_a_famous_product_only_the_newest_visits_are_neighbours():
    kept = session_arrays(runs([[TENT, STOVE]] * 9), 7, Tuning(postings=4))
    assert list(kept["view.postings"]) == [5, 6, 7, 8] * 2


def test_a_lone_view_takes_no_place_among_the_neighbours():
    assert list(session_arrays(runs([[TENT], [TENT, LAMP], [TENT]]), 7)["view.visits"]) == [
        TENT,
        LAMP,
    ]


def test_for_you_says_which_ranker_had_a_product_where():
    placed = {one.number: one for one in for_you(rankers(), [TENT], 7)}
    assert placed[STOVE].places["follow"] == 1
    assert set(placed[STOVE].places) == {"neighbours", "table", "follow", "behind"}


def test_products_of_the_visit_may_come_again_where_visitors_return_to_them():
    returning = [[TENT, STOVE, TENT, STOVE, TENT], [LAMP, ROPE, LAMP, ROPE, LAMP]] * 40
    straying = [[TENT, STOVE, LAMP, ROPE], [ROPE, TENT, STOVE, LAMP]] * 40
    assert for_you(rankers(returning), [TENT, STOVE], 1)[0].number == TENT
    assert for_you(rankers(straying), [TENT, STOVE], 1)[0].number == LAMP


def test_nobody_seen_anything_is_answered_with_nothing():
    assert for_you(rankers(), [], 9) == []
    assert for_you(rankers([]), [TENT], 9)[0].places == {}


def test_the_fusion_asks_for_places_not_for_scores():
    lists = {"neighbours": [(1, 900.0), (2, 1.0)], "table": [(2, 0.002), (1, 0.001)]}
    even = fuse(lists, {"neighbours": 1.0, "table": 1.0}, 10)
    assert even[1] == pytest.approx(even[2])


def test_what_goes_with_the_best_guesses_gains_and_nothing_else_does():
    scores = {LAMP: 1.0, ROPE: 1.0}
    agree(scores, [(LAMP, 4.0), (STOVE, 2.0)], 0.5)
    assert scores == {LAMP: pytest.approx(1 + 0.5 * log(21)), ROPE: 1.0}


def test_nothing_behind_the_guesses_changes_nothing():
    scores = {LAMP: 1.0}
    agree(scores, [], 0.5)
    assert scores == {LAMP: 1.0}


def test_a_second_look_names_no_product_that_no_ranker_named():
    lists = ranked_lists(rankers(), [TENT], 7)
    behind = {number for number, _ in lists.pop("behind")}
    assert behind <= {number for ranked in lists.values() for number, _ in ranked}


def test_a_visit_that_ended_counts_in_the_next_answer():
    ask, recent = rankers(), since(*NAMES)
    assert DRESS not in numbers(ask.neighbours([ROPE], 9, recent))
    for n, item_id in enumerate(["rope", "dress"]):
        recent.add(MIRA, NOON * 1000 + n, item_id)
    recent.add(MIRA, NOON * 1000 + 31 * 60_000, "scarf")
    assert DRESS in numbers(ask.neighbours([ROPE], 9, recent))
    assert DRESS in [one.number for one in for_you(ask, [ROPE], 9, recent=recent)]


def test_a_running_visit_counts_for_others_but_not_for_its_own_visitor():
    ask, recent = rankers(), since(*NAMES)
    for item_id in ("rope", "dress"):
        recent.add(MIRA, NOON * 1000, item_id)
    assert DRESS in numbers(ask.neighbours([ROPE], 9, recent, visitor=NOOR))
    assert DRESS not in numbers(ask.neighbours([ROPE], 9, recent, visitor=MIRA))


def test_what_the_model_already_has_of_the_visit_at_hand_does_not_count_either():
    ask = SessionRankers(arrays(runs([[ROPE, TENT], [ROPE, DRESS]], [NOOR, MIRA])))
    assert DRESS in numbers(ask.neighbours([ROPE], 9, visitor=NOOR))
    assert DRESS not in numbers(ask.neighbours([ROPE], 9, visitor=MIRA))


def test_visits_half_an_hour_apart_are_two():
    recent = since(*NAMES)
    recent.add(MIRA, NOON * 1000, "tent")
    recent.add(MIRA, NOON * 1000 + 30 * 60_000, "lamp")
    recent.add(MIRA, NOON * 1000 + 60 * 60_000 + 1, "rope")
    recent.add(MIRA, NOON * 1000 + 60 * 60_000 + 2, "dress")
    rows = [*recent.visits_with(TENT), *recent.visits_with(ROPE)]
    assert [list(recent.visit(row)) for row in rows] == [[TENT, LAMP], [ROPE, DRESS]]


def test_a_product_newer_than_the_model_is_recommended():
    ask, recent = rankers(), since(*NAMES)
    for profile in (MIRA, NOOR):
        for item_id in ("tent", "hammock"):
            recent.add(profile, NOON * 1000, item_id)
    hammock = recent.number("hammock")
    assert hammock == len(NAMES)
    assert recent.item_id(hammock) == "hammock"
    assert hammock in [one.number for one in for_you(ask, [TENT], 9, recent=recent)]
    assert TENT in [one.number for one in for_you(ask, [hammock], 9, recent=recent)]


def test_the_visits_of_the_forgotten_are_skipped_at_once():
    visits = runs([[ROPE, DRESS], [ROPE, TENT]], [MIRA, NOOR])
    ask, recent = SessionRankers(arrays(visits)), since(*NAMES)
    for item_id in ("rope", "scarf"):
        recent.add(OTTO, NOON * 1000, item_id)
    assert {DRESS, SCARF} <= set(numbers(ask.neighbours([ROPE], 9, recent)))
    left = numbers(ask.neighbours([ROPE], 9, recent, forgotten={MIRA, OTTO}))
    assert not {DRESS, SCARF} & set(left)
    assert TENT in left


@settings(deadline=None)  # a model is built for each example
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 90), st.sampled_from([*NAMES, "new", "newer"])),
        max_size=80,
    ),
    st.integers(1, 20),
)
def test_no_more_views_are_kept_than_may_be(views: list[tuple[int, int, str]], most: int):
    recent, at = since(*NAMES), NOON * 1000
    recent = Recent(recent._ids, most, postings=3)
    for profile, minutes, item_id in views:
        at += minutes * 60_000
        recent.add(profile, at, item_id)
        assert len(recent) <= most
        found = {row for number in range(9) for row in recent.visits_with(number)}
        assert sum(len(recent.visit(row)) for row in found) <= len(recent)
        ask = rankers().neighbours([TENT, STOVE, 7], 5, recent, visitor=profile)
        assert len(ask) <= 5


@settings(deadline=None)  # a model is built for each example
@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=8), max_size=12))
def test_what_was_added_since_weighs_as_what_was_built_in(visits: list[list[int]]):
    """A model of visits that ended just now ranks as an empty model with the same visits since."""
    built, late = Runs(), since(*NAMES)
    for n, visit in enumerate(visits):
        built.append(visit, NOON, n + 1)
        for number in visit:
            late.add(n + 1, NOON * 1000, NAMES[number])
    alike = Tuning(distance_fade=5.0)
    with_model = SessionRankers(arrays(built), alike).neighbours([TENT, LAMP], 99)
    without = SessionRankers(arrays(Runs()), alike).neighbours([TENT, LAMP], 99, late)
    # Without a model every product is as rare as the next: compare what is found.
    assert set(numbers(with_model)) == set(numbers(without))


def test_a_tuning_is_kept_as_json_and_unknown_names_are_passed_over():
    chosen = DEFAULT.weighing(by_table=0.9)
    assert read_tuning({**chosen.as_json(), "of a later version": 1}) == chosen
