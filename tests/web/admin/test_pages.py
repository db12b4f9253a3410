"""What the owner sees, and who else does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.tasks.jobs import JOBS
from plugin.web.admin_routes import ADMIN_ROUTES
from tests.web.conftest import Moon

CHO = "cho-0123456789abcdef"
PAGES = ("", "segments", "visitors", "popups", "windows", "jobs", "install")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
POPUP = {
    "name": "Hello",
    "trigger": {"on": "exit"},
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
}


def told(moon: Moon) -> None:
    """Cho looks at boots and buys them."""
    boots = {"item_id": "boots", "item_name": "Winter Boots", "price": 120000}
    moon.visit(
        CHO,
        {"name": "view_item", "params": {"items": [boots]}},
        {"name": "purchase", "params": {"transaction_id": "A-1", "items": [boots]}},
    )


def test_every_owners_page_asks_for_a_login(moon: Moon) -> None:
    for route in ADMIN_ROUTES:
        if route.access != "owner":
            continue
        path = re.sub(r"<[^>]+>", "anything", route.path)
        for method in route.methods:
            answer = moon.client.open(path, method=method)
            assert answer.status_code in (302, 401), (method, path)
            assert b"moon" not in answer.data


def test_the_right_password_opens_the_page_that_was_asked_for(moon: Moon) -> None:
    answer = moon.sign_in(query_string={"next": "/admin/jobs"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/jobs")
    assert moon.opens("jobs")


def test_a_wrong_password_is_said_plainly_and_the_same_for_a_stranger(moon: Moon) -> None:
    wrong, stranger = moon.sign_in("not this"), moon.sign_in("not this", "nobody@moon.example")
    assert wrong.status_code == stranger.status_code == 401
    assert "do not belong together" in wrong.text
    assert "do not belong together" in stranger.text


def test_who_guesses_has_to_wait_and_the_wait_ends(moon: Moon, clock: Any) -> None:
    for _ in range(5):
        moon.sign_in("not this")
    answer = moon.sign_in()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    clock.at += 3_600_000
    assert moon.sign_in().status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/admin/", "/demo/", "/admin/../x"]
)
def test_after_the_login_one_stays_in_the_admin(moon: Moon, target: str) -> None:
    assert moon.sign_in(query_string={"next": target}).headers["Location"] == "/admin/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(moon: Moon) -> None:
    cookie = moon.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_ends_the_session(owner: Moon) -> None:
    told(owner)
    owner.sends("logout")
    assert owner.client.get("/admin/visitors").status_code == 302


def test_a_form_without_its_token_or_from_another_site_changes_nothing(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", POPUP)
    path, elsewhere = "popups/hello/switch", {"Sec-Fetch-Site": "cross-site"}
    assert owner.posts(path, enabled="0").status_code == 400
    cross = owner.sends(path, headers=elsewhere, enabled="0")
    assert cross.status_code == 403
    assert owner.server("GET", "/v1/popups/hello").get_json()["enabled"] is True


def test_a_popup_is_turned_off_and_on(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", POPUP)
    for enabled in ("0", "1"):
        answer = owner.sends("popups/hello/switch", enabled=enabled)
        assert answer.status_code == 303
        assert owner.server("GET", "/v1/popups/hello").get_json()["enabled"] is (enabled == "1")


def test_pages_carry_a_strict_policy_and_are_never_kept(owner: Moon) -> None:
    answer = owner.gets("segments")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not re.search(r"\sstyle=|\son\w+=|<script>|<style", answer.text)


def test_before_the_first_event_the_owner_is_led_to_the_tag(owner: Moon) -> None:
    answer = owner.gets("")
    assert "/admin/install" in answer.headers["Location"]
    page = owner.opens("install")
    assert owner.shop.public_key in page
    assert "Waiting for the first event" in page


def test_the_sign_turns_when_the_first_event_has_come(owner: Moon) -> None:
    assert owner.gets("live.json").get_json()["came"] is False
    told(owner)
    assert owner.gets("live.json").get_json()["came"] is True


def test_pages_of_an_empty_shop_say_what_to_do(owner: Moon) -> None:
    assert "PUT /v1/segments" in owner.opens("segments")
    assert "first event" in owner.opens("visitors")
    assert "PUT /v1/popups" in owner.opens("popups")
    assert "Make your first windows" in owner.opens("windows")


def test_the_overview_counts_visitors_orders_and_money(owner: Moon) -> None:
    told(owner)
    owner.server(
        "PUT",
        "/v1/segments/buyers",
        {"name": "Buyers", "rule": {"trait": "orders_total", "op": ">=", "value": 1}},
    )
    page = owner.opens("")
    assert "Buyers" in page
    assert "₩120,000" in page
    assert "<svg" in page


def test_a_visitor_is_shown_with_timeline_segments_and_reasons(owner: Moon) -> None:
    told(owner)
    owner.server(
        "PUT",
        "/v1/segments/buyers",
        {"name": "Buyers", "rule": {"trait": "orders_total", "op": ">=", "value": 1}},
    )
    page = owner.opens(f"visitors/{CHO}")
    assert "Looked at Winter Boots" in page
    assert "Buyers" in page
    assert re.search(r"Orders[^<]*1", page)
    assert "told by the browser only" in page
    assert CHO in owner.opens("visitors")
    assert CHO[:8] in owner.opens("segments/buyers")


def test_of_a_visitor_an_empty_word_of_a_product_is_not_shown_and_an_empty_trait_is_said(
    owner: Moon,
) -> None:
    nameless = {"item_id": "bag-7", "item_name": "", "item_brand": "", "item_category": ""}
    owner.visit(
        CHO,
        {"name": "view_item", "params": {"items": [nameless]}},
        {"name": "identify", "params": {"shoe_size": ""}},
    )
    page = owner.opens(f"visitors/{CHO}")
    assert "Looked at bag-7" in page
    assert re.search(r"Shoe size</dt>\s*<dd>an empty text</dd>", page)


def test_an_unknown_visitor_segment_or_page_is_a_kind_404(owner: Moon) -> None:
    for path in ("visitors/nobody-0123456789ab", "segments/none", "nowhere"):
        answer = owner.gets(path)
        assert answer.status_code == 404
        assert "/admin/" in answer.text


def test_the_jobs_page_lists_the_table_of_jobs(owner: Moon) -> None:
    page = owner.opens("jobs")
    assert all(job.name in page for job in JOBS)


def test_hostile_text_is_only_text_on_every_page(owner: Moon) -> None:
    item = {"item_id": HOSTILE[:128], "item_name": HOSTILE, "price": 1, "item_category": HOSTILE}
    owner.visit(
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
    owner.server(
        "PUT",
        "/v1/segments/odd",
        {"name": HOSTILE, "rule": {"trait": "size", "op": "is", "value": HOSTILE}},
    )
    owner.server(
        "PUT", "/v1/popups/odd", {**POPUP, "name": HOSTILE, "audience": {"segment": "odd"}}
    )
    owner.server("PUT", "/v1/windows/odd", {"title": HOSTILE, "strategies": ["bestsellers"]})
    for path in (*PAGES, f"visitors/{CHO}", "segments/odd"):
        page = owner.opens(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "javascript:" not in page, path


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_page_is_there_in_korean_and_japanese(owner: Moon, language: str) -> None:
    told(owner)
    for path in PAGES:
        assert f'<html lang="{language}">' in owner.opens(path, lang=language)
