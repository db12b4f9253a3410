"""What is a row of a feed, and why is a feed as a whole refused?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.errors import PluginError

# Opens the feed's bytes from the beginning, each time anew: telling the encoding takes a pass.
Chunks = Callable[[], Iterable[bytes]]
Fields = Mapping[str, Any]

MOST_ROWS = 200_000
MOST_PLAIN = 512 << 20  # bytes once unpacked
MOST_LINE = 1 << 20  # letters of one line, or of one product in JSON
MOST_FIELD = 8_192  # letters that are kept of one field


class FeedRefused(PluginError):
    """The feed as a whole is none that can be taken; the catalogue stays as it was."""

    code = "bad_feed"


class BrokenFeed(FeedRefused):
    """It breaks off, or cannot be read from some place on; what stood before was given."""

    code = "broken_feed"


@dataclass(frozen=True, slots=True)
class Row:
    """One product as the feed writes it. ``number``: of a CSV, the header is row 1."""

    number: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is no product at all, and why."""

    number: int
    reason: str


Rows = Iterator[Row | Unreadable]
