"""Needs-based templates: what are they looking for, and what holds them back?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import Words, trait
from plugin.segment.templates.template import Model, Template

NEEDS = Model(
    "needs",
    Words("Needs-based", "필요", "ニーズ"),
    Words(
        "What they are looking for, or what holds them back.",
        "무엇을 찾는지, 무엇 때문에 망설이는지 봅니다.",
        "何を求め、何に迷っているかを見ます。",
    ),
)

LOOKED_FOR = (
    Template(
        "gift-seekers",
        "needs",
        Words("Gift seekers", "선물 찾는 고객", "ギフト探し"),
        who=Words(
            "People who said they want a gift, searched for one in 14 days, or with {views} or more product views in 30 days, at least {share} of them of products tagged gift.",
            "선물을 찾는다고 알려 주었거나, 14일간 선물을 검색했거나, 30일간 상품 조회 {views}회 이상 중 {share} 이상이 선물 태그 상품인 고객입니다.",
            "ギフトを探していると答えた方、14日間にギフトを検索した方、または30日間の商品閲覧{views}回以上のうち{share}以上がギフトのタグの商品である方です。",
        ),
        use=Words(
            "A gift finder, wrapping, and by when it arrives.",
            "선물 찾기, 포장, 도착일을 안내합니다.",
            "ギフト診断、包装、お届け日を案内します。",
        ),
        pattern={
            "any": [
                trait("declared_need", "is", "gift"),
                trait("gift_search_14d", "is", True),
                {
                    "all": [
                        trait("gift_view_share_30d", ">=", knobs.share(0.4)),
                        trait("product_views_30d", ">=", knobs.views(4)),
                    ]
                },
            ]
        },
    ),
    Template(
        "replenish-due",
        "needs",
        Words("Time to restock", "재구매 시점", "そろそろ補充"),
        who=Words(
            "Customers who bought something that runs out, {from} to {to} times its usual reorder gap ago.",
            "떨어지면 다시 사는 상품을 산 지 보통 재구매 간격의 {from}~{to}배가 지난 고객입니다.",
            "消耗品を買ってから、通常の再購入間隔の{from}〜{to}倍がたった方です。",
        ),
        use=Words(
            "Order again with one tap.",
            "한 번의 터치로 다시 주문하게 합니다.",
            "ワンタップで再注文できるようにします。",
        ),
        pattern=trait(
            "replenish_ratio",
            "between",
            [
                knobs.ratio(
                    0.8,
                    "from",
                    "Times the reorder gap, from",
                    "재구매 간격 대비 배수, 최소",
                    "再購入間隔の倍数（から）",
                ),
                knobs.ratio(
                    1.5,
                    "to",
                    "Times the reorder gap, up to",
                    "재구매 간격 대비 배수, 최대",
                    "再購入間隔の倍数（まで）",
                ),
            ],
        ),
        rising=("from", "to"),
    ),
    Template(
        "delivery-worried",
        "needs",
        Words("Worried about delivery or returns", "배송·반품 걱정", "配送・返品が不安"),
        who=Words(
            "Visitors who read pages about delivery or returns {times} or more times in 7 days and never ordered.",
            "7일간 배송이나 반품 안내를 {times}번 이상 보았고 주문한 적이 없는 방문자입니다.",
            "7日間に配送や返品の案内を{times}回以上見て、注文したことのない方です。",
        ),
        use=Words(
            "A card with your promises; a chat.",
            "약속을 담은 카드나 채팅을 보여 줍니다.",
            "お約束のカードやチャットを出します。",
        ),
        pattern={
            "all": [
                trait(
                    "policy_views_7d",
                    ">=",
                    knobs.at_least(
                        2,
                        "Views of such pages in 7 days, at least",
                        "7일간 안내 페이지 조회, 최소",
                        "7日間の案内ページ閲覧（以上）",
                    ),
                ),
                trait("orders_total", "=", 0),
            ]
        },
    ),
    Template(
        "size-unsure",
        "needs",
        Words("Unsure about size", "사이즈 고민", "サイズに迷う"),
        who=Words(
            "Visitors who opened a size guide {times} or more times in 14 days.",
            "14일간 사이즈 안내를 {times}번 이상 연 방문자입니다.",
            "14日間にサイズ表を{times}回以上開いた方です。",
        ),
        use=Words(
            "Help with the fit, and free exchange.",
            "핏 도움말과 무료 교환을 안내합니다.",
            "サイズ選びの手助けと無料交換を案内します。",
        ),
        pattern=trait(
            "size_guide_views_14d",
            ">=",
            knobs.at_least(
                2,
                "Size guides opened in 14 days, at least",
                "14일간 사이즈 안내 열람, 최소",
                "14日間のサイズ表閲覧（以上）",
            ),
        ),
    ),
    Template(
        "bargain-hunters",
        "needs",
        Words("Discount seekers", "할인 추구형", "割引志向"),
        who=Words(
            "Customers with {orders} or more orders, at least {share} of them with a discount, or visitors with {views} or more product views in 30 days, at least {sale_share} of them of products on sale.",
            "주문 {orders}건 이상 중 {share} 이상이 할인 주문이거나, 30일간 상품 조회 {views}회 이상 중 {sale_share} 이상이 할인 상품인 고객입니다.",
            "注文{orders}件以上のうち{share}以上が割引、または30日間の商品閲覧{views}回以上のうち{sale_share}以上がセール品である方です。",
        ),
        use=Words(
            "A page of what is on sale; bundles.",
            "할인 상품 모음과 묶음을 보여 줍니다.",
            "セール特集やセット商品を見せます。",
        ),
        pattern={
            "any": [
                {
                    "all": [
                        trait(
                            "discount_order_share",
                            ">=",
                            knobs.share(
                                0.7,
                                label=Words(
                                    "Share of orders with a discount, at least",
                                    "할인 주문 비율, 최소",
                                    "割引注文の割合（以上）",
                                ),
                            ),
                        ),
                        trait("orders_total", ">=", knobs.orders(2)),
                    ]
                },
                {
                    "all": [
                        trait(
                            "sale_view_share_30d",
                            ">=",
                            knobs.share(
                                0.6,
                                "sale_share",
                                Words(
                                    "Share of views on sale, at least",
                                    "할인 상품 조회 비율, 최소",
                                    "セール品閲覧の割合（以上）",
                                ),
                            ),
                        ),
                        trait("product_views_30d", ">=", knobs.views(6)),
                    ]
                },
            ]
        },
    ),
    Template(
        "waiting-stock",
        "needs",
        Words("Waiting for stock", "재입고 대기", "再入荷待ち"),
        who=Words(
            "Visitors who looked at sold-out products {times} or more times in 30 days.",
            "30일간 품절 상품을 {times}번 이상 본 방문자입니다.",
            "30日間に品切れの商品を{times}回以上見た方です。",
        ),
        use=Words(
            "Tell them when it is back; similar products in stock.",
            "재입고 알림과 재고 있는 비슷한 상품을 안내합니다.",
            "再入荷のお知らせと、在庫のある似た商品を案内します。",
        ),
        pattern=trait(
            "oos_views_30d",
            ">=",
            knobs.at_least(
                2,
                "Views of sold-out products in 30 days, at least",
                "30일간 품절 상품 조회, 최소",
                "30日間の品切れ商品閲覧（以上）",
            ),
        ),
    ),
    Template(
        "bulk-buyers",
        "needs",
        Words("Bulk or business buyers", "대량·사업자", "まとめ買い・法人"),
        who=Words(
            "Customers who said they buy for a business, or who buy {units} or more pieces an order over {orders} or more orders.",
            "사업용으로 산다고 알려 주었거나, 주문 {orders}건 이상에서 주문당 {units}개 이상 사는 고객입니다.",
            "業務用と答えた方、または注文{orders}件以上で1回に{units}個以上買う方です。",
        ),
        use=Words(
            "Prices by quantity, and an invoice.",
            "수량별 가격과 세금계산서를 안내합니다.",
            "数量別価格と請求書払いを案内します。",
        ),
        pattern={
            "any": [
                trait("declared_need", "is", "business"),
                {
                    "all": [
                        trait(
                            "units_per_order_avg",
                            ">=",
                            knobs.ratio(
                                5,
                                "units",
                                "Pieces an order, at least",
                                "주문당 개수, 최소",
                                "1注文あたりの個数（以上）",
                            ),
                        ),
                        trait("orders_total", ">=", knobs.orders(2)),
                    ]
                },
            ]
        },
    ),
)
