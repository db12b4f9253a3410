"""Which products stand in a window, in which order, by which strategy, and why not the others?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from plugin.serve.product import Product
from plugin.serve.recommend.boost import in_order
from plugin.serve.recommend.diversity import Tally
from plugin.serve.recommend.filters import EVERYTHING, Filters
from plugin.serve.recommend.strategies import PINS
from plugin.serve.recommend.window import Window

# Why a product that a strategy brought forward is not shown.
OWN_PAGE, IN_CART, NEVER_SHOWN, BANNED = "own_page", "in_cart", "never_shown", "banned"
BOUGHT, EARLIER_WINDOW = "bought", "earlier_window"
GONE, OUT_OF_STOCK = "gone", "out_of_stock"
FILTERED, DIVERSE = "filtered", "diversity"
WHYS = (
    OWN_PAGE, IN_CART, NEVER_SHOWN, BANNED, BOUGHT, EARLIER_WINDOW, GONE, OUT_OF_STOCK, FILTERED,
    DIVERSE,
)  # fmt: skip

SPARE = 8  # products looked up at once beyond what a window holds: some may not be shown

Shelves = Callable[[str], Sequence[str]]
Products = Callable[[Sequence[str]], Mapping[str, Product]]
Barred = Sequence[tuple[str, AbstractSet[str]]]  # one of ``WHYS``, and whom it keeps out


class Pick(NamedTuple):
    """One product in a window, and the strategy (or ``pins``) that chose it.

    ``place``: where it stood on the strategy's list, from 1. ``boost``: what the owner's boosts
    moved it by; 1: nothing.
    """

    product: Product
    strategy: str
    place: int = 0
    boost: float = 1.0


class LeftOut(NamedTuple):
    """A product that was looked at and is not shown. ``detail``: which filter, when one is why."""

    item_id: str
    strategy: str
    why: str
    detail: str = ""


class Turn(NamedTuple):
    """What one strategy of the chain had: products on its list, and how many it put in."""

    strategy: str
    had: int
    shown: int
    leads: bool


@dataclass(frozen=True)
class Filled:
    """The products of a window, in order; ``strategy`` is the one that leads.

    ``turns``: the strategies that were asked; a chain ends where there is enough.
    """

    picks: tuple[Pick, ...]
    strategy: str
    left_out: tuple[LeftOut, ...] = ()
    turns: tuple[Turn, ...] = ()

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the products, in order."""
        return tuple(pick.product.item_id for pick in self.picks)


def no_more(strategy: str) -> Sequence[str]:
    """The shelf that goes no further than its list."""
    return ()


def fill(
    window: Window,
    shelves: Shelves,
    products: Products,
    *,
    barred: Barred = (),
    limit: int | None = None,
    tells: bool = True,
    further: Shelves = no_more,
) -> Filled:
    """The products of ``window``: at least its ``min`` and at most its ``max``, or none at all.

    shelves: strategy name -> item ids, best first, with more than the window holds so that what may
    not be shown can be replaced. products: item ids -> a look-up that holds those of
    them that are in the catalogue.
    barred: what may not be shown here, and why: the cart, the page's own product, what an earlier
    window of the page shows. limit: at most so many, when fewer than ``max`` are asked for.
    tells: whether to say why others are left out, and what each strategy had. further: where the
    window has filters and a list too few that pass them, the others that do, by strategy.

    Pins come first. The first strategy with enough products (the window has ``min``) follows; when
    none has enough, they fill up to ``min`` together, in the order of the chain; with ``back_fill``
    they fill up to ``max`` one after another, whatever the caps. What is out of stock, banned or
    barred is never shown, and nothing twice; filters and caps do not bind pins. Caps give way to
    ``min`` alone.
    """
    room = window.max if limit is None else max(0, min(window.max, limit))
    need = min(window.min, room)
    every = [(why, ids) for why, ids in (*barred, (BANNED, frozenset(window.bans))) if ids]
    work = _Work(window, shelves, products, every, tells, further)
    pins = work.pins(room)
    leader, more = work.chain(need - len(pins), room - len(pins))
    chosen = (*pins, *more)
    first = window.strategies[0]
    if len(chosen) < need:
        chosen = ()
    led = leader or (PINS if chosen else first)
    return Filled(chosen, led, *work.told(chosen, leader)) if tells else Filled(chosen, led)


@dataclass
class _Work:
    """One window while it is filled."""

    window: Window
    shelves: Shelves
    products: Products
    barred: Barred
    tells: bool = True
    further: Shelves = no_more
    pinned: list[Pick] = field(default_factory=list)
    had: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def pins(self, room: int) -> list[Pick]:
        """The owner's own choice."""
        if self.window.pins and room > 0:
            usable = self._usable(PINS, self.window.pins, EVERYTHING, room)
            self.pinned = list(islice(usable, room))
            taken = frozenset(pick.product.item_id for pick in self.pinned)
            self.barred = [*self.barred, (PINS, taken)]
        return self.pinned

    def chain(self, need: int, room: int) -> tuple[str | None, list[Pick]]:
        """The strategy that leads (None: none has anything) and what the chain adds to the pins."""
        if room <= 0:
            return None, []
        if self.window.back_fill:
            return self._one_after_another(room)
        every: dict[str, Pick] = {}
        for strategy in self.window.strategies:
            usable = self._asked(strategy, room)
            picks = list(usable if self.window.diversity.caps else islice(usable, room))
            within = self._within(picks, room)
            if len(within) >= max(1, need):
                return strategy, within
            for pick in picks:
                every.setdefault(pick.product.item_id, pick)
        together = self._within(every.values(), max(1, need))
        if len(together) < need:  # the caps give way
            taken = {pick.product.item_id for pick in together}
            spare = [pick for item_id, pick in every.items() if item_id not in taken]
            together += spare[: need - len(together)]
        return (together[0].strategy if together else None), together

    def told(
        self, chosen: Iterable[Pick], leader: str | None
    ) -> tuple[tuple[LeftOut, ...], tuple[Turn, ...]]:
        """Why the others are not shown, and what each strategy that was asked had."""
        shown = [pick.strategy for pick in chosen]
        turns = (Turn(s, had, shown.count(s), s == leader) for s, had in self.had.items())
        ids = {pick.product.item_id for pick in chosen}
        return tuple(o for o in self.left_out.values() if o.item_id not in ids), tuple(turns)

    def _one_after_another(self, room: int) -> tuple[str | None, list[Pick]]:
        found: dict[str, Pick] = {}
        for strategy in self.window.strategies:
            for pick in self._asked(strategy, room):
                found.setdefault(pick.product.item_id, pick)
                if len(found) >= room:
                    break
            if len(found) >= room:
                break
        picks = list(found.values())
        return (picks[0].strategy if picks else None), picks

    def _within(self, picks: Iterable[Pick], most: int) -> list[Pick]:
        """The first ``most`` of ``picks`` that the caps let in beside the pins."""
        if not self.window.diversity.caps:
            return list(islice(picks, most))
        tally = Tally(self.window.diversity).add(pick.product for pick in self.pinned)
        within: list[Pick] = []
        for pick in picks:
            if len(within) >= most:
                break
            if tally.admits(pick.product):
                within.append(pick)
            else:
                self._leave_out(pick.product.item_id, pick.strategy, DIVERSE)
        return within

    def _asked(self, strategy: str, most: int) -> Iterator[Pick]:
        listed = self.shelves(strategy)
        self.had[strategy] = len(listed)
        usable = self._usable(strategy, listed, self.window.filters, most)
        if self.window.filters == EVERYTHING:
            return usable
        return self._and_further(strategy, listed, usable, most)

    def _and_further(
        self, strategy: str, listed: Sequence[str], usable: Iterator[Pick], most: int
    ) -> Iterator[Pick]:
        """The ``usable`` ones of a list, and when they are too few, others of the catalogue."""
        met = 0
        for pick in usable:
            met += 1
            yield pick
        if met < most:
            known = set(listed)
            rest = [one for one in self.further(strategy) if one not in known]
            self.had[strategy] += len(rest)
            for pick in self._usable(strategy, rest, self.window.filters, most):
                yield pick._replace(place=pick.place + len(listed))

    def _usable(
        self, strategy: str, item_ids: Sequence[str], filters: Filters, most: int
    ) -> Iterator[Pick]:
        """Those of ``item_ids`` that may be shown, each once, best first."""
        # In portions: most shelves are good from the top, and every product looked up costs. What
        # boosts move may come from the end.
        boosts = self.window.boosts if strategy != PINS else ()
        if not boosts:
            return self._fitting(strategy, item_ids, most + SPARE, filters)
        fit = list(self._fitting(strategy, item_ids, len(item_ids) or 1, filters))
        places = {pick.product.item_id: pick.place for pick in fit}
        return (
            Pick(product, strategy, places[product.item_id], boost)
            for product, boost in in_order(boosts, [pick.product for pick in fit])
        )

    def _fitting(
        self, strategy: str, item_ids: Sequence[str], step: int, filters: Filters
    ) -> Iterator[Pick]:
        """Those that may be shown, each once, with their places; looked up ``step`` at a time."""
        met: set[str] = set()
        for start in range(0, len(item_ids), step):
            portion = item_ids[start : start + step]
            known = self.products(portion)
            for place, item_id in enumerate(portion, start + 1):
                if item_id in met:
                    continue
                met.add(item_id)
                product = known.get(item_id)
                why = self._keeps_out(item_id, product, filters)
                if why is None and product is not None:
                    yield Pick(product, strategy, place)
                elif self.tells and why is not None:
                    self._leave_out(item_id, strategy, *why)

    def _keeps_out(
        self, item_id: str, product: Product | None, filters: Filters
    ) -> tuple[str, str] | None:
        """Why a product may not be shown, and which filter when one is why; None: it may."""
        for why, ids in self.barred:
            if item_id in ids:
                return why, ""
        if product is None:
            return GONE, ""
        if product.availability == "out_of_stock":
            return OUT_OF_STOCK, ""
        if filters is not EVERYTHING and (key := filters.refuses(product)) is not None:
            return FILTERED, key
        return None

    def _leave_out(self, item_id: str, strategy: str, why: str, detail: str = "") -> None:
        if item_id not in self.left_out and why != PINS:
            self.left_out[item_id] = LeftOut(item_id, strategy, why, detail)
