"""What is done by plugin.serve.acts, and that the proof holds whatever was done on its word."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from plugin.serve.acts import before, document_with, figures, next_act, stands
from plugin.serve.proof import Arms, rate_difference, share_of
from plugin.serve.verdict import (
    HURTS,
    NOT_KNOWN,
    SHOW_TO_90,
    TURN_OFF,
    WHEN_DECIDED,
    Counted,
    Span,
    judge,
    word_on,
)
from tests.serve.test_proof import A_DAY, DAYS, RUNS, drawn

RATE = 0.03
Change = Callable[[list[Span]], bool]


def acted(spans: list[Span]) -> str | None:
    """What the verdict does by itself; one that knows nothing, and costs more to make, nothing."""
    return next_act(judge(spans), ()) if word_on(spans) != NOT_KNOWN else None


def suggested(spans: list[Span]) -> bool:
    """The split is changed as the verdict suggests."""
    return acted(spans) == SHOW_TO_90


def lucky(spans: list[Span]) -> bool:
    """The split is changed by somebody who waits for a day on which it looks good by chance."""
    shown, control = spans[-1].shown, spans[-1].control
    if len(spans) > 1 or not control.reached:
        return False
    both = (shown.reached + control.reached) / (shown.visitors + control.visitors)
    scatter = (both * (1 - both) * (1 / shown.visitors + 1 / control.visitors)) ** 0.5
    return shown.reached / shown.visitors - control.reached / control.visitors > 1.65 * scatter


def looks(dice: random.Random, change: Change, lift: float = 0) -> Iterator[list[Span]]:
    """What is counted at the end of each day; from the day after ``change`` on, a tenth is kept in
    control.
    """
    spans = [Span(Counted(), Counted(), 0.5)]
    for _ in range(DAYS):
        if spans[-1].share != WHEN_DECIDED and change(spans):
            spans.append(Span(Counted(), Counted(), WHEN_DECIDED))
        share = spans[-1].share
        in_control = drawn(dice, A_DAY, share)
        spans[-1] = Span(
            _more(dice, spans[-1].shown, A_DAY - in_control, RATE * (1 + lift)),
            _more(dice, spans[-1].control, in_control, RATE),
            share,
        )
        yield list(spans)


def _more(dice: random.Random, arm: Counted, n: int, rate: float) -> Counted:
    return Counted(arm.visitors + n, arm.reached + drawn(dice, n, rate))


def rates(spans: list[Span]) -> list[Arms]:
    return [
        Arms(*(share_of(arm.visitors, arm.reached) for arm in (one.shown, one.control)))
        for one in spans
    ]


def test_who_acts_on_every_verdict_acts_for_nothing_in_one_of_twenty_at_most() -> None:
    dice, runs = random.Random(7), max(1_000, RUNS)
    fooled = sum(
        any(acted(spans) is not None for spans in looks(dice, suggested)) for _ in range(runs)
    )
    assert fooled <= 0.05 * runs, fooled / runs


def test_a_split_changed_on_a_lucky_day_makes_no_verdict_of_luck() -> None:
    dice, runs = random.Random(7), max(1_000, RUNS)
    changed = fooled = 0
    for _ in range(runs):
        spans, words = [], set()
        for spans in looks(dice, lucky):
            words.add(word_on(spans))
        changed += len(spans) > 1
        fooled += words != {NOT_KNOWN}
    assert changed > 0.2 * runs  # many have such a day
    assert fooled <= 0.05 * runs, fooled / runs


def test_after_the_split_was_changed_by_itself_the_truth_stays_in_the_interval() -> None:
    dice, runs, lift = random.Random(7), max(300, RUNS), 0.5
    changed = missed = hurts = 0
    for _ in range(runs):
        misses = False
        for spans in looks(dice, suggested, lift):
            found = rate_difference(rates(spans))
            misses |= found is not None and not found.low <= RATE * lift <= found.high
            hurts += word_on(spans) == HURTS
        changed += len(spans) > 1
        missed += misses
    assert changed > 0.9 * runs
    assert missed <= 0.05 * runs, missed / runs
    assert hurts == 0


HELPING = [Span(Counted(10_000, 500), Counted(10_000, 300), 0.5)]
HURTING = [Span(Counted(10_000, 300), Counted(10_000, 500), 0.5)]


@pytest.mark.parametrize(
    ("spans", "act"), [(HELPING, SHOW_TO_90), (HURTING, TURN_OFF)], ids=["helps", "hurts"]
)
def test_what_the_verdict_suggests_is_done_once(spans: list[Span], act: str) -> None:
    assert next_act(judge(spans), ()) == act
    assert next_act(judge(spans), {act}) is None


def test_what_an_act_changes_is_put_back_as_it_was() -> None:
    for body in ({"enabled": True}, {"enabled": True, "control_share": 0.3}):
        for act in (SHOW_TO_90, TURN_OFF):
            was = before(act, body)
            done = document_with(body, {"control_share": 0.1, "enabled": False})
            assert stands(act, done)
            assert not stands(act, body)
            assert document_with(body, was) == body


def test_the_figures_of_an_act_are_of_all_spans() -> None:
    told = figures(judge(HELPING * 2), HELPING * 2)
    assert (told.shown.visitors, told.control.reached) == (20_000, 600)
