"""Which personal data came along by accident, and how does a text look without it?

E-mail addresses, payment card numbers, Korean resident numbers, user names in addresses, and query
parameters that the shop has not allowed. Every step takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

ALLOWED = frozenset({"q", "s", "query", "keyword", "search", "page", "category", "sort"})
NONE_OF_ITS_OWN: frozenset[str] = frozenset()
GONE = "[removed]"
LONGEST = 1_024
MOST_READ = 8 * LONGEST  # what stands behind is cut, whatever is taken out before it
MOST_DECODED = 3  # "@" may be written %40, and again %2540
LOCAL_PART = 64  # RFC 5321 4.5.3.1.1
ATEXT = frozenset(".!#$%&'*+-=?^_`{|}~")  # RFC 5322 3.2.3, beside letters and digits
CARD = range(13, 20)  # digits of a payment card number

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_AT = re.compile(r"@|\uff20|%(?:25){0,3}40")
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}|\[[0-9A-Fa-f.:]{2,45}\]")
_BETWEEN = r"[ .\-\u00a0\u2000-\u200a\u202f\u3000\u2010-\u2015\u2212\uff0d]"
_MANY_DIGITS = re.compile(rf"\d(?:{_BETWEEN}{{0,2}}\d){{12,}}")
_GROUP = re.compile(r"\d+")
_RESIDENT = re.compile(
    rf"(?<!\d)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_BETWEEN}?[1-8]\d{{6}}(?!\d)"
)
_SCHEME = r"\b[a-z][a-z0-9+.\-]{0,15}://"
_URL_IN_TEXT = re.compile(rf"{_SCHEME}[^\s<>\"']+", re.IGNORECASE)
_URL_IN_VALUE = re.compile(rf"({_SCHEME})(?:[^\s/?#]*@)?([^\s?#]*)(?:[?#][^\s]*)?", re.IGNORECASE)
_CAMPAIGN = re.compile(r"utm_[a-z0-9_]{1,30}", re.IGNORECASE)
_USER = re.compile(r"//[^/?#\s]*@")
# An address that has nothing to take out of it, unless it be digits.
_STAYS = rf"(?:utm_[a-z0-9_]{{1,30}}|{'|'.join(sorted(ALLOWED))})=[A-Za-z0-9_.\-]*"
_BARE_URL = re.compile(
    r"https?://[a-z0-9.\-]+(?::\d{1,5})?(?:/[A-Za-z0-9_.\-]*)*" rf"(?:\?{_STAYS}(?:&{_STAYS})*)?"
)
_WHOLE_URL = re.compile(
    r"(?:(?:[a-z][a-z0-9+.\-]{0,15}:)?//|/)\S*|[^\s?]*\?[^\s=]*=\S*", re.IGNORECASE
)


def printable(text: str) -> str:
    """``text`` without control characters, lone surrogates replaced."""
    if text.isprintable():
        return text
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))


def clean(text: str) -> str:
    """``text`` without control characters, lone surrogates replaced, at most 1,024 letters."""
    return printable(text)[:LONGEST]


def scrubbed(text: str, allowed: AbstractSet[str] = NONE_OF_ITS_OWN) -> str:
    """``text`` clean and without what looks personal, read as an address if it is one.

    allowed: the shop's own query parameters. Cut last: half an address or number would be missed.
    """
    text = printable(text)[:MOST_READ]
    found = scrub_url(text, allowed) if is_url(text) else scrub_text(text, allowed)
    return found[:LONGEST]


def without_mail(text: str) -> str:
    """``text`` clean and without e-mail addresses: a code, which may look like a card's number."""
    text = printable(text)[:MOST_READ]
    return (_without_mail(text) if _AT.search(text) else text)[:LONGEST]


def scrub_address(text: str, allowed: AbstractSet[str]) -> str:
    """As ``scrubbed``, for a text that is an address whatever it looks like."""
    return scrub_url(printable(text)[:MOST_READ], allowed)[:LONGEST]


def scrub_text(text: str, allowed: AbstractSet[str] = NONE_OF_ITS_OWN) -> str:
    """``text`` with what looks personal replaced by "[removed]"; addresses in it by scrub_url."""
    if "://" in text:
        text = _URL_IN_TEXT.sub(lambda found: scrub_url(found[0], allowed), text)
    return _plain(text)


def scrub_url(url: str, allowed: AbstractSet[str]) -> str:
    """An address without user name and fragment, with only the query parameters allowed.

    allowed: the shop's own parameter names, beside ``utm_*`` and the search words. What can be read
    as no address at all becomes "".
    """
    if _BARE_URL.fullmatch(url) and not _MANY_DIGITS.search(url):
        return url
    try:
        urlsplit(url)
    except ValueError:
        return ""
    address, _, query = url.partition("#")[0].partition("?")
    address = _decoded(_USER.sub("//", address), unquote, _quote_path)
    pairs = [_pair(pair) for pair in query.split("&") if _may_stay(pair, allowed)]
    return address + ("?" + "&".join(pairs) if pairs else "")


def is_url(text: str) -> bool:
    """Whether ``text`` as a whole should be read as an address (a relative one, or a query)."""
    return ("/" in text or "?" in text) and _WHOLE_URL.fullmatch(text) is not None


def _may_stay(pair: str, allowed: AbstractSet[str]) -> bool:
    name = unquote_plus(pair.partition("=")[0])
    return name in ALLOWED or name in allowed or _CAMPAIGN.fullmatch(name) is not None


def _pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return name + equals + _decoded(value, unquote_plus, quote_plus)


def _decoded(raw: str, decode: Callable[[str], str], encode: Callable[[str], str]) -> str:
    """``raw`` as it is, unless something personal is in it, however often it is encoded."""
    text = raw
    for _ in range(MOST_DECODED):
        text = printable(decode(text))
        found = _URL_IN_VALUE.sub(r"\1\2", _plain(text))
        if found != text:
            return encode(found)
        if "%" not in text:
            break
    return raw


def _quote_path(path: str) -> str:
    return quote(path, safe="/%:@!$&'()*+,;=~[]-._")


def _plain(text: str) -> str:
    """``text`` without e-mail addresses, resident numbers, cards, and user names in addresses."""
    if "//" in text and "@" in text:
        text = _USER.sub("//", text)
    if "@" in text or "%" in text or "\uff20" in text:
        text = _without_mail(text)
    if _MANY_DIGITS.search(text):
        text = _MANY_DIGITS.sub(_without_cards, _RESIDENT.sub(GONE, text))
    return text


def _without_mail(text: str) -> str:
    parts, done = [], 0
    for at in _AT.finditer(text):
        begin, first = at.start(), max(done, at.start() - LOCAL_PART)
        if begin > first and text[begin - 1] == '"':
            begin = max(text.rfind('"', first, begin - 1), first)
        while begin > first and (text[begin - 1].isalnum() or text[begin - 1] in ATEXT):
            begin -= 1
        host = _HOST.match(text, at.end())
        if host and begin < at.start():
            parts += [text[done:begin], GONE]
            done = host.end()
    return "".join(parts) + text[done:]


def _without_cards(run: re.Match[str]) -> str:
    """Digits in groups, less those neighbouring groups that together are a card's number."""
    text, parts, done = run[0], [], 0
    groups = [found.span() for found in _GROUP.finditer(text)]
    sums = _luhn_sums([int(letter) for letter in text if letter.isdigit()])
    before = 0  # digits in the groups before
    for place, (start, end) in enumerate(groups):
        last = _card_end(groups, place, before, sums) if start >= done else None
        if last is not None:
            parts += [text[done:start], GONE]
            done = last
        before += end - start
    return "".join(parts) + text[done:]


def _card_end(
    groups: list[tuple[int, int]], place: int, before: int, sums: tuple[list[int], list[int]]
) -> int | None:
    """Where the longest card number that begins with a group ends; None: none begins there."""
    count, found = 0, None
    for start, end in groups[place : place + CARD.stop]:
        count += end - start
        if count >= CARD.stop:
            break
        to = before + count
        # ISO/IEC 7812-1: every second digit from the right is doubled, never the last.
        right = sums[(to - 1) % 2]
        if count in CARD and (right[to] - right[before]) % 10 == 0:
            found = end
    return found


def _luhn_sums(digits: list[int]) -> tuple[list[int], list[int]]:
    """Running sums with every odd place doubled, and with every even place doubled."""
    sums: tuple[list[int], list[int]] = ([0], [0])
    for place, digit in enumerate(digits):
        doubled = digit * 2 - 9 if digit > 4 else digit * 2
        sums[0].append(sums[0][-1] + (doubled if place % 2 else digit))
        sums[1].append(sums[1][-1] + (digit if place % 2 else doubled))
    return sums
