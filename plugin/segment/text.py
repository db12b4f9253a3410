"""When are two texts the same to a rule?"""

from __future__ import annotations

import unicodedata

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(text: str) -> str:
    """``text`` as rules compare it: NFKC, case-folded, trimmed.

    >>> fold("  Straße ") == fold("STRASSE"), fold(" Kr")
    (True, 'kr')
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()


def fold_plain(text: str) -> str:
    """As ``fold``, but only A to Z lose their case: what both engines' ``lower`` do alike."""
    return unicodedata.normalize("NFKC", text).translate(_LOWER).strip()
