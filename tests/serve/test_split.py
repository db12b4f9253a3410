"""The alarm of plugin.serve.split rings for wrong splits and hardly ever for right ones."""

from __future__ import annotations

import random

import pytest

from plugin.serve.split import Split, evidence, is_off

VISITORS, LOOKS = 20_000, 40


def rings(dice: random.Random, dealt: float, share: float) -> bool:
    """Whether the alarm rings at any look while ``dealt`` of visitors come into control."""
    control = 0
    for look in range(1, LOOKS + 1):
        step = VISITORS // LOOKS
        control += sum(dice.random() < dealt for _ in range(step))
        if is_off([Split(look * step - control, control, share)]):
            return True
    return False


def test_a_right_split_rings_in_one_of_a_hundred_campaigns_at_most() -> None:
    dice = random.Random(7)
    assert sum(rings(dice, 0.1, 0.1) for _ in range(100)) <= 1


def test_twelve_instead_of_ten_in_a_hundred_is_noticed() -> None:
    dice = random.Random(7)
    assert all(rings(dice, 0.12, 0.1) for _ in range(20))


def test_spans_are_looked_at_together() -> None:
    # Neither is enough by itself; the same lean in both is.
    one = Split(1_060, 940, 0.5)
    assert not is_off([one])
    assert is_off([one] * 5)


@pytest.mark.parametrize("share", [0, 1])
def test_where_nobody_is_to_be_dealt_nothing_can_be_off(share: float) -> None:
    assert evidence(Split(500, 20, share)) == 0


def test_nobody_yet_is_no_evidence() -> None:
    assert evidence(Split(0, 0, 0.5)) == pytest.approx(0)
