"""Recipes for those who have not ordered yet: what greets them, and what keeps them a while?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates.pattern import Words
from plugin.serve.retain.recipes.recipe import (
    Group,
    Recipe,
    button,
    codes,
    coupon,
    email,
    heading,
    popup,
    products,
    say,
    text,
    window,
)

WELCOME = Group(
    "welcome",
    Words("Welcome", "환영", "歓迎"),
    Words(
        "A good first visit, and a reason for the second.",
        "첫 방문을 기분 좋게, 다시 올 이유도 함께 만듭니다.",
        "最初の訪問を心地よく、もう一度来る理由も添えます。",
    ),
)
WELCOMES = (
    Recipe(
        "welcome-favourites",
        "welcome",
        "first-visit",
        Words("Welcome with best sellers", "인기 상품으로 환영", "人気商品でお迎え"),
        Words(
            "On the second page of a first visit: four best sellers, and an e-mail field for those who like.",
            "첫 방문의 두 번째 페이지에서 인기 상품 4개를 보여 주고, 원하면 이메일을 남길 수 있습니다.",
            "初訪問の2ページ目で人気商品を4点見せ、希望者はメールアドレスを残せます。",
        ),
        popup(
            "slide",
            {"on": "nth_page", "pages": 2},
            [
                heading(
                    "Welcome! Start with our favourites",
                    "처음 오셨네요! 인기 상품부터 보세요",
                    "ようこそ！人気商品からどうぞ",
                ),
                text(
                    "What others like most right now.",
                    "지금 가장 사랑받는 상품들이에요.",
                    "いま一番選ばれている商品です。",
                ),
                products("welcome-favourites"),
                email(
                    say(
                        "Yes, write to me about new products and offers. I can unsubscribe at any time.",
                        "신상품과 혜택 소식을 이메일로 받겠습니다. 언제든지 수신을 거부할 수 있습니다.",
                        "新商品とお得な情報のメールを受け取ります。いつでも配信停止できます。",
                    ),
                    say("Keep me posted", "소식 받기", "お知らせを受け取る"),
                    required=False,
                ),
            ],
            {"per_visit": 1, "ever": 2},
        ),
        never=("popup-averse",),
        windows={
            "welcome-favourites": window(
                say("Our favourites", "인기 상품", "人気商品"), ["bestsellers", "new_arrivals"], 4
            )
        },
    ),
    Recipe(
        "before-you-go",
        "welcome",
        "first-visit",
        Words("Before a new visitor leaves", "첫 방문자가 떠나기 전", "新しい訪問者が帰る前に"),
        Words(
            "When a new visitor is about to leave: three products like those seen, and 5 % off the first order for seven days.",
            "새 방문자가 떠나려 할 때 본 것과 비슷한 상품 3개와 7일간 유효한 첫 주문 5 % 쿠폰을 보여 줍니다.",
            "新しい訪問者が帰ろうとしたとき、見た商品に似た3点と、7日間有効な初回5 %オフを見せます。",
        ),
        popup(
            "modal",
            {"on": "exit", "seconds": 30},
            [
                heading(
                    "Before you go: 3 picks for you",
                    "가시기 전에, 추천 3가지",
                    "お帰りの前に、おすすめ3点",
                ),
                text(
                    "And 5 % off your first order. The code is yours for 7 days.",
                    "첫 주문 5 % 할인 쿠폰도 드려요. 받은 날부터 7일간 쓸 수 있어요.",
                    "初回のご注文に使える5 %オフのクーポンも。受け取りから7日間有効です。",
                ),
                products("before-you-go"),
                coupon("5 % off your first order", "첫 주문 5 % 할인", "初回ご注文5 %オフ"),
            ],
            {"per_visit": 1, "per_week": 1, "ever": 3},
            coupon_pool="welcome-5",
            devices=["desktop"],
        ),
        never=("popup-averse", "premium-taste", "hot-leads"),
        windows={
            "before-you-go": window(
                say("Picked for you", "맞춤 추천", "あなたへのおすすめ"),
                ["similar", "for_you", "bestsellers"],
                3,
            )
        },
        pools={"welcome-5": codes("Welcome, 5 %", {"percent": 5}, "7d", "HELLO-")},
    ),
    Recipe(
        "carry-on",
        "welcome",
        "returning-no-order",
        Words("Carry on where they left off", "보던 상품 이어 보기", "続きから見てもらう"),
        Words(
            "When somebody comes back who has not ordered yet: the last four products they looked at.",
            "아직 주문하지 않은 방문자가 다시 오면 마지막으로 본 상품 4개를 보여 줍니다.",
            "まだ注文していない訪問者が戻ったとき、最後に見た4点を見せます。",
        ),
        popup(
            "slide",
            {"on": "time", "seconds": 5},
            [
                heading(
                    "Welcome back. Carry on where you left off",
                    "다시 오셨네요! 보시던 상품이에요",
                    "おかえりなさい。続きからどうぞ",
                ),
                text(
                    "All of these can be had right now.",
                    "지금 바로 구매할 수 있는 상품이에요.",
                    "すべて今お求めいただけます。",
                ),
                products("carry-on"),
            ],
        ),
        never=("popup-averse",),
        windows={
            "carry-on": window(
                say("Seen last", "최근 본 상품", "最近見た商品"), ["recently_viewed"], 4
            )
        },
    ),
)
OFFERING = Group(
    "offers",
    Words("Offers without noise", "조용한 혜택 안내", "さりげない特典"),
    Words(
        "Deals for those who look for them, first looks for the best customers, peace for the rest.",
        "할인을 찾는 분께는 특가를, VIP에게는 먼저 보기를, 나머지에게는 방해 없는 쇼핑을 드립니다.",
        "お得を探す方には特価を、VIPには先行公開を、そのほかの方には静かな買い物を。",
    ),
)
OFFERS = (
    Recipe(
        "todays-deals",
        "offers",
        "bargain-hunters",
        Words("Deals for bargain hunters", "할인 애호가에게 특가", "お得好きに特価"),
        Words(
            "Half way down a page: products on sale, for those who mostly look at sales.",
            "할인 상품을 주로 보는 방문자가 페이지를 절반쯤 내리면 세일 상품을 보여 줍니다.",
            "セール品をよく見る訪問者がページの半分まで進んだら、セール品を見せます。",
        ),
        popup(
            "slide",
            {"on": "scroll", "percent": 50},
            [
                heading(
                    "Today's deals in {category|your favourites}",
                    "오늘의 {category|추천} 특가",
                    "本日の{category|おすすめ}のお買い得品",
                ),
                products("todays-deals"),
                button(
                    "/sale", "See everything on sale", "세일 상품 모두 보기", "セール品をすべて見る"
                ),
            ],
        ),
        never=("full-price", "return-heavy"),
        windows={"todays-deals": window(say("On sale", "세일", "セール"), ["offers"], 4)},
    ),
    Recipe(
        "early-access",
        "offers",
        "vip",
        Words("Early access for VIPs", "VIP 먼저 보기", "VIP先行公開"),
        Words(
            "Once a launch: the newest products for your best customers, before you tell the others. Set its schedule to the day of the launch.",
            "출시 때 한 번, 새 상품을 VIP에게 먼저 보여 줍니다. 일정을 출시일에 맞추세요.",
            "発売のたびに一度、新商品をVIPに先に見せます。日程を発売日に合わせてください。",
        ),
        popup(
            "modal",
            {"on": "load"},
            [
                heading("Early access for you", "VIP 고객님께 먼저 공개합니다", "VIP先行公開"),
                text(
                    "As one of our best customers you see what is new before everybody else.",
                    "소중한 고객님께 새 상품을 가장 먼저 보여 드려요.",
                    "大切なお客様に、新商品を誰よりも先にご覧いただけます。",
                ),
                products("early-access"),
                button("/new", "Have a look", "보러 가기", "見てみる"),
            ],
            {"per_visit": 1, "ever": 1},
        ),
        windows={
            "early-access": window(
                say("New", "신상품", "新着"), ["new_arrivals", "segment_favourites"], 4
            )
        },
    ),
    Recipe(
        "quiet-ribbon",
        "offers",
        "popup-averse",
        Words(
            "A ribbon for those who close popups",
            "팝업을 닫는 분께는 리본만",
            "閉じる方にはリボンだけ",
        ),
        Words(
            "Nothing on top of the page: a small tab that opens what is on offer, when it is asked for.",
            "화면을 덮지 않고, 눌렀을 때만 혜택을 여는 작은 탭을 둡니다.",
            "画面を覆わず、押したときだけ特典を開く小さなタブを置きます。",
        ),
        popup(
            "teaser",
            {"on": "load"},
            [
                heading(
                    "Offers are here when you want them",
                    "혜택은 여기 있어요 (원하실 때 보세요)",
                    "特典はこちら（必要なときに）",
                ),
                products("quiet-ribbon"),
                button("/sale", "See all offers", "혜택 모두 보기", "特典をすべて見る"),
            ],
            {"per_day": 10},
            stop_on=[],
        ),
        windows={
            "quiet-ribbon": window(
                say("On offer", "지금 혜택", "ただいまの特典"), ["offers", "bestsellers"], 4
            )
        },
    ),
)
