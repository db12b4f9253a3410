"""The promises of plugin.serve.recommend.gauge: is there enough, and how is it said?"""

from __future__ import annotations

import pytest

from plugin.serve.recommend.gauge import NEEDS, UNITS, gauge_of, sentence
from plugin.serve.recommend.strategies import STRATEGIES

# As the contract lists them.
CONTRACT = [
    "bestsellers", "trending", "new_arrivals", "offers", "recently_viewed", "viewed_together",
    "bought_together", "similar", "for_you", "segment_favourites", "cart_complements",
    "free_shipping_gap", "buy_again", "back_in_stock",
]  # fmt: skip


def test_every_strategy_of_the_contract_has_a_gauge() -> None:
    assert list(NEEDS) == CONTRACT
    assert set(NEEDS) == set(STRATEGIES)


def test_it_is_enough_from_what_is_needed_on_and_not_counted_further() -> None:
    gauges = [gauge_of("bought_together", {"baskets": many}) for many in (29, 30, 31)]

    assert [one.enough for one in gauges] == [False, True, True]
    assert [one.has for one in gauges] == [29, 30, 30]


def test_what_was_not_counted_is_not_there() -> None:
    assert gauge_of("offers", {}).has == 0


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
@pytest.mark.parametrize("unit", sorted(UNITS))
def test_each_unit_is_said_in_each_language_with_its_numbers(unit: str, language: str) -> None:
    strategy, needs = next((name, needs) for name, (needs, of) in NEEDS.items() if of == unit)
    said = sentence(gauge_of(strategy, {unit: needs - 1}), language)

    assert str(needs) in said
    assert str(needs - 1) in said
    assert UNITS[unit][language] in said  # type: ignore[index]
