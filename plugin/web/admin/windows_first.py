"""Which windows does a shop begin with?

The documents are those of the contract, as ``PUT /v1/windows/SLUG`` takes them.
"""

from __future__ import annotations

from typing import Any


def _window(name: str, en: str, ko: str, ja: str, *strategies: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": {"en": en, "ko": ko, "ja": ja},
        "strategies": list(strategies),
        "min": 4,
        "max": 8,
    }


FIRST: dict[str, dict[str, Any]] = {
    "home-1": _window(
        "Home", "For you", "회원님을 위한 추천", "あなたへのおすすめ", "for_you", "bestsellers"
    ),
    "product-1": _window(
        "Product page",
        "You may also like",
        "이런 상품은 어떠세요?",
        "こちらもおすすめ",
        "viewed_together",
        "similar",
    ),
    "cart-1": _window(
        "Cart",
        "Goes well with your cart",
        "장바구니와 잘 어울려요",
        "カートの商品と合います",
        "cart_complements",
        "bestsellers",
    ),
}
