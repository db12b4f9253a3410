"""Which personal data came along by accident, and how does a text look without it?

E-mail addresses, payment card numbers, Korean resident numbers, user names in addresses, and query
parameters that the shop has not allowed.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

ALLOWED = frozenset({"q", "s", "query", "keyword", "search", "page", "category", "sort"})
GONE = "[removed]"
LONGEST = 1_024
# Bounded parts only: no text makes these take longer than its length.
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}(?:@|%40)[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}"
)
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ \-.]?[0-9]){12,18}(?![0-9])")
_RESIDENT = re.compile(r"(?<![0-9])[0-9]{6}[- ]?[1-8][0-9]{6}(?![0-9])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MARKS = ("@", "%40")


def clean(text: str) -> str:
    """``text`` without control characters, lone surrogates replaced, at most 1,024 letters."""
    text = _SURROGATES.sub("\ufffd", text)
    return _CONTROLS.sub("", text)[:LONGEST]


def scrub_text(text: str) -> str:
    """``text`` with what looks personal replaced by "[removed]"."""
    if any(mark in text for mark in _MARKS):
        text = _EMAIL.sub(GONE, text)
    if sum(letter.isdigit() for letter in text) >= 13:
        text = _RESIDENT.sub(_if_resident, text)
        text = _DIGITS.sub(_if_card, text)
    return text


def scrub_url(url: str, allowed: AbstractSet[str]) -> str:
    """An address without user name and fragment, with only the query parameters allowed.

    allowed: the shop's own parameter names, beside ``utm_*`` and the search words.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        kept = [
            (name, scrub_text(value))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name.startswith("utm_") or name in ALLOWED or name in allowed
        ]
    except ValueError:
        return ""
    path = (
        quote(scrub_text(unquote(parts.path)), safe="/%:@!$&'()*+,;=~[]-._") if parts.path else ""
    )
    return urlunsplit((parts.scheme, host, path, urlencode(kept), ""))


def is_url(text: str) -> bool:
    """Whether ``text`` should be read as an address."""
    return text.startswith(("http://", "https://", "//", "/")) and " " not in text[:200]


def _if_card(found: re.Match[str]) -> str:
    digits = [int(letter) for letter in found[0] if letter.isdigit()]
    return GONE if _luhn(digits) else found[0]


def _if_resident(found: re.Match[str]) -> str:
    month, day = int(found[0][2:4]), int(found[0][4:6])
    return GONE if 1 <= month <= 12 and 1 <= day <= 31 else found[0]


def _luhn(digits: list[int]) -> bool:
    """The check of payment card numbers (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
