"""How does a program read and change coupon pools, and what people left in popups? (secret key)"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.journey.coupons import prefix_of
from plugin.serve.retain.coupon import TEXT, bought_anyway, minted, pool_doc, read_pool
from plugin.serve.split import share_kept
from plugin.shop import Shop, to_major
from plugin.storage import answers, campaigns, coupons, proof, redemptions
from plugin.storage.engine import Row, Tx
from plugin.web.definitions import check_slug
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here
from plugin.web.pages import limit, paged, whole

AT_ONCE = 1_000  # codes in one commit: others are written in between
MOST_MINTED = 100_000
LARGEST = 8 * 1024 * 1024
FIRST = 10**17  # a number that no answer has yet


def list_pools() -> Response:
    """Every pool with its figures, and codes in orders that are none of ours."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        found = [pool_out(row, shop) for row in with_figures(tx, coupons.all(tx), shop)]
        unknown = redemptions.unknown(tx)
    return answer({**paged("coupons", found), "unknown": unknown})


def get_pool(slug: str) -> Response:
    """One pool: its document, and how many of its codes are free, given and redeemed."""
    shop = server_shop()
    return answer(pool_out(pool_row(shop, slug), shop))


def put_pool(slug: str) -> Response:
    """Make or change a pool; it counts in the next answer."""
    shop, data = server_shop(), body()
    check_slug(slug)
    here().writer.do(shop.name, "put_pool", slug=slug, body=data, now=here().now())
    return answer(pool_out(pool_row(shop, slug), shop))


def delete_pool(slug: str) -> Response:
    """Remove a pool and its codes, unless a popup gives them."""
    shop = server_shop()
    if not here().writer.do(shop.name, "delete_pool", slug=slug):
        raise NotFound("there are no such coupons")
    return answer({"ok": True})


def put_codes(slug: str) -> Response:
    """Put codes into a pool: those in ``codes``, or as many new ones as ``mint`` says."""
    shop, data = server_shop(), body(LARGEST)
    given, count = data.get("codes"), data.get("mint")
    if (given is None) == (count is None):
        raise DocumentRefused("give either codes, a list of texts, or mint, a number")
    if given is not None:
        if not isinstance(given, list):
            raise DocumentRefused("codes must be a list of texts")
        return answer(keep_codes(shop, slug, [str(one)[:200] for one in given]))
    if isinstance(count, bool) or not isinstance(count, int):
        raise DocumentRefused("mint must be a whole number")
    return answer(mint_codes(shop, slug, count))


def list_codes(slug: str) -> Response:
    """A pool's codes in the order they came, a page at a time, each with its state."""
    shop = server_shop()
    pool_row(shop, slug)
    most, after = limit(), whole("after", 0, 0, FIRST)
    with here().house.store(shop.name).read() as tx:
        rows = coupons.codes(tx, slug, most, after)
    keys = ("code", "state", "given_at", "expires_at", "popup", "transaction_id")
    found = [{key: row[key] for key in keys} for row in rows]
    return answer({"codes": found, "next": str(rows[-1]["seq"]) if len(rows) == most else None})


def leads() -> Response:
    """What people left in popups, newest first, a page at a time; ``?popup=`` of one alone."""
    shop = server_shop()
    most, before = limit(), whole("after", FIRST, 0, FIRST)
    with here().house.store(shop.name).read() as tx:
        rows = answers.latest(tx, most, before, request.args.get("popup"))
    found = [lead_out(row) for row in rows]
    return answer({"leads": found, "next": str(rows[-1]["seq"]) if len(rows) == most else None})


def lead_out(row: Row) -> dict[str, Any]:
    """An answer as the API shows it."""
    keys = (
        "popup", "at", "visitor_id", "customer_id", "fields", "consents", "source", "page",
        "language",
    )  # fmt: skip
    return {key: row[key] for key in keys}


def keep_codes(shop: Shop, slug: str, codes: Sequence[str]) -> dict[str, int]:
    """Put codes into a pool, a part at a time: how many were kept, known and refused."""
    total = {"kept": 0, "known": 0, "refused": 0}
    for start in range(0, max(len(codes), 1), AT_ONCE):
        part = list(codes[start : start + AT_ONCE])
        told = here().writer.do(shop.name, "add_codes", slug=slug, codes=part, now=here().now())
        total = {name: total[name] + told[name] for name in total}
    return total


def mint_codes(shop: Shop, slug: str, count: int) -> dict[str, int]:
    """Make ``count`` new codes of a pool. Raises DocumentRefused for too many at once."""
    if not 1 <= count <= MOST_MINTED:
        raise DocumentRefused(f"mint 1 to {MOST_MINTED:,} codes at once")
    prefix = prefix_of(here().house.store(shop.name), shop, slug)
    return keep_codes(shop, slug, minted(prefix, count, secrets.choice))


def pool_row(shop: Shop, slug: str) -> dict[str, Any]:
    """A pool with its figures. Raises NotFound."""
    with here().house.store(shop.name).read() as tx:
        row = coupons.get(tx, slug)
        if row is None:
            raise NotFound("there are no such coupons")
        return with_figures(tx, [row], shop)[0]


def with_figures(tx: Tx, rows: Sequence[Row], shop: Shop) -> list[dict[str, Any]]:
    """Pools with what came of them: redeemed, money, again; ``open``: whether they still give;
    ``anyway``: which part of the buyers would have bought without (``bought_anyway``).
    """
    came = redemptions.by_pool(tx)
    room = coupons.with_room(tx, [row["slug"] for row in rows], here().now())
    none = {"redeemed": 0, "money": 0, "again": 0}
    anyway = _anyway(tx, shop, {row["slug"] for row in rows if came.get(row["slug"])})
    return [
        {
            **row,
            **came.get(row["slug"], none),
            "open": row["slug"] in room,
            "anyway": anyway.get(row["slug"]),
        }
        for row in rows
    ]


def _anyway(tx: Tx, shop: Shop, pools: set[str]) -> dict[str, float | None]:
    """For each of ``pools``, from the control groups of the popups that give its codes."""
    arms: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in campaigns.all(tx, "popup") if pools else []:
        pool = row["body"].get("coupon_pool")
        if pool in pools:
            share = share_kept("popup", row["body"], shop.control_share)
            one = proof.known_outcome(tx, row, here().now(), shop.currency, share)
            if one.goal.event == "purchase":
                shown, kept = one.shown, one.control
                told = (shown.visitors, shown.reached, kept.visitors, kept.reached)
                arms.setdefault(pool, []).append(told)
    return {pool: bought_anyway(told) for pool, told in arms.items()}


def pool_out(row: Mapping[str, Any], shop: Shop) -> dict[str, Any]:
    """A pool as the API shows it; money in major units of the shop's currency."""
    try:
        document = pool_doc(read_pool(row["slug"], row["body"], shop))
    except PluginError:  # of another version: it is shown as it was put
        document = {**row["body"], "slug": row["slug"]}
    return {
        **document,
        "open": row["open"],
        "free": None if row["kind"] == TEXT else row["free"],
        "given": row["given"],
        "redeemed": row["redeemed"],
        "redeemed_again": row["again"],
        "discounted": to_major(row["money"], shop.currency),
        "held": to_major(row["held"], shop.currency),
        "currency": shop.currency,
        "bought_anyway": row["anyway"],
    }
