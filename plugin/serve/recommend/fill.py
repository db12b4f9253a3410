"""Which products stand in a window, in which order, and by which strategy?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from plugin.serve.product import Product
from plugin.serve.recommend.strategies import PINS
from plugin.serve.recommend.window import Filters, Window

Shelves = Callable[[str], Sequence[str]]
Products = Callable[[Sequence[str]], Mapping[str, Product]]


@dataclass(frozen=True)
class Pick:
    """One product in a window, and the strategy (or ``pins``) that chose it."""

    product: Product
    strategy: str


@dataclass(frozen=True)
class Filled:
    """The products of a window, in order; ``strategy`` is the one that leads."""

    picks: tuple[Pick, ...]
    strategy: str

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the products, in order."""
        return tuple(pick.product.item_id for pick in self.picks)


def fill(
    window: Window,
    shelves: Shelves,
    products: Products,
    *,
    leave_out: AbstractSet[str] = frozenset(),
    limit: int | None = None,
) -> Filled:
    """The products of ``window``: at least its ``min`` and at most its ``max``, or none at all.

    shelves: strategy name -> item ids, best first, with more than the window holds so that what may
    not be shown can be replaced. products: item ids -> those that are in the catalogue.
    leave_out: the cart, the page's own product, what an earlier window of the page shows.
    limit: at most so many, when fewer than ``max`` are asked for.

    Pins come first. The first strategy with enough products (the window has ``min``) follows; when
    none has enough, they fill up to ``min`` together, in the order of the chain. What is out of
    stock, banned or left out is never shown, and nothing twice; filters do not bind pins.
    """
    room = window.max if limit is None else max(0, min(window.max, limit))
    need = min(window.min, room)
    barred = set(leave_out) | set(window.bans)
    pins = _usable(window.pins, products, barred, Filters(), room)
    barred |= {product.item_id for product in pins}
    chosen = [Pick(product, PINS) for product in pins]
    leader, more = _chain(window, shelves, products, barred, need - len(pins), room - len(pins))
    chosen += more
    if len(chosen) < need:
        return Filled((), leader or window.strategies[0])
    return Filled(tuple(chosen), leader or (PINS if chosen else window.strategies[0]))


def _chain(
    window: Window,
    shelves: Shelves,
    products: Products,
    barred: AbstractSet[str],
    need: int,
    room: int,
) -> tuple[str | None, list[Pick]]:
    """The strategy that leads (None: none has anything) and what the chain adds to the pins."""
    if room <= 0:
        return None, []
    found: dict[str, Pick] = {}
    for strategy in window.strategies:
        usable = _usable(shelves(strategy), products, barred, window.filters, room)
        if len(usable) >= max(1, need):
            return strategy, [Pick(product, strategy) for product in usable]
        for product in usable:
            found.setdefault(product.item_id, Pick(product, strategy))
    together = list(found.values())[: max(1, need)]
    return (together[0].strategy if together else None), together


def _usable(
    item_ids: Sequence[str],
    products: Products,
    barred: AbstractSet[str],
    filters: Filters,
    most: int,
) -> list[Product]:
    """The first ``most`` of ``item_ids`` that may be shown, each once."""
    wanted = [item_id for item_id in dict.fromkeys(item_ids) if item_id not in barred]
    usable: list[Product] = []
    step = max(8, 2 * most)
    # In portions: most shelves are good from the top, and every product looked up costs.
    for start in range(0, len(wanted), step):
        if len(usable) >= most:
            break
        known = products(portion := wanted[start : start + step])
        usable += [
            known[item_id]
            for item_id in portion
            if item_id in known
            and known[item_id].availability != "out_of_stock"
            and filters.allow(known[item_id])
        ]
    return usable[:most] if most > 0 else []
