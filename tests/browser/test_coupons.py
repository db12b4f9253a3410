"""A coupon of a pool in the browser: claimed by a button or by a form, never shown before."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_offers import leave_upwards, open_shop, popup, text

CLAIM = {"type": "coupon", "text": "Get my code", "claim": True}
FIELD = {"name": "email", "label": "E-mail", "input": "email", "required": True}
CODE = {"code": "MOON10", "text": "10 % off", "expires_at": None, "discount": {"percent": 10}}


def told_submit(listener: Any) -> Any:
    return next(told.body for told in listener.told if told.path == "/v1/submit")


def test_a_code_is_claimed_by_a_button_and_by_keyboard(page_of_a_person, listener):
    listener.offer = popup(text("Ten percent", "heading"), CLAIM, claim="our-word")
    listener.submitted = {"ok": True, "coupon": CODE}
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    button = page.get_by_role("button", name="Get my code")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("MOON10")).to_be_visible()
    expect(page.get_by_text("10 % off")).to_be_visible()
    expect(page.get_by_role("status")).to_be_focused()
    body = told_submit(listener)
    assert (body["fields"], body["claim"], body["popup_id"]) == ({}, "our-word", "stay")


def test_who_comes_too_late_is_told_kindly(page_of_a_person, listener):
    listener.offer = popup(text("Ten percent", "heading"), CLAIM)
    sorry = "The last code has just been given out. We are sorry."
    listener.submitted = {"ok": True, "coupon": None, "why": "gone", "message": sorry}
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    page.get_by_role("button", name="Get my code").click()
    expect(page.get_by_text(sorry)).to_be_visible()
    expect(page.get_by_role("button", name="Get my code")).to_have_count(0)


def test_a_code_comes_once_after_the_form_that_asks_for_it(page_of_a_person, listener):
    form = {"type": "form", "fields": [FIELD], "button": "Send"}
    listener.offer = popup(text("Ten percent", "heading"), form, CLAIM)
    listener.submitted = {"ok": True, "coupon": CODE}
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    expect(page.get_by_role("button", name="Get my code")).to_have_count(0)
    page.get_by_label("E-mail").fill("mina@shop.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("MOON10")).to_have_count(1)
    expect(page.get_by_role("button", name="Get my code")).to_have_count(0)


def test_a_code_that_the_visitor_has_is_shown_without_asking(page_of_a_person, listener):
    had = {"type": "coupon", **CODE, "text": "Your code"}
    listener.offer = popup(text("Ten percent", "heading"), had)
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    expect(page.get_by_text("MOON10")).to_be_visible()
    expect(page.get_by_text("Your code")).to_be_visible()


ENDS = 1_796_155_200_000  # 2 December 2026, 05:00 in Seoul, 20:00 the day before in London
HOUR = 3_600_000


def ending(left: int = 48 * HOUR, **more: Any) -> dict[str, Any]:
    """A code that ends, ``left`` ms before its end."""
    return {**CODE, "expires_at": ENDS, "left": left, "time_zone": "Asia/Seoul", **more}


@pytest.mark.parametrize(
    ("language", "zone", "says"),
    [
        ("en", "Asia/Seoul", r"^Good until Dec 2, 2026, 5:00\sAM$"),
        ("ko", "Asia/Seoul", r"^유효 기간: 2026년 12월 2일 오전 5:00$"),
        ("ja", "Asia/Tokyo", r"^有効期限.2026年12月2日 5:00 (JST|GMT\+9)$"),
        ("en", "Europe/London", r"^Good until Dec 2, 2026, 5:00\sAM GMT\+9$"),
    ],
)
def test_beside_a_code_stands_until_when_by_the_shops_clock_in_the_visitors_language(
    page_of_a_person, listener, language, zone, says
):
    listener.offer = popup(text("Ten percent", "heading"), CLAIM)
    listener.submitted = {"ok": True, "coupon": ending()}
    page = page_of_a_person(timezone_id=zone)
    open_shop(page, listener)
    page.evaluate("(to) => { document.documentElement.lang = to; }", language)
    leave_upwards(page)
    page.get_by_role("button", name="Get my code").click()
    expect(page.get_by_text(re.compile(says))).to_be_visible()


def test_the_end_stands_beside_a_code_that_comes_again(page_of_a_person, listener):
    block = {"type": "coupon", **ending()}
    listener.offer = popup(text("Ten percent", "heading"), block, on="load")
    page = page_of_a_person()
    for _ in range(2):
        open_shop(page, listener)
        expect(page.get_by_text("Good until Dec 2, 2026")).to_be_visible()


@pytest.mark.parametrize(
    ("asks", "left", "counts"),
    [(True, HOUR // 2, True), (True, 2 * HOUR, False), (False, HOUR // 2, False)],
)
def test_the_last_hour_of_a_code_is_counted_down_where_the_owner_wants_it(
    page_of_a_person, listener, asks, left, counts
):
    listener.offer = popup(text("Ten percent", "heading"), {**CLAIM, "countdown": asks})
    listener.submitted = {"ok": True, "coupon": ending(left)}
    page = page_of_a_person()
    open_shop(page, listener)
    leave_upwards(page)
    page.get_by_role("button", name="Get my code").click()
    expect(page.get_by_text("Good until")).to_be_visible()
    timer = page.get_by_role("timer")
    if counts:
        expect(timer).to_contain_text(re.compile("00:(30:00|29:5)"))
    else:
        expect(timer).to_have_count(0)


def test_a_code_that_nears_its_last_hour_begins_to_count_by_itself(page_of_a_person, listener):
    block = {"type": "coupon", **ending(HOUR + 4_000), "countdown": True}
    listener.offer = popup(text("Ten percent", "heading"), block)
    page = page_of_a_person()
    open_shop(page, listener)
    begun = time.monotonic()
    leave_upwards(page)
    expect(page.get_by_text("Good until")).to_be_visible()
    expect(page.get_by_role("timer")).to_be_visible(timeout=8_000)
    assert time.monotonic() - begun > 2


def test_who_closes_a_teasers_code_gets_the_tab_back_with_its_end(page_of_a_person, listener):
    form = {"type": "form", "fields": [FIELD], "button": "Send"}
    listener.offer = popup(text("Ten percent", "heading"), form, kind="teaser", on="load")
    listener.submitted = {"ok": True, "coupon": ending()}
    page = page_of_a_person()
    open_shop(page, listener)
    tab = page.get_by_role("button", name="Ten percent")
    expect(tab).to_have_text(re.compile("^Ten percent ?$"))
    tab.click()
    page.get_by_label("E-mail").fill("mina@shop.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("MOON10")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tab).to_have_text(re.compile("^Ten percent Good until Dec 2, 2026"))
    expect(tab).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("MOON10")
    expect(page.get_by_role("dialog")).to_contain_text("Good until Dec 2, 2026")
    expect(page.get_by_label("E-mail")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close").click()
    expect(tab).to_have_count(0)
    page.goto("about:blank")
    listener.wait_for("popup_submit")
    assert listener.events("popup_dismiss") == []


def test_a_teaser_of_somebody_who_has_the_code_says_until_when(page_of_a_person, listener):
    block = {"type": "coupon", **ending()}
    listener.offer = popup(text("Ten percent", "heading"), block, kind="teaser", on="load")
    page = page_of_a_person()
    open_shop(page, listener)
    tab = page.get_by_role("button", name="Ten percent")
    expect(tab).to_have_text(re.compile("^Ten percent Good until Dec 2, 2026"))
