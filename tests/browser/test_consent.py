"""Does the tag hold its tongue until the visitor has chosen, whichever banner asked?"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

STORED = "JSON.stringify([document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)])"
NOTHING = '["",[],[]]'
LAYER = "window.dataLayer = []; function gtag() { dataLayer.push(arguments); }"
# Notes every key and cookie that is written, were it only for a moment.
WATCHED = """
window.written = [];
const { setItem } = Storage.prototype;
Storage.prototype.setItem = function (key) {
  written.push(key);
  return setItem.apply(this, arguments);
};
const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
Object.defineProperty(document, 'cookie', {
  get() { return cookie.get.call(document); },
  set(text) { if (!/max-age=0/.test(text)) written.push(text); cookie.set.call(document, text); },
});
"""

# Banners as their pages have them: nobody has chosen yet; then yes, then no.
BANNERS = {
    "Google": (
        LAYER + "gtag('consent', 'default', {analytics_storage: 'denied'});",
        "gtag('consent', 'update', {analytics_storage: 'granted'});",
        "gtag('consent', 'update', {analytics_storage: 'denied'});",
    ),
    "Shopify": (
        """window.open_ = true; window.yes = false; window.Shopify = {customerPrivacy: {
          analyticsProcessingAllowed: () => yes, shouldShowBanner: () => open_}};""",
        "open_ = false; yes = true; document.dispatchEvent(new Event('visitorConsentCollected'));",
        "yes = false; document.dispatchEvent(new Event('visitorConsentCollected'));",
    ),
    "TCF": (
        """window.__tcfapi = (what, version, does) => {
          window.say = (eventStatus, consents) =>
            does({gdprApplies: true, eventStatus, purpose: {consents}}, true);
          say('cmpuishown', {}); };""",
        "say('useractioncomplete', {1: true});",
        "say('useractioncomplete', {});",
    ),
    "vanilla-cookieconsent": (
        """window.valid = false; window.yes = false; window.CookieConsent = {
          acceptedCategory: (name) => name == 'analytics' && yes, validConsent: () => valid};""",
        "valid = yes = true; dispatchEvent(new CustomEvent('cc:onConsent'));",
        "yes = false; dispatchEvent(new CustomEvent('cc:onChange'));",
    ),
    "Klaro": (
        """window.manager = {confirmed: false, consents: {shop: true, regulars: false},
          config: {services: [{name: 'shop', purposes: ['functional']},
            {name: 'regulars', purposes: ['analytics']}]}};
          window.klaro = {getManager: () => manager};""",
        "manager.confirmed = manager.consents.regulars = true;",
        "manager.consents.regulars = false;",
    ),
    "Cookiebot": (
        "window.Cookiebot = {hasResponse: false, consent: {statistics: false}};",
        "Cookiebot.hasResponse = Cookiebot.consent.statistics = true;",
        "Cookiebot.consent.statistics = false;",
    ),
    "OneTrust": (
        """window.OnetrustActiveGroups = ',C0001,'; window.closed_ = false;
          window.OneTrust = {IsAlertBoxClosed: () => closed_};""",
        "OnetrustActiveGroups = ',C0001,C0002,'; closed_ = true;",
        "OnetrustActiveGroups = ',C0001,';",
    ),
    "CookieYes": (
        """window.chosen = {isUserActionCompleted: false, categories: {analytics: false}};
          window.getCkyConsent = () => chosen;""",
        "chosen.isUserActionCompleted = chosen.categories.analytics = true;",
        "chosen.categories.analytics = false;",
    ),
}


def inline(listener: Any, code: str) -> None:
    """Put a script before the tag."""
    listener.inline = f"<script>{code}</script>\n"


def wait_long_enough(page: Page, ms: int = 400) -> None:
    """Some flushes later: what was to be sent is sent."""
    page.evaluate("(ms) => new Promise((done) => setTimeout(done, ms))", ms)


def open_page(page: Page, listener: Any, name: str = "product.html") -> None:
    """Open a page of the shop; its tag has started."""
    page.goto(f"{listener.shop}/{name}")
    page.wait_for_function("!!window.__rs")


@pytest.mark.parametrize("banner", BANNERS)
@pytest.mark.parametrize("tag", ["", ' data-consent="pending"'])
def test_events_are_held_until_the_banner_is_answered(page_of_a_person, listener, banner, tag):
    undecided, yes, no = BANNERS[banner]
    inline(listener, undecided)
    listener.tag = 'data-flush-ms="20"' + tag
    page = page_of_a_person()
    page.add_init_script(WATCHED)
    open_page(page, listener)
    wait_long_enough(page)
    assert (page.evaluate(STORED), page.evaluate("written")) == (NOTHING, [])
    assert listener.told == []
    page.evaluate(yes)
    listener.wait_for("view_item")
    assert listener.told[0].names == ["page_view", "view_item"]
    assert listener.told[0].body["consent"] == "granted"
    page.evaluate(no)
    page.wait_for_function(f"() => {STORED} == '{NOTHING}'")
    assert page.evaluate("rs('id')") is None
    said = len(listener.told)
    page.evaluate("rs('track', 'gift')")
    wait_long_enough(page, 200)
    assert len(listener.told) == said


@pytest.mark.parametrize("banner", BANNERS)
def test_who_refused_is_not_followed(page_of_a_person, listener, banner):
    undecided, yes, no = BANNERS[banner]
    inline(listener, undecided + yes + no)
    page = page_of_a_person()
    page.add_init_script(WATCHED)
    open_page(page, listener)
    wait_long_enough(page, 1200)
    assert (page.evaluate(STORED), page.evaluate("written")) == (NOTHING, [])
    page.goto("about:blank")
    assert listener.told == []


def test_who_agreed_before_keeps_the_id_while_the_next_page_asks_the_banner(
    page_of_a_person, listener
):
    undecided, yes, _ = BANNERS["Google"]
    inline(listener, undecided)
    page = page_of_a_person()
    open_page(page, listener)
    page.evaluate(yes)
    listener.wait_for("page_view")
    before = page.evaluate("rs('id')")
    open_page(page, listener, "home.html")
    listener.wait_for("page_view", 2)
    assert page.evaluate("rs('id')") == before


@pytest.mark.parametrize("said", ["granted", "denied"])
def test_what_the_tag_says_no_banner_changes(page_of_a_person, listener, said):
    undecided, yes, no = BANNERS["Google"]
    inline(listener, undecided + (no if said == "granted" else yes))
    listener.tag = f'data-flush-ms="20" data-consent="{said}"'
    page = page_of_a_person()
    open_page(page, listener)
    wait_long_enough(page, 1200)
    assert ("_rs" in page.evaluate("document.cookie")) == (said == "granted")
    assert bool(listener.told) == (said == "granted")


def test_what_the_page_says_no_banner_changes(page_of_a_person, listener):
    undecided = BANNERS["Cookiebot"][0]
    inline(listener, undecided)
    page = page_of_a_person()
    open_page(page, listener)
    page.evaluate("rs('consent', 'granted')")
    page.evaluate("Cookiebot.hasResponse = true")
    listener.wait_for("page_view")
    wait_long_enough(page, 1200)
    assert "_rs" in page.evaluate("document.cookie")


def test_a_default_of_granted_changes_nothing(page_of_a_person, listener):
    inline(listener, LAYER + "gtag('consent', 'default', {analytics_storage: 'granted'});")
    listener.tag = 'data-flush-ms="20" data-consent="pending"'
    page = page_of_a_person()
    open_page(page, listener)
    wait_long_enough(page)
    assert page.evaluate(STORED) == NOTHING
    assert listener.told == []


def test_a_refusal_said_before_the_tag_leaves_no_trace_at_any_moment(page_of_a_person, listener):
    inline(
        listener,
        "window.rs = function () { (rs.q = rs.q || []).push(arguments); };rs('consent', 'denied');",
    )
    page = page_of_a_person()
    page.add_init_script(WATCHED)
    open_page(page, listener)
    wait_long_enough(page)
    assert (page.evaluate(STORED), page.evaluate("written")) == (NOTHING, [])
    assert listener.told == []


def test_global_privacy_control_outdoes_every_banner(page_of_a_person, listener):
    inline(listener, "".join(undecided + yes for undecided, yes, _ in BANNERS.values()))
    page = page_of_a_person()
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });"
        + WATCHED
    )
    open_page(page, listener)
    page.evaluate("rs('consent', 'granted')")
    wait_long_enough(page, 1200)
    assert (page.evaluate(STORED), page.evaluate("written")) == (NOTHING, [])
    assert listener.told == []


def test_whatever_was_said_before_without_consent_nothing_is_kept(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener)
    for words in product(["granted", "denied", "pending", "nonsense"], repeat=3):
        for word in words:
            page.evaluate(
                "(word) => { rs('track', 'step'); rs('consent', word); rs('track', 'step'); }", word
            )
            if word != "granted":
                assert page.evaluate(STORED) == NOTHING, words
                assert page.evaluate("rs('id')") is None, words
