"""Traits over random histories: as counted by hand, and checked again before they turn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event, Item
from plugin.segment.evaluate import evaluate
from plugin.segment.rule import read_rule
from plugin.segment.traits import TRAITS, value_of
from plugin.shop import DAY, HOUR, MINUTE, Shop, local_day, local_time
from tests.conftest import NOON as NOW
from tests.segment.test_traits import did, of

SHOP = Shop("moon", "pk_moon0000000000000000", timezone="America/New_York")
SPANS = [n * DAY for n in (7, 14, 30, 90, 180)]
AGO = [0, 1, MINUTE, 29 * MINUTE, 30 * MINUTE, HOUR, 13 * HOUR, DAY, 45 * DAY, -1, -HOUR, -DAY]
AGO += [span + extra for span in SPANS for extra in (-1, 0, 1)]
WINDOWED = sorted(
    name for name, trait in TRAITS.items() if trait.worked is not None and name != "season_local"
)
items = st.builds(
    Item,
    st.sampled_from(("boots", "belt")),
    brand=st.sampled_from((None, "Moon", "Alp", "")),
    category=st.sampled_from((None, "Shoes", "Belts", "")),
    quantity=st.sampled_from((1, 2, 0.5)),
)
params = st.fixed_dictionaries(
    {},
    optional={
        "device": st.sampled_from(("mobile", "desktop")),
        "connection": st.sampled_from(("4g", "3g", "save-data")),
        "results": st.sampled_from((0, 2, "0")),
        "search_term": st.sampled_from(("gift", "boots")),
        "coupon": st.sampled_from(("A", "B", "")),
        "discount": st.sampled_from((0, 5)),
        "page_location": st.sampled_from(("https://m.example/returns", "https://m.example/")),
        "birthday": st.sampled_from(("02-29", "1990-09-23", "09-22", "")),
    },
)
NAMES = ("page_view", "view_item", "search", "add_to_cart", "purchase", "refund", "identify",
         "popup_click", "view_reviews", "view_size_guide", "begin_checkout")  # fmt: skip
acts = st.tuples(st.sampled_from(NAMES), st.sampled_from(AGO), st.lists(items, max_size=2), params)
histories = st.lists(acts, min_size=1, max_size=12)


def story(history: list[Any], now: int) -> list[Event]:
    """The events of a history, each a moment apart by its place."""
    return [
        did(name, now - ago + place, *lines, order=f"A-{place % 3}", **told)
        for place, (name, ago, lines, told) in enumerate(history)
    ]


class Hand:
    """Each trait once more, counted the long way."""

    def __init__(self, events: list[Event], now: int) -> None:
        self.now, self.past = now, sorted((e for e in events if e.at <= now), key=lambda e: e.key)

    def of(self, name: str, days: int | None = None) -> list[Event]:
        return [
            e
            for e in self.past
            if e.name == name and (days is None or e.at > self.now - days * DAY)
        ]

    def visits(self, days: int) -> list[list[Event]]:
        found: list[list[Event]] = []
        for event in self.past:
            if not found or event.at - found[-1][-1].at >= 30 * MINUTE:
                found.append([])
            found[-1].append(event)
        return [visit for visit in found if visit[0].at > self.now - days * DAY]

    def sessions_30d(self) -> Any:
        return len(self.visits(30))

    def device_mobile_share_90d(self) -> Any:
        told = [
            next((e.params["device"] for e in visit if "device" in e.params), None)
            for visit in [[e for e in v if e.name == "page_view"] for v in self.visits(90)]
        ]
        return _share([one == "mobile" for one in told if one])

    def slow_connection_share_30d(self) -> Any:
        seen = [[e for e in v if e.name == "page_view"] for v in self.visits(30)]
        return _share(
            [any(e.params.get("connection") in ("3g", "save-data") for e in v) for v in seen if v]
        )

    def night_visit_share_90d(self) -> Any:
        hours = [local_time(visit[0].at, SHOP.timezone).hour for visit in self.visits(90)]
        return _share([hour in (22, 23, 0, 1, 2, 3) for hour in hours])

    def distinct_products_7d(self) -> Any:
        return len({i.item_id for e in self.of("view_item", 7) for i in e.items})

    def max_views_same_product_7d(self) -> Any:
        views = [{i.item_id for i in e.items} for e in self.of("view_item", 7)]
        return max(sum(one in view for view in views) for one in ("boots", "belt"))

    def top_category_share_30d(self) -> Any:
        return self._top("category", ("Shoes", "Belts"))

    def top_brand_share_30d(self) -> Any:
        return self._top("brand", ("Moon", "Alp"))

    def _top(self, field: str, kinds: tuple[str, ...]) -> Any:
        views = self.of("view_item", 30)
        shares = [_share([any(getattr(i, field) == k for i in e.items) for e in views])
                  for k in kinds]  # fmt: skip
        return max(shares) if views else None

    def zero_result_searches_14d(self) -> Any:
        return sum(e.params.get("results") == 0 for e in self.of("search", 14))

    def gift_search_14d(self) -> Any:
        return any(e.params.get("search_term") == "gift" for e in self.of("search", 14))

    def review_reads_30d(self) -> Any:
        return len(self.of("view_reviews", 30))

    def size_guide_views_14d(self) -> Any:
        return len(self.of("view_size_guide", 14))

    def policy_views_7d(self) -> Any:
        pages = [e.params.get("page_location", "") for e in self.of("page_view", 7)]
        return sum("returns" in page for page in pages)

    def coupon_claims_180d(self) -> Any:
        return len({e.params.get("coupon") for e in self.of("popup_click", 180)} - {None, ""})

    def categories_bought(self) -> Any:
        return len({i.category for e in self.of("purchase") for i in e.items} - {None, ""})

    def discount_order_share(self) -> Any:
        return _share([bool(e.params.get("coupon")) or e.params.get("discount") == 5
                       for e in self.of("purchase")])  # fmt: skip

    def refund_order_share(self) -> Any:
        back = [e.transaction_id for e in self.of("refund")]
        return _share([e.transaction_id in back for e in self.of("purchase")])


def _share(told: list[bool]) -> float | None:
    return sum(told) / len(told) if told else None


BY_HAND = [name for name in vars(Hand) if name in TRAITS]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_every_figure_is_as_counted_by_hand(history: list[Any]) -> None:
    events = story(history, NOW)
    known = of(SHOP, *events)
    for moment in (NOW, NOW + 20, NOW + DAY):
        hand = Hand(events, moment)
        found = {name: value_of(TRAITS[name], known, moment, SHOP) for name in BY_HAND}
        assert found == {name: getattr(hand, name)() for name in BY_HAND}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=histories,
    op=st.sampled_from(("=", "<=", ">", "set")),
    value=st.sampled_from((0, 1, 2, 0.5, 30)),
)
@pytest.mark.parametrize("name", WINDOWED)
def test_no_answer_turns_before_it_is_checked(
    name: str, history: list[Any], op: str, value: float
) -> None:
    known = of(SHOP, *story(history, NOW))
    rule = read_rule(_leaf(name, op, value))
    edges = {at + span for times in known.times.values() for at in times for span in (0, *SPANS)}
    edges |= {NOW + n * 7 * DAY + 1 for n in range(60)}
    edges |= {NOW + n * 12 * HOUR for n in range(10)}
    moments = sorted(edge + extra for edge in edges for extra in (-1, 0) if edge > NOW)
    verdict = evaluate(rule, known, NOW, SHOP)
    for moment in moments:
        if verdict.next_check is not None and moment >= verdict.next_check:
            verdict = evaluate(rule, known, verdict.next_check, SHOP)
            if verdict.next_check is not None and moment >= verdict.next_check:
                verdict = evaluate(rule, known, moment, SHOP)
        # A profile is told up to its newest event, so that only its traits may be asked before.
        assert evaluate(rule, known, moment, SHOP).holds == verdict.holds


def _leaf(name: str, op: str, value: float) -> dict[str, Any]:
    if op == "set":
        return {"trait": name, "op": op}
    if TRAITS[name].kind == "bool":
        return {"trait": name, "op": "is", "value": value > 1}
    return {"trait": name, "op": op, "value": value}


def test_a_birthday_is_checked_at_midnight_of_the_shop(now: int, shop: Shop) -> None:
    known = of(shop, did("identify", now - DAY, birthday="09-24"))
    soon = read_rule({"trait": "days_to_birthday", "op": "<=", "value": 1})
    later = evaluate(soon, known, now, shop)
    assert (later.holds, later.next_check) == (False, now + 12 * HOUR)
    assert local_day(now + 12 * HOUR, shop.timezone) == local_day(now, shop.timezone) + 1


def test_winter_is_checked_on_its_first_day(now: int, shop: Shop) -> None:
    known = of(shop, did("page_view", now, country="KR"))
    winter = read_rule({"trait": "season_local", "op": "is", "value": "winter"})
    later = evaluate(winter, known, now, shop)
    assert later.holds is False
    assert later.next_check is not None
    assert f"{local_time(later.next_check, shop.timezone):%m-%d %H:%M}" == "12-01 00:00"
