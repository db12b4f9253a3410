"""Which ways are there to choose products for a window?

To add one: a line in ``STRATEGIES`` here, and the function of the same name in ``SHELVES`` of
``plugin/journey/shelves.py``, which lists its products best first. Nothing else names them.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.errors import DocumentRefused
from plugin.serve.language import Texts


@dataclass(frozen=True)
class Strategy:
    """A way to choose products.

    ``via``: the short code that an item of a window's answer carries, and the snippet tells back.
    ``needs``: what must be known, in plain words for owners. ``reason``: what the shopper reads on
    a product, so it says nothing of what we know of anybody. ``cold``: the strategies that stand in
    when it is asked for by itself and has too little to say; none: better nothing than another
    thing than what the name promises.
    """

    name: str
    via: str
    needs: str
    reason: Texts
    cold: tuple[str, ...] = ()


def _texts(en: str, ko: str, ja: str) -> Texts:
    return {"en": en, "ko": ko, "ja": ja}


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            "bestsellers",
            "bs",
            "nothing: orders of 30 days, then carts, then views, then the newest products",
            _texts("Bestseller", "베스트셀러", "ベストセラー"),
        ),
        Strategy(
            "trending",
            "tr",
            "views, carts or orders on several days",
            _texts("Trending now", "지금 뜨는 상품", "急上昇"),
            cold=("bestsellers",),
        ),
        Strategy(
            "new_arrivals",
            "na",
            "products that came in the 30 days up to the newest one",
            _texts("New", "신상품", "新着"),
        ),
        Strategy(
            "offers",
            "of",
            "products with a lower sale price",
            _texts("On sale", "할인 중", "セール中"),
        ),
        Strategy(
            "recently_viewed",
            "rv",
            "products this visitor has looked at and not bought",
            _texts("You looked at this", "최근 본 상품", "最近チェックした商品"),
        ),
        Strategy(
            "viewed_together",
            "vt",
            "a product on the page or looked at before, and others who looked at it",
            _texts("Often viewed together", "함께 많이 본 상품", "一緒によく見られています"),
            cold=("similar", "bestsellers"),
        ),
        Strategy(
            "bought_together",
            "bt",
            "a product on the page or looked at before, and 3 orders that hold it and another",
            _texts("Often bought together", "함께 많이 구매한 상품", "一緒によく購入されています"),
            cold=("viewed_together", "bestsellers"),
        ),
        Strategy(
            "similar",
            "si",
            "a product on the page or looked at before, and a catalogue with categories or names",
            _texts("Similar", "비슷한 상품", "似ている商品"),
            cold=("bestsellers",),
        ),
        Strategy(
            "for_you",
            "fy",
            "a product looked at in this visit, or earlier orders of this visitor",
            _texts("Picked for you", "맞춤 추천", "あなたへのおすすめ"),
            cold=("segment_favourites", "bestsellers"),
        ),
        Strategy(
            "segment_favourites",
            "sf",
            "a segment of the visitor with at least 5 active members; made by the clock",
            _texts("You may like this", "추천 상품", "おすすめ"),
            cold=("bestsellers",),
        ),
        Strategy(
            "cart_complements",
            "cc",
            "something in the cart, and 3 orders that hold it and another",
            _texts(
                "Goes well with your cart", "장바구니 상품과 잘 어울려요", "カートの商品と合います"
            ),
            cold=("bestsellers",),
        ),
        Strategy(
            "free_shipping_gap",
            "fg",
            "what delivery costs nothing from (About your shop), and a cart below it",
            _texts(
                "Takes you to free delivery", "무료배송까지 딱 맞는 상품", "送料無料まであと少し"
            ),
        ),
        Strategy(
            "buy_again",
            "ba",
            "earlier orders of this visitor",
            _texts("Buy again", "다시 구매하기", "もう一度購入"),
        ),
        Strategy(
            "back_in_stock",
            "bk",
            "products whose stock came back, or whose price fell by 5 % or more, in 14 days",
            _texts("Back, or at a better price", "재입고 또는 가격 인하", "再入荷・値下げ"),
        ),
    )
}

PINS = "pins"  # what a pick of the owner's own is listed under
PINS_VIA = "pi"
PIN_REASON: Texts = _texts("Our pick", "추천", "イチオシ")


def strategy_named(name: str) -> Strategy:
    """The strategy called ``name``. Raises DocumentRefused."""
    if name not in STRATEGIES:
        raise DocumentRefused(f"unknown strategy {name[:40]!r}; known: {', '.join(STRATEGIES)}")
    return STRATEGIES[name]


def reason_of(strategy: str) -> Texts:
    """What the shopper reads on a product that ``strategy`` (or a pin) chose."""
    return PIN_REASON if strategy == PINS else STRATEGIES[strategy].reason


def via_of(strategy: str) -> str:
    """The short code of ``strategy`` (or of a pin), by which a click is told back."""
    return PINS_VIA if strategy == PINS else STRATEGIES[strategy].via


def strategy_told(code: str) -> str:
    """The strategy (or ``pins``) whose short code came back; the code itself when none has it."""
    return next((name for name in (*STRATEGIES, PINS) if via_of(name) == code), code)
