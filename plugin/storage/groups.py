"""Which variants make one product, and what does the catalogue say of it?

What was told of each variant is kept beside (table ``variants``); the catalogue has one row for all
of them, under the id of one. So whatever reads the catalogue knows of products only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from plugin.collect.item_ids import called
from plugin.serve.variants import one_of
from plugin.storage import names, told
from plugin.storage.engine import Row, Tx
from plugin.storage.names import Meant

REMOVED = "removed"
FAMILIES = "select item_id, family from variants where item_id in texts(:ids)"
# What stood alone until now.
TAKE = """
insert into variants (item_id, name, url, image, price, sale_price, currency, availability,
                      category, brand, tags, group_id, description, cost, created_at, updated_at)
select item_id, name, url, image, price, sale_price, currency, availability, category, brand, tags,
       group_id, description, cost, created_at, updated_at
from items where item_id in texts(:ids) and learnt = 0
on conflict (item_id) do nothing
"""
JOIN = "update variants set family = :family where item_id = :item_id and family <> :family"
OF = "select * from variants where family in texts(:families) order by item_id {lock}"
STAND = "update variants set card = :card where family = :family and card <> :card"
CARD = """
insert into items (item_id, name, url, image, price, sale_price, currency, availability,
                   category, brand, tags, group_id, description, cost, created_at, updated_at)
values (:item_id, :name, :url, :image, :price, :sale_price, :currency, :availability, :category,
        :brand, :tags, :group_id, :description, :cost, :created_at, :updated_at)
on conflict (item_id) do update set
  name = excluded.name, url = excluded.url, image = excluded.image, price = excluded.price,
  sale_price = excluded.sale_price, currency = excluded.currency,
  availability = excluded.availability, category = excluded.category, brand = excluded.brand,
  tags = excluded.tags, group_id = excluded.group_id, description = excluded.description,
  cost = excluded.cost, learnt = 0, created_at = excluded.created_at,
  updated_at = excluded.updated_at
"""
CLOSE = "update items set availability = 'removed' where item_id = :item_id"
# Rows of their own that variants had, and that pages taught of their names.
OWN_ROWS = """
select item_id from items
where item_id in texts(:variants) or (learnt = 1 and item_id in texts(:names))
"""
DROP = "delete from items where item_id in texts(:ids)"
MOVE = """
update item_events
set item_id = (select n.item_id from item_names n where n.name = item_events.item_id)
where name = :event and item_id in texts(:ids)
"""
MOVED = ("view_item", "add_to_cart", "remove_from_cart", "add_to_wishlist", "purchase", "refund")
REMOVE = """
update variants set availability = 'removed'
where item_id in texts(:ids) and availability <> 'removed'
"""


def families(tx: Tx, items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the variants among ``items`` share with their kind, by id: what the shop says, else what
    the id says, else what is known; products that stand alone are not in it.
    """
    known = dict(tx.tuples(FAMILIES, ids=[item["item_id"] for item in items]))
    found = {}
    for item in items:
        item_id = item["item_id"]
        family = item.get("group_id") or called(item_id).product or known.get(item_id)
        if family:
            found[item_id] = family
    return found


def keep(
    tx: Tx, items: Sequence[Mapping[str, Any]], family_of: Mapping[str, str], now: int
) -> set[str]:
    """Keep variants as they are told; the ids of the catalogue's rows that may be others now."""
    ids = sorted(family_of)
    before = {family for _, family in tx.tuples(FAMILIES, ids=ids)}
    tx.run(TAKE, ids=ids)
    told.upsert(tx, items, now, variants=True)
    tx.many(JOIN, [{"item_id": one, "family": family_of[one]} for one in ids])
    return renew(tx, before | set(family_of.values()))


def remove(tx: Tx, item_ids: Sequence[str]) -> tuple[int, set[str]]:
    """Take variants away: how many there were, and the rows that may be others now."""
    touched = {family for _, family in tx.tuples(FAMILIES, ids=list(item_ids))}
    gone = tx.run(REMOVE, ids=list(item_ids)) if touched else 0
    return gone, renew(tx, touched) if gone else set()


def renew(tx: Tx, touched: Iterable[str]) -> set[str]:
    """Say anew what the catalogue says of these families; the ids of the rows that may be others.

    A product keeps the id of the variant that it is called by until that one is gone.
    """
    of: dict[str, list[Row]] = defaultdict(list)
    for row in tx.all(OF, families=sorted(touched)):
        of[row["family"]].append({**row, "tags": orjson.loads(row["tags"])})
    meant: dict[str, Meant] = {}
    cards = {}
    for family, variants in of.items():
        cards[family] = card = _card(variants, family)
        tx.run(STAND, family=family, card=card)
        meant |= {family: Meant(card), **_names(variants, family, card)}
        _write(tx, variants, family, card)
    names.keep(tx, meant)
    for family, variants in of.items():
        names.lead_on(tx, [one["item_id"] for one in variants], cards[family])
    ids = {one["item_id"] for variants in of.values() for one in variants}
    gone = _drop(tx, ids - set(cards.values()), meant.keys() - set(cards.values()))
    return gone | set(cards.values())


def call(tx: Tx, item_ids: Iterable[str]) -> set[str]:
    """Keep by which other ids products that stand alone are called; the rows that went for it."""
    inside = {one: name for one in item_ids if (name := called(one).item) is not None}
    if not inside:
        return set()
    names.keep(tx, {name: Meant(one) for one, name in inside.items()})
    return _drop(tx, (), inside.values())


def _card(variants: Sequence[Row], family: str) -> str:
    """The id by which the product of these variants goes."""
    living = [one["item_id"] for one in variants if one["availability"] != REMOVED]
    had = [one["card"] for one in variants if one["card"]]
    likely = [one for one in (*had, family) if one in living]
    card: str = next(iter([*likely, *living, *had, variants[0]["item_id"]]))
    return card


def _names(variants: Sequence[Row], family: str, card: str) -> dict[str, Meant]:
    """By which ids pages and carts call the product, and its variants."""
    found = {}
    inside = [called(family).item, *(called(one["item_id"]).product for one in variants)]
    found = {name: Meant(card) for name in inside if name is not None}
    for one in variants:
        own = one["item_id"]
        variant = "" if own == family else own
        for name in (called(own).item, own):
            if name is not None:
                found[name] = Meant(card, variant)
    return found


def _write(tx: Tx, variants: Sequence[Row], family: str, card: str) -> None:
    living = [one for one in variants if one["availability"] != REMOVED]
    if not living:
        tx.run(CLOSE, item_id=card)
        return
    row = one_of(living, family)
    tags = orjson.dumps(row["tags"]).decode()
    updated_at = max(one["updated_at"] for one in variants)
    tx.run(CARD, **{**row, "item_id": card, "tags": tags, "updated_at": updated_at})


def _drop(tx: Tx, variants: Iterable[str], other: Iterable[str]) -> set[str]:
    """Let rows of their own that variants had, and that pages taught of names, be the product's."""
    asked = {"variants": sorted(variants), "names": sorted(other)}
    gone = {item_id for (item_id,) in tx.tuples(OWN_ROWS, **asked)}
    if gone:
        tx.run(DROP, ids=sorted(gone))
        for event in MOVED:
            tx.run(MOVE, event=event, ids=sorted(gone))
    return gone
