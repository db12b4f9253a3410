"""What happens when the owner's browser tells what it saw, and when the check begins again?"""

from __future__ import annotations

from typing import Any

from plugin.shop import Shop
from plugin.storage import inspections
from plugin.storage.engine import Tx


def keep_inspection(
    tx: Tx, shop: Shop, page_id: str, path: str, body: dict[str, Any], now: int
) -> None:
    """Keep what was seen on one page, for a day. ``now``: Unix ms."""
    inspections.put(tx, page_id, path, body, now)


def forget_inspections(tx: Tx, shop: Shop) -> int:
    """Begin the check again; how many pages are forgotten."""
    return inspections.forget(tx)
