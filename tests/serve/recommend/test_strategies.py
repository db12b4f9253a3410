"""The promises of plugin.serve.recommend.strategies."""

from __future__ import annotations

import pytest

from plugin.errors import DocumentRefused
from plugin.serve.recommend.strategies import (
    PINS,
    STRATEGIES,
    strategy_named,
    via_of,
)

CONTRACT = """
bestsellers trending new_arrivals offers recently_viewed viewed_together bought_together similar
for_you segment_favourites cart_complements free_shipping_gap buy_again back_in_stock
"""


def test_every_strategy_of_the_contract_is_there() -> None:
    assert sorted(STRATEGIES) == sorted(CONTRACT.split())


def test_a_reason_is_there_in_every_language_and_names_no_segment() -> None:
    for strategy in STRATEGIES.values():
        assert isinstance(strategy.reason, dict)
        assert set(strategy.reason) == {"en", "ko", "ja"}
        assert "segment" not in strategy.reason["en"].lower()


def test_every_strategy_has_a_short_code_of_its_own() -> None:
    codes = [via_of(name) for name in (*STRATEGIES, PINS)]

    assert len(set(codes)) == len(codes)
    assert all(len(code) == 2 for code in codes)


def test_what_stands_in_for_a_strategy_is_a_strategy() -> None:
    for strategy in STRATEGIES.values():
        assert set(strategy.cold) <= set(STRATEGIES) - {strategy.name}


def test_a_strategy_is_found_by_name_or_the_trouble_is_named() -> None:
    assert strategy_named("bestsellers").name == "bestsellers"
    with pytest.raises(DocumentRefused, match="unknown strategy 'magic'"):
        strategy_named("magic")
