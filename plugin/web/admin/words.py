"""How is what a visitor did, and what we call it, said in plain words?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from plugin.web.language import money

# What a visitor did. {product}, {page}, … are filled in by ``event_words``.
DID = {
    "page_view": _l("Opened {page}"),
    "view_item": _l("Looked at {product}"),
    "view_item_list": _l("Saw the products of “{list}”"),
    "select_item": _l("Clicked {product} in “{list}”"),
    "search": _l("Searched for “{term}”"),
    "view_search_results": _l("Searched for “{term}”"),
    "add_to_cart": _l("Put {product} in the cart"),
    "remove_from_cart": _l("Took {product} out of the cart"),
    "add_to_wishlist": _l("Wished for {product}"),
    "view_cart": _l("Opened the cart"),
    "cart_state": _l("Had a cart with {count}"),
    "begin_checkout": _l("Began the checkout"),
    "add_shipping_info": _l("Gave the delivery address"),
    "add_payment_info": _l("Chose how to pay"),
    "purchase": _l("Ordered {count} for {money}"),
    "refund": _l("Got {money} back"),
    "sign_up": _l("Made an account"),
    "login": _l("Signed in"),
    "generate_lead": _l("Left contact details"),
    "view_promotion": _l("Saw a promotion"),
    "select_promotion": _l("Clicked a promotion"),
    "popup_view": _l("Was shown the popup “{popup}”"),
    "popup_holdout": _l("Would have been shown “{popup}” (control group)"),
    "popup_dismiss": _l("Closed the popup “{popup}”"),
    "popup_click": _l("Clicked in the popup “{popup}”"),
    "popup_submit": _l("Answered the popup “{popup}”"),
    "survey_answer": _l("Answered a question"),
    "page_leave": _l("Left the page"),
    "identify": _l("Told who they are"),
    "consent": _l("Answered the consent question"),
}
# A window tells its control group by the same event as a popup does.
HELD_WINDOW = _l("Would have seen the products of “{list}” (control group)")
# The names of events, as nouns.
EVENTS = {
    "page_view": _l("Page views"),
    "view_item": _l("Product views"),
    "view_item_list": _l("Product lists seen"),
    "select_item": _l("Clicks on listed products"),
    "search": _l("Searches"),
    "view_search_results": _l("Searches"),
    "add_to_cart": _l("Products put in the cart"),
    "remove_from_cart": _l("Products taken out of the cart"),
    "view_cart": _l("Views of the cart"),
    "begin_checkout": _l("Checkouts begun"),
    "purchase": _l("Orders"),
    "refund": _l("Refunds"),
    "add_to_wishlist": _l("Wishes"),
    "sign_up": _l("Accounts made"),
    "login": _l("Logins"),
    "popup_view": _l("Popups seen"),
    "popup_dismiss": _l("Popups closed"),
    "popup_click": _l("Popup clicks"),
    "popup_submit": _l("Popups answered"),
    "view_reviews": _l("Reviews read"),
    "view_size_guide": _l("Size guides read"),
    "generate_lead": _l("Contact details left"),
    "add_shipping_info": _l("Delivery addresses given"),
    "add_payment_info": _l("Payments chosen"),
    "view_promotion": _l("Promotions seen"),
    "select_promotion": _l("Clicks on promotions"),
    "survey_answer": _l("Questions answered"),
    "identify": _l("Told who they are"),
    "page_leave": _l("Pages left"),
}
TRAITS = {
    "first_seen": _l("First seen"),
    "last_seen": _l("Last seen"),
    "sessions_total": _l("Visits"),
    "days_since_last_seen": _l("Days since last seen"),
    "days_since_first_seen": _l("Days since first seen"),
    "pageviews_total": _l("Page views"),
    "pageviews_30d": _l("Page views, 30 days"),
    "product_views_total": _l("Product views"),
    "product_views_30d": _l("Product views, 30 days"),
    "searches_total": _l("Searches"),
    "searches_14d": _l("Searches, 14 days"),
    "cart_adds_total": _l("Put in the cart"),
    "cart_adds_30d": _l("Put in the cart, 30 days"),
    "cart_items_now": _l("Products in the cart"),
    "cart_value_now": _l("Value of the cart"),
    "hours_since_cart_update": _l("Hours since the cart changed"),
    "hours_since_checkout_start": _l("Hours since an unfinished checkout"),
    "orders_total": _l("Orders"),
    "orders_365d": _l("Orders, 365 days"),
    "units_total": _l("Pieces bought"),
    "revenue_total": _l("Revenue, net"),
    "refunds_total": _l("Money refunded"),
    "first_order": _l("First order"),
    "last_order": _l("Last order"),
    "days_since_last_order": _l("Days since the last order"),
    "device": _l("Device"),
    "browser": _l("Browser"),
    "in_app_browser": _l("In-app browser"),
    "language": _l("Language"),
    "country": _l("Country"),
    "channel_first": _l("First channel"),
    "channel_last": _l("Last channel"),
    "source_first": _l("First source"),
    "source_last": _l("Last source"),
    "campaign_last": _l("Last campaign"),
    "landing_page": _l("First page"),
    "last_item_id": _l("Product viewed last"),
    "last_category": _l("Category viewed last"),
    "popup_closes_total": _l("Popups closed"),
    "popup_closes_30d": _l("Popups closed, 30 days"),
    "popup_submits_total": _l("Popups answered"),
    "popup_submits_30d": _l("Popups answered, 30 days"),
    "rec_clicks_30d": _l("Clicks in windows, 30 days"),
    "identified": _l("Identified"),
    "customer_id": _l("Customer number"),
    "email": _l("E-mail"),
    "sessions_30d": _l("Visits, 30 days"),
    "days_since_prev_visit": _l("Days between the last two visits"),
    "device_mobile_share_90d": _l("Share of visits on a mobile, 90 days"),
    "night_visit_share_90d": _l("Share of visits at night, 90 days"),
    "distinct_products_7d": _l("Different products viewed, 7 days"),
    "max_views_same_product_7d": _l("Most views of one product, 7 days"),
    "hot_product_in_cart": _l("Most viewed product is in the cart"),
    "top_category_share_30d": _l("Share of the favourite category, 30 days"),
    "top_brand_share_30d": _l("Share of the favourite brand, 30 days"),
    "zero_result_searches_14d": _l("Searches without a result, 14 days"),
    "gift_search_14d": _l("Searched for a present, 14 days"),
    "review_reads_30d": _l("Reviews read, 30 days"),
    "size_guide_views_14d": _l("Size guides read, 14 days"),
    "policy_views_7d": _l("Views of delivery and returns pages, 7 days"),
    "coupon_claims_180d": _l("Coupons copied, 180 days"),
    "lead_score": _l("Lead score"),
    "units_per_order_avg": _l("Pieces an order, average"),
    "categories_bought": _l("Different categories bought"),
    "discount_order_share": _l("Share of orders with a discount"),
    "refund_order_share": _l("Share of orders sent back"),
    "days_to_birthday": _l("Days to the birthday"),
    "trait_answers": _l("Questions about themselves answered"),
    "season_local": _l("Season where they live"),
    "r": _l("Recency score, 1 to 5"),
    "f": _l("Frequency score, 1 to 5"),
    "m": _l("Money score, 1 to 5"),
    "revenue_365d_pct": _l("Percentile of the money of 365 days"),
    "aov_vs_shop": _l("Own average order, times the shop's"),
    "cart_vs_aov": _l("Value of the cart, times the average order"),
    "reorder_ratio": _l("Time since the last order, times the usual gap"),
    "replenish_ratio": _l("Time since a product was bought, times its usual gap"),
    "view_price_pct_median_30d": _l("Price level of the products viewed, 30 days"),
}
JOBS = {
    "tick": _l("Moves visitors whose segments may have changed"),
    "webhooks": _l("Tells your own servers who entered and who left"),
    "rankings": _l("Makes the lists of best sellers and of segments' favourites"),
    "feeds": _l("Reads the catalogue's feeds whose time has come"),
    "models": _l("Learns what is viewed and bought together"),
    "standings": _l("Ranks customers by recency, orders and money"),
    "letters": _l("Reads the letters of new events, so that rules find texts fast"),
    "proof": _l("Counts popups and windows, and does what their verdicts may do"),
    "pulse": _l("Notices when events stop coming"),
    "coupons": _l("Takes back what codes held whose time is over"),
    "reconcile": _l("Compares members with rules; it should find nothing"),
}
KINDS = {
    "modal": _l("Dialog"),
    "bar": _l("Bar"),
    "slide": _l("Slide-in"),
    "inline": _l("In the page"),
    "teaser": _l("Teaser"),
}
_WORD = re.compile(r"[a-z][a-z0-9_]+")
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠"}


def event_words(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What an event says, in a sentence. ``names``: products and campaigns by id, where known."""
    params = row["params"]
    sentence = DID.get(row["name"])
    if row["name"] == "popup_holdout" and "item_list_id" in params:
        sentence = HELD_WINDOW
    if sentence is None:
        return str(_("Sent “%(name)s”", name=row["name"]))
    fields = {
        "page": _page(params),
        "product": _products(row, names),
        "list": _named(params.get("item_list_id") or params.get("item_list_name"), names),
        "term": str(params.get("search_term") or params.get("q") or "…"),
        "popup": _named(params.get("popup_id"), names),
        "count": _count(row["items"]),
        "money": "?" if row["value"] is None else money(row["value"], row["currency"]),
    }
    # Not str.format: a product may be called "{page}".
    return re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], str(sentence))


def event_noun(name: str) -> str:
    """The event's name as a noun: "Product views"; the name itself when it is the shop's own."""
    return str(EVENTS.get(name, name))


def trait_label(name: str) -> str:
    """What a trait is called; a declared one keeps its name, without underscores."""
    return str(TRAITS.get(name) or name.replace("_", " ").capitalize())


def job_words(name: str, does: str) -> str:
    """What a job does, in the reader's language where it is known."""
    return str(JOBS.get(name, does))


def readable(why: str) -> str:
    """A reason such as "orders_total >= 3 (is 4)" with the names that pages use."""
    for sign, nicer in _SIGNS.items():
        why = why.replace(sign, nicer)

    def label(found: re.Match[str]) -> str:
        known = TRAITS.get(found[0]) or (EVENTS.get(found[0]) if "_" in found[0] else None)
        return str(known) if known and "_" in found[0] else found[0]

    return _WORD.sub(label, why)


def short_id(visitor_id: str) -> str:
    """Enough of an id to tell visitors apart in a list."""
    plain = visitor_id.removeprefix("customer-")
    return plain if len(plain) <= 10 else f"{plain[:8]}…"


def _page(params: Mapping[str, Any]) -> str:
    """The page's title, else its path."""
    title = params.get("page_title")
    if isinstance(title, str) and title.strip():
        return title.strip()[:120]
    try:
        return urlsplit(str(params.get("page_location") or "")).path[:120] or "/"
    except ValueError:
        return "?"


def _products(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    items = row["items"]
    if not items:
        return str(_("a product"))
    first = items[0]
    name = str(first.get("name") or names.get(first["item_id"]) or first["item_id"])
    if len(items) == 1:
        return name
    more = len(items) - 1
    return str(ngettext("%(name)s and %(num)s more", "%(name)s and %(num)s more", more, name=name))


def _named(slug: object, names: Mapping[str, str]) -> str:
    return names.get(str(slug), str(slug)) if slug else "…"


def _count(items: list[Mapping[str, Any]]) -> str:
    pieces = round(sum(float(item.get("quantity") or 1) for item in items))
    return str(ngettext("%(num)s product", "%(num)s products", pieces))
