"""What do models learn from: product numbers in a row, each row somebody's at some moment?"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass
class Runs:
    """Visits (products viewed, in order, repeats kept) or orders (products bought), oldest first.

    ``items``: product numbers of all rows, one after another; row r holds
    ``items[starts[r]:starts[r + 1]]``. ``at``: when each row ended, Unix seconds, never falling.
    ``profiles``: whose each row is; 0: nobody's we know.
    """

    items: array[int] = field(default_factory=lambda: array("I"))
    starts: array[int] = field(default_factory=lambda: array("I", [0]))
    at: array[int] = field(default_factory=lambda: array("I"))
    profiles: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, row: int) -> array[int]:
        """The product numbers of one row."""
        return self.items[self.starts[row] : self.starts[row + 1]]

    def __iter__(self) -> Iterator[array[int]]:
        return map(self.__getitem__, range(len(self)))

    def append(self, items: Iterable[int], at: int, profile: int = 0) -> None:
        """Add a row that ended at ``at``, which is no earlier than the row before it."""
        self.items.extend(items)
        self.starts.append(len(self.items))
        self.at.append(at)
        self.profiles.append(profile)
