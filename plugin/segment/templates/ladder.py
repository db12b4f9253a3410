"""On which rung of a customer's life is everybody: exactly one, at any moment?

A rung is a template whose knobs are those of the whole ladder, so that they are set together. Each
question is asked on one rung with its answer and on the others with the opposite, and what is unset
passes on one side only; therefore the rungs leave nobody out and hold nobody twice. They are told
from the top: who ordered nothing, who ordered lately, who ordered long ago.
"""

# ruff: noqa: E501, RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from plugin.segment.templates.pattern import COUNT, DAYS, TIMES, Knob, Words, checked, trait
from plugin.segment.templates.template import LATER, READY, Template

KEY = "ladder"
NAME = Words("The lifecycle ladder", "고객 생애 단계", "顧客ライフサイクル")
ABOUT = Words(
    "Ten segments that hold every visitor exactly once: from the first visit to the customer who was lost.",
    "모든 방문자가 정확히 한 곳에 속하는 열 개의 세그먼트입니다. 첫 방문부터 떠난 고객까지 이어집니다.",
    "すべての訪問者がちょうどひとつに入る10のセグメントです。初回訪問から離れた顧客まで続きます。",
)
DORMANT = Knob(
    "dormant_days",
    30,
    Words("A visitor is dormant after (days)", "방문자 휴면 기준 (일)", "訪問者を休眠とする日数"),
    DAYS,
    1,
    3650,
)
ONE_ORDER = Knob(
    "one_order_days",
    60,
    Words("A new customer for (days)", "신규 고객 기간 (일)", "新規顧客とする日数"),
    DAYS,
    1,
    3650,
)
LAPSED = Knob(
    "lapsed_days",
    180,
    Words(
        "Lapsed after (days without an order)",
        "휴면 고객 기준 (주문 없는 일수)",
        "休眠顧客とする日数（注文なし）",
    ),
    DAYS,
    1,
    3650,
)
LOST = Knob(
    "lost_days",
    365,
    Words(
        "Lost after (days without an order)",
        "이탈 고객 기준 (주문 없는 일수)",
        "離反顧客とする日数（注文なし）",
    ),
    DAYS,
    1,
    3650,
)
LOYAL = Knob(
    "loyal_orders",
    3,
    Words(
        "Loyal from so many orders on", "충성 고객 기준 (주문 수)", "ロイヤルとする注文数（以上）"
    ),
    COUNT,
    3,
    1000,
)
LATE = Knob(
    "late_times",
    2,
    Words(
        "At risk after (times the expected gap)",
        "이탈 우려 기준 (예상 간격 대비 배수)",
        "離脱リスクとする倍数（想定間隔比）",
    ),
    TIMES,
    1,
    100,
    0.1,
)
KNOBS = {one.name: one for one in (DORMANT, ONE_ORDER, LAPSED, LOST, LOYAL, LATE)}
RISING = ("one_order_days", "lapsed_days", "lost_days")

NO_ORDER = trait("orders_total", "=", 0)
ONE = trait("orders_total", "=", 1)
MORE = trait("orders_total", ">=", 2)
SEEN = trait("days_since_last_seen", "<", DORMANT, include_unset=True)
# Whoever's last order lies a little ahead of our clock has none behind it yet: it is recent.
RECENT = trait("days_since_last_order", "<", LAPSED, include_unset=True)
# Nobody is late whose next order nobody can expect.
ON_TIME = trait("reorder_ratio", "<", LATE, include_unset=True)


def _rung(key: str, name: Words, who: Words, use: Words, *parts: dict[str, Any]) -> Template:
    return Template(f"ladder-{key}", KEY, name, who, use, {"all": list(parts)})


RUNGS = (
    _rung(
        "new-visitor",
        Words("01 New visitor", "01 신규 방문자", "01 新しい訪問者"),
        Words(
            "First visit, no order, seen within {dormant_days} days.",
            "첫 방문이고 주문이 없으며 {dormant_days}일 안에 다녀갔습니다.",
            "初回訪問で注文がなく、{dormant_days}日以内に来た方です。",
        ),
        Words("A gentle welcome.", "가볍게 맞이합니다.", "軽くお迎えします。"),
        NO_ORDER,
        trait("sessions_total", "<=", 1),
        SEEN,
    ),
    _rung(
        "returning",
        Words("02 Returning, no order", "02 재방문 미구매", "02 再訪・未購入"),
        Words(
            "Two or more visits, no order, seen within {dormant_days} days.",
            "두 번 이상 방문했고 주문이 없으며 {dormant_days}일 안에 다녀갔습니다.",
            "2回以上訪れて注文がなく、{dormant_days}日以内に来た方です。",
        ),
        Words(
            "What they looked at, and a reason to trust you.",
            "본 상품과 믿을 이유를 보여 줍니다.",
            "見た商品と、信頼できる理由を見せます。",
        ),
        NO_ORDER,
        trait("sessions_total", ">=", 2),
        SEEN,
    ),
    _rung(
        "dormant",
        Words("03 Dormant visitor", "03 휴면 방문자", "03 休眠中の訪問者"),
        Words(
            "No order, and not seen for {dormant_days} days.",
            "주문이 없고 {dormant_days}일 동안 오지 않았습니다.",
            "注文がなく、{dormant_days}日間来ていない方です。",
        ),
        Words(
            "Nothing, until they come back.",
            "다시 올 때까지 아무것도 하지 않습니다.",
            "戻るまでは何もしません。",
        ),
        NO_ORDER,
        trait("days_since_last_seen", ">=", DORMANT),
    ),
    _rung(
        "new-customer",
        Words("04 New customer", "04 신규 고객", "04 新規顧客"),
        Words(
            "One order, less than {one_order_days} days ago.",
            "{one_order_days}일이 안 된 주문이 한 건 있습니다.",
            "{one_order_days}日未満前の注文が1件ある方です。",
        ),
        Words(
            "How to use it, and what goes with it.",
            "사용법과 어울리는 상품을 알려 줍니다.",
            "使い方と合う商品を伝えます。",
        ),
        ONE,
        trait("days_since_last_order", "<", ONE_ORDER, include_unset=True),
    ),
    _rung(
        "one-order",
        Words("05 One order only", "05 1회 구매 후 멈춤", "05 一回きり"),
        Words(
            "One order, {one_order_days} to {lapsed_days} days ago.",
            "{one_order_days}~{lapsed_days}일 전 주문이 한 건 있습니다.",
            "{one_order_days}〜{lapsed_days}日前の注文が1件ある方です。",
        ),
        Words(
            "An offer for the second order.",
            "두 번째 주문을 위한 제안을 합니다.",
            "2回目の注文への提案をします。",
        ),
        ONE,
        trait("days_since_last_order", ">=", ONE_ORDER),
        trait("days_since_last_order", "<", LAPSED),
    ),
    _rung(
        "repeat",
        Words("06 Repeat customer", "06 재구매 고객", "06 リピーター"),
        Words(
            "Two or more orders but fewer than {loyal_orders}, and not late for the next.",
            "주문이 두 건 이상 {loyal_orders}건 미만이고 다음 주문이 늦지 않았습니다.",
            "注文が2件以上{loyal_orders}件未満で、次の注文が遅れていない方です。",
        ),
        Words(
            "Products that go with theirs.",
            "어울리는 상품을 제안합니다.",
            "合わせ買いをすすめます。",
        ),
        MORE,
        trait("orders_total", "<", LOYAL),
        RECENT,
        ON_TIME,
    ),
    _rung(
        "loyal",
        Words("07 Loyal customer", "07 충성 고객", "07 ロイヤル顧客"),
        Words(
            "{loyal_orders} or more orders, and not late for the next.",
            "주문이 {loyal_orders}건 이상이고 다음 주문이 늦지 않았습니다.",
            "注文が{loyal_orders}件以上で、次の注文が遅れていない方です。",
        ),
        Words(
            "Early access and thanks.",
            "먼저 보여 주고 감사를 전합니다.",
            "先行案内と感謝を伝えます。",
        ),
        trait("orders_total", ">=", LOYAL),
        RECENT,
        ON_TIME,
    ),
    _rung(
        "at-risk",
        Words("08 At risk", "08 이탈 우려", "08 離脱リスク"),
        Words(
            "Two or more orders, and away {late_times} times as long as usual or more.",
            "주문이 두 건 이상이고 평소 간격의 {late_times}배 이상 지났습니다.",
            "注文が2件以上で、想定間隔の{late_times}倍以上たった方です。",
        ),
        Words(
            "Win them back, and ask why.",
            "다시 초대하고 이유를 묻습니다.",
            "呼び戻し、理由を尋ねます。",
        ),
        MORE,
        RECENT,
        trait("reorder_ratio", ">=", LATE),
    ),
    _rung(
        "lapsed",
        Words("09 Lapsed customer", "09 휴면 고객", "09 休眠顧客"),
        Words(
            "Last order {lapsed_days} or more, but less than {lost_days} days ago.",
            "마지막 주문이 {lapsed_days}일 이상 {lost_days}일 미만 전입니다.",
            "最終注文が{lapsed_days}日以上{lost_days}日未満前の方です。",
        ),
        Words(
            "What is new, and an offer to come back.",
            "새 소식과 함께 다시 오라는 제안을 합니다.",
            "新着と復帰の提案をします。",
        ),
        trait("orders_total", ">=", 1),
        trait("days_since_last_order", ">=", LAPSED),
        trait("days_since_last_order", "<", LOST),
    ),
    _rung(
        "lost",
        Words("10 Lost customer", "10 이탈 고객", "10 離反顧客"),
        Words(
            "Last order {lost_days} or more days ago.",
            "마지막 주문이 {lost_days}일 이상 전입니다.",
            "最終注文が{lost_days}日以上前の方です。",
        ),
        Words(
            "Treat them as new; spend nothing on them.",
            "신규처럼 대하고 비용을 쓰지 않습니다.",
            "新規として扱い、費用はかけません。",
        ),
        trait("orders_total", ">=", 1),
        trait("days_since_last_order", ">=", LOST),
    ),
)


def ladder_values(given: object = None) -> dict[str, float]:
    """A value for each knob of the ladder. Raises DocumentRefused, also when they do not rise."""
    return checked(KNOBS, given, RISING)


def ladder_state() -> str:
    """Whether every rung can be asked: ready, or not_yet."""
    return READY if all(one.state == READY for one in RUNGS) else LATER


def ladder_fits(rules: Mapping[str, object]) -> dict[str, float] | None:
    """The values with which the rules by slug are the whole ladder; None: it is not one."""
    found: dict[str, float] = {}
    for rung in RUNGS:
        values = rung.fits(rules.get(rung.key))
        if values is None or any(found.setdefault(name, n) != n for name, n in values.items()):
            return None
    return found if all(found[low] < found[high] for low, high in pairwise(RISING)) else None
