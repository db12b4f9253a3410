"""How are the members of a segment written down for a spreadsheet or an advertising network?

Headers and normal forms are those the networks ask for (read in November 2026):
Meta, "How to format a customer list"; Google Ads, "Format your customer data file" (7659867);
LinkedIn, "Requirements for contact targeting lists" (a1489764) and its contact template.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from plugin.collect.event import Scalar
from plugin.profile.profile import Profile
from plugin.segment.text import fold
from plugin.shop import Shop, local_time

# A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection), in full width
# too.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")
NOES = "false no n 0 off denied refused withdrawn none いいえ 아니요 아니오"
NO = frozenset(NOES.split())

NO_EMAIL, BAD_EMAIL, REFUSED, SAME = "no_email", "bad_email", "refused", "same_email"
REASONS = (NO_EMAIL, BAD_EMAIL, REFUSED, SAME)

Declared = Mapping[str, tuple[Scalar, int]]
Cell = str | int | float | None


@dataclass(frozen=True)
class Member:
    """One member of a segment. ``entered_at``: Unix ms."""

    profile: Profile
    entered_at: int


@dataclass(frozen=True)
class Format:
    """One way to write members down.

    floor: fewer people than this the network does not take; most: nor more rows than this.
    everybody: those are in it too who gave no e-mail. marked: begins with a byte order mark, by
    which spreadsheets know UTF-8.
    """

    name: str
    header: tuple[str, ...]
    cells: Callable[[Member, Shop], tuple[Cell, ...]]
    floor: int = 0
    most: int | None = None
    everybody: bool = False
    marked: bool = False


def marketing_refused(declared: Declared) -> bool:
    """Whether the visitor said no to marketing (the declared trait ``consent_marketing``)."""
    found = declared.get("consent_marketing")
    return found is not None and says_no(_text(found[0]))


def says_no(text: str | None) -> bool:
    """Whether a folded text is a no.

    >>> says_no("false"), says_no("yes"), says_no(None)
    (True, False, False)
    """
    return text is not None and fold(text) in NO


def normal_email(text: str | None) -> str | None:
    """An e-mail address as it is compared: trimmed, lower case; None when it is none.

    >>> normal_email(" Mina@Moon.Example "), normal_email("mina")
    ('mina@moon.example', None)
    """
    cleaned = (text or "").strip().lower()
    return cleaned if len(cleaned) <= 254 and EMAIL.fullmatch(cleaned) else None


def normal_phone(text: str | None) -> str | None:
    """A telephone number as country code and digits; None without a country code.

    >>> normal_phone("+82 10-1234-5678"), normal_phone("010-1234-5678")
    ('821012345678', None)
    """
    cleaned = re.sub(r"[\s().\-/]", "", text or "")
    found = re.fullmatch(r"(?:\+|00)([1-9]\d{6,14})", cleaned, re.ASCII)
    return found[1] if found else None


def hashed(text: str | None) -> str | None:
    """SHA-256 of a normal form, 64 lower-case hex digits; None stays None.

    >>> hashed("mina@moon.example")[:8]
    '8bc6e822'
    """
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def why_left_out(email: str | None, refused: bool, seen: set[str]) -> str | None:
    """Why somebody may not stand in an audience, or None; who may is added to ``seen``."""
    if not email:
        return NO_EMAIL
    if refused:
        return REFUSED
    cleaned = normal_email(email)
    if cleaned is None:
        return BAD_EMAIL
    if cleaned in seen:
        return SAME
    seen.add(cleaned)
    return None


def tally(people: Iterable[tuple[str | None, bool]]) -> tuple[int, dict[str, int]]:
    """How many of ``people`` (e-mail, refused) an audience holds, and how many not, by reason."""
    seen: set[str] = set()
    left_out = dict.fromkeys(REASONS, 0)
    for email, refused in people:
        why = why_left_out(email, refused, seen)
        if why is not None:
            left_out[why] += 1
    return len(seen), left_out


def line(cells: Iterable[Cell], *, quoted: bool = False) -> str:
    """One line of CSV (RFC 4180) that no spreadsheet runs; ``quoted``: every cell in quotes."""
    return ",".join(_cell(cell, quoted) for cell in cells) + "\r\n"


def _cell(cell: Cell, quoted: bool) -> str:
    if cell is None:
        return '""' if quoted else ""
    if not isinstance(cell, str):  # a number of ours is no formula
        return f'"{cell}"' if quoted else str(cell)
    text = f"'{cell}" if cell.startswith(FORMULA) else cell
    if quoted or any(letter in text for letter in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(profile: Profile, *names: str) -> str | None:
    """What the visitor declared under the first of ``names`` that is there."""
    for name in names:
        value = profile.declared.get(name, ("", 0))[0]
        if not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def _first(profile: Profile) -> str | None:
    return _said(profile, "first_name", "firstname", "given_name")


def _last(profile: Profile) -> str | None:
    return _said(profile, "last_name", "lastname", "family_name")


def _zip(profile: Profile) -> str | None:
    return _said(profile, "zip", "postal_code", "postcode", "zipcode")


def _country(profile: Profile) -> str | None:
    """Two letters, upper case; None when only a name in words is known."""
    found = (_said(profile, "country") or profile.country or "").upper()
    return found if re.fullmatch(r"[A-Z]{2}", found) else None


def _letters(text: str | None, *, spaces: bool = True) -> str | None:
    """Lower case without marks, as Meta compares names and places."""
    kept = "".join(c for c in (text or "").lower() if c.isalnum() or (spaces and c == " "))
    return " ".join(kept.split()) or None


def _plain(member: Member, shop: Shop) -> tuple[Cell, ...]:
    who = member.profile
    return (
        who.visitor_id,
        who.customer_id,
        None if marketing_refused(who.declared) else who.email,
        _moment(member.entered_at, shop),
        _moment(who.first_seen_at, shop),
        _moment(who.last_seen_at, shop),
        who.orders_total,
        shop.major(who.revenue_total),
        shop.currency,
    )


def _moment(at: int | None, shop: Shop) -> str | None:
    return None if at is None else local_time(at, shop.timezone).isoformat(timespec="seconds")


def _meta(member: Member, shop: Shop) -> tuple[Cell, ...]:
    who = member.profile
    return (
        hashed(normal_email(who.email)),
        hashed(normal_phone(_said(who, "phone", "tel", "mobile"))),
        hashed(_letters(_first(who))),
        hashed(_letters(_last(who))),
        hashed(_letters(_said(who, "city"), spaces=False)),
        hashed(_letters(_zip(who), spaces=False)),
        hashed((_country(who) or "").lower()),
    )


def _google(member: Member, shop: Shop) -> tuple[Cell, ...]:
    who = member.profile
    phone = normal_phone(_said(who, "phone", "tel", "mobile"))
    first, last = ((name or "").lower() for name in (_first(who), _last(who)))
    place: tuple[Cell, ...] = (hashed(first), hashed(last), _country(who), _zip(who))
    # Names, country and code are one way to find a person, and none if a part is missing.
    whole = place if all(place) else (None,) * 4
    return (hashed(normal_email(who.email)), hashed(phone and f"+{phone}"), *whole)


def _linkedin(member: Member, shop: Shop) -> tuple[Cell, ...]:
    who = member.profile
    return (
        hashed(normal_email(who.email)),
        _first(who),
        _last(who),
        _said(who, "job_title", "jobtitle"),
        _said(who, "company", "employer"),
        _country(who),
        None,
    )


PLAIN_HEADER = (
    "visitor_id customer_id email entered_at first_seen last_seen orders_total revenue_total"
    " currency"
)
META_HEADER = "email phone fn ln ct zip country"
LINKEDIN_HEADER = "email firstname lastname jobtitle employeecompany country googleaid"
FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("plain", tuple(PLAIN_HEADER.split()), _plain, everybody=True, marked=True),
        Format("meta", tuple(META_HEADER.split()), _meta, floor=100),
        Format(
            "google",
            ("Email", "Phone", "First Name", "Last Name", "Country", "Zip"),
            _google,
            floor=100,
        ),
        Format("linkedin", tuple(LINKEDIN_HEADER.split()), _linkedin, floor=300, most=300_000),
    )
}
