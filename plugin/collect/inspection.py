"""What did the owner's own browser see on a page of the shop, and may it say so?

The install page links into the shop with a word that only this installation can make and that ends
after an hour. With it the overlay tells what it found, and may set how products are found.
"""

from __future__ import annotations

import hmac
import math
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import Any

from plugin.collect.parts import EVENT_ID, EVENT_NAME
from plugin.collect.scrub import scrub_address, scrubbed
from plugin.errors import BodyRefused
from plugin.shop import HOUR, SECOND

FRAGMENT = "rs-check"
VALID_FOR = HOUR
LARGEST = 16_384  # bytes of one report
LETTERS = 22  # 132 bits of the digest
MOST_EVENTS = 30
MOST_TROUBLES = 10
LONGEST_NAME = 200
MOST_MONEY = 1e12
# What became of an event, as the overlay tells.
STATUSES = frozenset({"waiting", "sent", "stored", "known", "refused", "again", "blocked", "held"})
LOOKS = frozenset({"product", "other"})
_TOKEN = re.compile(r"(\d{1,12})-[A-Za-z0-9_-]{22}")
_WORD = re.compile(r"[A-Za-z0-9 ._-]{1,40}")
_ORIGIN = re.compile(r"^https?://[^/?#]*")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Report:
    """What was seen on one page. Every text is scrubbed; none is to be shown but as text.

    ``found``: how, item_id, name, price (major units), currency, order_number, each if known.
    ``events``: name, status of ``STATUSES``, reason. ``looks``: what the page looks like.
    """

    page_id: str
    path: str
    looks: str
    consent: str
    found: dict[str, Any]
    events: list[dict[str, str]]
    troubles: list[str]

    def body(self) -> dict[str, Any]:
        """All but the page's id and path, as it is kept."""
        whole = asdict(self)
        return {name: whole[name] for name in whole if name not in ("page_id", "path")}


def inspection_token(secret: str, shop_name: str, now: int) -> str:
    """The word that lets a browser report on this shop for an hour from ``now`` (Unix ms).

    secret: the installation's own.
    """
    ends = (now + VALID_FOR) // SECOND
    return f"{ends}-{_digest(secret, shop_name, ends)}"


def is_inspector(token: object, secret: str, shop_name: str, now: int) -> bool:
    """Whether ``token`` is such a word of this shop and its hour is not over. ``now``: Unix ms."""
    found = _TOKEN.fullmatch(token) if isinstance(token, str) and token.isascii() else None
    if found is None:
        return False
    ends = int(found[1])
    wanted = f"{ends}-{_digest(secret, shop_name, ends)}"
    right = hmac.compare_digest(wanted.encode(), found[0].encode())
    return right and now < ends * SECOND


def read_report(data: Mapping[str, Any], allowed: AbstractSet[str]) -> Report:
    """What a report says; odd parts of it are left out.

    allowed: the shop's own query parameters. Raises BodyRefused without the page's id or address.
    """
    page = data.get("page")
    page_id = page.get("id") if isinstance(page, Mapping) else None
    url = page.get("url") if isinstance(page, Mapping) else None
    if not isinstance(page_id, str) or not EVENT_ID.fullmatch(page_id):
        raise BodyRefused("page.id must be 8 to 64 letters, digits, - or _")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise BodyRefused("page.url must be the page's address, from https:// on")
    assert isinstance(page, Mapping)
    looks = page.get("looks")
    return Report(
        page_id=page_id,
        path=_ORIGIN.sub("", scrub_address(url, allowed)) or "/",
        looks=looks if looks in LOOKS else "other",
        consent=_word(data.get("consent")) or "",
        found=_found(data.get("found")),
        events=_events(data.get("events")),
        troubles=[scrubbed(one)[:LONGEST_NAME] for one in _texts(data.get("troubles"))],
    )


def _digest(secret: str, shop_name: str, ends: int) -> str:
    digest = hmac.digest(secret.encode(), f"inspect:{shop_name}:{ends}".encode(), "sha256")
    return urlsafe_b64encode(digest)[:LETTERS].decode("ascii")


def _found(raw: object) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        return {}
    currency, price, item_id = raw.get("currency"), raw.get("price"), raw.get("item_id")
    found: dict[str, Any] = {
        "how": _word(raw.get("how")),
        "item_id": scrubbed(item_id)[:128] if isinstance(item_id, str) else None,
        "name": _text(raw.get("name")),
        "order_number": _word(raw.get("order_number")),
    }
    if isinstance(currency, str) and _CURRENCY.fullmatch(currency):
        found["currency"] = currency
    if _is_amount(price):
        found["price"] = price
    return {name: value for name, value in found.items() if value not in (None, "")}


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and 0 <= value <= MOST_MONEY


def _events(raw: object) -> list[dict[str, str]]:
    """The newest ``MOST_EVENTS`` that have a name and a status."""
    found = []
    for one in raw if isinstance(raw, list) else ():
        if not isinstance(one, Mapping):
            continue
        name, status, reason = one.get("name"), one.get("status"), _text(one.get("reason"))
        if isinstance(name, str) and EVENT_NAME.fullmatch(name) and status in STATUSES:
            found.append({"name": name, "status": status} | ({"reason": reason} if reason else {}))
    return found[-MOST_EVENTS:]


def _texts(raw: object) -> list[str]:
    texts = [one for one in raw if isinstance(one, str)] if isinstance(raw, list) else []
    return texts[:MOST_TROUBLES]


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _text(value: object) -> str | None:
    return scrubbed(value)[:LONGEST_NAME] or None if isinstance(value, str) else None
