"""Which are the owner's pages, and which view answers each?

Their modules are read when an owner opens a page: a worker that has to come back takes visits
sooner.
"""

from __future__ import annotations

from plugin.web.later import Later
from plugin.web.route import Route

about = Later("plugin.web.admin.about")
campaigns = Later("plugin.web.admin.campaigns")
catalogue = Later("plugin.web.admin.catalogue")
config = Later("plugin.web.admin.config")
coupons = Later("plugin.web.admin.coupons")
editor = Later("plugin.web.admin.editor")
entry = Later("plugin.web.admin.entry")
install = Later("plugin.web.admin.install")
jobs = Later("plugin.web.admin.jobs")
leads = Later("plugin.web.admin.leads")
mapping = Later("plugin.web.admin.mapping")
outgoing = Later("plugin.web.admin.outgoing")
overview = Later("plugin.web.admin.overview")
popup_editor = Later("plugin.web.admin.popup_editor")
popup_preview = Later("plugin.web.admin.popup_preview")
recipes = Later("plugin.web.admin.recipes")
rehearsal = Later("plugin.web.admin.rehearsal")
segments = Later("plugin.web.admin.segments")
staff = Later("plugin.web.admin.staff")
templates = Later("plugin.web.admin.templates")
visitors = Later("plugin.web.admin.visitors")
why = Later("plugin.web.admin.why")
windows = Later("plugin.web.admin.windows")
windows_edit = Later("plugin.web.admin.windows_edit")
windows_page = Later("plugin.web.admin.windows_page")
exports = Later("plugin.web.exports")

GET, POST = ("GET",), ("POST",)

ADMIN_ROUTES: tuple[Route, ...] = (
    Route(("GET", "POST"), "/admin/login", entry.login, "public", "The owner signs in."),
    Route(POST, "/admin/logout", entry.logout, "owner", "The owner signs out."),
    Route(GET, "/admin/", overview.overview, "owner", "The figures of 30 days."),
    Route(GET, "/admin/install", install.install, "owner", "The tag, and whether it works."),
    Route(POST, "/admin/install/about", about.save, "owner", "Keep what is said of the shop."),
    Route(GET, "/admin/live.json", install.live, "owner", "Whether the first event has come."),
    Route(GET, "/admin/check.json", install.check, "owner", "What a walk through the shop shows."),
    Route(POST, "/admin/check/again", install.again, "owner", "Begin the walk again."),
    Route(GET, "/admin/found", mapping.found, "owner", "What is found on pages, and where."),
    Route(POST, "/admin/found/save", mapping.save, "owner", "Say where things stand."),
    Route(GET, "/admin/staff", staff.staff, "owner", "Browsers that are left out."),
    Route(POST, "/admin/staff/unmark", staff.unmark, "owner", "Count one, or all, again."),
    Route(GET, "/admin/segments", segments.segment_list, "owner", "Segments with sizes."),
    Route(("GET", "POST"), "/admin/segments/new", editor.new, "owner", "Make a segment."),
    Route(("POST", "DELETE"), "/admin/segments/preview.json", editor.preview, "owner", "Try it."),
    Route(("GET", "POST"), "/admin/segments/<slug>/edit", editor.edit, "owner", "Change it."),
    Route(POST, "/admin/segments/<slug>/switch", editor.switch, "owner", "On or off."),
    Route(POST, "/admin/segments/<slug>/remove", editor.remove, "owner", "Remove it."),
    Route(GET, "/admin/segments/templates", templates.templates, "owner", "Segments ready made."),
    Route(POST, "/admin/segments/templates/adopt", templates.adopt_all, "owner", "A whole model."),
    Route(POST, "/admin/segments/templates/<key>/adopt", templates.adopt, "owner", "Adopt one."),
    Route(POST, "/admin/segments/templates/<key>/size", templates.size, "owner", "How many?"),
    Route(GET, "/admin/segments/<slug>", segments.segment, "owner", "One segment's members."),
    Route(GET, "/admin/segments/<slug>/export", exports.export, "owner", "Formats to take away."),
    Route(
        GET, "/admin/segments/<slug>/members.csv", exports.members_csv, "owner", "Members as CSV."
    ),
    Route(GET, "/admin/outgoing", outgoing.outgoing, "owner", "Who is told what."),
    Route(POST, "/admin/outgoing/save", outgoing.save, "owner", "Keep an address."),
    Route(POST, "/admin/outgoing/<hook>/test", outgoing.test, "owner", "Send a ping."),
    Route(POST, "/admin/outgoing/<hook>/rotate", outgoing.rotate, "owner", "A new secret."),
    Route(POST, "/admin/outgoing/<hook>/remove", outgoing.remove, "owner", "Remove one."),
    Route(POST, "/admin/outgoing/<hook>/replay", outgoing.replay, "owner", "Send again."),
    Route(GET, "/admin/visitors", visitors.visitor_list, "owner", "Visitors, seen last first."),
    Route(GET, "/admin/visitors/<visitor_id>", visitors.visitor, "owner", "One visitor."),
    Route(GET, "/admin/popups", campaigns.popups, "owner", "Popups and what they brought."),
    Route(GET, "/admin/popups/why", why.why, "owner", "Why one came, or not."),
    Route(("GET", "POST"), "/admin/popups/rehearsal", rehearsal.rehearsal, "owner", "Play it."),
    Route(
        ("GET", "POST", "DELETE"), "/admin/popups/rehearsal.json", rehearsal.run, "owner", "So too."
    ),
    Route(("GET", "POST"), "/admin/popups/new", popup_editor.new, "owner", "Make a popup."),
    Route(GET, "/admin/popups/frame", popup_preview.frame, "owner", "Where one is drawn."),
    Route(POST, "/admin/popups/preview.json", popup_preview.preview, "owner", "Try it."),
    Route(GET, "/admin/popups/recipes", recipes.recipes, "owner", "Popups ready made."),
    Route(GET, "/admin/popups/recipes/<key>/picture", popup_preview.picture, "owner", "One drawn."),
    Route(POST, "/admin/popups/recipes/<key>/adopt", recipes.adopt, "owner", "Adopt one."),
    Route(("GET", "POST"), "/admin/popups/<slug>/edit", popup_editor.edit, "owner", "Change it."),
    Route(POST, "/admin/popups/<slug>/remove", popup_editor.remove, "owner", "Remove it."),
    Route(POST, "/admin/popups/<slug>/switch", campaigns.switch_popup, "owner", "On or off."),
    Route(POST, "/admin/popups/<slug>/share", campaigns.share_popup, "owner", "To 90 %."),
    Route(POST, "/admin/popups/<slug>/undo", campaigns.undo_popup, "owner", "Take an act back."),
    Route(GET, "/admin/windows", windows.window_list, "owner", "Windows and what they brought."),
    Route(POST, "/admin/windows/first", windows.first, "owner", "Windows to begin with."),
    Route(("GET", "POST"), "/admin/windows/new", windows_edit.new, "owner", "Make a window."),
    Route(GET, "/admin/windows/products.json", windows_edit.products, "owner", "To choose from."),
    Route(GET, "/admin/windows/<slug>", windows_page.window, "owner", "What it shows, and why."),
    Route(GET, "/admin/windows/<slug>/results", windows_page.results, "owner", "What it brought."),
    Route(("GET", "POST"), "/admin/windows/<slug>/edit", windows_edit.edit, "owner", "Change it."),
    Route(POST, "/admin/windows/<slug>/choose", windows.choose, "owner", "Pin or ban a product."),
    Route(POST, "/admin/windows/<slug>/switch", windows.switch, "owner", "On or off."),
    Route(POST, "/admin/windows/<slug>/share", windows.share, "owner", "To 90 %."),
    Route(POST, "/admin/windows/<slug>/undo", windows.undo, "owner", "Take an act back."),
    Route(POST, "/admin/windows/<slug>/remove", windows.remove, "owner", "Remove it."),
    Route(GET, "/admin/catalogue", catalogue.catalogue, "owner", "Products and feeds."),
    Route(GET, "/admin/catalogue/live.json", catalogue.live, "owner", "How far feeds are."),
    Route(POST, "/admin/catalogue/save", catalogue.save, "owner", "Keep a feed."),
    Route(POST, "/admin/catalogue/shown", catalogue.shown, "owner", "Never shown, or again."),
    Route(POST, "/admin/catalogue/upload", catalogue.upload, "owner", "Take a file in."),
    Route(POST, "/admin/catalogue/<feed>/run", catalogue.run, "owner", "Read a feed now."),
    Route(POST, "/admin/catalogue/<feed>/remove", catalogue.remove, "owner", "Forget a feed."),
    Route(GET, "/admin/coupons", coupons.coupon_list, "owner", "Coupon pools."),
    Route(POST, "/admin/coupons/save", coupons.save, "owner", "Make or change a pool."),
    Route(POST, "/admin/coupons/value", coupons.value, "owner", "How orders tell their value."),
    Route(POST, "/admin/coupons/<slug>/more", coupons.more, "owner", "Add codes to a pool."),
    Route(POST, "/admin/coupons/<slug>/remove", coupons.remove, "owner", "Remove a pool."),
    Route(GET, "/admin/coupons/<slug>/codes.csv", coupons.codes_csv, "owner", "Its codes as CSV."),
    Route(GET, "/admin/leads", leads.lead_list, "owner", "What people left in popups."),
    Route(GET, "/admin/leads.csv", leads.leads_csv, "owner", "The same as CSV."),
    Route(("GET", "POST"), "/admin/config", config.config, "owner", "The whole shop as a file."),
    Route(GET, "/admin/config.json", config.download, "owner", "That file."),
    Route(GET, "/admin/jobs", jobs.job_list, "owner", "What the clock did."),
    Route(GET, "/admin/<path:rest>", entry.nowhere, "owner", "No such page."),
)
