"""What does the user agent say: which kind of device, which browser, and is it a bot?"""

from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Agent:
    """``device``: mobile, tablet or desktop; the others None when not recognised."""

    device: str | None = None
    browser: str | None = None
    os: str | None = None
    in_app_browser: str | None = None
    bot: bool = False


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


def _device(text: str) -> str:
    if "iPad" in text or "Tablet" in text or ("Android" in text and "Mobile" not in text):
        return "tablet"
    return "mobile" if "Mobi" in text or "iPhone" in text else "desktop"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((word for mark, word in table if mark in text), None)
