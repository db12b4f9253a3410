"""Which rows does a feed that is a table hold: CSV or TSV, its first row the names?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from plugin.collect.feeds.row import MOST_LINE, BrokenFeed, FeedRefused, Row, Rows, Unreadable

BETWEEN = ("\t", ",", ";", "|")
MOST_COLUMNS = 500
TOO_LONG = "a line of it is longer than 1 MB"


def table_rows(lines: Iterable[str]) -> Rows:
    """Each row under the names of the first. Raises FeedRefused where there are no names,
    BrokenFeed where the table ends inside quotes.
    """
    told = _Lines(lines)
    head = next(told, "")
    between = max(BETWEEN, key=head.count)
    names = next(csv.reader([head], delimiter=between), [])
    names = [name.strip() for name in names]
    if not any(names) or len(names) > MOST_COLUMNS or told.too_long:
        raise FeedRefused("the table's first row must name its columns, at most 500")
    reader, number = csv.reader(told, delimiter=between, strict=True), 1
    while True:
        number += 1
        told.too_long = False
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as trouble:
            if told.ended:
                raise BrokenFeed(f"the table ends inside row {number}") from None
            yield Unreadable(number, f"the row cannot be read: {trouble}")
            continue
        if told.too_long:
            yield Unreadable(number, TOO_LONG)
        elif any(values):
            yield Row(number, dict(zip(names, values, strict=False)))


class _Lines:
    """Lines as they come, which remembers whether one was cut and whether all are read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.too_long = self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        if len(line) > MOST_LINE:
            self.too_long = True
        return line.replace("\x00", "")
