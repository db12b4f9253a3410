"""How does each stand among all now, and whose segments may be others because of it?

The clock asks: what is read and worked out is outside the write lock, only what changed is written,
in small batches, and only those whom it concerns are looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugin.segment import ranking
from plugin.segment.ranking import Figures, Order
from plugin.segment.shape import TraitLeaf, leaves
from plugin.segment.standing import FIGURES, PRODUCTS, STANDING, Sold, stated_value
from plugin.shop import Shop
from plugin.storage import campaigns, rule_standing, segments, standings
from plugin.storage import past as log
from plugin.storage.documents import Documents, documents
from plugin.storage.engine import Store, Tx

BATCH = 250  # rows between two takings of the write lock
TRAITS = frozenset(rule_standing.NAMES)
Loader = Callable[[Sequence[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Ranked:
    """What a pass did: visitors and products that stand elsewhere, and visitors to look at."""

    visitors: int = 0
    products: int = 0
    waiting: int = 0

    def __str__(self) -> str:
        return (
            f"{self.visitors} customers and {self.products} products stand elsewhere,"
            f" {self.waiting} visitors to look at"
        )


@dataclass(frozen=True)
class Fresh:
    """What a look found: the figures if they are others, and what stands elsewhere."""

    figures: Figures | None
    revenue: Mapping[int, int | None]
    products: Mapping[str, Sold]

    def __bool__(self) -> bool:
        return self.figures is not None or bool(self.revenue) or bool(self.products)


def keep_standings(store: Store, shop: Shop, now: int) -> Ranked:
    """Keep how everybody stands at ``now`` (Unix ms); nothing is written where nothing changed."""
    with store.read() as tx:
        run, looked = standings.runs(tx)
    waiting = 0
    if run > looked:  # a pass ended on its way: those whom it concerned have still to be told
        waiting = _have_looked_at(store, shop, now, run, looked)
    fresh = _look(store, shop, now)
    if not fresh:
        return Ranked(waiting=waiting)
    _keep(store, fresh, run + 1)
    waiting += _have_looked_at(store, shop, now, run + 1, run)
    return Ranked(len(fresh.revenue), len(fresh.products), waiting)


def loaders_then(tx: Tx, names: Collection[str], at: int, shop: Shop) -> dict[str, Loader]:
    """How to load those of ``names`` (as in ``Facts.also``) that need everybody, as of ``at``.

    From what had happened up to then; prices are those of the catalogue today.
    """
    found: dict[str, Loader] = {}
    if FIGURES in names or STANDING in names:
        sales = log.sales_then(tx, at, shop)
        figures = ranking.figures_of(sales.orders, sales.spent, at, stated_value(shop))
        found[FIGURES] = lambda ids: dict.fromkeys(ids, figures)
        revenue = ranking.revenue_percentiles(sales.orders, at)
        found[STANDING] = lambda ids: {one: revenue.get(one) for one in ids}
    if PRODUCTS in names:
        products = _products(tx, at, shop)
        found[PRODUCTS] = lambda ids: dict.fromkeys(ids, products)
    return {name: loader for name, loader in found.items() if name in names}


def _look(store: Store, shop: Shop, now: int) -> Fresh:
    """The long part: everybody's orders and the whole catalogue, beside what is kept."""
    with store.read() as tx:
        orders, spent = list(standings.orders(tx, now, shop.currency)), standings.spent(tx)
        products = _products(tx, now, shop)
        kept, sold, before = standings.revenue(tx), standings.products(tx), standings.figures(tx)
    figures = ranking.figures_of(orders, spent, now, stated_value(shop))
    return Fresh(
        figures if figures != before else None,
        _turned(orders, kept, now),
        {
            item_id: products.get(item_id, Sold())
            for item_id in {*products, *sold}
            if products.get(item_id, Sold()) != sold.get(item_id)
        },
    )


def _products(tx: Tx, now: int, shop: Shop) -> dict[str, Sold]:
    prices = ranking.percentiles(standings.prices(tx, shop.currency))
    gaps = ranking.gaps_of_products(standings.bought_again(tx, now))
    return {one: Sold(prices.get(one), gaps.get(one)) for one in {*prices, *gaps}}


def _turned(
    orders: Iterable[Order], kept: Mapping[int, int | None], now: int
) -> dict[int, int | None]:
    """The percentiles that are to be others than ``kept``."""
    fresh = ranking.revenue_percentiles(orders, now)
    found: dict[int, int | None] = {
        profile: settled
        for profile, percentile in fresh.items()
        if (settled := ranking.settled(kept.get(profile), percentile)) != kept.get(profile)
    }
    return found | {p: None for p, one in kept.items() if one is not None and p not in fresh}


def _keep(store: Store, fresh: Fresh, run: int) -> None:
    """Write what changed; not flushed, for what a power cut takes is found to be different again.

    The last commit makes every pass that read what was before decide anew, so that none can say of
    a visitor that it was looked at.
    """
    with store.write(synced=False) as tx:
        standings.begin(tx, run)
    for profiles in _batches(fresh.revenue):
        with store.write(synced=False) as tx:
            standings.keep_revenue(tx, run, {one: fresh.revenue[one] for one in profiles})
    for items in _batches(fresh.products):
        with store.write(synced=False) as tx:
            standings.keep_products(tx, run, {one: fresh.products[one] for one in items})
    with store.write(synced=False) as tx:
        if fresh.figures is not None:
            standings.keep_figures(tx, fresh.figures)
        if asked_leaves(documents(store, tx)):
            campaigns.bump_generation(tx)


def _have_looked_at(store: Store, shop: Shop, now: int, run: int, looked: int) -> int:
    """Let those be looked at again whose answers may be others since pass ``looked``; how many."""
    with store.read() as tx:
        ids = _concerned(tx, shop, now, looked, asked_leaves(documents(store, tx)))
    for batch in _batches(ids):
        with store.write(synced=False) as tx:
            segments.check_by(tx, segments.held(tx, batch), now)  # but of those erased meanwhile
    with store.write(synced=False) as tx:
        standings.finish(tx, run)
    return len(ids)


def asked_leaves(docs: Documents) -> set[TraitLeaf]:
    """The leaves of rules whose answer what the clock keeps may change."""
    told = (leaf for rule in docs.rules.values() for leaf in leaves(rule))
    return {one for one in told if isinstance(one, TraitLeaf) and one.trait in TRAITS}


def _concerned(
    tx: Tx, shop: Shop, now: int, looked: int, asked: Collection[TraitLeaf]
) -> list[int]:
    names = {leaf.trait for leaf in asked}
    before, after = standings.figures(tx, "before"), standings.figures(tx)
    viewers, buyers = "view_price_pct_median_30d" in names, "replenish_ratio" in names
    found = standings.concerned(tx, looked, now, viewers=viewers, buyers=buyers)
    if "revenue_365d_pct" in names:
        found |= standings.moved(tx, looked)
    if before != after:
        found |= rule_standing.changed(tx, shop, now, asked, before, after)
    if "reorder_ratio" in names and _gap(before) != _gap(after):
        found |= standings.customers(tx)  # when time alone turns it is another moment too
    return sorted(found)


def _gap(figures: Figures | None) -> int | None:
    return None if figures is None else figures.gap_days


def _batches(rows: Iterable[Any]) -> Iterable[list[Any]]:
    told = sorted(rows)
    return (told[place : place + BATCH] for place in range(0, len(told), BATCH))
