"""What does the clock keep of how visitors and products stand among all?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from plugin.segment.facts import Happening
from plugin.segment.ranking import Figures, Order
from plugin.segment.standing import FIGURES, PRODUCTS, STANDING, Sold
from plugin.shop import DAY
from plugin.storage.engine import Tx

READ_AT_ONCE = 20_000  # profile ids whose orders are read in one piece
SPAN = "select min(profile) as first, max(profile) as last from orders"
ORDERS = """
select profile, at, value, refunded, currency from orders
where profile >= :first and profile < :until and at <= :now
order by profile, at
"""
SPENT = "select id, revenue_total from profiles where orders_total > 0"
BOUGHT_AGAIN = """
with again as (
  select profile, item_id from item_events where name = 'purchase' and at <= :now
  group by profile, item_id having min(at) < max(at)
)
select e.item_id, e.profile, e.at
from again join item_events e
  on e.profile = again.profile and e.name = 'purchase' and e.item_id = again.item_id
where e.at <= :now
order by e.item_id, e.profile, e.at
"""
PRICES = """
select item_id, price from items
where price is not null and availability <> 'removed' and coalesce(currency, :currency) = :currency
"""
STANDINGS = "select profile, revenue from standings"
STANDINGS_OF = "select profile, revenue from standings where profile in ints(:ids)"
PRODUCT_STANDINGS = "select item_id, price, gap_days from product_standings"
PRODUCT_STANDINGS_OF = f"{PRODUCT_STANDINGS} where item_id in texts(:ids)"
# Whoever was erased meanwhile stands nowhere.
KEEP = """
insert into standings (profile, revenue, run)
select id, cast(:revenue as {int}), :run from profiles where id = :profile
on conflict (profile) do update set revenue = excluded.revenue, run = excluded.run
"""
KEEP_PRODUCT = """
insert into product_standings (item_id, price, gap_days, run)
values (:item_id, :price, :gap_days, :run)
on conflict (item_id) do update set
  price = excluded.price, gap_days = excluded.gap_days, run = excluded.run
"""
FIGURE = "select value from figures where name = :name"
KEEP_FIGURE = """
insert into figures (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value
"""
MOVED = "select profile from standings where run > :looked order by profile"
MOVED_PRODUCTS = "select item_id from product_standings where run > :looked"
VIEWERS = f"""
select distinct profile from item_events
where item_id in texts(:ids) and name = 'view_item' and at > :now - {30 * DAY}
"""
BUYERS = """
select distinct profile from item_events where name = 'purchase' and item_id in texts(:ids)
"""
CUSTOMERS = "select id from profiles where orders_total > 0"
_read = msgspec.json.Decoder(Figures).decode


def orders(tx: Tx, now: int, currency: str) -> Iterator[Order]:
    """Every order up to ``now`` (Unix ms), by profile and time; money of ``currency`` only."""
    span = tx.one(SPAN) or {"first": None}
    if span["first"] is None:
        return
    for first in range(span["first"], span["last"] + 1, READ_AT_ONCE):
        until = first + READ_AT_ONCE
        for profile, at, value, back, of in tx.tuples(ORDERS, first=first, until=until, now=now):
            ours = of == currency
            yield Order(profile, at, value, back) if ours else Order(profile, at, 0, 0, ours=False)


def spent(tx: Tx) -> dict[int, int]:
    """The money (minor units) of each profile with orders, net of what was given back."""
    return dict(tx.tuples(SPENT))


def bought_again(tx: Tx, now: int) -> list[tuple[Any, ...]]:
    """(product, profile, moment) of everything that somebody bought more than once, in order."""
    return tx.tuples(BOUGHT_AGAIN, now=now)


def prices(tx: Tx, currency: str) -> dict[str, int]:
    """The price (minor units) of each product of the catalogue that has one in ``currency``."""
    return dict(tx.tuples(PRICES, currency=currency))


def figures(tx: Tx, name: str = "shop") -> Figures | None:
    """The shop's figures, ``before``: as visitors were last looked at for them; None: not yet."""
    kept = tx.value(FIGURE, name=name)
    return None if kept is None else _read(kept)


def revenue(tx: Tx) -> dict[int, int | None]:
    """The kept percentile of each profile that has, or had, one."""
    return dict(tx.tuples(STANDINGS))


def products(tx: Tx) -> dict[str, Sold]:
    """How each product stands."""
    return {item_id: Sold(price, gap) for item_id, price, gap in tx.tuples(PRODUCT_STANDINGS)}


def runs(tx: Tx) -> tuple[int, int]:
    """The latest pass, and the latest whose visitors were all told to be looked at."""
    return int(tx.value(FIGURE, name="run") or 0), int(tx.value(FIGURE, name="looked") or 0)


def begin(tx: Tx, run: int) -> None:
    """Say that a pass changes something from now on."""
    tx.run(KEEP_FIGURE, name="run", value=str(run))


def keep_revenue(tx: Tx, run: int, changed: Mapping[int, int | None]) -> None:
    """Keep the percentiles that changed; None: no buyer of 365 days any more."""
    rows = [{"profile": p, "revenue": kept, "run": run} for p, kept in sorted(changed.items())]
    tx.many(KEEP, rows)


def keep_products(tx: Tx, run: int, changed: Mapping[str, Sold]) -> None:
    """Keep how products stand that stand elsewhere than before."""
    rows = [{"item_id": one, **sold._asdict(), "run": run} for one, sold in sorted(changed.items())]
    tx.many(KEEP_PRODUCT, rows)


def keep_figures(tx: Tx, found: Figures) -> None:
    """Keep the shop's figures."""
    tx.run(KEEP_FIGURE, name="shop", value=msgspec.json.encode(found).decode())


def finish(tx: Tx, run: int) -> None:
    """Say that all whom the pass concerns will be looked at."""
    tx.run(KEEP_FIGURE, name="looked", value=str(run))
    kept = tx.value(FIGURE, name="shop")
    if kept is not None:
        tx.run(KEEP_FIGURE, name="before", value=kept)


def moved(tx: Tx, looked: int) -> set[int]:
    """The profiles whose percentile changed after the pass ``looked``."""
    return {profile for (profile,) in tx.tuples(MOVED, looked=looked)}


def concerned(tx: Tx, looked: int, now: int, *, viewers: bool, buyers: bool) -> set[int]:
    """Who viewed in 30 days, or bought, a product that stands elsewhere since ``looked``."""
    ids = [item_id for (item_id,) in tx.tuples(MOVED_PRODUCTS, looked=looked)]
    found: set[int] = set()
    if ids and viewers:
        found |= {profile for (profile,) in tx.tuples(VIEWERS, ids=ids, now=now)}
    if ids and buyers:
        found |= {profile for (profile,) in tx.tuples(BUYERS, ids=ids)}
    return found


def customers(tx: Tx) -> set[int]:
    """Everybody who ever ordered."""
    return {profile for (profile,) in tx.tuples(CUSTOMERS)}


Loaded = Mapping[int, Mapping[str, Sequence[Happening]]]


def _figures_for(tx: Tx, ids: Sequence[int], loaded: Loaded) -> Mapping[int, Figures | None]:
    return dict.fromkeys(ids, figures(tx))


def _standing_of(tx: Tx, ids: Sequence[int], loaded: Loaded) -> Mapping[int, int | None]:
    return dict(tx.tuples(STANDINGS_OF, ids=list(ids)))


def _products_of(tx: Tx, ids: Sequence[int], loaded: Loaded) -> Mapping[int, Mapping[str, Sold]]:
    """One and the same for all: how the products stand that any of them viewed or bought."""
    names = {
        item.card
        for own in loaded.values()
        for name in ("view_item", "purchase")
        for one in own.get(name, ())
        for item in one.items
    }
    rows = tx.tuples(PRODUCT_STANDINGS_OF, ids=sorted(names)) if names else []
    found = {item_id: Sold(price, gap) for item_id, price, gap in rows}
    return dict.fromkeys(ids, found)


# As ``storage.facts.ALSO`` has them.
LOADERS: dict[str, Callable[[Tx, Sequence[int], Loaded], Mapping[int, Any]]] = {
    FIGURES: _figures_for,
    STANDING: _standing_of,
    PRODUCTS: _products_of,
}
