"""What was seen, clicked and bought at each place of a window, by the strategy that filled it?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import orjson

from plugin.serve.placements import (
    CREDIT_MS,
    PURCHASE,
    Click,
    Deed,
    Place,
    Placed,
    credited,
    places_of,
)
from plugin.storage.engine import Row, Tx

# Windows are filled in few ways, so what is told of them is mostly one of few texts.
SEEN = """
select e.params{json} ->> 'via' as via, e.params{json} ->> 'index' as first, count(*) as times
from events e
where e.name = 'view_item_list' and e.at > :since and e.at <= :until and e.live = 1
  and e.params{json} ->> 'item_list_id' = :slug and e.params{json} ->> 'via' is not null
group by 1, 2
"""
CLICKED = """
select e.profile, e.at, e.params, e.items
from events e
where e.name = 'select_item' and e.at > :before and e.at <= :until and e.live = 1
  and e.params{json} ->> 'item_list_id' in (select c.slug from campaigns c where c.kind = 'window')
"""
DONE = """
select i.profile, i.name, i.at, i.event_id, i.item_id, i.value,
       o.value as paid, o.refunded, o.currency
from item_events i
left join orders o on i.name = 'purchase' and o.profile = i.profile and o.event_id = i.event_id
where i.profile in (
    select e.profile from events e
    where e.name = 'select_item' and e.at > :before and e.at <= :until and e.live = 1
  )
  and i.name in ('add_to_cart', 'purchase') and i.at > :since and i.at <= :until
"""


def by_strategy(tx: Tx, slug: str, since: int, until: int, currency: str) -> dict[Place, Placed]:
    """What came of the window ``slug`` after ``since`` up to ``until`` (Unix ms), place by place.

    An add or a purchase counts for the last window click on that product in the 7 days before it.
    currency: purchases in another one bring no money. Events of pages that do not tell what chose
    their products count nowhere.
    """
    asked = {"since": since, "until": until, "before": since - CREDIT_MS}
    views: Counter[Place] = Counter()
    for row in tx.all(SEEN, slug=slug, since=since, until=until):
        for place in places_of(row["via"], row["first"]):
            views[place] += row["times"]
    clicked = tx.all(CLICKED, before=asked["before"], until=until)
    clicks = [click for row in clicked for click in _clicks(row)]
    deeds = _deeds(tx.all(DONE, **asked), currency) if clicks else iter(())
    return credited(slug, views, clicks, deeds, since)


def _clicks(row: Row) -> Iterator[Click]:
    params = orjson.loads(row["params"])
    places = places_of(params.get("via"), params.get("index"))
    for number, item in enumerate(orjson.loads(row["items"])):
        via, position = places[number] if number < len(places) else (None, 1)
        yield Click(
            row["profile"], row["at"], item["item_id"], params["item_list_id"], via, position
        )


def _deeds(rows: list[Row], currency: str) -> Iterator[Deed]:
    lines: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        lines[row["event_id"]] += row["value"] or 0
    for row in rows:
        revenue = _revenue(row, lines[row["event_id"]], currency)
        yield Deed(row["profile"], row["at"], row["item_id"], row["name"], revenue)


def _revenue(row: Row, lines: int, currency: str) -> int:
    """A bought line's part of what was paid and not given back, at most its own price.

    So a coupon and a refund are off every line alike, and delivery is on none.
    """
    if row["name"] != PURCHASE or row["currency"] != currency or not row["value"]:
        return 0
    kept: float = max(0, row["paid"] - row["refunded"]) / lines
    value: int = row["value"]
    return round(value * min(1.0, kept))
