"""Does this browser belong to the shop's own people, who do not count as visitors?

A link of the shop carries a word that only its owner can make; whoever opens it is left out. The
snippet needs no code for it: every visit says at which address it happened.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any

PARAMETER = "rs_staff"
COUNT_AGAIN = "-off"
LETTERS = 22  # 132 bits of the digest


def staff_token(secret: str, shop_name: str) -> str:
    """The word that marks a browser as the staff's own: 22 letters of base64url.

    secret: the installation's own. The same shop has the same word as long as the secret lives.
    """
    digest = hmac.digest(secret.encode(), f"staff:{shop_name}".encode(), "sha256")
    return urlsafe_b64encode(digest)[:LETTERS].decode("ascii")


def staff_query(token: str, *, staff: bool = True) -> str:
    """What stands behind the ``?`` of the link that leaves a browser out, or counts it again."""
    return f"{PARAMETER}={token}" + ("" if staff else COUNT_AGAIN)


def staff_word(body: Mapping[str, Any], token: str) -> bool | None:
    """What a visit's addresses say: True leave this browser out, False count it, None nothing.

    The page's own address speaks first: it is where the browser is now; then the newest event's.
    """
    leave_out, count = staff_query(token).encode(), staff_query(token, staff=False).encode()
    for address in _addresses(body):
        query = address.partition("#")[0].partition("?")[2]
        for pair in query.split("&"):
            said = pair.encode("utf-8", "replace")
            if hmac.compare_digest(said, leave_out):
                return True
            if hmac.compare_digest(said, count):
                return False
    return None


def _addresses(body: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of a body that nobody has checked yet, newest first."""
    page, events = body.get("page"), body.get("events")
    if isinstance(page, Mapping) and isinstance(page.get("url"), str):
        yield page["url"]
    for event in reversed(events) if isinstance(events, list) else ():
        params = event.get("params") if isinstance(event, Mapping) else None
        if isinstance(params, Mapping) and isinstance(params.get("page_location"), str):
            yield params["page_location"]
