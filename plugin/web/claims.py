"""Was who asks for a coupon offered one, and from which network does the call come?"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from plugin import journey
from plugin.collect.scrub import scrub_address
from plugin.shop import Shop
from plugin.web.call import Call
from plugin.web.rate import network_of

LENGTH = 32  # hex digits: 128 bits
LANGUAGE = 16


def with_token(
    call: Call, shop: Shop, popup: dict[str, Any] | None, visitor_id: str | None
) -> dict[str, Any] | None:
    """The popup that is offered, with the word by which we know later that we offered it, where
    it has a code to give.
    """
    blocks = (popup or {}).get("blocks", ())
    if popup is None or visitor_id is None or not any(block.get("claim") for block in blocks):
        return popup
    return {**popup, "claim": token(_secret(call), shop.name, popup["id"], visitor_id)}


def of_submit(
    call: Call, shop: Shop, data: Mapping[str, Any], visitor_id: str, popup_id: str, now: int
) -> dict[str, Any]:
    """What the step ``submit`` is told beside the fields, from the body and the connection."""
    said = data.get("page")
    page: Mapping[str, Any] = said if isinstance(said, dict) else {}
    language, url = page.get("language"), page.get("url")
    return {
        "offered": _offered(call, shop, data, visitor_id, popup_id, now),
        "network": network(_secret(call), shop, network_of(call.address), now),
        "language": language[:LANGUAGE] if isinstance(language, str) and language else "en",
        "page": scrub_address(url, frozenset()) if isinstance(url, str) and url else None,
    }


def token(secret: str, shop: str, popup: str, visitor_id: str) -> str:
    """The word that says that this visitor was offered this popup: nobody else can make it.

    >>> token("key", "moon", "hello", "cho") == token("key", "moon", "hello", "ana")
    False
    """
    return _keyed(secret, f"claim:{shop}:{popup}:{visitor_id}")


def network(secret: str, shop: Shop, named: str, now: int) -> str:
    """A name of a network for one day of the shop: the address cannot be had from it without our
    secret, and tomorrow it is another one.
    """
    return _keyed(secret, f"network:{shop.name}:{shop.day(now)}:{named}")


def _offered(
    call: Call, shop: Shop, data: Mapping[str, Any], visitor_id: str, popup_id: str, now: int
) -> bool:
    """Whether we offered the popup: by our own word, else because we would do so now."""
    said = data.get("claim")
    known = token(_secret(call), shop.name, popup_id, visitor_id)
    if isinstance(said, str) and said.isascii() and hmac.compare_digest(said, known):
        return True
    return journey.may_claim(call.here.house.store(shop.name), shop, visitor_id, popup_id, now)


def _secret(call: Call) -> str:
    return call.here.house.settings.secret_key


def _keyed(secret: str, word: str) -> str:
    return hmac.new(secret.encode(), word.encode(), "sha256").hexdigest()[:LENGTH]
