"""Which segments, windows and popups does the demo's owner start with?

The documents are those of the contract, as ``PUT /v1/segments/SLUG`` and the others take them.
"""

from __future__ import annotations

from typing import Any

from plugin.web.demo.simulate import CONTROL_SHARE

Document = dict[str, Any]


def _trait(name: str, op: str, value: object) -> Document:
    return {"trait": name, "op": op, "value": value}


def _order(which: str, how: str, span: str) -> Document:
    """An order: ``which`` is last or first, ``how`` older_than or newer_than ``span``."""
    return {"event": "purchase", which: how, "value": span}


SEGMENTS: dict[str, Document] = {
    "first-visit": {
        "name": "First visit",
        "rule": _trait("sessions_total", "=", 1),
    },
    "returning-no-order": {
        "name": "Back again, no order yet",
        "rule": {"all": [_trait("sessions_total", ">=", 2), _trait("orders_total", "=", 0)]},
    },
    "window-shoppers": {
        "name": "Window shoppers",
        "rule": {
            "all": [
                {"event": "view_item", "measure": "count", "op": ">=", "value": 5, "within": "30d"},
                _trait("cart_adds_30d", "=", 0),
            ]
        },
    },
    "filled-cart": {
        "name": "Something in the cart",
        "rule": _trait("cart_items_now", ">=", 1),
    },
    "cart-abandoners": {
        "name": "Left a cart behind",
        "rule": {
            "all": [
                _trait("cart_items_now", ">=", 1),
                {"event": "add_to_cart", "last": "older_than", "value": "1h"},
                {"event": "add_to_cart", "last": "newer_than", "value": "30d"},
            ]
        },
    },
    "new-customers": {
        "name": "New customers",
        "rule": _order("first", "newer_than", "30d"),
    },
    "loyal": {
        "name": "Loyal",
        "rule": {"all": [_trait("orders_total", ">=", 3), _order("last", "newer_than", "45d")]},
    },
    "vip": {
        "name": "VIP",
        "rule": {"all": [_trait("orders_total", ">=", 2), _trait("revenue_total", ">=", 400)]},
    },
    "one-and-done": {
        "name": "One order only",
        "rule": {"all": [_trait("orders_total", "=", 1), _order("last", "older_than", "30d")]},
    },
    "at-risk": {
        "name": "At risk",
        "rule": {
            "all": [
                _trait("orders_total", ">=", 2),
                _order("last", "older_than", "21d"),
                _trait("days_since_last_seen", ">=", 14),
            ]
        },
    },
    "lapsed": {
        "name": "Lapsed",
        "rule": {
            "all": [_trait("orders_total", ">=", 1), _trait("days_since_last_order", ">=", 45)]
        },
    },
    "phones-from-ads": {
        "name": "On a phone, from an ad",
        "rule": {
            "all": [
                _trait("channel_first", "is", "paid"),
                _trait("device", "is", "mobile"),
                {"not": _trait("country", "in", ["KR", "JP"])},
            ]
        },
    },
}


def _window(en: str, ko: str, ja: str, *strategies: str) -> Document:
    return {
        "title": {"en": en, "ko": ko, "ja": ja},
        "strategies": list(strategies),
        "min": 4 if strategies[-1] == "bestsellers" else 1,
        "max": 5,
        "control_share": CONTROL_SHARE,
    }


WINDOWS: dict[str, Document] = {
    "home-1": _window(
        "Liked by people like you",
        "취향이 비슷한 분들이 좋아해요",
        "好みが近い方に人気",
        "segment_favourites",
        "bestsellers",
    ),
    "home-2": _window("Seen a moment ago", "최근 본 상품", "最近見た商品", "recently_viewed"),
    "product-1": _window(
        "Often viewed together",
        "함께 많이 본 상품",
        "よく一緒に見られている商品",
        "viewed_together",
        "bestsellers",
    ),
    "cart-1": _window(
        "Goes well with your cart",
        "장바구니와 잘 어울려요",
        "カートの品とよく合います",
        "viewed_together",
        "bestsellers",
    ),
}


def _text(style: str, en: str, ko: str, ja: str) -> Document:
    return {"type": "text", "style": style, "text": {"en": en, "ko": ko, "ja": ja}}


def _button(url: str, en: str, ko: str, ja: str) -> Document:
    return {"type": "button", "url": url, "text": {"en": en, "ko": ko, "ja": ja}}


_EMAIL: Document = {
    "type": "form",
    "fields": [
        {
            "name": "email",
            "label": {"en": "E-mail", "ko": "이메일", "ja": "メールアドレス"},
            "input": "email",
            "required": True,
            "consent_text": {
                "en": "Write to me when the winter shelf opens. I can unsubscribe at any time.",
                "ko": "겨울 신상품이 나오면 메일을 받겠습니다. 언제든 수신을 거부할 수 있습니다.",
                "ja": "冬の新作のお知らせを受け取ります。いつでも配信を停止できます。",
            },
        }
    ],
    "button": {"en": "Tell me", "ko": "알림 받기", "ja": "知らせを受け取る"},
}

# The checkout is left alone by Regulars anyway; an owner who reads this sees it said.
_NOT_WHILE_PAYING = ["!/demo/checkout", "!/demo/thank-you"]

POPUPS: dict[str, Document] = {
    "cart-saver": {
        "name": "Cart saver",
        "kind": "modal",
        "trigger": {"on": "exit"},
        "audience": {"rule": _trait("cart_items_now", ">=", 1)},
        "pages": _NOT_WHILE_PAYING,
        "caps": {"per_visit": 1, "per_day": 2},
        "stop_on": ["close2"],
        "priority": 10,
        "control_share": CONTROL_SHARE,
        "variants": [
            {
                "weight": 1,
                "blocks": [
                    _text(
                        "heading",
                        "Your cart is safe with us",
                        "장바구니는 잘 보관해 둘게요",
                        "カートの中身はそのままです",
                    ),
                    _text(
                        "body",
                        "It waits here until you come back, on this device. These go well with it:",
                        "이 기기에서 다시 오실 때까지 그대로 있어요. 함께 어울리는 상품이에요.",
                        "この端末でまたお越しになるまでお待ちします。こちらもよく合います。",
                    ),
                    {"type": "window", "window": "cart-1"},
                    _button("/demo/cart", "Go to my cart", "장바구니로 가기", "カートを見る"),
                ],
            }
        ],
    },
    "welcome-back": {
        "name": "Welcome back",
        "kind": "bar",
        "trigger": {"on": "load"},
        "audience": {"segment": "returning-no-order"},
        "pages": ["/demo/", *_NOT_WHILE_PAYING],
        "caps": {"per_day": 1},
        "stop_on": ["answer", "close2"],
        "priority": 5,
        "control_share": CONTROL_SHARE,
        "variants": [
            {
                "weight": 1,
                "blocks": [
                    _text(
                        "body",
                        "Good to see you again. Shipping is free from $75.",
                        "다시 만나서 반가워요. $75부터 무료 배송이에요.",
                        "またお会いできてうれしいです。$75以上で送料無料です。",
                    ),
                    _button(
                        "/demo/search?q=gift", "Ideas for gifts", "선물 아이디어", "ギフトを探す"
                    ),
                ],
            }
        ],
    },
    "stay-a-while": {
        "name": "Stay a while",
        "kind": "modal",
        "trigger": {"on": "exit"},
        "audience": {"rule": _trait("cart_items_now", "=", 0)},
        "pages": _NOT_WHILE_PAYING,
        "caps": {"per_visit": 1, "per_day": 2},
        "stop_on": ["answer", "close2"],
        "priority": 1,
        "control_share": CONTROL_SHARE,
        "variants": [
            {
                "weight": 1,
                "blocks": [
                    _text(
                        "heading",
                        "Before you go",
                        "가시기 전에 잠깐만요",
                        "お帰りの前に",
                    ),
                    _text(
                        "body",
                        "A few things that people like you have taken a liking to.",
                        "취향이 비슷한 분들이 좋아하는 상품이에요.",
                        "好みの近い方に選ばれている品々です。",
                    ),
                    {"type": "window", "window": "home-1"},
                    _EMAIL,
                ],
            }
        ],
    },
}
