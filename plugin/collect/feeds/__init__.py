"""Which products does a feed name, whatever its form?

A feed is bytes that can be read twice: once to tell its encoding, once for its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from plugin.collect.feeds.json import document_rows, line_rows
from plugin.collect.feeds.names import Names
from plugin.collect.feeds.plain import decoded, encoding_of, lines, unpacked
from plugin.collect.feeds.product import product
from plugin.collect.feeds.row import (
    MOST_ROWS,
    BrokenFeed,
    Chunks,
    FeedRefused,
    Fields,
    Row,
    Rows,
    Unreadable,
)
from plugin.collect.feeds.shops import is_shopify, shop_of, shopify_document
from plugin.collect.feeds.table import table_rows
from plugin.collect.feeds.xml import xml_rows
from plugin.collect.items import CatalogueItem
from plugin.errors import EventRefused
from plugin.shop import Shop

__all__ = ["BrokenFeed", "Chunks", "FeedRefused", "Found", "Unreadable", "read_feed"]

HEAD = 4_096
_DOCUMENT = re.compile(r'\s*(?:\[|\{\s*"[^"\\]{1,40}"\s*:\s*\[)')


@dataclass(frozen=True, slots=True)
class Found:
    """A product of a feed. ``turns_at``: when a sale of it begins or ends next (Unix ms)."""

    number: int
    item: CatalogueItem
    turns_at: int | None = None


def read_feed(
    chunks: Chunks, shop: Shop, now: int, columns: Mapping[str, str] | None = None
) -> Iterator[Found | Unreadable]:
    """Each product, and each row that is none with its reason; ``columns``: ours: theirs.

    ``now`` (Unix ms) says which sales are on. Raises FeedRefused when there is nothing to take,
    and BrokenFeed behind the last product that could be read.
    """
    names = Names(columns)
    rows, reads = _opened(chunks, names)
    for row in rows:
        if isinstance(row, Unreadable):
            yield row
            continue
        if row.number > MOST_ROWS + 1:
            raise FeedRefused(f"the feed has more than {MOST_ROWS:,} rows")
        for told in reads(row.fields):
            try:
                item, turns_at = product(told, shop, now)
            except EventRefused as trouble:
                yield Unreadable(row.number, trouble.message)
                continue
            yield Found(row.number, item, turns_at)


Reads = Callable[[Fields], Iterable[dict[str, Any]]]


def _opened(chunks: Chunks, names: Names) -> tuple[Rows, Reads]:
    """The rows of a feed of whatever form, and what reads each into our names."""
    text = decoded(unpacked(chunks()), encoding_of(chunks))
    head, parts = "", []
    for part in text:
        parts.append(part)
        head += part
        if len(head) >= HEAD:
            break
    text = chain(parts, text)
    shown = head[: 4 * HEAD].lstrip("\ufeff \t\r\n")
    if not shown:
        raise FeedRefused("the feed is empty")
    if shown[:1] == "<":
        return _no_page(xml_rows(_from(text)), shown), _by(names)
    if _DOCUMENT.match(shown):
        return document_rows(_from(text)), _by(names)
    if shown[:1] == "{":
        return line_rows(lines(_from(text))), _by(names)
    return _table(table_rows(lines(_from(text))), names)


def _from(text: Iterator[str]) -> Iterator[str]:
    """``text`` without what stands before its first letter: XML allows nothing there."""
    for part in text:
        part = part.lstrip("\ufeff \t\r\n")
        if part:
            yield part
            break
    yield from text


def _no_page(rows: Rows, shown: str) -> Rows:
    if shown[:15].lower().startswith(("<!doctype html", "<html")):
        raise FeedRefused("this is a web page, no feed: does the address ask for a login?")
    return rows


def _by(names: Names) -> Reads:
    """Reads products of XML and JSON, each with fields of its own."""

    def read(fields: Fields) -> Iterable[dict[str, Any]]:
        if not is_shopify(fields):
            return (names.ours(fields),)
        own = names.named(fields)
        return ({**told, **own} for told in shopify_document(fields))

    return read


def _table(rows: Rows, names: Names) -> tuple[Rows, Reads]:
    """A table is known by its headers."""
    begun: list[Row | Unreadable] = []
    for row in islice(rows, HEAD):
        begun.append(row)
        if isinstance(row, Row):
            break
    first = next((row for row in begun if isinstance(row, Row)), None)
    rows = chain(begun, rows)
    if first is None:
        return rows, lambda fields: (names.ours(fields),)
    reader = shop_of(first.fields)
    if reader is None:
        names.check(first.fields)
        return rows, lambda fields: (names.ours(fields),)
    read = reader()
    return rows, lambda fields: ({**told, **names.named(fields)} for told in read(fields))
