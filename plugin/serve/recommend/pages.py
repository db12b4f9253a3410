"""What lies beside a product, as its page shows it: the same for everybody, and mostly worked out
already when the model is made.

To work a list out takes up to a millisecond, which the first visitor of every page and worker would
wait for. The most viewed products have theirs in the model's file instead, shared by all workers;
one that the catalogue describes in other words since, or that is not among them, is worked out when
it is asked for.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from zlib import crc32

from plugin.serve.recommend.arrays import Named
from plugin.serve.recommend.content import MOST_WORDS, Words, blend
from plugin.serve.recommend.follow import Follow
from plugin.serve.recommend.fuse import fuse
from plugin.serve.recommend.table import Table
from plugin.serve.recommend.tuning import Tuning

PLACES = 100  # of a list that is worked out with the model
VIEWS = 10  # so many views for each product that has its lists: the work grows with the views
MOST = 50_000  # products that have them

Ranked = list[tuple[int, float]]


class Beside(NamedTuple):
    """Product numbers, best first, and the list of each ranker that had a word in it."""

    best: Sequence[int]
    lists: dict[str, Ranked]


def like(words: Words, table: Table, said: Sequence[str], number: int | None, n: int) -> Beside:
    """The ``n`` most like a product of which the catalogue says these words, and by visits.

    number: the product's; None: it is newer than the model. Its variants are not listed.
    """
    own = () if number is None else (number,)
    lists = {"content": words.similar(said, n, own), "table": table(own, n) if own else []}
    both = words.without_variants(said, blend(lists["content"], lists["table"], 2 * n))
    return Beside([one for one, _ in both[:n]], lists)


def viewed(follow: Follow, table: Table, number: int, n: int) -> Beside:
    """The ``n`` that people look at most in the same visit as a product."""
    lists = {"follow": follow.beside(number, n), "table": table.beside(number, n)}
    scores = fuse(lists, dict.fromkeys(lists, 1.0), n)
    return Beside(sorted(scores, key=lambda one: (-scores[one], one))[:n], lists)


def page_arrays(arrays: Named, tuning: Tuning, views: Sequence[int]) -> dict[str, array[Any]]:
    """The arrays that ``Pages`` reads. arrays: those of the words and of the visits; ``views``:
    the products of all views.

    Time grows with the views, up to ``MOST`` products: about a millisecond each. Memory: the
    result, 4 bytes a place.
    """
    words, follow, table = Words(arrays), Follow(arrays, tuning), Table(arrays, tuning)
    asked = dict(Counter(views).most_common(min(MOST, len(views) // VIEWS)))
    said = array("I", bytes(4 * len(arrays["word.ends"])))
    alike, beside, alike_ends, beside_ends = (array("I") for _ in range(4))
    for number in range(len(said)):
        if number in asked:
            texts = words.texts(number)
            said[number] = _mark(texts)
            alike.extend(like(words, table, texts, number, PLACES).best)
            beside.extend(viewed(follow, table, number, PLACES).best)
        alike_ends.append(len(alike))
        beside_ends.append(len(beside))
    return {
        "page.said": said,
        "page.like": alike,
        "page.like_ends": alike_ends,
        "page.viewed": beside,
        "page.viewed_ends": beside_ends,
    }


class Pages:
    """Reads the arrays ``page.…`` of a model: lists of ``PLACES`` numbers, best first."""

    def __init__(self, arrays: Named) -> None:
        self._said = arrays["page.said"]
        self._like, self._like_ends = arrays["page.like"], arrays["page.like_ends"]
        self._viewed, self._viewed_ends = arrays["page.viewed"], arrays["page.viewed_ends"]

    def like(self, number: int, said: Sequence[str]) -> Sequence[int]:
        """As ``like``; nothing: it is not worked out, or not for these words."""
        if self._said[number] != _mark(said):
            return ()
        return _row(self._like, self._like_ends, number)

    def viewed(self, number: int) -> Sequence[int]:
        """As ``viewed``; nothing: it is not worked out, or there is nothing."""
        return _row(self._viewed, self._viewed_ends, number)


def _row(lists: Any, ends: Any, number: int) -> Sequence[int]:
    return array("I", lists[ends[number - 1] if number else 0 : ends[number]])


def _mark(said: Sequence[str]) -> int:
    """A number that is another one for other words, but once in four thousand million."""
    return crc32("\n".join(said[:MOST_WORDS]).encode("utf-8", "replace"))
