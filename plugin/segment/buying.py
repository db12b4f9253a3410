"""What do a visitor's orders say: how large, of what, with what off, sent back or not?"""

from __future__ import annotations

from plugin.segment.facts import Facts, Happening
from plugin.segment.tastes import different
from plugin.segment.worked import Worked, never, recent, sliding
from plugin.shop import Shop

ORDER, BACK = "purchase", "refund"


def _units(facts: Facts, now: int, shop: Shop) -> float | None:
    p = facts.profile
    return p.units_total / p.orders_total if p.orders_total else None


def _with_discount(facts: Facts, now: int, shop: Shop) -> float | None:
    orders = recent(facts, ORDER, now, None)
    return sum(map(_discounted, orders)) / len(orders) if orders else None


def _discounted(order: Happening) -> bool:
    """Whether a code was used or money taken off, in whatever currency."""
    coupon, off = order.params.get("coupon"), order.params.get("discount")
    number = isinstance(off, (int, float)) and not isinstance(off, bool)
    return (isinstance(coupon, str) and bool(coupon.strip())) or bool(number and float(off or 0))


def _sent_back(facts: Facts, now: int, shop: Shop) -> float | None:
    orders = recent(facts, ORDER, now, None)
    back = {one.transaction_id for one in recent(facts, BACK, now, None)}
    if not orders:
        return None
    return sum(one.transaction_id in back for one in orders) / len(orders)


UNITS = Worked(_units, never)
DISCOUNTED = Worked(_with_discount, sliding([ORDER]), whole=(ORDER,))
SENT_BACK = Worked(_sent_back, sliding([ORDER, BACK]), whole=(ORDER, BACK))
CATEGORIES = different(ORDER, None, lambda order: tuple(item.category for item in order.items))
