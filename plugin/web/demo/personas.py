"""Who shops in the demo's history: with which habits, from where, on what, and when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from plugin.shop import DAY, HOUR

T = TypeVar("T")


@dataclass(frozen=True)
class Persona:
    """One way to shop. Chances are for one visit, shares for all visitors (they sum to 1).

    ``visits``: least and most planned; ``gap_days``: mean time between two; ``pages``: least and
    most products looked at in a visit; ``joins``: the part of the history in which the first visit
    falls, 0 to 1.
    """

    name: str
    share: float
    visits: tuple[int, int]
    gap_days: float
    pages: tuple[int, int]
    adds: float
    buys: float
    searches: float = 0.12
    joins: tuple[float, float] = (0.0, 1.0)
    loves: str | None = None  # a tag whose products are looked at first
    last_visit_buys: bool = (
        False  # everything before the last planned visit is making up one's mind
    )


PERSONAS = (
    Persona("passer-by", 0.42, (1, 1), 15, (0, 1), adds=0.02, buys=0.0, searches=0.03),
    Persona("window shopper", 0.17, (1, 4), 9, (2, 5), adds=0.04, buys=0.02),
    Persona("returning browser", 0.08, (2, 5), 8, (1, 4), adds=0.18, buys=0.05),
    Persona("cart abandoner", 0.11, (1, 2), 10, (1, 4), adds=1.0, buys=0.05),
    Persona("one-time buyer", 0.08, (1, 2), 4, (1, 4), adds=0.3, buys=0.9, last_visit_buys=True),
    Persona("gift seeker", 0.05, (1, 2), 3, (2, 4), 0.6, 0.3, searches=0.6, loves="gift"),
    Persona("regular", 0.05, (4, 9), 11, (1, 4), adds=0.7, buys=0.5),
    Persona("lapsed", 0.04, (1, 4), 6, (1, 4), adds=0.6, buys=0.55, joins=(0.0, 0.3)),
)


@dataclass(frozen=True)
class Home:
    """Where a visitor lives: country, language, hours ahead of UTC, the search engine used."""

    country: str
    language: str
    ahead_h: int
    engine: str


HOMES = (
    (Home("US", "en-US", -6, "https://www.google.com/"), 46),
    (Home("GB", "en-GB", 0, "https://www.google.co.uk/"), 11),
    (Home("KR", "ko-KR", 9, "https://search.naver.com/"), 14),
    (Home("JP", "ja-JP", 9, "https://www.google.co.jp/"), 11),
    (Home("DE", "de-DE", 1, "https://www.google.de/"), 8),
    (Home("CA", "en-CA", -5, "https://www.google.ca/"), 6),
    (Home("AU", "en-AU", 10, "https://www.google.com.au/"), 4),
)

# Device and browser.
DEVICES = (
    (("mobile", "Safari"), 34),
    (("mobile", "Chrome"), 24),
    (("desktop", "Chrome"), 25),
    (("desktop", "Safari"), 7),
    (("desktop", "Firefox"), 5),
    (("tablet", "Safari"), 5),
)


@dataclass(frozen=True)
class Channel:
    """A way to the shop: what the first page of the visit shows of it."""

    name: str
    referrer: str = ""  # "engine": the search engine of the visitor's country
    query: str = ""


_GOOGLE = "utm_source=google&utm_medium=cpc&utm_campaign="
_LETTER = "utm_source=newsletter&utm_medium=email&utm_campaign="

FIRST_CHANNELS = (
    (Channel("organic", "engine"), 36),
    (Channel("paid", "engine", f"{_GOOGLE}autumn-shelf"), 12),
    (Channel("paid", "engine", f"{_GOOGLE}gifts"), 6),
    (Channel("social", "https://www.instagram.com/", "utm_source=instagram&utm_medium=social"), 15),
    (Channel("social", "https://www.pinterest.com/"), 5),
    (Channel("referral", "https://slowrooms.example/"), 7),
    (Channel("direct"), 19),
)
# Who has been here finds the way alone, or by the shop's letter.
LATER_CHANNELS = (
    (Channel("direct"), 46),
    (Channel("organic", "engine"), 22),
    (Channel("email", "", f"{_LETTER}sunday-letter"), 20),
    (Channel("paid", "engine", f"{_GOOGLE}come-back"), 7),
    (Channel("social", "https://www.instagram.com/", "utm_source=instagram&utm_medium=social"), 5),
)

# fmt: off
FIRST_NAMES = (
    "Mina", "Cho", "Ana", "Tomo", "Lena", "Yuki", "Noah", "Ines", "Jun", "Sora", "Emil", "Priya",
    "Oscar", "Hana", "Leo", "Maja", "Sam", "Rin", "Clara", "Daniel", "Eva", "Kenji", "Luca", "Nora",
)
# fmt: on

# How busy the shop is by the hour where the visitor lives, and by the day from Monday on.
_HOURS = (2, 1, 1, 1, 1, 2, 3, 5, 6, 7, 8, 8, 9, 8, 7, 7, 7, 8, 9, 11, 13, 13, 10, 5)
_DAYS = (9, 8, 8, 9, 9, 11, 13)


def choice(rng: Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of ``weighted`` (thing, weight), by weight."""
    at = rng.random() * sum(weight for _, weight in weighted)
    for thing, weight in weighted:
        at -= weight
        if at < 0:
            return thing
    return weighted[-1][0]


def persona_for(rng: Random) -> Persona:
    """One of the personas, by share."""
    return choice(rng, [(persona, persona.share) for persona in PERSONAS])


def arrival(rng: Random, start: int, end: int, joins: tuple[float, float], ahead_h: int) -> int:
    """When a visitor first comes: Unix ms. The shop grows, and people sleep."""
    low, high = joins
    while True:
        share = rng.uniform(low, high)
        at = start + int(share * (end - start))
        # Twice as many newcomers a day at the end as at the beginning.
        if rng.random() < (1 + share) / 2 and _is_awake(rng, at, ahead_h):
            return at


def next_visit(rng: Random, after: int, gap_days: float, ahead_h: int) -> int:
    """When somebody who left at ``after`` (Unix ms) comes again; hours later at the earliest."""
    while True:
        at = after + 2 * HOUR + int(rng.expovariate(1 / gap_days) * DAY)
        if _is_awake(rng, at, ahead_h):
            return at


def _is_awake(rng: Random, at: int, ahead_h: int) -> bool:
    local = at + ahead_h * HOUR
    hour = local // HOUR % 24
    weekday = (local // DAY + 3) % 7  # 1 January 1970 was a Thursday
    return rng.random() < _HOURS[hour] / max(_HOURS) * _DAYS[weekday] / max(_DAYS)
