"""An owner makes a window by choosing, sees it as a visitor would, and takes a product out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import STANDARDS, Engine, sign_in

PATHS = ("windows", "windows/home", "windows/home/results", "windows/home/edit", "windows/new")


@pytest.fixture
def engine(moon_engine: Engine) -> Engine:
    """The engine, whose shop sells twelve hats, with one window called home."""
    hats = [
        {"item_id": f"hat-{n}", "name": f"Hat {n}", "price": 20 + n, "currency": "EUR",
         "category": "Hats"}
        for n in range(12)
    ]  # fmt: skip
    moon_engine.server("PUT", "/v1/items", {"items": hats})
    moon_engine.server(
        "PUT", "/v1/windows/home", {"strategies": ["bestsellers"], "max": 4, "control_share": 0}
    )
    return moon_engine


@pytest.fixture
def page(page_of_a_person: Any, engine: Engine) -> Page:
    """Mina's browser, signed in; anything that goes wrong in her pages fails the test."""
    opened: Page = page_of_a_person()
    opened.on("pageerror", lambda trouble: pytest.fail(str(trouble)))
    _enter(opened, engine)
    return opened


def _enter(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/login?next=/admin/windows")
    sign_in(page)
    page.wait_for_url("**/admin/windows")


def names(page: Page) -> list[str]:
    """The products that the page shows."""
    return page.locator("[data-shown] .slots .name").all_inner_texts()


def test_a_window_is_made_with_the_keyboard_and_seen_before_it_is_saved(
    page: Page, engine: Engine
) -> None:
    page.goto(f"{engine.admin}/windows/new")
    page.get_by_label("Name", exact=True).fill("Front")
    page.get_by_label("Way 1").select_option("new_arrivals")
    page.get_by_label("Way 2").select_option("")
    page.get_by_label("At most", exact=True).fill("5")
    pins = page.get_by_role("combobox", name="Pinned products, first of all")
    for number in (7, 11):
        pins.fill(f"hat {number}")
        expect(page.get_by_role("option", name=f"Hat {number}")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(page.locator("[data-shown] .slots .name").first).to_have_text("Hat 7")
    page.get_by_role("button", name="Move up Hat 11").press("Enter")
    expect(page.locator("[data-shown] .slots .name").first).to_have_text("Hat 11")
    assert len(names(page)) == 5
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_url("**/windows/front")
    saved = engine.server("GET", "/v1/windows/front")
    assert (saved["strategies"], saved["pins"]) == (["new_arrivals"], ["hat-11", "hat-7"])


def test_the_order_of_strategies_is_changed_by_a_button(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/windows/new")
    page.get_by_label("Name", exact=True).fill("Front")
    page.get_by_role("button", name="Move up Best sellers").press("Enter")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/windows/front")
    saved = engine.server("GET", "/v1/windows/front")
    assert saved["strategies"] == ["bestsellers", "for_you"]


def test_a_chain_grows_as_its_last_way_is_chosen(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/windows/home/edit")
    for number, way in enumerate(("offers", "trending", "for_you", "similar"), start=2):
        page.get_by_label(f"Way {number}").select_option(way)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/windows/home")
    saved = engine.server("GET", "/v1/windows/home")
    assert saved["strategies"] == ["bestsellers", "offers", "trending", "for_you", "similar"]


def test_a_product_is_taken_out_and_brought_back(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/windows/home")
    gone = names(page)[0]
    page.get_by_role("button", name=f"Not here {gone}").click()
    expect(page.locator("#done")).to_contain_text(f"Not shown in this window any more: {gone}")
    assert gone not in names(page)
    page.get_by_role("button", name=f"Undo {gone}").click()
    expect(page.locator("#done")).to_contain_text("May be shown here again")
    assert gone in names(page)


def test_who_looks_is_followed_without_a_reload(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/windows/home")
    first = names(page)[0]
    page.get_by_role("combobox", name=re.compile("^The page.s product")).fill(first)
    page.get_by_role("option", name=first, exact=True).click()
    expect(page.locator("[data-shown] .slots .name").first).not_to_have_text(first)
    page.get_by_role("button", name=f"Remove {first}").click()
    expect(page.locator("[data-shown] .slots .name").first).to_have_text(first)


def test_what_cannot_be_read_yet_leaves_the_last_look(page: Page, engine: Engine) -> None:
    page.goto(f"{engine.admin}/windows/home/edit")
    before = names(page)
    page.get_by_label("At most", exact=True).fill("many")
    expect(page.locator("[data-trouble]")).to_be_visible()
    assert names(page) == before
    page.get_by_label("At most", exact=True).fill("2")
    expect(page.locator("[data-trouble]")).to_be_hidden()
    expect(page.locator("[data-shown] .slots .name")).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_windows_are_usable_by_everybody(
    page_of_a_person: Any, engine: Engine, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": {"type": "tag", "values": STANDARDS}}
    engine.server("PUT", "/v1/windows/home", {"strategies": ["bought_together", "bestsellers"],
                                              "pins": ["hat-1"], "bans": ["hat-2"]})  # fmt: skip
    page: Page = page_of_a_person(viewport={"width": width, "height": 900})
    _enter(page, engine)
    for path in PATHS:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{engine.admin}/{path}")
            for one in page.locator("details").all():
                one.evaluate("details => { details.open = true; }")
            found = axe.run(page, options=options).response["violations"]
            assert [(path, rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
