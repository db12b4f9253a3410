"""A pass over the segments and an edit of one of them may meet."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from plugin import journey
from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.shop import Shop
from plugin.storage import segments
from plugin.storage.engine import Store

CHO = "cho-0123456789abcdef"
LOOKS, BUYS = (
    {"event": name, "measure": "count", "op": ">=", "value": 1}
    for name in ("view_item", "purchase")
)


def test_an_edit_that_comes_while_a_pass_decides_is_not_lost(
    store: Store, shop: Shop, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(rule: Any) -> None:
        with store.write() as tx:
            STEPS["put_segment"](
                tx, shop, slug="fans", name="Fans", rule=rule, enabled=True, now=now
            )

    save(BUYS)
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=[Event("view-0001", CHO, "view_item", now, now)])
    deciding = sys.modules["plugin.journey.decide"]
    decide, edits = deciding.verdicts, [LOOKS]

    def meanwhile(*args: Any) -> Any:
        if edits:
            save(edits.pop())
        return decide(*args)

    monkeypatch.setattr(deciding, "verdicts", meanwhile)
    journey.bring_up_to_date(store, shop, now)
    with store.read() as tx:
        assert [row["visitor_id"] for row in segments.members(tx, "fans", 9)[0]] == [CHO]
