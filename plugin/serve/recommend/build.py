"""What does a shop's model consist of? The arrays of every ranker, in one file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from plugin.serve.product import Product
from plugin.serve.recommend.arrays import id_arrays, pack
from plugin.serve.recommend.baskets import pair_arrays
from plugin.serve.recommend.content import word_arrays
from plugin.serve.recommend.for_you import session_arrays
from plugin.serve.recommend.next_basket import buyer_arrays
from plugin.serve.recommend.pages import page_arrays
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.tuning import read_tuning
from plugin.serve.recommend.words import words_of

# Another number when the arrays mean something else: a model of an older program is built again.
FORM = 8

Part: TypeAlias = "dict[str, array[Any] | bytes]"
Told = Callable[[str, int], None]


def build(
    item_ids: Sequence[str],
    sessions: Runs,
    orders: Runs,
    products: Iterable[Product | None],
    meta: Mapping[str, Any],
    told: Told = lambda what, done: None,
) -> Iterator[bytes]:
    """The file's bytes, part by part.

    item_ids: of the numbers, in ``in_id_order``. products: one for each of them; None: it is not in
    the catalogue. meta: plain JSON. told: hears of every part that is ready, and its size in bytes.
    """
    products_read = (() if one is None else words_of(one) for one in products)
    tuning, count = read_tuning(meta.get("tuning", {})), len(item_ids)
    steps: dict[str, Callable[[Part], Mapping[str, array[Any] | bytes]]] = {
        "ids": lambda _: id_arrays(item_ids),
        "visits": lambda _: session_arrays(sessions, count),
        "pairs": lambda _: pair_arrays(orders, count),
        "buyers": lambda _: buyer_arrays(orders, count),
        "words": lambda _: word_arrays(products_read),
        "pages": lambda made: page_arrays(_views_of(made), tuning, sessions.items),
    }
    made: Part = {}
    for name, make in steps.items():
        part = make(made)
        made |= part
        told(name, sum(memoryview(one).nbytes for one in part.values()))
    return pack(made, {**meta, "form": FORM})


def _views_of(made: Part) -> dict[str, Any]:
    """The arrays as rankers read them, where they are."""
    return {name: memoryview(one) for name, one in made.items()}
