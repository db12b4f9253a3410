"""What does a request say of its sender: which device, which browser, a bot, or nobody yet?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import crawleruseragents

# Programs that a shop's own people use: they are no crawlers, whatever lists say.
_TOOLS = re.compile(
    r"(?:(?:python-requests|python-urllib|python-httpx|curl|wget|httpx|go-http-client|okhttp|"
    r"node-fetch|axios|werkzeug|undici|node|java|apache-httpclient|"
    r"python/[\d.]+ aiohttp)(?:/[\w.\-]*)?(?: \([^)]*\))?)?",
    re.IGNORECASE,
)
_BROWSERS = (
    ("Edg", "edge"), ("OPR/", "opera"), ("SamsungBrowser", "samsung"), ("Whale/", "whale"),
    ("Firefox/", "firefox"), ("FxiOS", "firefox"), ("CriOS", "chrome"), ("Chrome/", "chrome"),
    ("Safari/", "safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "windows"), ("iPhone", "ios"), ("iPad", "ios"), ("Android", "android"),
    ("Mac OS X", "macos"), ("CrOS", "chromeos"), ("Linux", "linux"),
)  # fmt: skip
_APPS = (
    ("Instagram", "instagram"), ("FBAN", "facebook"), ("FBAV", "facebook"),
    ("KAKAOTALK", "kakaotalk"), ("NAVER(", "naver"), (" Line/", "line"), ("TikTok", "tiktok"),
    ("musical_ly", "tiktok"),
)  # fmt: skip
PURPOSES = ("Sec-Purpose", "Purpose", "X-Moz")


@dataclass(frozen=True, slots=True)
class Agent:
    """``device``: mobile, tablet or desktop; the others None when not recognised."""

    device: str | None = None
    browser: str | None = None
    os: str | None = None
    in_app_browser: str | None = None
    bot: bool = False

    def as_bot(self) -> Agent:
        """The same, kept apart as a bot is."""
        return replace(self, bot=True)


@lru_cache(maxsize=4096)
def read_agent(user_agent: str) -> Agent:
    """What ``user_agent`` tells; nothing of it is kept but these words."""
    text = user_agent[:1024]
    if _TOOLS.fullmatch(text.strip()):
        return Agent()
    bot = "HeadlessChrome" in text or bool(crawleruseragents.is_crawler(text))
    return Agent(
        device=_device(text),
        browser=_first(_BROWSERS, text),
        os=_first(_SYSTEMS, text),
        in_app_browser=_first(_APPS, text),
        bot=bot,
    )


def is_prefetch(headers_get: Callable[[str], str | None]) -> bool:
    """Whether the browser only prepares a page that nobody has opened.

    headers_get: the value of a request's header, None where there is none. Sec-Purpose is the
    standard's (it may go on, "prefetch;prerender"); the others are those of older browsers.
    """
    return any(
        purpose.strip().lower() == "prefetch"
        for name in PURPOSES
        if (value := headers_get(name))
        for purpose in value.replace(",", ";").split(";")
    )


def _device(text: str) -> str:
    if "iPad" in text or "Tablet" in text or ("Android" in text and "Mobile" not in text):
        return "tablet"
    return "mobile" if "Mobi" in text or "iPhone" in text else "desktop"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((word for mark, word in table if mark in text), None)
