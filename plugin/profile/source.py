"""Through which channel did a visit come?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

SEARCH = (
    "google.",
    "bing.",
    "duckduckgo.",
    "yahoo.",
    "naver.",
    "daum.",
    "baidu.",
    "yandex.",
    "ecosia.",
)
SOCIAL = (
    "facebook.",
    "instagram.",
    "twitter.",
    "t.co",
    "x.com",
    "pinterest.",
    "tiktok.",
    "youtube.",
    "linkedin.",
    "reddit.",
    "kakao.",
    "line.me",
    "threads.",
)
MAIL = ("mail.", "outlook.", "gmail.")
PAID_MEDIA = ("cpc", "ppc", "paid", "display", "cpm", "banner", "retargeting", "affiliate")


@dataclass(frozen=True)
class Source:
    """``channel``: direct, organic, paid, social, email, referral; ``source``: utm or host."""

    channel: str
    source: str | None
    campaign: str | None
    path: str


@dataclass(frozen=True)
class Address:
    """What of a page's address counts: its host, path and campaign."""

    host: str
    path: str
    utm: Mapping[str, str]


def read_source(location: str, referrer: str) -> Source | None:
    """Where a page view came from; None: from another page of the same site."""
    page, before = _address(location), _address(referrer)
    if page is None or before is None:
        return Source("direct", None, None, "/")
    utm, host = page.utm, before.host
    if not utm and host and host == page.host:
        return None
    source = utm.get("utm_source") or host or None
    return Source(_channel(utm, host), source, utm.get("utm_campaign"), page.path)


@lru_cache(maxsize=4096)  # the pages of a shop come again and again, each with any other before it
def _address(url: str) -> Address | None:
    """None: it is none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    utm = {k: v.strip().casefold() for k, v in parse_qsl(parts.query) if k.startswith("utm_")}
    return Address(host, parts.path or "/", utm)


def _channel(utm: Mapping[str, str], host: str) -> str:
    medium, source = utm.get("utm_medium", ""), utm.get("utm_source", "")
    if any(word in medium for word in PAID_MEDIA):
        return "paid"
    if medium in ("email", "e-mail", "newsletter") or source in ("newsletter", "email"):
        return "email"
    if medium == "social" or _one_of(source + ".", SOCIAL):
        return "social"
    if medium == "organic":
        return "organic"
    if not host:
        return "referral" if utm else "direct"
    for channel, hosts in (("email", MAIL), ("organic", SEARCH), ("social", SOCIAL)):
        if _one_of(host, hosts):
            return channel
    return "referral"


def _one_of(host: str, names: tuple[str, ...]) -> bool:
    return any(host.startswith(name) or f".{name}" in host for name in names)
