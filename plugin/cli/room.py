"""What does a command work with: the stores, and whoever may write to them?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from plugin.config import load_settings
from plugin.errors import PluginError
from plugin.shop import Shop
from plugin.storage.house import House
from plugin.tasks.keeper import become_writer
from plugin.tasks.process import clock_ms
from plugin.tasks.writer import Writer


@dataclass(frozen=True)
class Room:
    """The installation as one command sees it."""

    house: House
    writer: Writer

    def shop(self, name: str | None) -> Shop:
        """The shop called ``name``; without a name, the only one there is. Raises PluginError."""
        if name is not None:
            return self.house.shop(name)
        shops = list(self.house.shops().values())
        if len(shops) == 1:
            return shops[0]
        if not shops:
            raise PluginError("there is no shop yet: regulars shop add NAME")
        raise PluginError(f"which shop? --shop {' | '.join(shop.name for shop in shops)}")

    def now(self) -> int:
        """Now, Unix ms."""
        return clock_ms()


@contextmanager
def room(data: Path | None = None) -> Iterator[Room]:
    """The installation, open for one command."""
    house = House(load_settings(data=data))
    writer = become_writer(house)
    try:
        yield Room(house, writer)
    finally:
        writer.close()
        house.close()
