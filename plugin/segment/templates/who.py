"""Demographic and geographic templates: who are they, and where?"""

# ruff: noqa: RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import COUNT, DAYS, Knob, Words, trait
from plugin.segment.templates.template import Model, Template

DEMOGRAPHIC = Model(
    "demographic",
    Words("Demographic", "인구통계", "属性"),
    Words(
        "What people said about themselves, in a form or a survey.",
        "설문이나 양식에서 직접 알려 준 정보입니다.",
        "フォームやアンケートで本人が答えたことです。",
    ),
)
GEOGRAPHIC = Model(
    "geographic",
    Words("Geographic", "지역", "地域"),
    Words(
        "Where they are, and what that means for delivery and season.",
        "어디에 있는지, 배송과 계절에 어떤 의미인지 봅니다.",
        "どこにいて、配送や季節にどう関わるかを見ます。",
    ),
)
HOUSEHOLD = Knob(
    "people",
    3,
    Words("People in the household, at least", "가구원 수, 최소", "世帯人数（以上）"),
    COUNT,
    1,
    20,
)
BIRTHDAY = Knob(
    "days", 14, Words("Days before the birthday", "생일 전 일수", "誕生日までの日数"), DAYS, 0, 365
)

WHO = (
    Template(
        "young-adults",
        "demographic",
        Words("Young adults", "청년층", "若年層"),
        who=Words(
            "People who said they are 18 to 24 or 25 to 34 years old.",
            "나이를 18~24세 또는 25~34세라고 알려 준 고객입니다.",
            "年齢を18〜24歳または25〜34歳と答えた方です。",
        ),
        use=Words(
            "The tone of your texts, and new arrivals first.",
            "문구의 어조를 맞추고 신상품을 먼저 보여 줍니다.",
            "文章の調子を合わせ、新着を先に見せます。",
        ),
        pattern=trait("age_band", "in", ["18-24", "25-34"]),
    ),
    Template(
        "families",
        "demographic",
        Words("Families", "가족 고객", "ファミリー"),
        who=Words(
            "People who said that {people} or more live in their household.",
            "가구원이 {people}명 이상이라고 알려 준 고객입니다.",
            "世帯人数を{people}人以上と答えた方です。",
        ),
        use=Words(
            "Bundles and large packs.",
            "묶음 상품과 대용량을 제안합니다.",
            "セット商品や大容量をすすめます。",
        ),
        pattern=trait("household_size", ">=", HOUSEHOLD),
    ),
    Template(
        "students",
        "demographic",
        Words("Students", "학생", "学生"),
        who=Words(
            "People who said they are students.",
            "직업을 학생이라고 알려 준 고객입니다.",
            "職業を学生と答えた方です。",
        ),
        use=Words("A student price.", "학생 할인가를 안내합니다.", "学割を案内します。"),
        pattern=trait("occupation", "is", "student"),
    ),
    Template(
        "birthday-soon",
        "demographic",
        Words("Birthday soon", "생일 임박", "誕生日が近い"),
        who=Words(
            "People whose birthday, as they told it, is today or within {days} days.",
            "알려 준 생일이 오늘이거나 {days}일 안에 있는 고객입니다.",
            "本人が答えた誕生日が今日、または{days}日以内の方です。",
        ),
        use=Words("A birthday gift.", "생일 선물을 준비합니다.", "誕生日の贈り物をします。"),
        pattern=trait("days_to_birthday", "between", [0, BIRTHDAY]),
    ),
    Template(
        "unknown-people",
        "demographic",
        Words("Regulars we know nothing about", "정보 없는 단골", "属性未回答の常連"),
        who=Words(
            "Visitors with {visits} or more visits who never told anything about themselves.",
            "{visits}번 이상 방문했지만 자신에 대해 아무것도 알려 주지 않은 방문자입니다.",
            "{visits}回以上訪れ、自分のことをまだ何も答えていない方です。",
        ),
        use=Words(
            "A survey of one question.",
            "질문 하나짜리 설문을 띄웁니다.",
            "質問ひとつのアンケートを出します。",
        ),
        pattern={
            "all": [trait("sessions_total", ">=", knobs.visits(3)), trait("trait_answers", "=", 0)]
        },
    ),
    Template(
        "home-country",
        "geographic",
        Words("Home country", "국내 고객", "国内"),
        who=Words(
            "Visitors from your shop's own country.",
            "매장과 같은 나라에 있는 방문자입니다.",
            "ショップと同じ国の方です。",
        ),
        use=Words(
            "The usual prices and the delivery promise.",
            "기본 가격과 배송 약속을 보여 줍니다.",
            "通常価格と配送のお約束を見せます。",
        ),
        pattern=trait("is_home_country", "is", True),
    ),
    Template(
        "abroad",
        "geographic",
        Words("Cross-border", "해외 고객", "海外"),
        who=Words(
            "Visitors whose country is known and is not your shop's.",
            "나라를 알 수 있고, 매장의 나라와 다른 방문자입니다.",
            "国が分かっていて、ショップの国とは異なる方です。",
        ),
        use=Words(
            "Duties, currency and language said early.",
            "관세, 통화, 언어를 먼저 안내합니다.",
            "関税・通貨・言語を先に伝えます。",
        ),
        pattern=trait("is_home_country", "is", False),
    ),
    Template(
        "near-store",
        "geographic",
        Words("Near a store", "매장 근처", "店舗の近く"),
        who=Words(
            "Visitors in one of the cities where you have a store.",
            "오프라인 매장이 있는 도시의 방문자입니다.",
            "店舗のある都市の方です。",
        ),
        use=Words(
            "Pick-up in the store, and its events.",
            "매장 픽업과 매장 행사를 알립니다.",
            "店舗受け取りや店舗イベントを知らせます。",
        ),
        pattern=trait("in_store_city", "is", True),
    ),
    Template(
        "slow-delivery",
        "geographic",
        Words("Slow-delivery regions", "도서산간 지역", "離島・遠隔地"),
        who=Words(
            "Visitors in one of the regions you marked as slow to deliver to.",
            "배송이 느리다고 표시한 지역의 방문자입니다.",
            "配送に時間がかかると登録した地域の方です。",
        ),
        use=Words(
            "An honest delivery date, and the extra fee said first.",
            "정직한 도착일과 추가 배송비를 먼저 알립니다.",
            "正直なお届け日と追加送料を先に伝えます。",
        ),
        pattern=trait("in_slow_delivery_region", "is", True),
    ),
    Template(
        "winter-now",
        "geographic",
        Words("Winter where they live", "현지 겨울", "現地が冬"),
        who=Words(
            "Visitors in whose country it is winter now.",
            "지금 겨울인 나라에 있는 방문자입니다.",
            "いま冬である国の方です。",
        ),
        use=Words(
            "A window of the season.", "계절 상품 창을 보여 줍니다.", "季節の商品枠を見せます。"
        ),
        pattern=trait("season_local", "is", "winter"),
    ),
)
