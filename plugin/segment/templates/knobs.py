"""Which numbers of the templates may an owner set, and within which bounds?"""

# ruff: noqa: RUF001 - one line a language, and the letters of that language

from __future__ import annotations

from plugin.segment.templates.pattern import (
    COUNT,
    DAYS,
    HOURS,
    PERCENTILE,
    POINTS,
    SHARE,
    TIMES,
    Knob,
    Words,
)


def views(value: int) -> Knob:
    """Product views in 30 days."""
    label = Words(
        "Product views in 30 days, at least",
        "30일간 상품 조회 수, 최소",
        "30日間の商品閲覧数（以上）",
    )
    return Knob("views", value, label, COUNT, 1, 1000)


def same_product(value: int) -> Knob:
    """Views of one product in 7 days."""
    label = Words(
        "Views of one product in 7 days, at least",
        "7일간 한 상품 조회 수, 최소",
        "7日間の同一商品の閲覧数（以上）",
    )
    return Knob("same_product", value, label, COUNT, 2, 100)


def visits(value: int) -> Knob:
    """Visits so far."""
    return Knob(
        "visits",
        value,
        Words("Visits, at least", "방문 횟수, 최소", "訪問回数（以上）"),
        COUNT,
        1,
        1000,
    )


def orders(value: int) -> Knob:
    """Orders so far."""
    return Knob(
        "orders",
        value,
        Words("Orders, at least", "주문 수, 최소", "注文数（以上）"),
        COUNT,
        1,
        1000,
    )


def year_orders(value: int) -> Knob:
    """Orders in 365 days."""
    label = Words(
        "Orders in 365 days, at least", "365일간 주문 수, 최소", "365日間の注文数（以上）"
    )
    return Knob("orders", value, label, COUNT, 1, 1000)


def at_least(value: int, en: str, ko: str, ja: str) -> Knob:
    """How often something was done, at least."""
    return Knob("times", value, Words(en, ko, ja), COUNT, 1, 1000)


def share(value: float, name: str = "share", label: Words | None = None) -> Knob:
    """A share, at least."""
    found = label or Words("Share, at least", "비율, 최소", "割合（以上）")
    return Knob(name, value, found, SHARE, 0.01, 1, 0.01)


def share_at_most(value: float) -> Knob:
    """A share, at most."""
    return Knob(
        "share", value, Words("Share, at most", "비율, 최대", "割合（以下）"), SHARE, 0, 0.99, 0.01
    )


def line(value: int, name: str = "line") -> Knob:
    """A percentile from which on one belongs to it."""
    return Knob(
        name,
        value,
        Words("From this percentile on", "이 백분위부터", "このパーセンタイル以上"),
        PERCENTILE,
        1,
        99,
    )


def below(value: int, name: str = "below") -> Knob:
    """A percentile from which on one no longer belongs to it."""
    return Knob(
        name,
        value,
        Words("Below this percentile", "이 백분위 미만", "このパーセンタイル未満"),
        PERCENTILE,
        2,
        100,
    )


def days(value: int, name: str, en: str, ko: str, ja: str) -> Knob:
    """A number of days."""
    return Knob(name, value, Words(en, ko, ja), DAYS, 1, 3650)


def hours(value: float, name: str, en: str, ko: str, ja: str) -> Knob:
    """A number of hours."""
    return Knob(name, value, Words(en, ko, ja), HOURS, 0, 8760, 0.5)


def ratio(value: float, name: str, en: str, ko: str, ja: str) -> Knob:
    """So many times of something usual."""
    return Knob(name, value, Words(en, ko, ja), TIMES, 0.1, 100, 0.1)


def points(value: int) -> Knob:
    """A lead score."""
    return Knob(
        "points",
        value,
        Words("Lead score, at least", "리드 점수, 최소", "リードスコア（以上）"),
        POINTS,
        1,
        100,
    )
