"""Why somebody is in a segment or not: in plain words, with proof, and with what is lacking."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.event import Item
from plugin.profile.profile import Profile
from plugin.segment.explain import Reason, as_text, explain
from plugin.segment.facts import Facts, Happening
from plugin.segment.rule import read_rule
from plugin.shop import DAY, HOUR, MINUTE, Shop

SHOES = {"param": "item_category", "op": "is", "value": "shoes"}
VIEWS: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 3}
SPENT: dict[str, Any] = {"event": "purchase", "measure": "sum", "of": "value"}


def mina(now: int, **ago: tuple[int, ...]) -> Facts:
    """Mina with events of these names, so many ms ago; each is called by its name and age."""
    events = {
        name: tuple(
            Happening(
                now - one,
                f"{name}-{one // HOUR}h",
                items=(Item("boots", category="Shoes"),),
                value=30_000,
                currency="KRW",
            )
            for one in sorted(times, reverse=True)
        )
        for name, times in ago.items()
    }
    times = {name: tuple(one.at for one in found) for name, found in events.items()}
    return Facts(Profile("mina-0123456789abcdef", first_seen_at=now - 90 * DAY), times, events)


def reason(rule: Any, known: Facts, now: int, shop: Shop) -> Reason:
    (found,) = explain(read_rule(rule), known, now, shop)
    return found


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({**VIEWS, "where": [SHOES]}, "view_item where item_category is shoes >= 3 times"),
        ({**VIEWS, "calendar": "this_week"}, "view_item >= 3 times this week"),
        ({**VIEWS, "since": "2026-11-01"}, "view_item >= 3 times since 2026-11-01"),
        ({**VIEWS, "measure": "days"}, "view_item on >= 3 days"),
        (
            {**SPENT, "op": "between", "value": [1, 2], "within": "30d"},
            "sum of value of purchase between 1 and 2 in 30 days",
        ),
        (
            {**SPENT, "measure": "distinct", "of": "item_id", "op": ">", "value": 1},
            "distinct item_id of purchase > 1",
        ),
        ({"sequence": ["login", "purchase"], "within": "1h"}, "login then purchase within 1 hour"),
        (
            {"event": "login", "not_followed_by": "purchase", "within": "1h"},
            "login not followed by purchase within 1 hour",
        ),
    ],
)
def test_every_leaf_has_its_words(rule: Any, says: str) -> None:
    assert as_text(read_rule(rule)) == says


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({**VIEWS, "within": "1d"}, "was 1"),
        ({**VIEWS, "measure": "days"}, "was 2"),
        ({**SPENT, "op": ">", "value": 1}, "was 60,000"),
        ({**SPENT, "event": "refund", "op": ">", "value": 1}, "was unset"),
        ({"sequence": ["view_item", "purchase"]}, "happened"),
        ({"sequence": ["purchase", "login"]}, "did not happen"),
        (
            {"event": "view_item", "not_followed_by": "purchase", "within": "1d"},
            "was 2 hours ago, purchase 1 hour on",
        ),
    ],
)
def test_every_leaf_has_its_value(rule: Any, value: str, now: int, shop: Shop) -> None:
    known = mina(now, view_item=(2 * HOUR, 26 * HOUR), purchase=(HOUR, 40 * DAY))
    assert reason(rule, known, now, shop).value == value


def test_the_newest_five_events_prove_a_count(now: int, shop: Shop) -> None:
    known = mina(now, view_item=tuple(hours * HOUR for hours in range(1, 9)))
    found = reason({**VIEWS, "within": "7h"}, known, now, shop)
    assert found.proof == tuple(f"view_item-{hours}h" for hours in range(1, 6))


@pytest.mark.parametrize(
    ("rule", "proof"),
    [
        ({"event": "purchase", "last": "newer_than", "value": "1d"}, ("purchase-1h",)),
        ({"event": "purchase", "first": "older_than", "value": "1d"}, ("purchase-960h",)),
        ({"sequence": ["view_item", "purchase"]}, ("purchase-1h", "view_item-26h")),
        (
            {"event": "view_item", "not_followed_by": "login", "within": "1h"},
            ("view_item-2h",),
        ),
        ({"trait": "orders_365d", "op": ">", "value": 0}, ("purchase-1h", "purchase-960h")),
        ({"trait": "country", "op": "unset"}, ()),
    ],
)
def test_the_events_that_prove_it_are_named(
    rule: Any, proof: tuple[str, ...], now: int, shop: Shop
) -> None:
    known = mina(now, view_item=(2 * HOUR, 26 * HOUR), purchase=(HOUR, 40 * DAY))
    assert reason(rule, known, now, shop).proof == proof


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ({**VIEWS, "within": "7d"}, "2 more view_item before 28 September 2026 12:00"),
        ({**VIEWS, "within": "7d", "event": "login"}, "3 more login within 1 week"),
        ({**VIEWS, "calendar": "today"}, "3 more view_item before 23 September 2026"),
        ({**VIEWS, "where": [SHOES]}, "2 more view_item where item_category is shoes"),
        ({**VIEWS, "measure": "days", "value": 2}, "view_item on 1 more day"),
        ({**VIEWS, "calendar": "last_week"}, ""),
        ({**SPENT, "op": ">=", "value": 100_000}, "70,000 more value of purchase"),
        ({**VIEWS, "op": "<=", "value": 0, "within": "2d"}, "wait until 23 September 2026 12:00"),
        (
            {"event": "purchase", "last": "older_than", "value": "60d"},
            "wait until 16 November 2026 12:00",
        ),
        ({"event": "purchase", "last": "newer_than", "value": "1d"}, "1 more purchase"),
        ({"event": "login", "last": "older_than", "value": "1d"}, ""),
        ({"event": "login", "first": "newer_than", "value": "1d"}, "1 login"),
        (
            {"event": "view_item", "not_followed_by": "purchase", "within": "2d"},
            "wait until 23 September 2026 12:00",
        ),
        ({"trait": "days_since_first_seen", "op": ">=", "value": 91}, "wait until 23 September"),
        ({"trait": "product_views_30d", "op": ">", "value": 1}, "1 more view_item before 21 Oct"),
        ({"trait": "country", "op": "is", "value": "KR"}, ""),
    ],
)
def test_who_is_not_in_is_told_what_is_lacking(
    rule: Any, missing: str, now: int, shop: Shop
) -> None:
    known = mina(now, view_item=(DAY,), purchase=(5 * DAY,))
    found = reason(rule, known, now, shop)
    assert found.holds is False
    assert found.missing.startswith(missing)
    assert bool(found.missing) == bool(missing)


def test_what_holds_lacks_nothing(now: int, shop: Shop) -> None:
    known = mina(now, view_item=(DAY, HOUR, MINUTE))
    assert reason(VIEWS, known, now, shop).missing == ""
