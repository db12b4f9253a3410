"""When are two texts the same to a rule?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

JAMO = range(0x1160, 0x1200)  # vowels and ends of Hangul, which join the letter before them


def fold(text: str) -> str:
    """``text`` as rules compare it: NFKC, case-folded, trimmed.

    >>> fold("  Straße ") == fold("STRASSE"), fold(" Kr")
    (True, 'kr')
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()


def folds_plainly(text: str) -> bool:
    """Whether ``lower`` alone, which both engines have, folds ``text`` fully.

    >>> folds_plainly("KR"), folds_plainly("Straße"), folds_plainly("신발"), folds_plainly("Обувь")
    (True, False, True, False)
    """
    if text.isascii():
        return text == text.strip()
    return fold(text) == "".join(one.lower() if one.isascii() else one for one in text)


@lru_cache(maxsize=100_000)
def is_odd(letter: str) -> bool:
    """Whether folding makes another text of a letter that is not in ASCII, or joins it with the one
    before it (Unicode Standard Annex 15).

    >>> is_odd("신"), is_odd("\N{KELVIN SIGN}"), is_odd("\N{COMBINING ACUTE ACCENT}"), is_odd("K")
    (False, True, True, False)
    """
    return not letter.isascii() and (_joins(letter) or _folded(letter) != letter)


def stands_as_it_is(needle: str, odd: Iterable[str]) -> bool:
    """Whether every text that holds ``needle`` once it is folded holds it as it stands, small or
    capital in ASCII, if no letters of the text are ``is_odd`` but these.

    needle: folded. True is certain; False is said of some needles that do too.
    """
    if any(map(_joins, needle)):
        return False
    letters = {*needle}
    joined = {*filter(_joins, unicodedata.normalize("NFKD", needle))}
    for one in odd:
        if letters.intersection(_folded(one)):
            return False
        if joined.intersection(unicodedata.normalize("NFKD", one)):
            return False
    return True


def _folded(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter).casefold()


def _joins(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or ord(letter) in JAMO
