"""How does a visitor stand beside all the others, and beside the usual?

What is known of all (``Facts.also``: ``figures`` of the shop, ``standing`` of the visitor,
``products``) is kept by the clock; the visitor's own part is of the moment that is asked about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import NamedTuple

from plugin.segment.facts import Facts
from plugin.segment.ranking import Figures, own_gap
from plugin.segment.tastes import MONTH, VIEW
from plugin.segment.worked import Worked, never, recent, sliding
from plugin.shop import DAY, Shop, to_minor

ORDER = "purchase"
FIGURES, STANDING, PRODUCTS = "figures", "standing", "products"  # in ``Facts.also``
Part = tuple[int, float]  # since when (Unix ms), and how long (ms) is usual
Parts = Callable[[Facts, int], Iterator[Part]]


class Sold(NamedTuple):
    """A product beside the others. ``price``: its percentile of the catalogue's prices, 0 to 100;
    ``gap_days``: until it is bought again. None: nobody knows.
    """

    price: int | None = None
    gap_days: int | None = None


def stated_value(shop: Shop) -> int | None:
    """What the owner says an order is worth (setting ``order_value``), minor units."""
    said = shop.settings.get("order_value")
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 < said < 1e12:
        return None
    return to_minor(said, shop.currency)


def _figures(facts: Facts) -> Figures | None:
    found = facts.also.get(FIGURES)
    return found if isinstance(found, Figures) else None


def _recency(facts: Facts, now: int, shop: Shop) -> int | None:
    figures, last = _figures(facts), facts.profile.last_order_at
    if figures is None or last is None:
        return None
    return 5 - sum(last <= cut for cut in figures.recency)


def _frequency(facts: Facts, now: int, shop: Shop) -> int | None:
    figures, orders = _figures(facts), facts.profile.orders_total
    if figures is None or not orders:
        return None
    return 1 if orders == 1 else 2 + sum(orders >= cut for cut in figures.frequency)


def _money(facts: Facts, now: int, shop: Shop) -> int | None:
    figures, profile = _figures(facts), facts.profile
    if figures is None or not profile.orders_total:
        return None
    return 1 + sum(profile.revenue_total >= cut for cut in figures.money)


def _revenue(facts: Facts, now: int, shop: Shop) -> int | None:
    kept = facts.also.get(STANDING)
    return kept if isinstance(kept, int) else None


def _own_order(facts: Facts, now: int, shop: Shop) -> float | None:
    figures, p = _figures(facts), facts.profile
    if figures is None or figures.order_value is None or not p.orders_total:
        return None
    return (p.revenue_total + p.refunds_total) / p.orders_total / figures.order_value


def _cart(facts: Facts, now: int, shop: Shop) -> float | None:
    figures = _figures(facts)
    if figures is None or figures.order_value is None:
        return None
    return facts.profile.cart_value_now / figures.order_value


def _prices(facts: Facts, now: int, shop: Shop) -> float | None:
    known: Mapping[str, Sold] = facts.also.get(PRODUCTS) or {}
    viewed = {i.card for view in recent(facts, VIEW, now, MONTH) for i in view.items}
    prices = [sold.price for one in viewed if (sold := known.get(one)) and sold.price is not None]
    return float(median(prices)) if prices else None


def _since_order(facts: Facts, now: int) -> Iterator[Part]:
    """Since the newest order; the visitor's own usual gap, else the shop's."""
    figures = _figures(facts)
    times = [at for at in facts.times.get(ORDER, ()) if at <= now]
    if figures is not None and times:
        yield times[-1], own_gap(times) or figures.gap_days * DAY


def _since_bought(facts: Facts, now: int) -> Iterator[Part]:
    """Since each product that people buy again was bought last."""
    known: Mapping[str, Sold] = facts.also.get(PRODUCTS) or {}
    last = {i.card: one.at for one in recent(facts, ORDER, now, None) for i in one.items}
    for item_id, at in last.items():
        sold = known.get(item_id)
        if sold is not None and sold.gap_days is not None:
            yield at, sold.gap_days * DAY


def _overdue(parts: Parts, **reads: tuple[str, ...]) -> Worked:
    """How long it is, beside what is usual; of several the most. It grows with the time alone."""

    def value(facts: Facts, now: int, shop: Shop) -> float | None:
        return max(((now - since) / usual for since, usual in parts(facts, now)), default=None)

    def reaches(facts: Facts, now: int, bound: float) -> int | None:
        near = (since + bound * usual for since, usual in parts(facts, now))
        soonest = min(near, default=None)
        return None if soonest is None else math.floor(soonest) - 1

    return Worked(value, sliding([ORDER]), reaches=reaches, **reads)


RECENCY = Worked(_recency, never, also=(FIGURES,))
FREQUENCY = Worked(_frequency, never, also=(FIGURES,))
MONEY = Worked(_money, never, also=(FIGURES,))
REVENUE = Worked(_revenue, never, also=(STANDING,))
OWN_ORDER = Worked(_own_order, never, also=(FIGURES,))
CART = Worked(_cart, never, also=(FIGURES,))
PRICES = Worked(_prices, sliding([VIEW], MONTH), whole=(VIEW,), also=(PRODUCTS,))
REORDER = _overdue(_since_order, times=(ORDER,), also=(FIGURES,))
REPLENISH = _overdue(_since_bought, whole=(ORDER,), also=(PRODUCTS,))
