"""What may the shop's own server send and ask? (secret key)"""

from __future__ import annotations

from typing import Any

from flask import Response

from plugin import journey
from plugin.collect.checks import check_visit
from plugin.collect.event import Batch
from plugin.collect.items import check_items
from plugin.collect.orders import check_order
from plugin.collect.quick import check_quickly, read_visit
from plugin.collect.reader import read_object
from plugin.errors import NotFound
from plugin.shop import Shop, to_major
from plugin.storage import items
from plugin.storage.engine import Row
from plugin.web.call import Call, Reply, Step, reply
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here
from plugin.web.pages import after, limit
from plugin.web.storefront import ALL_REFUSED, counted, finder, named, none_taken, recorded

LARGEST_FEED = 8 * 1024 * 1024


def events(call: Call) -> Reply | Step:
    """Take events of any visitors and any age."""
    shop = call.server_shop()
    raw, now, find = call.body(), call.here.now(), finder(call, shop)
    quick, batch = read_visit(raw), None
    if quick is not None:
        batch = check_quickly(quick, shop, now, source="server", find_item=find)
    if batch is None:
        batch = check_visit(read_object(raw), shop, now, source="server", find_item=find)

    def finish(accepted: int) -> Reply:
        counts = counted(batch, accepted)
        return none_taken(batch, counts) if not batch.events else reply(counts)

    return recorded(shop, batch, finish)


def orders(call: Call) -> Reply | Step:
    """Confirm an order or tell of a refund."""
    shop = call.server_shop()
    event = check_order(read_object(call.body()), shop, call.here.now())
    batch = Batch(events=(event,))
    return recorded(
        shop, batch, lambda n: reply(counted(batch, n) | {"visitor_id": event.visitor_id})
    )


def put_items() -> Response:
    """Keep products of the catalogue: those named are replaced, the others stay."""
    shop = server_shop()
    good, refused = check_items(body(LARGEST_FEED), shop)
    kept = (
        here().writer.do(
            shop.name, "put_items", products=[one.as_row() for one in good], now=here().now()
        )
        if good
        else 0
    )
    return answer(
        {"kept": kept, "refused": named(refused)}, ALL_REFUSED if refused and not good else 200
    )


def list_items() -> Response:
    """The catalogue, by id, a page at a time."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        rows = items.page(tx, limit(), after())
    return answer({"items": rows, "next": rows[-1]["item_id"] if len(rows) == limit() else None})


def delete_item(item_id: str) -> Response:
    """Remove a product."""
    shop = server_shop()
    if not here().writer.do(shop.name, "delete_item", item_id=item_id):
        raise NotFound("there is no such item")
    return answer({"ok": True})


def visitor(visitor_id: str) -> Response:
    """All that is known of one visitor, as of now."""
    shop = server_shop()
    view = journey.look_at(
        here().house.store(shop.name), shop, visitor_id, here().now(), limit(default=50)
    )
    return answer(
        {
            "visitor_id": view.profile.visitor_id,
            "traits": view.traits,
            "segments": [
                {"slug": one.slug, "entered_at": one.entered_at, "why": one.why}
                for one in view.segments
            ],
            "events": [event_out(row, shop) for row in view.events],
            **({"merged_ids": view.merged_ids} if view.merged_ids else {}),
        }
    )


def erase_visitor(visitor_id: str) -> Response:
    """Remove a visitor with everything that came under this id."""
    shop = server_shop()
    if not here().writer.do(shop.name, "erase", visitor_id=visitor_id, now=here().now()):
        raise NotFound("no such visitor")
    return answer({"ok": True})


def event_out(row: Row, shop: Shop) -> dict[str, Any]:
    """A stored event as the API shows it: params with items and money in major units."""
    currency = row["currency"] or shop.currency
    params: dict[str, Any] = dict(row["params"])
    if row["items"]:
        params["items"] = [item_out(item, currency) for item in row["items"]]
    if row["value"] is not None:
        params["value"] = to_major(row["value"], currency)
    if row["currency"]:
        params["currency"] = row["currency"]
    if row["transaction_id"]:
        params["transaction_id"] = row["transaction_id"]
    return {
        "name": row["name"],
        "event_id": row["event_id"],
        "timestamp": row["at"],
        "params": params,
    }


def item_out(item: dict[str, Any], currency: str) -> dict[str, Any]:
    """A stored product line under the vocabulary's own field names."""
    names = {
        "name": "item_name",
        "brand": "item_brand",
        "category": "item_category",
        "variant": "item_variant",
    }
    out = {names.get(name, name): value for name, value in item.items()}
    if "price" in out:
        out["price"] = to_major(out["price"], currency)
    return out
