"""Which words describe a product, whatever its language?

A word is marked with what it is of: ``c:`` category, ``b:`` brand, ``t:`` tag, ``p:`` price band,
``w:`` title, ``g:`` the group of its variants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from math import log

from plugin.segment.text import fold
from plugin.serve.product import Product

LONGEST_TITLE = 300  # characters that are looked at
BAND = log(1.5)  # prices of one band differ by a factor of 1.5 at most

# Chinese characters, both kana, Hangul: texts in them need not have spaces between words.
UNSPACED = "\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
TOKEN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
FIRST_UNSPACED = re.compile(f"[{UNSPACED}]")


def words_of(product: Product) -> tuple[str, ...]:
    """The words of a product, each once.

    Of a category path every part with what is above it, so that deeper ones say more. Prices lie in
    two rows of bands half a band apart: those that are near share one at least.
    """
    return tuple(dict.fromkeys(_words(product)))


def tokens(text: str) -> Iterator[str]:
    """The words of a text, folded; where there are no spaces, each two characters that follow.

    >>> list(tokens("Canvas-Tote (L), 2 pcs")), list(tokens("帆布トート"))
    (['canvas', 'tote', 'pcs'], ['帆布', '布ト', 'トー', 'ート'])
    """
    for token in TOKEN.findall(fold(text)):
        if FIRST_UNSPACED.match(token):
            yield from (token[at : at + 2] for at in range(max(1, len(token) - 1)))
        elif len(token) > 1 and not token.isdecimal():
            yield token


def _words(product: Product) -> Iterator[str]:
    # Titles and tags last: who takes a part of many words takes the first.
    if product.group_id:
        yield f"g:{product.group_id}"
    parts = [fold(part) for part in (product.category or "").split(">")]
    yield from (f"c:{path}" for path in accumulate(filter(None, parts), "{}>{}".format))
    if product.brand:
        yield f"b:{fold(product.brand)}"
    if product.price_now:
        place = log(product.price_now) / BAND
        yield from (f"p:{product.currency} {int(place)}", f"p:{product.currency} {place:.0f}+")
    yield from (f"t:{fold(tag)}" for tag in product.tags)
    yield from (f"w:{token}" for token in tokens((product.name or "")[:LONGEST_TITLE]))
