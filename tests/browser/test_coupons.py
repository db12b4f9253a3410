"""A coupon of a pool in the browser: claimed by a button or by a form, never shown before."""

from __future__ import annotations

from typing import Any

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
