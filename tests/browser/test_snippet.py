"""Does the tag tell what happens on a shop's pages: all of it, once, and only with consent?"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page

STORED = "JSON.stringify([document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)])"
NOTHING = '["",[],[]]'
# Some flushes later: what was to be sent is sent.
LONG_ENOUGH = "performance.now() > 500"
ANSWERED = """() => performance.getEntriesByType('resource')
  .some((one) => one.name.endsWith('/v1/visit'))"""
STUB = "<script>window.rs=window.rs||function(){(rs.q=rs.q||[]).push(arguments)};</script>\n"
LAYER = """<script>window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments); }</script>
"""
BOOTS = "{currency: 'EUR', value: 129, items: [{item_id: 'boots-1', price: 129, quantity: 1}]}"
ADD = f"dataLayer.push({{event: 'add_to_cart', ecommerce: {BOOTS}}})"


def troubles(page: Page) -> list[str]:
    """What the page complains of from now on: thrown errors and console errors."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found


def visit(page: Page, listener: Any, name: str = "home.html") -> None:
    """Open a page of the shop and wait until its visit is answered."""
    page.goto(f"{listener.shop}/{name}")
    listener.wait(lambda: any("page_view" in told.names for told in listener.told))


def test_the_first_request_tells_the_page_and_its_product_and_asks_what_to_show(
    page_of_a_person, listener
):
    page = page_of_a_person()
    page.goto(f"{listener.shop}/product.html")
    listener.wait_for("view_item")
    first = listener.told[0]
    assert first.names == ["page_view", "view_item"]
    assert first.body["want"] == {"popup": True, "windows": [], "item_id": "boots-1"}
    assert first.body["page"]["url"].endswith("/product.html")
    assert first.body["page"]["language"] == "en"
    assert "webdriver" not in first.body
    said = first.body["events"][0]["params"]
    assert said["page_location"] == f"{listener.shop}/product.html"
    assert said["page_title"] == "Winter boots"
    params = first.body["events"][1]["params"]
    assert (params["currency"], params["value"]) == ("EUR", 129)
    item = params["items"][0]
    assert (item["item_id"], item["item_name"], item["price"]) == ("boots-1", "Winter boots", 129)
    assert (item["item_brand"], item["item_category"]) == ("Moon", "Shoes > Boots")


@pytest.mark.parametrize(
    ("told", "wanted"), [("{effectiveType: '3g'}", "3g"), ("{saveData: true}", "save-data")]
)
def test_a_page_view_tells_how_fast_the_connection_is_where_the_browser_says_so(
    page_of_a_person, listener, told, wanted
):
    page = page_of_a_person()
    page.add_init_script(
        f"Object.defineProperty(Navigator.prototype, 'connection', {{ get: () => ({told}) }})"
    )
    visit(page, listener)
    assert listener.events("page_view")[0]["params"]["connection"] == wanted


def test_a_request_needs_no_preflight(page_of_a_person, listener):
    visit(page_of_a_person(), listener)
    assert listener.told[0].kind.startswith("text/plain")
    assert listener.told[0].origin == listener.shop
    assert "preflight" not in listener.fetched


def test_ids_are_a_random_visitor_and_events_in_the_order_of_time(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener, "product.html")
    body = listener.told[0].body
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-%s[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(uuid % "4", body["visitor_id"])
    viewed, seen = body["events"]
    assert re.fullmatch(uuid % "7", viewed["event_id"])
    assert int(viewed["event_id"].replace("-", "")[:12], 16) == viewed["timestamp"]
    # The server derives views of its own, under the same id.
    assert seen["event_id"] == viewed["event_id"] + "-v"
    assert page.evaluate("rs('id')") == body["visitor_id"]


def test_a_visitor_is_known_again_on_the_next_page_and_without_the_cookie(
    page_of_a_person, listener
):
    page = page_of_a_person()
    visit(page, listener)
    before = page.evaluate("rs('id')")
    cookie = next(one for one in page.context.cookies() if one["name"] == "_rs")
    assert (cookie["value"], cookie["sameSite"]) == (before, "Lax")
    page.context.clear_cookies()
    page.goto(f"{listener.shop}/product.html")
    listener.wait_for("page_view", 2)
    assert page.evaluate("rs('id')") == before


def test_events_within_the_flush_time_go_in_one_request(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="300"'
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate(
        "rs('track', 'size_guide'); rs('track', 'wish', {note: 'a'}); rs('track', 'gift')"
    )
    listener.wait_for("gift")
    assert listener.told[1].names == ["size_guide", "wish", "gift"]
    assert "want" not in listener.told[1].body


def test_storage_holds_what_no_answer_came_for_within_a_second_and_nothing_else(
    page_of_a_person, listener
):
    page = page_of_a_person()
    page.add_init_script("""const every = setInterval;
      window.setInterval = (does, ms) => ms == 1000 ? (window.second = does) : every(does, ms);""")
    visit(page, listener, "product.html")
    page.wait_for_function(ANSWERED)
    page.evaluate("new Promise((read) => setTimeout(read, 100)).then(second)")
    assert page.evaluate("Object.keys(localStorage)") == []
    mina = page.evaluate("rs('id')")
    listener.delays["/v1/visit"] = 60
    page.evaluate("rs('track', 'size_guide'); second()")
    (event,) = page.evaluate("JSON.parse(localStorage._rs_q)")
    assert event["name"] == "size_guide"
    page.goto(f"{listener.shop}/shop.css")
    assert page.evaluate("localStorage._rs") == mina


def test_twenty_events_do_not_wait_for_the_timer_and_come_at_most_25_at_once(
    page_of_a_person, listener
):
    listener.tag = 'data-flush-ms="60000"'
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("for (let n = 0; n < 60; n++) rs('track', 'step', {n})")
    listener.wait_for("step", 45)
    assert max(len(told.names) for told in listener.told) <= 25


def test_what_waits_when_the_visitor_leaves_goes_by_beacon(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="60000"'
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("rs('track', 'size_guide')")
    page.goto("about:blank")
    listener.wait_for("size_guide")


def test_a_server_that_is_down_gets_the_same_events_later(page_of_a_person, listener):
    listener.statuses = [503, 429, 500]
    page = page_of_a_person()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, listener, "product.html")
    ids = [[event["event_id"] for event in told.body["events"]] for told in listener.turned_away]
    assert len(ids) == 3
    assert ids == [[event["event_id"] for event in listener.told[0].body["events"]]] * 3
    assert "want" in listener.told[0].body
    assert errors == []


def test_a_refused_batch_is_let_go(page_of_a_person, listener):
    listener.statuses = [400]
    page = page_of_a_person()
    page.goto(f"{listener.shop}/home.html")
    listener.wait(lambda: listener.turned_away)
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    assert [event["name"] for event in listener.events()] == ["size_guide"]


def test_a_blocked_endpoint_makes_no_trouble_and_the_next_page_delivers(page_of_a_person, listener):
    page = page_of_a_person()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    blocked: list[str] = []
    page.route("**/v1/visit", lambda route: (blocked.append("x"), route.abort()))
    page.goto(f"{listener.shop}/product.html")
    page.wait_for_function("JSON.parse(localStorage._rs_q || '[]').length == 2")
    page.wait_for_event("requestfailed")
    page.unroute("**/v1/visit")
    page.goto(f"{listener.shop}/home.html")
    assert len(listener.wait_for("page_view", 2)) == 2
    assert len(listener.events("view_item")) == 1
    page.wait_for_function("localStorage._rs_q == '[]'")
    assert errors == []


def test_pending_consent_sends_nothing_and_leaves_nothing(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="20" data-consent="pending"'
    page = page_of_a_person()
    page.goto(f"{listener.shop}/product.html")
    page.evaluate("rs('track', 'size_guide')")
    page.wait_for_function(LONG_ENOUGH)
    assert page.evaluate(STORED) == NOTHING
    assert page.evaluate("rs('id')") is None
    page.goto("about:blank")
    assert listener.told == []


def test_consent_given_later_sends_what_was_held_and_is_remembered(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="20" data-consent="pending"'
    page = page_of_a_person()
    page.goto(f"{listener.shop}/product.html")
    page.evaluate("rs('consent', 'granted')")
    listener.wait_for("view_item")
    assert listener.told[0].names == ["page_view", "view_item"]
    assert listener.told[0].body["consent"] == "granted"
    assert "_rs=" in page.evaluate("document.cookie")
    page.goto(f"{listener.shop}/home.html")
    assert len(listener.wait_for("page_view", 2)) == 2


def test_consent_withdrawn_deletes_everything_and_sends_nothing_more(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener, "product.html")
    page.evaluate("rs('track', 'size_guide'); rs('consent', 'denied'); rs('track', 'gift')")
    assert page.evaluate(STORED) == NOTHING
    assert page.evaluate("rs('id')") is None
    page.wait_for_function(LONG_ENOUGH)
    page.goto("about:blank")
    assert {event["name"] for event in listener.events()} == {"page_view", "view_item"}


def test_consent_given_after_it_was_denied_counts_the_page(page_of_a_person, listener):
    listener.tag = 'data-flush-ms="20" data-consent="denied"'
    page = page_of_a_person()
    page.goto(f"{listener.shop}/product.html")
    page.evaluate("rs('consent', 'granted')")
    listener.wait_for("view_item")
    assert listener.told[0].names == ["page_view", "view_item"]


def test_global_privacy_control_is_a_no(page_of_a_person, listener):
    page = page_of_a_person()
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
    )
    page.goto(f"{listener.shop}/product.html")
    page.evaluate("rs('consent', 'granted'); rs('track', 'size_guide')")
    page.wait_for_function(LONG_ENOUGH)
    assert page.evaluate(STORED) == NOTHING
    assert listener.told == []


def test_a_datalayer_is_read_from_its_start_and_while_it_grows(page_of_a_person, listener):
    listener.inline = LAYER + f"<script>dataLayer.push({{event: 'gtm.js'}}); {ADD}</script>\n"
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate(f"dataLayer.push({{event: 'begin_checkout', ecommerce: {BOOTS}}})")
    page.evaluate(f"gtag('event', 'add_to_wishlist', {BOOTS})")
    listener.wait_for("add_to_wishlist")
    names = [event["name"] for event in listener.events()]
    assert names == ["page_view", "add_to_cart", "begin_checkout", "add_to_wishlist"]
    assert listener.events("add_to_cart")[0]["params"]["items"][0]["item_id"] == "boots-1"


def test_a_product_that_the_datalayer_names_is_not_seen_twice(page_of_a_person, listener):
    listener.inline = LAYER
    page = page_of_a_person()
    visit(page, listener, "product.html")
    page.evaluate(f"dataLayer.push({{event: 'view_item', ecommerce: {BOOTS}}}); {ADD}")
    listener.wait_for("add_to_cart")
    assert len(listener.events("view_item")) == 1


def test_a_cart_that_changed_asks_anew_what_to_show(page_of_a_person, listener):
    listener.inline = LAYER
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate(ADD)
    listener.wait_for("add_to_cart")
    assert "want" in listener.told[1].body


def test_refresh_asks_anew_without_an_event(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("rs('refresh')")
    listener.wait(lambda: len(listener.told) > 1)
    assert listener.told[1].path == "/v1/popup"
    assert listener.told[1].body["want"]["popup"] is True
    assert "events" not in listener.told[1].body


def test_an_order_is_told_once_however_often_its_page_is_loaded(page_of_a_person, listener):
    order = f"{{event: 'purchase', ecommerce: {{transaction_id: 'A-7', ...{BOOTS}}}}}"
    listener.inline = LAYER + f"<script>dataLayer.push({order})</script>\n"
    page = page_of_a_person()
    visit(page, listener)
    listener.wait_for("purchase")
    page.reload()
    listener.wait_for("page_view", 2)
    assert len(listener.events("purchase")) == 1


def test_calls_made_before_the_script_is_there_are_played_in_order(page_of_a_person, listener):
    calls = f"rs('identify', {{email: 'mina@shop.example'}}); rs('track', 'add_to_cart', {BOOTS});"
    listener.inline = STUB + f"<script>{calls}</script>\n"
    visit(page_of_a_person(), listener)
    listener.wait_for("add_to_cart")
    assert listener.told[0].names == ["page_view", "identify", "add_to_cart"]
    assert listener.events("identify")[0]["params"] == {"email": "mina@shop.example"}


def test_a_tag_that_stands_twice_counts_once_and_leaves_two_globals(page_of_a_person, listener):
    page = page_of_a_person()
    page.goto(f"{listener.shop}/shop.css")
    before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    listener.tags = 2
    visit(page, listener)
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    assert len(listener.events("page_view")) == 1
    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - before == {"rs", "__rs"}


def test_a_page_of_a_single_page_shop_is_a_page(page_of_a_person, listener):
    page = page_of_a_person()
    visit(page, listener)
    page.evaluate("history.pushState({}, '', '/shoes?color=red'); location.hash = '#top'")
    second = listener.wait_for("page_view", 2)[1]
    assert second["params"]["page_location"].endswith("/shoes?color=red#top")
    assert second["params"]["page_referrer"].endswith("/home.html")
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    assert len(listener.events("page_view")) == 2


def test_a_first_party_prefix_goes_before_every_path(page_of_a_person, listener):
    listener.prefix = "/own"
    listener.tag = 'data-flush-ms="50" data-path="/own"'
    visit(page_of_a_person(), listener)
    assert listener.told[0].path == "/own/v1/visit"


def test_the_shops_own_address_sets_the_cookie_again_until_consent_is_withdrawn(
    page_of_a_person, listener
):
    listener.prefix, listener.same = "/own", True
    listener.tag = 'data-flush-ms="50" data-path="/own"'
    page = page_of_a_person()
    visit(page, listener)
    page.wait_for_function(ANSWERED)
    (cookie,) = page.context.cookies()
    assert cookie["value"] == page.evaluate("rs('id')")
    assert cookie["expires"] - time.time() < 1_000_001
    listener.delays["/own/v1/visit"] = 0.3
    with page.expect_request("**/v1/visit"):
        page.evaluate("rs('track', 'size_guide')")
    page.evaluate("rs('consent', 'denied')")
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert page.context.cookies() == []


def test_storage_that_is_switched_off_stops_nothing(page_of_a_person, listener):
    page = page_of_a_person()
    errors = troubles(page)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('off'); } })"
    )
    visit(page, listener)
    assert errors == []


def test_wrong_calls_never_throw_into_the_page(page_of_a_person, listener):
    page = page_of_a_person()
    errors = troubles(page)
    visit(page, listener)
    page.evaluate(
        "rs(); rs('fly'); rs('track'); rs('track', 'x', 7); rs('identify', null);"
        "rs('track', 'y', {items: [null, 3]}); rs('constructor', 1); rs('track', 'done')"
    )
    listener.wait_for("done")
    assert errors == []
