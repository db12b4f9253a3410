"""What the owner said of the shop, as rules ask it: each a visitor's story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.collect.event import Item
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import read_rule
from plugin.shop import HOUR, Manners, Shop
from tests.segment.test_traits import asked, did, of

SAID = {
    "home_country": "KR",
    "store_cities": ["Seoul", "Großstadt"],
    "slow_regions": ["제주", "Okinawa"],
    "free_shipping_from": 50_000,
}


@pytest.fixture
def told(shop: Shop) -> Shop:
    """The shop, of which its owner said all of it."""
    return replace(shop, settings=dict(SAID))


@pytest.mark.parametrize(
    ("country", "home"), [("KR", True), ("kr", True), ("JP", False), ("Korea", None), (None, None)]
)
def test_home_is_the_shops_own_country(
    country: str | None, home: bool | None, now: int, told: Shop
) -> None:
    params = {} if country is None else {"country": country}
    assert asked("is_home_country", told, now, did("page_view", now, **params)) is home


@pytest.mark.parametrize(
    ("city", "near"),
    [("ｓｅｏｕｌ", True), ("GROSSSTADT", True), ("Busan", False), ("", None)],  # noqa: RUF001
)
def test_a_city_is_compared_in_one_form(city: str, near: bool | None, now: int, told: Shop) -> None:
    assert asked("in_store_city", told, now, did("identify", now, city=city)) is near


def test_a_region_waits_longer_where_the_owner_says_so(now: int, told: Shop) -> None:
    name = "in_slow_delivery_region"
    assert asked(name, told, now, did("identify", now, region="제주 ")) is True
    assert asked(name, told, now, did("identify", now, region="Seoul")) is False
    assert asked(name, told, now, did("identify", now, city="제주")) is None


@pytest.mark.parametrize(("price", "gap"), [(40_000, 0.2), (50_000, 0), (75_000, -0.5)])
def test_the_gap_is_what_the_cart_lacks(price: int, gap: float, now: int, told: Shop) -> None:
    cart = did("add_to_cart", now, Item("boots", price=price))
    assert asked("free_ship_gap_ratio", told, now, cart) == pytest.approx(gap)


def test_without_a_cart_there_is_no_gap(now: int, told: Shop) -> None:
    boots = Item("boots", price=40_000)
    cart = [did("add_to_cart", now - HOUR, boots), did("remove_from_cart", now, boots)]
    assert asked("free_ship_gap_ratio", told, now, *cart) is None


def test_what_the_owner_did_not_say_is_unset_or_empty(now: int, shop: Shop) -> None:
    cart = did("add_to_cart", now, Item("boots", price=40_000))
    at_home = did("page_view", now, country="KR")
    city = did("identify", now, city="Seoul")
    assert asked("is_home_country", shop, now, at_home) is None
    assert asked("free_ship_gap_ratio", shop, now, cart) is None
    assert asked("in_store_city", shop, now, city) is False


@pytest.mark.parametrize("wrong", [0, -5, True, "50000", None, []])
def test_a_setting_that_is_no_amount_says_nothing(wrong: Any, shop: Shop) -> None:
    assert replace(shop, settings={"free_shipping_from": wrong}).manners == Manners()


def test_a_rule_is_asked_by_the_newest_word(now: int, shop: Shop, told: Shop) -> None:
    rule = read_rule({"trait": "is_home_country", "op": "is", "value": True})
    cho = of(shop, did("page_view", now, country="JP"))
    assert [evaluate(rule, cho, now, one).holds for one in (shop, told)] == [False, False]
    moved = replace(told, settings={"home_country": "JP"})
    assert evaluate(rule, cho, now, moved).holds
