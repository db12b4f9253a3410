"""What do we know of one visitor?

A profile is a pure function of the visitor's events, taken in the order of ``Event.key``: adding
them as they come (``fold.fold``) and rebuilding from the log give the same profile. Only ``fold``
writes to one, and to a copy of its own; everybody else reads.
"""

from __future__ import annotations

from msgspec import Struct, field

from plugin.collect.event import Scalar


class CartLine(Struct, frozen=True, gc=False, array_like=True):
    """One product in the cart. ``price``: one unit, minor units of the shop's currency.

    ``variant``: which of its variants, as it was told; None: it was not.
    """

    item_id: str
    quantity: float = 1
    price: int | None = None
    variant: str | None = None


class Profile(Struct, gc=False):
    """Times are Unix ms (None: never), money is minor units of the shop's currency.

    The field names are the columns of table ``profiles``; what is a list or a map is JSON there.
    """

    visitor_id: str
    # when, and up to which event the profile is told
    first_seen_at: int | None = None
    last_seen_at: int | None = None
    last_event_id: str | None = None
    # visits; a visit ends after 30 minutes without an event
    sessions_total: int = 0
    session_started_at: int | None = None
    prev_seen_at: int | None = None  # the last event of the visit before this one
    # what was done, all time
    pageviews_total: int = 0
    product_views_total: int = 0
    cart_adds_total: int = 0
    searches_total: int = 0
    popup_closes_total: int = 0
    popup_submits_total: int = 0
    # orders; revenue is net of refunds, and only of the shop's own currency
    orders_total: int = 0
    units_total: float = 0
    revenue_total: int = 0
    refunds_total: int = 0  # the money that went back
    first_order_at: int | None = None
    last_order_at: int | None = None
    # the cart as it is now
    cart: tuple[CartLine, ...] = ()
    cart_items_now: int = 0  # product lines
    cart_value_now: int = 0
    cart_updated_at: int | None = None  # None when it is empty
    checkout_started_at: int | None = None  # None again once an order came after it
    # where from and with what
    device: str | None = None  # mobile, tablet, desktop
    browser: str | None = None
    in_app_browser: str | None = None
    language: str | None = None
    country: str | None = None
    channel_first: str | None = None  # direct, organic, paid, social, email, referral
    channel_last: str | None = None
    source_first: str | None = None  # utm_source or the referring host
    source_last: str | None = None
    campaign_last: str | None = None
    landing_page: str | None = None
    # interests
    last_item_id: str | None = None
    last_category: str | None = None
    affinities: dict[str, tuple[float, int]] = field(default_factory=dict)  # category: points, at
    # who
    customer_id: str | None = None
    email: str | None = None
    identified: bool = False
    # what the visitor or the shop declared by identify: name: (value, at); the newest wins
    declared: dict[str, tuple[Scalar, int]] = field(default_factory=dict)

    @property
    def told_up_to(self) -> tuple[int, str]:
        """The key of the newest event counted in; events with a greater key may be added."""
        return (self.last_seen_at or 0, self.last_event_id or "")
