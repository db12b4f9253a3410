"""Which product of the catalogue does an id mean?

Feeds, pages and carts do not always call a product by one id: a page names the product, a cart its
variant, a feed writes an id around both. What is kept and shown has one: that of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from plugin.collect.event import Event, Item
from plugin.collect.item_ids import Called, called
from plugin.storage import locations
from plugin.storage.engine import Tx

MOST_KNOWN = 20_000  # ids of one catalogue that are remembered
NAMES = "select name, item_id, variant from item_names where name in texts(:names)"
TOLD = "select item_id from items where item_id in texts(:names) and learnt = 0"
KEEP = """
insert into item_names (name, item_id, variant) values (:name, :item_id, :variant)
on conflict (name) do update set item_id = excluded.item_id, variant = excluded.variant
"""
# Names of what has become a variant of another product.
LEAD_ON = """
update item_names set item_id = :item_id where item_id in texts(:names) and item_id <> :item_id
"""


class Meant(NamedTuple):
    """The product that an id means, and which of its variants; empty: of none in particular."""

    item_id: str
    variant: str = ""


_known: dict[str, dict[str, Meant]] = {}  # by the catalogue's version


def meant(tx: Tx, item_ids: Iterable[str], version: str | None = None) -> Mapping[str, Meant]:
    """What each id means, where that is not just itself; a look-up with others in it.

    An id counts first as it is, then for what the catalogue calls so besides: a variant for its
    product, a product by the id that its variants share, and the numbers that a platform's id is
    made of (``collect.item_ids``). version: the catalogue's, where it is known already.
    """
    version = version or locations.version(tx)
    if version is None:  # nothing was ever told but by pages
        return {}
    known = locations.kept(_known, tx, dict, version)
    asked = set(item_ids)
    # Not ``asked - known.keys()``, which walks all that is known.
    if missing := {one for one in asked if one not in known}:
        if len(known) > MOST_KNOWN:
            known.clear()
            missing = asked
        known.update(_read(tx, missing))
    return known


def as_catalogued(tx: Tx, item_ids: Sequence[str], version: str | None = None) -> tuple[str, ...]:
    """The products that ``item_ids`` mean, in the same order."""
    if not item_ids:
        return ()
    known = meant(tx, item_ids, version)
    return tuple(known[one].item_id if one in known else one for one in item_ids)


def catalogued(tx: Tx, events: Sequence[Event]) -> Sequence[Event]:
    """The events, with the catalogue's id beside each item that it knows by another, and which
    variant that means, where the item says none itself.
    """
    ids = {item.item_id for event in events for item in event.items}
    known = meant(tx, ids) if ids else {}
    other = {one for one in ids if one in known and known[one] != (one, "")}
    if not other:
        return events
    return [_catalogued(event, known, other) for event in events]


def _catalogued(event: Event, known: Mapping[str, Meant], other: set[str]) -> Event:
    if not any(item.item_id in other for item in event.items):
        return event
    return replace(event, items=tuple(_line(item, known[item.item_id]) for item in event.items))


def _line(item: Item, one: Meant) -> Item:
    product = one.item_id if one.item_id != item.item_id else None
    return replace(item, product=product, variant=item.variant or one.variant or item.variant)


def keep(tx: Tx, names: Mapping[str, Meant]) -> None:
    """Keep what names mean; only what is new is written."""
    had = {row[0]: Meant(*row[1:]) for row in tx.tuples(NAMES, names=sorted(names))}
    news = {name: one for name, one in names.items() if had.get(name) != one}
    tx.many(KEEP, [{"name": name, **news[name]._asdict()} for name in sorted(news)])


def lead_on(tx: Tx, item_ids: Iterable[str], item_id: str) -> None:
    """Have what meant one of ``item_ids`` mean ``item_id``."""
    tx.run(LEAD_ON, names=sorted(item_ids), item_id=item_id)


def _read(tx: Tx, item_ids: Iterable[str]) -> dict[str, Meant]:
    """What each of ``item_ids`` means, itself where nothing else is known."""
    tried = {one: _tries(one, called(one)) for one in item_ids}
    every = sorted({name for names in tried.values() for name in names})
    names = {row[0]: Meant(*row[1:]) for row in tx.tuples(NAMES, names=every)}
    told = {one for (one,) in tx.tuples(TOLD, names=every)}

    def first(names_of: Sequence[str]) -> Meant | None:
        for name in names_of:
            one = names.get(name)
            if name in told and (one is None or one.item_id != name):
                return Meant(name)  # a product of its own comes before another's name
            if one is not None:
                return one
        return None

    return {one: first(names_of) or Meant(one) for one, names_of in tried.items()}


def _tries(item_id: str, inside: Called) -> list[str]:
    return [name for name in (item_id, inside.item, inside.product) if name is not None]
