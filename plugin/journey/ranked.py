"""Which products does the model of a shop bring forward, and where had each ranker them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.serve.recommend.baskets import LOOKED_AT
from plugin.serve.recommend.for_you import for_you
from plugin.serve.recommend.fuse import fuse
from plugin.storage.models import Built

Places = Mapping[str, int]
CategoryOf = Callable[[str], str | None]


@dataclass(frozen=True)
class Ranked:
    """Item ids, best first. ``places``: of a product, where each ranker had it, from 1."""

    ids: Sequence[str] = ()
    places: Mapping[str, Places] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ids)


NOTHING = Ranked()


def after_visit(model: Built, seen: Sequence[str], profile_id: int | None, n: int) -> Ranked:
    """What goes with the products ``seen`` in a visit (oldest first, repeats allowed); those of the
    visit are among them, for many come back to one.
    """
    with model.lock:
        numbers = model.recent.numbers(seen)
        if not numbers:
            return NOTHING
        placed = for_you(
            model.sessions,
            numbers,
            n,
            recent=model.recent,
            visitor=profile_id or 0,
            forgotten=model.forgotten,
        )
        named = [(model.recent.item_id(one.number), one.places) for one in placed]
    return Ranked([item_id for item_id, _ in named], dict(named))


def viewed_beside(model: Built, item_id: str, n: int) -> Ranked:
    """What people look at in the same visit as ``item_id``."""
    number = model.ids.number(item_id)
    if number is None:
        return NOTHING
    rankers = model.sessions
    return _fused(
        model, {"follow": rankers.follow([number], n), "table": rankers.table([number], n)}, n
    )


def bought_beside(
    model: Built, cart: Sequence[str], n: int, category_of: Callable[[Sequence[str]], CategoryOf]
) -> Ranked:
    """What orders hold beside all of ``cart``. category_of: item ids -> the category of each; what
    is of a category that the cart has is rather another one of the same, and comes later.
    """
    numbers = model.ids.numbers(cart)
    if not numbers:
        return NOTHING
    partners = model.pairs.complements(numbers, LOOKED_AT * n)
    among = [model.ids[number] for number in (*numbers, *(other for other, _ in partners))]
    categories = category_of(among)
    best = model.pairs.complements(numbers, n, lambda number: categories(model.ids[number]))
    return _ranked(model, [number for number, _ in best], {"orders": best})


def after_orders(
    model: Built, own: Sequence[Sequence[str]], profile_id: int | None, n: int
) -> Ranked:
    """What a buyer orders next, after the orders ``own``, oldest first."""
    orders = [model.ids.numbers(order) for order in own]
    if not any(orders):
        return NOTHING
    best = model.buyers.next_basket(orders, n, profile_id, model.forgotten)
    return _ranked(model, [number for number, _ in best], {"buyers": best})


def _fused(
    model: Built,
    lists: Mapping[str, Sequence[tuple[int, float]]],
    n: int,
    weights: Mapping[str, float] | None = None,
) -> Ranked:
    scores = fuse(lists, weights or dict.fromkeys(lists, 1.0), n)
    best = sorted(scores, key=lambda number: (-scores[number], number))[:n]
    return _ranked(model, best, lists)


def _ranked(
    model: Built, best: Iterable[int], lists: Mapping[str, Sequence[tuple[int, float]]]
) -> Ranked:
    """The products of the numbers ``best``, with where each of ``lists`` had them."""
    names = {number: model.ids[number] for number in best}
    places: dict[str, dict[str, int]] = {item_id: {} for item_id in names.values()}
    for ranker, ranked in lists.items():
        for place, (number, _) in enumerate(ranked, start=1):
            if number in names:
                places[names[number]][ranker] = place
    return Ranked(list(names.values()), places)
