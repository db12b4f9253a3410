"""Why a popup came or not: over the server API, and on the owner's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from plugin.collect.staff import staff_token
from tests.web.conftest import Moon

CHO = "cho-01234567890abcdef"
HELLO: dict[str, Any] = {
    "trigger": {"on": "exit"},
    "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
    "control_share": 0,
}


def seen(popup: str) -> dict[str, Any]:
    return {"name": "popup_view", "params": {"popup_id": popup}}


def why(moon: Moon, slug: str = "hello", url: str = "https://a.example/shoes", **more: str) -> Any:
    query = "".join(f"&{key}={quote(value)}" for key, value in more.items())
    path = f"/v1/popups/{slug}/why?visitor_id={CHO}&url={quote(url)}{query}"
    return moon.server("GET", path).get_json()


def test_the_answer_names_every_condition_with_its_figures(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", {**HELLO, "caps": {"per_week": 1}, "pages": ["/shoes"]})
    moon.visit(CHO, {"name": "page_view"}, seen("hello"))

    told = why(moon)

    assert (told["outcome"], told["known"], told["winner"]) == ("blocked", True, None)
    assert told["blocked_by"] == "cap_week"
    by_code = {one["code"]: one for one in told["conditions"]}
    assert by_code["pages"]["holds"]
    assert by_code["cap_week"] == {
        "code": "cap_week", "holds": False, "told": {"met": 1, "most": 1},
        "says": "Met in 7 days: 1; at most 1",
    }  # fmt: skip


def test_the_answer_is_what_the_page_gets(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", HELLO)
    moon.server("PUT", "/v1/popups/louder", {**HELLO, "priority": 5, "languages": ["ko"]})
    page = {"url": "https://a.example/shoes"}

    for language, winner, loser in (("ko", "louder", "outranked"), ("en", "hello", "show")):
        asked = {"page": {**page, "language": language}, "want": {"popup": True}}
        shown = moon.visit(CHO, {"name": "page_view"}, **asked).get_json()["popup"]["id"]
        told = why(moon, language=language)
        assert (shown, told["winner"], told["outcome"]) == (winner, winner, loser)


def test_each_part_of_an_audience_is_told(moon: Moon) -> None:
    rule = {"trait": "orders_total", "op": ">=", "value": 3}
    moon.server("PUT", "/v1/popups/hello", {**HELLO, "audience": {"rule": rule}})
    moon.visit(CHO, {"name": "page_view"})

    told = why(moon)

    assert told["blocked_by"] == "audience"
    assert told["audience"] == [{"text": "orders_total >= 3", "value": "is 0", "holds": False}]


def test_a_popup_that_is_turned_off_says_so_and_what_else_would_stop_it(moon: Moon) -> None:
    rule = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
    off = {**HELLO, "enabled": False, "audience": {"rule": rule}, "devices": ["tablet"]}
    moon.server("PUT", "/v1/popups/hello", off)
    moon.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "bag"}]}})

    red = [one["code"] for one in why(moon)["conditions"] if not one["holds"]]

    assert red == ["enabled", "device"]


def test_a_stranger_is_told_as_one(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", HELLO)

    assert (why(moon)["known"], why(moon)["outcome"]) == (False, "show")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/popups/nothing/why?visitor_id={CHO}&url=/", 404),
        ("/v1/popups/hello/why?url=/", 400),
        (f"/v1/popups/hello/why?visitor_id={CHO}", 400),
        ("/v1/popups/hello/why?visitor_id=x&url=/", 400),
    ],
)
def test_a_question_that_names_nobody_or_nothing_is_refused(
    moon: Moon, path: str, status: int
) -> None:
    moon.server("PUT", "/v1/popups/hello", HELLO)

    assert moon.server("GET", path).status_code == status


def test_the_owners_page_says_it_in_words(owner: Moon) -> None:
    segment = {"name": "Our <best>", "rule": {"trait": "orders_total", "op": ">=", "value": 3}}
    owner.server("PUT", "/v1/segments/vip", segment)
    owner.server("PUT", "/v1/popups/hello", {**HELLO, "audience": {"segment": "vip"}})
    owner.server("PUT", "/v1/popups/others", HELLO)
    owner.visit(CHO, {"name": "page_view"})

    page = owner.opens("popups/why", visitor=CHO, url="/shoes")

    assert "Not in the segment Our &lt;best&gt;" in page
    assert "Right now this page gets: others." in page
    assert f"visitor={CHO}" in page


def test_the_owners_page_begins_with_a_question_and_forgives_a_wrong_id(owner: Moon) -> None:
    assert owner.gets("popups/why").status_code == 200
    wrong = owner.gets("popups/why", visitor="x", url="/")
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_the_owners_page_may_be_about_one_popup(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", {**HELLO, "name": "The hello"})
    owner.server("PUT", "/v1/popups/louder", {**HELLO, "name": "The loud one", "priority": 5})
    owner.visit(CHO, {"name": "page_view"})

    page = owner.opens("popups/why", popup="hello", visitor=CHO, url="/shoes")

    assert 'id="hello"' in page
    assert 'id="louder"' not in page
    assert "The loud one goes before it; one popup a page" in page
    assert 'id="louder"' in owner.opens("popups/why", visitor=CHO, url="/shoes")


def test_a_link_to_one_popup_begins_on_a_page_of_it_and_asks_nothing_yet(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", {**HELLO, "pages": ["!/shoes/old", "/shoes/*"]})

    page = owner.opens("popups/why", popup="hello")

    assert 'value="/shoes/"' in page
    assert '<option value="hello" selected>' in page
    assert "Right now this page gets" not in page


def test_a_popup_that_is_not_there_is_said(owner: Moon) -> None:
    answer = owner.gets("popups/why", popup="gone", visitor=CHO, url="/")
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("path", ["popups", "popups/hello/edit"])
def test_a_popups_own_pages_lead_to_why(owner: Moon, path: str) -> None:
    owner.server("PUT", "/v1/popups/hello", HELLO)
    assert "/admin/popups/why?popup=hello" in owner.opens(path)


def test_a_visitors_page_leads_to_why_on_the_page_that_was_opened_last(owner: Moon) -> None:
    for where in ("bags", "shoes"):
        told = {"page_location": f"https://a.example/{where}"}
        owner.visit(CHO, {"name": "page_view", "params": told})
        owner.clock.at += 1_000
    page = owner.opens(f"visitors/{CHO}")
    asked = f"visitor={CHO}&amp;url={quote('https://a.example/shoes', safe='')}"
    assert f"/admin/popups/why?{asked}" in page


def test_the_test_device_is_chosen_without_knowing_its_id(owner: Moon) -> None:
    word = staff_token("test", owner.shop.name)
    owner.server("PUT", "/v1/popups/hello", HELLO)
    assert "Your test device" not in owner.opens("popups/why", popup="hello")

    opened = {"page": {"url": f"https://a.example/?rs_staff={word}"}}
    owner.visit(CHO, {"name": "page_view"}, **opened)

    page = owner.opens("popups/why", popup="hello")
    assert "Your test device" in page
    assert f"/admin/popups/why?popup=hello&amp;visitor={CHO}&amp;url=%2F" in page
    told = owner.opens("popups/why", popup="hello", visitor=CHO, url="/")
    assert "Your test device meets popups as somebody new does" in told
    assert "Right now this page gets: hello." in told
    assert owner.server("GET", f"/v1/visitors/{CHO}").status_code == 404
