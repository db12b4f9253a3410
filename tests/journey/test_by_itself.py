"""What a verdict does by itself to a popup or window, and how it is taken back, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused, NotFound
from plugin.journey.by_itself import undo_act
from plugin.journey.edits import put_campaign
from plugin.journey.proof import keep_outcomes
from plugin.serve.acts import Figures
from plugin.serve.verdict import HURTS, SHOW_TO_90, TURN_OFF
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import acts, campaigns, proof
from plugin.storage.acts import Act
from plugin.storage.engine import Row, Store
from tests.crowds import Crowd

POPUP = {
    "trigger": {"on": "exit"},
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
    "auto": True,
}


class Stage:
    """A shop with one popup, which crowds meet at one moment a day."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now = store, shop, now
        self._crowd = Crowd(store, shop.currency)

    def puts(self, **keys: Any) -> None:
        """The owner saves the popup."""
        body = {**POPUP, **keys}
        with self.store.write() as tx:
            put_campaign(tx, self.shop, "popup", "hello", body, body.get("enabled", True), self.now)

    def meet(self, arm: str, visitors: int, orders: int) -> None:
        """``visitors`` meet it now, the first ``orders`` of them buy."""
        self._crowd.meets(arm, visitors, orders, self.now)
        self.now += HOUR

    def helps(self) -> None:
        self.meet("show", 2_000, 200)
        self.meet("control", 2_000, 100)

    def hurts(self) -> None:
        self.meet("show", 2_000, 100)
        self.meet("control", 2_000, 200)

    def strike(self) -> str:
        """The clock strikes an hour later; what the job says of it."""
        self.now += HOUR
        return keep_outcomes(self.store, self.shop, self.now)

    def undo(self, seq: int) -> None:
        with self.store.write() as tx:
            undo_act(tx, self.shop, "popup", "hello", seq, self.now)

    @property
    def popup(self) -> Row:
        with self.store.read() as tx:
            found = campaigns.get(tx, "popup", "hello")
        assert found is not None
        return found

    @property
    def acts(self) -> list[Act]:
        with self.store.read() as tx:
            return acts.of_campaign(tx, "popup", "hello")


@pytest.fixture
def stage(store: Store, shop: Shop, now: int) -> Stage:
    made = Stage(store, shop, now)
    made.puts()
    return made


def test_what_helps_is_shown_to_nine_of_ten_and_a_new_span_begins(stage: Stage) -> None:
    stage.helps()
    assert stage.strike().endswith("; popup hello: show_to_90")
    assert stage.popup["body"]["control_share"] == 0.1
    with stage.store.read() as tx:
        found = proof.outcome(tx, stage.popup, stage.now + 1, stage.shop.currency, 0.1)
    assert [span.share for span in found.spans] == [0.5, 0.1]


def test_what_hurts_is_turned_off(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    assert not stage.popup["enabled"]
    assert stage.popup["body"]["auto"]


def test_what_was_done_is_told_with_the_figures_of_that_time(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    at = stage.now
    stage.meet("show", 2_000, 1_000)
    [done] = stage.acts
    assert (done.act, done.at, done.undone_at) == (TURN_OFF, at, None)
    told: Figures = done.figures
    assert (told.word, told.shown.reached, told.control.reached) == (HURTS, 100, 200)
    assert told.goals is not None
    assert told.goals.value == pytest.approx(-50)


def test_nothing_is_done_where_the_owner_does_not_let_it(stage: Stage) -> None:
    stage.puts(auto=False)
    stage.hurts()
    stage.strike()
    assert (stage.acts, stage.popup["enabled"]) == ([], True)


def test_nothing_is_done_on_what_is_not_known(stage: Stage) -> None:
    stage.meet("show", 2_000, 110)
    stage.meet("control", 2_000, 100)
    stage.strike()
    assert (stage.acts, stage.popup["enabled"]) == ([], True)


def test_nothing_is_done_where_the_proof_cannot_be_trusted(stage: Stage) -> None:
    stage.meet("show", 2_500, 100)
    stage.meet("control", 1_500, 200)
    stage.strike()
    assert stage.acts == []


def test_the_owner_takes_it_back_and_it_is_not_done_again(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    stage.undo(stage.acts[0].seq)
    assert stage.popup["enabled"]
    for _ in range(3):
        stage.strike()
    assert stage.popup["enabled"]
    assert [one.undone_at is not None for one in stage.acts] == [True]


def test_taking_back_leaves_the_split_as_it_was_named_or_not(stage: Stage) -> None:
    stage.helps()
    stage.strike()
    stage.undo(stage.acts[0].seq)
    assert "control_share" not in stage.popup["body"]


def test_an_owner_who_turns_it_on_without_taking_back_is_not_overruled(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    stage.puts(enabled=True)
    stage.strike()
    assert stage.popup["enabled"]


def test_letting_it_act_anew_lets_it_do_the_same_again(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    stage.puts(auto=False)
    stage.puts(auto=True)
    stage.strike()
    assert not stage.popup["enabled"]
    assert [one.act for one in stage.acts] == [TURN_OFF, TURN_OFF]


def test_what_helped_and_then_hurts_is_turned_off(stage: Stage) -> None:
    stage.helps()
    stage.strike()
    stage.now += DAY
    stage.meet("show", 9_000, 100)
    stage.meet("control", 1_000, 300)
    stage.strike()
    assert [one.act for one in stage.acts] == [TURN_OFF, SHOW_TO_90]
    assert not stage.popup["enabled"]


def test_what_was_changed_since_is_not_taken_back(stage: Stage) -> None:
    stage.helps()
    stage.strike()
    stage.puts(control_share=0.3)
    with pytest.raises(DocumentRefused, match="changed since"):
        stage.undo(stage.acts[0].seq)
    assert stage.popup["body"]["control_share"] == 0.3


def test_nothing_is_taken_back_twice_or_of_another_campaign(stage: Stage) -> None:
    stage.hurts()
    stage.strike()
    seq = stage.acts[0].seq
    with pytest.raises(NotFound), stage.store.write() as tx:
        undo_act(tx, stage.shop, "window", "hello", seq, stage.now)
    stage.undo(seq)
    stage.puts(enabled=False)
    with pytest.raises(DocumentRefused):
        stage.undo(seq)


def test_a_document_that_cannot_be_read_keeps_no_other_from_acting(stage: Stage) -> None:
    stage.hurts()
    with stage.store.write() as tx:
        campaigns.put(tx, "popup", "an-old-one", {"auto": True, "gone": 1}, True, stage.now)
        body = {**stage.popup["body"], "audience": {"segment": "gone"}}
        campaigns.put(tx, "popup", "hello", body, True, stage.now)
    assert stage.strike().startswith("2 popups and windows counted")
    assert stage.popup["enabled"]
