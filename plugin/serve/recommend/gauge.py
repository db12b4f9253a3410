"""What does each strategy need, and has the shop enough of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.serve.language import Texts, in_language


@dataclass(frozen=True)
class Gauge:
    """How much of what it needs a strategy has. ``unit``: one of ``UNITS``.

    ``has`` is counted no further than ``needs``.
    """

    strategy: str
    needs: int
    has: int
    unit: str

    @property
    def enough(self) -> bool:
        """Whether the strategy has something to say of its own."""
        return self.has >= self.needs


# Of each strategy how many of what; with fewer its list is short, or mostly chance.
NEEDS: dict[str, tuple[int, str]] = {
    "bestsellers": (10, "orders"),
    "trending": (200, "events"),
    "new_arrivals": (4, "arrivals"),
    "offers": (4, "offers"),
    "recently_viewed": (1, "views"),
    "viewed_together": (30, "viewers"),
    "bought_together": (30, "baskets"),
    "similar": (20, "described"),
    "for_you": (100, "viewers"),
    "segment_favourites": (1, "favourites"),
    "cart_complements": (30, "baskets"),
    "free_shipping_gap": (1, "amount"),
    "buy_again": (10, "rebuyers"),
    "back_in_stock": (4, "news"),
}
# What is counted, in words that fit both sentences below and the number that is needed.
UNITS: dict[str, Texts] = {
    "orders": {
        "en": "orders within 30 days",
        "ko": "30일 이내 주문",
        "ja": "30日以内の注文",
    },
    "events": {
        "en": "product views, carts and orders within 30 days",
        "ko": "30일 이내 상품 조회·장바구니·주문",
        "ja": "30日以内の商品閲覧・カート・注文",
    },
    "arrivals": {
        "en": "products that came within 30 days",
        "ko": "30일 이내 입고된 상품",
        "ja": "30日以内に入荷した商品",
    },
    "offers": {
        "en": "products with a lower sale price",
        "ko": "할인가가 더 낮은 상품",
        "ja": "セール価格の方が安い商品",
    },
    "views": {"en": "product view", "ko": "상품 조회", "ja": "商品の閲覧"},
    "viewers": {
        "en": "visitors who looked at two products or more",
        "ko": "상품을 2개 이상 본 방문자",
        "ja": "2点以上の商品を見た訪問者",
    },
    "baskets": {
        "en": "orders with two products or more",
        "ko": "상품이 2개 이상인 주문",
        "ja": "2点以上の商品を含む注文",
    },
    "described": {
        "en": "products with a category",
        "ko": "카테고리가 있는 상품",
        "ja": "カテゴリーのある商品",
    },
    "favourites": {
        "en": "segment with 5 active members",
        "ko": "활동 회원이 5명 이상인 세그먼트",
        "ja": "アクティブなメンバーが5人以上のセグメント",
    },
    "amount": {
        "en": "amount for free delivery (About your shop)",
        "ko": "무료배송 기준 금액(쇼핑몰 정보)",
        "ja": "送料無料の金額(ショップについて)",
    },
    "rebuyers": {
        "en": "customers who bought a product again",
        "ko": "같은 상품을 다시 구매한 고객",
        "ja": "同じ商品を再購入した顧客",
    },
    "news": {
        "en": "products that came back or fell in price within 14 days",
        "ko": "14일 이내 재입고되거나 가격이 내린 상품",
        "ja": "14日以内に再入荷または値下げした商品",
    },
}
ENOUGH: Texts = {
    "en": "enough: at least {needs} {unit}",
    "ko": "충분합니다: {unit} {needs}건 이상",
    "ja": "十分です: {unit}が{needs}件以上",
}
SHORT: Texts = {
    "en": "needs {needs} {unit}, you have {has}",
    "ko": "{unit} {needs}건 필요, 현재 {has}건",
    "ja": "{unit}が{needs}件必要、現在{has}件",
}


def gauge_of(strategy: str, counts: Mapping[str, int]) -> Gauge:
    """The gauge of a strategy. counts: by unit, how many the shop has; absent: none."""
    needs, unit = NEEDS[strategy]
    return Gauge(strategy, needs, min(needs, counts.get(unit, 0)), unit)


def sentence(gauge: Gauge, language: str) -> str:
    """What the owner reads of it.

    >>> sentence(Gauge("bought_together", 30, 12, "baskets"), "en")
    'needs 30 orders with two products or more, you have 12'
    """
    unit = in_language(UNITS[gauge.unit], language)
    text = in_language(ENOUGH if gauge.enough else SHORT, language)
    return text.format(needs=gauge.needs, has=gauge.has, unit=unit)
