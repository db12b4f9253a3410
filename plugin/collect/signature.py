"""Who says that a visitor is this customer, and may it be believed?

A page can say anything, so a browser's own word joins nobody. Believed is the shop's server, an
import, and a browser that brings what only the shop's server can have signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from plugin.collect.event import Event
from plugin.collect.parts import read_id
from plugin.errors import EventRefused

BROWSER = "browser"
SIGNED = "signed"  # the source of an event that a browser sent, and the shop's server signed
WORDS = frozenset({"identify", "login", "sign_up", "purchase", "refund"})
LONGEST_ID = 128
# What shops write where they know of no customer: all their guests would become one person.
SAY_NOBODY = """
-1 0 [object_object] anon anonymous false guest n/a na nan nil no_id none not_set null true
undefined unknown
"""
NOBODY = frozenset(SAY_NOBODY.split())
WRONG = "this signature does not belong to this customer_id: see Install in the owner's pages"


@lru_cache(maxsize=256)
def identity_key(secret: str, shop_name: str) -> str:
    """The key with which a shop's server signs who is signed in; "ik_" and 64 letters.

    secret: the installation's own. The same shop has the same key as long as the secret lives.

    >>> identity_key("secret", "moon")[:11]
    'ik_5b08f35b'
    """
    return "ik_" + _digest(secret, f"identify:{shop_name}")


def signature_of(key: str, customer_id: str) -> str:
    """What proves that the shop's server knows the visitor as ``customer_id``.

    HMAC-SHA256 of the id under the shop's identity key, as 64 lower-case hex digits.
    """
    return _digest(key, customer_id)


def is_signed(key: str, customer_id: str, signature: str) -> bool:
    """Whether ``signature`` is the one of ``customer_id``; takes equally long either way."""
    right = signature_of(key, customer_id).encode()
    return hmac.compare_digest(right, signature.encode("utf-8", "replace"))


def read_signature(params: Mapping[str, Any], key: str | None) -> tuple[dict[str, Any], bool]:
    """A browser's params of ``identify`` without the signature, and whether they were signed.

    key: the shop's identity key; None: no signature can be right. Raises EventRefused for a wrong
    one, in the same words whatever is wrong with it.
    """
    rest = {name: value for name, value in params.items() if name != "signature"}
    if "signature" not in params:
        return rest, False
    signature = params["signature"]
    try:
        # Only an id that is kept letter by letter: a cut or cleaned one may be another's.
        customer_id = read_id(params.get("customer_id"), "customer_id")
    except EventRefused:
        raise EventRefused(WRONG) from None
    if key is None or not isinstance(signature, str) or not is_signed(key, customer_id, signature):
        raise EventRefused(WRONG)
    return rest, True


def customer_told(event: Event) -> str | None:
    """The customer whom a trusted event says its visitor is; None: it says nothing to believe.

    Ids are compared letter by letter. "0", "guest", "null" and the like are nobody's.
    """
    if event.source == BROWSER or event.name not in WORDS:
        return None
    told = event.params.get("customer_id")
    if isinstance(told, int) and not isinstance(told, bool):
        told = str(told)
    if not isinstance(told, str) or not told.strip() or len(told) > LONGEST_ID:
        return None
    return None if is_nobody(told) else told


def is_nobody(customer_id: str) -> bool:
    """Whether this is what shops write where they know of no customer: "0", "guest", "null"."""
    return "_".join(customer_id.lower().split()) in NOBODY


def _digest(key: str, message: str) -> str:
    return hmac.digest(_bytes(key), _bytes(message), "sha256").hex()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
