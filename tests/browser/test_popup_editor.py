"""An owner makes a popup of a recipe or by choosing, and sees it as shoppers will."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from .conftest import STANDARDS, Engine, sign_in

LAMP = {"item_id": "lamp", "name": "Lamp", "price": 12, "url": "/lamp"}


@pytest.fixture
def engine(moon_engine: Engine) -> Engine:
    """The engine, whose shop sells a lamp."""
    moon_engine.server("PUT", "/v1/items", {"items": [LAMP]})
    return moon_engine


@pytest.fixture
def page(engine: Engine, page_of_a_person: Any) -> Page:
    """Mina, signed in; anything that goes wrong in her pages fails the test."""
    page: Page = page_of_a_person()
    page.on("pageerror", lambda trouble: pytest.fail(str(trouble)))
    page.goto(f"{engine.admin}/login?next=/admin/popups")
    sign_in(page)
    page.wait_for_url("**/admin/popups")
    return page


def drawn(page: Page) -> FrameLocator:
    """The page of a shop in which the popup is drawn."""
    return page.frame_locator("[data-stage] iframe")


def test_a_popup_is_made_by_choosing_and_seen_while_it_is_made(engine: Engine, page: Page) -> None:
    page.get_by_role("link", name="New popup").click()
    expect(drawn(page).get_by_role("heading", name="Good to see you")).to_be_visible()
    page.get_by_label("Name, for you alone").fill("Spring news")
    page.get_by_role("radio", name="Dialog").check()
    heading = page.get_by_role("listitem", name="Text, part 1").get_by_role("textbox")
    heading.fill("Spring is here, ")
    page.get_by_role("button", name="First name").click()
    expect(drawn(page).get_by_role("heading", name="Spring is here, others")).to_be_visible()
    page.get_by_role("button", name="Question", exact=True).click()
    asked = page.get_by_role("listitem", name="Question, part 4")
    asked.get_by_label("The question").fill("What do you grow?")
    asked.get_by_label("Answers to choose from").fill("Herbs\nFlowers")
    expect(drawn(page).get_by_text("Flowers")).to_be_visible()
    page.get_by_label("Moment").select_option(label="When they have scrolled so far down")
    page.get_by_label("Per cent of the page").fill("40")
    page.get_by_role("button", name="Save as a draft").click()
    page.wait_for_url("**/admin/popups#spring-news")
    kept = engine.server("GET", "/v1/popups/spring-news")
    assert (kept["kind"], kept["enabled"]) == ("modal", False)
    assert kept["trigger"] == {"on": "scroll", "percent": 40}
    assert kept["variants"][0]["blocks"][3] == {
        "type": "question", "name": "answer", "text": "What do you grow?", "choice": "single",
        "options": ["Herbs", "Flowers"],
    }  # fmt: skip


def test_what_is_wrong_is_said_at_its_field_and_parts_move_by_keys(page: Page) -> None:
    page.get_by_role("link", name="New popup").click()
    leads = page.get_by_label("Where it leads")
    leads.fill("javascript:alert(1)")
    expect(page.locator(".shape", has=leads).locator("[data-refused]")).to_contain_text("a link")
    expect(leads).to_have_attribute("aria-invalid", "true")
    leads.fill("/sale")
    expect(page.locator("[data-refused]")).to_have_count(0)
    up = page.get_by_role("button", name="Move up: Button, part 3")
    up.focus()
    page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Move up: Button, part 2")
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem", name="Button, part 1")).to_be_visible()
    order = drawn(page).locator(".body > :not(form)")
    expect(order.first).to_have_text("Have a look")


def test_each_language_has_its_own_words_in_the_popup_and_its_preview(page: Page) -> None:
    page.get_by_role("link", name="New popup").click()
    page.get_by_role("button", name="한국어", exact=True).click()
    heading = page.get_by_role("listitem", name="Text, part 1").get_by_role("textbox")
    heading.fill("반가워요")
    expect(drawn(page).get_by_role("heading", name="반가워요")).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(drawn(page).get_by_role("heading", name="Good to see you")).to_be_visible()
    page.get_by_role("tab", name="As text").click()
    said = page.get_by_label("All that docs/popups.md tells of may stand here.").input_value()
    assert '"en": "Good to see you"' in said
    assert '"ko": "반가워요"' in said


def test_a_recipe_becomes_a_draft_with_its_picture_seen_before(engine: Engine, page: Page) -> None:
    page.get_by_role("link", name="Choose from the recipes").click()
    card = page.locator("#before-you-go")
    picture = card.frame_locator("iframe")
    expect(picture.get_by_role("heading", name="Before you go")).to_be_attached()
    expect(picture.get_by_text("Lamp")).to_be_attached()
    assert page.evaluate("document.activeElement === document.body")
    card.get_by_role("button", name="Adopt as a draft").click()
    expect(page.get_by_role("heading", name="Change Before a new visitor leaves")).to_be_visible()
    expect(page.get_by_label("Codes come from")).to_have_value("welcome-5")
    expect(page.get_by_label("For", exact=True)).to_have_value("first-visit")
    expect(page.get_by_role("button", name="Remove: Hot leads")).to_be_visible()
    page.get_by_role("button", name="Remove: Hot leads").click()
    page.get_by_role("button", name="Phone", exact=True).click()
    expect(drawn(page).get_by_text("5 % off your first order").first).to_be_visible()
    page.get_by_role("button", name="Save, and turn on").click()
    page.wait_for_url("**/admin/popups#before-you-go")
    kept = engine.server("GET", "/v1/popups/before-you-go")
    assert kept["enabled"] is True
    left_out = kept["audience"]["rule"]["all"][1]["not"]["any"]
    assert left_out == [{"segment": "popup-averse"}, {"segment": "premium-taste"}]


def test_editor_and_recipes_are_for_everybody_on_a_phone_too(engine: Engine, page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    engine.server("POST", "/v1/popups/recipes/two-questions", {})
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = []
    for path, ready in (("two-questions/edit", ".parts .leaf"), ("recipes", ".recipe")):
        page.goto(f"{engine.admin}/popups/{path}")
        expect(page.locator(ready).first).to_be_visible()
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for broken in axe.run(page, options=options).response["violations"]:
                found += [f"{path} {width}: {broken['id']}: {n['target']}" for n in broken["nodes"]]
    assert found == []
