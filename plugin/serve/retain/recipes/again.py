"""Recipes for customers: what makes of one order the next?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates.pattern import Words
from plugin.serve.retain.recipes.recipe import (
    Group,
    Recipe,
    asks,
    button,
    codes,
    coupon,
    heading,
    popup,
    products,
    say,
    text,
    window,
)

AGAIN = Group(
    "again",
    Words("Buy again", "다시 구매", "もう一度購入"),
    Words(
        "Customers you have: the next order costs less than the first of somebody new.",
        "이미 구매한 고객의 다음 주문은 새 고객의 첫 주문보다 적은 비용이 듭니다.",
        "すでにいるお客様の次の注文は、新しい方の最初の注文より費用がかかりません。",
    ),
)
REPEATS = (
    Recipe(
        "running-low",
        "again",
        "replenish-due",
        Words("Time to reorder", "재구매 시기", "再注文の頃合い"),
        Words(
            "When somebody comes back whose product should be used up: the same again, one tap away.",
            "쓰던 상품이 떨어질 때가 된 고객이 오면 같은 상품을 바로 다시 살 수 있게 보여 줍니다.",
            "使い切る頃のお客様が来たとき、同じ商品をすぐ買えるように見せます。",
        ),
        popup(
            "slide",
            {"on": "load"},
            [
                heading(
                    "Running low? Reorder in one tap",
                    "떨어질 때 되셨죠? 한 번에 재구매",
                    "そろそろなくなる頃では？ワンタップで再注文",
                ),
                text(
                    "What you bought before, ready to go in the cart.",
                    "전에 구매하신 상품이에요. 바로 담아 보세요.",
                    "以前お求めの商品です。すぐカートに入れられます。",
                ),
                products("running-low"),
            ],
        ),
        windows={
            "running-low": window(say("Buy again", "다시 구매", "もう一度購入"), ["buy_again"], 3)
        },
    ),
    Recipe(
        "make-the-most",
        "again",
        "new-customers",
        Words("After the first order", "첫 주문 뒤", "最初の注文のあと"),
        Words(
            "When a new customer comes back: how to get the most of the product, and three that go with it.",
            "새 고객이 주문 뒤 다시 오면 활용 방법과 어울리는 상품 3개를 보여 줍니다.",
            "新しいお客様が戻ったとき、使い方と、合う商品3点を見せます。",
        ),
        popup(
            "slide",
            {"on": "load"},
            [
                heading(
                    "Make the most of your {product|new purchase}",
                    "{product|구매하신 상품}, 이렇게 써 보세요",
                    "{product|お求めの商品}をもっと楽しむ",
                ),
                text(
                    "These go well with what you have.",
                    "함께 쓰면 좋은 상품이에요.",
                    "一緒に使うと便利な商品です。",
                ),
                products("make-the-most"),
                button("/help", "Tips and care", "사용법 보기", "使い方を見る"),
            ],
            {"per_visit": 1, "ever": 2},
            stop_on=["answer", "close2"],
            goal={"event": "purchase", "within": "30d"},
        ),
        windows={
            "make-the-most": window(
                say("Goes with it", "함께 쓰면 좋은 상품", "一緒におすすめ"),
                ["bought_together", "for_you"],
                3,
            )
        },
    ),
    Recipe(
        "second-order",
        "again",
        "one-and-done",
        Words("A thank-you for order two", "두 번째 주문 감사", "2回目の注文への感謝"),
        Words(
            "When somebody comes back who ordered once: what is new since, and 10 % off the second order for 14 days.",
            "한 번 주문한 고객이 돌아오면 새 상품과 14일간 유효한 두 번째 주문 10 % 쿠폰을 드립니다.",
            "一度注文したお客様が戻ったとき、新商品と、14日間有効な2回目10 %オフを渡します。",
        ),
        popup(
            "modal",
            {"on": "load"},
            [
                heading(
                    "It's been a while. A thank-you for order two",
                    "오랜만이에요. 두 번째 주문 감사 쿠폰",
                    "お久しぶりです。2回目のご注文に感謝を込めて",
                ),
                text(
                    "10 % off your second order, for 14 days, and what is new since your first:",
                    "두 번째 주문 10 % 할인 쿠폰을 드려요(14일간). 그동안 새로 나온 상품도 보세요.",
                    "2回目のご注文が10 %オフ（14日間）。前回から増えた新商品もご覧ください。",
                ),
                products("second-order"),
                coupon(
                    "10 % off your second order", "두 번째 주문 10 % 할인", "2回目のご注文10 %オフ"
                ),
            ],
            {"per_visit": 1, "per_week": 1, "ever": 3},
            coupon_pool="second-order-10",
            goal={"event": "purchase", "within": "14d"},
        ),
        never=("full-price", "return-heavy"),
        windows={
            "second-order": window(
                say("New since then", "그동안 나온 신상품", "前回からの新商品"),
                ["new_arrivals", "for_you"],
                4,
            )
        },
        pools={
            "second-order-10": codes("Second order, 10 %", {"percent": 10}, "14d", "THANKS-"),
        },
    ),
    Recipe(
        "missed-you",
        "again",
        "at-risk-valuable",
        Words("Good customers at risk", "떠날 듯한 우수 고객", "離れそうな優良客"),
        Words(
            "When a good customer comes back after a long break: what is new for them, and one question, why.",
            "오래 쉬었던 우수 고객이 돌아오면 취향에 맞는 새 상품과 쉬었던 이유를 묻는 질문 하나를 보여 줍니다.",
            "長く離れていた優良なお客様が戻ったとき、好みの新商品と、離れた理由の質問を1つ見せます。",
        ),
        popup(
            "modal",
            {"on": "time", "seconds": 8},
            [
                heading(
                    "We missed you, {name|good to see you}",
                    "{name|고객}님, 기다렸어요",
                    "{name|お客}様、お待ちしておりました",
                ),
                products("missed-you"),
                asks(
                    "break_reason",
                    say(
                        "What kept you away?",
                        "한동안 뜸하셨던 이유가 있나요?",
                        "しばらくお越しにならなかった理由は？",
                    ),
                    say("I needed nothing", "필요한 것이 없었어요", "必要な物がなかった"),
                    say("Price", "가격", "価格"),
                    say("Choice of products", "상품 구성", "品ぞろえ"),
                    say("Delivery or returns", "배송이나 반품", "配送や返品"),
                    say("Another reason", "다른 이유", "そのほか"),
                ),
            ],
            {"per_visit": 1, "per_week": 1, "ever": 3},
            goal={"event": "purchase", "within": "14d"},
        ),
        never=("return-heavy",),
        windows={
            "missed-you": window(
                say("New for you", "고객님을 위한 신상품", "あなたへの新商品"),
                ["for_you", "new_arrivals"],
                3,
            )
        },
    ),
)
