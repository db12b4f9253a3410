"""Behavioural templates: what do they do with carts, popups and recommendations?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import Words, trait
from plugin.segment.templates.template import Template

ACTING = (
    Template(
        "cart-abandoners",
        "behavioural",
        Words("Cart abandoners", "장바구니 이탈", "カゴ落ち"),
        who=Words(
            "Visitors with products in the cart that changed {from} to {to} hours ago, and no checkout begun.",
            "장바구니에 상품이 있고 {from}~{to}시간 전에 마지막으로 바뀌었으며, 결제를 시작하지 않은 방문자입니다.",
            "カートに商品があり、最後の変更が{from}〜{to}時間前で、購入手続きを始めていない方です。",
        ),
        use=Words(
            "A reminder of the cart when they come back.",
            "다시 왔을 때 장바구니를 떠올려 줍니다.",
            "戻ってきたときにカートを思い出してもらいます。",
        ),
        pattern={
            "all": [
                trait("cart_items_now", ">=", 1),
                trait(
                    "hours_since_cart_update",
                    "between",
                    [
                        knobs.hours(
                            1,
                            "from",
                            "From so many hours after",
                            "변경 후 (시간부터)",
                            "変更後（時間から）",
                        ),
                        knobs.hours(
                            168,
                            "to",
                            "Up to so many hours after",
                            "변경 후 (시간까지)",
                            "変更後（時間まで）",
                        ),
                    ],
                ),
                trait("hours_since_checkout_start", "unset"),
            ]
        },
        rising=("from", "to"),
    ),
    Template(
        "checkout-abandoners",
        "behavioural",
        Words("Checkout abandoners", "결제 직전 이탈", "決済離脱"),
        who=Words(
            "Visitors who began a checkout {from} to {to} hours ago and have not ordered since.",
            "{from}~{to}시간 전에 결제를 시작했지만 그 뒤로 주문하지 않은 방문자입니다.",
            "{from}〜{to}時間前に購入手続きを始め、その後注文していない方です。",
        ),
        use=Words(
            "Help, and the ways to pay.",
            "도움말과 결제 방법을 안내합니다.",
            "お手伝いと支払い方法を案内します。",
        ),
        pattern=trait(
            "hours_since_checkout_start",
            "between",
            [
                knobs.hours(
                    0.5,
                    "from",
                    "From so many hours after",
                    "시작 후 (시간부터)",
                    "開始後（時間から）",
                ),
                knobs.hours(
                    72,
                    "to",
                    "Up to so many hours after",
                    "시작 후 (시간까지)",
                    "開始後（時間まで）",
                ),
            ],
        ),
        rising=("from", "to"),
    ),
    Template(
        "big-cart",
        "behavioural",
        Words("High-value cart", "고액 장바구니", "高額カート"),
        who=Words(
            "Visitors whose cart is worth {ratio} times your average order or more.",
            "장바구니 금액이 평균 주문 금액의 {ratio}배 이상인 방문자입니다.",
            "カートの金額が平均注文額の{ratio}倍以上の方です。",
        ),
        use=Words(
            "Service and paying later; no discount.",
            "상담과 나중 결제를 제안하고 할인은 하지 않습니다.",
            "相談や後払いを案内し、値引きはしません。",
        ),
        pattern={
            "all": [
                trait("cart_items_now", ">=", 1),
                trait(
                    "cart_vs_aov",
                    ">=",
                    knobs.ratio(
                        1.5,
                        "ratio",
                        "Times the average order, at least",
                        "평균 주문 대비 배수, 최소",
                        "平均注文額の倍数（以上）",
                    ),
                ),
            ]
        },
    ),
    Template(
        "near-free-ship",
        "behavioural",
        Words("Nearly free shipping", "무료배송 직전", "送料無料まであと少し"),
        who=Words(
            "Visitors whose cart is {from} to {to} short of free shipping.",
            "무료배송까지 {from}~{to} 모자란 장바구니를 가진 방문자입니다.",
            "送料無料まであと{from}〜{to}足りないカートの方です。",
        ),
        use=Words(
            "Small products priced at what is missing.",
            "모자란 금액에 맞는 작은 상품을 보여 줍니다.",
            "足りない金額に合う小物を見せます。",
        ),
        pattern={
            "all": [
                trait("cart_items_now", ">=", 1),
                trait(
                    "free_ship_gap_ratio",
                    "between",
                    [
                        knobs.share(
                            0.01,
                            "from",
                            Words(
                                "Short of the threshold, at least",
                                "기준 금액 대비 부족분, 최소",
                                "基準額に対する不足（以上）",
                            ),
                        ),
                        knobs.share(
                            0.3,
                            "to",
                            Words(
                                "Short of the threshold, at most",
                                "기준 금액 대비 부족분, 최대",
                                "基準額に対する不足（以下）",
                            ),
                        ),
                    ],
                ),
            ]
        },
        rising=("from", "to"),
    ),
    Template(
        "popup-averse",
        "behavioural",
        Words("Popup-averse (suppress)", "팝업 기피 (노출 중단)", "ポップアップ嫌い（抑制）"),
        who=Words(
            "Visitors who closed {times} or more popups in 30 days and answered none.",
            "30일간 팝업을 {times}번 이상 닫고 한 번도 응답하지 않은 방문자입니다.",
            "30日間にポップアップを{times}回以上閉じ、一度も答えていない方です。",
        ),
        use=Words(
            "Show them nothing on top of the page for 30 days.",
            "30일 동안 화면을 덮는 것을 띄우지 않습니다.",
            "30日間、画面を覆うものを出しません。",
        ),
        pattern={
            "all": [
                trait(
                    "popup_closes_30d",
                    ">=",
                    knobs.at_least(
                        3,
                        "Popups closed in 30 days, at least",
                        "30일간 닫은 팝업, 최소",
                        "30日間に閉じたポップアップ（以上）",
                    ),
                ),
                trait("popup_submits_30d", "=", 0),
            ]
        },
    ),
    Template(
        "rec-lovers",
        "behavioural",
        Words("Use recommendations", "추천 활용형", "おすすめ活用派"),
        who=Words(
            "Visitors who clicked recommended products {times} or more times in 30 days.",
            "30일간 추천 상품을 {times}번 이상 누른 방문자입니다.",
            "30日間におすすめ商品を{times}回以上クリックした方です。",
        ),
        use=Words("More windows.", "추천 창을 더 보여 줍니다.", "おすすめ枠を増やします。"),
        pattern=trait(
            "rec_clicks_30d",
            ">=",
            knobs.at_least(
                2, "Clicks in 30 days, at least", "30일간 클릭, 최소", "30日間のクリック（以上）"
            ),
        ),
    ),
)
