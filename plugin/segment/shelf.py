"""What did the catalogue say of a product when the visitor looked at it: eco, on sale, new, gone?

Moments come from a log of what changed (``storage.item_states``). Of a product that only pages told
of there is none: what is not known is not so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from plugin.segment.facts import Facts, Happening
from plugin.segment.worked import Worked, sliding
from plugin.shop import DAY, Shop

CATALOGUE = "catalogue"  # among ``Facts.also``
VIEW, MONTH = "view_item", 30 * DAY
SOLD_OUT = "out_of_stock"


class State(NamedTuple):
    """What the catalogue said of a product from ``at`` (Unix ms) on.

    Money in minor units; ``tags`` as ``text.fold`` leaves them.
    """

    at: int
    price: int | None
    sale_price: int | None
    availability: str
    tags: frozenset[str]

    @property
    def on_sale(self) -> bool:
        """Whether it is sold below its price."""
        price, sale = self.price, self.sale_price
        return price is not None and sale is not None and sale < price


@dataclass(frozen=True)
class Shelf:
    """One product: since when (Unix ms) the catalogue has it, and its states, ascending."""

    first_seen_at: int
    states: tuple[State, ...] = ()

    def state(self, at: int) -> State | None:
        """What was said at ``at``; None: nothing yet."""
        place = bisect_right(self.states, at, key=attrgetter("at"))
        return self.states[place - 1] if place else None


@dataclass(frozen=True)
class Catalogue:
    """The products of some views by id.

    ``came``: when (Unix ms) we were told of a view, by its id, where it was before the catalogue's
    first word of its product.
    """

    shelves: Mapping[str, Shelf]
    came: Mapping[str, int] = field(default_factory=dict)


NOTHING = Catalogue({})
Fits = Callable[[Shelf, State | None, int], bool]


def viewed(facts: Facts, now: int, fits: Fits) -> tuple[int, int]:
    """How many views of the last 30 days show a product that ``fits``, and how many there are."""
    times, sums = facts.times.get(VIEW, ()), _sums(facts, fits)
    low, high = bisect_right(times, now - MONTH), bisect_right(times, now)
    return sums[high] - sums[low], high - low


def _sums(facts: Facts, fits: Fits) -> Sequence[int]:
    """How many of the first 0, 1, 2 … views show such a product; worked out once."""
    key = (CATALOGUE, fits)
    if key not in facts.found:
        catalogue: Catalogue = facts.also.get(CATALOGUE) or NOTHING
        shown = (_shows(catalogue, view, fits) for view in facts.events.get(VIEW, ()))
        facts.found[key] = [0, *accumulate(map(int, shown))]
    found: list[int] = facts.found[key]
    return found


def _shows(catalogue: Catalogue, view: Happening, fits: Fits) -> bool:
    for item in view.items:
        shelf = catalogue.shelves.get(item.card)
        if shelf is None:
            continue
        if fits(shelf, _state(catalogue, shelf, view), view.at):
            return True
    return False


def _state(catalogue: Catalogue, shelf: Shelf, view: Happening) -> State | None:
    """What was said of the product when it was viewed.

    Where nothing was said yet, the first word counts if it was there when we were told of the view,
    as when an old history is taken in. A word that comes later than the view is told changes
    nothing: else everybody who viewed it would have to be looked at again.
    """
    state = shelf.state(view.at)
    if state is None and shelf.states:
        first = shelf.states[0]
        return first if catalogue.came.get(view.event_id, -1) >= first.at else None
    return state


def share(fits: Fits) -> Worked:
    """The part of the views of 30 days that show such a product; unset without views."""

    def value(facts: Facts, now: int, shop: Shop) -> float | None:
        found, views = viewed(facts, now, fits)
        return found / views if views else None

    return Worked(value, sliding([VIEW], MONTH), whole=(VIEW,), also=(CATALOGUE,))


def tagged(tag: str) -> Worked:
    """The part of the views that show a product with this tag (folded)."""
    return share(lambda shelf, state, at: state is not None and tag in state.tags)


def _sold_out(shelf: Shelf, state: State | None, at: int) -> bool:
    return state is not None and state.availability == SOLD_OUT


def _new(shelf: Shelf, state: State | None, at: int) -> bool:
    """Not older than 30 days. What was viewed long before the catalogue had it is of unknown age; a
    view told late, or a clock that goes wrong, is a day at most.
    """
    return -DAY <= at - shelf.first_seen_at <= MONTH


def _sold_out_views(facts: Facts, now: int, shop: Shop) -> int:
    return viewed(facts, now, _sold_out)[0]


ECO, GIFT = tagged("eco"), tagged("gift")
ON_SALE = share(lambda shelf, state, at: state is not None and state.on_sale)
NEW = share(_new)
SOLD_OUT_VIEWS = Worked(_sold_out_views, sliding([VIEW], MONTH), whole=(VIEW,), also=(CATALOGUE,))
