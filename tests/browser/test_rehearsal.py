"""An owner watches a rehearsal, stops it, and leaves its page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plugin.web import rehearsal_api

from .conftest import STANDARDS, Engine, sign_in

VISITORS = 40
HELLO = {
    "trigger": {"on": "load"},
    "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
    "control_share": 0,
}


@pytest.fixture
def page(moon_engine: Engine, page_of_a_person: Any) -> Page:
    """Mina, signed in, before the page; a popup is there, and visitors came."""
    moon_engine.server("PUT", "/v1/popups/hello", HELLO)
    for first in range(0, VISITORS, 20):
        events = [view(f"visitor-{number:012d}") for number in range(first, first + 20)]
        moon_engine.server("POST", "/v1/events", {"events": events})
    page: Page = page_of_a_person()
    page.on("pageerror", lambda trouble: pytest.fail(str(trouble)))
    page.goto(f"{moon_engine.admin}/login?next=/admin/popups/rehearsal")
    sign_in(page)
    page.wait_for_url("**/admin/popups/rehearsal")
    return page


def view(who: str) -> dict[str, Any]:
    """That somebody looked at the shop's first page."""
    params = {"page_location": "https://moon.example/"}
    return {"name": "page_view", "event_id": f"{who}-1", "visitor_id": who, "params": params}


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A rehearsal takes a fifth of a second for each visitor; how many each has got to."""
    usual, reached = rehearsal_api.enough_after, []

    def made(*words: Any) -> Callable[[int, int], bool]:
        enough = usual(*words)
        reached.append(0)

        def after(done: int, of: int) -> bool:
            reached[-1] = done
            sleep(0.2)
            return enough(done, of)

        return after

    monkeypatch.setattr(rehearsal_api, "enough_after", made)
    return reached


def rests(page: Page, reached: list[int]) -> None:
    """The rehearsal on the server has ended before its last visitor."""
    for _ in range(20):
        before = reached[-1]
        page.wait_for_timeout(600)
        if reached[-1] == before:
            break
    assert reached[-1] < VISITORS


def test_what_came_of_it_stands_below_and_is_gone_to(page: Page) -> None:
    page.get_by_role("button", name="Rehearse").click()

    expect(page.get_by_text(f"Played: {VISITORS} of {VISITORS} visitors")).to_be_visible()
    expect(page.get_by_role("row", name="hello")).to_contain_text(str(VISITORS))
    expect(page.locator("[data-found]")).to_be_focused()
    expect(page.get_by_role("button", name="Rehearse")).to_be_enabled()


def test_it_shows_how_far_it_is_until_it_is_stopped(page: Page, slowly: list[int]) -> None:
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_text(re.compile(f"Played: [0-9]+ of {VISITORS} visitors"))).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_js_property("max", VISITORS)

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("Stopped. Nothing was changed.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    rests(page, slowly)


def test_it_ends_when_its_page_is_left(page: Page, slowly: list[int]) -> None:
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_text(re.compile("Played: [0-9]+ of"))).to_be_visible()

    page.get_by_role("link", name="Windows").click()

    page.wait_for_url("**/admin/windows")
    rests(page, slowly)


def test_it_and_the_look_at_a_whole_shop_are_for_everybody_on_a_phone_too(
    moon_engine: Engine, page: Page
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = []

    def look(name: str) -> None:
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for broken in axe.run(page, options=options).response["violations"]:
                found.extend(
                    f"{name} {width}: {broken['id']}: {n['target']}" for n in broken["nodes"]
                )

    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_text("Who would see what")).to_be_visible()
    look("rehearsal")
    whole = moon_engine.server("GET", "/v1/config")
    whole["popups"]["hello"]["priority"] = 7
    page.goto(f"{moon_engine.admin}/config")
    file = {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(whole).encode()}
    page.get_by_label("File, up to 8 MB").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Look at what would change").click()
    expect(page.get_by_role("row", name="hello")).to_contain_text("priority")
    look("config")
    page.get_by_role("button", name="Make the shop so").click()
    expect(page.get_by_text("The shop is now as the file says.")).to_be_visible()
    assert moon_engine.server("GET", "/v1/popups/hello")["priority"] == 7
    assert found == []
