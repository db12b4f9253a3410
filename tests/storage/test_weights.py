"""Weights that a shop's replay found are kept until others are, or the program's lists change."""

from __future__ import annotations

from plugin.storage import weights
from plugin.storage.engine import Store


def test_a_shop_ranks_as_shipped_until_it_keeps_weights(store: Store) -> None:
    with store.read() as tx:
        assert weights.kept(tx, form=4) == {}


def test_the_weights_kept_last_count(store: Store) -> None:
    with store.write() as tx:
        weights.keep(tx, {"by_table": 0.5}, form=4)
        weights.keep(tx, {"by_table": 0.25, "by_follow": 0.0}, form=4)
        assert weights.kept(tx, form=4) == {"by_table": 0.25, "by_follow": 0.0}


def test_weights_found_with_other_lists_are_passed_over(store: Store) -> None:
    with store.write() as tx:
        weights.keep(tx, {"by_table": 0.5}, form=4)
        assert weights.kept(tx, form=5) == {}


def test_no_weights_are_those_that_are_shipped(store: Store) -> None:
    with store.write() as tx:
        weights.keep(tx, {"by_table": 0.5}, form=4)
        weights.keep(tx, {}, form=4)
        assert weights.kept(tx, form=4) == {}
