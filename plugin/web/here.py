"""What does a view have at hand: the stores, the writer, the clock?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from plugin.storage.house import House
from plugin.tasks.writer import Writer
from plugin.web.rate import Limits
from plugin.web.route import Route


@dataclass(frozen=True)
class Here:
    """The parts of this installation that requests use."""

    house: House
    writer: Writer
    now: Callable[[], int]  # Unix ms
    routes: tuple[Route, ...] = ()  # the table the application answers
    limits: Limits = field(default_factory=Limits)


def here() -> Here:
    """The parts the running app was made with."""
    found = current_app.extensions["regulars"]
    assert isinstance(found, Here)
    return found
