"""Do caps, countdowns and codes hold across tabs, reloads and cleared storage, and do the moments
that the server decides come, with the real engine?
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.tasks.process import clock_ms
from plugin.web.app import create_app

from .conftest import Quiet, answering

NAME = "Before you go"
HEADING = {"type": "text", "style": "heading", "text": NAME}


@pytest.fixture
def shop(listener: Any, tmp_path: Path) -> Iterator[Any]:
    """A shop's pages with the tag of a running engine; ``shop(popup)`` puts a popup there."""
    house = House(Settings(data=tmp_path, database_url=None, secret_key="test", rate_limit=False))
    writer = GroupWriter(house).start()
    app = create_app(house, writer, clock_ms)
    keys = control.new_keys()
    with house.control.write() as tx:
        shop = Shop("moon", keys.public, currency="EUR", created_at=clock_ms())
        control.add_shop(tx, shop, keys)
    client = app.test_client()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    listener.elsewhere = f"http://127.0.0.1:{server.server_port}"
    listener.key = keys.public
    bearer = {"Authorization": f"Bearer {keys.secret}"}

    def put(*blocks: dict[str, Any], **changes: Any) -> None:
        document = {
            "trigger": {"on": "time", "seconds": 0},
            "variants": [{"blocks": [HEADING, *blocks]}],
            "control_share": 0,
            **changes,
        }
        answer = client.put("/v1/popups/stay", json=document, headers=bearer)
        assert answer.status_code == 200, answer.text

    put.server = lambda method, path, json: client.open(  # type: ignore[attr-defined]
        path, method=method, json=json, headers=bearer
    )
    with answering(server):
        yield put
    writer.close()
    house.close()


def visit(page: Page, listener: Any) -> None:
    """Open the shop, and wait until the engine has said what may be shown."""
    with page.expect_response("**/v1/visit"):
        page.goto(f"{listener.shop}/home.html")


def is_open(page: Page) -> None:
    expect(page.get_by_label(NAME).last).to_be_visible()


def is_gone(page: Page) -> None:
    page.wait_for_timeout(700)
    expect(page.get_by_label(NAME)).to_have_count(0)


def meet(page: Page, listener: Any) -> None:
    """Open the shop and meet the popup; returns when the engine knows of it."""
    page.goto(f"{listener.shop}/home.html")
    seen = "popup_view"
    with page.expect_response(lambda got: seen in (got.request.post_data or "")):
        is_open(page)


def test_who_met_it_does_not_meet_it_again_in_another_tab_after_a_reload_or_with_storage_cleared(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    shop(caps={"per_visit": 1})
    page = page_of_a_person()
    meet(page, listener)
    other = page.context.new_page()
    visit(other, listener)
    is_gone(other)
    visit(page, listener)
    is_gone(page)
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    visit(page, listener)
    is_gone(page)


def test_who_loses_the_cookie_is_known_by_what_else_was_kept(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    shop(caps={"per_visit": 1})
    page = page_of_a_person()
    meet(page, listener)
    page.goto(f"{listener.shop}/thank-you.html")  # on leaving, the id is kept beside the cookie
    page.context.clear_cookies()
    visit(page, listener)
    is_gone(page)


def test_a_countdown_goes_on_in_every_tab_and_is_put_off_by_nothing(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    shop({"type": "countdown", "minutes": 10}, caps={}, kind="bar")
    page = page_of_a_person()
    meet(page, listener)
    begun = time.monotonic()

    def left(tab: Page) -> int:
        timer = tab.get_by_role("timer")
        expect(timer).to_contain_text(":")
        hours, minutes, seconds = (int(part) for part in timer.inner_text().split()[-1].split(":"))
        return (hours * 60 + minutes) * 60 + seconds

    assert 595 <= left(page) <= 600
    page.evaluate("() => localStorage.clear()")
    page.wait_for_timeout(2_500)
    for tab in (page, page.context.new_page()):
        visit(tab, listener)
        is_open(tab)
        assert abs(600 - (time.monotonic() - begun) - left(tab)) <= 3


def test_never_on_a_checkout_of_a_single_page_shop(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    shop(trigger={"on": "exit"})
    page = page_of_a_person()
    visit(page, listener)
    asks = ("/checkout/", '"want"')
    with page.expect_response(
        lambda got: all(part in (got.request.post_data or "") for part in asks)
    ) as answered:
        page.evaluate("() => history.pushState({}, '', '/checkout/')")
    assert answered.value.json()["popup"] is None


@pytest.mark.parametrize("on", ["nth_page", "cart_value", "segment_entered"])
def test_a_moment_that_the_server_decides_comes_when_it_has_come_and_not_before(
    shop: Any, listener: Any, page_of_a_person: Any, on: str
) -> None:
    hats = {"event": "add_to_cart", "measure": "count", "op": ">=", "value": 1}
    assert shop.server("PUT", "/v1/segments/hats", {"rule": hats}).status_code == 200
    numbers = {"nth_page": {"pages": 2}, "cart_value": {"value": 40}}
    shop(trigger={"on": on, **numbers.get(on, {"segment": "hats"})}, kind="bar")
    page = page_of_a_person()
    visit(page, listener)
    is_gone(page)
    if on != "nth_page":
        hat = {"items": [{"item_id": "hat", "price": 25, "quantity": 2}], "currency": "EUR"}
        told = "add_to_cart"
        with page.expect_response(lambda got: told in (got.request.post_data or "")):
            page.evaluate("(hat) => rs('track', 'add_to_cart', hat)", hat)
    visit(page, listener)
    is_open(page)


def test_a_claimed_code_says_until_when_after_a_reload_in_another_tab_and_with_storage_cleared(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    pool = {"kind": "minted", "discount": {"percent": 10}, "expires": {"after": "30m"}}
    assert shop.server("PUT", "/v1/coupons/spring", pool).status_code == 200
    shop.server("POST", "/v1/coupons/spring/codes", {"mint": 3})
    block = {"type": "coupon", "text": "Get it", "countdown": True}
    shop(block, coupon_pool="spring", caps={}, stop_on=[], kind="bar")
    page = page_of_a_person(timezone_id="Asia/Seoul")
    meet(page, listener)
    page.get_by_role("button", name="Get it").click()
    ends = page.get_by_text("Good until").inner_text()
    code = page.locator("code").inner_text()
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    for tab in (page, page.context.new_page()):
        visit(tab, listener)
        expect(tab.locator("code")).to_have_text(code)
        expect(tab.get_by_text(ends, exact=True)).to_be_visible()
        expect(tab.get_by_role("timer")).to_contain_text("00:2")


def test_one_popup_over_the_page_a_visit_whatever_the_campaign_in_every_tab(
    shop: Any, listener: Any, page_of_a_person: Any
) -> None:
    shop(caps={"per_day": 9}, priority=1)
    page = page_of_a_person()
    meet(page, listener)
    other = {"variants": [{"blocks": [HEADING]}], "trigger": {"on": "load"}, "control_share": 0}
    answer = shop.server("PUT", "/v1/popups/other", {**other, "caps": {}, "priority": 5})
    assert answer.status_code == 200
    for tab in (page, page.context.new_page()):
        visit(tab, listener)
        is_gone(tab)
