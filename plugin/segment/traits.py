"""Which traits can be asked, what does each mean, and where does it come from?

A trait is a column of the profile, or is compiled from event times or a column and the moment
(``…_30d``, ``days_since_…``), or is worked out of the events when it is asked; so that it expires
by itself. Any other name is a declared trait.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plugin.errors import NotYet
from plugin.segment import buying, lead, person, place, shelf, standing, tastes, visits
from plugin.segment.facts import Facts
from plugin.segment.shape import MeasureLeaf, Where, Window
from plugin.segment.worked import Worked
from plugin.shop import DAY, HOUR, Shop

TEXT, NUMBER, BOOL, DATE, MONEY = "text", "number", "bool", "date", "money"
LIST = "list"  # a text whose parts stand between commas


@dataclass(frozen=True)
class Trait:
    """One trait. ``kind``: text, number, bool, date (Unix ms) or money (major units).

    One of four says where it comes from: ``column`` of the profile as it is; ``counts``, how many
    of these events in the last ``span`` ms; ``since`` a column (a time), in units of ``span`` ms;
    ``worked`` out of the events (``asks``: the same as a figure over events, where it is one).
    """

    name: str
    kind: str
    how: str
    column: str | None = None
    counts: tuple[str, ...] = ()
    since: str | None = None
    span: int = 0
    worked: Worked | None = None
    asks: MeasureLeaf | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """The events it reads, be it their times alone."""
        worked = self.worked
        return self.counts if worked is None else (*worked.times, *worked.whole)

    @property
    def whole(self) -> tuple[str, ...]:
        """The events of which it reads more than their times."""
        return () if self.worked is None else self.worked.whole

    @property
    def also(self) -> tuple[str, ...]:
        """What else it reads (``facts.Facts.also``)."""
        return () if self.worked is None else self.worked.also


def _column(name: str, kind: str, how: str, column: str | None = None) -> Trait:
    return Trait(name, kind, how, column=column or name)


def _recent(name: str, how: str, *events: str, days: int) -> Trait:
    return Trait(name, NUMBER, how, counts=events, span=days * DAY)


def _since(name: str, how: str, column: str, unit: int = DAY) -> Trait:
    return Trait(name, NUMBER, how, since=column, span=unit)


def _worked(
    name: str, worked: Worked, how: str, kind: str = NUMBER, asks: MeasureLeaf | None = None
) -> Trait:
    return Trait(name, kind, how, worked=worked, asks=asks)


def _figure(
    event: str, measure: str, days: int | None, of: str | None = None, *where: Where
) -> MeasureLeaf:
    """A figure over events, to be compared."""
    window = Window(within=None if days is None else days * DAY)
    return MeasureLeaf(event, measure, "=", (0,), window, where, of)


_ALL = (
    _column("first_seen", DATE, "time of the first event", "first_seen_at"),
    _column("last_seen", DATE, "time of the newest event", "last_seen_at"),
    _column("sessions_total", NUMBER, "visits so far; a visit ends after 30 minutes idle"),
    _since("days_since_last_seen", "days since the newest event", "last_seen_at"),
    _since("days_since_first_seen", "days since the first event", "first_seen_at"),
    _column("pageviews_total", NUMBER, "page views, all time"),
    _recent("pageviews_30d", "page views, 30 days", "page_view", days=30),
    _column("product_views_total", NUMBER, "product page views, all time"),
    _recent("product_views_30d", "product page views, 30 days", "view_item", days=30),
    _column("searches_total", NUMBER, "on-site searches, all time"),
    _recent("searches_14d", "on-site searches, 14 days", "search", "view_search_results", days=14),
    _column("cart_adds_total", NUMBER, "add-to-cart events, all time"),
    _recent("cart_adds_30d", "add-to-cart events, 30 days", "add_to_cart", days=30),
    _column("cart_items_now", NUMBER, "products in the cart"),
    _column("cart_value_now", MONEY, "value of the cart"),
    _since(
        "hours_since_cart_update",
        "hours since the cart changed; unset when it is empty",
        "cart_updated_at",
        HOUR,
    ),
    _since(
        "hours_since_checkout_start",
        "hours since a checkout began without an order after it",
        "checkout_started_at",
        HOUR,
    ),
    _column("orders_total", NUMBER, "orders, each counted once"),
    _recent("orders_365d", "orders, 365 days", "purchase", days=365),
    _column("units_total", NUMBER, "pieces bought, all time"),
    _column("revenue_total", MONEY, "money of all orders, net of refunds"),
    _column("refunds_total", MONEY, "money that went back"),
    _column("first_order", DATE, "time of the first order", "first_order_at"),
    _column("last_order", DATE, "time of the newest order", "last_order_at"),
    _since("days_since_last_order", "days since the newest order", "last_order_at"),
    _column("device", TEXT, "mobile, tablet or desktop, as last seen"),
    _column("browser", TEXT, "browser, as last seen"),
    _column("in_app_browser", TEXT, "the app whose browser it is, as instagram or kakaotalk"),
    _column("language", TEXT, "language of the browser, as last seen"),
    _column("country", TEXT, "country, as the page or the shop told it"),
    _column(
        "channel_first",
        TEXT,
        "how the first visit came: direct, organic, paid, social, email, referral",
    ),
    _column("channel_last", TEXT, "the same of the newest visit that was not direct"),
    _column("source_first", TEXT, "utm_source or referring site of the first visit"),
    _column("source_last", TEXT, "the same of the newest visit that had one"),
    _column("campaign_last", TEXT, "newest utm_campaign"),
    _column("landing_page", TEXT, "path of the first page"),
    _column("last_item_id", TEXT, "product viewed last"),
    _column("last_category", TEXT, "category viewed last"),
    _column("popup_closes_total", NUMBER, "popups closed without an answer, all time"),
    _recent("popup_closes_30d", "the same, 30 days", "popup_dismiss", days=30),
    _column("popup_submits_total", NUMBER, "popups answered, all time"),
    _recent("popup_submits_30d", "the same, 30 days", "popup_submit", days=30),
    _recent("rec_clicks_30d", "clicks on products in windows, 30 days", "select_item", days=30),
    _column("identified", BOOL, "an e-mail or a customer id is known"),
    _column("customer_id", TEXT, "the shop's own id of the customer"),
    _column("email", TEXT, "e-mail, given on purpose"),
    _worked("sessions_30d", visits.SESSIONS, "visits that began in the last 30 days"),
    _worked(
        "days_since_prev_visit",
        visits.SINCE_VISIT_BEFORE,
        "days between the end of the visit before and the start of the newest; unset on the first",
    ),
    _worked(
        "device_mobile_share_90d",
        visits.MOBILE,
        "visits on a mobile / visits of known device, 90 days",
    ),
    _worked(
        "night_visit_share_90d",
        visits.AT_NIGHT,
        "visits that began from 22:00 to before 4:00 of the shop's clock / visits, 90 days",
    ),
    _worked(
        "distinct_products_7d",
        tastes.PRODUCTS,
        "different products viewed, 7 days",
        asks=_figure("view_item", "distinct", 7, "item_id"),
    ),
    _worked("max_views_same_product_7d", tastes.MOST_VIEWS, "most views of one product, 7 days"),
    _worked(
        "hot_product_in_cart",
        tastes.HOT_IN_CART,
        "whether that product, of several the one viewed last, is in the cart",
        BOOL,
    ),
    _worked(
        "top_category_share_30d",
        tastes.TOP_CATEGORY,
        "views of the most viewed category / product page views, 30 days",
    ),
    _worked(
        "top_brand_share_30d",
        tastes.TOP_BRAND,
        "views of the most viewed brand / product page views, 30 days",
    ),
    _worked(
        "zero_result_searches_14d",
        tastes.NO_RESULT,
        "searches whose `results` is 0, 14 days",
        asks=_figure("search", "count", 14, None, Where("results", "=", NUMBER, (0,))),
    ),
    _worked(
        "gift_search_14d",
        tastes.GIFT_SEARCHED,
        "whether a search of 14 days holds gift, present, 선물, ギフト or プレゼント",
        BOOL,
    ),
    _worked(
        "review_reads_30d",
        tastes.REVIEWS,
        "`view_reviews` events, 30 days",
        asks=_figure("view_reviews", "count", 30),
    ),
    _worked(
        "size_guide_views_14d",
        tastes.SIZE_GUIDES,
        "`view_size_guide` events, 14 days",
        asks=_figure("view_size_guide", "count", 14),
    ),
    _worked(
        "policy_views_7d",
        tastes.POLICIES,
        "views of pages about delivery or returns, by their address, 7 days",
    ),
    _worked(
        "coupon_claims_180d",
        tastes.COUPONS,
        "different coupons copied from popups, 180 days",
    ),
    _worked(
        "lead_score", lead.SCORE, "0 to 100 whole points for what was done; half after 30 days"
    ),
    _worked("units_per_order_avg", buying.UNITS, "pieces bought / orders"),
    _worked("categories_bought", buying.CATEGORIES, "different categories bought, all time"),
    _worked(
        "discount_order_share", buying.DISCOUNTED, "orders with a `coupon` or a `discount` / orders"
    ),
    _worked("refund_order_share", buying.SENT_BACK, "orders that had a refund / orders"),
    _worked(
        "days_to_birthday",
        person.TO_BIRTHDAY,
        "days to the next birthday by the shop's calendar, 0 on the day, at most 365",
    ),
    _worked("trait_answers", person.ANSWERED, "how many traits about the person were declared"),
    _worked(
        "season_local", person.SEASON, "winter, spring, summer or autumn in the country now", TEXT
    ),
    _worked(
        "slow_connection_share_30d",
        visits.SLOW_CONNECTION,
        "visits on a slow connection, or that save data / visits, 30 days",
    ),
    _worked(
        "devices_linked",
        person.DEVICES,
        "browsers that turned out to be this visitor's, with the first",
    ),
    _worked(
        "eco_view_share_30d",
        shelf.ECO,
        "views of products tagged eco / product page views, 30 days",
    ),
    _worked("gift_view_share_30d", shelf.GIFT, "the same of the tag gift"),
    _worked("sale_view_share_30d", shelf.ON_SALE, "the same of products that were on sale then"),
    _worked(
        "new_arrival_share_30d",
        shelf.NEW,
        "the same of products that were not older than 30 days then",
    ),
    _worked(
        "oos_views_30d", shelf.SOLD_OUT_VIEWS, "views of products that were sold out then, 30 days"
    ),
    _worked("is_home_country", place.HOME, "whether the country is the shop's own", BOOL),
    _worked(
        "in_store_city",
        place.STORE_CITY,
        "whether the city is one where the shop has a store",
        BOOL,
    ),
    _worked(
        "in_slow_delivery_region",
        place.SLOW_REGION,
        "whether the region is one that the owner delivers to slowly",
        BOOL,
    ),
    _worked(
        "free_ship_gap_ratio",
        place.SHIPPING_GAP,
        "what the cart lacks to free delivery / what that takes; below 0 above it",
    ),
    _worked("r", standing.RECENCY, "1 to 5 for how lately the newest order came; unset without"),
    _worked("f", standing.FREQUENCY, "1 for one order, 2 to 5 for more; unset without"),
    _worked("m", standing.MONEY, "1 to 5 for the money of all orders; unset without"),
    _worked(
        "revenue_365d_pct",
        standing.REVENUE,
        "percentile of the money of 365 days among those who ordered in them, net of refunds",
    ),
    _worked("aov_vs_shop", standing.OWN_ORDER, "own average order / the shop's of 90 days"),
    _worked("cart_vs_aov", standing.CART, "value of the cart / the shop's average order"),
    _worked(
        "reorder_ratio",
        standing.REORDER,
        "time since the newest order / the usual gap: of three orders on the own, else the shop's",
    ),
    _worked(
        "replenish_ratio",
        standing.REPLENISH,
        "time since a product was bought / its usual gap, of products bought again, the highest",
    ),
    _worked(
        "view_price_pct_median_30d",
        standing.PRICES,
        "median price percentile in the catalogue of the products viewed, 30 days",
    ),
)
TRAITS: dict[str, Trait] = {trait.name: trait for trait in _ALL}
# All the events that some trait reads whole: load these to tell every trait.
WHOLE = frozenset(name for trait in _ALL for name in trait.whole)
ALSO = frozenset(name for trait in _ALL for name in trait.also)

NO_SHOP = Shop("", "")

# Known to nobody yet: rules over them are neither true nor false.
PREDICTIONS = frozenset({"p_purchase_7d", "p_churn", "predicted_value_pct", "expected_next_order"})
# Of the vocabulary, but not kept by this version.
LATER: frozenset[str] = frozenset()


def known_trait(name: str) -> Trait | None:
    """The trait called ``name``; None: a declared one. Raises NotYet for those to come."""
    if name in LATER:
        raise NotYet(f"the trait {name} is not kept yet; see docs/traits.md for those that are")
    return TRAITS.get(name)


def value_of(trait: Trait, facts: Facts, now: int, shop: Shop | None = None) -> Any:
    """The trait as stored: dates Unix ms, money minor units; None: unset.

    ``shop``: whose visitor it is; absent: one with UTC and no wishes. What its events were not
    loaded for is unset.
    """
    if trait.worked is not None:
        return (
            trait.worked.value(facts, now, shop or NO_SHOP) if trait.worked.known(facts) else None
        )
    if trait.counts:
        return sum(_within(facts.times.get(name, ()), now, trait.span) for name in trait.counts)
    column = trait.since or trait.column or ""
    value = getattr(facts.profile, column)
    if trait.since is not None:
        return None if value is None or value > now else (now - value) / trait.span
    return None if value == "" else value


def declared_value(name: str, facts: Facts) -> Any:
    """What was declared under ``name``; None: nothing."""
    found = facts.profile.declared.get(name)
    return None if found is None else found[0]


def all_traits(facts: Facts, now: int, shop: Shop) -> dict[str, Any]:
    """Every trait that is set, declared ones too, by name: dates Unix ms, money major units."""
    found = {name: value for name, value in _known(facts, now, shop) if value is not None}
    for name in facts.profile.declared:
        if name not in found and (value := declared_value(name, facts)) is not None:
            found[name] = value
    return found


def _known(facts: Facts, now: int, shop: Shop) -> Iterator[tuple[str, Any]]:
    for trait in _ALL:
        value = value_of(trait, facts, now, shop)
        if value is not None and trait.kind == MONEY:
            value = shop.major(value)
        elif isinstance(value, float) and trait.column is None:
            value = round(value, 2 if trait.since is not None else 4)
        yield trait.name, value


def _within(times: tuple[int, ...], now: int, span: int) -> int:
    return bisect_right(times, now) - bisect_right(times, now - span)
