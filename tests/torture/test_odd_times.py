"""Events that come late, twice, from the future or from long ago: kept, and counted rightly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rig.clients import HEADERS, PEOPLE, Parcels
from rig.inside import NOON, Inside
from rig.ledger import rebuilt

from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import profiles

MINA = PEOPLE[0]
AHEAD, OLD = 5 * MINUTE, 30 * DAY
ODD = "select event_id, at, received_at, adjusted from events order by event_id"


def view(number: int, at: int) -> dict[str, Any]:
    """A page view at ``at``."""
    return {"name": "page_view", "event_id": f"event-{number:06d}", "timestamp": at, "params": {}}


def tell(inside: Inside, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the shop answers to mina's ``events``."""
    data = {"key": inside.shop.public_key, "visitor_id": MINA, "events": list(events)}
    answer = inside.client().post("/v1/visit", data=json.dumps(data), headers=HEADERS)
    assert answer.status_code == 200
    return dict(answer.get_json())


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (NOON, True),
        (NOON + AHEAD, True),
        (NOON + AHEAD + 1, False),
        (NOON + 400 * DAY, False),
        (NOON - OLD, True),
        (NOON - OLD - 1, False),
        (0, False),
    ],
)
def test_a_time_that_cannot_be_believed_counts_as_now_and_is_flagged(
    inside: Inside, at: int, believed: bool
) -> None:
    assert tell(inside, [view(1, at)])["accepted"] == 1
    with inside.store().read() as tx:
        (row,) = tx.tuples(ODD)
    assert row == ("event-000001", at if believed else NOON, NOON, int(not believed))
    assert rebuilt(inside.house, "moon") == []


def a_day(dice: Random) -> list[dict[str, Any]]:
    """What mina did, in order: with times late, ancient and ahead among them."""
    made, events = Parcels("none", seed=4), list[dict[str, Any]]()
    while len(events) < 60:
        events += made.next(NOON).events
    odd = (0, -MINUTE, -HOUR, -DAY, -29 * DAY, -31 * DAY, -400 * DAY, MINUTE, 6 * MINUTE, 2 * DAY)
    dated = [event | {"timestamp": NOON + dice.choice(odd)} for event in events]
    return sorted(dated, key=lambda event: event["timestamp"])


def kept(folder: Path, batches: Sequence[Sequence[dict[str, Any]]]) -> Any:
    """Mina's profile in a fresh installation that was told ``batches``, and is as its log tells."""
    inside = Inside(folder)
    try:
        for batch in batches:
            tell(inside, batch)
        with inside.store().read() as tx:
            found = profiles.find(tx, MINA)
        assert rebuilt(inside.house, "moon") == []
        assert found is not None
        return found[1]
    finally:
        inside.close()


def in_batches(events: Sequence[dict[str, Any]], size: int) -> list[Sequence[dict[str, Any]]]:
    """The events, ``size`` at a time."""
    return [events[start : start + size] for start in range(0, len(events), size)]


@pytest.mark.parametrize("seed", range(3))
def test_events_in_any_order_and_told_twice_make_the_same_profile(
    tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    day = a_day(dice)
    muddled = dice.sample([*day, *dice.sample(day, 20)], len(day) + 20)
    in_order = kept(tmp_path / "in-order", in_batches(day, 10))
    assert in_order.pageviews_total == sum(event["name"] == "page_view" for event in day)
    assert kept(tmp_path / "muddled", in_batches(muddled, 7)) == in_order
