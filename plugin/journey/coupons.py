"""Which codes has the owner, who may have one, and which popups have none left for somebody?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.journey.acting import Acting
from plugin.journey.popups import moment_of
from plugin.serve.retain.coupon import (
    GONE,
    MINTED,
    NOT_OFFERED,
    TEXT,
    Pool,
    coupon_offer,
    read_code,
    read_pool,
    sorry,
)
from plugin.serve.retain.popup import Popup
from plugin.serve.retain.trace import may_have_code
from plugin.shop import Shop
from plugin.storage import campaigns, coupons, profiles
from plugin.storage.documents import documents
from plugin.storage.engine import Store, Tx

MOST_POOLS = 500
MOST_CODES = 1_000_000  # of one pool


def put_pool(tx: Tx, shop: Shop, slug: str, body: Mapping[str, Any], now: int) -> None:
    """Keep a pool that can be read. Raises DocumentRefused: also for another kind than it has, and
    for a text that is a code of another pool.
    """
    pool, before = read_pool(slug, body, shop), coupons.get(tx, slug)
    if before is not None and before["kind"] != pool.kind:
        raise DocumentRefused(f"coupons {slug} is of kind {before['kind']}: make another pool")
    if before is None and len(coupons.all(tx)) >= MOST_POOLS:
        raise DocumentRefused(f"{MOST_POOLS} pools are the most; remove one first")
    if pool.code is not None and coupons.owner_of(tx, pool.code) not in (None, slug):
        raise DocumentRefused(f"coupons {slug}.code is a code of another pool already")
    coupons.put(tx, pool, now)
    if pool.code is not None:
        coupons.add_codes(tx, slug, [pool.code], now)


def delete_pool(tx: Tx, shop: Shop, slug: str) -> bool:
    """Remove a pool and its codes; False when there is none. Raises DocumentRefused naming the
    popups that give its codes.
    """
    users = [
        row["slug"]
        for row in campaigns.all(tx, "popup")
        if isinstance(row["body"], Mapping) and row["body"].get("coupon_pool") == slug
    ]
    if users:
        raise DocumentRefused(
            f"in use by popup {', '.join(users)}: change that first", code="in_use", status=409
        )
    return coupons.delete(tx, slug)


def add_codes(tx: Tx, shop: Shop, slug: str, codes: Sequence[str], now: int) -> dict[str, int]:
    """Put codes into a pool: how many were kept, known before, and refused as no code at all.

    Raises NotFound, and DocumentRefused for a pool of one text, or when it would hold too many.
    """
    row = coupons.get(tx, slug)
    if row is None:
        raise NotFound("there are no such coupons")
    if row["kind"] == TEXT:
        raise DocumentRefused(f"coupons {slug} has one text for everybody and takes no codes")
    good = [code for one in codes if (code := read_code(one)) is not None]
    if row["free"] + row["given"] + len(good) > MOST_CODES:
        raise DocumentRefused(f"{MOST_CODES:,} codes are the most of one pool")
    kept = coupons.add_codes(tx, slug, good, now)
    return {"kept": kept, "known": len(good) - kept, "refused": len(codes) - len(good)}


def prefix_of(store: Store, shop: Shop, slug: str) -> str:
    """What the codes of a pool that we make begin with. Raises NotFound, DocumentRefused."""
    with store.read() as tx:
        row = coupons.get(tx, slug)
    if row is None:
        raise NotFound("there are no such coupons")
    if row["kind"] != MINTED:
        raise DocumentRefused(f"coupons {slug} is of kind {row['kind']}: its codes are not ours")
    return read_pool(slug, row["body"], shop).prefix


def may_claim(store: Store, shop: Shop, visitor_id: str, popup_id: str, now: int) -> bool:
    """Whether this popup may give this visitor a code as things stand, by the conditions that
    decide (``may_have_code``); of who is not known none may.
    """
    with store.read() as tx:
        docs = documents(store, tx)
        popup = next((one for one in docs.popups if one.slug == popup_id), None)
        acting = Acting(tx, docs, shop, visitor_id, now)
        if popup is None or popup.coupon_pool is None or acting.profile_id is None:
            return False
        return may_have_code(popup, moment_of(tx, acting, docs.popups, "/", "en", now))


def with_code(
    tx: Tx,
    shop: Shop,
    popup: Popup,
    answer: dict[str, Any],
    profile: int | None,
    language: str,
    now: int,
) -> dict[str, Any]:
    """A popup's public answer, its coupon blocks ready: with the code that the visitor has already,
    else marked ``claim``, for the code comes when it is asked for.
    """
    if popup.coupon_pool is None or "blocks" not in answer:
        return answer
    pool = pool_called(tx, shop, popup.coupon_pool)
    had = coupons.had(tx, popup.coupon_pool, popup.slug, profile) if profile is not None else None
    if pool is None:
        return answer
    if had is not None:
        more = coupon_offer(pool, had.code, had.expires_at, language, shop, now)
    else:
        more = {"claim": True}
    blocks = [
        {**block, **more, "text": block["text"]} if block["type"] == "coupon" else block
        for block in answer["blocks"]
    ]
    return {**answer, "blocks": blocks}


def claimed(
    tx: Tx,
    shop: Shop,
    popup: Popup,
    visitor_id: str,
    now: int,
    *,
    offered: bool,
    network: str,
    language: str,
) -> dict[str, Any]:
    """What the storefront is told of the popup's coupon: {"coupon": {…}}, or null and "why" with a
    "message" in the shopper's language.

    offered: we showed it this popup. network: who asks, by a name that is no address.
    """
    found = profiles.find(tx, visitor_id)
    pool = pool_called(tx, shop, popup.coupon_pool or "")
    why: coupons.Claim | str = NOT_OFFERED if pool is not None else GONE
    if found is not None and pool is not None:
        had = coupons.had(tx, pool.slug, popup.slug, found[0])
        if had is not None or (offered and pool.enabled):
            why = coupons.claim(tx, pool, popup.slug, found[0], now, shop.day(now), network)
    if isinstance(why, str) or pool is None:
        said = str(why)
        return {"coupon": None, "why": said, "message": sorry(said, language)}
    return {"coupon": coupon_offer(pool, why.code, why.expires_at, language, shop, now)}


def pool_called(tx: Tx, shop: Shop, slug: str) -> Pool | None:
    """The pool of this name; None: there is none that can be read."""
    row = coupons.get(tx, slug)
    try:
        return None if row is None else read_pool(slug, row["body"], shop)
    except PluginError:
        return None


def end_coupons(tx: Tx, shop: Shop, now: int) -> int:
    """Give back what expired codes hold of their budgets, and forget yesterday's networks; how many
    codes ended.
    """
    coupons.forget_networks(tx, shop.day(now))
    return coupons.end_expired(tx, now)
