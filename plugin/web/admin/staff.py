"""How do the shop's own people stay out of its figures?"""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from plugin.collect.parts import read_visitor_id
from plugin.collect.staff import staff_query, staff_token
from plugin.shop import Shop
from plugin.storage import staff as marks
from plugin.web.admin.qr import qr
from plugin.web.admin.words import short_id
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here

MOST_SHOWN = 100


@framed
def staff() -> Any:
    """The links that leave a browser out and count it again, and which browsers are left out."""
    shop = shop_now()
    with store_now().read() as tx:
        found = marks.marked(tx, MOST_SHOWN)
        count = marks.count(tx)
    return page(
        "staff.html",
        leave_out=staff_links(shop),
        count_again=staff_links(shop, staff=False),
        addressed=bool(shop.origins),
        found=found,
        count=count,
        short_id=short_id,
        qr=qr,
    )


@framed
def unmark() -> Any:
    """Count one browser again, or every one."""
    shop = shop_now()
    if request.form.get("all"):
        here().writer.do(shop.name, "unmark_staff")
    else:
        one = read_visitor_id(request.form.get("visitor_id"))
        here().writer.do(shop.name, "mark_staff", visitor_id=one, now=here().now(), staff=False)
    return redirect(link("staff"), 303)


def staff_links(shop: Shop, *, staff: bool = True) -> list[str]:
    """The links that leave a browser out, or count it again. One for each origin, as each has
    cookies of its own; what to add to an address, where none is known.

    Never made of an address that an event told of: anybody can send one.
    """
    query = staff_query(staff_token(here().house.settings.secret_key, shop.name), staff=staff)
    return [f"{origin}/?{query}" for origin in shop.origins] or [f"?{query}"]
