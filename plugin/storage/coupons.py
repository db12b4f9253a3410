"""Which codes are there to be given out, who has which, and how much of each budget is used?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.serve.retain.coupon import EXPIRED, GONE, LATER, TEXT, Pool, folded
from plugin.storage.engine import Row, Tx

PUT = """
insert into coupon_pools (slug, body, kind, enabled, until_at, most_codes, most_money, worth, free,
                          created_at, updated_at)
values (:slug, :body, :kind, :enabled, :until_at, :most_codes, :most_money, :worth, :free,
        :now, :now)
on conflict (slug) do update set
  body = excluded.body, enabled = excluded.enabled, until_at = excluded.until_at,
  most_codes = excluded.most_codes, most_money = excluded.most_money, worth = excluded.worth,
  updated_at = excluded.updated_at
"""
GET = "select * from coupon_pools where slug = :slug"
# Whoever holds the row decides alone; on PostgreSQL the others wait here.
TAKE = "select * from coupon_pools where slug = :slug {lock}"
ALL = "select * from coupon_pools order by slug"
DELETE = "delete from coupon_pools where slug = :slug"
ADD = """
insert into coupon_codes (pool, code, folded, created_at) values (:pool, :code, :folded, :now)
on conflict (folded) do nothing
returning seq
"""
FREED = "update coupon_pools set free = free + :more where slug = :slug"
OWNER = "select pool from coupon_codes where folded = :folded"
NEXT_CODE = """
select seq, code from coupon_codes where pool = :pool and given_at is null order by seq limit 1
"""
GIVE_CODE = "update coupon_codes set given_at = :now where seq = :seq"
HAD = """
select * from coupon_claims where profile = :profile and popup = :popup and pool = :pool
order by seq limit 1
"""
GIVE = """
insert into coupon_claims (pool, popup, profile, code, folded, worth, given_at, expires_at)
values (:pool, :popup, :profile, :code, :folded, :worth, :now, :expires_at)
"""
COUNT = """
update coupon_pools set given = given + 1, held = held + :worth, free = free - :one
where slug = :slug
"""
OF_NETWORK = """
select given from coupon_networks where day = :day and pool = :pool and network = :network
"""
COUNT_NETWORK = """
insert into coupon_networks (day, pool, network, given) values (:day, :pool, :network, 1)
on conflict (day, pool, network) do update set given = coupon_networks.given + 1
"""
FORGET_NETWORKS = "delete from coupon_networks where day < :day"
HAS_ROOM = """
select slug from coupon_pools
where slug in texts(:slugs) and enabled = 1 and free > 0
  and (until_at is null or until_at > :now)
  and (most_codes is null or given < most_codes)
  and (most_money is null or held + spent + worth <= most_money)
"""
HAS_ONE = "select pool, popup, state, expires_at from coupon_claims where profile = :profile"
ENDED = """
select c.seq, c.pool, c.worth from coupon_claims c
where c.state = 'open' and c.expires_at <= :now
  and (cast(:pool as text) is null or c.pool = :pool)
order by c.seq limit :most
"""
END = "update coupon_claims set state = 'expired' where seq in ints(:seqs) and state = 'open'"
HOLD = "update coupon_pools set held = held + :change where slug = :slug"
CODES = """
select seq, code, folded, given_at from coupon_codes
where pool = :pool and seq > :after order by seq limit :limit
"""
FATES = """
select c.folded, c.popup, c.given_at, c.expires_at, c.state,
  (select min(r.transaction_id) from redemptions r
   where r.folded = c.folded and r.counts = 1 and r.back = 0) as transaction_id
from coupon_claims c where c.folded in texts(:folded) order by c.seq desc
"""
MOST_ENDED = 1_000  # codes whose time is over that one pass takes back


@dataclass(frozen=True)
class Claim:
    """A code that somebody has; ``expires_at``: Unix ms, None for never. ``new``: just given."""

    code: str
    expires_at: int | None
    new: bool


def put(tx: Tx, pool: Pool, now: int) -> None:
    """Keep a pool, new or changed; the codes that were given out stay as they are."""
    tx.run(
        PUT,
        slug=pool.slug,
        body=orjson.dumps(dict(pool.document)).decode(),
        kind=pool.kind,
        enabled=pool.enabled,
        until_at=pool.until,
        most_codes=pool.most_codes,
        most_money=pool.most_money,
        worth=pool.discount.worth or 0,
        free=int(pool.kind == TEXT),  # one text serves everybody
        now=now,
    )


def get(tx: Tx, slug: str) -> Row | None:
    """A pool: body (read), kind, enabled, free, given, held, spent, …; None when absent."""
    row = tx.one(GET, slug=slug)
    return None if row is None else _read(row)


def all(tx: Tx) -> list[Row]:
    """Every pool by slug; rows as of ``get``."""
    return [_read(row) for row in tx.all(ALL)]


def delete(tx: Tx, slug: str) -> bool:
    """Remove a pool with its codes; False when there is none. What orders took off stays known."""
    return tx.run(DELETE, slug=slug) > 0


def owner_of(tx: Tx, code: str) -> str | None:
    """The pool a code belongs to, or None."""
    found: str | None = tx.value(OWNER, folded=folded(code))
    return found


def add_codes(tx: Tx, pool: str, codes: Sequence[str], now: int) -> int:
    """Put codes into a pool; how many are new. One that any pool of the shop has stays there."""
    rows = [{"pool": pool, "code": one, "folded": folded(one), "now": now} for one in codes]
    new = sum(found is not None for found in tx.many_returning(ADD, rows))
    row = tx.one(TAKE, slug=pool)
    if row is not None and row["kind"] != TEXT:
        tx.run(FREED, slug=pool, more=new)
    return new


def available(tx: Tx, pool: str, profile: int | None, now: int, popup: str | None = None) -> bool:
    """Whether a popup that gives codes of ``pool`` has one for this visitor now (Unix ms).

    A visitor who got one of ``popup`` before is shown the same for as long as it is good; once it
    has ended there is no other.
    """
    had = _had(tx, profile, now).get((pool, popup))
    return pool in with_room(tx, [pool], now) if had is None else had


def closed(tx: Tx, wanted: Mapping[str, str], profile: int | None, now: int) -> set[str]:
    """Of the popups in ``wanted`` (popup -> its pool), those that have no code for this visitor.

    Two look-ups by key however many popups there are; none when no popup gives codes.
    """
    if not wanted:
        return set()
    room, had = with_room(tx, set(wanted.values()), now), _had(tx, profile, now)
    return {popup for popup, pool in wanted.items() if not had.get((pool, popup), pool in room)}


def with_room(tx: Tx, slugs: Sequence[str] | set[str], now: int) -> set[str]:
    """The pools among ``slugs`` that can give out one more code."""
    return {row["slug"] for row in tx.all(HAS_ROOM, slugs=sorted(slugs), now=now)}


def had(tx: Tx, pool: str, popup: str, profile: int) -> Claim | None:
    """The code that this visitor got of this popup, or None."""
    row = tx.one(HAD, pool=pool, popup=popup, profile=profile)
    return None if row is None else Claim(row["code"], row["expires_at"], new=False)


def claim(
    tx: Tx, pool: Pool, popup: str, profile: int, now: int, day: int, network: str
) -> Claim | str:
    """Give a visitor a code of ``pool`` in ``popup``, or the one it has already.

    day: the shop's, days since 1970; network: a name that tells networks apart and nobody's
    address. Else why not: GONE, LATER, EXPIRED. In the transaction of the answer, or not at all.
    """
    row = tx.one(TAKE, slug=pool.slug)
    before = had(tx, pool.slug, popup, profile)
    if before is not None:
        over = before.expires_at is not None and before.expires_at <= now
        return EXPIRED if over else before
    end_expired(tx, now, pool.slug)
    if row is None or pool.slug not in with_room(tx, [pool.slug], now):
        return GONE
    place = {"day": day, "pool": pool.slug, "network": network}
    if (tx.value(OF_NETWORK, **place) or 0) >= pool.per_network:
        return LATER
    code = _take_code(tx, pool, now)
    if code is None:
        return GONE
    worth, expires_at = pool.discount.worth or 0, pool.ends(now)
    tx.run(
        GIVE,
        pool=pool.slug,
        popup=popup,
        profile=profile,
        code=code,
        folded=folded(code),
        worth=worth,
        now=now,
        expires_at=expires_at,
    )
    tx.run(COUNT, slug=pool.slug, worth=worth, one=int(pool.kind != TEXT))
    tx.run(FORGET_NETWORKS, day=day)
    tx.run(COUNT_NETWORK, **place)
    return Claim(code, expires_at, new=True)


def end_expired(tx: Tx, now: int, pool: str | None = None) -> int:
    """Give back to the budgets what codes hold whose time is over; how many. pool: of it alone."""
    rows = tx.all(ENDED, now=now, most=MOST_ENDED, pool=pool)
    # In order, so that two writers on PostgreSQL never wait for each other in a circle.
    for slug in sorted({row["pool"] for row in rows}):
        tx.one(TAKE, slug=slug)
    ended = 0
    for row in rows:
        if tx.run(END, seqs=[row["seq"]]):  # another writer may have been first
            tx.run(HOLD, slug=row["pool"], change=-row["worth"])
            ended += 1
    return ended


def forget_networks(tx: Tx, day: int) -> int:
    """Forget which networks got codes before ``day`` (days since 1970); how many."""
    return tx.run(FORGET_NETWORKS, day=day)


def codes(tx: Tx, pool: str, limit: int, after: int = 0) -> list[Row]:
    """A pool's codes in the order they came, after the number ``after``, at most ``limit``.

    Rows: seq, code, given_at, expires_at, popup, transaction_id, and state: free, given, expired or
    redeemed.
    """
    rows = tx.all(CODES, pool=pool, after=after, limit=limit)
    fates = {row["folded"]: row for row in tx.all(FATES, folded=[row["folded"] for row in rows])}
    return [_with_fate(row, fates.get(row["folded"])) for row in rows]


def _with_fate(code: Row, fate: Row | None) -> Row:
    unknown = {"popup": None, "expires_at": None, "transaction_id": None, "state": "given"}
    told = {key: fate[key] for key in unknown} if fate is not None else unknown
    state = "free" if fate is None and code["given_at"] is None else told["state"]
    return {
        **told,
        "seq": code["seq"],
        "code": code["code"],
        "given_at": code["given_at"] or (fate["given_at"] if fate else None),
        "state": "given" if state == "open" else state,
    }


def _had(tx: Tx, profile: int | None, now: int) -> dict[tuple[str, str | None], bool]:
    """The pools and popups of which a visitor has a code, each with whether it is still good."""
    rows = [] if profile is None else tx.all(HAS_ONE, profile=profile)
    return {
        (row["pool"], row["popup"]): row["state"] == "open"
        and (row["expires_at"] is None or row["expires_at"] > now)
        for row in rows
    }


def _take_code(tx: Tx, pool: Pool, now: int) -> str | None:
    """A code nobody has yet, taken; None: there is none."""
    if pool.kind == TEXT:
        return pool.code
    row = tx.one(NEXT_CODE, pool=pool.slug)
    if row is None:
        return None
    tx.run(GIVE_CODE, seq=row["seq"], now=now)
    code: str = row["code"]
    return code


def _read(row: Row) -> dict[str, Any]:
    return {**row, "body": orjson.loads(row["body"]), "enabled": bool(row["enabled"])}
