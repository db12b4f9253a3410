"""Which of our codes came back in an order, and what did they take off?

Worked out anew from all that was told of an order whenever more is told of it. One code of a unique
pool counts once: for the earliest order that did not go back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from plugin.collect.event import Event
from plugin.errors import PluginError
from plugin.serve.retain.coupon import TEXT, Pool, codes_in, discounted, folded, read_pool
from plugin.shop import Shop, to_minor
from plugin.storage import orders
from plugin.storage.engine import Row, Tx

KNOWN = """
select distinct transaction_id from redemptions where transaction_id in texts(:ids)
"""
TOLD = """
select transaction_id, source, at, event_id, params from events
where transaction_id in texts(:ids) and name = 'purchase'
"""
ORDERS = "select * from orders where transaction_id in texts(:ids)"
OURS = """
select k.folded, k.pool, p.body, p.kind from coupon_codes k join coupon_pools p on p.slug = k.pool
where k.folded in texts(:folded)
"""
CLAIM = """
select c.folded, c.profile, min(c.seq) as claim from coupon_claims c
where c.folded in texts(:folded) group by c.folded, c.profile
"""
ROWS = """
select r.*, coalesce(p.kind, 'text') as kind from redemptions r
left join coupon_pools p on p.slug = r.pool
where r.transaction_id in texts(:ids) or r.folded in texts(:folded)
"""
DROP = "delete from redemptions where transaction_id in texts(:ids)"
ADD = """
insert into redemptions (transaction_id, code, folded, pool, claim, at, value, back)
values (:transaction_id, :code, :folded, :pool, :claim, :at, :value, :back)
"""
COUNTS = "update redemptions set counts = :counts where seq = :seq"
COST = "update orders set cost = :cost where transaction_id = :transaction_id"
USE = """
update coupon_pools set spent = spent + :spent, held = held + :held where slug = :slug
"""
CLAIMS = "select * from coupon_claims where seq in ints(:seqs)"
USED = """
select distinct claim from redemptions where claim in ints(:seqs) and counts = 1 and back = 0
"""
STATE = "update coupon_claims set state = :state where seq = :seq"
BY_POOL = """
select pool, count(*) as redeemed, cast(sum(value) as {int}) as money from redemptions
where pool is not null and counts = 1 and back = 0
group by pool
"""
AGAIN = """
select pool, count(*) as orders from redemptions
where pool is not null and counts = 0 and back = 0
group by pool
"""
UNKNOWN = """
select min(code) as code, count(*) as orders, max(at) as last_at from redemptions
where pool is null and back = 0
group by folded order by count(*) desc, folded limit :limit
"""


def settle(tx: Tx, fresh: Iterable[Event], shop: Shop) -> None:
    """Recognise our codes in the orders that ``fresh`` (events just stored and settled) speak of.

    What they took off is kept, counted against the pool's budget, and deducted from the order
    (``orders.cost``) where its value does not show it already.
    """
    told = [e for e in fresh if e.transaction_id and e.name in ("purchase", "refund")]
    if not told:
        return
    spoken_of = sorted({e.transaction_id for e in told if e.transaction_id})
    known = {row["transaction_id"] for row in tx.all(KNOWN, ids=spoken_of)}
    coded = {e.transaction_id for e in told if e.transaction_id and e.params.get("coupon")}
    if ids := sorted(known | coded):
        _anew(tx, ids, shop, max(e.received_at for e in told))


def by_pool(tx: Tx) -> dict[str, Row]:
    """What came of each pool's codes: redeemed, money (minor units), again: orders that brought a
    code for one order once more.
    """
    again = {row["pool"]: row["orders"] for row in tx.all(AGAIN)}
    found = {row["pool"]: row for row in tx.all(BY_POOL)}
    none = {"redeemed": 0, "money": 0}
    return {
        pool: {**none, **found.get(pool, {}), "again": again.get(pool, 0)}
        for pool in sorted({*found, *again})
    }


def unknown(tx: Tx, limit: int = 20) -> list[Row]:
    """Codes in orders that no pool of ours has, the most used first: code, orders, last_at."""
    return tx.all(UNKNOWN, limit=limit)


def _anew(tx: Tx, ids: Sequence[str], shop: Shop, now: int) -> None:
    """Work the redemptions of these orders out, and put right what hangs on them."""
    found = [row for one in _told(tx, ids) for row in one]
    codes = {row["folded"] for row in found}
    before = tx.all(ROWS, ids=list(ids), folded=sorted(codes))
    codes |= {row["folded"] for row in before}
    before = tx.all(ROWS, ids=list(ids), folded=sorted(codes))
    tx.run(DROP, ids=list(ids))
    tx.many(ADD, _valued(tx, found, codes, shop))
    after = _counted(tx, tx.all(ROWS, ids=list(ids), folded=sorted(codes)))
    spent = _spent(after)
    spent.subtract(_spent(before))
    both = (*before, *after)
    held = _put_claims(tx, {row["claim"] for row in both if row["claim"] is not None}, now)
    # In order, so that two writers on PostgreSQL never wait for each other in a circle.
    for pool in sorted({*spent, *held}):
        tx.run(USE, slug=pool, spent=spent[pool], held=held[pool])
    _put_costs(tx, {row["transaction_id"] for row in both if row["transaction_id"]} | {*ids}, shop)


def _spent(rows: Iterable[Row]) -> Counter[str]:
    """What the rows that count took off, by pool."""
    spent: Counter[str] = Counter()
    for row in rows:
        if row["pool"] is not None and row["counts"] and not row["back"]:
            spent[row["pool"]] += row["value"]
    return spent


def _told(tx: Tx, ids: Sequence[str]) -> Iterable[list[Row]]:
    """For each order that names codes, a row for each: what the best telling with codes says."""
    told: dict[str, list[Row]] = defaultdict(list)
    for row in tx.all(TOLD, ids=list(ids)):
        told[row["transaction_id"]].append(row)
    for order in tx.all(ORDERS, ids=list(ids)):
        tellings = [
            orjson.loads(row["params"])
            for row in sorted(told[order["transaction_id"]], key=orders.rank)
        ]
        codes = next((found for one in tellings if (found := codes_in(one.get("coupon")))), ())
        off = next((one["discount"] for one in tellings if "discount" in one), None)
        went_back = order["refunded"] > 0 and order["refunded"] >= order["value"]
        yield [
            {
                "transaction_id": order["transaction_id"],
                "code": code,
                "folded": folded(code),
                "at": order["at"],
                "back": int(went_back),
                "order": order,
                "off": _minor(off, order["currency"]),
            }
            for code in codes
        ]


def _valued(tx: Tx, found: Sequence[Row], codes: set[str], shop: Shop) -> list[Row]:
    """The rows with their pool, claim, and what each took off; the first of an order takes all that
    the order says was taken off.
    """
    ours = {row["folded"]: row for row in tx.all(OURS, folded=sorted(codes))}
    claims = {
        (row["folded"], row["profile"]): row["claim"] for row in tx.all(CLAIM, folded=sorted(codes))
    }
    valued, said = [], set()
    for row in found:
        order, known = row["order"], ours.get(row["folded"])
        pool = _pool(known, shop) if known else None
        value = _value(pool, order, row["off"], shop) if pool is not None else 0
        if pool is not None and row["off"] is not None:
            value = 0 if row["transaction_id"] in said else value
            said.add(row["transaction_id"])
        claim = claims.get((row["folded"], order["profile"]))
        if claim is None and known is not None and known["kind"] != TEXT:
            claim = next((c for (code, _), c in claims.items() if code == row["folded"]), None)
        keys = ("transaction_id", "code", "folded", "at", "back")
        valued.append(
            {key: row[key] for key in keys}
            | {"pool": known["pool"] if known else None, "claim": claim, "value": value}
        )
    return valued


def _pool(row: Mapping[str, Any], shop: Shop) -> Pool | None:
    try:
        return read_pool(row["pool"], orjson.loads(row["body"]), shop)
    except PluginError:  # a document of another version: the code is still ours
        return None


def _value(pool: Pool, order: Row, off: int | None, shop: Shop) -> int:
    if order["currency"] != shop.currency and off is None:
        return 0  # the pool's amounts are in the shop's own
    return discounted(pool.discount, order["value"], off, before=_before(shop))


def _before(shop: Shop) -> bool:
    """Whether this shop's orders tell their value as it was before the discount."""
    return shop.settings.get("value_before_discount") is True


def _counted(tx: Tx, rows: list[Row]) -> list[Row]:
    """The rows with ``counts`` put right: of one code for one order, the earliest that stands."""
    taken: set[str] = set()
    for row in sorted(rows, key=lambda row: (row["back"], row["at"], str(row["transaction_id"]))):
        once = row["pool"] is not None and row["kind"] != TEXT
        counts = int(not (once and row["folded"] in taken))
        if once and not row["back"]:
            taken.add(row["folded"])
        if counts != row["counts"]:
            tx.run(COUNTS, seq=row["seq"], counts=counts)
            row["counts"] = counts
    return rows


def _put_claims(tx: Tx, seqs: set[int], now: int) -> Counter[str]:
    """Say of each claim whether it is open, redeemed or expired; by pool, what is held more now."""
    used = {row["claim"] for row in tx.all(USED, seqs=sorted(seqs))}
    held: Counter[str] = Counter()
    for claim in tx.all(CLAIMS, seqs=sorted(seqs)):
        over = claim["expires_at"] is not None and claim["expires_at"] <= now
        state = "redeemed" if claim["seq"] in used else "expired" if over else "open"
        if state != claim["state"]:
            tx.run(STATE, seq=claim["seq"], state=state)
            held[claim["pool"]] += claim["worth"] * ((state == "open") - (claim["state"] == "open"))
    return held


def _put_costs(tx: Tx, ids: set[str], shop: Shop) -> None:
    """Say of each order what its value does not show of the discount.

    What is delivered for nothing never stood in the value, so it costs on top.
    """
    rows = tx.all(ROWS, ids=sorted(ids), folded=[])
    ours = {row["folded"]: row for row in tx.all(OURS, folded=sorted({r["folded"] for r in rows}))}
    costs: Counter[str] = Counter()
    for row in rows:
        known = ours.get(row["folded"])
        if known is None or not row["counts"] or row["back"]:
            continue
        if _before(shop) or _is_delivery(_pool(known, shop)):
            costs[row["transaction_id"]] += row["value"]
    for one in sorted(ids):
        tx.run(COST, transaction_id=one, cost=costs[one])


def _is_delivery(pool: Pool | None) -> bool:
    return pool is not None and pool.discount.is_delivery


def _minor(told: Any, currency: str) -> int | None:
    """An amount of an event's params (major units) in minor ones; None: there is none to read."""
    if told is None or isinstance(told, bool):
        return None
    try:
        amount = Decimal(str(told))
        return to_minor(amount, currency) if amount.is_finite() and amount >= 0 else None
    except (InvalidOperation, ValueError):
        return None
