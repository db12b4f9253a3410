"""The owner's pages: what happened in the shop, who was there, and what the offers brought."""

from __future__ import annotations

from plugin.web import exports
from plugin.web.admin import (
    about,
    campaigns,
    catalogue,
    editor,
    entry,
    install,
    jobs,
    mapping,
    outgoing,
    overview,
    segments,
    staff,
    templates,
    visitors,
)
from plugin.web.route import Route

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
    Route(POST, "/admin/popups/<slug>/switch", campaigns.switch_popup, "owner", "On or off."),
    Route(POST, "/admin/popups/<slug>/share", campaigns.share_popup, "owner", "To 90 %."),
    Route(GET, "/admin/windows", campaigns.windows, "owner", "Windows and what they brought."),
    Route(POST, "/admin/windows/<slug>/switch", campaigns.switch_window, "owner", "On or off."),
    Route(POST, "/admin/windows/<slug>/share", campaigns.share_window, "owner", "To 90 %."),
    Route(GET, "/admin/catalogue", catalogue.catalogue, "owner", "Products and feeds."),
    Route(GET, "/admin/catalogue/live.json", catalogue.live, "owner", "How far feeds are."),
    Route(POST, "/admin/catalogue/save", catalogue.save, "owner", "Keep a feed."),
    Route(POST, "/admin/catalogue/upload", catalogue.upload, "owner", "Take a file in."),
    Route(POST, "/admin/catalogue/<feed>/run", catalogue.run, "owner", "Read a feed now."),
    Route(POST, "/admin/catalogue/<feed>/remove", catalogue.remove, "owner", "Forget a feed."),
    Route(GET, "/admin/jobs", jobs.job_list, "owner", "What the clock did."),
    Route(GET, "/admin/<path:rest>", entry.nowhere, "owner", "No such page."),
)
