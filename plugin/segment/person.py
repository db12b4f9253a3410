"""What do a visitor's declared traits and country say: the birthday, the season there?"""

from __future__ import annotations

import re

from plugin.segment.dates import EPOCH, date_of, next_anniversary
from plugin.segment.facts import Facts
from plugin.segment.shape import LocalDay
from plugin.segment.text import fold
from plugin.segment.worked import Worked, never
from plugin.shop import Shop, day_start, local_day, local_time

# What counts as an answer about the person.
ANSWERS = (
    "age_band", "birthday", "declared_need", "declared_values", "gender", "household_size",
    "occupation",
)  # fmt: skip
JOINED = "joined"  # among ``Facts.also``: how many more browsers turned out to be the visitor's
MONTH_AND_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
LEAP_YEAR = "2000"  # so that 02-29 is a day of it
COUNTRY = re.compile(r"[a-z]{2}")
# ISO 3166: most of the land, or of the people, lies south of the equator.
SOUTHERN = frozenset([
    "ao", "ar", "as", "au", "bi", "bo", "br", "bw", "cc", "ck", "cl", "cx", "ec", "fj", "fk",
    "gs", "hm", "id", "ki", "km", "ls", "mg", "mu", "mw", "mz", "na", "nc", "nf", "nr", "nu",
    "nz", "pe", "pf", "pg", "pn", "py", "re", "rw", "sb", "sc", "sh", "sz", "tk", "tl", "to",
    "tv", "tz", "uy", "vu", "wf", "ws", "yt", "za", "zm", "zw",
])  # fmt: skip
SEASONS = ("winter", "spring", "summer", "autumn")
FIRST_MONTHS = (3, 6, 9, 12)


def _answers(facts: Facts, now: int, shop: Shop) -> int:
    declared = facts.profile.declared
    return sum(name in declared and declared[name][0] != "" for name in ANSWERS)


def _to_birthday(facts: Facts, now: int, shop: Shop) -> int | None:
    born = _birthday(facts, shop.timezone)
    today = local_day(now, shop.timezone)
    return None if born is None else next_anniversary(born, today) - today


def _birthday(facts: Facts, zone: str) -> int | None:
    """The day of birth in days since 1970-01-01; of a month and a day alone, in a leap year."""
    told = facts.profile.declared.get("birthday", ("", 0))[0]
    if isinstance(told, str) and MONTH_AND_DAY.fullmatch(told.strip()):
        told = f"{LEAP_YEAR}-{told.strip()}"
    found = date_of(told)
    if found is None:
        return None
    return found.day if isinstance(found, LocalDay) else local_day(found, zone)


def _tomorrow(facts: Facts, now: int, shop: Shop) -> int | None:
    zone = shop.timezone
    if _birthday(facts, zone) is None:
        return None
    return day_start(local_day(now, zone) + 1, zone)


def country_code(facts: Facts) -> str | None:
    """The country's two letters, lower case; None: it is told in another way, or not at all."""
    country = fold(facts.profile.country or "")
    return country if COUNTRY.fullmatch(country) else None


def _season(facts: Facts, now: int, shop: Shop) -> str | None:
    country = country_code(facts)
    if country is None:
        return None
    turned = 2 if country in SOUTHERN else 0
    return SEASONS[(local_time(now, shop.timezone).month % 12 // 3 + turned) % 4]


def _next_season(facts: Facts, now: int, shop: Shop) -> int | None:
    if country_code(facts) is None:
        return None
    today = local_time(now, shop.timezone)
    month = next((one for one in FIRST_MONTHS if one > today.month), FIRST_MONTHS[0])
    year = today.year + (month < today.month)
    return day_start(
        today.replace(year=year, month=month, day=1).toordinal() - EPOCH, shop.timezone
    )


def _devices(facts: Facts, now: int, shop: Shop) -> int:
    return 1 + (facts.also.get(JOINED) or 0)


ANSWERED = Worked(_answers, never, declared=ANSWERS)
TO_BIRTHDAY = Worked(_to_birthday, _tomorrow, declared=("birthday",))
SEASON = Worked(_season, _next_season)
DEVICES = Worked(_devices, never, also=(JOINED,))
