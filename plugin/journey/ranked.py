"""Which products does the model of a shop bring forward, and where had each ranker them?"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from plugin.serve.product import Product
from plugin.serve.recommend import pages
from plugin.serve.recommend.baskets import LOOKED_AT
from plugin.serve.recommend.for_you import for_you
from plugin.serve.recommend.pages import PLACES
from plugin.serve.recommend.words import words_of
from plugin.storage.models import Built

Listed = Sequence[tuple[int, float]]  # product numbers and scores, best first
CategoryOf = Callable[[str], str | None]


def _nowhere(number: int) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class Ranked(Sequence[str]):
    """Item ids, best first; each is looked up when it is asked for, as most never are.

    ``where``: of a number, by ranker, at which place it had it, from 1.
    """

    numbers: Sequence[int] = ()
    name: Callable[[int], str] = str
    where: Callable[[int], Mapping[str, int]] = _nowhere

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self.name(number) for number in self.numbers[place]]
        return self.name(self.numbers[place])

    def places(self, place: int) -> Mapping[str, int]:
        """By ranker, where it had the product at ``place``, from 1."""
        return self.where(self.numbers[place - 1])


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
        found = {one.number: one for one in placed}
        # Numbers behind the model's are of products viewed since, and are not known for ever.
        known = len(model.ids)
        new = {number: model.recent.item_id(number) for number in found if number >= known}
    name = model.ids.__getitem__ if not new else lambda number: new.get(number) or model.ids[number]
    return Ranked(list(found), name, lambda number: found[number].places)


def viewed_beside(model: Built, item_id: str, n: int, why: bool = False) -> Ranked:
    """What people look at in the same visit as ``item_id``. ``why``: ``where`` will be asked."""
    number = model.ids.number(item_id)
    if number is None:
        return NOTHING
    if n == PLACES and not why and (ready := model.pages.viewed(number)):
        return Ranked(ready, model.ids.__getitem__)
    rankers = model.sessions
    return _ranked(model, *pages.viewed(rankers.follow, rankers.table, number, n))


def like(model: Built, product: Product, n: int, why: bool = False) -> Ranked:
    """What is like ``product`` by what the catalogue says now, and by visits; a product that is
    newer than the model too. Its variants are not listed. ``why``: ``where`` will be asked.
    """
    number, said = model.ids.number(product.item_id), words_of(product)
    if number is not None and n == PLACES and not why and (ready := model.pages.like(number, said)):
        return Ranked(ready, model.ids.__getitem__)
    return _ranked(model, *pages.like(model.words, model.sessions.table, said, number, n))


def bought_beside(
    model: Built, cart: Sequence[str], n: int, category_of: Callable[[Sequence[str]], CategoryOf]
) -> Ranked:
    """What orders hold beside all of ``cart``. category_of: item ids -> the category of each; what
    is of a category that the cart has is rather another one of the same, and comes later.
    """
    numbers = model.ids.numbers(cart)
    partners = model.pairs.complements(numbers, LOOKED_AT * n) if numbers else ()
    if not partners:
        return NOTHING
    category = category_of([model.ids[one] for one in (*numbers, *(one for one, _ in partners))])
    best = model.pairs.complements(numbers, n, lambda number: category(model.ids[number]))
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


def _ranked(model: Built, best: Sequence[int], lists: Mapping[str, Listed]) -> Ranked:
    def where(number: int) -> dict[str, int]:
        return {
            ranker: place
            for ranker, listed in lists.items()
            for place, (one, _) in enumerate(listed, start=1)
            if one == number
        }

    return Ranked(array("I", best), model.ids.__getitem__, where)
