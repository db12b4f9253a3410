"""The promises of plugin.serve.recommend.fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.serve.product import Product
from plugin.serve.recommend.fill import Filled, fill
from plugin.serve.recommend.offer import window_offer
from plugin.serve.recommend.strategies import STRATEGIES
from plugin.serve.recommend.window import Window, read_window

CATALOGUE = {
    name: Product(name, name.title(), f"/p/{name}", price=10, currency="KRW")
    for name in ("boots", "bag", "mug", "lamp", "scarf", "book")
} | {
    "hat": Product("hat", availability="out_of_stock"),
    "tea": Product("tea", availability="preorder"),
}


def filled(window: Window, shelves: Mapping[str, Sequence[str]], **more: Any) -> Filled:
    def products(ids: Sequence[str]) -> dict[str, Product]:
        return {name: CATALOGUE[name] for name in ids if name in CATALOGUE}

    return fill(window, lambda strategy: shelves.get(strategy, ()), products, **more)


def window(*strategies: str, **changes: Any) -> Window:
    return replace(read_window("w", {"strategies": list(strategies)}), **changes)


def test_the_first_strategy_with_enough_products_leads_and_no_other_joins_it() -> None:
    asked = window("recently_viewed", "bestsellers", min=2)

    result = filled(asked, {"recently_viewed": ["bag", "mug"], "bestsellers": ["lamp", "boots"]})

    assert result.item_ids == ("bag", "mug")
    assert result.strategy == "recently_viewed"


def test_a_strategy_with_too_few_products_is_passed_over() -> None:
    asked = window("recently_viewed", "bestsellers", min=3)

    result = filled(asked, {"recently_viewed": ["bag"], "bestsellers": ["lamp", "boots", "mug"]})

    assert result.item_ids == ("lamp", "boots", "mug")
    assert result.strategy == "bestsellers"


def test_when_none_has_enough_they_fill_up_together() -> None:
    asked = window("recently_viewed", "bestsellers", min=3)

    result = filled(asked, {"recently_viewed": ["bag"], "bestsellers": ["bag", "lamp", "mug"]})
    short = filled(asked, {"recently_viewed": ["bag"], "bestsellers": ["lamp", "mug"]})

    assert result.strategy == "bestsellers"
    assert short.item_ids == ("bag", "lamp", "mug")
    assert [pick.strategy for pick in short.picks] == ["recently_viewed", *["bestsellers"] * 2]
    assert short.strategy == "recently_viewed"


def test_a_window_that_cannot_reach_its_least_shows_nothing() -> None:
    result = filled(window("bestsellers", min=3), {"bestsellers": ["bag", "mug"]})

    assert result.picks == ()
    assert result.strategy == "bestsellers"


def test_pins_come_first_and_count() -> None:
    asked = window("bestsellers", min=3, max=3, pins=("book", "hat", "scarf"))

    result = filled(asked, {"bestsellers": ["scarf", "bag", "mug"]})

    assert result.item_ids == ("book", "scarf", "bag")
    assert [pick.strategy for pick in result.picks] == ["pins", "pins", "bestsellers"]


def test_a_ban_beats_a_pin() -> None:
    result = filled(window("bestsellers", pins=("bag",), bans=("bag",)), {"bestsellers": ["bag"]})

    assert result.picks == ()


def test_what_is_sold_out_makes_room_for_the_next_and_a_preorder_may_show() -> None:
    result = filled(window("bestsellers", max=2), {"bestsellers": ["hat", "tea", "gone", "bag"]})

    assert result.item_ids == ("tea", "bag")


def test_what_lies_in_the_cart_is_left_out_even_when_pinned() -> None:
    asked = window("bestsellers", pins=("bag",))

    result = filled(asked, {"bestsellers": ["bag", "mug"]}, leave_out={"bag"})

    assert result.item_ids == ("mug",)


def test_fewer_are_given_when_fewer_are_asked_for() -> None:
    asked = window("bestsellers", min=4)

    assert filled(asked, {"bestsellers": ["bag", "mug", "lamp"]}, limit=2).item_ids == (
        "bag",
        "mug",
    )


def test_a_visitor_in_control_gets_an_empty_window() -> None:
    asked = window("bestsellers", title="For today")

    assert window_offer(asked, None, "en") == {"title": "", "items": [], "arm": "control"}


def test_a_window_is_offered_with_its_title_and_reasons_in_the_shoppers_language() -> None:
    asked = window(
        "bestsellers", title={"en": "Today", "ko": "오늘"}, pins=("book",), selector="#main"
    )

    offer = window_offer(asked, filled(asked, {"bestsellers": ["bag"]}), "ko-KR")

    assert offer["title"] == "오늘"
    assert [(item["item_id"], item["reason"]) for item in offer["items"]] == [
        ("book", "추천"), ("bag", "베스트셀러"),
    ]  # fmt: skip
    assert offer["placement"] == {"selector": "#main", "position": "append"}


NAMES = st.lists(st.sampled_from([*CATALOGUE, "gone"]), max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    shelves=st.dictionaries(st.sampled_from(list(STRATEGIES)), NAMES),
    chain=st.lists(st.sampled_from(list(STRATEGIES)), min_size=1, max_size=4, unique=True),
    pins=NAMES,
    bans=NAMES,
    cart=NAMES,
    least=st.integers(1, 5),
    spare=st.integers(0, 5),
    limit=st.none() | st.integers(1, 8),
)
def test_whatever_is_asked_a_window_keeps_its_laws(
    shelves: dict[str, list[str]],
    chain: list[str],
    pins: list[str],
    bans: list[str],
    cart: list[str],
    least: int,
    spare: int,
    limit: int | None,
) -> None:
    asked = window(
        *chain, pins=tuple(dict.fromkeys(pins)), bans=tuple(bans), min=least, max=least + spare
    )

    ids = filled(asked, shelves, leave_out=set(cart), limit=limit).item_ids

    most = asked.max if limit is None else min(asked.max, limit)
    need = min(least, most)
    barred = {*bans, *cart, "hat", "gone"}
    may_show = {*pins, *(name for strategy in chain for name in shelves.get(strategy, ()))} - barred
    assert len(set(ids)) == len(ids) <= most
    assert set(ids) <= may_show
    # Never short while there are candidates, never a window with less than its least.
    assert len(ids) >= need if len(may_show) >= need else ids == ()
    pinned = [name for name in dict.fromkeys(pins) if name not in barred][:most]
    assert not ids or list(ids[: len(pinned)]) == pinned
