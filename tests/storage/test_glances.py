"""The promises of plugin.storage.glances, on both engines."""

from __future__ import annotations

import pytest

from plugin.profile.profile import CartLine
from plugin.storage import glances, profiles
from plugin.storage.engine import Store
from tests.storage.little_shop import LittleShop


@pytest.fixture
def moon(store: Store, now: int) -> LittleShop:
    shop = LittleShop(store, now)
    shop.knows(
        "mina",
        affinities={"Bags": (2.5, now), "Home": (0.25, now - 1)},
        cart=(CartLine("bag", 2, 4_000), CartLine("mug", price=500, variant="blue")),
        cart_value_now=8_500,
    )
    return shop


def test_a_glance_says_what_all_of_the_profile_says(moon: LittleShop) -> None:
    with moon.store.read() as tx:
        found = profiles.find(tx, "mina")
        assert found is not None
        number, profile = found
        told = {name: tuple(one) for name, one in glances.affinities(tx, number).items()}
        assert told == profile.affinities != {}
        assert glances.cart(tx, number) == (
            {line.item_id for line in profile.cart},
            profile.cart_value_now,
        )
        assert glances.cart(tx, number) == ({"bag", "mug"}, 8_500)


@pytest.mark.parametrize("who", ["cho", None])
def test_of_whom_nothing_is_known_there_is_nothing_to_glance_at(
    moon: LittleShop, who: str | None
) -> None:
    number = moon.profile(who) if who else None
    with moon.store.read() as tx:
        assert glances.affinities(tx, number) == {}
        assert glances.cart(tx, number) == (frozenset(), 0)
