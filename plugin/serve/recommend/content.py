"""Which products are like one by what the catalogue says of them?

The words that two products share, each by how rare it is (the form of BM25 with every word once:
Robertson and Zaragoza, "The probabilistic relevance framework", 2009) and by what it is of. Nothing
need have been viewed or bought, and a product may be newer than the model.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import accumulate, islice
from math import log
from typing import Any

from plugin.serve.recommend.arrays import Arrays, Ids, id_arrays, in_id_order
from plugin.serve.recommend.fuse import fuse

# How much a word counts by what it is of; the group says who is a variant, nothing else.
WEIGHTS = {"c": 3.0, "b": 2.0, "t": 1.0, "w": 1.0, "p": 0.5, "g": 0.0}
K1, B = 1.2, 0.5  # of BM25: how much a product that has many words loses
LOOKED_AT = 3_000  # places of products in lists of words, rarest words first
JUDGED = 200  # products that are compared word for word: no answer is longer
MOST_WORDS = 60  # of a product
BLENDED = {"content": 1.0, "table": 0.7}
DEPTH = 200

Ranked = list[tuple[int, float]]


def word_arrays(products: Iterable[Sequence[str]]) -> dict[str, array[Any] | bytes]:
    """Everything that ``Words`` reads. products: the words of each number, as ``words_of`` gives.

    Time and memory grow with the words: 8 bytes each, beside the texts of the different ones.
    """
    texts: dict[str, int] = {}
    words, ends = array("I"), array("I")
    for mine in products:
        words.extend(texts.setdefault(word, len(texts)) for word in mine[:MOST_WORDS])
        ends.append(len(words))
    ordered = in_id_order(texts)
    number_of = {texts[text]: number for number, text in enumerate(ordered)}
    words = array("I", map(number_of.__getitem__, words))
    named = id_arrays(ordered)
    return {
        "word.texts": named["ids"],
        "word.text_ends": named["id_ends"],
        "word.weights": _weights(ordered, words, len(ends)),
        "word.groups": _groups(ordered),
        "word.ends": ends,
        "word.words": words,
        **_postings(words, ends, len(ordered)),
    }


class Words:
    """Reads the arrays ``word.…`` of a model."""

    def __init__(self, arrays: Arrays) -> None:
        self._texts = Ids(arrays, "word.texts", "word.text_ends")
        self._weights = arrays["word.weights"]
        self._groups = range(*arrays["word.groups"])
        self._ends, self._words = arrays["word.ends"], arrays["word.words"]
        self._firsts, self._having = arrays["word.firsts"], arrays["word.having"]
        self._middle = len(self._words) / max(len(self._ends), 1)

    def similar(self, words: Iterable[str], n: int, leave_out: Collection[int] = ()) -> Ranked:
        """The ``n`` (``JUDGED`` at most) most like a product with these ``words``, known or not.

        words: as ``words_of`` gives them. leave_out: numbers not to list, such as the product
        itself. Its variants (same group) are not listed, and of another product's variants the most
        alike.
        """
        known = self._texts.numbers(list(words)[:MOST_WORDS])
        own = self._group(known)
        judged = self._judged({word: self._weights[word] for word in known}, leave_out)
        return list(islice(self._apart(own, judged), n))

    def without_variants(self, words: Iterable[str], ranked: Ranked) -> Ranked:
        """``ranked`` without the variants of the product that has these ``words``, and of another
        product's variants the first: for lists that are not from here.
        """
        own = self._group(self._texts.numbers(list(words)[:1]))
        return list(self._apart(own, ranked))

    def _judged(self, wanted: dict[int, float], leave_out: Collection[int]) -> Ranked:
        """Products by all that they share with what is wanted, most alike first."""
        found = self._found(wanted)
        for number in leave_out:
            found.pop(number, None)
        judged: Ranked = []
        for number in nlargest(JUDGED, found, key=found.__getitem__):
            theirs = self._words_of(number)
            shared = sum([wanted[word] for word in theirs if word in wanted])
            judged.append((number, shared * self._by_length(len(theirs))))
        return sorted(judged, key=lambda pair: (-pair[1], pair[0]))

    def _apart(self, own: int | None, ranked: Ranked) -> Iterator[tuple[int, float]]:
        """Of each group the first one, of the group ``own`` none."""
        listed = {own}
        for number, score in ranked:
            group = self._group(self._first_word(number))
            if group is None or group not in listed:
                listed.add(group)
                yield number, score

    def _found(self, wanted: dict[int, float]) -> dict[int, float]:
        """Products with the rarest of the words, and what they share of those looked at.

        A list too long for what is left to look at is thinned evenly: all of a huge category are
        alike by it, the rest decides.
        """
        left, found = LOOKED_AT, dict[int, float]()
        have = found.get
        for word in sorted(wanted, key=lambda one: (-wanted[one], one)):
            weight, first, end = wanted[word], self._firsts[word], self._firsts[word + 1]
            if weight <= 0 or left <= 0:
                break
            step = -(-(end - first) // left)
            for number in self._having[first:end:step].tolist():
                found[number] = have(number, 0.0) + weight
            left -= (end - first) // step
        return found

    def _words_of(self, number: int) -> list[int]:
        if not 0 <= number < len(self._ends):
            return []
        start = self._ends[number - 1] if number else 0
        listed: list[int] = self._words[start : self._ends[number]].tolist()
        return listed

    def _first_word(self, number: int) -> list[int]:
        if not 0 <= number < len(self._ends):
            return []
        start = self._ends[number - 1] if number else 0
        return [self._words[start]] if start < self._ends[number] else []

    def _group(self, words: Sequence[int]) -> int | None:
        # ``words_of`` puts the group first.
        return words[0] if words and words[0] in self._groups else None

    def _by_length(self, words: int) -> float:
        return (K1 + 1) / (1 + K1 * (1 - B + B * words / self._middle))


def blend(content: Ranked, table: Ranked, n: int) -> Ranked:
    """The ``n`` best of both: alike by content, and viewed in the same visits (``Table``).

    By places, as their scores have nothing in common; where one is empty the other stands alone.
    """
    fused = fuse({"content": content, "table": table}, BLENDED, DEPTH)
    return nlargest(n, fused.items(), key=lambda pair: (pair[1], -pair[0]))


def _weights(texts: Sequence[str], words: array[int], products: int) -> array[float]:
    having = Counter(words)

    def rarity(number: int) -> float:
        return log(1 + (products - having[number] + 0.5) / (having[number] + 0.5))

    return array("f", (WEIGHTS[text[0]] * rarity(number) for number, text in enumerate(texts)))


def _groups(texts: Sequence[str]) -> array[int]:
    """From which number to which the words of groups lie."""
    first = sum(text < "g:" for text in texts)
    return array("I", [first, first + sum(text.startswith("g:") for text in texts)])


def _postings(words: array[int], ends: array[int], count: int) -> dict[str, array[Any]]:
    """Of each word the products that have it."""
    having = Counter(words)
    firsts = array("I", accumulate((having[word] for word in range(count)), initial=0))
    lists, free = array("I", bytes(4 * len(words))), firsts[:]
    for number, start, end in _spans(ends):
        for word in words[start:end]:
            lists[free[word]] = number
            free[word] += 1
    return {"word.firsts": firsts, "word.having": lists}


def _spans(ends: array[int]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for number, end in enumerate(ends):
        yield number, start, end
        start = end
