"""What is in the catalogue?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from sys import intern
from typing import Any
from urllib.parse import urlsplit

import orjson

from plugin.collect.event import Item
from plugin.serve.link import safe_link
from plugin.serve.product import Product
from plugin.shop import to_major
from plugin.storage import groups, item_states, locations, marks, told
from plugin.storage.engine import Row, Tx

REMOVED = "removed"  # such a row stays, so that a late event does not bring the product back
MOST_KEYS = 6  # of a page's query: more are never tried
MONEY = ("price", "sale_price", "cost")
MOST_TOLD = 10_000  # product lines of one catalogue of which is remembered that they are known

# What events say only fills gaps, and only of products that no feed has named.
LEARN = """
insert into items (item_id, name, url, image, price, currency, category, brand,
                   learnt, created_at, updated_at)
values (:item_id, :name, :url, :image, :price, :currency, :category, :brand, 1, :now, :now)
on conflict (item_id) do update set
  name = coalesce(items.name, excluded.name),
  url = coalesce(items.url, excluded.url),
  image = coalesce(items.image, excluded.image),
  currency = case when items.price is null then excluded.currency else items.currency end,
  price = coalesce(items.price, excluded.price),
  category = coalesce(items.category, excluded.category),
  brand = coalesce(items.brand, excluded.brand),
  updated_at = excluded.updated_at
where items.learnt = 1 and items.availability <> 'removed' and (
  (items.name is null and excluded.name is not null)
  or (items.url is null and excluded.url is not null)
  or (items.image is null and excluded.image is not null)
  or (items.price is null and excluded.price is not null)
  or (items.category is null and excluded.category is not null)
  or (items.brand is null and excluded.brand is not null)
)
"""
KNOWN = """
select item_id, learnt, name, url, image, price, category, brand from items
where item_id in texts(:ids)
"""
PRODUCTS = """
select item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
       group_id, cost,
       (select max(s.at) from item_states s where s.item_id = items.item_id)
from items
where item_id in texts(:ids) and availability <> 'removed'
"""
TOLD = """
item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
       group_id, description, cost
"""
# As they were told: variants one by one.
PAGE = f"""
select * from (
  select {TOLD.strip()}
  from items i
  where item_id > :after and availability <> 'removed'
    and not exists (select 1 from variants v where v.item_id = i.item_id)
  order by item_id
  limit :limit
) alone
union all
select * from (
  select {TOLD.strip()}
  from variants
  where item_id > :after and availability <> 'removed'
  order by item_id
  limit :limit
) variants
order by item_id
limit :limit
"""
REMOVE = """
update items set availability = 'removed' where item_id = :item_id and availability <> 'removed'
"""
COUNT = "select count(*) from items where availability <> 'removed'"
BY_URL = """
select item_id, url, name, image, price, sale_price, currency, category, brand
from items
where url in texts(:urls) and availability <> 'removed'
order by item_id
"""

# What events told and was known already, by the catalogue's version.
_nothing_new: dict[str, set[tuple[Item, str]]] = {}


def upsert(tx: Tx, items: Sequence[Mapping[str, Any]], now: int) -> None:
    """Keep products as a feed or the server API names them; the newest row of one id wins.

    Keys are ``told.COLUMNS``, money in minor units. A key that is absent or None keeps what was
    known; a price without a sale price ends the sale. What was removed is there again. Variants
    are one product (``groups``).
    """
    families = groups.families(tx, items)
    alone = [item for item in items if item["item_id"] not in families]
    told.upsert(tx, alone, now)
    changed = {item["item_id"] for item in alone}
    changed |= groups.call(tx, changed)
    if families:
        members = [item for item in items if item["item_id"] in families]
        changed |= groups.keep(tx, members, families, now)
    item_states.keep(tx, changed, now)
    locations.keep(tx, changed)


def learn(tx: Tx, items: Iterable[tuple[Item, str]], now: int) -> None:
    """Keep products that events speak of, each with its currency, until a feed names them.

    What is known already is never changed, and what was removed stays away.
    """
    nothing_new = locations.kept(_nothing_new, tx, set)
    told = [one for one in items if one not in nothing_new]
    if not told:
        return
    known = {row[0]: row for row in tx.tuples(KNOWN, ids=sorted({one.item_id for one, _ in told}))}
    news = [one for one in told if _says_more(one[0], known.get(one[0].item_id))]
    rows = [_learnt(*one, now) for one in news]
    # In order of id, so that two writers on PostgreSQL never wait for each other in a circle.
    tx.fill(LEARN, sorted(rows, key=itemgetter(0)))
    if rows:
        marks.touch(tx, marks.LEARNT)
    if len(nothing_new) > MOST_TOLD:
        nothing_new.clear()
    nothing_new.update(set(told) - set(news))


def products(tx: Tx, item_ids: Sequence[str]) -> dict[str, Product]:
    """Those of ``item_ids`` that are in the catalogue, in stock or not."""
    return {row[0]: _product(row) for row in tx.tuples(PRODUCTS, ids=list(item_ids))}


def remove(tx: Tx, item_id: str) -> bool:
    """Take a product, or a variant of one, out of the catalogue; False when it is not there."""
    gone, changed = groups.remove(tx, [item_id])
    if not changed:
        gone, changed = tx.run(REMOVE, item_id=item_id), {item_id}
    if gone:
        locations.keep(tx, changed)
    return gone > 0


def page(tx: Tx, limit: int, after: str | None = None) -> list[dict[str, Any]]:
    """Products by id, after the id ``after``, as the API shows them: money in major units."""
    return [_document(row) for row in tx.all(PAGE, limit=limit, after=after or "")]


def count(tx: Tx) -> int:
    """How many products the catalogue has."""
    return int(tx.value(COUNT))


def by_location(tx: Tx, location: str) -> Item | None:
    """The product whose page is at ``location`` (an address or a path); None: no product's.

    The address counts without its scheme, "www." and last slash; of its query any one key, such as
    product_no, may be what tells the catalogue's addresses apart. ``price`` is in the catalogue's
    currency, minor units.
    """
    urls = _addresses(location)
    found = {row["url"]: row for row in reversed(tx.all(BY_URL, urls=urls))}
    row = next((found[url] for url in urls if url in found), None)
    if row is None:
        return None
    return Product(**row).as_item()


def _product(row: Sequence[Any]) -> Product:
    """The product in a row of ``PRODUCTS``."""
    (item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
     group_id, cost, told_at) = row  # fmt: skip
    # Of what many products share one is enough in memory.
    return Product(
        item_id, name, url, image, price, sale_price, _shared(currency), intern(availability),
        _shared(category), _shared(brand), () if tags == "[]" else tuple(orjson.loads(tags)),
        group_id, cost, told_at,
    )  # fmt: skip


def _shared(text: str | None) -> str | None:
    return None if text is None else intern(text)


def _says_more(item: Item, known: Sequence[Any] | None) -> bool:
    """Whether an event tells of a product what is not known; ``known``: a row of ``KNOWN``."""
    if known is None:
        return True
    name, category, brand = _words(item)
    told = (name, item.url, item.image, item.price, category, brand)
    return bool(known[1]) and any(
        new is not None and old is None for new, old in zip(told, known[2:], strict=True)
    )


def _learnt(item: Item, currency: str, now: int) -> tuple[Any, ...]:
    url = None if item.url is None else safe_link(item.url)
    image = None if item.image is None else safe_link(item.image)
    name, category, brand = _words(item)
    return (item.item_id, name, url, image, item.price, currency, category, brand, now, now)


def _words(item: Item) -> tuple[str | None, str | None, str | None]:
    """What an event calls a product, its category and its brand; an empty word teaches nothing."""
    return (_word(item.name), _word(item.category), _word(item.brand))


def _word(text: str | None) -> str | None:
    return text if text and not text.isspace() else None


def _document(row: Row) -> dict[str, Any]:
    document = {**row, "tags": orjson.loads(row["tags"])}
    for key in MONEY:
        if row[key] is not None and row["currency"] is not None:
            document[key] = to_major(row[key], row["currency"])
    return {key: value for key, value in document.items() if value is not None}


def _addresses(location: str) -> list[str]:
    """Every way a catalogue may write the address of the page at ``location``, best first."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return []
    keys = parts.query.split("&")[:MOST_KEYS] if parts.query else []
    queries = dict.fromkeys([parts.query, *keys, ""])
    bare = parts.path.rstrip("/")
    paths = dict.fromkeys([parts.path or "/", bare or "/", f"{bare}/"])
    host = parts.netloc.lower().removeprefix("www.")
    origins = [""]
    if host:
        origins += [
            f"{scheme}://{www}{host}" for scheme in ("https", "http") for www in ("", "www.")
        ]
    return [
        f"{origin}{path}{'?' * bool(query)}{query}"
        for query in queries
        for path in paths
        for origin in origins
    ]
