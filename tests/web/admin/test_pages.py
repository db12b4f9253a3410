"""What the owner sees, and who else does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.tasks.jobs import JOBS
from plugin.web.admin_routes import ADMIN_ROUTES
from tests.web.conftest import token

CHO = "cho-0123456789abcdef"
EMAIL, PASSWORD = "mina@moon.example", "a good long password"
PAGES = ("", "segments", "visitors", "popups", "windows", "jobs", "install")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
POPUP = {
    "name": "Hello",
    "trigger": {"on": "exit"},
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
}


def sign_in(moon: Any, password: str = PASSWORD, email: str = EMAIL, **query: str) -> Any:
    form = token(moon.client.get("/admin/login").text)
    data = {"email": email, "password": password, "csrf_token": form}
    return moon.client.post("/admin/login", data=data, query_string=query)


def see(moon: Any, path: str, **query: str) -> str:
    answer = moon.client.get(f"/admin/{path}", query_string={"shop": moon.shop.name, **query})
    assert answer.status_code == 200, answer.text[:500]
    return str(answer.text)


def told(moon: Any) -> None:
    """Cho looks at boots and buys them."""
    boots = {"item_id": "boots", "item_name": "Winter Boots", "price": 120000}
    moon.visit(
        CHO,
        {"name": "view_item", "params": {"items": [boots]}},
        {"name": "purchase", "params": {"transaction_id": "A-1", "items": [boots]}},
    )


def test_every_owners_page_asks_for_a_login(moon: Any) -> None:
    for route in ADMIN_ROUTES:
        if route.access != "owner":
            continue
        path = re.sub(r"<[^>]+>", "anything", route.path)
        for method in route.methods:
            answer = moon.client.open(path, method=method)
            assert answer.status_code in (302, 401), (method, path)
            assert b"moon" not in answer.data


def test_the_right_password_opens_the_page_that_was_asked_for(moon: Any) -> None:
    answer = sign_in(moon, next="/admin/jobs")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/jobs")
    assert see(moon, "jobs")


def test_a_wrong_password_is_said_plainly_and_the_same_for_a_stranger(moon: Any) -> None:
    wrong, stranger = sign_in(moon, "not this"), sign_in(moon, "not this", "nobody@moon.example")
    assert wrong.status_code == stranger.status_code == 401
    assert "do not belong together" in wrong.text
    assert "do not belong together" in stranger.text


def test_who_guesses_has_to_wait_and_the_wait_ends(moon: Any, clock: Any) -> None:
    for _ in range(5):
        sign_in(moon, "not this")
    answer = sign_in(moon)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    clock.at += 3_600_000
    assert sign_in(moon).status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/admin/", "/demo/", "/admin/../x"]
)
def test_after_the_login_one_stays_in_the_admin(moon: Any, target: str) -> None:
    assert sign_in(moon, next=target).headers["Location"] == "/admin/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(moon: Any) -> None:
    cookie = sign_in(moon).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_ends_the_session(moon: Any) -> None:
    sign_in(moon)
    told(moon)
    moon.client.post("/admin/logout", data={"csrf_token": token(see(moon, "visitors"))})
    assert moon.client.get("/admin/visitors").status_code == 302


def test_a_form_without_its_token_or_from_another_site_changes_nothing(moon: Any) -> None:
    moon.server("PUT", "/v1/popups/hello", POPUP)
    sign_in(moon)
    path = f"/admin/popups/hello/switch?shop={moon.shop.name}"
    assert moon.client.post(path, data={"enabled": "0"}).status_code == 400
    form = {"enabled": "0", "csrf_token": token(see(moon, "popups"))}
    cross = moon.client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    assert moon.server("GET", "/v1/popups/hello").get_json()["enabled"] is True


def test_a_popup_is_turned_off_and_on(moon: Any) -> None:
    moon.server("PUT", "/v1/popups/hello", POPUP)
    sign_in(moon)
    for enabled in ("0", "1"):
        form = {"enabled": enabled, "csrf_token": token(see(moon, "popups"))}
        answer = moon.client.post(f"/admin/popups/hello/switch?shop={moon.shop.name}", data=form)
        assert answer.status_code == 303
        assert moon.server("GET", "/v1/popups/hello").get_json()["enabled"] is (enabled == "1")


def test_pages_carry_a_strict_policy_and_are_never_kept(moon: Any) -> None:
    sign_in(moon)
    answer = moon.client.get("/admin/segments")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not re.search(r"\sstyle=|\son\w+=|<script>|<style", answer.text)


def test_before_the_first_event_the_owner_is_led_to_the_tag(moon: Any) -> None:
    sign_in(moon)
    answer = moon.client.get(f"/admin/?shop={moon.shop.name}")
    assert "/admin/install" in answer.headers["Location"]
    page = see(moon, "install")
    assert moon.shop.public_key in page
    assert "Waiting for the first event" in page


def test_the_sign_turns_when_the_first_event_has_come(moon: Any) -> None:
    sign_in(moon)
    live = f"/admin/live.json?shop={moon.shop.name}"
    assert moon.client.get(live).get_json()["came"] is False
    told(moon)
    assert moon.client.get(live).get_json()["came"] is True


def test_pages_of_an_empty_shop_say_what_to_do(moon: Any) -> None:
    sign_in(moon)
    assert "PUT /v1/segments" in see(moon, "segments")
    assert "first event" in see(moon, "visitors")
    assert "PUT /v1/popups" in see(moon, "popups")
    assert "Make your first windows" in see(moon, "windows")


def test_the_overview_counts_visitors_orders_and_money(moon: Any) -> None:
    told(moon)
    moon.server(
        "PUT",
        "/v1/segments/buyers",
        {"name": "Buyers", "rule": {"trait": "orders_total", "op": ">=", "value": 1}},
    )
    sign_in(moon)
    page = see(moon, "")
    assert "Buyers" in page
    assert "₩120,000" in page
    assert "<svg" in page


def test_a_visitor_is_shown_with_timeline_segments_and_reasons(moon: Any) -> None:
    told(moon)
    moon.server(
        "PUT",
        "/v1/segments/buyers",
        {"name": "Buyers", "rule": {"trait": "orders_total", "op": ">=", "value": 1}},
    )
    sign_in(moon)
    page = see(moon, f"visitors/{CHO}")
    assert "Looked at Winter Boots" in page
    assert "Buyers" in page
    assert re.search(r"Orders[^<]*1", page)
    assert "told by the browser only" in page
    assert CHO in see(moon, "visitors")
    assert CHO[:8] in see(moon, "segments/buyers")


def test_an_unknown_visitor_segment_or_page_is_a_kind_404(moon: Any) -> None:
    sign_in(moon)
    for path in ("visitors/nobody-0123456789ab", "segments/none", "nowhere"):
        answer = moon.client.get(f"/admin/{path}?shop={moon.shop.name}")
        assert answer.status_code == 404
        assert "/admin/" in answer.text


def test_the_jobs_page_lists_the_table_of_jobs(moon: Any) -> None:
    sign_in(moon)
    page = see(moon, "jobs")
    assert all(job.name in page for job in JOBS)


def test_hostile_text_is_only_text_on_every_page(moon: Any) -> None:
    item = {"item_id": HOSTILE[:128], "item_name": HOSTILE, "price": 1, "item_category": HOSTILE}
    moon.visit(
        CHO,
        {"name": "view_item", "params": {"items": [item], "note": HOSTILE}},
        {"name": "add_to_cart", "params": {"items": [item]}},
        {"name": "search", "params": {"search_term": HOSTILE}},
        {"name": "identify", "params": {"first_name": HOSTILE, "size": HOSTILE}},
        page={
            "url": "https://moon.example/" + HOSTILE,
            "title": HOSTILE,
            "referrer": "javascript:alert(3)",
        },
    )
    moon.server(
        "PUT",
        "/v1/segments/odd",
        {"name": HOSTILE, "rule": {"trait": "size", "op": "is", "value": HOSTILE}},
    )
    moon.server("PUT", "/v1/popups/odd", {**POPUP, "name": HOSTILE, "audience": {"segment": "odd"}})
    moon.server("PUT", "/v1/windows/odd", {"title": HOSTILE, "strategies": ["bestsellers"]})
    sign_in(moon)
    for path in (*PAGES, f"visitors/{CHO}", "segments/odd"):
        page = see(moon, path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "javascript:" not in page, path


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_page_is_there_in_korean_and_japanese(moon: Any, language: str) -> None:
    told(moon)
    sign_in(moon)
    for path in PAGES:
        assert f'<html lang="{language}">' in see(moon, path, lang=language)
