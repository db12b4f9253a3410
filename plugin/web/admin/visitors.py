"""Who was here, and what do we know of one of them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask_babel import lazy_gettext as _l

from plugin.journey import look_at
from plugin.profile.profile import Profile
from plugin.segment.traits import DATE, MONEY, TRAITS
from plugin.serve.link import safe_link
from plugin.serve.product import Product
from plugin.shop import Shop
from plugin.storage import campaigns, events, identities, items, profiles, reports
from plugin.storage.engine import Row, Tx
from plugin.web.admin.history import visitor_history
from plugin.web.admin.words import event_words, readable, short_id, trait_label
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here

PER_PAGE = 50
OUTCOMES = {
    identities.MERGED: _l("joined with this customer"),
    identities.APART: _l("kept apart: known as another customer"),
    identities.PARTED: _l("taken out again: an earlier word names another customer"),
}
MOST_PICTURES = 6  # of one event


@dataclass(frozen=True)
class Picture:
    """A product to show beside an event; ``image`` and ``url`` are safe to follow, or None."""

    item_id: str
    name: str
    image: str | None
    url: str | None


@dataclass(frozen=True)
class Happening:
    """One event of the timeline in plain words. ``note``: ordered, unverified, held, or empty."""

    at: int
    day: int
    name: str
    words: str
    pictures: tuple[Picture, ...]
    more: int
    note: str
    order: str | None


@dataclass(frozen=True)
class Shown:
    """One trait to show. ``kind``: as in segment.traits."""

    name: str
    label: str
    kind: str
    value: Any


@framed
def visitor_list() -> Any:
    """Visitors, seen last first, paged; ``?id=`` goes to one."""
    shop_now()
    wanted = request.args.get("id", "").strip()
    with store_now().read() as tx:
        missing = bool(wanted) and profiles.find(tx, wanted) is None
        if wanted and not missing:
            return redirect(link("visitors", wanted))
        ids, following = reports.last_seen(tx, PER_PAGE, _cursor())
        known = profiles.load(tx, ids)
    return page(
        "visitors.html",
        visitors=[known[one] for one in ids if one in known],
        following=following,
        first_page=_cursor() is None,
        wanted=wanted,
        missing=missing,
        short_id=short_id,
    )


@framed
def visitor(visitor_id: str) -> Any:
    """One visitor: last seen, segments with reasons and moves, traits, the cart, the timeline."""
    shop, store = shop_now(), store_now()
    seen = look_at(store, shop, visitor_id, here().now(), PER_PAGE)
    before = _event_cursor()
    with store.read() as tx:
        rows = list(seen.events)
        found = profiles.find(tx, visitor_id)
        if before is not None:
            rows = events.timeline(tx, found[0], PER_PAGE, before) if found else []
        timeline = _timeline(tx, shop, rows)
        cart = _pictures(tx, shop, seen.profile)
        moves = visitor_history(tx, found[0]) if found else []
    following = (rows[-1]["at"], rows[-1]["event_id"]) if len(rows) == PER_PAGE else None
    return page(
        "visitor.html",
        profile=seen.profile,
        title=short_id(seen.profile.visitor_id),
        name=_called(seen.profile),
        segments=[(one, readable(one.why)) for one in seen.segments],
        traits=_traits(seen.traits),
        timeline=timeline,
        cart=cart,
        moves=moves,
        following=following,
        first_page=before is None,
        last_page=_last_page(seen.events),
        merged_ids=seen.merged_ids,
        merges=[(row, OUTCOMES.get(row["outcome"], row["outcome"])) for row in seen.merges],
        short_id=short_id,
    )


def _last_page(rows: Sequence[Row]) -> str:
    """The address of the page that was opened last, of events newest first; else the home."""
    told = (row["params"].get("page_location") for row in rows if row["name"] == "page_view")
    return next((one for one in told if isinstance(one, str) and one), "/")


def _called(profile: Profile) -> str | None:
    """The first name that was declared, if any."""
    for name in ("first_name", "name"):
        value = profile.declared.get(name)
        if value is not None and isinstance(value[0], str) and value[0]:
            return value[0]
    return None


def _traits(traits: Mapping[str, Any]) -> list[Shown]:
    kinds = {name: trait.kind for name, trait in TRAITS.items()} | {"": "text"}
    found = []
    for name, value in traits.items():
        kind = kinds.get(name, "bool" if isinstance(value, bool) else "text")
        if kind not in (DATE, MONEY) and isinstance(value, (int, float)):
            kind = "bool" if isinstance(value, bool) else "number"
        found.append(Shown(name, trait_label(name), kind, value))
    return found


def _timeline(tx: Tx, shop: Shop, rows: list[Row]) -> list[Happening]:
    products = items.products(tx, sorted({i["item_id"] for row in rows for i in row["items"]}))
    names = {id: product.name for id, product in products.items() if product.name}
    for kind in ("popup", "window"):
        names |= {r["slug"]: r["body"].get("name") or r["slug"] for r in campaigns.all(tx, kind)}
    orders = [row["transaction_id"] for row in rows if row["name"] == "purchase"]
    confirmed = reports.confirmed_orders(tx, [order for order in orders if order])
    return [_happening(row, shop, products, names, confirmed) for row in _once_an_order(rows)]


def _once_an_order(rows: list[Row]) -> list[Row]:
    """A purchase that both the browser and the shop's server told of is one purchase."""
    told: set[str] = set()
    kept = []
    for row in rows:
        order = row["transaction_id"] if row["name"] == "purchase" else None
        if order is None or order not in told:
            kept.append(row)
        told |= {order} if order else set()
    return kept


def _happening(
    row: Row,
    shop: Shop,
    products: Mapping[str, Product],
    names: Mapping[str, str],
    confirmed: Mapping[str, bool],
) -> Happening:
    told = {item["item_id"]: item for item in row["items"]}
    shown = [_picture(id, products.get(id), item, shop) for id, item in told.items()]
    note = ""
    if row["name"] == "purchase":
        note = "confirmed" if confirmed.get(row["transaction_id"] or "") else "unverified"
    return Happening(
        at=row["at"],
        day=shop.day(row["at"]),
        name=row["name"],
        words=event_words(row, names),
        pictures=tuple(shown[:MOST_PICTURES]),
        more=max(0, len(shown) - MOST_PICTURES),
        note=note,
        order=row["transaction_id"],
    )


def _pictures(tx: Tx, shop: Shop, profile: Profile) -> list[tuple[Picture, float, int | None]]:
    """The cart: product, quantity, price of one in minor units."""
    products = items.products(tx, [one.item_id for one in profile.cart])
    return [
        (_picture(one.item_id, products.get(one.item_id), {}, shop), one.quantity, one.price)
        for one in profile.cart
    ]


def _picture(id: str, product: Product | None, item: Mapping[str, Any], shop: Shop) -> Picture:
    def first(name: str) -> str | None:
        return (getattr(product, name) if product else None) or item.get(name)

    return Picture(
        id, first("name") or id, in_shop(first("image"), shop), in_shop(first("url"), shop)
    )


def in_shop(address: str | None, shop: Shop) -> str | None:
    """``address`` when it is http(s) or relative to the site, which is the shop's, if known."""
    safe = safe_link(address)
    if safe is None or not safe.startswith(("http://", "https://", "/")):
        return None
    return shop.origins[0] + safe if safe.startswith("/") and shop.origins else safe


def _cursor() -> tuple[int, int] | None:
    """``?before=at-id`` of the visitors' list."""
    at, _, id = request.args.get("before", "").partition("-")
    return (int(at), int(id)) if _whole([at, id]) else None


def _event_cursor() -> tuple[int, str] | None:
    """``?before=at-event_id`` of the timeline."""
    at, _, event_id = request.args.get("before", "").partition("-")
    return (int(at), event_id[:64]) if _whole([at]) and event_id else None


def _whole(texts: Iterable[str]) -> bool:
    return all(text.isascii() and text.isdigit() and len(text) < 18 for text in texts)
