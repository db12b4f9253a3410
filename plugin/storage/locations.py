"""Which product of the catalogue has its page at an address?

Only products that a feed or the shop's server named count here: what a page's events say of a
product's address is any visitor's word.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

import orjson

from plugin.collect.address import (
    KNOWN_KEYS,
    MOST_TELLING,
    Address,
    page_of_all,
    read_address,
    telling,
)
from plugin.collect.event import Item
from plugin.serve.product import Product
from plugin.storage import control, noted
from plugin.storage.engine import Row, Store, Tx

T = TypeVar("T")
MOST_CATALOGUES = 100  # of which something is remembered
PART = 1_000  # products placed together when all are
MOST_HOSTS = 4  # that one look-up tells apart
MOST_ALIKE = 300  # rows of one path
SAMPLE = 2_000  # addresses of one path that say which keys part them
URL_KEYS = "url_keys"  # among the shop's settings
FACT = "select value from facts where name = :name"
VERSION, KEYS = "catalogue", "catalogue_url_keys"
# A product's own address, and those of its variants.
NAMED = """
select i.item_id, i.url, 0 as variant from items i
where i.item_id in texts(:ids) and i.learnt = 0 and i.availability <> 'removed'
union all
select v.card, v.url, 1 from variants v
where v.card in texts(:ids) and v.availability <> 'removed'
"""
SOME = "select item_id from items where item_id > :after order by item_id limit :limit"
PLACED = "select place, host, item_id, path from locations where item_id in texts(:ids)"
CLEAR = "delete from locations"
UNPLACE = "delete from locations where item_id in texts(:ids)"
PLACE = """
insert into locations (place, host, item_id, path) values (:place, :host, :item_id, :path)
on conflict (place, host, item_id) do nothing
"""
UNPLACE_PATH = "delete from locations where place = :place"
AT_PATH = """
select l.item_id, l.place from locations l
where l.path = :path
order by l.item_id
limit :limit
"""
AT_PLACES = """
select l.place, i.url from locations l join items i on i.item_id = l.item_id
where l.place in texts(:places)
limit :limit
"""
# Two looks by index for each place, however many products share it.
FIND = """
select f.place, f.asked, i.item_id, i.name, i.url, i.image, i.price, i.sale_price, i.currency,
       i.category, i.brand
from (
  select p.value as place, h.value as asked, coalesce(
    (select l.item_id from locations l where l.place = p.value and l.host = h.value
     order by l.item_id limit 1),
    (select l.item_id from locations l where l.place = p.value
     order by l.host, l.item_id limit 1)
  ) as item_id
  from texts(:places) p cross join texts(:hosts) h
) f
join items i on i.item_id = f.item_id
where i.availability <> 'removed'
"""
COLUMNS = (
    "item_id", "name", "url", "image", "price", "sale_price", "currency", "category", "brand",
)  # fmt: skip
Found = tuple[Item, str | None]  # a product, and the currency of its price


def version(tx: Tx) -> str | None:
    """A word that is another one once the catalogue has changed; None: it was never placed."""
    found: str | None = tx.value(FACT, name=VERSION)
    return found


def kept(known: dict[str, T], tx: Tx, new: Callable[[], T], as_of: str | None = None) -> T:
    """What ``known`` remembers of the catalogue as it is now, by its version; ``new()`` where that
    is nothing, remembered from now on. What is returned may be added to.

    as_of: the version, where it was looked up already. A catalogue without one is not remembered.
    """
    now = as_of or version(tx)
    if now is None:
        return new()
    if now not in known and len(known) >= MOST_CATALOGUES:
        known.clear()
    return known.setdefault(now, new())


def keys(tx: Tx) -> frozenset[str]:
    """The query keys that tell the catalogue's addresses apart."""
    value = tx.value(FACT, name=KEYS)
    return frozenset(orjson.loads(value)) if value else frozenset()


def keep(tx: Tx, item_ids: Iterable[str]) -> None:
    """Place products that were just kept, changed or removed; whoever remembers must look anew."""
    if version(tx) is None:
        rebuild(tx)
        return
    known = keys(tx)
    if more := _place(tx, sorted(set(item_ids)), known):
        _keep_keys(tx, known | more)
        rebuild(tx)
    else:
        _changed(tx)


def rebuild(tx: Tx) -> None:
    """Place the whole catalogue anew."""
    while True:
        tx.run(CLEAR)
        known, after, more = keys(tx), "", frozenset[str]()
        while not more and (part := _some(tx, after)):
            more, after = _place(tx, part, known), part[-1]
        if not more:
            break
        _keep_keys(tx, known | more)
    _changed(tx)


def find(tx: Tx, locations: Iterable[str]) -> dict[str, Found]:
    """The products whose pages are at ``locations`` (addresses or paths), with one look.

    An address counts by its path and the keys that tell; where shops on several hosts share a path,
    the product of its own host.
    """
    telling_keys = keys(tx)
    asked = {one: read for one in locations if (read := read_address(one)) is not None}
    places = {one: _places(read, telling_keys) for one, read in asked.items()}
    wanted = sorted({place for tried in places.values() for place in tried})
    if not wanted:
        return {}
    hosts = sorted({read.host for read in asked.values()})
    hosts = hosts if len(hosts) <= MOST_HOSTS else [""]
    rows = {(r["place"], r["asked"]): r for r in tx.all(FIND, places=wanted, hosts=hosts)}
    found = {}
    for one, read in asked.items():
        host = read.host if read.host in hosts else hosts[0]
        row = next((rows[place, host] for place in places[one] if (place, host) in rows), None)
        if row is not None:
            found[one] = _found(row)
    return found


def tell_shop(house: Store, name: str, store: Store) -> bool:
    """Let the shop's settings (in the control store ``house``) name the keys that its catalogue in
    ``store`` needs, so that no page's address loses them; whether that was news.
    """
    with store.read() as tx:
        found = sorted(keys(tx))
    with house.read() as tx:
        shop = next((one for one in control.shops(tx) if one.name == name), None)
    if shop is None or shop.settings.get(URL_KEYS, []) == found:
        return False
    with house.write() as tx:
        for one in control.shops(tx):
            if one.name == name:
                control.keep_settings(tx, name, {**one.settings, URL_KEYS: found})
    return True


def _places(address: Address, telling_keys: AbstractSet[str]) -> list[str]:
    """Where a page may stand in the table, best first."""
    place = address.place(telling_keys)
    if place is None:
        return []
    path = address.path
    if place == path:
        return [path, f"{path}?"]
    # With a key of its own it is another page than the path's only product.
    return [place, path] if path else [place]


def _place(tx: Tx, item_ids: Sequence[str], known: AbstractSet[str]) -> frozenset[str]:
    """Place these products as ``known`` keys tell; the keys that are needed besides."""
    named = tx.tuples(NAMED, ids=list(item_ids))
    read = [
        (item_id, read_address(page_of_all(url) if variant else url))
        for item_id, url, variant in named
        if url
    ]
    pages = [(item_id, page) for item_id, page in read if page is not None]
    if needed := _room({key for _, page in pages for key in page.keys} & KNOWN_KEYS, known):
        return needed
    wanted = {
        (place, page.host, item_id, page.path)
        for item_id, page in pages
        if (place := page.place(known)) is not None
    }
    had = {row for row in tx.tuples(PLACED, ids=list(item_ids)) if not _stands_for(row[0], row[3])}
    if stale := sorted({row[2] for row in had - wanted}):
        tx.run(UNPLACE, ids=stale)
    tx.fill(PLACE, sorted(wanted - had))
    unclear = {page.place(known) for _, page in pages if page.keys - known} - {None}
    needed = _room(_parting(tx, unclear), known)
    if not needed:
        _sum_up(tx, {path for place, _, _, path in wanted | had if place != path})
    return needed


def _stands_for(place: str, path: str) -> bool:
    """Whether a row is no product's own, but stands for its path alone."""
    return place == f"{path}?"


def _room(wanted: AbstractSet[str], known: AbstractSet[str]) -> frozenset[str]:
    """Those of ``wanted`` keys that are not known and for which there is room."""
    return frozenset(sorted(wanted - known)[: max(0, MOST_TELLING - len(known))])


def _parting(tx: Tx, places: AbstractSet[str | None]) -> frozenset[str]:
    """The keys that part the addresses of different pages that now stand at one place."""
    if not places:
        return frozenset()
    at: dict[str, list[Address]] = {}
    for place, url in tx.tuples(AT_PLACES, places=list(places), limit=SAMPLE):
        if (page := read_address(url)) is not None:
            at.setdefault(place, []).append(page)
    return frozenset().union(*(telling(page.query for page in pages) for pages in at.values()))


def _sum_up(tx: Tx, paths: Iterable[str]) -> None:
    """Say which product each of ``paths`` means without a query: its only one; of others, none."""
    for path in sorted(paths):
        rows = tx.tuples(AT_PATH, path=path, limit=MOST_ALIKE)
        own = {item_id for item_id, place in rows if not _stands_for(place, path)}
        had = {item_id for item_id, place in rows if _stands_for(place, path)}
        wanted = own if len(own) == 1 else set()
        if had != wanted:
            tx.run(UNPLACE_PATH, place=f"{path}?")
            tx.fill(PLACE, [(f"{path}?", "", item_id, path) for item_id in wanted])


def _some(tx: Tx, after: str) -> list[str]:
    return [item_id for (item_id,) in tx.tuples(SOME, after=after, limit=PART)]


def _keep_keys(tx: Tx, found: AbstractSet[str]) -> None:
    noted.keep(tx, KEYS, orjson.dumps(sorted(found)).decode())


def _changed(tx: Tx) -> None:
    # No counter: one that was undone with its transaction would come again with another meaning.
    noted.keep(tx, VERSION, secrets.token_hex(8))


def _found(row: Row) -> Found:
    """The product in a row of ``FIND``."""
    told = {name: row[name] for name in COLUMNS}
    return Product(**told).as_item(), row["currency"]
