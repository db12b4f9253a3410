"""Value-based templates: how much and how often do they buy, and who is slipping away?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import Words, trait
from plugin.segment.templates.template import Model, Template

VALUE = Model(
    "value",
    Words("Value-based", "고객 가치", "顧客価値"),
    Words(
        "How much and how often they buy, and who is slipping away.",
        "얼마나 자주, 얼마나 사는지와 떠나려는 고객을 봅니다.",
        "どれだけ買い、誰が離れかけているかを見ます。",
    ),
)
# Of days since the last order, where several templates ask for them.
SINCE = (
    "Days since the last order, from",
    "마지막 주문 후 일수 (부터)",
    "最終注文からの日数（から）",
)
UNTIL = (
    "Days since the last order, below",
    "마지막 주문 후 일수 (미만)",
    "最終注文からの日数（未満）",
)
WITHIN = ("Last order within (days)", "최근 주문 (일 이내)", "最終注文（日以内）")
GAP = (
    "Times the expected gap, at least",
    "예상 주문 간격 대비 배수, 최소",
    "想定間隔の倍数（以上）",
)


WORTH = (
    Template(
        "vip",
        "value",
        Words("VIP", "VIP", "VIP"),
        who=Words(
            "Customers with {orders} or more orders in 365 days who are in the top {line_top} by what they spent; a little below that line they stay.",
            "365일간 주문이 {orders}건 이상이고 구매 금액 상위 {line_top}에 드는 고객입니다. 조금 내려가도 바로 빠지지 않습니다.",
            "365日間の注文が{orders}件以上で、購入額が上位{line_top}に入る方です。少し下回ってもすぐには外れません。",
        ),
        use=Words(
            "Early access and thanks; no discount.",
            "먼저 보여 주고 감사를 전하며, 할인은 하지 않습니다.",
            "先行案内と感謝を。値引きはしません。",
        ),
        pattern={
            "all": [
                trait("orders_365d", ">=", knobs.year_orders(3)),
                trait("revenue_365d_pct", ">=", knobs.line(90)),
            ]
        },
    ),
    Template(
        "loyal",
        "value",
        Words("Loyal", "충성 고객", "ロイヤル"),
        who=Words(
            "Customers with {orders} or more orders in 365 days, below the top {below_top} by what they spent, whose last order is within {late} times their usual gap.",
            "365일간 주문이 {orders}건 이상이고 구매 금액 상위 {below_top}에는 못 미치며, 마지막 주문이 평소 간격의 {late}배 안에 있는 고객입니다.",
            "365日間の注文が{orders}件以上、購入額が上位{below_top}未満で、最終注文が想定間隔の{late}倍以内の方です。",
        ),
        use=Words(
            "Products that go with theirs, and bringing friends.",
            "어울리는 상품과 친구 추천을 제안합니다.",
            "合わせ買いと友だち紹介をすすめます。",
        ),
        pattern={
            "all": [
                trait("orders_365d", ">=", knobs.year_orders(3)),
                trait("revenue_365d_pct", "<", knobs.below(90)),
                trait(
                    "reorder_ratio",
                    "<=",
                    knobs.ratio(
                        1.5,
                        "late",
                        "Times the expected gap, at most",
                        "예상 주문 간격 대비 배수, 최대",
                        "想定間隔の倍数（以下）",
                    ),
                ),
            ]
        },
    ),
    Template(
        "almost-vip",
        "value",
        Words("Almost VIP", "VIP 직전", "VIP目前"),
        who=Words(
            "Customers between percentile {line} and {below} of what was spent in 365 days who ordered within {days} days.",
            "365일 구매 금액이 백분위 {line} 이상 {below} 미만이고 {days}일 안에 주문한 고객입니다.",
            "365日間の購入額が{line}パーセンタイル以上{below}未満で、{days}日以内に注文した方です。",
        ),
        use=Words(
            "How far it is to VIP.",
            "VIP까지 얼마나 남았는지 알려 줍니다.",
            "VIPまであとどれくらいかを伝えます。",
        ),
        pattern={
            "all": [
                trait("revenue_365d_pct", ">=", knobs.line(75)),
                trait("revenue_365d_pct", "<", knobs.below(90)),
                trait("days_since_last_order", "<=", knobs.days(90, "days", *WITHIN)),
            ]
        },
        rising=("line", "below"),
    ),
    Template(
        "new-customers",
        "value",
        Words("New customers", "신규 구매", "新規顧客"),
        who=Words(
            "Customers with exactly one order, within {days} days.",
            "{days}일 안에 한 번 주문한 고객입니다.",
            "{days}日以内に1回だけ注文した方です。",
        ),
        use=Words(
            "How to use it and what goes with it; no discount.",
            "사용법과 어울리는 상품을 알려 주고, 할인은 하지 않습니다.",
            "使い方と合う商品を伝え、値引きはしません。",
        ),
        pattern={
            "all": [
                trait("orders_total", "=", 1),
                trait("days_since_last_order", "<=", knobs.days(30, "days", *WITHIN)),
            ]
        },
    ),
    Template(
        "one-and-done",
        "value",
        Words("One order only", "1회 구매 후 멈춤", "一回きり"),
        who=Words(
            "Customers with exactly one order, {from} to {to} days ago.",
            "{from}~{to}일 전에 한 번 주문하고 멈춘 고객입니다.",
            "{from}〜{to}日前に1回だけ注文した方です。",
        ),
        use=Words(
            "An offer for the second order.",
            "두 번째 주문을 위한 제안을 합니다.",
            "2回目の注文への提案をします。",
        ),
        pattern={
            "all": [
                trait("orders_total", "=", 1),
                trait(
                    "days_since_last_order",
                    "between",
                    [
                        knobs.days(60, "from", *SINCE),
                        knobs.days(
                            365,
                            "to",
                            "Days since the last order, up to",
                            "마지막 주문 후 일수 (까지)",
                            "最終注文からの日数（まで）",
                        ),
                    ],
                ),
            ]
        },
        rising=("from", "to"),
    ),
    Template(
        "at-risk",
        "value",
        Words("At risk", "이탈 우려", "離脱リスク"),
        who=Words(
            "Customers with {orders} or more orders who have now been away {late} to {gone} times as long as they usually are.",
            "주문이 {orders}건 이상이고, 평소 주문 간격의 {late}~{gone}배가 지난 고객입니다.",
            "注文が{orders}件以上で、想定間隔の{late}〜{gone}倍がたった方です。",
        ),
        use=Words(
            "Win them back, and ask why.",
            "다시 초대하고 이유를 묻습니다.",
            "呼び戻し、理由を尋ねます。",
        ),
        pattern={
            "all": [
                trait("orders_total", ">=", knobs.orders(2)),
                trait("reorder_ratio", ">=", knobs.ratio(2, "late", *GAP)),
                trait(
                    "reorder_ratio",
                    "<",
                    knobs.ratio(
                        4,
                        "gone",
                        "Times the expected gap, below",
                        "예상 주문 간격 대비 배수, 미만",
                        "想定間隔の倍数（未満）",
                    ),
                ),
            ]
        },
        rising=("late", "gone"),
    ),
    Template(
        "at-risk-valuable",
        "value",
        Words("Valuable and slipping", "우량 이탈 우려", "優良客の離脱リスク"),
        who=Words(
            "Customers in the top {line_top} by what they spent in 365 days who have been away {late} times as long as they usually are, or more.",
            "365일 구매 금액 상위 {line_top}이고, 평소 주문 간격의 {late}배 이상 지난 고객입니다.",
            "365日間の購入額が上位{line_top}で、想定間隔の{late}倍以上たった方です。",
        ),
        use=Words(
            "A personal offer, here before anywhere else.",
            "가장 먼저 개인 제안을 할 고객입니다.",
            "まずここに個別の提案をします。",
        ),
        pattern={
            "all": [
                trait("revenue_365d_pct", ">=", knobs.line(75)),
                trait("reorder_ratio", ">=", knobs.ratio(1.5, "late", *GAP)),
            ]
        },
    ),
    Template(
        "lapsed",
        "value",
        Words("Lapsed", "휴면", "休眠"),
        who=Words(
            "Customers whose last order is {from} or more, but less than {to} days ago.",
            "마지막 주문이 {from}일 이상 {to}일 미만 전인 고객입니다.",
            "最終注文が{from}日以上{to}日未満前の方です。",
        ),
        use=Words(
            "What is new, and an offer to come back.",
            "새 소식과 함께 다시 오라는 제안을 합니다.",
            "新着と復帰の提案をします。",
        ),
        pattern={
            "all": [
                trait("orders_total", ">=", 1),
                trait("days_since_last_order", ">=", knobs.days(180, "from", *SINCE)),
                trait("days_since_last_order", "<", knobs.days(365, "to", *UNTIL)),
            ]
        },
        rising=("from", "to"),
    ),
    Template(
        "lost",
        "value",
        Words("Lost", "이탈", "離反"),
        who=Words(
            "Customers whose last order is {from} or more days ago.",
            "마지막 주문이 {from}일 이상 전인 고객입니다.",
            "最終注文が{from}日以上前の方です。",
        ),
        use=Words(
            "Treat them as new; spend nothing on them.",
            "신규처럼 대하고 비용을 쓰지 않습니다.",
            "新規として扱い、費用はかけません。",
        ),
        pattern={
            "all": [
                trait("orders_total", ">=", 1),
                trait("days_since_last_order", ">=", knobs.days(365, "from", *SINCE)),
            ]
        },
    ),
    Template(
        "full-price",
        "value",
        Words("Full-price buyers (shield)", "정가 구매 (할인 제외)", "定価購入（割引対象外）"),
        who=Words(
            "Customers with {orders} or more orders, at most {share} of them with a discount.",
            "주문이 {orders}건 이상이고 그중 할인 주문이 {share} 이하인 고객입니다.",
            "注文が{orders}件以上で、割引が{share}以下の方です。",
        ),
        use=Words(
            "Leave them out of every discount.",
            "모든 할인 대상에서 뺍니다.",
            "すべての割引の対象から外します。",
        ),
        pattern={
            "all": [
                trait("orders_total", ">=", knobs.orders(2)),
                trait("discount_order_share", "<=", knobs.share_at_most(0.1)),
            ]
        },
    ),
    Template(
        "return-heavy",
        "value",
        Words("Return-heavy (shield)", "반품 과다 (혜택 제외)", "返品過多（特典対象外）"),
        who=Words(
            "Customers with {orders} or more orders, {share} or more of them refunded.",
            "주문이 {orders}건 이상이고 그중 {share} 이상이 환불된 고객입니다.",
            "注文が{orders}件以上で、{share}以上が返金になった方です。",
        ),
        use=Words(
            "Help with the size; no incentive.",
            "사이즈 선택을 돕고 혜택은 주지 않습니다.",
            "サイズ選びを助け、特典は出しません。",
        ),
        pattern={
            "all": [
                trait("orders_total", ">=", knobs.orders(3)),
                trait("refund_order_share", ">=", knobs.share(0.4)),
            ]
        },
    ),
    Template(
        "promising",
        "value",
        Words("Promising newcomers", "유망 신규", "有望な新規"),
        who=Words(
            "Visitors with at most one order who are in the top {line_top} by what they are likely to bring in 365 days.",
            "주문이 한 건 이하이고, 앞으로 365일 예상 수익이 상위 {line_top}인 방문자입니다.",
            "注文が1件以下で、今後365日の予測利益が上位{line_top}の方です。",
        ),
        use=Words("Welcome them with care.", "정성껏 맞이합니다.", "丁寧にお迎えします。"),
        pattern={
            "all": [
                trait("orders_total", "<=", 1),
                trait("predicted_value_pct", ">=", knobs.line(80)),
            ]
        },
    ),
)
