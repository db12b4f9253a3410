"""Which products does a feed in JSON name: a document with a list of them, or one a line?

A document is cut into its products as it comes, so that a long one needs no more memory than a
short one; each piece is then read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import orjson

from plugin.collect.feeds.row import MOST_LINE, BrokenFeed, FeedRefused, Row, Rows, Unreadable

NO_OBJECT = "this is no JSON object"
TOO_LONG = "this product is longer than 1 MB"
DEEPEST = 1_000
_OUTSIDE = re.compile(r'["{}\[\]]')
_INSIDE = re.compile(r'["\\]')


def document_rows(text: Iterable[str]) -> Rows:
    """The products of a list, or of the list in an object (``{"products": […]}``).

    Raises BrokenFeed when the document breaks off.
    """
    for number, piece in enumerate(_Cutting().pieces(text), start=1):
        yield Unreadable(number, TOO_LONG) if piece is None else _row(number, piece)


def line_rows(lines: Iterable[str]) -> Rows:
    """The products of JSON lines. Raises BrokenFeed when the last one breaks off."""
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        row = Unreadable(number, TOO_LONG) if len(line) > MOST_LINE else _row(number, line)
        yield row
        if isinstance(row, Unreadable) and not line.endswith("\n"):
            raise BrokenFeed(f"the last line, row {number}, breaks off")


def _row(number: int, text: str) -> Row | Unreadable:
    try:
        found = orjson.loads(text)
    except ValueError:  # what orjson raises, also for a lone surrogate
        return Unreadable(number, NO_OBJECT)
    return Row(number, found) if isinstance(found, dict) else Unreadable(number, NO_OBJECT)


class _Cutting:
    """How far a document has been cut: only brackets and the ends of strings matter."""

    def __init__(self) -> None:
        self.depth = 0
        self.level = 0  # the depth at which products lie; 0: not known yet
        self.in_text = self.escaped = False
        self.begun = False
        self.held: list[str] = []
        self.length = 0
        self.open = False  # a product is open

    def pieces(self, text: Iterable[str]) -> Iterator[str | None]:
        """The text of each product; None for one that is too long."""
        for part in text:
            yield from self._part(part)
        if self.depth or self.in_text or not self.begun:
            raise BrokenFeed("the JSON breaks off before its end")

    def _part(self, part: str) -> Iterator[str | None]:
        at = start = 0
        while True:
            if self.escaped:
                at, self.escaped = at + 1, False
            found = (_INSIDE if self.in_text else _OUTSIDE).search(part, at)
            if found is None:
                break
            at, mark = found.end(), found[0]
            if self.in_text:
                self.escaped, self.in_text = mark == "\\", mark != '"'
                if self.escaped and at >= len(part):
                    break
            elif mark == '"':
                self.in_text = True
            elif mark in "{[":
                start = self._open(mark, found.start(), start)
            elif self._closes():
                self._hold(part[start:at])
                yield "".join(self.held) if self.length <= MOST_LINE else None
                self.open = False
        if self.open:
            self._hold(part[start:])

    def _open(self, mark: str, at: int, start: int) -> int:
        """One bracket deeper; where the text that is held begins."""
        if self.depth == 0:
            self.begun, self.level = True, 1 if mark == "[" else 2
        elif mark == "{" and self.depth == self.level and not self.open:
            self.open, self.held, self.length, start = True, [], 0, at
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeedRefused(f"the JSON is more than {DEEPEST} brackets deep")
        return start

    def _closes(self) -> bool:
        """One bracket less; whether a product ends with it."""
        self.depth -= 1
        if self.depth < 0:
            raise BrokenFeed("the JSON has a bracket too many")
        return self.open and self.depth == self.level

    def _hold(self, text: str) -> None:
        self.length += len(text)
        if self.length <= MOST_LINE:
            self.held.append(text)
        else:
            self.held = []
