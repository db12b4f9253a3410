"""What the clock counts ahead of popups and windows, on both engines."""

from __future__ import annotations

import pytest

from plugin.journey import proof as counting
from plugin.journey.proof import keep_outcomes
from plugin.shop import HOUR, Shop
from plugin.storage import campaigns, proof
from plugin.storage.engine import Store

POPUP = {"trigger": {"on": "exit"}, "variants": []}
CHO = "insert into profiles (visitor_id) values ('cho') returning id"
MET = """
insert into exposures (kind, slug, profile, arm, first_at, last_at, views)
values ('popup', 'hello', :profile, 'show', :at, :at, 1)
"""


def shown_to(store: Store, shop: Shop, now: int) -> int:
    """How many the popup was shown to, as its page says."""
    with store.read() as tx:
        row = campaigns.get(tx, "popup", "hello")
        assert row is not None
        return proof.known_outcome(tx, row, now, shop.currency, 0.5).shown.visitors


@pytest.fixture
def hello(store: Store, now: int) -> Store:
    """A shop with one popup that nobody has met yet."""
    with store.write() as tx:
        campaigns.put(tx, "popup", "hello", POPUP, True, now)
    return store


def meets(store: Store, at: int) -> None:
    with store.write() as tx:
        tx.run(MET, profile=tx.value(CHO), at=at)


def test_what_is_counted_in_no_time_is_counted_when_it_is_asked_for(
    hello: Store, shop: Shop, now: int
) -> None:
    assert keep_outcomes(hello, shop, now) == "1 popups and windows counted, 0 kept"
    meets(hello, now)
    assert shown_to(hello, shop, now + HOUR) == 1


def test_what_takes_long_is_told_as_the_clock_counted_it(
    hello: Store, shop: Shop, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SOON_S", -1)
    assert keep_outcomes(hello, shop, now) == "1 popups and windows counted, 1 kept"
    meets(hello, now)
    assert shown_to(hello, shop, now + HOUR) == 0
    keep_outcomes(hello, shop, now + HOUR)
    assert shown_to(hello, shop, now + HOUR) == 1
