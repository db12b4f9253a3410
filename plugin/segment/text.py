"""When are two texts the same to a rule?"""

from __future__ import annotations

import unicodedata


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
