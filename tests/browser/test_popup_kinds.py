"""Is every kind of popup whole on every screen, for keys and readers, and quiet on the page?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import WORDS, products, violations
from tests.browser.test_offers import STRICT, leave_upwards, open_shop, popup, text

SCREENS = {
    "computer": (1280, 800),
    "phone": (390, 800),
    "small phone": (320, 568),
    "200 percent zoom": (640, 400),
}
LAST_HOUR = {"left": 1_800_000, "time_zone": "America/Argentina/ComodRivadavia", "countdown": True}
QUESTION = {"type": "question", "name": "taste", "text": "What do you like?"}
SCALE = {"type": "question", "name": "ease", "text": "How easy was it?", "choice": "scale"}
NIGHT = {"accent": "#ffb347", "surface": "#16181d", "text": "#f4f1ec", "radius": 2, "font": "serif"}
SILENT = "{ track() {}, pack: () => '{}', post: () => new Promise(() => {}) }"
# What jumps without the visitor's having done anything, as Core Web Vitals count it.
SHIFTS = """new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
window.shifted = 0;"""
SETTLED = """() => new Promise((settled) => requestAnimationFrame(() => setTimeout(settled, 50)))
  .then(() => { const before = window.shifted; window.shifted = 0; return before; })"""
# What sticks out of its box or is cut off; nothing should.
MISFITS = """() => {
  const host = [...document.querySelectorAll("div")].filter((one) => one.shadowRoot).pop();
  const found = [];
  const inner = document.documentElement.clientWidth;
  for (const one of host.shadowRoot.querySelectorAll(".box,.teaser,h2,p,label,.button,.close,.time,code,.image")) {
    const { left, right, width, height } = one.getBoundingClientRect();
    if (!width) continue;
    const name = one.className || one.localName;
    if (left < -1 || right > inner + 1) found.push(name + " beside the screen");
    if (one.scrollWidth > one.clientWidth + 1 && one.localName != "img") found.push(name + " cut off");
    if (name == "close" && Math.min(width, height) < 44) found.push("close is too small");
  }
  const box = host.shadowRoot.querySelector(".body");
  const top = (one) => one.getBoundingClientRect().top;
  if (box && box.firstElementChild && top(box.firstElementChild) < top(box) - 1) found.push("cut off above");
  if (box && box.scrollWidth > box.clientWidth + 1) found.push("body scrolls sideways");
  const outer = (host.shadowRoot.querySelector(".box") || host.shadowRoot.querySelector(".teaser")).getBoundingClientRect();
  if (outer.top < -1 || (outer.bottom > innerHeight + 1 && getComputedStyle(host).position == "fixed")) found.push("taller than the screen");
  if (document.documentElement.scrollWidth > inner) found.push("the page scrolls sideways");
  return found;
}"""  # noqa: E501


def looks(words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A popup of every kind, with every block in one of them."""
    start = [text(words["heading"], "heading"), text(words["body"])]
    button = {"type": "button", "text": words["look"], "url": "/product.html"}
    picture = {"type": "image", "src": "/tan.svg", "alt": words["title"]}
    field = {"name": "email", "label": words["email"], "input": "email", "required": True}
    form = {
        "type": "form",
        "fields": [{**field, "consent_text": words["consent"]}],
        "button": words["send"],
    }
    clock = {"type": "countdown", "minutes": 3_000}
    code = {"type": "coupon", "code": "SPRING-9KX4TQ7MRWA", "text": "10 %", "expires_at": 2e12}
    ask = {**QUESTION, "text": words["question"], "choice": "multi", "options": words["options"]}
    row = {"type": "window", "items": products()}
    return {
        "modal": {"kind": "modal", "blocks": [picture, *start, clock, button, code]},
        "form": {"kind": "modal", "blocks": [*start, form]},
        "steps": {"kind": "modal", "blocks": [start[0], SCALE, ask]},
        "products": {"kind": "modal", "blocks": [*start, row, button]},
        "claim": {
            "kind": "slide",
            "blocks": [start[0], {"type": "coupon", "text": words["send"], "claim": True}],
        },
        "slide": {"kind": "slide", "blocks": [picture, *start, button]},
        "bar": {"kind": "bar", "blocks": [start[0], clock, button]},
        "form in a bar": {"kind": "bar", "blocks": [start[0], form]},
        "inline": {"kind": "inline", "blocks": [picture, *start, button]},
        "teaser": {"kind": "teaser", "blocks": start},
        "last hour": {"kind": "slide", "blocks": [start[0], {**code, **LAST_HOUR}]},
        "last hour in a bar": {"kind": "bar", "blocks": [start[0], {**code, **LAST_HOUR}]},
        "teaser of a code": {"kind": "teaser", "blocks": [start[0], {**code, **LAST_HOUR}]},
    }


def draw(page: Page, listener: Any, look: dict[str, Any], **more: Any) -> None:
    """Open the popup on the page that is there already."""
    made = {"id": "stay", "variant": 0, "trigger": {"on": "exit"}, "close": "Close", **look, **more}
    page.evaluate(
        f"""async (popup) => {{
          document.querySelectorAll("div").forEach((one) => one.shadowRoot && one.remove());
          const its = await import("{listener.engine}{listener.ui_path()}");
          await its.openPopup(popup, {SILENT}, "exit");
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        }}""",
        made,
    )


def quiet_page(page: Page, listener: Any) -> list[str]:
    """A page of the shop without animations; the list that its troubles are put on."""
    troubles: list[str] = []
    page.on("pageerror", lambda trouble: troubles.append(str(trouble)))
    page.on("console", lambda said: troubles.append(said.text))
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script(SHIFTS)
    page.goto(f"{listener.shop}/home.html")
    listener.wait(lambda: listener.told)
    return troubles


@pytest.mark.parametrize("screen", SCREENS)
def test_every_kind_is_whole_in_every_script_and_direction(
    page_of_a_person: Any, listener: Any, screen: str
) -> None:
    width, height = SCREENS[screen]
    listener.policy = STRICT.format(listener.engine)
    page = page_of_a_person(viewport={"width": width, "height": height})
    troubles = quiet_page(page, listener)
    found = []
    page.evaluate(
        "() => { document.querySelector('#below').dataset.rsPopup = ''; scrollTo(0, 900) }"
    )
    for language, words in WORDS.items():
        page.evaluate(
            "([lang, dir]) => Object.assign(document.documentElement, { lang, dir })",
            [language, words["dir"]],
        )
        page.evaluate(SETTLED)
        for name, look in looks(words).items():
            draw(page, listener, look)
            found += [f"{name} {language} jumps"] * (page.evaluate(SETTLED) > 0)
            if name.startswith("last hour"):
                expect(page.get_by_role("timer")).to_contain_text("00:2")
            if name == "inline":
                page.evaluate("() => document.querySelector('#below').scrollIntoView()")
            found += [f"{name} {language}: {what}" for what in page.evaluate(MISFITS)]
            if name == "inline":
                page.evaluate("() => scrollTo(0, 900)")
                page.evaluate(SETTLED)
    assert (found, troubles) == ([], [])


def test_every_step_and_what_comes_after_is_for_everybody(
    page_of_a_person: Any, listener: Any
) -> None:
    page = page_of_a_person(viewport={"width": 390, "height": 800})
    quiet_page(page, listener)
    wool = {**QUESTION, "choice": "single", "options": ["Wool", "Linen"]}
    for theme in ({}, NIGHT):
        draw(page, listener, {"kind": "modal", "blocks": [SCALE, wool]}, theme=theme)
        assert violations(page) == []
        page.get_by_label("4").check()
        page.get_by_role("button", name="Next").click()
        assert violations(page) == []
    for kind in ("slide", "inline", "teaser", "bar", "last hour", "teaser of a code"):
        draw(page, listener, looks(WORDS["ko"])[kind], theme=NIGHT)
        assert violations(page) == []


def test_by_keys_alone_through_several_questions_to_the_coupon(
    page_of_a_person: Any, listener: Any
) -> None:
    wool = {**QUESTION, "choice": "multi", "options": ["Wool", "Linen"]}
    more = {"type": "question", "name": "more", "text": "What else?", "choice": "text"}
    done = {"type": "success", "text": "Noted. Here is our thanks:"}
    code = {"type": "coupon", "text": "MOON10"}
    listener.offer = popup(text("Two minutes?", "heading"), SCALE, wool, more, done, code)
    page = page_of_a_person()
    open_shop(page, listener)
    page.locator("#next").focus()
    leave_upwards(page)
    dialog = page.get_by_role("dialog", name="Two minutes?")
    expect(dialog).to_contain_text("1 / 3")
    for key in ("Tab", "Tab", "Space", "ArrowRight", "Enter"):  # past the cross, to the scale
        page.keyboard.press(key)
    expect(page.get_by_label("Wool")).to_be_focused()
    for key in ("Space", "Tab", "Tab", "Enter"):  # tick, past Linen, to the way back
        page.keyboard.press(key)
    expect(dialog).to_contain_text("1 / 3")
    expect(page.get_by_label("2", exact=True)).to_be_checked()
    for key in ("Enter", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("What else?")).to_be_focused()
    page.keyboard.type("Nothing, thanks")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(dialog).to_contain_text("Noted. Here is our thanks:")
    expect(dialog).to_contain_text("MOON10")
    body = next(told.body for told in listener.told if told.path == "/v1/submit")
    assert body["fields"] == {"ease": "2", "taste": "Wool", "more": "Nothing, thanks"}
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "next"
    listener.wait_for("popup_submit")
    assert listener.events("popup_dismiss") == []


def test_what_stands_after_an_answer_is_not_shown_before(
    page_of_a_person: Any, listener: Any
) -> None:
    after = [{"type": "success"}, text("See you soon.")]
    listener.offer = popup({**QUESTION, "choice": "single", "options": ["Wool"]}, *after)
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).not_to_contain_text("See you soon.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_have_text("Please answer first.")
    page.get_by_label("Wool").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Thank you!")
    expect(dialog).to_contain_text("See you soon.")


def test_a_theme_colours_the_popup_under_a_strict_policy_and_turns_its_direction(
    page_of_a_person: Any, listener: Any
) -> None:
    listener.policy = STRICT.format(listener.engine)
    page = page_of_a_person()
    troubles = quiet_page(page, listener)
    look = {"kind": "modal", "blocks": [text("Night", "heading")]}
    draw(page, listener, look, theme={**NIGHT, "direction": "rtl"})
    box = page.get_by_role("dialog").locator(".box")
    expect(box).to_have_css("background-color", "rgb(22, 24, 29)")
    expect(box).to_have_css("direction", "rtl")
    expect(box.get_by_role("heading")).to_have_css("color", "rgb(244, 241, 236)")
    assert troubles == []


def test_an_inline_popup_lets_nothing_jump_where_it_has_no_room(
    page_of_a_person: Any, listener: Any
) -> None:
    place = {"selector": "h1", "position": "after"}
    listener.offer = popup(on="load", kind="inline", placement=place)
    page = page_of_a_person()
    page.add_init_script(SHIFTS)
    open_shop(page, listener)
    listener.wait_for("popup_view")
    page.evaluate(SETTLED)  # the shop's window, which is empty, has gone
    expect(page.get_by_role("region")).to_have_count(0)
    page.mouse.click(600, 500)
    expect(page.get_by_role("region", name="Before you go")).to_be_visible()
    assert page.evaluate(SETTLED) == 0


def test_an_inline_popup_stands_in_the_slot_that_names_it_at_once_where_there_is_room(
    page_of_a_person: Any, listener: Any
) -> None:
    listener.offer = popup(on="exit", kind="inline")
    page = page_of_a_person()
    open_shop(page, listener)
    page.evaluate(
        """() => {
          document.querySelector("h1").innerHTML = "<div data-rs-popup></div>";
          document.querySelector("#below").innerHTML = "<div data-rs-popup=stay></div>";
          document.querySelector("#below div").style.minHeight = "300px";
        }"""
    )
    leave_upwards(page)
    expect(page.locator("#below").get_by_role("region", name="Before you go")).to_be_visible()


def test_a_teaser_can_be_sent_away_and_gives_the_focus_to_what_it_opens(
    page_of_a_person: Any, listener: Any
) -> None:
    page = page_of_a_person()
    quiet_page(page, listener)
    teaser = {"kind": "teaser", "blocks": [text("Ten percent?", "heading")]}
    draw(page, listener, teaser)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("region", name="Ten percent?")).to_have_count(0)
    draw(page, listener, teaser)
    page.get_by_role("button", name="Ten percent?").press("Enter")
    expect(page.get_by_role("dialog", name="Ten percent?")).to_be_visible()
    expect(page.get_by_role("region", name="Ten percent?")).to_have_count(0)


@pytest.mark.parametrize("kind", ["slide", "bar", "inline"])
def test_what_stands_beside_the_page_is_reached_and_sent_away_by_keys_alone(
    page_of_a_person: Any, listener: Any, kind: str
) -> None:
    page = page_of_a_person()
    quiet_page(page, listener)
    page.evaluate("() => { document.querySelector('#below').dataset.rsPopup = ''; }")
    button = {"type": "button", "text": "Have a look", "url": "/product.html"}
    draw(page, listener, {"kind": kind, "blocks": [text("Beside", "heading"), button]})
    region = page.get_by_role("region", name="Beside")
    if kind == "inline":
        page.mouse.wheel(0, 1)
        page.keyboard.press("Shift")
    expect(region).to_be_visible()
    look = region.get_by_role("link", name="Have a look")
    for _ in range(8):
        page.keyboard.press("Tab")
        if look.evaluate("(one) => one.matches(':focus')"):
            break
    expect(look).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(region.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(region).to_have_count(0)


def test_nothing_goes_away_by_itself_and_readers_hear_of_what_covers_nothing(
    page_of_a_person: Any, listener: Any
) -> None:
    listener.offer = popup(on="time", kind="bar")
    page = page_of_a_person()
    page.clock.install()
    open_shop(page, listener)
    page.clock.run_for(2_000)
    region = page.get_by_role("region", name="Before you go")
    expect(region.locator("[aria-live=polite]")).to_have_text("Before you go")
    page.clock.run_for(600_000)
    expect(region).to_be_visible()


def test_the_owners_preview_takes_no_focus_and_goes_when_it_is_told_to(
    page_of_a_person: Any, listener: Any
) -> None:
    page = page_of_a_person()
    quiet_page(page, listener)
    page.locator("#next").focus()
    for kind in ("modal", "teaser", "bar"):
        look = {"id": "stay", "kind": kind, "blocks": [text("Preview", "heading")]}
        page.evaluate(
            f"""async (popup) => {{
              const its = await import("{listener.engine}{listener.ui_path()}");
              window.away = await its.drawPopup(document.body, popup);
            }}""",
            look,
        )
        expect(page.get_by_role("region", name="Preview")).to_be_visible()
        assert page.evaluate("document.activeElement.id") == "next"
        page.evaluate("() => away()")
        expect(page.get_by_role("region", name="Preview")).to_have_count(0)
    assert listener.events("popup_view") == []
