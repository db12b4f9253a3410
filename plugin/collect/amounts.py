"""What amount of money, how many, in which currency, and when does an event say?"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Any

from plugin.errors import EventRefused
from plugin.shop import DAY, HOUR, MINUTE, SECOND, to_minor

AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?")
MOST = 10**12
MOST_PIECES = 10**6
AHEAD_MS = 5 * MINUTE
OLD_MS = 30 * DAY
LAST_MS = 253_402_300_799_999  # the end of the year 9999
RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
EPOCH = date(1970, 1, 1).toordinal()
# ISO 4217, list one. Codes without a minor unit (gold, XDR, XXX, tests) price nothing; the second
# line has codes withdrawn since 2010, for orders of those days.
_LIST_ONE = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR "
    "FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY "
    "KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU "
    "MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
    "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP "
    "TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER "
    "ZAR ZMW ZWG "
    "ANG BGN BYR CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL"
)
CURRENCIES = frozenset(_LIST_ONE.split())


def read_money(value: Any, name: str, currency: str) -> int:
    """An amount in major units, as a number or text, in minor units of ``currency``.

    Raises EventRefused: 0 to 1e12, never a boolean, null, NaN, or text of another form.
    """
    return to_minor(_amount(value, name, MOST), currency)


def read_quantity(value: Any) -> float:
    """How many pieces: more than 0, at most 1e6; fractions are allowed. Raises EventRefused."""
    amount = float(_amount(value, "quantity", MOST_PIECES))
    if amount <= 0:  # also a number too small for a float
        raise EventRefused("quantity must be more than 0")
    return amount


def _amount(value: Any, name: str, most: int) -> Decimal:
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        amount = Decimal(value)
    elif _is_number(value) and (isinstance(value, int) or math.isfinite(value)):
        # Compared first: a whole number of a thousand digits is never turned into text.
        amount = Decimal(str(value)) if 0 <= value <= most else Decimal(-1)
    else:
        raise EventRefused(f"{name} must be a number such as 12.50, or such a text")
    if not 0 <= amount <= most:
        raise EventRefused(f"{name} must be from 0 to {most:g}")
    return amount


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_currency(value: Any) -> str:
    """A currency of ISO 4217 in upper case. Raises EventRefused."""
    # Other letters than ASCII can turn into ASCII when folded.
    if isinstance(value, str) and value.isascii() and value.upper() in CURRENCIES:
        return value.upper()
    raise EventRefused("currency must be three letters of ISO 4217, as USD or KRW")


def read_timestamp(value: Any, received_at: int, *, trusted: bool) -> tuple[int, bool]:
    """When it happened (Unix ms), and whether its own time was not believed.

    value: Unix ms or RFC 3339 with a zone. A time more than 5 minutes ahead, before 1970, or more
    than 30 days old counts as received now; a trusted one is kept however old it is. Raises
    EventRefused.
    """
    at = read_moment(value)
    oldest = 0 if trusted else max(0, received_at - OLD_MS)
    if oldest <= at <= received_at + AHEAD_MS:
        return at, False
    return received_at, True


def read_moment(value: Any) -> int:
    """Unix ms of a whole number or of RFC 3339 text; before 1970 it is negative.

    Raises EventRefused, also for a date or an hour that does not exist.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MS:
        return value
    found = RFC3339.fullmatch(value) if isinstance(value, str) else None
    at = _told(found) if found else None
    if at is None:
        raise EventRefused("timestamp must be Unix ms or a time as 2026-11-24T09:00:00+09:00")
    return at


def _told(found: re.Match[str]) -> int | None:
    """Unix ms of what RFC3339 matched; None for a date or an hour that does not exist."""
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, off_hour, off_minute = found.groups()[6:]
    offset = int(off_hour or 0) * HOUR + int(off_minute or 0) * MINUTE
    if hour > 23 or minute > 59 or second > 60 or offset >= DAY or int(off_minute or 0) > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None
    whole = days * DAY + hour * HOUR + minute * MINUTE + second * SECOND
    at = whole + (offset if sign == "-" else -offset)
    if second == 60 and at % DAY:
        return None  # a leap second is the last of a day in UTC
    return at + int((fraction or ".0")[1:4].ljust(3, "0"))
