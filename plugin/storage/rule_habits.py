"""How are visits, and what is viewed most or of which kind, asked in SQL, so that Python need not
look at each?

``segment.visits``, ``segment.tastes`` and ``segment.shelf`` say the same of one visitor. Whoever
was not seen since the span began has no events in it, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from plugin.segment import lead
from plugin.segment.buying import ORDER
from plugin.segment.shape import Window
from plugin.segment.tastes import HALF_YEAR, MONTH, VIEW, WEEK
from plugin.segment.visits import QUARTER, SLOW
from plugin.storage import rule_shelf, rule_visits
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import Parts

SEEN = "(case when p.last_seen_at > {since} then {value} else {else} end)"
# Added in any order, which may be wrong in the last digits: next to a whole number the function of
# ours adds as Python does.
LEAD = f"""
(select case when x.points is null then 0 when x.points > {lead.MOST} + 0.5 then {lead.MOST}
  when abs(x.points - round(x.points)) > 0.000001 then cast(x.points as integer)
  else (select lead_score(e.name, e.at, :now) {{did}}) end
from (
  select sum(case e.name {{points}} end * pow(2.0, (e.at - :now) * 1.0 / {lead.HALF_LIFE}))
    as points
  {{did}}
) x)
"""
MOST = "select coalesce(max(s.n), 0) from (select count(distinct e.event_id) as n {lines}) s"


def _sessions(parts: Parts, events: EventLeaves) -> str:
    return _seen(parts, MONTH, rule_visits.count(parts, MONTH), "0")


def _at_night(parts: Parts, events: EventLeaves) -> str:
    return _seen(parts, QUARTER, rule_visits.share_at_night(parts, QUARTER))


def _mobile(parts: Parts, events: EventLeaves) -> str:
    share = rule_visits.share_that_begins(parts, QUARTER, "device", "mobile")
    return _seen(parts, QUARTER, share)


def _slowly(parts: Parts, events: EventLeaves) -> str:
    share = rule_visits.share_with(parts, MONTH, "connection", sorted(SLOW))
    return _seen(parts, MONTH, share)


def _lead(parts: Parts, events: EventLeaves) -> str | None:
    if parts.tx.dialect != "sqlite":
        return None
    did = "from events e where e.profile = p.id and e.live = 1 and e.at <= :now"
    points = " ".join(
        f"when {parts.bind(name)} then {points}" for name, points in lead.POINTS.items()
    )
    return LEAD.replace("{points}", points).replace("{did}", did)


def _top(field: str) -> Callable[[Parts, EventLeaves], str]:
    def share(parts: Parts, events: EventLeaves) -> str:
        return _of_views(f"({_most(field, MONTH, events)})", parts, events)

    return share


def _tagged(tag: str) -> Callable[[Parts, EventLeaves], str]:
    return lambda parts, events: _of_views(rule_shelf.tagged(tag, parts, events), parts, events)


def _on_sale(parts: Parts, events: EventLeaves) -> str:
    return _of_views(rule_shelf.on_sale(parts, events), parts, events)


def _new(parts: Parts, events: EventLeaves) -> str:
    return _of_views(rule_shelf.new(parts, events), parts, events)


def _sold_out(parts: Parts, events: EventLeaves) -> str:
    return _seen(parts, MONTH, rule_shelf.sold_out(parts, events), "0")


def _of_views(figure: str, parts: Parts, events: EventLeaves) -> str:
    """A figure over the product views of 30 days, as a part of how many there are."""
    views = events.source(VIEW, Window(within=MONTH), ())
    value = f"cast({figure} as {{real}}) / nullif((select count(*) {views}), 0)"
    return _seen(parts, MONTH, value)


def _most_views(parts: Parts, events: EventLeaves) -> str:
    return _seen(parts, WEEK, f"({_most('item_id', WEEK, events)})", "0")


def _most(field: str, span: int, events: EventLeaves) -> str:
    """How many of the views of a span show what most of them show."""
    views = events.lines.all(VIEW, events.times(Window(within=span)))
    said = events.lines.said(field)
    return MOST.replace("{lines}", f"{views} and {said} <> '' group by {said}")


def _categories_bought(parts: Parts, events: EventLeaves) -> str:
    orders = events.lines.all(ORDER, events.times(Window()))
    return f"(select count(distinct nullif({events.lines.said('item_category')}, '')) {orders})"


def _coupons(parts: Parts, events: EventLeaves) -> str:
    clicks = events.source("popup_click", Window(within=HALF_YEAR), ())
    told = f"(select count(distinct nullif({events.said('coupon')}, '\"\"')) {clicks})"
    return _seen(parts, HALF_YEAR, told, "0")


def _seen(parts: Parts, span: int, value: str, otherwise: str = "null") -> str:
    since = parts.bind(parts.now - span)
    return SEEN.replace("{since}", since).replace("{else}", otherwise).replace("{value}", value)


# None: not in this engine.
VALUES: dict[str, Callable[[Parts, EventLeaves], str | None]] = {
    "lead_score": _lead,
    "sessions_30d": _sessions,
    "night_visit_share_90d": _at_night,
    "device_mobile_share_90d": _mobile,
    "slow_connection_share_30d": _slowly,
    "max_views_same_product_7d": _most_views,
    "top_category_share_30d": _top("item_category"),
    "top_brand_share_30d": _top("item_brand"),
    "eco_view_share_30d": _tagged("eco"),
    "gift_view_share_30d": _tagged("gift"),
    "sale_view_share_30d": _on_sale,
    "new_arrival_share_30d": _new,
    "oos_views_30d": _sold_out,
    "categories_bought": _categories_bought,
    "coupon_claims_180d": _coupons,
}


def value(name: str, parts: Parts, events: EventLeaves) -> str | None:
    """The SQL of a trait's value; None: it has none, Python decides."""
    made = VALUES.get(name)
    return None if made is None else made(parts, events)
