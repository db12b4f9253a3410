"""Which running query does somebody want ended, in whatever process it runs?

A wish is an empty file in the house, which every process of it sees. It outlives a query that it
comes too early for, and is swept away later.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

FOLDER = "stops"
KEPT_S = 60  # a wish that came before its query, or after it


def wish(data: Path, shop: str, run: str) -> None:
    """Have the query called ``run`` of a shop ended; older wishes that nobody met go away."""
    place = _place(data, shop, run)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.touch(mode=0o600)
    now = place.stat().st_mtime  # by the clock of the disk
    for other in place.parent.iterdir():
        with suppress(FileNotFoundError):
            if other.stat().st_mtime < now - KEPT_S:
                other.unlink()


def wished(data: Path, shop: str, run: str) -> bool:
    """Whether the query is to end."""
    return _place(data, shop, run).exists()


def settle(data: Path, shop: str, run: str) -> None:
    """The query is over, so the wish is."""
    _place(data, shop, run).unlink(missing_ok=True)


def _place(data: Path, shop: str, run: str) -> Path:
    # A name that cannot lead elsewhere, whatever the query is called.
    return data / FOLDER / hashlib.sha256(f"{shop}:{run}".encode()).hexdigest()[:32]
