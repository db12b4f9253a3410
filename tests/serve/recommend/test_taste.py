"""The promises of plugin.serve.recommend.taste: how well does a product suit a visitor?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.taste import PULL, Choice, Choices, Taste, newness, taste_of, top
from plugin.shop import DAY

NOW = 1_790_046_000_000


def suits(taste: Taste, category: str, brand: str | None) -> float:
    """How much a product of this top category and brand suits, 0 (or unknown) to 1."""
    score, _ = Choices([("it", 1.0, category, brand)]).pulled(taste).get("it", (-1.0, "it"))
    return (-score - 1.0) / PULL


def test_who_cares_for_one_thing_alone_is_suited_wholly_by_it() -> None:
    taste = taste_of({"Bags": (3.0, NOW)}, [("Bags > Totes", "Kiln")], NOW)

    assert suits(taste, "Bags", "Kiln") == pytest.approx(1.0)
    assert suits(taste, "Bags", "Other") == pytest.approx(2 / 3)
    assert suits(taste, "Home", "Kiln") == pytest.approx(1 / 3)
    assert suits(taste, "", None) == 0


def test_an_old_interest_weighs_less_than_a_fresh_one() -> None:
    taste = taste_of({"Bags": (4.0, NOW - 28 * DAY), "Home": (2.0, NOW)}, [], NOW)

    assert taste.categories == {"Bags": pytest.approx(1 / 3), "Home": pytest.approx(2 / 3)}


def test_of_a_visitor_without_a_profile_the_looks_tell_the_categories() -> None:
    taste = taste_of({}, [("Bags > Totes", None), ("Bags", None), ("Home", None)], NOW)

    assert taste.categories == {"Bags": pytest.approx(2 / 3), "Home": pytest.approx(1 / 3)}


def test_of_whom_nothing_is_known_there_is_no_taste() -> None:
    assert not taste_of({}, [(None, None)], NOW)
    assert suits(Taste(), "Bags", "Kiln") == 0


def test_a_product_is_half_as_new_ten_days_later() -> None:
    assert newness(0) == 1
    assert newness(10 * DAY) == pytest.approx(0.5)


NAMES = st.none() | st.sampled_from(["Bags", "Home", "Home > Light", ""])


@given(
    st.dictionaries(
        st.sampled_from(["Bags", "Home", "Toys"]), st.tuples(st.floats(0, 1e6), st.integers(0, NOW))
    ),
    st.lists(st.tuples(NAMES, NAMES), max_size=9),
    st.sampled_from(["Bags", "Home", ""]),
    NAMES,
)
def test_nothing_suits_less_than_not_at_all_or_more_than_wholly(
    affinities: dict[str, tuple[float, int]],
    seen: list[tuple[str | None, str | None]],
    category: str,
    brand: str | None,
) -> None:
    assert 0 <= suits(taste_of(affinities, seen, NOW), category, brand) <= 1 + 1e-9


def test_what_suits_is_pulled_up_and_equal_products_stand_by_their_ids() -> None:
    choice = [("lamp", 1.0, "Home", None), ("bag", 0.5, "Bags", None), ("cap", 0.5, "Bags", None)]
    taste = taste_of({"Bags": (1.0, NOW)}, [], NOW)

    assert Choices(choice).best_first(taste, 3) == ["bag", "cap", "lamp"]
    assert Choices(choice).best_first(taste, 2) == ["bag", "cap"]
    assert Choices(choice).best_first(Taste(), 3) == ["lamp", "bag", "cap"]


CHOSEN = st.tuples(
    st.text("ab", min_size=1, max_size=6),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    st.sampled_from(["Bags", "Home", ""]),
    st.sampled_from(["Kiln", "Moss", "", None]),
)


@given(
    st.lists(CHOSEN, unique_by=lambda one: one[0]),
    st.lists(st.tuples(NAMES, st.sampled_from(["Kiln", "Moss", None])), max_size=4),
    st.integers(0, 12),
)
def test_looking_at_what_suits_alone_finds_what_judging_every_product_finds(
    choice: list[Choice], seen: list[tuple[str | None, str | None]], most: int
) -> None:
    taste = taste_of({}, seen, NOW)
    judged = sorted(Choices([one]).pulled(taste).get(one[0], (-one[1], one[0])) for one in choice)

    assert Choices(choice).best_first(taste, most) == [one for _, one in judged][:most]


def test_the_top_of_a_path_is_its_first_part() -> None:
    assert [top("Bags > Totes"), top(" Bags "), top(None)] == ["Bags", "Bags", ""]
