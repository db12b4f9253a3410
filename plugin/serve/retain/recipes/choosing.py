"""Recipes for those who look for something: what helps them to find and to choose it?"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates.pattern import Words
from plugin.serve.retain.recipes.recipe import (
    Group,
    Recipe,
    asks,
    button,
    email,
    heading,
    popup,
    products,
    say,
    success,
    text,
    window,
)

CHOOSING = Group(
    "choosing",
    Words("Help to choose", "고르기 도움", "選ぶお手伝い"),
    Words(
        "Answers and questions for those who look a lot and cannot decide.",
        "많이 보지만 정하지 못하는 분께 답과 질문을 건넵니다.",
        "たくさん見ても決められない方に、答えと質問を届けます。",
    ),
)
_OTHER = say("Something else", "다른 것", "そのほか")
CHOICES = (
    Recipe(
        "two-questions",
        "choosing",
        "window-shoppers",
        Words("Two questions for the undecided", "망설이는 분께 질문 2개", "迷う方に2つの質問"),
        Words(
            "After half a minute of rest: two questions, then products to go on with. The answers can be asked in segments.",
            "30초간 움직임이 없으면 질문 2개를 건네고 이어서 상품을 보여 줍니다. 답은 세그먼트에서 쓸 수 있습니다.",
            "30秒動きがないとき、2つの質問を、続いて商品を見せます。答えはセグメントで使えます。",
        ),
        popup(
            "modal",
            {"on": "idle", "seconds": 30},
            [
                heading(
                    "Can't decide? Answer 2 questions",
                    "고르기 어려우신가요? 질문 2개면 돼요",
                    "迷ったら、2つの質問に答えてみませんか",
                ),
                asks(
                    "shopping_for",
                    say("Who is it for?", "누구를 위한 건가요?", "どなたのためですか？"),
                    say("For me", "나", "自分"),
                    say("For family", "가족", "家族"),
                    say("A present", "선물", "プレゼント"),
                ),
                asks(
                    "matters_most",
                    say(
                        "What matters most to you?",
                        "가장 중요한 것은 무엇인가요?",
                        "一番大切なことは？",
                    ),
                    say("Price", "가격", "価格"),
                    say("Quality", "품질", "品質"),
                    say("Design", "디자인", "デザイン"),
                    _OTHER,
                ),
                success(
                    "Thank you! Perhaps one of these",
                    "감사합니다! 이 상품은 어떠세요?",
                    "ありがとうございます！こちらはいかがですか",
                ),
                products("two-questions"),
            ],
            {"per_visit": 1, "per_week": 1},
        ),
        never=("popup-averse",),
        windows={
            "two-questions": window(
                say("Picked for you", "맞춤 추천", "あなたへのおすすめ"),
                ["for_you", "segment_favourites", "bestsellers"],
                4,
            )
        },
    ),
    Recipe(
        "questions-about-it",
        "choosing",
        "hot-on-one",
        Words("Questions about one product", "한 상품에 대한 질문", "1つの商品への質問"),
        Words(
            "For those who come back to one product: delivery, size, returns, and a way to ask you.",
            "한 상품을 거듭 보는 방문자에게 배송, 사이즈, 반품 안내와 문의 방법을 보여 줍니다.",
            "1つの商品を何度も見る訪問者に、配送・サイズ・返品の案内と問い合わせ方法を見せます。",
        ),
        popup(
            "slide",
            {"on": "time", "seconds": 15},
            [
                heading(
                    "Questions about this item?",
                    "이 상품, 궁금한 점 있으세요?",
                    "この商品について気になることは？",
                ),
                asks(
                    "wants_to_know",
                    say(
                        "What would you like to know?",
                        "무엇이 궁금하세요?",
                        "何が気になりますか？",
                    ),
                    say("When it arrives", "도착 날짜", "お届け日"),
                    say("Size and fit", "사이즈", "サイズ"),
                    say("How to return it", "반품 방법", "返品方法"),
                    _OTHER,
                ),
                button("/contact", "Ask us", "문의하기", "問い合わせる"),
            ],
        ),
        never=("popup-averse",),
    ),
    Recipe(
        "not-found",
        "choosing",
        "lost-searchers",
        Words("A search found nothing", "검색 결과 없음", "検索で見つからない"),
        Words(
            "In the page, after a search without a result: products that come closest, and a line for what is missing.",
            "검색 결과가 없을 때 페이지 안에 가까운 상품과, 원하는 것을 적는 칸을 보여 줍니다.",
            "検索結果がないとき、ページの中に近い商品と、欲しい物を書く欄を見せます。",
        ),
        popup(
            "inline",
            {"on": "zero_results"},
            [
                heading(
                    "We couldn't find it. Tell us what you need",
                    "찾으시는 게 없나요? 알려 주세요",
                    "見つかりませんでしたか？お探しの物を教えてください",
                ),
                products("not-found"),
                asks(
                    "looked_for",
                    say("What were you looking for?", "무엇을 찾으셨나요?", "何をお探しでしたか？"),
                ),
                email(
                    say(
                        "Write to me once, when you have it.",
                        "상품이 들어오면 이메일로 한 번 알려 주세요.",
                        "入荷したら一度だけメールで知らせてください。",
                    ),
                    say("Tell us", "알려 주기", "知らせる"),
                    required=False,
                ),
            ],
            {"per_day": 3},
        ),
        windows={
            "not-found": window(
                say("Perhaps one of these", "이 상품은 어떠세요?", "こちらはいかがですか"),
                ["for_you", "trending", "bestsellers"],
                4,
            )
        },
    ),
    Recipe(
        "back-in-stock",
        "choosing",
        "waiting-stock",
        Words("A note when it is back", "재입고 알림", "再入荷のお知らせ"),
        Words(
            "For those who looked at a sold-out product: an e-mail when it is back, and four like it that you have.",
            "품절 상품을 본 방문자에게 재입고 알림 신청과 비슷한 상품 4개를 보여 줍니다.",
            "売り切れ商品を見た訪問者に、再入荷通知の申し込みと似た商品4点を見せます。",
        ),
        popup(
            "slide",
            {"on": "time", "seconds": 3},
            [
                heading(
                    "Get a note when it's back",
                    "재입고되면 알려 드릴게요",
                    "再入荷をお知らせします",
                ),
                email(
                    say(
                        "Write to me once, when it is back.",
                        "재입고되면 이메일로 한 번 알려 주세요.",
                        "再入荷したら一度だけメールで知らせてください。",
                    ),
                    say("Let me know", "알림 받기", "通知を受け取る"),
                ),
                text(
                    "These are like it, and in stock:",
                    "비슷한 상품은 지금 구매할 수 있어요.",
                    "似た商品なら今お求めいただけます。",
                    "small",
                ),
                products("back-in-stock"),
            ],
        ),
        windows={
            "back-in-stock": window(
                say("Like it, in stock", "비슷한 상품", "似た商品"), ["similar", "for_you"], 4
            )
        },
    ),
    Recipe(
        "gift-finder",
        "choosing",
        "gift-seekers",
        Words("Help with a present", "선물 고르기", "ギフト選び"),
        Words(
            "For those who look for a present: for whom, and how much; then ideas, and a word about wrapping.",
            "선물을 찾는 방문자에게 대상과 예산을 묻고 추천 상품과 포장 안내를 보여 줍니다.",
            "贈り物を探す訪問者に、相手と予算を尋ね、候補と包装の案内を見せます。",
        ),
        popup(
            "modal",
            {"on": "time", "seconds": 5},
            [
                heading("Looking for a gift?", "선물 찾으세요?", "ギフトをお探しですか？"),
                asks(
                    "gift_for",
                    say("For whom?", "누구에게 주실 건가요?", "どなたへ？"),
                    say("Partner", "연인", "パートナー"),
                    say("Parents", "부모님", "両親"),
                    say("Friend", "친구", "友人"),
                    say("Child", "아이", "子ども"),
                ),
                asks(
                    "gift_budget",
                    say("What may it cost?", "예산은 얼마인가요?", "ご予算は？"),
                    say("A small something", "가벼운 선물", "ちょっとした物"),
                    say("Something nice", "적당한 선물", "ほどほどの物"),
                    say("Something special", "특별한 선물", "特別な物"),
                ),
                success(
                    "Here are some ideas",
                    "이런 선물은 어떠세요?",
                    "こちらはいかがですか",
                ),
                products("gift-finder"),
                text(
                    "We can wrap it as a present.",
                    "선물 포장도 해 드려요.",
                    "ギフト包装も承ります。",
                    "small",
                ),
            ],
            {"per_visit": 1, "per_week": 1},
        ),
        windows={
            "gift-finder": window(
                say("Ideas", "선물 추천", "ギフトの候補"), ["for_you", "bestsellers"], 4
            )
        },
    ),
)
