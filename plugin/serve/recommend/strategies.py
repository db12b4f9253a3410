"""Which ways are there to choose products for a window?

To add one: a line in ``STRATEGIES`` here, and the query of the same name in
``plugin/storage/shelves.py``, which lists its products best first. Nothing else names them.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.errors import DocumentRefused, NotYet
from plugin.serve.language import Texts

# The contract's names that have no line below yet.
NOT_YET = (
    "trending", "new_arrivals", "offers", "bought_together", "similar", "for_you",
    "cart_complements", "free_shipping_gap", "buy_again", "back_in_stock",
)  # fmt: skip


@dataclass(frozen=True)
class Strategy:
    """A way to choose products.

    ``needs``: what must be known, in plain words for owners. ``reason``: what the shopper reads on
    a product, so it says nothing of what we know of anybody. ``cold``: the strategies that stand in
    when it is asked for by itself and has nothing to say.
    """

    name: str
    needs: str
    reason: Texts
    cold: tuple[str, ...] = ()


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            "bestsellers",
            "nothing: orders of 30 days, then carts, then views, then the newest products",
            {"en": "Bestseller", "ko": "베스트셀러", "ja": "ベストセラー"},
        ),
        Strategy(
            "recently_viewed",
            "products this visitor has looked at and not bought",
            {"en": "You looked at this", "ko": "최근 본 상품", "ja": "最近チェックした商品"},
        ),
        Strategy(
            "viewed_together",
            "a product on the page or looked at before, and others who looked at it",
            {
                "en": "Often viewed together",
                "ko": "함께 많이 본 상품",
                "ja": "一緒によく見られています",
            },
            cold=("bestsellers",),
        ),
        Strategy(
            "segment_favourites",
            "a segment of the visitor with at least 5 active members; made by the clock",
            {"en": "You may like this", "ko": "추천 상품", "ja": "おすすめ"},
            cold=("bestsellers",),
        ),
    )
}

PINS = "pins"  # what a pick of the owner's own is listed under
PIN_REASON: Texts = {"en": "Our pick", "ko": "추천", "ja": "イチオシ"}


def strategy_named(name: str) -> Strategy:
    """The strategy called ``name``. Raises DocumentRefused, or NotYet for those to come."""
    if name in NOT_YET:
        known = ", ".join(STRATEGIES)
        raise NotYet(f"the strategy {name} is not there yet; take one of {known}")
    if name not in STRATEGIES:
        raise DocumentRefused(f"unknown strategy {name[:40]!r}; known: {', '.join(STRATEGIES)}")
    return STRATEGIES[name]


def reason_of(strategy: str) -> Texts:
    """What the shopper reads on a product that ``strategy`` (or a pin) chose."""
    return PIN_REASON if strategy == PINS else STRATEGIES[strategy].reason
