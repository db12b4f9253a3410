"""Recipes for carts that wait and checkouts that stopped: what brings them to an order?"""

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
    email,
    heading,
    popup,
    products,
    say,
    text,
    window,
)

CART = Group(
    "cart",
    Words("Cart and checkout", "장바구니와 결제", "カートと購入手続き"),
    Words(
        "What is already in the cart is the sale that is nearest.",
        "장바구니에 담긴 상품이 가장 가까운 매출입니다.",
        "カートに入った商品が、一番近い売上です。",
    ),
)
_TO_CART = button("/cart", "To the cart", "장바구니 보기", "カートを見る")
CARTS = (
    Recipe(
        "cart-waits",
        "cart",
        "cart-abandoners",
        Words("The cart waits", "기다리는 장바구니", "待っているカート"),
        Words(
            "When somebody comes back to a full cart: what it comes to, the way there, and an e-mail to keep it.",
            "장바구니를 두고 간 방문자가 돌아오면 금액과 바로 가기, 이메일로 저장하기를 보여 줍니다.",
            "カートを残した訪問者が戻ったとき、合計とカートへの道、メールでの保存を見せます。",
        ),
        popup(
            "slide",
            {"on": "load"},
            [
                heading(
                    "Your cart is waiting",
                    "장바구니가 기다리고 있어요",
                    "カートに商品が残っています",
                ),
                text(
                    "What you chose is still there: {cart_total|everything is in place}.",
                    "고르신 상품이 그대로 있어요: {cart_total|모두 담겨 있어요}.",
                    "お選びの商品はそのままです：{cart_total|すべて入っています}。",
                ),
                _TO_CART,
                email(
                    say(
                        "Send me my cart by e-mail, once.",
                        "장바구니를 이메일로 한 번 보내 주세요.",
                        "カートの内容を一度だけメールで送ってください。",
                    ),
                    say("Keep it for me", "저장하기", "保存する"),
                    required=False,
                ),
            ],
        ),
        never=("popup-averse",),
    ),
    Recipe(
        "one-last-thing",
        "cart",
        "cart-abandoners",
        Words("Free shipping before they leave", "떠나기 전 무료배송", "帰る前に送料無料"),
        Words(
            "When somebody is about to leave a full cart for the second time: free shipping, for 48 hours that are true.",
            "장바구니를 다시 두고 떠나려 할 때 실제로 48시간 유효한 무료배송 쿠폰을 드립니다.",
            "カートを再び残して帰ろうとしたとき、本当に48時間だけ有効な送料無料を渡します。",
        ),
        popup(
            "modal",
            {"on": "exit", "seconds": 3},
            [
                heading(
                    "One last thing before you leave",
                    "떠나시기 전에 한 가지만요",
                    "最後にひとつだけ",
                ),
                text(
                    "Your cart ({cart_total|just as you left it}) ships free. The code is yours for 48 hours.",
                    "장바구니({cart_total|담아 두신 그대로})를 무료로 보내 드려요. 쿠폰은 받은 뒤 48시간 동안 쓸 수 있어요.",
                    "カートの商品（{cart_total|そのままです}）を送料無料でお届けします。クーポンは受け取りから48時間有効です。",
                ),
                coupon("Free shipping", "무료배송", "送料無料"),
                _TO_CART,
            ],
            {"per_visit": 1, "per_week": 1, "ever": 3},
            coupon_pool="free-shipping-48h",
        ),
        never=("full-price", "vip", "hot-leads", "return-heavy"),
        pools={
            "free-shipping-48h": codes(
                "Free shipping, 48 h", {"free_shipping": True}, "48h", "SHIP-"
            )
        },
    ),
    Recipe(
        "help-to-finish",
        "cart",
        "checkout-abandoners",
        Words("Help to finish an order", "주문 마무리 도움", "注文完了のお手伝い"),
        Words(
            "When somebody comes back who stopped in the checkout: what held them up, and a way to reach you.",
            "결제를 멈춘 방문자가 돌아오면 무엇이 걸렸는지 묻고 문의 방법을 알려 줍니다.",
            "購入手続きを止めた訪問者が戻ったとき、何に困ったかを尋ね、連絡方法を示します。",
        ),
        popup(
            "slide",
            {"on": "load"},
            [
                heading(
                    "Need help finishing your order?",
                    "주문을 마치는 데 도움이 필요하세요?",
                    "ご注文手続きでお困りですか？",
                ),
                asks(
                    "checkout_trouble",
                    say("What held you up?", "어떤 점이 어려우셨나요?", "何にお困りでしたか？"),
                    say("Ways to pay", "결제 방법", "支払い方法"),
                    say("Shipping cost", "배송비", "送料"),
                    say("Returns", "반품", "返品"),
                    say("I just had no time", "시간이 없었어요", "時間がなかった"),
                ),
                _TO_CART,
                button("/contact", "Ask us", "문의하기", "問い合わせる"),
            ],
        ),
        never=("popup-averse",),
    ),
    Recipe(
        "big-order",
        "cart",
        "big-cart",
        Words("Service for a big cart", "고액 장바구니 안심 안내", "高額カートへの安心"),
        Words(
            "In the cart, after 20 seconds of rest: service instead of a discount. Write what you really offer.",
            "장바구니에서 20초간 움직임이 없으면 할인 대신 서비스를 안내합니다. 실제 제공하는 내용을 적으세요.",
            "カートで20秒動きがないとき、値引きではなくサービスを案内します。実際の内容を書いてください。",
        ),
        popup(
            "slide",
            {"on": "idle", "seconds": 20},
            [
                heading(
                    "Big order? We've got you covered",
                    "고액 주문, 안심하고 진행하세요",
                    "高額のご注文も安心です",
                ),
                text(
                    "Questions about delivery, returns or paying later? We gladly help you in person.",
                    "배송, 반품, 할부가 궁금하시면 담당자가 직접 도와 드려요.",
                    "配送・返品・分割払いについて、担当者が直接お手伝いします。",
                ),
                button("/contact", "Talk to us", "상담하기", "相談する"),
            ],
            pages=["*cart*", "*basket*"],
        ),
    ),
    Recipe(
        "nearly-free-shipping",
        "cart",
        "near-free-ship",
        Words("A little more for free shipping", "조금만 더 담으면 무료배송", "あと少しで送料無料"),
        Words(
            "After something is put in the cart: how much is missing, and three products that fill the gap.",
            "장바구니에 담은 뒤 무료배송까지 남은 금액과 알맞은 상품 3개를 보여 줍니다.",
            "カートに入れたあと、送料無料までの残額と、ちょうどよい商品3点を見せます。",
        ),
        popup(
            "bar",
            {"on": "add_to_cart"},
            [
                heading(
                    "Add {gap|a little} more for free shipping",
                    "{gap|조금}만 더 담으면 무료배송",
                    "あと{gap|少し}で送料無料",
                ),
                products("nearly-free-shipping"),
            ],
            {"per_visit": 2, "per_day": 3},
            stop_on=["close2", "purchase"],
            goal={"event": "purchase", "within": "1d"},
        ),
        windows={
            "nearly-free-shipping": window(
                say("Fits just right", "딱 맞는 상품", "ちょうどよい商品"),
                ["free_shipping_gap", "cart_complements"],
                3,
            )
        },
    ),
)
