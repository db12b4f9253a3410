"""How are a visitor's visits of a span asked in SQL, and what their page views tell?

``segment.visits`` says the same of one visitor. The profile knows its first visit, its newest, and
when the one before that ended, which is all there is to know of most people: events are looked
through only for those with three visits or more of which an earlier one may lie in the span.
"""

from __future__ import annotations

from collections.abc import Callable

from plugin.profile.fold import IDLE_MS
from plugin.segment.visits import NIGHT_FROM, NIGHT_UNTIL, PAGE
from plugin.shop import DAY, HOUR, local_time
from plugin.storage.rule_parts import Parts

EITHER = """
(case when p.sessions_total < 3 or p.prev_seen_at <= {since} then {known} else {searched} end)
"""
KNOWN = """
select k.at, k.until from (
  select p.session_started_at as at, :now + 1 as until
  union all select p.first_seen_at, p.session_started_at where p.sessions_total > 1
) k
where k.at > {since} and k.at <= :now
"""
# Two events of one half hour lie in one visit, so that only a half hour's first can begin one. A
# visit that is older than the span may go on in it: what came just before tells.
SEARCHED = f"""
select g.at from (
  select min(e.at) as at, lag(max(e.at)) over (order by e.at / {IDLE_MS}) as before from events e
  where e.profile = p.id and e.live = 1 and e.at > {{since}} - {IDLE_MS} and e.at <= :now
  group by e.at / {IDLE_MS}
) g
where g.at > {{since}} and (g.before is null or g.at - g.before >= {IDLE_MS})
"""
AND_UNTIL = f"""
select t.at, coalesce(lead(t.at) over (order by t.at), :now + 1) as until from ({SEARCHED}) t
"""
COUNT = "(select count(*) from ({visits}) s)"
AT_NIGHT = f"""
(select cast(sum(case when h.hour >= {NIGHT_FROM} or h.hour < {NIGHT_UNTIL} then 1 else 0 end)
  as {{real}}) / nullif(count(*), 0)
from (select (s.at + {{offset}}) / {HOUR} % 24 as hour from ({{visits}}) s) h)
"""
# What the page views of each visit told; null: none did.
TOLD = """
(select {figure} / nullif(count(d.told), 0) from (select ({told}) as told from ({visits}) s) d)
"""
PAGES = """
from events e
where e.profile = p.id and e.name = {page_view} and e.live = 1
  and e.at >= s.at and e.at < s.until and e.at <= :now
"""
SAME = "o.profile = e.profile and o.name = e.name and o.at = e.at and o.live = 1"
# The first page view of the visit that tells a text. To put them in order by their ids too, SQLite
# would read one more of each visit: only of those of one moment it is worth it.
FIRST_TEXT = f"""
select case when exists (
    select 1 from events o where {SAME} and o.seq <> e.seq
  ) then (
    select {{of_same}} from events o
    where {SAME} and {{of_same}} like '"_%"' order by o.event_id limit 1
  ) else {{said}} end
{PAGES} and {{said}} like '"_%"'
order by e.at limit 1
"""
ANY_OF = f"select max(case when {{said}} in texts({{texts}}) then 1 else 0 end) {PAGES}"


def count(parts: Parts, span: int) -> str:
    """How many visits began in the last ``span`` ms."""
    return _either(COUNT, SEARCHED, parts, span)


def share_at_night(parts: Parts, span: int) -> str:
    """Of the visits of a span, the part that began at night by the shop's clock; null: of none."""
    offset = _offset(parts, parts.now - span)
    return _either(AT_NIGHT.replace("{offset}", offset), SEARCHED, parts, span)


def share_that_begins(parts: Parts, span: int, param: str, text: str) -> str:
    """Of the visits of a span with a page view that tells a text of ``param``, the part of which
    the first told ``text``.
    """
    figure = (
        f"cast(sum(case when d.told = {parts.bind(_token(text))} then 1 else 0 end) as {{real}})"
    )
    return _told(figure, FIRST_TEXT, parts, span, param)


def share_with(parts: Parts, span: int, param: str, texts: list[str]) -> str:
    """Of the visits of a span with a page view, the part of which one told one of ``texts``."""
    told = ANY_OF.replace("{texts}", parts.bind([_token(text) for text in texts]))
    return _told("cast(sum(d.told) as {real})", told, parts, span, param)


def _told(figure: str, told: str, parts: Parts, span: int, param: str) -> str:
    said = parts.words.token(parts.words.params, parts.words.key(param))
    told = told.replace("{of_same}", said.replace("e.params", "o.params"))
    told = told.replace("{said}", said).replace("{page_view}", parts.bind(PAGE))
    return _either(TOLD.replace("{figure}", figure).replace("{told}", told), AND_UNTIL, parts, span)


def _either(asked: str, searched: str, parts: Parts, span: int) -> str:
    """What is asked of the visits that the profile knows, or of those that are searched for."""
    sql = EITHER.strip().replace("{known}", asked.replace("{visits}", KNOWN))
    sql = sql.replace("{searched}", asked.replace("{visits}", searched))
    return sql.replace("{since}", parts.bind(parts.now - span))


def _token(text: str) -> str:
    """A plain text as JSON."""
    return f'"{text}"'


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
