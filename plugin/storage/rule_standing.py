"""How is a figure that needs everybody asked in SQL, and of whom does its answer change?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plugin.segment.ranking import Figures
from plugin.segment.shape import TraitLeaf
from plugin.shop import DAY, Shop
from plugin.storage.engine import Tx
from plugin.storage.rule_parts import Parts

NOTHING = "cast(null as {real})"
OF_ORDERS = "from events e where e.profile = p.id and e.name = 'purchase' and e.live = 1"
# The median of the times between at least three orders, at least a day.
OWN_GAP = f"""
(select case when max(r.n) < 2 then null
             when avg(r.gap) < {DAY} then {DAY} else cast(avg(r.gap) as {{real}}) end
 from (select g.gap, count(*) over () as n, row_number() over (order by g.gap) as place
       from (select e.at - lag(e.at) over (order by e.at) as gap {OF_ORDERS} and e.at <= :now) g
       where g.gap is not null) r
 where r.place in ((r.n + 1) / 2, (r.n + 2) / 2))
"""
LINES = "from item_events e where e.profile = p.id and e.name = {name} and e.at <= :now"
# The last of each product that people buy again.
REPLENISH = f"""
(select max(cast(:now - b.at as {{real}}) / (s.gap_days * {DAY}))
 from (select e.item_id, max(e.at) as at {LINES.format(name="'purchase'")} group by e.item_id) b
 join product_standings s on s.item_id = b.item_id)
"""
# The median of the products viewed in 30 days, each once.
PRICES = f"""
(select cast(avg(v.price) as {{real}})
 from (select s.price, count(*) over () as n, row_number() over (order by s.price) as place
       from (select distinct e.item_id {LINES.format(name="'view_item'")}
             and e.at > :now - {30 * DAY}) d
       join product_standings s on s.item_id = d.item_id and s.price is not null) v
 where v.place in ((v.n + 1) / 2, (v.n + 2) / 2))
"""
KEPT = {
    "revenue_365d_pct": "(select s.revenue from standings s where s.profile = p.id)",
    "replenish_ratio": f"(case when p.orders_total > 0 then {REPLENISH.strip()} end)",
    "view_price_pct_median_30d": "(case when p.product_views_total > 0"
    f" and p.last_seen_at > :now - {30 * DAY} then {PRICES.strip()} end)",
}
NAMES = ("r", "f", "m", "aov_vs_shop", "cart_vs_aov", "reorder_ratio", *KEPT)
# Those whose answer a new figure changes and time does not.
OF_FIGURES = frozenset({"r", "f", "m", "aov_vs_shop", "cart_vs_aov"})
CHANGED = "select p.id from profiles p where {changed}"


def value(name: str, figures: Figures | None, parts: Parts) -> str:
    """The SQL of a trait of ``NAMES``, as Python works it out; null: unset."""
    if name in KEPT:
        return KEPT[name]
    if figures is None:
        return NOTHING
    if name == "r":
        lower = _passed("p.last_order_at", "<=", figures.recency, parts)
        return f"(case when p.last_order_at is not null then 5{lower.replace('+', '-')} end)"
    if name == "f":
        more = _passed("p.orders_total", ">=", figures.frequency, parts)
        return f"(case when p.orders_total = 1 then 1 when p.orders_total > 1 then 2{more} end)"
    if name == "m":
        more = _passed("p.revenue_total", ">=", figures.money, parts)
        return f"(case when p.orders_total > 0 then 1{more} end)"
    return _ratio(name, figures, parts)


def changed(
    tx: Tx,
    shop: Shop,
    now: int,
    leaves: Iterable[TraitLeaf],
    before: Figures | None,
    after: Figures | None,
) -> set[int]:
    """The profiles for whom one of ``leaves``, over traits of ``OF_FIGURES``, is another now that
    the figures are.
    """
    parts = Parts(tx, shop, now)
    turned = [
        "({}) <> ({})".format(
            *(
                parts.tested(leaf, value(leaf.trait, known, parts), leaf.values)
                for known in (before, after)
            )
        )
        for leaf in leaves
        if leaf.trait in OF_FIGURES
    ]
    if not turned:
        return set()
    params: dict[str, Any] = parts.params
    rows = tx.tuples(CHANGED.replace("{changed}", " or ".join(turned)), **params)
    return {profile for (profile,) in rows}


def _passed(column: str, op: str, cuts: Iterable[int], parts: Parts) -> str:
    """One more for each cut point that was passed."""
    return "".join(
        f" + (case when {column} {op} {parts.bind(cut)} then 1 else 0 end)" for cut in cuts
    )


def _ratio(name: str, figures: Figures, parts: Parts) -> str:
    if name == "reorder_ratio":
        own = f"(case when p.orders_total > 2 then {OWN_GAP.strip()} end)"
        gap = f"coalesce({own}, {parts.bind(figures.gap_days * DAY)})"
        last = f"(select max(e.at) {OF_ORDERS} and e.at <= :now)"
        return f"(case when p.orders_total > 0 then cast(:now - {last} as {{real}}) / {gap} end)"
    if figures.order_value is None:
        return NOTHING
    usual = parts.bind(float(figures.order_value))
    if name == "cart_vs_aov":
        return f"(cast(p.cart_value_now as {{real}}) / {usual})"
    own = "cast(p.revenue_total + p.refunds_total as {real}) / p.orders_total"
    return f"(case when p.orders_total > 0 then {own} / {usual} end)"
