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
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.words import words_of

# Another number when the arrays mean something else: a model of an older program is built again.
FORM = 7

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
    made: Part = {}
    for name, part in _parts(item_ids, sessions, orders, products):
        made |= part
        told(name, sum(memoryview(one).nbytes for one in part.values()))
    return pack(made, {**meta, "form": FORM})


def _parts(
    item_ids: Sequence[str], sessions: Runs, orders: Runs, products: Iterable[Product | None]
) -> Iterator[tuple[str, Part]]:
    yield "ids", dict(id_arrays(item_ids))
    yield "visits", dict(session_arrays(sessions, len(item_ids)))
    yield "pairs", dict(pair_arrays(orders, len(item_ids)))
    yield "buyers", dict(buyer_arrays(orders, len(item_ids)))
    yield "words", word_arrays(() if one is None else words_of(one) for one in products)
