"""Which routes are there, who may call each, and which view answers?

This one table feeds Flask, the API's description and the tests' matrices.
"""

from __future__ import annotations

from plugin.web import coupons_api as c
from plugin.web import definitions as d
from plugin.web import feeds_api as f
from plugin.web import history, inspect, machines, members, preview, server_api, snippet, storefront
from plugin.web.admin_routes import ADMIN_ROUTES
from plugin.web.config_api import config
from plugin.web.popups_api import why
from plugin.web.recipes_api import adopt_recipe, list_recipes
from plugin.web.rehearsal_api import progress, rehearsal
from plugin.web.rehearsal_api import stop as stop_rehearsal
from plugin.web.results_api import results
from plugin.web.route import Route
from plugin.web.templates_api import adopt_template, list_templates

HOT = True
CAMPAIGNS = "/v1/<any(popups, windows):kind>"

STOREFRONT_ROUTES = (
    Route(
        ("POST",),
        "/v1/visit",
        storefront.visit,
        "browser",
        "Events in, offers out.",
        HOT,
    ),
    Route(("POST",), "/v1/recommend", storefront.recommend, "browser", "A window's products.", HOT),
    Route(("POST",), "/v1/popup", storefront.popup, "browser", "A page's popup.", HOT),
    Route(("POST",), "/v1/submit", storefront.submit, "browser", "A popup form's answers.", HOT),
    Route(("GET",), "/s.js", snippet.tracker, "public", "The script that pages embed."),
    Route(("GET",), "/find.js", snippet.finder, "public", "Finds what a page sells."),
    Route(("GET",), "/debug.js", snippet.debugger, "public", "Shows an owner what was found."),
    Route(("GET",), "/ui.<digest>.js", snippet.renderer, "public", "Draws windows."),
    Route(("GET",), "/dialog.<digest>.js", snippet.popup_renderer, "public", "Draws popups."),
    Route(("POST",), "/v1/inspect", inspect.inspect, "browser", "What the owner's browser saw."),
)
MACHINE_ROUTES = (
    Route(("GET",), "/", machines.home, "public", "To the owner's pages."),
    Route(("GET",), "/health", machines.health, "public", "The process answers."),
    Route(("GET",), "/ready", machines.ready, "public", "A visit would be stored."),
    Route(("GET",), "/metrics", machines.metrics, "public", "Figures for Prometheus."),
    Route(("GET",), "/v1/openapi.json", machines.described, "public", "This API, described."),
)
SERVER_ROUTES = (
    Route(("POST",), "/v1/events", server_api.events, "server", "Take events of any age.", HOT),
    Route(("POST",), "/v1/orders", server_api.orders, "server", "Confirm or refund an order.", HOT),
    Route(("PUT",), "/v1/items", server_api.put_items, "server", "Keep products."),
    Route(("GET",), "/v1/items", server_api.list_items, "server", "The catalogue, paged."),
    Route(("DELETE",), "/v1/items/<item_id>", server_api.delete_item, "server", "Remove one."),
    Route(("GET",), "/v1/feeds", f.list_feeds, "server", "Every feed, and how it did."),
    Route(("GET",), "/v1/feeds/<feed>", f.get_feed, "server", "One feed."),
    Route(("PUT",), "/v1/feeds/<feed>", f.put_feed, "server", "Make or change a feed."),
    Route(("DELETE",), "/v1/feeds/<feed>", f.delete_feed, "server", "Forget a feed."),
    Route(("POST",), "/v1/feeds/<feed>/run", f.run_feed, "server", "Read it now."),
    Route(("GET",), "/v1/visitors/<visitor_id>", server_api.visitor, "server", "One visitor."),
    Route(("DELETE",), "/v1/visitors/<visitor_id>", server_api.erase_visitor, "server", "Erase."),
    Route(("GET",), "/v1/segments", d.list_segments, "server", "Every segment with its size."),
    Route(("POST",), "/v1/segments/preview", preview.preview, "server", "Try a rule."),
    Route(("DELETE",), "/v1/segments/preview/<run>", preview.stop, "server", "End a try."),
    Route(("GET",), "/v1/segments/templates", list_templates, "server", "Segments ready made."),
    Route(("POST",), "/v1/segments/templates/<key>", adopt_template, "server", "Adopt one."),
    Route(("GET",), "/v1/segments/<slug>", d.get_segment, "server", "One segment."),
    Route(("PUT",), "/v1/segments/<slug>", d.put_segment, "server", "Make or change a segment."),
    Route(("DELETE",), "/v1/segments/<slug>", d.delete_segment, "server", "Remove a segment."),
    Route(("GET",), "/v1/segments/<slug>/visitors", members.members, "server", "Who is in it."),
    Route(("POST",), "/v1/segments/<slug>/visitors", members.place, "server", "Put in by hand."),
    Route(("GET",), "/v1/segments/<slug>/history", history.history, "server", "Sizes by day."),
    Route(("GET",), "/v1/segments/<slug>/transitions", history.transitions, "server", "Moves."),
    Route(("GET",), "/v1/coupons", c.list_pools, "server", "Every coupon pool."),
    Route(("GET",), "/v1/coupons/<slug>", c.get_pool, "server", "One coupon pool."),
    Route(("PUT",), "/v1/coupons/<slug>", c.put_pool, "server", "Make or change a pool."),
    Route(("DELETE",), "/v1/coupons/<slug>", c.delete_pool, "server", "Remove a pool."),
    Route(("GET",), "/v1/coupons/<slug>/codes", c.list_codes, "server", "Its codes, paged."),
    Route(("POST",), "/v1/coupons/<slug>/codes", c.put_codes, "server", "Import or make codes."),
    Route(("GET",), "/v1/leads", c.leads, "server", "What people left in popups."),
    Route(("GET",), "/v1/popups/recipes", list_recipes, "server", "Popups ready made."),
    Route(("POST",), "/v1/popups/recipes/<key>", adopt_recipe, "server", "Adopt one."),
    Route(("GET",), CAMPAIGNS, d.list_campaigns, "server", "Every popup or window."),
    Route(("GET",), f"{CAMPAIGNS}/<slug>", d.get_campaign, "server", "One popup or window."),
    Route(("PUT",), f"{CAMPAIGNS}/<slug>", d.put_campaign, "server", "Make or change one."),
    Route(("DELETE",), f"{CAMPAIGNS}/<slug>", d.delete_campaign, "server", "Remove one."),
    Route(("GET",), f"{CAMPAIGNS}/<slug>/results", results, "server", "What one brought."),
    Route(("GET",), "/v1/popups/<slug>/why", why, "server", "Why it comes, or not."),
    Route(("POST",), "/v1/popups/rehearsal", rehearsal, "server", "Last month, with others."),
    Route(("GET",), "/v1/popups/rehearsal/<run>", progress, "server", "How far one is."),
    Route(("DELETE",), "/v1/popups/rehearsal/<run>", stop_rehearsal, "server", "End one."),
    Route(("GET", "PUT"), "/v1/config", config, "server", "The whole shop."),
)
ROUTES: tuple[Route, ...] = (*STOREFRONT_ROUTES, *MACHINE_ROUTES, *SERVER_ROUTES, *ADMIN_ROUTES)
