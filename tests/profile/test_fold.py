"""What a visitor's events add up to, whatever the order in which they came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from plugin.collect.event import Event, Item
from plugin.profile.fold import HALF_LIFE_DAYS, fold, fold_all
from plugin.profile.profile import CartLine, Profile
from plugin.profile.source import read_source
from plugin.shop import DAY, MINUTE, Shop

CHO = "cho-0123456789abcdef"
START = 1_790_000_000_000
BOOTS = Item("boots", category="Shoes > Boots", price=120_000)
HAT = Item("hat", category="Hats", price=20_000)


def event(name: str, at: int = 0, *items: Item, **more: Any) -> Event:
    """Something Cho did ``at`` ms after the start."""
    params = {key: more.pop(key) for key in list(more) if key not in Event.__struct_fields__}
    return Event(
        more.pop("event_id", f"{name}-{at:014d}"),
        CHO,
        name,
        START + at,
        START,
        params,
        items,
        more.pop("currency", "KRW"),
        **more,
    )


def told(shop: Shop, *events: Event) -> Profile:
    return fold_all(CHO, events, shop, {"A-1": 120_000})


def test_a_visit_ends_after_half_an_hour_without_an_event(shop: Shop) -> None:
    cho = told(
        shop,
        event("page_view", 0),
        event("page_view", 30 * MINUTE - 1),
        event("page_view", 60 * MINUTE - 1),
    )
    assert (cho.sessions_total, cho.pageviews_total) == (2, 3)
    assert (cho.session_started_at, cho.prev_seen_at) == (
        START + 60 * MINUTE - 1,
        START + 30 * MINUTE - 1,
    )


def test_the_cart_is_what_was_put_in_less_what_was_taken_out(shop: Shop) -> None:
    cho = told(
        shop,
        event("add_to_cart", 0, replace(BOOTS, quantity=2)),
        event("add_to_cart", 1, HAT),
        event("remove_from_cart", 2, BOOTS),
    )
    assert cho.cart == (CartLine("hat", 1, 20_000), CartLine("boots", 1, 120_000))
    assert (cho.cart_items_now, cho.cart_value_now, cho.cart_updated_at) == (2, 140_000, START + 2)


def test_an_empty_variant_in_the_cart_is_none_in_particular(shop: Shop) -> None:
    unsaid, red = replace(BOOTS, variant=""), replace(BOOTS, variant="Red")
    added = told(shop, event("add_to_cart", 0, unsaid), event("add_to_cart", 1, BOOTS))
    assert added.cart == (CartLine("boots", 2, 120_000, None),)
    seen = told(shop, event("view_cart", 0, unsaid))
    assert seen.cart == (CartLine("boots", 1, 120_000, None),)
    for other in (BOOTS, red):
        taken = told(shop, event("add_to_cart", 0, unsaid), event("remove_from_cart", 1, other))
        assert taken.cart == ()
        taken = told(shop, event("add_to_cart", 0, other), event("remove_from_cart", 1, unsaid))
        assert taken.cart == ()


def test_an_empty_category_is_no_interest(shop: Shop) -> None:
    cho = told(
        shop,
        event("view_item", 0, BOOTS),
        event("view_item", 1, replace(HAT, category="")),
        event("view_item", 2, replace(HAT, category=" ")),
    )
    assert set(cho.affinities) == {"Shoes"}


def test_an_empty_cart_has_no_last_change(shop: Shop) -> None:
    taken_out = told(shop, event("add_to_cart", 0, HAT), event("remove_from_cart", 1, HAT))
    bought = told(shop, event("add_to_cart", 0, HAT), event("purchase", 1, HAT, value=20_000))
    assert (taken_out.cart_updated_at, bought.cart_updated_at) == (None, None)


def test_an_order_empties_the_cart_and_ends_the_checkout(shop: Shop) -> None:
    cho = told(
        shop,
        event("add_to_cart", 0, BOOTS),
        event("begin_checkout", 1, BOOTS),
        event("purchase", 2, BOOTS, value=120_000, transaction_id="A-1"),
    )
    assert (cho.cart, cho.cart_value_now, cho.checkout_started_at) == ((), 0, None)
    assert (cho.orders_total, cho.revenue_total, cho.units_total) == (1, 120_000, 1)
    assert cho.first_order_at == cho.last_order_at == START + 2


def test_a_refund_without_a_value_takes_the_whole_order_back(shop: Shop) -> None:
    cho = told(
        shop,
        event("purchase", 0, value=120_000, transaction_id="A-1"),
        event("refund", 1, transaction_id="A-1"),
    )
    assert (cho.orders_total, cho.revenue_total, cho.refunds_total) == (1, 0, 120_000)


def test_money_of_another_currency_is_counted_as_an_order_but_not_as_revenue(shop: Shop) -> None:
    cho = told(shop, event("purchase", 0, value=5_000, transaction_id="B-1", currency="USD"))
    assert (cho.orders_total, cho.revenue_total) == (1, 0)


def test_where_a_visitor_came_from_first_and_last(shop: Shop) -> None:
    ad = "https://moon.example/sale?utm_source=Naver&utm_medium=cpc&utm_campaign=autumn"
    cho = told(
        shop,
        event(
            "page_view",
            0,
            page_location="https://moon.example/a",
            page_referrer="https://www.google.com/",
        ),
        event(
            "page_view",
            1,
            page_location="https://moon.example/b",
            page_referrer="https://moon.example/a",
        ),
        event("page_view", DAY, page_location=ad),
        event("page_view", 2 * DAY, page_location="https://moon.example/"),
    )
    assert (cho.channel_first, cho.source_first, cho.landing_page) == (
        "organic",
        "google.com",
        "/a",
    )
    assert (cho.channel_last, cho.source_last, cho.campaign_last) == ("paid", "naver", "autumn")


def test_a_campaign_that_names_no_source_leaves_the_newest_source(shop: Shop) -> None:
    mina = told(
        shop,
        event("page_view", 0, page_location="https://moon.example/?utm_source=blog"),
        event("page_view", DAY, page_location="https://moon.example/?utm_campaign=spring"),
    )
    assert (mina.source_last, mina.campaign_last) == ("blog", "spring")


@pytest.mark.parametrize(
    ("location", "referrer", "channel"),
    [
        ("https://m.example/", "", "direct"),
        ("https://m.example/", "https://search.naver.com/", "organic"),
        ("https://m.example/", "https://l.instagram.com/", "social"),
        ("https://m.example/", "https://blog.example/", "referral"),
        ("https://m.example/?utm_medium=email", "", "email"),
        ("https://m.example/?utm_source=kakao&utm_medium=social", "", "social"),
        ("https://m.example/?utm_medium=cpc", "https://www.google.com/", "paid"),
        ("https://[broken", "", "direct"),
    ],
)
def test_the_channel_is_read_from_address_and_referrer(
    location: str, referrer: str, channel: str
) -> None:
    source = read_source(location, referrer)
    assert source is not None
    assert source.channel == channel


def test_a_page_of_the_same_site_is_no_source() -> None:
    assert read_source("https://m.example/b", "https://www.m.example/a") is None


def test_an_old_interest_counts_half_after_its_half_life(shop: Shop) -> None:
    days = int(HALF_LIFE_DAYS)
    cho = told(shop, event("purchase", 0, BOOTS), event("view_item", days * DAY, BOOTS))
    assert cho.affinities == {"Shoes": (5 * 0.5 + 1, START + days * DAY)}


def test_what_was_declared_last_counts(shop: Shop) -> None:
    cho = told(
        shop,
        event("identify", 5, size="M", email="cho@mail.example"),
        event("identify", 0, size="S", age=41),
    )
    assert cho.declared["size"] == ("M", START + 5)
    assert cho.declared["age"] == (41, START)
    assert (cho.identified, cho.email) == (True, "cho@mail.example")


def test_the_shops_own_word_names_the_customer_and_a_pages_does_not(shop: Shop) -> None:
    page = told(shop, event("purchase", 0, value=1, transaction_id="A", customer_id="7"))
    server = told(
        shop, event("purchase", 0, value=1, transaction_id="A", customer_id="7", source="server")
    )
    assert (page.customer_id, page.identified) == (None, False)
    assert (server.customer_id, server.identified) == ("7", True)


def test_odd_params_change_nothing(shop: Shop) -> None:
    cho = told(shop, event("page_view", 0, page_location=7, device=True, country=""))
    assert (cho.pageviews_total, cho.device, cho.country) == (1, None, None)


NAMES = (
    "page_view",
    "view_item",
    "add_to_cart",
    "remove_from_cart",
    "view_cart",
    "begin_checkout",
    "purchase",
    "refund",
    "identify",
    "search",
    "popup_dismiss",
    "anything_else",
)
some_events = st.lists(
    st.builds(
        lambda name, at, item, number: event(
            name,
            at,
            item,
            event_id=f"event-{number:08d}",
            size=f"s{number}",
            value=number if name in ("purchase", "refund") else None,
            transaction_id="A-1" if name == "refund" else f"T-{number}",
        ),
        st.sampled_from(NAMES),
        st.sampled_from([0, 1, MINUTE, 29 * MINUTE, 31 * MINUTE, DAY, 20 * DAY]),
        st.sampled_from([BOOTS, HAT, replace(HAT, quantity=3)]),
        st.integers(0, 10_000),
    ),
    max_size=12,
    unique_by=lambda one: one.event_id,
)


@given(events=some_events, data=st.data())
def test_any_order_of_arrival_makes_the_same_profile(events: list[Event], data: Any) -> None:
    shop = Shop("moon", "pk_moon", currency="KRW")
    shuffled = data.draw(st.permutations(events))
    assert told(shop, *shuffled) == told(shop, *events)


@given(events=some_events, cut=st.integers(0, 12))
def test_one_by_one_or_all_at_once_is_the_same(events: list[Event], cut: int) -> None:
    shop = Shop("moon", "pk_moon", currency="KRW")
    ordered = sorted(events, key=lambda one: one.key)
    cho = told(shop, *ordered[:cut])
    for one in ordered[cut:]:
        assert one.key > cho.told_up_to
        cho = fold(cho, [one], shop, {"A-1": 120_000})
    assert cho == told(shop, *events)
