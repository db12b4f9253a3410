"""The traits that are worked out of the events when they are asked: each a person's story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.collect.event import Event, Item
from plugin.profile.fold import fold_all
from plugin.segment.evaluate import evaluate
from plugin.segment.facts import Facts, Happening
from plugin.segment.rule import event_names, needs_events, read_rule
from plugin.segment.traits import TRAITS, WHOLE, all_traits, value_of
from plugin.shop import DAY, HOUR, MINUTE, Shop

MINA = "mina-0123456789abcdef"
BOOTS = Item("boots", category="Shoes", brand="Moon")
BELT = Item("belt", category="Belts", brand="Moon")
SCARF = Item("scarf", category="Scarves", brand="Alp")


def did(name: str, at: int, *items: Item, order: str | None = None, **params: Any) -> Event:
    """One thing mina did at ``at`` (Unix ms)."""
    event_id = f"{name}-{at}-{'-'.join(item.item_id for item in items)}"
    return Event(event_id, MINA, name, at, at, params, items, transaction_id=order)


def of(shop: Shop, *events: Event) -> Facts:
    """What is known of mina when she did these."""
    told = sorted(events, key=lambda one: one.key)
    happened: dict[str, tuple[Happening, ...]] = {}
    for one in told:
        there = Happening(
            one.at, one.event_id, one.params, one.items, transaction_id=one.transaction_id
        )
        happened[one.name] = (*happened.get(one.name, ()), there)
    times = {name: tuple(one.at for one in them) for name, them in happened.items()}
    return Facts(fold_all(MINA, told, shop, {}), times, happened)


def asked(name: str, shop: Shop, now: int, *events: Event) -> Any:
    """The trait of mina when she did these."""
    return value_of(TRAITS[name], of(shop, *events), now, shop)


def test_visits_that_began_in_thirty_days_are_counted(now: int, shop: Shop) -> None:
    visits = [now - 30 * DAY, now - 30 * DAY + 1, now - DAY, now - DAY + 29 * MINUTE]
    # The second follows the first at once, and is no visit of its own.
    assert asked("sessions_30d", shop, now, *(did("page_view", at) for at in visits)) == 1
    more = did("search", now - DAY + 59 * MINUTE)
    assert asked("sessions_30d", shop, now, *(did("page_view", at) for at in visits), more) == 2


def test_a_gap_between_visits_is_unset_on_the_first_and_stays_as_the_visit_goes_on(
    now: int, shop: Shop
) -> None:
    name = "days_since_prev_visit"
    first = did("page_view", now - 61 * DAY)
    assert asked(name, shop, now, first) is None
    again = [did("page_view", now - DAY), did("page_view", now - DAY + MINUTE)]
    assert asked(name, shop, now, first, *again) == 60


def test_most_visits_are_on_a_mobile(now: int, shop: Shop) -> None:
    devices = ("mobile", "mobile", "desktop", "tablet")
    visits = [did("page_view", now - n * DAY, device=one) for n, one in enumerate(devices)]
    unsaid = did("page_view", now - 5 * DAY)
    long_ago = did("page_view", now - 90 * DAY, device="desktop")
    found = asked("device_mobile_share_90d", shop, now, *visits, unsaid, long_ago)
    assert found == 0.5
    assert asked("device_mobile_share_90d", shop, now, unsaid) is None


def test_nights_are_read_on_the_shops_clock(now: int, shop: Shop) -> None:
    # ``now`` is noon in Seoul: ten hours on it is 22:00, sixteen hours on 4:00.
    began = [now - DAY + 10 * HOUR, now - 2 * DAY + 16 * HOUR, now - 3 * DAY + 16 * HOUR - 1]
    found = asked("night_visit_share_90d", shop, now, *(did("page_view", at) for at in began))
    assert found == pytest.approx(2 / 3)
    assert asked("night_visit_share_90d", shop, now) is None


def test_products_are_different_however_often_they_are_viewed(now: int, shop: Shop) -> None:
    views = [did("view_item", now - n * HOUR, one) for n, one in enumerate((BOOTS, BELT, BOOTS))]
    long_ago = did("view_item", now - 7 * DAY, SCARF)
    assert asked("distinct_products_7d", shop, now, *views, long_ago) == 2
    assert asked("max_views_same_product_7d", shop, now, *views, long_ago) == 2
    assert asked("max_views_same_product_7d", shop, now) == 0


def test_the_hot_product_is_the_one_viewed_most_and_of_several_last(now: int, shop: Shop) -> None:
    name = "hot_product_in_cart"
    assert asked(name, shop, now) is None
    views = [did("view_item", now - n * HOUR, one) for n, one in enumerate((BELT, BOOTS), 2)]
    cart = did("add_to_cart", now - MINUTE, BOOTS)
    assert asked(name, shop, now, *views, cart) is False  # the belt was viewed later
    assert asked(name, shop, now, *views, did("view_item", now, BOOTS), cart) is True
    assert asked(name, shop, now, *views) is False


def test_half_of_the_views_show_one_category(now: int, shop: Shop) -> None:
    shown = (BOOTS, BOOTS, BELT, Item("gift card"))
    views = [did("view_item", now - n * DAY, one) for n, one in enumerate(shown)]
    long_ago = [did("view_item", now - (30 + n) * DAY, SCARF) for n in range(5)]
    assert asked("top_category_share_30d", shop, now, *views, *long_ago) == 0.5
    assert asked("top_brand_share_30d", shop, now, *views, *long_ago) == 0.75
    assert asked("top_brand_share_30d", shop, now, *long_ago) is None


def test_only_a_search_that_says_zero_found_nothing(now: int, shop: Shop) -> None:
    results = (0, 3, False, "0")
    searches = [did("search", now - n * HOUR, results=one) for n, one in enumerate(results)]
    unsaid, long_ago = did("search", now - DAY), did("search", now - 14 * DAY, results=0)
    assert asked("zero_result_searches_14d", shop, now, *searches, unsaid, long_ago) == 1


@pytest.mark.parametrize(
    ("term", "gift"),
    [
        ("A GIFT for mum", True),
        ("크리스마스 선물", True),
        ("ﾌﾟﾚｾﾞﾝﾄ", True),
        ("boots", False),
        (7, False),
    ],
)
def test_who_searches_for_a_gift_is_known_in_three_languages(
    term: Any, gift: bool, now: int, shop: Shop
) -> None:
    assert asked("gift_search_14d", shop, now, did("search", now, search_term=term)) is gift


def test_reviews_size_guides_and_coupons_are_counted(now: int, shop: Shop) -> None:
    events = [did("view_reviews", now - n * DAY) for n in range(3)]
    events += [did("view_size_guide", now - n * 7 * DAY) for n in range(3)]
    # One coupon copied twice was claimed once; a click on a button, or without a code, is no claim.
    codes = ({"coupon": "A"}, {"coupon": "A"}, {"coupon": "B"}, {"coupon": ""}, {})
    events += [did("popup_click", now - n * HOUR, **one) for n, one in enumerate(codes)]
    known = {name: asked(name, shop, now, *events) for name in TRAITS if name.endswith("d")}
    assert (known["review_reads_30d"], known["size_guide_views_14d"]) == (3, 2)
    assert known["coupon_claims_180d"] == 2


@pytest.mark.parametrize(
    ("page", "about"),
    [
        ("https://moon.example/policies/shipping-policy", 1),
        ("https://moon.example/%EB%B0%B0%EC%86%A1", 1),  # 배송
        ("https://moon.example/pages/Returns?a=1", 1),
        ("https://shipping.example/boots?from=returns#delivery", 0),
        ("https://moon.example", 0),
    ],
)
def test_a_page_about_delivery_is_known_by_its_path(
    page: str, about: int, now: int, shop: Shop
) -> None:
    view = did("page_view", now, page_location=page)
    assert asked("policy_views_7d", shop, now, view) == about
    assert asked("policy_views_7d", shop, now + 7 * DAY, view) == 0


def test_orders_tell_their_size_their_categories_and_what_was_off(now: int, shop: Shop) -> None:
    orders = [
        did("purchase", now - 9 * DAY, BOOTS, BELT, order="A-1", coupon="SPRING"),
        did("purchase", now - 8 * DAY, replace_quantity(BOOTS, 4), order="A-2", discount=500),
        did("purchase", now - 7 * DAY, BELT, order="A-3", discount=0, coupon=" "),
        did("purchase", now - 6 * DAY, BELT, order="A-4"),
    ]
    back = [did("refund", now - n, BELT, order="A-4") for n in (1, 2)]
    assert asked("units_per_order_avg", shop, now, *orders) == 2
    assert asked("categories_bought", shop, now, *orders) == 2
    assert asked("discount_order_share", shop, now, *orders) == 0.5
    assert asked("refund_order_share", shop, now, *orders, *back) == 0.25
    empty = {"units_per_order_avg", "discount_order_share", "refund_order_share"}
    assert {name for name in empty if asked(name, shop, now) is not None} == set()


def replace_quantity(item: Item, quantity: float) -> Item:
    """As many of the product."""
    return Item(item.item_id, category=item.category, quantity=quantity)


@pytest.mark.parametrize(
    ("birthday", "days"),
    [("1994-09-22", 0), ("09-23", 1), ("1994-09-21", 364), ("02-29", 159), ("soon", None)],
)
def test_days_to_a_birthday_are_counted_by_the_calendar(
    birthday: str, days: int | None, now: int, shop: Shop
) -> None:
    told = did("identify", now - DAY, birthday=birthday)
    assert asked("days_to_birthday", shop, now, told) == days
    assert asked("days_to_birthday", shop, now) is None


def test_answers_about_the_person_are_counted(now: int, shop: Shop) -> None:
    told = did("identify", now, age_band="25-34", occupation="", household_size=3, size="M")
    assert asked("trait_answers", shop, now, told) == 2
    assert asked("trait_answers", shop, now) == 0


@pytest.mark.parametrize(
    ("country", "season"), [("KR", "autumn"), ("nz", "spring"), ("Korea", None), ("", None)]
)
def test_the_season_turns_with_the_hemisphere(
    country: str, season: str | None, now: int, shop: Shop
) -> None:
    here = did("page_view", now, country=country)
    assert asked("season_local", shop, now, here) == season


def test_points_of_a_lead_count_half_after_thirty_days(now: int, shop: Shop) -> None:
    acts = [did("begin_checkout", now - n) for n in range(3)]
    assert asked("lead_score", shop, now, *acts) in (29, 30)
    assert asked("lead_score", shop, now + 30 * DAY, *acts) == 14
    many = [did("begin_checkout", now - n) for n in range(30)]
    assert asked("lead_score", shop, now, *many) == 100


@pytest.mark.parametrize("name", ["region", "city", "consent_marketing"])
def test_what_only_the_person_can_tell_is_a_declared_trait(name: str, now: int, shop: Shop) -> None:
    known = of(shop, did("identify", now, region="Jeju", city="Jeju", consent_marketing=True))
    rule = read_rule({"trait": name, "op": "is", "value": True if "consent" in name else "jeju"})
    assert evaluate(rule, known, now, shop).holds is True


def test_a_trait_asks_for_the_events_it_is_made_of() -> None:
    hot = read_rule({"trait": "hot_product_in_cart", "op": "is", "value": True})
    assert (event_names(hot), needs_events(hot)) == ({"view_item"}, {"view_item"})
    visits = read_rule({"trait": "sessions_30d", "op": ">", "value": 1})
    assert (event_names(visits), needs_events(visits)) == ({"*"}, set())


def test_a_trait_whose_events_were_not_loaded_is_left_out(now: int, shop: Shop) -> None:
    known = of(shop, did("view_reviews", now))
    assert all_traits(known, now, shop)["review_reads_30d"] == 1
    assert "review_reads_30d" not in all_traits(replace(known, events={}), now, shop)
    assert "view_reviews" in WHOLE
