"""The promises of plugin.serve.recommend.fill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.serve.product import Product
from plugin.serve.recommend.boost import Boost
from plugin.serve.recommend.diversity import Diversity
from plugin.serve.recommend.fill import Filled, Turn, fill
from plugin.serve.recommend.filters import Filters
from plugin.serve.recommend.offer import window_offer
from plugin.serve.recommend.strategies import STRATEGIES
from plugin.serve.recommend.window import Window, bare_window, read_window

CATALOGUE = {
    name: Product(name, name.title(), f"/p/{name}", price=10, currency="KRW")
    for name in ("boots", "bag", "mug", "lamp", "scarf", "book")
} | {
    "hat": Product("hat", availability="out_of_stock"),
    "tea": Product("tea", availability="preorder"),
}


def filled(
    window: Window,
    shelves: Mapping[str, Sequence[str]],
    catalogue: Mapping[str, Product] = CATALOGUE,
    **more: Any,
) -> Filled:
    def products(ids: Sequence[str]) -> dict[str, Product]:
        return {name: catalogue[name] for name in ids if name in catalogue}

    return fill(window, lambda strategy: shelves.get(strategy, ()), products, **more)


def window(*strategies: str, **changes: Any) -> Window:
    return replace(read_window("w", {"strategies": list(strategies)}), **changes)


def branded(**brands: str) -> dict[str, Product]:
    return {name: Product(name, brand=brand) for name, brand in brands.items()}


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

    result = filled(asked, {"bestsellers": ["bag", "mug"]}, barred=[("in_cart", {"bag"})])

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
    assert [item["via"] for item in offer["items"]] == ["pi", "bs"]
    assert offer["placement"] == {"selector": "#main", "position": "append"}


def test_a_bare_strategy_is_filled_up_by_what_stands_in_for_it() -> None:
    result = filled(
        bare_window("viewed_together", 4),
        {"viewed_together": ["bag"], "similar": ["mug", "bag"], "bestsellers": ["lamp", "scarf"]},
    )

    assert result.item_ids == ("bag", "mug", "lamp", "scarf")
    assert result.strategy == "viewed_together"


def test_a_boost_of_two_halves_a_place_and_pins_stay_first() -> None:
    asked = window("bestsellers", pins=("scarf",), boosts=(Boost("item_id", "lamp", 4),))

    result = filled(asked, {"bestsellers": ["bag", "mug", "book", "lamp", "boots"]})

    assert result.item_ids == ("scarf", "bag", "lamp", "mug", "book", "boots")
    assert [(pick.place, pick.boost) for pick in result.picks[1:3]] == [(1, 1.0), (4, 4.0)]


def test_a_cap_on_a_brand_lets_others_in_and_counts_the_pins() -> None:
    asked = window("bestsellers", max=3, pins=("bag",), diversity=Diversity(brand=2))
    catalogue = branded(bag="Pine", mug="Pine", lamp="Pine", book="Oak")

    result = filled(asked, {"bestsellers": ["mug", "lamp", "book"]}, catalogue)

    assert result.item_ids == ("bag", "mug", "book")
    assert [(one.item_id, one.why) for one in result.left_out] == [("lamp", "diversity")]


def test_caps_give_way_only_where_the_window_would_fall_below_its_least() -> None:
    catalogue = branded(bag="Pine", mug="Pine", lamp="Pine", book="Oak")
    shelves = {"bestsellers": ["bag", "mug", "lamp", "book"]}

    asked = window("bestsellers", min=3, max=4, diversity=Diversity(brand=1))

    assert filled(asked, shelves, catalogue).item_ids == ("bag", "book", "mug")


def test_whatever_is_left_out_says_why() -> None:
    asked = window("bestsellers", bans=("mug",), pins=("hat",), filters=Filters(brand=("Pine",)))
    catalogue = {**CATALOGUE, **branded(boots="Pine", scarf="Oak")}

    result = filled(
        asked,
        {"bestsellers": ["bag", "mug", "gone", "scarf", "boots"]},
        catalogue,
        barred=[("in_cart", {"bag"})],
    )

    assert result.item_ids == ("boots",)
    assert {(one.item_id, one.strategy, one.why, one.detail) for one in result.left_out} == {
        ("hat", "pins", "out_of_stock", ""),
        ("bag", "bestsellers", "in_cart", ""),
        ("mug", "bestsellers", "banned", ""),
        ("gone", "bestsellers", "gone", ""),
        ("scarf", "bestsellers", "filtered", "brand"),
    }


def test_every_strategy_that_was_asked_says_what_it_had_and_which_one_led() -> None:
    asked = window("recently_viewed", "bestsellers", "for_you", min=2)

    result = filled(asked, {"recently_viewed": ["bag"], "bestsellers": ["mug", "lamp", "hat"]})

    assert result.turns == (
        Turn("recently_viewed", 1, 0, False), Turn("bestsellers", 3, 2, True),
    )  # fmt: skip


NAMES = st.lists(st.sampled_from([*CATALOGUE, "gone"]), max_size=8)
BRANDS = st.dictionaries(st.sampled_from(list(CATALOGUE)), st.sampled_from(["Pine", "Oak"]))
BOOSTS = st.lists(
    st.builds(
        Boost,
        st.sampled_from(["item_id", "brand"]),
        st.sampled_from([*CATALOGUE, "Pine"]),
        st.floats(0.1, 10),
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(
    shelves=st.dictionaries(st.sampled_from(list(STRATEGIES)), NAMES),
    chain=st.lists(st.sampled_from(list(STRATEGIES)), min_size=1, max_size=4, unique=True),
    pins=NAMES,
    bans=NAMES,
    cart=NAMES,
    never=NAMES,
    brands=BRANDS,
    boosts=BOOSTS,
    brand=st.none() | st.just("Pine"),
    cap=st.none() | st.integers(1, 3),
    back_fill=st.booleans(),
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
    never: list[str],
    brands: dict[str, str],
    boosts: list[Boost],
    brand: str | None,
    cap: int | None,
    back_fill: bool,
    least: int,
    spare: int,
    limit: int | None,
) -> None:
    asked = window(
        *chain, pins=tuple(dict.fromkeys(pins)), bans=tuple(bans), min=least, max=least + spare,
        boosts=tuple(boosts), filters=Filters(brand=(brand,)) if brand else Filters(),
        diversity=Diversity(brand=cap), back_fill=back_fill,
    )  # fmt: skip
    catalogue = {name: replace(one, brand=brands.get(name)) for name, one in CATALOGUE.items()}
    barred = [("in_cart", set(cart)), ("never_shown", set(never))]

    result = filled(asked, shelves, catalogue, barred=barred, limit=limit)

    ids = result.item_ids
    most = asked.max if limit is None else min(asked.max, limit)
    need = min(least, most)
    out = {*bans, *cart, *never, "hat", "gone"}
    listed = {name for strategy in chain for name in shelves.get(strategy, ())}
    fit = {name for name in listed - {"gone"} if brand in (None, brands.get(name))}
    may_show = {*pins, *fit} - out
    assert len(set(ids)) == len(ids) <= most
    assert set(ids) <= may_show
    # Never short while there are candidates, never a window with less than its least.
    assert len(ids) >= need if len(may_show) >= need else ids == ()
    pinned = [name for name in dict.fromkeys(pins) if name not in out][:most]
    assert not ids or list(ids[: len(pinned)]) == pinned
    assert result == filled(asked, shelves, catalogue, barred=barred, limit=limit)
    assert not {one.item_id for one in result.left_out} & set(ids)
    # More of a brand than the cap lets in: only as pins, or to reach the least.
    if cap is not None and not back_fill and len(ids) > need:
        seen = Counter(brands[name] for name in ids if name in brands)
        by_pins = Counter(brands[name] for name in pinned if name in brands)
        assert all(n <= max(cap, by_pins[name]) for name, n in seen.items())
