"""The promises of plugin.serve.experiment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.serve.experiment import arm, variant

PEOPLE = [f"visitor-{number:05d}" for number in range(4_000)]
NAMES = st.text("abcdefgh-", min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(campaign=NAMES, share=st.sampled_from([0.1, 0.25, 0.5]))
def test_the_control_group_is_as_large_as_the_owner_said(campaign: str, share: float) -> None:
    kept = sum(arm(campaign, person, share) == "control" for person in PEOPLE)

    # Five standard deviations: chance does not break this in a lifetime of runs.
    assert kept / len(PEOPLE) == pytest.approx(share, abs=5 * (share * (1 - share) / 4_000) ** 0.5)


@settings(max_examples=25, deadline=None)
@given(campaign=NAMES, other=NAMES)
def test_being_in_control_of_one_campaign_says_nothing_about_another(
    campaign: str, other: str
) -> None:
    if campaign == other:
        return
    kept = [person for person in PEOPLE if arm(campaign, person, 0.5) == "control"]

    both = sum(arm(other, person, 0.5) == "control" for person in kept)

    assert both / len(kept) == pytest.approx(0.5, abs=0.06)


@given(campaign=NAMES, person=st.sampled_from(PEOPLE), share=st.floats(0, 1))
def test_a_larger_share_only_adds_people_to_control(
    campaign: str, person: str, share: float
) -> None:
    if arm(campaign, person, share) == "control":
        assert arm(campaign, person, min(1, share + 0.1)) == "control"


def test_a_share_of_nothing_keeps_nobody_back() -> None:
    assert {arm("hello", person, 0) for person in PEOPLE} == {"show"}


def test_a_visitor_stays_in_one_arm_and_variant_for_good() -> None:
    # Values written down once: were they to change, every running experiment would be mixed up.
    people = ["mina-000000000001", "cho-0000000000002", "ana-0000000000003", "tomo-000000000004"]

    assert [arm("cart-saver", person, 0.5) for person in people] == [
        "control", "control", "show", "show",
    ]  # fmt: skip
    assert [variant("cart-saver", person, [1, 1]) for person in people] == [1, 1, 0, 0]


def test_variants_are_dealt_by_weight_whatever_the_arm() -> None:
    shown = [person for person in PEOPLE if arm("hello", person, 0.5) == "show"]

    first = sum(variant("hello", person, [3, 1]) == 0 for person in shown)

    assert first / len(shown) == pytest.approx(0.75, abs=0.05)
