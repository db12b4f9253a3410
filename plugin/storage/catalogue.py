"""Which products does the owner look for in the catalogue, and who told of each?"""

from __future__ import annotations

from plugin.storage.engine import Row, Tx

FEED, SERVER, EVENTS = "feed", "server", "events"
ORIGINS = (FEED, SERVER, EVENTS)
# What a feed brought is the feed's; what only pages spoke of, theirs; the rest is the server's.
ORIGIN = """
case when i.learnt = 1 then 'events'
     when exists (select 1 from feed_items o where o.item_id = i.item_id and o.owned = 1)
     then 'feed'
     else 'server' end
"""
FIND = f"""
select i.item_id, i.name, i.url, i.image, i.price, i.sale_price, i.currency, i.availability,
       i.category, i.created_at, {ORIGIN} as origin,
       (select min(f.feed) from feed_items f where f.item_id = i.item_id and f.owned = 1) as feed
from items i
where i.availability <> 'removed' and i.item_id > :after
  and (lower(i.item_id) like :sought escape '!'
       or lower(coalesce(i.name, '')) like :sought escape '!'
       or i.item_id in (select v.card from variants v
                        where lower(v.item_id) like :sought escape '!'))
  and (cast(:origin as text) = '' or cast(:origin as text) = {ORIGIN})
order by i.item_id
limit :limit
"""
COUNTS = f"""
select {ORIGIN} as origin, count(*) as products from items i where i.availability <> 'removed'
group by 1
"""


def find(tx: Tx, sought: str, origin: str, after: str, limit: int) -> list[Row]:
    """Products by id after ``after``, whose id, name or variant's id has ``sought`` in it (empty:
    all), of one of ``ORIGINS`` (empty: of any); each with its ``origin`` and the ``feed`` that
    brought it.
    """
    for letter in "!%_":
        sought = sought.replace(letter, f"!{letter}")
    return tx.all(FIND, sought=f"%{sought.lower()}%", origin=origin, after=after, limit=limit)


def counts(tx: Tx) -> dict[str, int]:
    """How many products are of each origin."""
    found: dict[str, int] = {row["origin"]: row["products"] for row in tx.all(COUNTS)}
    return {origin: found.get(origin, 0) for origin in ORIGINS}
