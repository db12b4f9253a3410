"""Who has looked at what since the model was made?

A visit counts as a neighbour as soon as it has two views: nothing is built again for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from math import sqrt

from plugin.profile.fold import IDLE_MS
from plugin.serve.recommend.arrays import Ids

NO_ROWS: Sequence[int] = ()


class Recent:
    """Views added one by one, as visits that ``Neighbours`` can find; kept in memory.

    ids: the model's products; what it does not know gets numbers after them.
    most: views kept, the oldest visits go first; about 300 bytes a view (30 MB for 100,000).
    postings: the newest visits of a product that can be found.
    One thread at a time may add or ask.
    """

    def __init__(self, ids: Ids, most: int = 100_000, postings: int = 300) -> None:
        self._ids, self._most, self._postings = ids, most, postings
        self._new_numbers: dict[str, int] = {}
        self._new_ids: list[str] = []
        self._visits: deque[list[int]] = deque()
        self._profiles: deque[int] = deque()
        self._gone = 0  # rows are numbered from the first visit ever; so many were let go
        self._views = 0
        self._running: dict[int, tuple[int, int]] = {}  # profile -> its row and its last moment
        self._with: dict[int, deque[int]] = {}

    def __len__(self) -> int:
        return self._views

    def add(self, profile: int, at_ms: int, item_id: str) -> None:
        """Count a view by ``profile`` (above 0) at ``at_ms``, Unix ms; 30 idle minutes end a visit.

        A view that comes late (older than one of the same profile) joins the visit that runs.
        """
        number = self._numbered(item_id)
        row, last = self._running.get(profile, (-1, 0))
        if row < self._gone or at_ms - last > IDLE_MS:
            row, last = self._gone + len(self._visits), at_ms
            self._visits.append([])
            self._profiles.append(profile)
        self._running[profile] = (row, max(last, at_ms))
        items = self._visits[row - self._gone]
        items.append(number)
        self._views += 1
        # A lone view tells of no other product, and many of them would hide the visits that do.
        if len(items) == 2:
            self._place(row, items)
        elif len(items) > 2 and number not in items[:-1]:
            self._place(row, (number,))
        while self._views > self._most:
            self._let_go()

    def number(self, item_id: str) -> int | None:
        """The number of a product; None: neither the model nor a view since knows it."""
        known = self._ids.number(item_id)
        return self._new_numbers.get(item_id) if known is None else known

    def numbers(self, item_ids: Iterable[str]) -> list[int]:
        """The numbers of those products that have one, in the order given."""
        found = map(self.number, item_ids)
        return [number for number in found if number is not None]

    def item_id(self, number: int) -> str:
        """The id of a product's number, the model's or a later one."""
        known = len(self._ids)
        return self._ids[number] if number < known else self._new_ids[number - known]

    def visits_with(self, number: int) -> Sequence[int]:
        """The rows of the newest visits with a product."""
        rows = self._with.get(number, NO_ROWS)
        return [row for row in rows if row >= self._gone]

    def visit(self, row: int) -> Sequence[int]:
        """The product numbers of a visit, in the order of views."""
        return self._visits[row - self._gone]

    def weight(self, row: int) -> float:
        """What a visit counts: as in ``neighbour_arrays``, with no age."""
        return 1 / sqrt(len(set(self.visit(row))))

    def profile(self, row: int) -> int:
        """Whose a visit is."""
        return self._profiles[row - self._gone]

    def last_of(self, profile: int) -> int | None:
        """The row of the last visit of a profile; None: no view of it is kept."""
        row, _ = self._running.get(profile, (-1, 0))
        return row if row >= self._gone else None

    def _numbered(self, item_id: str) -> int:
        number = self.number(item_id)
        if number is None:
            number = self._new_numbers[item_id] = len(self._ids) + len(self._new_ids)
            self._new_ids.append(item_id)
        return number

    def _place(self, row: int, numbers: Iterable[int]) -> None:
        for number in dict.fromkeys(numbers):
            self._with.setdefault(number, deque(maxlen=self._postings)).append(row)

    def _let_go(self) -> None:
        """Drop the oldest visit."""
        items, profile = self._visits.popleft(), self._profiles.popleft()
        self._views -= len(items)
        self._gone += 1
        if self._running.get(profile, (self._gone, 0))[0] < self._gone:
            del self._running[profile]
        for number in set(items):
            rows = self._with.get(number)
            while rows and rows[0] < self._gone:
                rows.popleft()
            if not rows:
                self._with.pop(number, None)
