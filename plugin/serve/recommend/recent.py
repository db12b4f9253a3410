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


class _Visit:
    """One visit: whose, what was viewed in order, and what it counts as a neighbour."""

    __slots__ = ("items", "profile", "weight")

    def __init__(self, profile: int) -> None:
        self.profile, self.weight = profile, 1.0
        self.items: list[int] = []


class Recent:
    """Views added one by one, as visits that ``Neighbours`` can find; kept in memory.

    ids: the model's products; what it does not know gets numbers after them.
    most: views kept, the oldest visits go first: some 36 MB for 100,000 in visits of five. As many
    products can be new; what is more is passed over, so that made-up ids cannot fill the memory.
    postings: the newest visits of a product that can be found.
    One thread at a time may add or ask.
    """

    def __init__(self, ids: Ids, most: int = 100_000, postings: int = 150) -> None:
        self._ids, self._most, self._postings = ids, most, postings
        self._new_numbers: dict[str, int] = {}
        self._new_ids: list[str] = []
        self._visits: dict[int, _Visit] = {}  # by row, numbered from the first visit ever
        self._gone = 0  # so many of those were let go
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
        if number is None:
            return
        row, last = self._running.get(profile, (-1, 0))
        if row < self._gone or at_ms - last > IDLE_MS:
            row, last = self._gone + len(self._visits), at_ms
            self._visits[row] = _Visit(profile)
        self._running[profile] = (row, max(last, at_ms))
        visit = self._visits[row]
        again = number in visit.items
        visit.items.append(number)
        self._views += 1
        # A lone view tells of no other product, and many of them would hide the visits that do.
        if len(visit.items) == 2:
            self._place(row, visit.items)
        elif len(visit.items) > 2 and not again:
            self._place(row, (number,))
        if not again:
            visit.weight = 1 / sqrt(len(set(visit.items)))
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
        return self._visits[row].items

    def weight(self, row: int) -> float:
        """What a visit counts: as in ``neighbour_arrays``, with no age."""
        return self._visits[row].weight

    def profile(self, row: int) -> int:
        """Whose a visit is."""
        return self._visits[row].profile

    def last_of(self, profile: int) -> int | None:
        """The row of the last visit of a profile; None: no view of it is kept."""
        row, _ = self._running.get(profile, (-1, 0))
        return row if row >= self._gone else None

    def _numbered(self, item_id: str) -> int | None:
        """The number of a product, a new one if need be; None: there are as many as may be."""
        number = self.number(item_id)
        if number is None and len(self._new_ids) < self._most:
            number = self._new_numbers[item_id] = len(self._ids) + len(self._new_ids)
            self._new_ids.append(item_id)
        return number

    def _place(self, row: int, numbers: Iterable[int]) -> None:
        for number in dict.fromkeys(numbers):
            self._with.setdefault(number, deque(maxlen=self._postings)).append(row)

    def _let_go(self) -> None:
        """Drop the oldest visit."""
        visit = self._visits.pop(self._gone)
        self._views -= len(visit.items)
        self._gone += 1
        if self._running[visit.profile][0] < self._gone:
            del self._running[visit.profile]
        for number in set(visit.items):
            rows = self._with.get(number)
            while rows and rows[0] < self._gone:
                rows.popleft()
            if not rows:
                self._with.pop(number, None)
