"""What is a condition that a popup must meet, and what is said of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from plugin.serve.retain.moment import Moment
from plugin.serve.retain.popup import Popup

Told = Mapping[str, Any]  # texts, numbers, yes or no


def nothing(popup: Popup, moment: Moment) -> Told:
    """What a condition tells that has no figures."""
    return {}


def always(popup: Popup, moment: Moment) -> bool:
    """A condition that the owner asks of every visitor."""
    return True


class Check(NamedTuple):
    """A condition as it is asked: ``holds`` decides, ``told`` says with which figures.

    ``asks``: whether it is asked of this popup at all; what is not asked holds.
    """

    code: str
    holds: Callable[[Popup, Moment], bool]
    told: Callable[[Popup, Moment], Told] = nothing
    asks: Callable[[Popup, Moment], bool] = always


class Condition(NamedTuple):
    """A condition as it was found: ``code`` names it, ``told`` has the figures of it."""

    code: str
    holds: bool
    told: Told
