"""Which products does a feed in XML name: RSS 2.0 or Atom, in Google's words?

Read by expat as it comes, one product at a time. A document with a DTD is refused at its first
letter: without one no entity can be declared, so nothing can expand or lead outside. What is left
to a hostile feed is depth, length and number, and each has a limit.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from plugin.collect.feeds.row import MOST_FIELD, BrokenFeed, FeedRefused, Row

GOOGLE = "http://base.google.com/ns/1.0"
PRODUCTS = frozenset({"item", "entry"})  # of RSS, of Atom
DEEPEST = 64
MOST_HELD = 4 << 20  # bytes of a tag, which expat holds until it ends
MOST_FIELDS = 200  # of one product
# XML 1.0 has no such letters; shops' texts do, and one would end the whole feed.
_NO_LETTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def xml_rows(text: Iterable[str]) -> Iterator[Row]:
    """The products of an XML document. Raises FeedRefused, and BrokenFeed with the line.

    Fields have Google's names without their prefix; what Google's words say wins over RSS's own.
    """
    reading, fed = _Reading(), 0
    try:
        for part in text:
            raw = _NO_LETTER.sub("", part).encode("utf-8")
            reading.parser.Parse(raw, False)
            fed += len(raw)
            if fed - reading.parser.CurrentByteIndex > MOST_HELD:
                raise FeedRefused("the XML has a tag, or a comment, of more than 4 MB")
            yield from reading.taken()
        reading.parser.Parse(b"", True)
        yield from reading.taken()
    except expat.ExpatError as trouble:
        yield from reading.taken()
        said = expat.ErrorString(trouble.code)
        raise BrokenFeed(f"the XML cannot be read from line {trouble.lineno} on: {said}") from None


class _Reading:
    """What expat tells, put together to products."""

    def __init__(self) -> None:
        # The text is UTF-8 by now, whatever the document says of itself.
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._ready: deque[Row] = deque()
        self._count = 0
        self._depth = 0
        self._at = 0  # the depth of the product that is open; 0: none is
        self._fields: dict[str, str] = {}
        self._googles: set[str] = set()
        self._name: str | None = None
        self._googles_own = False
        self._parts: list[str] = []
        self._length = 0

    def taken(self) -> Iterator[Row]:
        """The products that are whole by now."""
        while self._ready:
            yield self._ready.popleft()

    def _doctype(self, *_: object) -> None:
        raise FeedRefused("the XML has a DOCTYPE, which no feed needs and which is never read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FeedRefused(f"the XML is more than {DEEPEST} elements deep")
        space, _, local = name.rpartition(" ")
        if not self._at:
            if local in PRODUCTS:
                self._at, self._fields, self._googles = self._depth, {}, set()
        elif self._depth == self._at + 1:
            self._name, self._googles_own = local, space == GOOGLE
            self._parts, self._length = [], 0
            if local == "link" and attributes.get("rel", "alternate") == "alternate":
                self._parts = [attributes.get("href", "")[:MOST_FIELD]]  # Atom

    def _text(self, text: str) -> None:
        if self._name is not None and self._depth == self._at + 1 and self._length < MOST_FIELD:
            self._parts.append(text[: MOST_FIELD - self._length])
            self._length += len(text)

    def _end(self, _: str) -> None:
        if self._at and self._depth == self._at + 1 and self._name is not None:
            self._keep(self._name, "".join(self._parts).strip())
            self._name = None
        elif self._at and self._depth == self._at:
            self._at = 0
            self._count += 1
            self._ready.append(Row(self._count, self._fields))
        self._depth -= 1

    def _keep(self, name: str, value: str) -> None:
        """The first of several counts; Google's word before RSS's own."""
        if not value or len(self._fields) >= MOST_FIELDS or name in self._googles:
            return
        if self._googles_own or name not in self._fields:
            self._fields[name] = value
        if self._googles_own:
            self._googles.add(name)
