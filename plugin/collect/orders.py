"""What does the shop's own server tell of an order: that it is paid, or that it went back?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from plugin.collect.amounts import read_currency, read_money, read_timestamp
from plugin.collect.event import Event, Scalar, worth
from plugin.collect.parts import read_id, read_items, read_visitor_id
from plugin.collect.scrub import without_mail
from plugin.collect.signature import is_nobody
from plugin.errors import BodyRefused, EventRefused
from plugin.shop import Shop, to_major

PAID = ("confirmed", "paid", "completed")
LONGEST_COUPON = 1_024
BACK = ("refunded", "refund", "cancelled", "canceled")


def customer_visitor_id(customer_id: str) -> str:
    """The visitor id of a customer whom no browser has brought: "customer-" and a hash of its id.

    >>> customer_visitor_id("13085")
    'customer-0e399ff37c2c973d9036a026'
    """
    return "customer-" + hashlib.sha256(customer_id.encode()).hexdigest()[:24]


def check_order(body: Mapping[str, Any], shop: Shop, now: int) -> Event:
    """The order as a ``purchase``, or as a ``refund`` when its status says so.

    The event's id is made from what is told, so that telling it again changes nothing, and of two
    tellings that differ the earlier one counts, whichever came first. A refund without a value
    takes the whole order back. Raises BodyRefused.
    """
    try:
        return _read(body, shop, now)
    except EventRefused as trouble:
        raise BodyRefused(trouble.message, code="bad_order") from None


def _read(body: Mapping[str, Any], shop: Shop, now: int) -> Event:
    for name, value in body.items():
        if value is None:
            raise EventRefused(f"{name} may be absent, but not null")
    order = read_id(body.get("transaction_id"), "transaction_id")
    kind = _kind(body.get("status", "confirmed"))
    currency = read_currency(body["currency"]) if "currency" in body else shop.currency
    items = read_items(body["items"], currency, frozenset()) if "items" in body else ()
    value = read_money(body["value"], "value", currency) if "value" in body else None
    if value is None and kind == "purchase":
        if not items:
            raise EventRefused("an order needs value or items")
        value = worth(items)
    at = read_timestamp(body["timestamp"], now, trusted=True)[0] if "timestamp" in body else now
    visitor_id, params = _who(body)
    params |= _taken_off(body, currency)
    told = f"{kind}:{order}:{value}:{body.get('timestamp')}"
    if kind == "purchase":  # by whom it is told may say who two visitors are
        told += f":{visitor_id}:{params.get('customer_id')}"
    return Event(
        event_id="order-" + hashlib.sha256(told.encode()).hexdigest()[:32],
        visitor_id=visitor_id,
        name=kind,
        at=at,
        received_at=now,
        params=params,
        items=items,
        currency=currency,
        value=value,
        transaction_id=order,
        source="server",
    )


def _kind(status: Any) -> str:
    if status in PAID:
        return "purchase"
    if status in BACK:
        return "refund"
    raise EventRefused(f"status must be one of {', '.join((*PAID, *BACK))}")


def _taken_off(body: Mapping[str, Any], currency: str) -> dict[str, Scalar]:
    """The coupon codes of the order and what was taken off its value, as far as it says."""
    found: dict[str, Scalar] = {}
    coupon = body.get("coupon")
    if coupon is not None:
        if not isinstance(coupon, str):
            raise EventRefused("coupon must be a text; several codes with commas between them")
        found["coupon"] = without_mail(coupon[:LONGEST_COUPON])
    if "discount" in body:
        found["discount"] = to_major(read_money(body["discount"], "discount", currency), currency)
    return found


def _who(body: Mapping[str, Any]) -> tuple[str, dict[str, Scalar]]:
    """The visitor, by the browser's id or made from the customer's, and the customer's id."""
    params: dict[str, Scalar] = {}
    if "customer_id" in body:
        params["customer_id"] = read_id(body["customer_id"], "customer_id")
    if "visitor_id" in body:
        return read_visitor_id(body["visitor_id"]), params
    if not params or is_nobody(str(params["customer_id"])):
        raise EventRefused("name the buyer: visitor_id, or the customer_id of one person")
    return customer_visitor_id(str(params["customer_id"])), params
