"""How are visits, and what is viewed most, asked in SQL, so that Python need not look at each?

``segment.visits`` and ``segment.tastes`` say the same of one visitor. Whoever was not seen since
the span began has no events in it, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from plugin.profile.fold import IDLE_MS
from plugin.segment import lead
from plugin.segment.shape import Window
from plugin.segment.tastes import MONTH, VIEW, WEEK
from plugin.segment.visits import NIGHT_FROM, NIGHT_UNTIL, PAGE, QUARTER, SLOW
from plugin.shop import DAY, HOUR, local_time
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import Parts

SEEN = "(case when p.last_seen_at > {since} then {value} else {else} end)"
# A visit that is older than the span may go on in it: what came just before tells.
STARTS = f"""
select v.at from (
  select e.at, lag(e.at) over (order by e.at) as before from events e
  where e.profile = p.id and e.live = 1 and e.at > {{since}} - {IDLE_MS} and e.at <= :now
) v
where v.at > {{since}} and (v.before is null or v.at - v.before >= {IDLE_MS})
"""
AT_NIGHT = f"""
(select cast(sum(case when h.hour >= {NIGHT_FROM} or h.hour < {NIGHT_UNTIL} then 1 else 0 end)
  as {{real}}) / nullif(count(*), 0)
from (select (s.at + {{offset}}) / {HOUR} % 24 as hour from ({STARTS}) s) h)
"""
# What the page views of each visit told; null: none did.
VISITS = f"""
(select {{figure}} / nullif(count(d.told), 0)
from (
  select ({{told}}) as told
  from (
    select t.at, coalesce(lead(t.at) over (order by t.at), :now + 1) as until
    from ({STARTS}) t
  ) s
) d)
"""
PAGES = """
from events e
where e.profile = p.id and e.name = {page_view} and e.live = 1 and e.at >= s.at and e.at < s.until
"""
# The first page view of the visit that tells a device.
MOBILE = f"select {{said}} {PAGES} and {{said}} <> '' order by e.at, e.event_id limit 1"
SLOWLY = f"select max(case when {{said}} in texts({{slow}}) then 1 else 0 end) {PAGES}"
IS_MOBILE = "cast(sum(case when d.told = 'mobile' then 1 else 0 end) as {real})"
IS_SLOW = "cast(sum(d.told) as {real})"
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
    since = parts.bind(parts.now - MONTH)
    counted = f"(select count(*) from ({STARTS.replace('{since}', since)}) s)"
    return _seen(since, counted, "0")


def _at_night(parts: Parts, events: EventLeaves) -> str:
    since = parts.bind(parts.now - QUARTER)
    offset = _offset(parts, parts.now - QUARTER)
    return _seen(since, AT_NIGHT.replace("{since}", since).replace("{offset}", offset))


def _mobile(parts: Parts, events: EventLeaves) -> str:
    return _of_visits(IS_MOBILE, MOBILE, "device", QUARTER, parts)


def _slowly(parts: Parts, events: EventLeaves) -> str:
    told = SLOWLY.replace("{slow}", parts.bind(sorted(SLOW)))
    return _of_visits(IS_SLOW, told, "connection", MONTH, parts)


def _of_visits(figure: str, told: str, param: str, span: int, parts: Parts) -> str:
    """A figure over the visits of a span, by what their page views say."""
    since = parts.bind(parts.now - span)
    said = parts.words.text_alone(parts.words.params, parts.words.key(param))
    told = told.replace("{said}", said).replace("{page_view}", parts.bind(PAGE))
    sql = VISITS.replace("{figure}", figure).replace("{told}", told)
    return _seen(since, sql.replace("{since}", since))


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
        views = events.source(VIEW, Window(within=MONTH), ())
        most = f"cast(({_most(field, MONTH, events)}) as {{real}})"
        value = f"{most} / nullif((select count(*) {views}), 0)"
        return _seen(parts.bind(parts.now - MONTH), value)

    return share


def _most_views(parts: Parts, events: EventLeaves) -> str:
    return _seen(parts.bind(parts.now - WEEK), f"({_most('item_id', WEEK, events)})", "0")


def _most(field: str, span: int, events: EventLeaves) -> str:
    """How many of the views of a span show what most of them show."""
    views = events.lines.all(VIEW, events.times(Window(within=span)))
    said = events.lines.said(field)
    return MOST.replace("{lines}", f"{views} and {said} is not null group by {said}")


def _seen(since: str, value: str, otherwise: str = "null") -> str:
    return SEEN.replace("{since}", since).replace("{else}", otherwise).replace("{value}", value)


def _offset(parts: Parts, since: int) -> str:
    """What the shop's clock is ahead of UTC (ms) at ``s.at``, from ``since`` to now."""

    def ahead(at: int) -> int:
        found = local_time(at, parts.shop.timezone).utcoffset()
        return 0 if found is None else round(found.total_seconds() * 1000)

    cases, at = "", since
    while at < parts.now:
        following = min(at + DAY, parts.now)
        if ahead(at) != ahead(following):
            turn = _turn(ahead, at, following)
            cases += f" when s.at < {parts.bind(turn)} then {parts.bind(ahead(at))}"
        at = following
    last = parts.bind(ahead(parts.now))
    return f"(case{cases} else {last} end)" if cases else last


def _turn(ahead: Callable[[int], int], low: int, high: int) -> int:
    """The first moment in (low, high] at which the clock is as far ahead as at ``high``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ahead(middle) == ahead(high) else (middle, high)
    return high


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
}


def value(name: str, parts: Parts, events: EventLeaves) -> str | None:
    """The SQL of a trait's value; None: it has none, Python decides."""
    made = VALUES.get(name)
    return None if made is None else made(parts, events)
