"""What did the catalogue say of a product, and when did that change?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import orjson

from plugin.segment.facts import Happening
from plugin.segment.shelf import NOTHING, VIEW, Catalogue, Shelf, State
from plugin.segment.text import fold
from plugin.storage import locations
from plugin.storage.engine import Tx

MOST_SHELVES = 10_000  # products of one catalogue that are remembered

# Of each product the newest row, where it says another thing than the catalogue now. A clock that
# was set back does not put what is new before what is old. ``news``: 1 it is there again, 2 it
# costs less by a twentieth or more than was said before.
KEEP = """
insert into item_states (item_id, at, price, sale_price, currency, availability, tags, news)
select i.item_id, case when s.at > :now then s.at else :now end,
       i.price, i.sale_price, i.currency, i.availability, i.tags,
       case when s.availability = 'out_of_stock' and i.availability <> 'out_of_stock' then 1
            when coalesce(s.currency, '') = coalesce(i.currency, '')
              and 100 * case when i.sale_price < i.price then i.sale_price else i.price end
                <= 95 * case when s.sale_price < s.price then s.sale_price else s.price end then 2
            else 0 end
from items i left join item_states s on s.item_id = i.item_id
  and s.at = (select max(o.at) from item_states o where o.item_id = i.item_id)
where i.item_id in texts(:ids) and i.availability <> 'removed' and (
  s.item_id is null
  or coalesce(s.price, -1) <> coalesce(i.price, -1)
  or coalesce(s.sale_price, -1) <> coalesce(i.sale_price, -1)
  or coalesce(s.currency, '') <> coalesce(i.currency, '')
  or s.availability <> i.availability
  or s.tags <> i.tags
)
on conflict (item_id, at) do update set
  price = excluded.price, sale_price = excluded.sale_price, currency = excluded.currency,
  availability = excluded.availability, tags = excluded.tags,
  news = case when excluded.news > 0 then excluded.news else item_states.news end
"""
FIRST_SEEN = "select item_id, created_at from items where item_id in texts(:ids)"
STATES = """
select item_id, at, price, sale_price, availability, tags from item_states
where item_id in texts(:ids)
order by item_id, at
"""
RECEIVED = "select event_id, received_at from events where event_id in texts(:ids)"

_kept: dict[str, dict[str, Shelf]] = {}  # by the catalogue's version


def keep(tx: Tx, item_ids: Iterable[str], now: int) -> None:
    """Log what is new of these products at ``now`` (Unix ms), after the catalogue took it in."""
    tx.run(KEEP, ids=sorted(set(item_ids)), now=now)


def catalogue(
    tx: Tx, ids: Sequence[int], events: Mapping[int, Mapping[str, Sequence[Happening]]]
) -> dict[int, Catalogue]:
    """What was said of the products in these visitors' views, by profile; of those who have any."""
    views = {profile: told for profile in ids if (told := events.get(profile, {}).get(VIEW, ()))}
    every = [view for told in views.values() for view in told]
    shelves = _shelves(tx, {item.card for view in every for item in view.items})
    found = Catalogue(shelves, _came(tx, every, shelves)) if shelves else NOTHING
    return dict.fromkeys(views, found)


def _came(tx: Tx, views: Iterable[Happening], shelves: Mapping[str, Shelf]) -> dict[str, int]:
    """When we were told of those views that were before the first word of their product."""
    early = {view.event_id for view in views if any(_is_early(view, shelves))}
    return dict(tx.tuples(RECEIVED, ids=sorted(early))) if early else {}


def _is_early(view: Happening, shelves: Mapping[str, Shelf]) -> Iterator[bool]:
    for item in view.items:
        shelf = shelves.get(item.card)
        yield shelf is not None and bool(shelf.states) and view.at < shelf.states[0].at


def _shelves(tx: Tx, item_ids: AbstractSet[str]) -> dict[str, Shelf]:
    """The products of ``item_ids`` that the catalogue has or had."""
    if not item_ids:
        return {}
    known = locations.kept(_kept, tx, dict)
    found = {one: shelf for one in item_ids if (shelf := known.get(one)) is not None}
    if missing := sorted(item_ids - found.keys()):
        fresh = dict(_read(tx, missing))
        if len(known) > MOST_SHELVES:
            known.clear()
        known.update(fresh)
        found |= fresh
    return found


@lru_cache(maxsize=4096)  # a product's tags are the same in most of its states
def tags(told: str) -> frozenset[str]:
    """The tags of a state, folded, as its column has them."""
    return frozenset(map(fold, orjson.loads(told)))


def _read(tx: Tx, item_ids: Sequence[str]) -> Iterator[tuple[str, Shelf]]:
    states: dict[str, list[State]] = {}
    for item_id, at, price, sale_price, availability, labels in tx.tuples(STATES, ids=item_ids):
        state = State(at, price, sale_price, availability, tags(labels))
        states.setdefault(item_id, []).append(state)
    for item_id, first_seen_at in tx.tuples(FIRST_SEEN, ids=item_ids):
        yield item_id, Shelf(first_seen_at, tuple(states.get(item_id, ())))
