"""The promises of plugin.serve.recommend.window."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused
from plugin.segment.rule import read_rule
from plugin.serve.product import Product
from plugin.serve.recommend.boost import Boost, factor
from plugin.serve.recommend.diversity import Diversity
from plugin.serve.recommend.filters import Filters
from plugin.serve.recommend.window import bare_window, read_window

HOME: dict[str, Any] = {
    "slug": "home-1",
    "title": {"en": "For today", "ko": "오늘의 추천"},
    "strategies": ["segment_favourites", "bestsellers"],
    "filters": {"category": "Bags", "price_max": 100},
    "pins": ["bag-7"],
    "bans": ["bag-9"],
    "boosts": [{"brand": "Pine", "by": 2}, {"item_id": "bag-3", "by": 0.5}],
    "diversity": {"category": 3, "brand": 2},
    "leave_out_bought": "30d",
    "min": 4,
    "max": 12,
    "audience": {"segment": "vip"},
    "placement": {"selector": "#main", "position": "before", "pages": ["/demo/*"]},
    "control_share": 0.2,
}


def test_a_window_needs_only_its_strategies() -> None:
    window = read_window("home-1", {"strategies": ["bestsellers"]})

    assert (window.name, window.min, window.max, window.enabled) == ("home-1", 1, 8, True)
    assert (window.audience, window.pages, window.control_share) == (None, (), None)


def test_all_that_an_owner_may_say_of_a_window_is_read() -> None:
    window = read_window("home-1", HOME)

    assert dict(window.title) == {"en": "For today", "ko": "오늘의 추천"}
    assert window.strategies == ("segment_favourites", "bestsellers")
    assert window.filters == Filters(category=("Bags",), price_max=100)
    assert (window.pins, window.bans) == (("bag-7",), ("bag-9",))
    assert window.boosts == (Boost("brand", "Pine", 2), Boost("item_id", "bag-3", 0.5))
    assert window.diversity == Diversity(category=3, brand=2)
    assert (window.leave_out_bought, window.min, window.max) == (30, 4, 12)
    assert (window.selector, window.position, window.pages) == ("#main", "before", ("/demo/*",))
    assert (window.audience, window.control_share) == (read_rule({"segment": "vip"}), 0.2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": 1, "autoplay": 2}, "unknown keys: autoplay, colour"),
        ({"strategies": []}, "strategies must hold 1"),
        ({"strategies": None}, "strategies is missing"),
        ({"strategies": ["bestseler"]}, "unknown strategy 'bestseler'; known: bestsellers"),
        ({"min": 9, "max": 4}, "min is 9, more than max, which is 4"),
        ({"max": 101}, "max must be between 1 and 100"),
        ({"max": 2.5}, "max must be a whole number"),
        ({"max": True}, "max must be a number, not true or false"),
        ({"control_share": 0.6}, "control_share must be between 0 and 0.5"),
        ({"control_share": float("nan")}, "control_share must be a number"),
        ({"audience": {}}, "audience must hold either a segment or a rule"),
        ({"audience": {"segment": "a", "rule": {"everyone": True}}}, "audience must hold either"),
        ({"audience": {"group": "vip"}}, "audience has unknown keys: group; known: segment, rule"),
        ({"audience": {"rule": {"nonsense": 1}}}, "audience"),
        ({"placement": {"position": "above"}}, "position is 'above'; known: before"),
        ({"placement": []}, "placement must be an object, not a list"),
        ({"pages": ["shoes"]}, "pages has 'shoes'; write a path"),
        ({"title": {"english": "Hi"}}, "names a language as 'english'"),
        ({"title": {}}, "title has no text"),
        ({"title": 7}, "title must be a text, not a number"),
        ({"pins": [7]}, "pins must be a text, not a number"),
        ({"filters": {"colour": "red"}}, "filters has unknown keys: colour"),
        ({"filters": {"price_min": 9, "price_max": 4}}, "price_min is more than price_max"),
        ({"filters": {"margin_min": 1.5}}, "margin_min must be between 0 and 1"),
        ({"filters": {"on_sale": "yes"}}, "on_sale must be true or false"),
        ({"boosts": [{"by": 2}]}, "exactly one of category, brand, tag, item_id"),
        ({"boosts": [{"brand": "a", "tag": "b", "by": 2}]}, "exactly one of"),
        ({"boosts": [{"brand": "a", "by": 0}]}, "by must be between 0.1 and 10"),
        ({"boosts": [{"brand": "a"}]}, "by is missing"),
        ({"boosts": [{"colour": "red", "by": 2}]}, "boosts has unknown keys: colour"),
        ({"diversity": {"brand": 0}}, "brand must be between 1 and 100"),
        ({"diversity": {"price": 1}}, "diversity has unknown keys: price"),
        ({"leave_out_bought": "a month"}, "leave_out_bought must be days, such as 30d"),
        ({"leave_out_bought": "0d"}, "leave_out_bought must be days"),
        ({"leave_out_bought": True}, "leave_out_bought must be a number"),
        ({"enabled": "yes"}, "enabled must be true or false, not a text"),
        ({"slug": "other"}, "slug must be 'home-1'"),
    ],
)
def test_what_a_window_cannot_mean_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        read_window("home-1", {"strategies": ["bestsellers"], **change})

    assert says in refusal.value.message
    assert "home-1" in refusal.value.message


def test_days_are_written_as_a_number_or_with_a_d() -> None:
    asked: dict[str, Any] = {"strategies": ["bestsellers"]}

    assert read_window("w", {**asked, "leave_out_bought": 30}).leave_out_bought == 30
    assert read_window("w", {**asked, "leave_out_bought": "30d"}).leave_out_bought == 30


@pytest.mark.parametrize("doc", [None, [], "bestsellers", 7])
def test_a_window_is_an_object(doc: object) -> None:
    with pytest.raises(DocumentRefused, match="must be an object"):
        read_window("home-1", doc)


@pytest.mark.parametrize("slug", ["", "a b", "../etc", "x" * 65, "ä"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(slug: str) -> None:
    with pytest.raises(DocumentRefused, match="must be 1 to 64 letters"):
        read_window(slug, {"strategies": ["bestsellers"]})


def test_a_strategy_asked_for_by_itself_brings_what_stands_in_for_it() -> None:
    chain = ("viewed_together", "similar", "bestsellers")
    assert bare_window("viewed_together", 5).strategies == chain
    assert bare_window("recently_viewed", 5).strategies == ("recently_viewed",)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"category": "Bags"}, True),
        ({"category": "bags > totes"}, True),
        ({"category": ["Shoes", "Bags"]}, True),
        ({"category": "Bag"}, False),
        ({"category": "Bags > Totes > Mini"}, False),
        ({"brand": "PINE"}, True),
        ({"brand": "Oak"}, False),
        ({"tags": ["wool", "new"]}, True),
        ({"tags": ["wool"]}, False),
        ({"price_max": 39.99}, False),
        ({"price_max": 40}, True),
        ({"price_min": 40, "price_max": 50}, True),
        ({"price_min": 41}, False),
    ],
)
def test_a_filter_lets_through_what_the_owner_means(filters: dict[str, Any], passes: bool) -> None:
    tote = Product(
        "t", price=5_000, sale_price=4_000, currency="EUR",
        category="Bags > Totes", brand="Pine", tags=("new",),
    )  # fmt: skip
    window = read_window("home-1", {"strategies": ["bestsellers"], "filters": filters})

    assert (window.filters.refuses(tote) is None) is passes


def test_a_product_without_a_price_passes_no_price_filter() -> None:
    window = read_window("w", {"strategies": ["bestsellers"], "filters": {"price_max": 9}})

    assert window.filters.refuses(Product("x")) == "price_max"


@pytest.mark.parametrize(
    ("cost", "least", "passes"),
    [(1_200, 0.4, True), (1_200, 0.41, False), (0, 1, True), (2_500, 0, False), (None, 0, False)],
)
def test_a_margin_is_what_is_left_of_the_price_that_is_paid_after_its_cost(
    cost: int | None, least: float, passes: bool
) -> None:
    bag = Product("bag", price=3_000, sale_price=2_000, currency="EUR", cost=cost)
    window = read_window("w", {"strategies": ["bestsellers"], "filters": {"margin_min": least}})

    assert (window.filters.refuses(bag) is None) is passes


def test_a_window_may_hold_what_is_on_sale_alone() -> None:
    window = read_window("w", {"strategies": ["bestsellers"], "filters": {"on_sale": True}})

    assert window.filters.refuses(Product("bag", price=9, sale_price=8)) is None
    assert window.filters.refuses(Product("mug", price=9, sale_price=9)) == "on_sale"


def test_a_boost_moves_what_the_owner_means() -> None:
    window = read_window("w", {"strategies": ["bestsellers"], "boosts": [
        {"brand": "PINE", "by": 2}, {"category": "Bags", "by": 1.5}, {"tag": "new", "by": 0.5},
        {"item_id": "mug", "by": 10},
    ]})  # fmt: skip
    tote = Product("t", category="Bags > Totes", brand="Pine", tags=("New",))

    assert factor(window.boosts, tote) == 1.5
    assert factor(window.boosts, Product("mug")) == 10
    assert factor(window.boosts, Product("cup")) == 1
