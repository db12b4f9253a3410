"""How long does a visitor's countdown still run?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.shop import MINUTE


def with_time_left(offer: dict[str, Any], first_met: int | None, now: int) -> dict[str, Any]:
    """A popup's public answer, each countdown with the ms it still runs (``left``), without those
    that are over.

    Minutes count from when the visitor first met the popup (``first_met``, Unix ms), whatever the
    browser has forgotten since; who meets it for the first time gets them all, from that moment on.
    """
    if "blocks" not in offer:
        return offer
    told = [_told(block, first_met, now) for block in offer["blocks"]]
    return {**offer, "blocks": [block for block in told if block.get("left", 1) > 0]}


def _told(block: Mapping[str, Any], first_met: int | None, now: int) -> dict[str, Any]:
    if block["type"] != "countdown":
        return dict(block)
    if "until" in block:
        end = int(datetime.fromisoformat(block["until"]).timestamp() * 1000)
        return {**block, "left": max(0, end - now)}
    whole = int(block["minutes"] * MINUTE)
    # Its minutes are not told of as running before anybody has seen them.
    return dict(block) if first_met is None else {**block, "left": max(0, first_met + whole - now)}
