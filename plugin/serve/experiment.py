"""Who is shown a campaign, who is kept from it for proof, and which variant does one see?"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

SHOW = "show"
CONTROL = "control"


def arm(campaign: str, visitor_id: str, share: float) -> str:
    """``show`` or ``control``: the same answer for one visitor and campaign at every time.

    share: the fraction kept in control, 0 to 1. Campaigns divide their visitors independently.
    """
    return CONTROL if _place(f"{campaign}:{visitor_id}") < share else SHOW


def variant(campaign: str, visitor_id: str, weights: Sequence[float]) -> int:
    """Which of the variants this visitor sees, by weight: an index into ``weights``, sticky.

    weights: one or more, each > 0. Independent of ``arm``.
    """
    # Visitor ids hold no colon, so this text is never one that ``arm`` hashes.
    at = _place(f"{campaign}:{visitor_id}:variant") * sum(weights)
    for index, weight in enumerate(weights):
        at -= weight
        if at < 0:
            return index
    return len(weights) - 1


def _place(text: str) -> float:
    """A fixed, evenly spread number in [0, 1) for ``text``."""
    # 53 bits: a float holds them exactly, so the largest place stays below 1.
    return (int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 11) / 2**53
