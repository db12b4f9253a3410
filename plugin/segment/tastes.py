"""What do a visitor's views and searches say: of what, how often, how much of it alike?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from plugin.collect.event import Item
from plugin.segment.facts import Facts, Happening
from plugin.segment.text import fold
from plugin.segment.worked import Worked, recent, sliding
from plugin.shop import DAY, Shop

WEEK, FORTNIGHT, MONTH, HALF_YEAR = 7 * DAY, 14 * DAY, 30 * DAY, 180 * DAY
VIEW, SEARCHES = "view_item", ("search", "view_search_results")
# As ``fold`` leaves them.
GIFT_WORDS = ("gift", "present", "선물", "ギフト", "プレゼント")
POLICY_WORDS = (
    "shipping", "delivery", "returns", "return-policy", "return_policy", "refund", "exchange",
    "배송", "반품", "교환", "配送", "送料", "返品",
)  # fmt: skip
Predicate = Callable[[Happening], bool]


def counted(name: str, span: int, counts: Predicate | None = None) -> Worked:
    """How many events of a name the last ``span`` ms hold; ``counts``: which of them."""

    def value(facts: Facts, now: int, shop: Shop) -> int:
        told = recent(facts, name, now, span)
        return len(told) if counts is None else sum(map(counts, told))

    return Worked(value, sliding([name], span), whole=(name,))


def different(name: str, span: int | None, said: Callable[[Happening], tuple[Any, ...]]) -> Worked:
    """How many different values the events of a name said in the last ``span`` ms."""

    def value(facts: Facts, now: int, shop: Shop) -> int:
        told = (one for event in recent(facts, name, now, span) for one in said(event))
        return len({(one.__class__ is bool, one) for one in told if one is not None and one != ""})

    return Worked(value, sliding([name], span), whole=(name,))


def top_share(field: Callable[[Item], str | None], span: int) -> Worked:
    """The part of the views that shows what is viewed most; a view counts once for each."""

    def value(facts: Facts, now: int, shop: Shop) -> float | None:
        views = recent(facts, VIEW, now, span)
        shown = Counter(one for view in views for one in {field(i) for i in view.items} if one)
        return max(shown.values(), default=0) / len(views) if views else None

    return Worked(value, sliding([VIEW], span), whole=(VIEW,))


def _views(facts: Facts, now: int) -> dict[str, tuple[int, int]]:
    """Of each product, how often it was viewed in the last 7 days, and the place of the last."""
    found: dict[str, tuple[int, int]] = {}
    for place, view in enumerate(recent(facts, VIEW, now, WEEK)):
        for item_id in {item.item_id for item in view.items}:
            found[item_id] = (found.get(item_id, (0, 0))[0] + 1, place)
    return found


def _most_views(facts: Facts, now: int, shop: Shop) -> int:
    return max((count for count, _ in _views(facts, now).values()), default=0)


def _hot_in_cart(facts: Facts, now: int, shop: Shop) -> bool | None:
    """Whether the product viewed most, of several the one viewed last, is in the cart."""
    views = _views(facts, now)
    if not views:
        return None
    hot = max(views.values())
    return any(views.get(line.item_id) == hot for line in facts.profile.cart)


def _gift_searched(facts: Facts, now: int, shop: Shop) -> bool:
    return any(
        isinstance(term := one.params.get("search_term"), str) and _holds(term, GIFT_WORDS)
        for name in SEARCHES
        for one in recent(facts, name, now, FORTNIGHT)
    )


def _about_policy(view: Happening) -> bool:
    """Whether a page's address, beside the shop's own name and what is asked of it, says so."""
    place = view.params.get("page_location")
    if not isinstance(place, str):
        return False
    path = place.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    return _holds(unquote(path), POLICY_WORDS)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    said = fold(text)
    return any(word in said for word in words)


def _without_result(search: Happening) -> bool:
    results = search.params.get("results")
    return results == 0 and not isinstance(results, (bool, str))


MOST_VIEWS = Worked(_most_views, sliding([VIEW], WEEK), whole=(VIEW,))
HOT_IN_CART = Worked(_hot_in_cart, sliding([VIEW], WEEK), whole=(VIEW,))
GIFT_SEARCHED = Worked(_gift_searched, sliding(SEARCHES, FORTNIGHT), whole=SEARCHES)
PRODUCTS = different(VIEW, WEEK, lambda view: tuple(item.item_id for item in view.items))
TOP_CATEGORY = top_share(lambda item: item.category, MONTH)
TOP_BRAND = top_share(lambda item: item.brand, MONTH)
NO_RESULT = counted("search", FORTNIGHT, _without_result)
REVIEWS = counted("view_reviews", MONTH)
SIZE_GUIDES = counted("view_size_guide", FORTNIGHT)
POLICIES = counted("page_view", WEEK, _about_policy)
COUPONS = different("popup_click", HALF_YEAR, lambda click: (click.params.get("coupon"),))
