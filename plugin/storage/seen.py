"""What has been seen in this shop, for an owner to choose from: events, params, values of traits?

Each look has a bound of its own, whatever the shop's size: names are found by leaping through an
index, values among the newest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson

from plugin.storage.engine import Tx

MOST_NAMES = 300
MOST_VALUES = 40
LEAP = """
with recursive n (name, place) as (
  select min({column}), 1 from {table}
  union all
  select (select min(t.{column}) from {table} t where t.{column} > n.name), n.place + 1
  from n where n.name is not null and n.place < :most
)
select name from n where name is not null
"""
EVENTS = LEAP.replace("{column}", "name").replace("{table}", "events")
DECLARED = LEAP.replace("{column}", "trait").replace("{table}", "declared")
SAID = """
select distinct folded from (select folded from declared where trait = :trait limit 500) d
where folded is not null and folded <> '' order by folded limit :most
"""
COLUMNS = (
    "device", "browser", "in_app_browser", "language", "country", "channel_first", "channel_last",
    "source_first", "source_last", "campaign_last", "last_category",
)  # fmt: skip
PEOPLE = f"select {', '.join(COLUMNS)} from profiles order by last_seen_at desc limit 2000"
PARAMS = "select name, params from events order by seq desc limit 500"
PRODUCTS = "select category, brand from items limit 5000"


def events(tx: Tx) -> list[str]:
    """The names of all events that came, by name."""
    return [name for (name,) in tx.tuples(EVENTS, most=MOST_NAMES)]


def declared(tx: Tx) -> dict[str, list[str]]:
    """The traits that visitors or the shop declared, by name, with some of their values."""
    names = [name for (name,) in tx.tuples(DECLARED, most=MOST_NAMES)]
    return {
        name: [value for (value,) in tx.tuples(SAID, trait=name, most=MOST_VALUES)]
        for name in names
    }


def values(tx: Tx) -> dict[str, list[str]]:
    """The values of texts about visitors among those seen last, the most frequent first."""
    columns = zip(*tx.tuples(PEOPLE), strict=True)
    return {name: _frequent(column) for name, column in zip(COLUMNS, columns, strict=False)}


def params(tx: Tx) -> dict[str, list[str]]:
    """The params of the newest events, by the event's name."""
    found: dict[str, set[str]] = {}
    for name, told in tx.tuples(PARAMS):
        found.setdefault(name, set()).update(orjson.loads(told))
    return {name: sorted(own)[:MOST_NAMES] for name, own in found.items()}


def product_values(tx: Tx) -> dict[str, list[str]]:
    """The categories and brands of the catalogue, the most frequent first."""
    rows = tx.tuples(PRODUCTS)
    return {
        "item_category": _frequent(category for category, _ in rows),
        "item_brand": _frequent(brand for _, brand in rows),
    }


def _frequent(told: Iterable[str | None]) -> list[str]:
    counted = Counter(one for one in told if one)
    return [value for value, _ in counted.most_common(MOST_VALUES)]
