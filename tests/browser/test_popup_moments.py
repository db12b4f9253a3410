"""Does a popup open at the moment it was set to, once, and never in the middle of something?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_offers import leave_upwards, open_shop, popup

PHONE = {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True}
# No tab of a headless browser is ever out of sight.
AWAY = """(ms) => {
  const see = (hidden) => {
    Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  see(true);
  return new Promise((back) => setTimeout(() => back(see(false)), ms));
}"""


def on(*triggers: dict[str, Any]) -> dict[str, Any]:
    """An answer with a popup that one trigger opens, or the first of several."""
    return popup(trigger=triggers[0] if len(triggers) == 1 else list(triggers))


def is_open(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Before you go")).to_be_visible()


def is_closed(page: Page) -> None:
    """That it is not there, and does not come with the next look at the page."""
    page.wait_for_timeout(450)
    expect(page.get_by_role("dialog", name="Before you go")).to_have_count(0)


def scroll_to(page: Page, share: float) -> None:
    page.evaluate(f"scrollTo(0, {share} * (document.documentElement.scrollHeight - innerHeight))")


def test_scroll_opens_when_so_much_of_the_page_was_seen(page_of_a_person, listener):
    listener.offer = on({"on": "scroll", "percent": 50})
    page = page_of_a_person()
    open_shop(page, listener)
    scroll_to(page, 0.3)
    is_closed(page)
    scroll_to(page, 0.6)
    is_open(page)


def test_idle_opens_when_nothing_was_touched_for_so_long(page_of_a_person, listener):
    listener.offer = on({"on": "idle", "seconds": 20})
    page = page_of_a_person()
    page.clock.install()
    open_shop(page, listener)
    page.clock.run_for(15_000)
    page.mouse.move(200, 200)
    page.clock.run_for(15_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for(6_000)
    is_open(page)


def test_tab_return_opens_for_who_was_away_for_so_long(page_of_a_person, listener):
    listener.offer = on({"on": "tab_return", "seconds": 0.5})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate(AWAY, 100)
    is_closed(page)
    page.evaluate(AWAY, 600)
    is_open(page)


def test_on_a_phone_to_be_back_from_another_tab_is_leaving_too(page_of_a_person, listener):
    listener.offer = on({"on": "exit", "seconds": 0})
    page = page_of_a_person(**PHONE)
    open_shop(page, listener)
    page.evaluate(AWAY, 1_100)
    is_open(page)


def test_click_opens_at_the_element_and_does_not_stand_in_its_way(page_of_a_person, listener):
    listener.offer = on({"on": "click", "selector": "#help"})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate(
        """() => {
          document.querySelector("h1").innerHTML = "<button id=help><b>Help</b></button>";
          document.querySelector("#help").onclick = (event) => (window.clicked = event.isTrusted);
        }"""
    )
    page.locator("h1 b").click()
    is_open(page)
    assert page.evaluate("window.clicked") is True


def test_a_selector_that_cannot_be_read_hurts_nobody(page_of_a_person, listener):
    listener.offer = on({"on": "click", "selector": "###"}, {"on": "exit", "seconds": 0})
    page = page_of_a_person()
    troubles: list[str] = []
    page.on("pageerror", lambda trouble: troubles.append(str(trouble)))
    open_shop(page, listener)
    page.locator("h1").click()
    leave_upwards(page)
    is_open(page)
    assert troubles == []


def test_event_opens_at_the_shops_own_event(page_of_a_person, listener):
    listener.offer = on({"on": "event", "event": "size_guide"})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate("rs('track', 'care_guide')")
    is_closed(page)
    page.evaluate("rs('track', 'size_guide')")
    is_open(page)


def test_zero_results_opens_for_what_the_page_told_before_the_popup_was_offered(
    page_of_a_person, listener
):
    listener.offer = on({"on": "zero_results"})
    page = page_of_a_person()
    listener.inline = (
        "<script>window.rs = window.rs || function () { (rs.q = rs.q || []).push(arguments) };"
        "rs('track', 'search', { search_term: 'unicorn', results: 0 })</script>"
    )
    open_shop(page, listener)
    is_open(page)


def test_a_search_that_found_something_opens_nothing(page_of_a_person, listener):
    listener.offer = on({"on": "zero_results"})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate("rs('track', 'search', { search_term: 'boots', results: 7 })")
    is_closed(page)


def test_add_to_cart_opens_when_the_cart_has_been_drawn(page_of_a_person, listener):
    listener.offer = on({"on": "add_to_cart"})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate("(window.dataLayer = []).push({ event: 'page' })")
    page.evaluate("rs('track', 'add_to_cart', { items: [{ item_id: 'hat' }] })")
    expect(page.get_by_role("dialog")).to_have_count(0)
    is_open(page)


def test_add_to_cart_opens_on_the_next_page_where_the_shop_loads_one(page_of_a_person, listener):
    listener.offer = on({"on": "add_to_cart"})
    page = page_of_a_person()
    open_shop(page, listener, "buy.html")
    page.locator("#add").click()
    page.wait_for_function("document.title.startsWith('Moon')")
    is_open(page)
    assert len(listener.events("popup_view")) <= 1
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(
    "trigger",
    [
        {"on": "load"},
        {"on": "nth_page", "pages": 3},
        {"on": "cart_value", "value": 50},
        {"on": "segment_entered"},
    ],
    ids=lambda one: one["on"],
)
def test_what_the_server_decides_opens_as_soon_as_it_is_here(page_of_a_person, listener, trigger):
    listener.offer = on(trigger)
    page = page_of_a_person()
    open_shop(page, listener)
    is_open(page)


def test_of_several_triggers_the_first_that_comes_opens_it_and_only_once(
    page_of_a_person, listener
):
    listener.offer = on({"on": "scroll", "percent": 40}, {"on": "exit", "seconds": 0})
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    is_open(page)
    page.keyboard.press("Escape")
    scroll_to(page, 0.9)
    is_closed(page)
    listener.wait_for("popup_dismiss")
    assert len(listener.events("popup_view")) == 1


def test_who_is_kept_from_it_meets_the_same_moment(page_of_a_person, listener):
    trigger = {"on": "scroll", "percent": 50}
    listener.offer = {"popup": {"id": "stay", "arm": "control", "trigger": trigger}}
    page = page_of_a_person()
    open_shop(page, listener)
    listener.wait(lambda: listener.ui_path() in listener.fetched)
    scroll_to(page, 0.3)
    is_closed(page)
    assert listener.events("popup_holdout") == []
    scroll_to(page, 0.6)
    listener.wait_for("popup_holdout")


def test_a_moment_that_has_come_waits_while_the_visitor_types(page_of_a_person, listener):
    listener.offer = on({"on": "event", "event": "size_guide"})
    page = page_of_a_person()
    open_shop(page, listener)
    page.locator("#search").focus()
    page.evaluate("rs('track', 'size_guide')")
    is_closed(page)
    page.evaluate("document.activeElement.blur()")
    is_open(page)


def test_nobody_is_interrupted_in_a_field_inside_a_shadow_root(page_of_a_person, listener):
    listener.offer = on({"on": "exit", "seconds": 0})
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate(
        """() => {
          const root = document.querySelector("h1").attachShadow({ mode: "open" });
          root.append(document.createElement("input"));
          root.firstChild.focus();
        }"""
    )
    leave_upwards(page)
    is_closed(page)


def test_nothing_opens_on_a_checkout_of_a_single_page_shop(page_of_a_person, listener):
    listener.offer = on({"on": "exit", "seconds": 0})
    page = page_of_a_person()
    open_shop(page, listener)
    asked = len(listener.told)
    page.evaluate("history.pushState({}, '', '/checkout/address'); document.title = 'Pay'")
    listener.wait(lambda: any("want" in told.body for told in listener.told[asked:]))
    leave_upwards(page)
    is_closed(page)
    asked = len(listener.told)
    page.evaluate("history.pushState({}, '', '/hats'); document.title = 'Hats'")
    listener.wait(lambda: any("want" in told.body for told in listener.told[asked:]))
    page.wait_for_timeout(300)
    leave_upwards(page)
    is_open(page)
