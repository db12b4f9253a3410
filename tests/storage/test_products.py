"""The promises of plugin.storage.products and plugin.storage.marks, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugin.collect.event import Item
from plugin.serve.product import Product
from plugin.storage import items, marks, names, rankings
from plugin.storage.engine import Store, Tx
from plugin.storage.products import Catalogue

Change = Callable[[Tx, int], Any]
CHANGES: dict[str, Change] = {
    "sold out": lambda tx, now: items.upsert(
        tx, [{"item_id": "bag", "availability": "out_of_stock"}], now
    ),
    "another price": lambda tx, now: items.upsert(tx, [{"item_id": "bag", "price": 7}], now),
    "removed": lambda tx, now: items.remove(tx, "bag"),
    "new": lambda tx, now: items.upsert(tx, [{"item_id": "mug"}], now),
    "learnt": lambda tx, now: items.learn(tx, [(Item("lamp"), "KRW")], now),
    "learnt more": lambda tx, now: items.learn(tx, [(Item("hat", name="Hat"), "KRW")], now),
}
ASKED = ("bag", "mug", "lamp", "hat")


@pytest.fixture
def stocked(store: Store, now: int) -> Store:
    with store.write() as tx:
        items.upsert(tx, [{"item_id": "bag", "price": 5, "currency": "KRW"}], now)
        items.learn(tx, [(Item("hat"), "KRW")], now)
    return store


def products(store: Store) -> dict[str, Product]:
    with store.read() as tx:
        return Catalogue(store, tx, marks.look(tx)).products(ASKED)


@pytest.mark.parametrize("change", list(CHANGES))
def test_every_change_of_the_catalogue_counts_in_the_next_look(
    stocked: Store, change: str, now: int
) -> None:
    before = products(stocked)
    with stocked.write() as tx:
        CHANGES[change](tx, now + 1)
    with stocked.read() as tx:
        fresh = items.products(tx, ASKED)

    assert products(stocked) == fresh != before


@pytest.mark.parametrize("change", ["none", *CHANGES])
def test_what_ids_mean_is_what_the_names_of_the_catalogue_say(
    stocked: Store, change: str, now: int
) -> None:
    asked = ("bag", "hat", "gla_77", "77", "pages only", "bag", "cap")
    with stocked.write() as tx:
        items.upsert(tx, [{"item_id": "gla_77"}, {"item_id": "cap", "group_id": "77"}], now)
    meant(stocked, asked)
    if change != "none":
        with stocked.write() as tx:
            CHANGES[change](tx, now + 1)

    with stocked.read() as tx:
        fresh = names.as_catalogued(tx, asked)
    assert meant(stocked, asked) == meant(stocked, asked) == fresh
    assert fresh[:2] == ("bag", "hat")
    assert fresh[3] != "77"


def meant(store: Store, item_ids: tuple[str, ...]) -> tuple[str, ...]:
    with store.read() as tx:
        return Catalogue(store, tx, marks.look(tx)).named(item_ids)


def test_what_was_read_is_not_read_again_while_the_catalogue_stays_as_it_is(
    stocked: Store, now: int
) -> None:
    first = products(stocked)
    with stocked.write() as tx:
        items.learn(tx, [(Item("bag", name="A page's own name"), "KRW")], now + 1)

    assert products(stocked)["bag"] is first["bag"]


def test_a_change_that_was_undone_is_never_seen(stocked: Store, now: int) -> None:
    def change_and_fail(tx: Tx) -> None:
        items.upsert(tx, [{"item_id": "bag", "price": 9}], now + 1)
        Catalogue(stocked, tx, marks.look(tx)).products(ASKED)
        raise RuntimeError

    before = products(stocked)
    with pytest.raises(RuntimeError), stocked.write() as tx:
        change_and_fail(tx)

    assert products(stocked) == before


def test_a_list_is_made_anew_once_the_clocks_lists_or_the_catalogue_changed(
    stocked: Store, now: int
) -> None:
    made = []

    def look(also: int | None = None) -> None:
        with stocked.read() as tx:
            Catalogue(stocked, tx, marks.look(tx)).kept("best", lambda: made.append(1) or [], also)

    look()
    look()
    assert len(made) == 1
    with stocked.write() as tx:
        rankings.keep(tx, [])
    look()
    assert len(made) == 2
    look(also=7)
    look(also=7)
    assert len(made) == 3
    with stocked.write() as tx:
        items.remove(tx, "bag")
    look(also=7)
    assert len(made) == 4


def test_two_shops_never_share_what_was_read(stocked: Store, other_store: Store, now: int) -> None:
    with other_store.write() as tx:
        items.upsert(tx, [{"item_id": "bag", "price": 99}], now)

    assert products(stocked)["bag"].price == 5
    assert products(other_store)["bag"].price == 99
