"""Which products does a visitor come back for: bought before, or waited for?"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from plugin.serve.recommend.again import Bought, Habit, due_first
from plugin.serve.recommend.news import Told, good_news
from plugin.shop import DAY
from plugin.storage import items, rankings
from plugin.storage.engine import Tx

if TYPE_CHECKING:
    from plugin.storage.shelves import Wanted

MOST_LINES = 200  # of a visitor's orders, newest first
MOST_LOOKS = 100  # of a visitor's views and of what was put into the cart, newest first
LOOKED_DAYS = 90
NEWS_DAYS = 14
MOST_NEWS = 200
JUST_BOUGHT_DAYS = 30
# Habits of categories: made once a day, from the purchases of a year.
HABITS = "habits"  # among the figures
HABITS_EVERY = DAY
HABIT_DAYS = 365
LEAST_BUYERS = 10  # of a category; fewer say nothing, or too much of single people
MOST_CATEGORIES = 500

BOUGHT = """
select e.item_id, e.at, i.category, s.gap_days, i.availability
from (
  select item_id, at from item_events
  where profile = :profile and name = 'purchase' and at <= :now
  order by at desc
  limit :most
) e
left join items i on i.item_id = e.item_id
left join product_standings s on s.item_id = e.item_id
"""
HABITS_NOW = """
select i.category, sum(b.times - 1) as gaps, sum(b.newest - b.oldest) as ms,
  sum(case when b.times > 1 then 1 else 0 end) as again, count(*) as buyers
from (
  select profile, item_id, count(distinct at) as times, min(at) as oldest, max(at) as newest
  from item_events
  where name = 'purchase' and at > :since and at <= :now
  group by profile, item_id
) b
join items i on i.item_id = b.item_id
where i.category is not null
group by i.category
having count(*) >= :least
order by buyers desc, i.category
limit :most
"""
FIGURE = "select value from figures where name = :name"
KEEP_FIGURE = """
insert into figures (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value
"""
# Of what the visitor looked at last, what was in force then and all that was said since; only of
# products of which anything was.
SINCE_LOOKED = """
with looked as (
  select item_id, max(at) as at from (
    select * from (
      select item_id, at from item_events
      where profile = :profile and name = 'view_item' and at > :since and at <= :now
      order by at desc
      limit :most
    ) viewed
    union all
    select * from (
      select item_id, at from item_events
      where profile = :profile and name = 'add_to_cart' and at > :since and at <= :now
      order by at desc
      limit :most
    ) carted
  ) looks
  group by item_id
)
select s.item_id, l.at, s.at, s.price, s.sale_price, s.currency, s.availability
from looked l cross join item_states s
where s.item_id = l.item_id and s.at <= :now
  and s.at >= coalesce((
    select max(o.at) from item_states o where o.item_id = l.item_id and o.at <= l.at
  ), 0)
  and exists (
    select 1 from item_states n where n.item_id = l.item_id and n.at > l.at and n.at <= :now
  )
order by s.item_id, s.at
"""
# What costs more again than when it fell is no news any more.
NEWS = """
select s.item_id, max(s.at)
from (
  select item_id, at, news, price, sale_price from item_states
  where news > 0 and at > :since and at <= :now
  order by at desc, item_id
  limit :most
) s
join items i on i.item_id = s.item_id
where i.availability in ('in_stock', 'preorder') and (
  s.news = 1
  or case when i.sale_price < i.price then i.sale_price else i.price end
    <= case when s.sale_price < s.price then s.sale_price else s.price end
)
group by s.item_id
order by max(s.at) desc, s.item_id
"""
FAVOURED = """
select item_id from rankings
where strategy = 'segment_favourites' and scope in texts(:segments) and item_id in texts(:ids)
"""
# What the visitor looked at or put into the cart lately, and what was just bought.
LOOKED_AND_BOUGHT = """
select * from (
  select item_id, at, 0 as bought from item_events
  where profile = :profile and name = 'view_item' and at > :since and at <= :now
  order by at desc
  limit :most
) viewed
union all
select * from (
  select item_id, at, 0 from item_events
  where profile = :profile and name = 'add_to_cart' and at > :since and at <= :now
  order by at desc
  limit :most
) carted
union all
select item_id, at, 1 from item_events
where profile = :profile and name = 'purchase' and at > :bought_since and at <= :now
"""


def buy_again(tx: Tx, wanted: Wanted) -> list[str]:
    """What the visitor bought and may need again, what is due first; a stranger: nothing."""
    if wanted.profile_id is None:
        return []
    rows = tx.tuples(BOUGHT, profile=wanted.profile_id, now=wanted.now, most=MOST_LINES)
    if not rows:
        return []
    there = {row[0] for row in rows if row[4] in ("in_stock", "preorder")}
    found = due_first((Bought(*row[:4]) for row in rows), _habits(tx), wanted.now)
    return [item_id for item_id in found if item_id in there][: wanted.limit]


def back_in_stock(tx: Tx, wanted: Wanted) -> list[str]:
    """What can be bought again or costs a twentieth less: since the visitor looked at it, then what
    the visitor's segments like, then anything of the last 14 days; within each the newest first.
    """
    looked, bought = _looked_and_bought(tx, wanted)
    own = _since_looked(tx, wanted) if _is_news_to(tx, wanted, looked) else []
    news = _news(tx, wanted)
    liked = _favoured(tx, wanted.segments, news)
    news.sort(key=lambda item_id: item_id not in liked)
    found = [item_id for item_id in dict.fromkeys([*own, *news]) if item_id not in bought]
    return found[: wanted.limit]


def fresh_habits(tx: Tx, now: int) -> dict[str, Habit] | None:
    """How each category's products are bought again, as of ``now`` (Unix ms); None: what is kept is
    not a day old. The long part: it needs no write lock.
    """
    kept = tx.value(FIGURE, name=HABITS)
    if kept is not None and 0 <= now - orjson.loads(kept)["at"] < HABITS_EVERY:
        return None
    since = now - HABIT_DAYS * DAY
    rows = tx.tuples(HABITS_NOW, since=since, now=now, least=LEAST_BUYERS, most=MOST_CATEGORIES)
    return {
        category: Habit(float(ms) / float(gaps) / DAY if gaps else 0.0, float(again) / buyers)
        for category, gaps, ms, again, buyers in rows
    }


def keep_habits(tx: Tx, habits: dict[str, Habit], now: int) -> None:
    """Keep what ``fresh_habits`` found."""
    categories = {category: list(habit) for category, habit in habits.items()}
    value = orjson.dumps({"at": now, "categories": categories}).decode()
    tx.run(KEEP_FIGURE, name=HABITS, value=value)


def _habits(tx: Tx) -> dict[str, Habit]:
    kept = tx.value(FIGURE, name=HABITS)
    return _read_habits(kept) if kept else {}


@lru_cache(maxsize=100)  # shops; it changes once a day
def _read_habits(kept: str) -> dict[str, Habit]:
    told: dict[str, Any] = orjson.loads(kept)["categories"]
    return {category: Habit(*habit) for category, habit in told.items()}


def _looked_and_bought(tx: Tx, wanted: Wanted) -> tuple[dict[str, int], set[str]]:
    """When each product was last looked at, and what was just bought."""
    if wanted.profile_id is None:
        return {}, set()
    now = wanted.now
    since, bought_since = now - LOOKED_DAYS * DAY, now - JUST_BOUGHT_DAYS * DAY
    asked = {"profile": wanted.profile_id, "now": now, "since": since, "most": MOST_LOOKS}
    rows = tx.tuples(LOOKED_AND_BOUGHT, bought_since=bought_since, **asked)
    looked: dict[str, int] = {}
    for item_id, at, is_bought in rows:
        if not is_bought:
            looked[item_id] = max(at, looked.get(item_id, 0))
    return looked, {item_id for item_id, _, is_bought in rows if is_bought}


def _is_news_to(tx: Tx, wanted: Wanted, looked: dict[str, int]) -> bool:
    """Whether anything was said of any of these products since they were looked at."""
    ids = list(looked)
    known = wanted.products(ids) if wanted.products else items.products(tx, ids)
    told = ((at, known[one].told_at) for one, at in looked.items() if one in known)
    return any(said is not None and said > at for at, said in told)


def _since_looked(tx: Tx, wanted: Wanted) -> list[str]:
    """Of what the visitor looked at, what came back or fell since; the newest first."""
    since = wanted.now - LOOKED_DAYS * DAY
    asked = {"profile": wanted.profile_id, "since": since, "now": wanted.now, "most": MOST_LOOKS}
    found: dict[str, int] = {}
    for (item_id, looked_at), rows in groupby(
        tx.tuples(SINCE_LOOKED, **asked), key=lambda row: (row[0], row[1])
    ):
        at = good_news([Told(*row[2:]) for row in rows], looked_at)
        if at is not None:
            found[item_id] = at
    there = rankings.available(tx, list(found)) if found else set()
    return sorted(there, key=lambda item_id: (-found[item_id], item_id))


def _news(tx: Tx, wanted: Wanted) -> list[str]:
    today, since = wanted.now // DAY, wanted.now - NEWS_DAYS * DAY
    # Since the day began, so that the rows serve all of it.
    whole = {"since": (today - NEWS_DAYS) * DAY, "now": (today + 1) * DAY, "most": MOST_NEWS}
    rows = wanted.kept(("news", today), lambda: tx.tuples(NEWS, **whole))
    return [item_id for item_id, at in rows if since < at <= wanted.now]


def _favoured(tx: Tx, segments: tuple[str, ...], item_ids: list[str]) -> set[str]:
    if not segments or not item_ids:
        return set()
    return {one for (one,) in tx.tuples(FAVOURED, segments=list(segments), ids=item_ids)}
