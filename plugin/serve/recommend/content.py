"""Which products are like one by what the catalogue says of them?

The words that two products share, each by how rare it is (the form of BM25 with every word once:
Robertson and Zaragoza, "The probabilistic relevance framework", 2009) and by what it is of. Nothing
need have been viewed or bought, and a product may be newer than the model.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice, repeat
from math import log
from operator import itemgetter
from typing import Any, NamedTuple

from plugin.serve.recommend.arrays import Ids, Named, id_arrays, in_id_order
from plugin.serve.recommend.fuse import fuse

# How much a word counts by what it is of; the group says who is a variant, nothing else.
WEIGHTS = {"c": 3.0, "b": 2.0, "t": 1.0, "w": 1.0, "p": 0.5, "g": 0.0}
K1, B = 1.2, 0.5  # of BM25: how much a product that has many words loses
LOOKED_AT = 3_000  # places of products in lists of words, rarest words first
JUDGED = 200  # products that are compared word for word: no answer is longer
MOST_WORDS = 60  # of a product
COMMONEST = 64  # words whose lists are so long that each product tells itself whether it has them
BLENDED = {"content": 1.0, "table": 0.7}
DEPTH = 200

Ranked = list[tuple[int, float]]
SCORE = itemgetter(1)


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
        **_commonest(words, ends),
    }


class _Found(NamedTuple):
    """Products by what they share of the words looked at: of all that were found, with a part of
    those that have the commonest words (``shares``), and of the words but for these ``rest``.
    """

    shares: dict[int, float]
    whole: dict[int, float]
    rest: list[int]


class _Sums(dict[int, float]):
    """Of any of the bits of ``parts``, what these parts are together."""

    def __init__(self, parts: Mapping[int, float]) -> None:
        super().__init__()
        self._parts = parts

    def __missing__(self, bits: int) -> float:
        self[bits] = found = sum(one for bit, one in self._parts.items() if bits & bit)
        return found


class Words:
    """Reads the arrays ``word.…`` of a model."""

    def __init__(self, arrays: Named) -> None:
        self._texts = Ids(arrays, "word.texts", "word.text_ends")
        self._weights = arrays["word.weights"]
        self._groups = range(*arrays["word.groups"])
        self._ends, self._words = arrays["word.ends"], arrays["word.words"]
        self._firsts, self._having = arrays["word.firsts"], arrays["word.having"]
        middle = len(self._words) / max(len(self._ends), 1)
        self._common = arrays["word.common"]
        self._bits = {word: 1 << place for place, word in enumerate(arrays["word.commonest"])}
        # By how many words a product has.
        self._by_length = [
            (K1 + 1) / (1 + K1 * (1 - B + B * words / (middle or 1)))
            for words in range(MOST_WORDS + 1)
        ]

    def similar(self, words: Iterable[str], n: int, leave_out: Collection[int] = ()) -> Ranked:
        """The ``n`` (``JUDGED`` at most) most like a product with these ``words``, known or not.

        words: as ``words_of`` gives them. leave_out: numbers not to list, such as the product
        itself. Its variants (same group) are not listed, and of another product's variants the most
        alike.
        """
        known = self._numbers(list(words)[:MOST_WORDS], leave_out)
        own = self._group(known)
        judged = self._judged({word: self._weights[word] for word in known}, leave_out)
        return list(islice(self._apart(own, judged), n))

    def without_variants(self, words: Iterable[str], ranked: Ranked) -> Ranked:
        """``ranked`` without the variants of the product that has these ``words``, and of another
        product's variants the first: for lists that are not from here.
        """
        own = self._group(self._texts.numbers(list(words)[:1]))
        return list(self._apart(own, ranked))

    def texts(self, number: int) -> list[str]:
        """The words of a product of the model, the first ``MOST_WORDS`` of them."""
        return self._texts_of(self._words_of(number))

    def _numbers(self, words: Sequence[str], likely: Iterable[int]) -> Sequence[int]:
        """The numbers of those ``words`` that are known: mostly just those of a product among the
        ``likely``, of which the catalogue says what it said, and then none is looked for.
        """
        for number in likely:
            theirs = self._words_of(number)
            if len(theirs) == len(words) and self._texts_of(theirs) == words:
                return theirs
        return self._texts.numbers(words)

    def _judged(self, wanted: dict[int, float], leave_out: Collection[int]) -> Ranked:
        """Products by all that they share with what is wanted, most alike first."""
        found = self._found(wanted, JUDGED + len(leave_out))
        for number in leave_out:
            found.shares.pop(number, None)
        by_shares = found.shares.__getitem__
        best = sorted(found.shares, key=by_shares, reverse=True)[:JUDGED]
        ends, by_length = self._ends, self._by_length
        judged = [
            (number, shared * by_length[ends[number] - (ends[number - 1] if number else 0)])
            for number, shared in zip(best, self._shared(best, wanted, found), strict=True)
        ]
        judged.sort()  # of those alike the lowest number first
        judged.sort(key=SCORE, reverse=True)
        return judged

    def _shared(
        self, best: Sequence[int], wanted: dict[int, float], found: _Found
    ) -> Iterable[float]:
        """What each of ``best`` shares with all that is wanted.

        Weights are reals of 32 bits, so their sums are exact, whatever the order.
        """
        rest = {self._bits.get(word, 0): wanted[word] for word in found.rest}
        if 0 in rest:
            return [sum(map(wanted.get, self._words_of(one), repeat(0.0))) for one in best]
        by_bits, common, whole = _Sums(rest), self._common, found.whole.get
        mask = sum(rest)
        return [whole(one, 0.0) + by_bits[common[one] & mask] for one in best]

    def _apart(self, own: int | None, ranked: Ranked) -> Iterable[tuple[int, float]]:
        """Of each group the first one, of the group ``own`` none."""
        return self._first_of_each(own, ranked) if self._groups else ranked

    def _first_of_each(self, own: int | None, ranked: Ranked) -> Iterator[tuple[int, float]]:
        listed = {own}
        for number, score in ranked:
            group = self._group(self._first_word(number))
            if group is None or group not in listed:
                listed.add(group)
                yield number, score

    def _found(self, wanted: dict[int, float], most: int) -> _Found:
        """Products with the rarest of the words, and what they share of those looked at: the best
        ``most`` of them, and maybe others.

        A list too long for what is left to look at is thinned evenly: all of a huge category are
        alike by it, the rest decides.
        """
        left, shares = LOOKED_AT, dict[int, float]()
        found = _Found(shares, shares, [])
        ahead, is_full = sum(wanted.values()), False
        for word in sorted(wanted, key=lambda one: (-wanted[one], one)):
            weight, first, end = wanted[word], self._firsts[word], self._firsts[word + 1]
            if weight <= 0:
                break
            step = -(-(end - first) // left) if left else 0
            if step != 1 and found.whole is shares:
                found = found._replace(whole=dict(shares))
            if found.whole is not shares:
                found.rest.append(word)
            if not step:
                continue
            # Nobody who joins now would be among the best: only who is there already counts.
            is_full = is_full or _place(shares, most) >= ahead
            bit = self._bits.get(word, 0) if step == 1 and is_full else 0
            if bit:
                having = [number for number in shares if self._common[number] & bit]
            else:
                having = self._having[first:end:step].tolist()
            again = {number: shares[number] + weight for number in shares.keys() & having}
            if not is_full:
                shares.update(dict.fromkeys(having, weight))
            shares.update(again)
            left -= (end - first) // step
            ahead -= weight
        return found

    def _words_of(self, number: int) -> list[int]:
        if not 0 <= number < len(self._ends):
            return []
        start = self._ends[number - 1] if number else 0
        listed: list[int] = self._words[start : self._ends[number]].tolist()
        return listed

    def _texts_of(self, words: Iterable[int]) -> list[str]:
        return [*map(self._texts.__getitem__, words)]

    def _first_word(self, number: int) -> list[int]:
        if not 0 <= number < len(self._ends):
            return []
        start = self._ends[number - 1] if number else 0
        return [self._words[start]] if start < self._ends[number] else []

    def _group(self, words: Sequence[int]) -> int | None:
        # ``words_of`` puts the group first.
        return words[0] if words and words[0] in self._groups else None


def blend(content: Ranked, table: Ranked, n: int) -> Ranked:
    """The ``n`` best of both: alike by content, and viewed in the same visits (``Table``).

    By places, as their scores have nothing in common; where one is empty the other stands alone.
    """
    fused = fuse({"content": content, "table": table}, BLENDED, DEPTH)
    return sorted(sorted(fused.items()), key=SCORE, reverse=True)[:n]


def _place(found: Mapping[int, float], place: int) -> float:
    """The score that ``place`` of ``found`` have at least; 0: there are not as many."""
    return sorted(found.values(), reverse=True)[place - 1] if len(found) >= place else 0.0


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


def _commonest(words: array[int], ends: array[int]) -> dict[str, array[int]]:
    """The words that most products have, and which of them each has, a bit for each."""
    commonest = array("I", (word for word, _ in Counter(words).most_common(COMMONEST)))
    bits = {word: 1 << place for place, word in enumerate(commonest)}
    common = array("Q", (sum(map(bits.get, words[a:b], repeat(0))) for _, a, b in _spans(ends)))
    return {"word.commonest": commonest, "word.common": common}


def _spans(ends: array[int]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for number, end in enumerate(ends):
        yield number, start, end
        start = end
