"""Behavioural templates: how do they come, look and search?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import Words, trait
from plugin.segment.templates.template import Model, Template

BEHAVIOURAL = Model(
    "behavioural",
    Words("Behavioural", "행동", "行動"),
    Words(
        "What they do in the shop, this week and this month.",
        "이번 주와 이번 달에 매장에서 무엇을 하는지 봅니다.",
        "今週・今月、ショップで何をしているかを見ます。",
    ),
)

LOOKING = (
    Template(
        "first-visit",
        "behavioural",
        Words("First-time visitors", "첫 방문자", "初回訪問"),
        who=Words(
            "Visitors on their first visit who have not ordered.",
            "처음 방문했고 아직 주문하지 않은 방문자입니다.",
            "初めて訪れ、まだ注文していない方です。",
        ),
        use=Words(
            "Best sellers, and a gentle welcome after two pages.",
            "인기 상품을 보여 주고, 두 페이지 뒤에 가볍게 인사합니다.",
            "売れ筋を見せ、2ページ目のあとに軽く挨拶します。",
        ),
        pattern={"all": [trait("sessions_total", "=", 1), trait("orders_total", "=", 0)]},
    ),
    Template(
        "returning-no-order",
        "behavioural",
        Words("Returning, not bought", "재방문 미구매", "再訪・未購入"),
        who=Words(
            "Visitors with {visits} or more visits without an order, seen within {days} days.",
            "{visits}번 이상 방문했지만 주문이 없고, {days}일 안에 다녀간 방문자입니다.",
            "{visits}回以上訪れて注文がなく、{days}日以内に来た方です。",
        ),
        use=Words(
            "What they looked at last, and a welcome back.",
            "최근 본 상품과 함께 다시 반갑게 맞이합니다.",
            "最近見た商品を見せ、再訪を歓迎します。",
        ),
        pattern={
            "all": [
                trait("sessions_total", ">=", knobs.visits(2)),
                trait("orders_total", "=", 0),
                trait(
                    "days_since_last_seen",
                    "<=",
                    knobs.days(
                        30,
                        "days",
                        "Seen within (days)",
                        "최근 방문 (일 이내)",
                        "最終訪問（日以内）",
                    ),
                ),
            ]
        },
    ),
    Template(
        "window-shoppers",
        "behavioural",
        Words("Window shoppers", "아이쇼핑형", "見るだけ派"),
        who=Words(
            "Visitors with {views} or more product views in 30 days who put nothing in the cart in that time and never ordered.",
            "30일간 상품을 {views}회 이상 보았지만 장바구니에 담지 않았고 주문한 적이 없는 방문자입니다.",
            "30日間に商品を{views}回以上見て、カートに何も入れず、注文したことのない方です。",
        ),
        use=Words(
            "The best rated of their category; a quiz.",
            "관심 분류의 평점 높은 상품이나 퀴즈를 보여 줍니다.",
            "よく見る分類の高評価商品や診断を見せます。",
        ),
        pattern={
            "all": [
                trait("product_views_30d", ">=", knobs.views(10)),
                trait("cart_adds_30d", "=", 0),
                trait("orders_total", "=", 0),
            ]
        },
    ),
    Template(
        "hot-on-one",
        "behavioural",
        Words("Hot on one product", "한 상품에 꽂힌 방문자", "一品に注目"),
        who=Words(
            "Visitors who looked at one product {same_product} or more times in 7 days and do not have it in the cart.",
            "7일간 한 상품을 {same_product}번 이상 보았지만 장바구니에 담지 않은 방문자입니다.",
            "7日間に同じ商品を{same_product}回以上見て、カートには入れていない方です。",
        ),
        use=Words(
            "Answers to questions, and similar products.",
            "궁금한 점에 답하고 비슷한 상품을 보여 줍니다.",
            "疑問に答え、似た商品を見せます。",
        ),
        pattern={
            "all": [
                trait("max_views_same_product_7d", ">=", knobs.same_product(3)),
                trait("hot_product_in_cart", "is", False),
            ]
        },
    ),
    Template(
        "category-fans",
        "behavioural",
        Words("Category fans", "카테고리 팬", "カテゴリー愛好"),
        who=Words(
            "Visitors with {views} or more product views in 30 days, at least {share} of them in one category.",
            "30일간 상품 조회 {views}회 이상 중 {share} 이상이 한 카테고리인 방문자입니다.",
            "30日間の商品閲覧{views}回以上のうち{share}以上がひとつのカテゴリーである方です。",
        ),
        use=Words(
            "The best sellers of that category.",
            "그 카테고리의 인기 상품을 보여 줍니다.",
            "そのカテゴリーの売れ筋を見せます。",
        ),
        pattern={
            "all": [
                trait("top_category_share_30d", ">=", knobs.share(0.5)),
                trait("product_views_30d", ">=", knobs.views(5)),
            ]
        },
    ),
    Template(
        "lost-searchers",
        "behavioural",
        Words("Search found nothing", "검색 실패", "検索ヒットなし"),
        who=Words(
            "Visitors whose search found nothing, {times} or more times in 14 days.",
            "14일간 결과 없는 검색을 {times}번 이상 한 방문자입니다.",
            "14日間に検索結果なしが{times}回以上あった方です。",
        ),
        use=Words(
            "“What were you looking for?”, and what comes closest.",
            "무엇을 찾았는지 묻고 가장 비슷한 상품을 보여 줍니다.",
            "お探しの物を尋ね、近い商品を見せます。",
        ),
        pattern=trait(
            "zero_result_searches_14d",
            ">=",
            knobs.at_least(
                1,
                "Searches in 14 days that found nothing, at least",
                "14일간 결과 없는 검색, 최소",
                "14日間の結果なし検索（以上）",
            ),
        ),
    ),
    Template(
        "comebacks",
        "behavioural",
        Words("Back after a long time", "오랜만의 재방문", "久しぶりの再訪"),
        who=Words(
            "Visitors whose visit before this one was {days} or more days earlier.",
            "이번 방문 전 마지막 방문이 {days}일 이상 전이었던 방문자입니다.",
            "前回の訪問から{days}日以上あいて戻ってきた方です。",
        ),
        use=Words(
            "What is new since then.",
            "그 사이 새로 나온 것을 보여 줍니다.",
            "その間の新着を見せます。",
        ),
        pattern=trait(
            "days_since_prev_visit",
            ">=",
            knobs.days(
                60,
                "days",
                "Days between the two visits, at least",
                "두 방문 사이 일수, 최소",
                "訪問の間隔日数（以上）",
            ),
        ),
    ),
    Template(
        "night-owls",
        "behavioural",
        Words("Night shoppers", "심야 쇼핑족", "深夜派"),
        who=Words(
            "Visitors with {visits} or more visits, {share} or more of which began between 22:00 and 4:00 in 90 days.",
            "{visits}번 이상 방문했고, 90일간 방문의 {share} 이상이 22시~4시에 시작된 방문자입니다.",
            "{visits}回以上訪れ、90日間の訪問の{share}以上が22時〜4時に始まった方です。",
        ),
        use=Words(
            "A coupon of the night that truly ends at four.",
            "정말로 새벽 4시에 끝나는 심야 쿠폰을 줍니다.",
            "本当に午前4時で終わる深夜クーポンを出します。",
        ),
        pattern={
            "all": [
                trait("night_visit_share_90d", ">=", knobs.share(0.6)),
                trait("sessions_total", ">=", knobs.visits(3)),
            ]
        },
    ),
    Template(
        "paid-first",
        "behavioural",
        Words("Came by an ad", "광고 유입", "広告経由"),
        who=Words(
            "Visitors whose first visit came from a paid ad and who have not ordered.",
            "첫 방문이 유료 광고였고 아직 주문하지 않은 방문자입니다.",
            "初回訪問が有料広告からで、まだ注文していない方です。",
        ),
        use=Words(
            "Match the product of the ad.",
            "광고의 상품과 화면을 맞춥니다.",
            "広告の商品に内容を合わせます。",
        ),
        pattern={"all": [trait("channel_first", "is", "paid"), trait("orders_total", "=", 0)]},
    ),
    Template(
        "hot-leads",
        "behavioural",
        Words("Hot leads", "구매 임박", "購入間近"),
        who=Words(
            "Visitors with a lead score of {points} or more, or who will buy within 7 days with a chance of {chance} or more.",
            "리드 점수가 {points}점 이상이거나, 7일 안에 구매할 확률이 {chance} 이상인 방문자입니다.",
            "リードスコアが{points}点以上、または7日以内に購入する確率が{chance}以上の方です。",
        ),
        use=Words(
            "No discount: stock, delivery, trust.",
            "할인 대신 재고, 배송, 신뢰를 보여 줍니다.",
            "値引きではなく、在庫・配送・信頼を伝えます。",
        ),
        pattern={
            "any": [
                trait("lead_score", ">=", knobs.points(70)),
                trait(
                    "p_purchase_7d",
                    ">=",
                    knobs.share(
                        0.3,
                        "chance",
                        Words(
                            "Chance to buy in 7 days, at least",
                            "7일 내 구매 확률, 최소",
                            "7日以内の購入確率（以上）",
                        ),
                    ),
                ),
            ]
        },
    ),
)
