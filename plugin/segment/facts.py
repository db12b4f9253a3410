"""What does a rule ask about one visitor?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.profile.profile import Profile


@dataclass(frozen=True)
class Facts:
    """A visitor's profile, and the times (Unix ms, ascending) of its events by name.

    ``times`` holds the names that the rules ask for; a purchase counts once an order, and times
    after now are there too, for they will count one day.
    """

    profile: Profile
    times: Mapping[str, tuple[int, ...]]
