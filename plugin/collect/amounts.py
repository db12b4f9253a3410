"""What amount of money, how many, in which currency, and when does an event say?"""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from plugin.errors import EventRefused
from plugin.shop import DAY, MINUTE, to_minor

AMOUNT = re.compile(r"\d{1,13}(\.\d{1,6})?", re.ASCII)
MOST = 1e12
MOST_PIECES = 1e6
AHEAD_MS = 5 * MINUTE
OLD_MS = 30 * DAY
LAST_MS = 253_402_300_799_999  # the end of the year 9999
CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def read_money(value: Any, name: str, currency: str) -> int:
    """An amount in major units, as a number or text, in minor units of ``currency``.

    Raises EventRefused: 0 to 1e12, never a boolean, null, NaN, or text of another form.
    """
    return to_minor(_amount(value, name, 0, MOST), currency)


def read_quantity(value: Any) -> float:
    """How many pieces: more than 0, at most 1e6; fractions are allowed. Raises EventRefused."""
    amount = _amount(value, "quantity", 0, MOST_PIECES)
    if amount == 0:
        raise EventRefused("quantity must be more than 0")
    return float(amount)


def _amount(value: Any, name: str, low: float, high: float) -> Decimal:
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        amount = Decimal(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and _finite(value):
        amount = Decimal(str(value))
    else:
        raise EventRefused(f"{name} must be a number such as 12.50, or such a text")
    if not low <= amount <= Decimal(high):
        raise EventRefused(f"{name} must be from {low:g} to {high:g}")
    return amount


def _finite(value: int | float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 10**15


def read_currency(value: Any, default: str) -> str:
    """A currency of ISO 4217 in upper case; ``default`` when absent. Raises EventRefused."""
    if value is None:
        return default
    if not isinstance(value, str) or not CURRENCY.fullmatch(value):
        raise EventRefused("currency must be three letters of ISO 4217, as USD or KRW")
    return value.upper()


def read_timestamp(value: Any, received_at: int, *, trusted: bool) -> tuple[int, bool]:
    """When it happened (Unix ms), and whether its own time was not believed.

    value: Unix ms or RFC 3339 with a zone. A browser's time more than 5 minutes ahead or 30 days
    old counts as received now; a trusted one is kept at any age. Raises EventRefused.
    """
    at = _moment(value)
    if trusted or received_at - OLD_MS <= at <= received_at + AHEAD_MS:
        return at, False
    return received_at, True


def _moment(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MS:
        return value
    if isinstance(value, str) and RFC3339.fullmatch(value):
        try:
            at = datetime.fromisoformat(_for_python(value)).timestamp()
        except (ValueError, OverflowError):
            at = -1
        if 0 <= at * 1000 <= LAST_MS:
            return round(at * 1000)
    raise EventRefused("timestamp must be Unix ms or a time as 2026-11-24T09:00:00+09:00")


def _for_python(text: str) -> str:
    """RFC 3339 as Python 3.10 reads it: no Z, and six digits of a second."""
    whole, dot, rest = text.upper().replace("Z", "+00:00").partition(".")
    if not dot:
        return whole
    digits = re.match(r"\d+", rest)
    fraction = digits[0] if digits else ""
    return f"{whole}.{fraction[:6]:0<6}{rest[len(fraction) :]}"
