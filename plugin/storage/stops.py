"""Which running query does somebody want ended, and how far is one, in whatever process it runs?

A wish is an empty file in the house, which every process of it sees. It outlives a query that it
comes too early for, and is swept away later. How far a query is stands in a file beside it.
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
    """The query is over, so the wish is, and how far it was."""
    _place(data, shop, run).unlink(missing_ok=True)
    _place(data, shop, run, "far").unlink(missing_ok=True)


def tell(data: Path, shop: str, run: str, done: int, of: int) -> None:
    """Let every process know that the query called ``run`` has done so much of all."""
    place = _place(data, shop, run, "far")
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text(f"{done} {of}", "ascii")


def told(data: Path, shop: str, run: str) -> tuple[int, int] | None:
    """How much of how much a query has done, as it told last; None: none of that name tells."""
    with suppress(FileNotFoundError, ValueError):  # it may be being written just now
        done, of = _place(data, shop, run, "far").read_text("ascii").split()
        return int(done), int(of)
    return None


def _place(data: Path, shop: str, run: str, of: str = "") -> Path:
    # A name that cannot lead elsewhere, whatever the query is called.
    name = hashlib.sha256(f"{shop}:{run}".encode()).hexdigest()[:32]
    return data / FOLDER / f"{name}{of}"
