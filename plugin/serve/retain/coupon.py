"""What is a coupon pool, what is one of its codes worth, and how is a code written?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plugin.errors import DocumentRefused
from plugin.serve.document import Document
from plugin.serve.language import Texts, in_language
from plugin.serve.retain.schedule import read_moment
from plugin.shop import DAY, HOUR, MINUTE, Shop, to_major, to_minor

TEXT, IMPORTED, MINTED = "text", "imported", "minted"
KINDS = (TEXT, IMPORTED, MINTED)
KEYS = (
    "slug", "name", "kind", "discount", "text", "code", "prefix", "expires", "budget",
    "per_network", "enabled",
)  # fmt: skip
PER_NETWORK = 20  # codes a day that one network gets of a pool that says nothing of it
MOST_CODES = 10_000_000
MOST_MONEY = 1e12
# No two letters that are taken for each other: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V are left out.
LETTERS = "34679ACDEFGHJKMNPQRTVWXY"
LENGTH = 11  # 24 letters to choose from: 50.4 bits
_CODE = re.compile(r"[^\W_][\w.-]{0,63}")  # no spreadsheet takes one for a formula
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}|")
_SPAN = re.compile(r"([1-9]\d{0,4})([mhdw])")
_SPANS = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
LEAST_BUYERS = 10
MOST_TOLD = 10  # codes that one order may name
_BETWEEN = re.compile(r"[\s,;|]+")

GONE, LATER, NOT_OFFERED, EXPIRED = "gone", "later", "not_offered", "expired"
SORRY: Mapping[str, Mapping[str, str]] = {
    GONE: {
        "en": "The last code has just been given out. We are sorry.",
        "ko": "마지막 쿠폰이 방금 소진되었습니다. 죄송합니다.",
        "ja": "最後のクーポンがちょうど配布されました。申し訳ございません。",
    },
    LATER: {
        "en": "Today's codes for your network have all been given out. Please try again tomorrow.",
        "ko": "오늘 이 네트워크에서 받을 수 있는 쿠폰이 끝났습니다. 내일 다시 시도해 주세요.",
        "ja": "このネットワークでの本日の配布は終了しました。明日もう一度お試しください。",
    },
    NOT_OFFERED: {
        "en": "There is no code to be had here just now.",
        "ko": "지금은 받을 수 있는 쿠폰이 없습니다.",
        "ja": "現在お渡しできるクーポンはありません。",
    },
    EXPIRED: {
        "en": "Your code has expired.",
        "ko": "쿠폰의 유효 기간이 지났습니다.",
        "ja": "クーポンの有効期限が切れました。",
    },
}
PERCENT = {"en": "{} % off", "ko": "{} % 할인", "ja": "{} % オフ"}
AMOUNT = {"en": "{} off", "ko": "{} 할인", "ja": "{} 割引"}
FREE_SHIPPING = {"en": "Free shipping", "ko": "무료 배송", "ja": "送料無料"}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}


@dataclass(frozen=True)
class Discount:
    """What a code takes off: ``percent`` of the order, an ``amount``, or the delivery.

    Amounts are minor units of the shop's currency. ``most``: what one code takes off at most; None:
    nobody said.
    """

    percent: float | None = None
    amount: int | None = None
    most: int | None = None

    @property
    def is_delivery(self) -> bool:
        """Whether it is the delivery that costs nothing."""
        return self.percent is None and self.amount is None

    @property
    def worth(self) -> int | None:
        """What one code can cost at most, minor units; None: no bound is known."""
        return self.amount if self.amount is not None else self.most


@dataclass(frozen=True)
class Pool:
    """Where a popup's codes come from.

    ``after_ms``: how long a code is good from the moment it was given; ``until``: Unix ms, when all
    of them end. ``most_codes``, ``most_money`` (minor units): what may be given away in all.
    ``per_network``: codes that one network gets on one day of the shop.
    """

    slug: str
    kind: str
    discount: Discount
    name: str = ""
    text: Texts | None = None  # beside the code; None: the discount in words
    code: str | None = None
    prefix: str = ""
    after_ms: int | None = None
    until: int | None = None
    most_codes: int | None = None
    most_money: int | None = None
    per_network: int = PER_NETWORK
    enabled: bool = True
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def ends(self, now: int) -> int | None:
        """When a code given at ``now`` (Unix ms) ends: Unix ms, or None for never."""
        ends = [self.until] if self.until is not None else []
        ends += [now + self.after_ms] if self.after_ms is not None else []
        return min(ends, default=None)


def read_pool(slug: str, doc: object, shop: Shop) -> Pool:
    """The pool that ``doc`` describes. Raises DocumentRefused naming what is wrong."""
    one = Document(doc, f"coupons {slug}", KEYS)
    kind = one.choice("kind", KINDS)
    after, until = _expires(one, shop)
    budget = one.inner("budget", ("codes", "money"))
    pool = Pool(
        slug=one.slug(slug),
        kind=kind,
        discount=_discount(one, shop),
        name=one.text("name", slug),
        text=one.texts("text") if one.raw("text") is not None else None,
        code=_code(one, kind),
        prefix=_prefix(one, kind),
        after_ms=after,
        until=until,
        most_codes=budget.whole("codes", 1, MOST_CODES) if budget.raw("codes") else None,
        most_money=_money(budget, "money", shop) if budget.raw("money") is not None else None,
        per_network=one.whole("per_network", 1, 100_000, PER_NETWORK),
        enabled=one.flag("enabled", True),
        document=dict(doc) if isinstance(doc, Mapping) else {},
    )
    if pool.most_money is not None and pool.discount.worth is None:
        raise one.refused("budget", "has money, so discount.most must say what a code may cost")
    return pool


def pool_doc(pool: Pool) -> dict[str, Any]:
    """The pool as a document with its defaults written out; ``read_pool`` reads it back."""
    return {
        **pool.document,
        "slug": pool.slug,
        "name": pool.name,
        "kind": pool.kind,
        "per_network": pool.per_network,
        "enabled": pool.enabled,
    }


def read_code(text: object) -> str | None:
    """A code as it is kept; None when it cannot be one.

    >>> read_code(" SPRING-7 "), read_code("=1+1"), read_code("two words")
    ('SPRING-7', None, None)
    """
    cleaned = text.strip() if isinstance(text, str) else ""
    return cleaned if _CODE.fullmatch(cleaned) else None


def folded(code: str) -> str:
    """The form in which codes are compared: shops do not tell upper from lower case.

    >>> folded(" Spring-7 ")
    'SPRING-7'
    """
    return code.strip().upper()


def codes_in(told: object) -> tuple[str, ...]:
    """The codes that an order's ``coupon`` names, each once, at most ten.

    >>> codes_in("SPRING-7, welcome;SPRING-7")
    ('SPRING-7', 'welcome')
    """
    parts = _BETWEEN.split(told) if isinstance(told, str) else []
    found: dict[str, str] = {}
    for part in parts[:100]:
        if 0 < len(part) <= 64:
            found.setdefault(folded(part), part)
    return tuple(found.values())[:MOST_TOLD]


def minted(prefix: str, count: int, choose: Callable[[str], str]) -> list[str]:
    """``count`` new codes: the prefix and eleven letters, which are 50 bits.

    choose: one letter of those given, by chance that nobody can foresee.
    """
    return [prefix + "".join(choose(LETTERS) for _ in range(LENGTH)) for _ in range(count)]


def discounted(discount: Discount, paid: int, told: int | None, *, before: bool) -> int:
    """What a code took off an order, minor units.

    paid: the order's value; before: as it was before the discount, else after. told: what the order
    itself says was taken off; None: it does not say.
    """
    if told or (told is not None and not discount.is_delivery):
        return told
    if discount.amount is not None:
        return min(discount.amount, paid) if before else discount.amount
    if discount.percent is not None:
        whole = 100 if before else 100 - discount.percent
        off = round(paid * discount.percent / whole) if whole > 0 else 0
        return off if discount.most is None else min(off, discount.most)
    return discount.most or 0


def coupon_offer(
    pool: Pool, code: str, expires_at: int | None, language: str, shop: Shop, now: int
) -> dict[str, Any]:
    """A code as the storefront gets it; ``expires_at``: Unix ms, None for never. One that ends has
    what is left of it (``left``, ms: a browser's clock may be wrong) and the zone to tell it in.
    """
    offer = {
        "code": code,
        "text": words(pool, language, shop),
        "expires_at": expires_at,
        "discount": discount_doc(pool.discount, shop),
    }
    if expires_at is None:
        return offer
    return {**offer, "left": max(0, expires_at - now), "time_zone": shop.timezone}


def words(pool: Pool, language: str, shop: Shop) -> str:
    """What stands beside the code: the owner's text, else the discount in words."""
    if pool.text is not None:
        return in_language(pool.text, language)
    discount = pool.discount
    if discount.percent is not None:
        return in_language(PERCENT, language).format(f"{discount.percent:g}")
    if discount.amount is not None:
        amount, sign = to_major(discount.amount, shop.currency), _SIGNS.get(shop.currency)
        said = f"{sign}{amount:,}" if sign else f"{amount:,} {shop.currency}"
        return in_language(AMOUNT, language).format(said)
    return in_language(FREE_SHIPPING, language)


def sorry(why: str, language: str) -> str:
    """Why there is no code, in the shopper's language."""
    return in_language(SORRY[why], language)


def discount_doc(discount: Discount, shop: Shop) -> dict[str, Any]:
    """A discount as a document; amounts in major units."""
    if discount.amount is not None:
        return {"amount": shop.major(discount.amount), "currency": shop.currency}
    if discount.percent is not None:
        return {"percent": discount.percent}
    return {"free_shipping": True}


def bought_anyway(arms: Iterable[tuple[int, int, int, int]]) -> float | None:
    """The part (0 to 1) of buyers among those shown a popup who would have bought without it.

    arms: of each popup visitors shown, buyers among them, visitors in control, buyers among them.
    Control buys as shown would have: visitors shown times control's rate, over the buyers shown.
    None while any arm has fewer than ten buyers.
    """
    told = list(arms)
    if not told or any(min(bought, control) < LEAST_BUYERS for _, bought, _, control in told):
        return None
    expected = sum(shown * control / kept for shown, _, kept, control in told)
    return min(1.0, expected / sum(bought for _, bought, _, _ in told))


def csv_codes(lines: Iterable[Sequence[str]]) -> list[str]:
    """The first cell of each line that has one; a first line that names the column is left out."""
    found = [cells[0].strip() for cells in lines if cells and cells[0].strip()]
    return found[1:] if found and found[0].lower() in ("code", "codes", "coupon") else found


def _discount(one: Document, shop: Shop) -> Discount:
    said = Document(
        one.required("discount"),
        f"{one.where}.discount",
        ("percent", "amount", "free_shipping", "most"),
    )
    kinds = [key for key in ("percent", "amount", "free_shipping") if said.raw(key) is not None]
    if len(kinds) != 1:
        raise one.refused("discount", "must have one of percent, amount, free_shipping")
    if kinds == ["free_shipping"] and not said.flag("free_shipping", True):
        raise said.refused("free_shipping", "must be true, or absent")
    percent = said.number("percent", 0.01, 100) if kinds == ["percent"] else None
    amount = _money(said, "amount", shop) if kinds == ["amount"] else None
    if amount is not None and said.raw("most") is not None:
        raise said.refused("most", "is what an amount is already")
    most = _money(said, "most", shop) if said.raw("most") is not None else None
    return Discount(percent, amount, most)


def _money(one: Document, key: str, shop: Shop) -> int:
    """An amount in major units, in minor ones."""
    minor = to_minor(one.number(key, 0, MOST_MONEY), shop.currency)
    if minor <= 0:
        raise one.refused(key, "must be more than 0")
    return minor


def _code(one: Document, kind: str) -> str | None:
    if kind != TEXT:
        if one.raw("code") is not None:
            raise one.refused("code", f"is only for kind {TEXT}")
        return None
    code = read_code(one.text("code"))
    if code is None:
        raise one.refused("code", "must be 1 to 64 letters, digits, - _ . without spaces")
    return code


def _prefix(one: Document, kind: str) -> str:
    if one.raw("prefix") is None:
        return ""
    prefix = one.text("prefix")
    if kind != MINTED:
        raise one.refused("prefix", f"is only for kind {MINTED}")
    if not _PREFIX.fullmatch(prefix):
        raise one.refused("prefix", "must be up to 16 letters A to Z, digits and -")
    return prefix.upper()


def _expires(one: Document, shop: Shop) -> tuple[int | None, int | None]:
    """For how long (ms) a code is good, and when (Unix ms) all of them end."""
    said = one.inner("expires", ("after", "at"))
    after = None
    if said.raw("after") is not None:
        span = _SPAN.fullmatch(said.text("after"))
        if span is None:
            raise said.refused("after", "must be a span such as 30m, 48h, 7d or 2w")
        after = int(span[1]) * _SPANS[span[2]]
    at = read_moment(said, "at")
    return after, None if at is None else _ms(at, shop)


def _ms(at: datetime, shop: Shop) -> int:
    """A moment as Unix ms; without a zone it is the shop's own."""
    zoned = at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(shop.timezone))
    try:
        return round(zoned.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise DocumentRefused("expires.at is out of all bounds") from None
