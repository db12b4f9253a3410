"""Adopting: once is as good as twice, an owner's rule stays, the ladder holds everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.errors import DocumentRefused, NotFound
from plugin.journey import STEPS
from plugin.journey.adopt import ladder_standing, standing
from plugin.segment.rule import read_rule
from plugin.segment.templates import template_called
from plugin.segment.templates.ladder import RUNGS, ladder_values
from plugin.shop import DAY, Shop
from plugin.storage import rules, segments
from plugin.storage.engine import Store

NAMES = {rung.key: rung.name.en for rung in RUNGS}
CROWD = 60


class Desk:
    """A shop whose owner adopts templates."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now = store, shop, now

    def step(self, name: str, /, **args: Any) -> Any:
        with self.store.write() as tx:
            return STEPS[name](tx, self.shop, **args)

    def adopt(self, key: str, name: str = "Mine", **more: Any) -> list[str]:
        found: list[str] = self.step(
            "adopt", wanted=[{"key": key, "name": name, **more}], now=self.now
        )
        return found

    def ladder(self, restore: bool = False, **thresholds: float) -> list[str]:
        words = {"names": NAMES, "thresholds": thresholds, "restore": restore}
        found: list[str] = self.step("adopt_ladder", now=self.now, **words)
        return found

    def put(self, slug: str, rule: Any) -> None:
        words = {"slug": slug, "name": slug, "rule": rule, "enabled": True}
        self.step("put_segment", now=self.now, **words)

    def saved(self) -> Mapping[str, segments.Segment]:
        with self.store.read() as tx:
            return {one.slug: one for one in segments.definitions(tx)}


@pytest.fixture
def desk(store: Store, shop: Shop, now: int) -> Desk:
    return Desk(store, shop, now)


def test_a_template_becomes_an_ordinary_segment_with_the_chosen_numbers(desk: Desk) -> None:
    assert desk.adopt("window-shoppers", "아이쇼핑형", thresholds={"views": 4}) == [
        "window-shoppers"
    ]
    one = desk.saved()["window-shoppers"]
    assert (one.name, one.kind, one.enabled) == ("아이쇼핑형", "rule", True)
    assert one.rule["all"][0] == {"trait": "product_views_30d", "op": ">=", "value": 4}
    assert standing(template_called("window-shoppers"), desk.saved()).values == {"views": 4}


def test_adopting_twice_changes_nothing_and_an_edited_one_stays(desk: Desk) -> None:
    desk.adopt("first-visit")
    desk.put("first-visit", {"everyone": True})
    assert desk.adopt("first-visit", "Again") == []
    one = desk.saved()["first-visit"]
    assert (one.name, one.rule, one.version) == ("first-visit", {"everyone": True}, 2)
    assert standing(template_called("first-visit"), desk.saved()).values is None


def test_of_several_wishes_one_that_cannot_be_leaves_all_undone(desk: Desk) -> None:
    wanted = [{"key": "first-visit", "name": "First"}, {"key": "nobody", "name": "Nobody"}]
    with pytest.raises(NotFound):
        desk.step("adopt", wanted=wanted, now=desk.now)
    assert desk.saved() == {}


def test_the_ladder_is_adopted_whole_and_its_thresholds_are_set_together(desk: Desk) -> None:
    assert desk.ladder() == list(NAMES)
    assert ladder_standing(desk.saved()).values == ladder_values()
    assert desk.ladder() == []
    assert set(desk.ladder(lost_days=400)) == {"ladder-lapsed", "ladder-lost"}
    assert desk.ladder(dormant_days=14)[-1] == "ladder-dormant"
    # What was set before stays.
    kept = ladder_values({"lost_days": 400, "dormant_days": 14})
    assert ladder_standing(desk.saved()).values == kept


def test_a_rung_changed_by_hand_is_put_back_only_when_asked(desk: Desk) -> None:
    desk.ladder()
    desk.put("ladder-lost", {"everyone": True})
    stands = ladder_standing(desk.saved())
    assert (stands.values, stands.changed) == (None, ("ladder-lost",))
    with pytest.raises(DocumentRefused, match="changed by hand: ladder-lost"):
        desk.ladder()
    assert desk.ladder(restore=True) == ["ladder-lost"]
    assert ladder_standing(desk.saved()).values == ladder_values()


def test_a_rung_that_was_removed_comes_back_with_the_ladders_own_numbers(desk: Desk) -> None:
    desk.ladder(lost_days=500)
    desk.step("delete_segment", slug="ladder-lost")
    assert desk.ladder() == ["ladder-lost"]
    assert ladder_standing(desk.saved()).values == ladder_values({"lost_days": 500})


def test_everybody_is_on_exactly_one_rung_now_and_later(desk: Desk) -> None:
    rolls = Random(5)
    for number in range(CROWD):
        events = list(life(rolls, f"mina-{number:016d}", desk.now))
        desk.step("collect", events=events)
    desk.ladder()
    journey.bring_up_to_date(desk.store, desk.shop, desk.now)
    values = ladder_values()
    with desk.store.read() as tx:
        everybody = {row["id"] for row in tx.all("select id from profiles")}
        found = Counter(p for rung in RUNGS for p in segments.member_ids(tx, rung.key))
        assert found == dict.fromkeys(everybody, 1)
        for later in (0, 45 * DAY, 150 * DAY, 400 * DAY):
            found = Counter()
            for rung in RUNGS:
                rule = read_rule(rung.rule(values))
                found.update(rules.matching_profiles(tx, rule, desk.now + later, desk.shop))
            assert found == dict.fromkeys(everybody, 1)


def life(rolls: Random, visitor: str, now: int) -> Any:
    """Some visits and orders of up to 500 days, or of the last days alone."""
    span = rolls.choice((3 * DAY, 60 * DAY, 500 * DAY))
    for number in range(rolls.choice((1, 1, 2, 5))):
        at = now - rolls.randrange(span)
        yield Event(f"{visitor}-view-{number}", visitor, "page_view", at, now)
    for number in range(rolls.choice((0, 0, 1, 2, 4))):
        at = now - rolls.randrange(span)
        order = f"{visitor}-{number}"
        yield Event(
            f"{order}-buy", visitor, "purchase", at, now,
            currency="KRW", value=9_000, transaction_id=order,
        )  # fmt: skip
