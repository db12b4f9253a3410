"""In which words does the shopper read a text of the owner's?"""

from __future__ import annotations

import re
from collections.abc import Mapping

# One text for everybody, or one for each language: {"en": "Hello", "ko": "안녕하세요"}.
Texts = str | Mapping[str, str]

MERGE_FIELDS = ("name", "product", "category", "gap", "cart_total")
_FIELD = re.compile(r"\{(" + "|".join(MERGE_FIELDS) + r")(?:\|([^{}]*))?\}")


def in_language(text: Texts, language: str) -> str:
    """The text in ``language`` ("ko", "ko-KR"), else in English, else in any it has.

    >>> in_language({"en": "Hello", "ko": "안녕하세요"}, "ko-KR")
    '안녕하세요'
    """
    if isinstance(text, str):
        return text
    asked = language.lower()
    known = {name.lower(): words for name, words in text.items()}
    for name in (asked, asked.partition("-")[0], "en"):
        if name in known:
            return known[name]
    return next(iter(known.values()), "")


def fill_fields(text: str, fields: Mapping[str, str]) -> str:
    """``text`` with its merge fields filled: {name}, or {name|there} with words for unset ones.

    A field that is unset and has no such words leaves nothing; braces that are no field stay.

    >>> fill_fields("Hi {name|there}, {product} waits", {"product": "the lamp"})
    'Hi there, the lamp waits'
    """
    return _FIELD.sub(lambda found: fields.get(found[1]) or found[2] or "", text)
