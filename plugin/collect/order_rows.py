"""Which orders and refunds does a shop's exported file of order lines hold?

Lines of one order stand near each other, though not always side by side. Nothing stops at a bad
line: it is refused with its reason, and the rest is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from plugin.collect.event import Event, Item, Scalar, worth
from plugin.collect.orders import customer_visitor_id
from plugin.collect.scrub import without_mail
from plugin.errors import PluginError
from plugin.shop import Shop, to_minor

# Our names, and the headers under which shops export them (compared in lower case).
KNOWN = {
    "order": (
        "order",
        "order_id",
        "transaction_id",
        "invoice",
        "invoiceno",
        "order number",
        "name",
    ),
    "customer": ("customer", "customer_id", "customerid", "customer id", "email"),
    "at": ("at", "timestamp", "date", "invoicedate", "created at", "order date", "paid at"),
    "item": ("item", "item_id", "sku", "stockcode", "lineitem sku"),
    "name": ("item_name", "description", "product", "lineitem name", "product name"),
    "quantity": ("quantity", "qty", "lineitem quantity"),
    "price": ("price", "unitprice", "unit price", "lineitem price", "item price"),
    "country": ("country", "shipping country", "billing country"),
    "currency": ("currency",),
    "coupon": ("coupon", "coupon_code", "coupon code", "discount code", "discount_code"),
    "discount": ("discount", "discount amount", "discount_amount"),
}
NEEDED = ("order", "customer", "at", "item", "quantity", "price")
NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,6})?", re.ASCII)
ORDER_ID = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
LOCAL_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
)
MOST_LINES = 1_000
NEAR = 1_000  # orders that may begin between two lines of one order

Line = tuple[int, Mapping[str, str]]  # the row's number in the file, and our names to its texts


@dataclass(frozen=True)
class RowsRead:
    """What some rows of the file say: one event, made of ``rows`` rows."""

    event: Event
    rows: int


@dataclass(frozen=True)
class RowRefused:
    """A line that was not taken: its number in the file (the header is row 1) and why."""

    row: int
    reason: str


def columns(headers: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which column of the file holds each of our names; ``given`` (ours: theirs) wins.

    Raises PluginError that names what is missing and how to say it.
    """
    present = {header.strip().lower(): header for header in headers}
    found = {
        ours: present[theirs]
        for ours, names in KNOWN.items()
        for theirs in reversed(names)
        if theirs in present
    }
    for ours, theirs in (given or {}).items():
        if ours not in KNOWN or theirs.strip().lower() not in present:
            raise PluginError(
                f"--map {ours}={theirs}: ours are {', '.join(KNOWN)}; theirs must be a column"
            )
        found[ours] = present[theirs.strip().lower()]
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise PluginError(
            f"no column for {', '.join(missing)}; name it with --map {missing[0]}=YOUR_COLUMN"
        )
    return found


def read_orders(lines: Iterable[Line], shop: Shop, now: int) -> Iterator[RowsRead | RowRefused]:
    """Each order as a ``purchase``, each cancellation as a ``refund``, each bad line with its why.

    A cancellation is an order whose number begins with C or whose lines have negative quantities;
    what went back is its value.
    """
    open_orders: dict[str, list[Line]] = {}
    closed: set[str] = set()
    for line in lines:
        order = line[1].get("order", "").strip()
        if order in closed:
            yield RowRefused(line[0], "far away from the other lines of its order")
            continue
        open_orders.setdefault(order, []).append(line)
        if len(open_orders) > NEAR:
            first = next(iter(open_orders))
            closed.add(first)
            yield from _read_order(first, open_orders.pop(first), shop, now)
    for order, group in open_orders.items():
        yield from _read_order(order, group, shop, now)


def _read_order(
    order: str, lines: list[Line], shop: Shop, now: int
) -> Iterator[RowsRead | RowRefused]:
    back = _is_cancellation(order, lines)
    good: list[tuple[Line, Item]] = []
    for line in lines:
        reason = _trouble(order, line[1], shop, back=back)
        if reason is None and len(good) >= MOST_LINES:
            reason = f"more than {MOST_LINES} lines in one order"
        if reason is None:
            good.append((line, _item(line[1], shop)))
        else:
            yield RowRefused(line[0], reason)
    if good:
        event = _event(order, good[0][0][1], [item for _, item in good], shop, now, back=back)
        yield RowsRead(event, len(good))


def _is_cancellation(order: str, lines: list[Line]) -> bool:
    if order[:1].upper() == "C":
        return True
    return all(fields.get("quantity", "").strip().startswith("-") for _, fields in lines)


def _trouble(order: str, fields: Mapping[str, str], shop: Shop, *, back: bool) -> str | None:
    """Why this line cannot be taken; None when it can."""
    quantity, price = fields.get("quantity", "").strip(), fields.get("price", "").strip()
    if not ORDER_ID.fullmatch(order):
        return "no order number"
    if not _customer(fields):
        return "no customer"
    if not NUMBER.fullmatch(quantity) or float(quantity) == 0:
        return "quantity is not a number other than 0"
    if (float(quantity) < 0) != back:
        return (
            "negative quantity in an order" if not back else "positive quantity in a cancellation"
        )
    if not NUMBER.fullmatch(price) or float(price) < 0:
        return "price is not a number of 0 or more"
    if fields.get("currency", shop.currency).strip().upper() not in ("", shop.currency):
        return "another currency than the shop's"
    if not ORDER_ID.fullmatch(fields.get("item", "").strip()):
        return "no item id"
    return None if _at(fields.get("at", ""), shop) is not None else "date cannot be read"


def _customer(fields: Mapping[str, str]) -> str:
    """The customer's id; spreadsheets write a whole number as 13085.0."""
    return re.sub(r"(?<=\d)\.0$", "", fields.get("customer", "").strip())


def _at(text: str, shop: Shop) -> int | None:
    """A date of the file as Unix ms; without a zone it is the shop's own."""
    text = text.strip()
    zone = ZoneInfo(shop.timezone)
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" +", "+"))
    except ValueError:
        found = (_by_form(text, form) for form in LOCAL_FORMS)
        maybe = next((one for one in found if one is not None), None)
        if maybe is None:
            return None
        when = maybe
    return round((when if when.tzinfo else when.replace(tzinfo=zone)).timestamp() * 1000)


def _by_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def _item(fields: Mapping[str, str], shop: Shop) -> Item:
    return Item(
        item_id=fields["item"].strip(),
        name=" ".join(fields.get("name", "").split())[:1024] or None,
        price=to_minor(fields["price"].strip(), shop.currency),
        quantity=abs(float(fields["quantity"])),
    )


def _taken_off(first: Mapping[str, str]) -> dict[str, Scalar]:
    """The coupon codes of an order, and what was taken off its value, as far as the file says."""
    found: dict[str, Scalar] = {}
    coupon, off = first.get("coupon", "").strip(), first.get("discount", "").strip()
    if coupon:
        found["coupon"] = without_mail(coupon)
    if NUMBER.fullmatch(off) and float(off) > 0:
        found["discount"] = float(off)
    return found


def _event(
    order: str, first: Mapping[str, str], items: list[Item], shop: Shop, now: int, *, back: bool
) -> Event:
    customer = _customer(first)
    name = "refund" if back else "purchase"
    params: dict[str, Scalar] = {"customer_id": customer}
    if first.get("country", "").strip():
        params["country"] = first["country"].strip()[:100]
    params |= _taken_off(first)
    digest = hashlib.sha256(f"{name}:{order}".encode()).hexdigest()[:32]
    return Event(
        event_id=f"import-{digest}",
        visitor_id=customer_visitor_id(customer),
        name=name,
        at=_at(first["at"], shop) or 0,
        received_at=now,
        params=params,
        items=tuple(items),
        currency=shop.currency,
        value=worth(items),
        transaction_id=order,
        source="import",
    )
