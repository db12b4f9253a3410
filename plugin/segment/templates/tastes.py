"""Psychographic and technographic templates: what do they like, and with what do they come?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates import knobs
from plugin.segment.templates.pattern import SHARE, Knob, Words, trait
from plugin.segment.templates.template import Model, Template

PSYCHOGRAPHIC = Model(
    "psychographic",
    Words("Psychographic", "가치관과 취향", "価値観・好み"),
    Words(
        "What they value, read from what they look at.",
        "무엇을 보는지에서 무엇을 중요하게 여기는지 읽습니다.",
        "何を見ているかから、何を大切にしているかを読み取ります。",
    ),
)
TECHNOGRAPHIC = Model(
    "technographic",
    Words("Technographic", "기기와 환경", "端末・環境"),
    Words(
        "The device, the browser and the connection they come with.",
        "어떤 기기, 브라우저, 연결로 오는지 봅니다.",
        "どんな端末・ブラウザ・回線で来ているかを見ます。",
    ),
)
FEW_MOBILE = Knob(
    "share",
    0.2,
    Words(
        "Share of visits on a mobile, at most",
        "모바일 방문 비율, 최대",
        "モバイル訪問の割合（以下）",
    ),
    SHARE,
    0,
    0.99,
    0.01,
)
ON_MOBILE = Words(
    "Share of visits on a mobile, at least", "모바일 방문 비율, 최소", "モバイル訪問の割合（以上）"
)
APPS = ["instagram", "facebook", "kakaotalk", "naver", "line", "tiktok"]

TASTES = (
    Template(
        "eco-minded",
        "psychographic",
        Words("Eco-minded", "친환경 지향", "エコ志向"),
        who=Words(
            "People who said they care for the environment, or with {views} or more product views in 30 days, at least {share} of them of products tagged eco.",
            "친환경을 중요하게 여긴다고 알려 주었거나, 30일간 상품 조회 {views}회 이상 중 {share} 이상이 친환경 태그 상품인 고객입니다.",
            "環境を大切にすると答えた方、または30日間の商品閲覧{views}回以上のうち{share}以上がエコのタグの商品である方です。",
        ),
        use=Words(
            "A window of eco products, and the story of the material.",
            "친환경 상품 창과 소재 이야기를 보여 줍니다.",
            "エコ商品の枠と素材の物語を見せます。",
        ),
        pattern={
            "any": [
                trait("declared_values", "has_any", ["eco"]),
                {
                    "all": [
                        trait("eco_view_share_30d", ">=", knobs.share(0.3)),
                        trait("product_views_30d", ">=", knobs.views(6)),
                    ]
                },
            ]
        },
    ),
    Template(
        "novelty-seekers",
        "psychographic",
        Words("Novelty seekers", "신상 추구", "新作好き"),
        who=Words(
            "Visitors with {views} or more product views in 30 days, at least {share} of them of products newer than 30 days.",
            "30일간 상품 조회 {views}회 이상 중 {share} 이상이 나온 지 30일이 안 된 상품인 방문자입니다.",
            "30日間の商品閲覧{views}回以上のうち{share}以上が、発売から30日以内の商品である方です。",
        ),
        use=Words(
            "Early access to what is new.",
            "신상품을 먼저 볼 기회를 줍니다.",
            "新商品の先行案内をします。",
        ),
        pattern={
            "all": [
                trait("new_arrival_share_30d", ">=", knobs.share(0.5)),
                trait("product_views_30d", ">=", knobs.views(6)),
            ]
        },
    ),
    Template(
        "brand-loyal",
        "psychographic",
        Words("Brand lovers", "브랜드 충성", "ブランド派"),
        who=Words(
            "Visitors with {views} or more product views in 30 days, at least {share} of them of one brand.",
            "30일간 상품 조회 {views}회 이상 중 {share} 이상이 한 브랜드인 방문자입니다.",
            "30日間の商品閲覧{views}回以上のうち{share}以上がひとつのブランドである方です。",
        ),
        use=Words(
            "A page of that brand.",
            "그 브랜드의 전용 페이지로 이끕니다.",
            "そのブランドの特集へ案内します。",
        ),
        pattern={
            "all": [
                trait("top_brand_share_30d", ">=", knobs.share(0.6)),
                trait("product_views_30d", ">=", knobs.views(8)),
            ]
        },
    ),
    Template(
        "researchers",
        "psychographic",
        Words("Careful researchers", "꼼꼼 비교형", "じっくり比較派"),
        who=Words(
            "Visitors who opened reviews {times} or more times in 30 days and looked at one product {same_product} or more times in 7 days.",
            "30일간 후기를 {times}번 이상 열고, 7일간 한 상품을 {same_product}번 이상 본 방문자입니다.",
            "30日間にレビューを{times}回以上開き、7日間に同じ商品を{same_product}回以上見た方です。",
        ),
        use=Words(
            "Comparisons and reviews, and no hurry.",
            "비교표와 후기를 보여 주고 재촉하지 않습니다.",
            "比較とレビューを見せ、急かしません。",
        ),
        pattern={
            "all": [
                trait(
                    "review_reads_30d",
                    ">=",
                    knobs.at_least(
                        3,
                        "Reviews opened in 30 days, at least",
                        "30일간 후기 열람, 최소",
                        "30日間のレビュー閲覧（以上）",
                    ),
                ),
                trait("max_views_same_product_7d", ">=", knobs.same_product(3)),
            ]
        },
    ),
    Template(
        "premium-taste",
        "psychographic",
        Words("Premium taste", "프리미엄 취향", "プレミアム志向"),
        who=Words(
            "Visitors with {views} or more product views in 30 days whose usual price is in the top {line_top} of your catalogue.",
            "30일간 상품을 {views}회 이상 보았고, 주로 보는 가격이 카탈로그 상위 {line_top}에 드는 방문자입니다.",
            "30日間に商品を{views}回以上見て、よく見る価格がカタログの上位{line_top}に入る方です。",
        ),
        use=Words(
            "A message about quality; never a discount first.",
            "품질을 이야기하고, 할인부터 꺼내지 않습니다.",
            "品質を伝え、値引きから入りません。",
        ),
        pattern={
            "all": [
                trait("view_price_pct_median_30d", ">=", knobs.line(80)),
                trait("product_views_30d", ">=", knobs.views(6)),
            ]
        },
    ),
    Template(
        "mobile-first",
        "technographic",
        Words("Mobile-first", "모바일 중심", "モバイル中心"),
        who=Words(
            "Visitors with {visits} or more visits who come on a mobile for {share} or more of those of 90 days.",
            "{visits}번 이상 방문했고, 90일간 방문의 {share} 이상이 모바일인 방문자입니다.",
            "{visits}回以上訪れ、90日間の訪問の{share}以上がモバイルである方です。",
        ),
        use=Words(
            "Bars instead of windows in the middle.",
            "화면 가운데 창 대신 띠 배너를 씁니다.",
            "中央のポップアップの代わりに帯を使います。",
        ),
        pattern={
            "all": [
                trait("device_mobile_share_90d", ">=", knobs.share(0.8, label=ON_MOBILE)),
                trait("sessions_total", ">=", knobs.visits(2)),
            ]
        },
    ),
    Template(
        "desktop-first",
        "technographic",
        Words("Desktop-first", "PC 중심", "PC中心"),
        who=Words(
            "Visitors with {visits} or more visits who come on a mobile for {share} or less of those of 90 days.",
            "{visits}번 이상 방문했고, 90일간 방문 중 모바일이 {share} 이하인 방문자입니다.",
            "{visits}回以上訪れ、90日間の訪問のうちモバイルが{share}以下の方です。",
        ),
        use=Words(
            "Wide windows to compare in.", "넓은 비교 창을 보여 줍니다.", "広い比較枠を見せます。"
        ),
        pattern={
            "all": [
                trait("device_mobile_share_90d", "<=", FEW_MOBILE),
                trait("sessions_total", ">=", knobs.visits(2)),
            ]
        },
    ),
    Template(
        "in-app-browser",
        "technographic",
        Words("Inside an app browser", "인앱 브라우저", "アプリ内ブラウザ"),
        who=Words(
            "Visitors who came last in the browser of an app: Instagram, Facebook, KakaoTalk, Naver, LINE or TikTok.",
            "인스타그램, 페이스북, 카카오톡, 네이버, 라인, 틱톡 앱 안의 브라우저로 들어온 방문자입니다.",
            "Instagram、Facebook、カカオトーク、NAVER、LINE、TikTokのアプリ内ブラウザで来た方です。",
        ),
        use=Words(
            "A link that keeps the cart; no popup when leaving.",
            "장바구니를 저장하는 링크를 주고, 이탈 팝업은 띄우지 않습니다.",
            "カートを保存するリンクを渡し、離脱時ポップアップは出しません。",
        ),
        pattern=trait("in_app_browser", "in", APPS),
    ),
    Template(
        "slow-connection",
        "technographic",
        Words("Slow connection", "느린 네트워크", "低速回線"),
        who=Words(
            "Visitors whose connection was slow, or who asked to save data, in {share} or more of the visits of 30 days.",
            "30일간 방문의 {share} 이상에서 연결이 느렸거나 데이터 절약을 켠 방문자입니다.",
            "30日間の訪問の{share}以上で回線が遅かった、またはデータ節約を使っていた方です。",
        ),
        use=Words(
            "Popups of text alone, and four products at most.",
            "글로만 된 팝업과 상품 네 개까지만 보여 줍니다.",
            "文字だけのポップアップと、商品4点までにします。",
        ),
        pattern=trait("slow_connection_share_30d", ">=", knobs.share(0.5)),
    ),
    Template(
        "cross-device",
        "technographic",
        Words("Cross-device", "기기 교차 이용", "複数端末"),
        who=Words(
            "Customers known on {times} or more browsers, by a login or an e-mail.",
            "로그인이나 이메일로 브라우저 {times}개 이상이 연결된 고객입니다.",
            "ログインやメールで{times}台以上のブラウザがつながった方です。",
        ),
        use=Words(
            "Carry the cart over to the other device.",
            "장바구니를 다른 기기로 이어 줍니다.",
            "カートを別の端末へ引き継ぎます。",
        ),
        pattern=trait(
            "devices_linked",
            ">=",
            knobs.at_least(2, "Browsers, at least", "브라우저 수, 최소", "ブラウザの数（以上）"),
        ),
    ),
)
