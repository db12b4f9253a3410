"""An owner builds a segment by choosing, sees what it does, and saves it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plugin.shop import DAY
from plugin.tasks.process import clock_ms

from .conftest import STANDARDS, Engine, sign_in

CHO, ANA, TOMO = (f"{name}-0123456789abcdef" for name in ("cho", "ana", "tomo"))


def order(visitor: str, number: int, days_ago: int) -> dict[str, Any]:
    """An order of so many days ago."""
    params = {"transaction_id": f"{visitor}-{number}", "value": 30, "currency": "EUR"}
    return {
        "name": "purchase",
        "visitor_id": visitor,
        "event_id": f"order-{visitor}-{number}",
        "timestamp": clock_ms() - days_ago * DAY,
        "params": params,
    }


@pytest.fixture
def engine(moon_engine: Engine) -> Engine:
    """The engine. Cho bought thrice long ago, Ana thrice and last week, Tomo once."""
    told = [order(CHO, n, 200 + n) for n in range(3)] + [order(TOMO, 1, 300)]
    told += [order(ANA, n, days) for n, days in enumerate((300, 200, 7))]
    moon_engine.server("POST", "/v1/events", {"events": told})
    return moon_engine


@pytest.fixture
def page(engine: Engine, page_of_a_person: Any) -> Page:
    """Mina, signed in; anything that goes wrong in her pages fails the test."""
    page: Page = page_of_a_person()
    page.on("pageerror", lambda trouble: pytest.fail(str(trouble)))
    page.goto(f"{engine.admin}/login?next=/admin/segments")
    sign_in(page)
    page.wait_for_url("**/admin/segments")
    return page


def test_who_bought_thrice_but_not_in_90_days_is_found_by_clicking(page: Page) -> None:
    page.get_by_role("link", name="New segment").click()
    size = page.locator("[data-count]")
    expect(size).to_have_text("3 visitors")
    first, second = page.locator(".leaf").nth(0), page.locator(".leaf").nth(1)
    first.get_by_label("Value").fill("3")
    expect(size).to_have_text("2 visitors")
    page.get_by_role("button", name="Add a condition").click()
    second.get_by_label("What it looks at").select_option(label="How long ago they did something")
    expect(size).to_have_text("1 visitor")
    expect(second.locator(".words")).to_have_text("Last order more than 90 days ago")
    expect(second.locator(".tag")).to_have_text("2 by itself")
    page.get_by_label("Name", exact=True).fill("Gone quiet")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/admin/segments/gone-quiet")
    members = page.get_by_role("region", name="Members")
    assert members.locator("tbody a").all_inner_texts() == ["cho-0123…"]


def test_text_and_choices_keep_step_and_a_mistake_is_told_at_its_leaf(
    engine: Engine, page: Page
) -> None:
    leaf = {"trait": "country", "op": "is_not", "value": "KR"}
    rule = {"all": [{"everyone": True}, {"not": {"any": [leaf, {"bucket": "a", "below": 5}]}}]}
    engine.server("PUT", "/v1/segments/abroad", {"name": "Abroad", "rule": rule})
    page.goto(f"{engine.admin}/segments/abroad/edit")
    share = page.locator(".leaf").nth(2)
    share.get_by_label("percent of visitors").fill("500")
    expect(share.locator(".trouble")).to_have_text("below: Write a number from 0 to 100.")
    share.get_by_role("button", name="Remove this condition").click()
    expect(page.locator("[data-more]")).to_contain_text("Nobody enters or leaves.")
    combobox = page.locator(".leaf").nth(1).get_by_role("combobox", name="What is known")
    combobox.fill("device")
    combobox.press("ArrowDown")
    combobox.press("ArrowUp")
    combobox.press("Enter")
    page.get_by_role("tab", name="As text").click()
    said = json.loads(page.get_by_label("The rule as text (JSON)").input_value())
    assert said == {"all": [{"everyone": True}, {"not": {**leaf, "trait": "device"}}]}
    page.get_by_label("The rule as text (JSON)").fill('{"segment": "abroad"')
    expect(page.locator("[data-text-trouble]")).to_contain_text("cannot be read yet")


def test_a_blank_field_is_no_empty_text_and_one_that_is_meant_is_seen_and_kept(
    engine: Engine, page: Page
) -> None:
    def said() -> Any:
        return json.loads(page.locator("#rule").input_value())

    rule = {"trait": "size", "op": "is", "value": ""}
    engine.server("PUT", "/v1/segments/sized", {"name": "Sized", "rule": rule})
    page.goto(f"{engine.admin}/segments/sized/edit")
    leaf = page.locator(".leaf")
    value, empty = leaf.get_by_label("Value"), leaf.get_by_label("an empty text")
    expect(leaf.locator(".words")).to_have_text("Size is an empty text")
    expect(empty).to_be_checked()

    value.fill("XL")
    expect(empty).to_be_hidden()
    value.fill(" ")
    expect(empty).not_to_be_checked()
    expect(leaf.locator(".trouble")).to_have_text("value: Fill this in.")
    assert said() == {**rule, "value": None}
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Fill this in")

    empty.check()
    expect(leaf.locator(".words")).to_have_text("Size is an empty text")
    leaf.get_by_label("How it compares").select_option(label="is none of")
    expect(empty).to_be_checked()
    leaf.get_by_label("Value: One a line").fill("XL")
    expect(leaf.locator(".words")).to_have_text("Size is none of an empty text, XL")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/admin/segments/sized")
    kept = engine.server("GET", "/v1/segments/sized")["rule"]
    assert kept == {"trait": "size", "op": "not_in", "value": ["", "XL"]}


def test_where_no_empty_text_can_stand_none_is_offered(engine: Engine, page: Page) -> None:
    rule = {"any": [
        {"trait": "country", "op": "is", "value": "KR"},
        {"trait": "size", "op": "contains", "value": "X"},
        {"event": "view_item", "measure": "count", "op": ">=", "value": 1,
         "where": [{"param": "item_id", "op": "is", "value": "b"}]},
        {"trait": "country", "op": "in", "value": ["KR"]},
    ]}  # fmt: skip
    engine.server("PUT", "/v1/segments/plain", {"name": "Plain", "rule": rule})
    page.goto(f"{engine.admin}/segments/plain/edit")
    for place in range(3):
        page.locator(".leaf").nth(place).locator("input[type=text]").fill("")
    expect(page.locator(".leaf")).to_have_count(4)
    expect(page.get_by_label("an empty text").filter(visible=True)).to_have_count(0)


def test_the_editor_is_for_everybody_on_a_phone_too(engine: Engine, page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    where = [{"param": "item_category", "op": "in", "value": ["shoes"]}]
    rule = {"any": [
        {"event": "purchase", "measure": "sum", "of": "value", "op": "between", "value": [1, 9],
         "since": "2026-01-01", "where": where},
        {"not": {"sequence": ["view_item", "purchase"], "within": "2d"}},
        {"trait": "tall", "op": "is", "value": True},
    ]}  # fmt: skip
    engine.server("PUT", "/v1/segments/some", {"name": "Some", "rule": rule})
    page.goto(f"{engine.admin}/segments/some/edit")
    expect(page.locator("[data-more]")).to_contain_text("If you save it")
    page.get_by_role("combobox", name="What is known").click()
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for broken in axe.run(page, options=options).response["violations"]:
            found += [f"{scheme}: {broken['id']}: {node['target']}" for node in broken["nodes"]]
    assert found == []
