"""Are windows and popups shown at their moment, usable by all, and inert whatever they hold?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

Offer = dict[str, Any]

HOSTILE = "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>"
STRICT = (
    "default-src 'none'; script-src {0} 'nonce-abc'; connect-src {0}; "
    "style-src 'self'; img-src 'self'"
)
FOCUSED = "(document.activeElement.shadowRoot || document).activeElement.{}"
SHIFTS = """new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.shifted = (window.shifted || 0) + one.value;
}).observe({ type: "layout-shift", buffered: true });"""


def text(words: str, style: str = "body") -> Offer:
    """A block of text."""
    return {"type": "text", "text": words, "style": style}


def product(item_id: str, **more: Any) -> Offer:
    """A product as the engine offers it."""
    return {
        "item_id": item_id,
        "name": item_id.title(),
        "url": f"/{item_id}.html",
        "image": "/tan.svg",
        "price": 30,
        "currency": "EUR",
        **more,
    }


def popup(*blocks: Offer, on: str = "exit", seconds: float = 0, **more: Any) -> Offer:
    """An answer with a popup that opens at its first chance."""
    return {
        "popup": {
            "id": "stay",
            "variant": 1,
            "arm": "show",
            "kind": "modal",
            "trigger": {"on": on, "seconds": seconds},
            "blocks": list(blocks) or [text("Before you go", "heading"), text("Ten percent off.")],
            "close": "Close",
            **more,
        }
    }


def window(*items: Offer, arm: str = "show", **more: Any) -> Offer:
    """An answer with products for the slot of home.html."""
    return {"windows": {"home-1": {"title": "For you", "items": list(items), "arm": arm, **more}}}


def open_shop(page: Page, listener: Any, name: str = "home.html") -> None:
    """Open a page and wait until what it may show has arrived."""
    page.goto(f"{listener.shop}/{name}")
    listener.wait(lambda: listener.told)
    if "popup" in listener.offer and listener.offer["popup"]["arm"] == "show":
        listener.wait(lambda: listener.dialog_path() in listener.fetched)


def leave_upwards(page: Page) -> None:
    """Move the pointer out of the window through its top edge, until the popup is there."""
    page.mouse.move(400, 300)
    page.mouse.move(400, 5)
    page.mouse.move(400, -10)


def hurt(page: Page) -> Any:
    """Whether any text came alive."""
    return page.evaluate("window.hurt")


def test_without_anything_to_show_the_renderer_is_not_loaded(page_of_a_person, listener):
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    assert listener.ui_path() not in listener.fetched


def test_a_window_shows_names_prices_and_links(page_of_a_person, listener):
    listener.offer = window(product("hat", sale_price=19.5), product("scarf", currency="KRW"))
    page = page_of_a_person()
    open_shop(page, listener)
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    hat = page.get_by_role("link", name="Hat")
    expect(hat).to_have_attribute("href", f"{listener.shop}/hat.html")
    expect(hat).to_contain_text("€19.50")
    expect(hat.locator("s")).to_contain_text("€30.00")
    expect(page.get_by_role("link", name="Scarf")).to_contain_text("₩30")


def test_a_window_in_view_is_told_once_and_so_is_what_was_chosen_from_it(
    page_of_a_person, listener
):
    listener.tag = 'data-flush-ms="50"'
    listener.offer = window(
        product("hat", via="bs"), product("product", reason="Seen with boots", via="vt")
    )
    page = page_of_a_person()
    open_shop(page, listener)
    seen = listener.wait_for("view_item_list")[0]["params"]
    assert seen["item_list_id"] == "home-1"
    assert (seen["via"], seen["index"]) == ("bs,vt", 0)
    assert [item["item_id"] for item in seen["items"]] == ["hat", "product"]
    page.get_by_role("link", name="Product").click()
    chosen = listener.wait_for("select_item")[0]["params"]
    assert chosen["item_list_id"] == "home-1"
    assert (chosen["via"], chosen["index"]) == ("vt", 1)
    assert chosen["items"] == [
        {"item_id": "product", "item_name": "Product", "index": 1, "price": 30}
    ]
    assert len(listener.events("view_item_list")) == 1


def test_a_window_below_the_screen_is_not_yet_seen(page_of_a_person, listener):
    listener.offer = window(product("hat"))
    page = page_of_a_person(viewport={"width": 1000, "height": 300})
    open_shop(page, listener)
    expect(page.get_by_role("link", name="Hat")).to_be_attached()
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    assert listener.events("view_item_list") == []
    page.mouse.wheel(0, 400)
    listener.wait_for("view_item_list")


def test_a_window_in_control_stays_empty_and_its_moment_is_told(page_of_a_person, listener):
    listener.offer = window(arm="control")
    page = page_of_a_person()
    open_shop(page, listener)
    held = listener.wait_for("popup_holdout")
    assert held[0]["params"]["item_list_id"] == "home-1"
    assert listener.ui_path() not in listener.fetched
    assert page.evaluate("document.querySelector('[data-rs-window]').offsetHeight") == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_on_the_page_jumps_when_a_window_comes(page_of_a_person, listener, width):
    listener.offer = window(*(product(f"hat-{n}") for n in range(8)))
    page = page_of_a_person(viewport={"width": width, "height": 800})
    page.add_init_script(SHIFTS)
    open_shop(page, listener)
    listener.wait_for("view_item_list")
    assert page.evaluate("window.shifted || 0") == 0


def test_an_owner_may_place_a_window_where_there_is_no_slot(page_of_a_person, listener):
    listener.offer = {
        "windows": {
            "anywhere": {
                "title": "For you",
                "items": [product("hat")],
                "arm": "show",
                "placement": {"selector": "h1", "position": "after"},
            },
            "lost": {
                "title": "",
                "items": [product("hat")],
                "arm": "show",
                "placement": {"selector": "!", "position": "after"},
            },
        }
    }
    page = page_of_a_person()
    open_shop(page, listener)
    expect(page.locator("h1 + [data-rs-window=anywhere]")).to_contain_text("Hat")


def test_hostile_text_and_links_in_a_window_are_inert(page_of_a_person, listener):
    listener.offer = window(
        product(
            "hat",
            name=HOSTILE,
            url="javascript:window.hurt=1",
            image="javascript:1",
            reason=HOSTILE,
        )
    )
    page = page_of_a_person()
    open_shop(page, listener)
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    expect(page.locator("[data-rs-window] a")).to_have_count(0)
    page.get_by_text(HOSTILE).first.click()
    assert hurt(page) is None


def test_hostile_text_and_links_in_a_popup_are_inert(page_of_a_person, listener):
    listener.offer = popup(
        text(HOSTILE, "heading"),
        {"type": "button", "text": HOSTILE, "url": "java\tscript:window.hurt=1"},
        {"type": "image", "src": "data:text/html,x", "alt": HOSTILE},
        {
            "type": "question",
            "name": "a",
            "text": HOSTILE,
            "choice": "single",
            "options": [HOSTILE],
        },
        {"type": "unheard_of", "text": HOSTILE},
    )
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(HOSTILE)
    expect(dialog.locator("a, img")).to_have_count(0)
    dialog.get_by_role("button", name=HOSTILE).click()
    assert hurt(page) is None


def test_a_visitor_who_leaves_is_offered_the_popup_once(page_of_a_person, listener):
    listener.offer = popup()
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    dialog = page.get_by_role("dialog", name="Before you go")
    expect(dialog).to_be_visible()
    seen = listener.wait_for("popup_view")[0]["params"]
    assert (seen["popup_id"], seen["variant"]) == ("stay", 1)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    leave_upwards(page)
    listener.wait_for("popup_dismiss")
    expect(dialog).to_have_count(0)
    assert len(listener.events("popup_view")) == 1


def test_exit_waits_until_the_visitor_has_been_here_for_a_while(page_of_a_person, listener):
    listener.offer = popup(seconds=30)
    page = page_of_a_person()
    page.clock.install()
    open_shop(page, listener)
    page.clock.run_for(29_000)
    leave_upwards(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for(2_000)
    leave_upwards(page)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_leaving_sideways_is_not_leaving(page_of_a_person, listener):
    listener.offer = popup()
    page = page_of_a_person()
    open_shop(page, listener)
    page.mouse.move(400, 300)
    page.mouse.move(-10, 300)
    page.evaluate("rs('track', 'size_guide')")
    listener.wait_for("size_guide")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_on_a_phone_a_fast_way_back_up_is_leaving(page_of_a_person, listener):
    listener.offer = popup()
    page = page_of_a_person(
        viewport={"width": 390, "height": 800},
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
    )
    open_shop(page, listener)
    page.evaluate("scrollTo(0, 1500)")
    page.wait_for_function("scrollY > 1000")
    page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    page.evaluate("scrollTo(0, 900)")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_timed_popup_waits_while_the_visitor_types_or_another_dialog_is_open(
    page_of_a_person, listener
):
    listener.offer = popup(on="time", seconds=2)
    page = page_of_a_person()
    page.clock.install()
    open_shop(page, listener)
    page.locator("#search").focus()
    page.clock.run_for(4_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate(
        "document.activeElement.blur();"
        "window.own = document.body.appendChild(document.createElement('dialog')); own.show()"
    )
    page.clock.run_for(4_000)
    expect(page.get_by_role("dialog", name="Before you go")).to_have_count(0)
    page.evaluate("own.close()")
    page.clock.run_for(1_000)
    expect(page.get_by_role("dialog", name="Before you go")).to_be_visible()


def test_in_control_the_moment_is_told_and_nothing_is_shown(page_of_a_person, listener):
    listener.offer = {
        "popup": {"id": "stay", "arm": "control", "trigger": {"on": "exit", "seconds": 0}}
    }
    page = page_of_a_person()
    open_shop(page, listener)
    while not listener.events("popup_holdout"):  # until the moment is waited for
        leave_upwards(page)
        page.wait_for_timeout(100)
    held = listener.events("popup_holdout")
    assert held[0]["params"]["popup_id"] == "stay"
    assert listener.dialog_path() not in listener.fetched
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keyboard_stays_inside_the_dialog_and_goes_back_where_it_was(
    page_of_a_person, listener
):
    listener.offer = popup(
        text("Before you go", "heading"), {"type": "button", "text": "Look", "url": "/product.html"}
    )
    page = page_of_a_person()
    open_shop(page, listener)
    page.locator("#next").focus()
    leave_upwards(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    stops = []
    for key in ["Tab", "Tab", "Tab", "Shift+Tab"]:
        page.keyboard.press(key)
        stops.append(page.evaluate(FOCUSED.format("className")))
    assert stops == ["close", "button", "close", "button"]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "next"


def test_the_way_out_is_large_named_and_everywhere_around(page_of_a_person, listener):
    listener.offer = popup()
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_attribute("aria-modal", "true")
    box = page.get_by_role("button", name="Close").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    page.mouse.click(20, 700)
    expect(dialog).to_have_count(0)


def test_a_button_is_a_click_and_no_dismissal(page_of_a_person, listener):
    listener.offer = popup(
        text("Before you go", "heading"), {"type": "button", "text": "Look", "url": "/product.html"}
    )
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    listener.offer = {}
    page.get_by_role("link", name="Look").click()
    page.wait_for_url("**/product.html")
    listener.wait_for("popup_click")
    assert listener.events("popup_dismiss") == []


def test_a_form_asks_for_consent_keeps_the_answer_and_gives_the_coupon(page_of_a_person, listener):
    field = {
        "name": "email",
        "label": "E-mail",
        "input": "email",
        "required": True,
        "consent_text": "Yes, write to me",
    }
    listener.offer = popup(
        text("Ten percent", "heading"), {"type": "form", "fields": [field], "button": "Get it"}
    )
    listener.submitted = {"ok": True, "coupon": {"code": "MOON10"}}
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    page.get_by_label("E-mail").fill("mina@shop.example")
    consent = page.get_by_label("Yes, write to me")
    expect(consent).not_to_be_checked()
    page.get_by_role("button", name="Get it").click()
    assert not any(told.path == "/v1/submit" for told in listener.told)
    consent.check()
    page.get_by_role("button", name="Get it").click()
    expect(page.get_by_text("MOON10")).to_be_visible()
    expect(page.get_by_role("status")).to_be_focused()
    body = next(told.body for told in listener.told if told.path == "/v1/submit")
    assert body["fields"] == {"email": "mina@shop.example"}
    assert (body["key"], body["popup_id"]) == ("pk_moon", "stay")
    assert body["visitor_id"] == page.evaluate("rs('id')")
    listener.wait_for("popup_submit")


def test_a_form_that_fails_says_so_and_keeps_what_was_typed(page_of_a_person, listener):
    field = {"name": "email", "label": "E-mail", "input": "email"}
    listener.offer = popup({"type": "form", "fields": [field], "button": "Get it"})
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    page.get_by_label("E-mail").fill("mina@shop.example")
    listener.wait_for("popup_view")
    listener.statuses = [503]
    page.get_by_role("button", name="Get it").click()
    expect(page.get_by_role("alert")).to_contain_text("did not work")
    expect(page.get_by_label("E-mail")).to_have_value("mina@shop.example")


def test_a_question_takes_several_answers(page_of_a_person, listener):
    listener.offer = popup(
        {
            "type": "question",
            "name": "taste",
            "text": "What do you like?",
            "choice": "multi",
            "options": ["Wool", "Linen", "Silk"],
        }
    )
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    page.get_by_label("Wool").check()
    page.get_by_label("Silk").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Thank you!")
    body = next(told.body for told in listener.told if told.path == "/v1/submit")
    assert body["fields"] == {"taste": ["Wool", "Silk"]}


def test_a_countdown_runs_for_what_the_server_says_is_left_whatever_this_clock_says(
    page_of_a_person, listener
):
    left = {"type": "countdown", "until": "2001-01-01T00:00:00+00:00", "left": 600_000}
    listener.offer = popup(left, on="time")
    page = page_of_a_person()
    page.clock.install()
    open_shop(page, listener)
    page.clock.run_for(1_000)
    expect(page.get_by_role("timer")).to_contain_text("00:09:")
    page.clock.run_for(180_000)
    expect(page.get_by_role("timer")).to_contain_text("00:06:")


@pytest.mark.parametrize("kind", ["bar", "slide", "inline"])
def test_a_popup_that_covers_nothing_takes_no_focus(page_of_a_person, listener, kind):
    listener.offer = popup(on="time", kind=kind)
    page = page_of_a_person()
    open_shop(page, listener)
    page.locator("#next").focus()
    expect(page.get_by_role("region", name="Before you go")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "next"
    page.get_by_role("button", name="Close").click()
    listener.wait_for("popup_dismiss")


def test_a_teaser_opens_when_it_is_asked_to(page_of_a_person, listener):
    listener.offer = popup(on="time", kind="teaser")
    page = page_of_a_person()
    open_shop(page, listener)
    page.get_by_role("button", name="Before you go").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_on_a_phone_nobody_who_has_just_landed_gets_the_page_covered(page_of_a_person, listener):
    listener.offer = popup(on="time")
    page = page_of_a_person(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    open_shop(page, listener)
    listener.wait_for("popup_view")  # before Playwright looks at the page: that counts as a touch
    region = page.get_by_role("region", name="Before you go")
    expect(region).to_be_visible()
    box = region.bounding_box()
    assert box is not None
    assert box["height"] <= 0.3 * 800


def test_a_strict_content_security_policy_has_nothing_to_complain_of(page_of_a_person, listener):
    listener.policy = STRICT.format(listener.engine)
    listener.offer = window(product("hat")) | popup(
        text("Before you go", "heading"), {"type": "coupon", "text": "MOON10"}
    )
    page = page_of_a_person()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    open_shop(page, listener)
    leave_upwards(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").locator(".box")).to_have_css(
        "background-color", "rgb(255, 255, 255)"
    )
    listener.wait_for("popup_view")
    assert said == []
