"""What the fault tests share: how long they last, a server on a folder of its own, a shop at hand.

``REGULARS_TORTURE=200`` makes them long: so many kills, and ten power cuts for each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rig.inside import Inside
from rig.server import Server, new_installation


@pytest.fixture(scope="session")
def long() -> int:
    """How many kills were asked for; 0: a short run, as for every change."""
    return int(os.environ.get("REGULARS_TORTURE", "0"))


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes a server that is ready on a fresh folder; whatever it started ends with the test."""
    made: list[Server] = []

    def make(**environ: str) -> Server:
        folder = tmp_path / f"data-{len(made)}"
        server = Server(folder, new_installation(folder), environ)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.end()


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    """An installation in this very process: the application, and the keeper that writes for it."""
    made = Inside(tmp_path / "data")
    yield made
    made.close()
