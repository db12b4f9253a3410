"""A rehearsal over the server API and on the owner's page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.web import rehearsal_api
from tests.web.conftest import Moon, token

CHO, ANA = "cho-01234567890abcdef", "ana-01234567890abcdef"
HELLO: dict[str, Any] = {
    "trigger": {"on": "load"},
    "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
    "control_share": 0,
}
PAGE = {"name": "page_view", "params": {"page_location": "https://a.example/shoes"}}


def rehearsal(moon: Moon, **data: Any) -> Any:
    return moon.server("POST", "/v1/popups/rehearsal", data)


def test_an_unsaved_popup_is_compared_with_those_of_now(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", HELLO)
    moon.visit(CHO, PAGE)
    moon.visit(ANA, PAGE)

    told = rehearsal(moon, popups=[{**HELLO, "slug": "louder", "priority": 9}]).get_json()

    assert {key: told[key] for key in ("days", "visitors", "of", "pages")} == {
        "days": 30, "visitors": 2, "of": 2, "pages": 2,
    }  # fmt: skip
    assert [(one["slug"], one["shown"]) for one in told["before"]["popups"]] == [("hello", 2)]
    assert [(one["slug"], one["shown"]) for one in told["after"]["popups"]] == [
        ("louder", 2), ("hello", 0),
    ]  # fmt: skip
    assert told["after"]["collisions"] == [{"won": "louder", "lost": "hello", "pages": 2}]
    assert told["after"]["per_person"] == {"0": 0, "1": 2, "2": 0, "3": 0, "4": 0, "5": 0}
    assert moon.server("GET", "/v1/popups/louder").status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"popup": {}}, "unknown: popup"),
        ({"popups": {}}, "popups must be a list"),
        ({"popups": [HELLO]}, "needs its slug"),
        ({"popups": [{**HELLO, "slug": "x", "colour": 1}]}, "unknown keys: colour"),
        ({"without": "x"}, "without must be a list"),
        ({"visitors": 0}, "visitors must be from 1 to 2,000"),
        ({"visitors": True}, "visitors must be a whole number"),
    ],
)
def test_what_is_no_rehearsal_is_refused(moon: Moon, data: dict[str, Any], says: str) -> None:
    answer = rehearsal(moon, **data)

    assert answer.status_code == 400
    assert says in answer.get_json()["error"]["message"]


def test_a_rehearsal_that_lasts_too_long_tells_of_those_it_got_to(
    moon: Moon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal_api, "LONGEST_S", 0.0)
    for number in range(30):
        moon.visit(f"visitor-{number:012d}", PAGE)

    told = rehearsal(moon).get_json()

    assert (told["visitors"], told["of"], told["after"]) == (25, 30, None)


def test_the_owner_tries_another_choice_of_popups(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", {**HELLO, "name": "Hello <you>"})
    moon.server("PUT", "/v1/popups/rests", {**HELLO, "enabled": False})
    moon.visit(CHO, PAGE)
    moon.sign_in()
    asked = moon.client.get("/admin/popups/rehearsal").text
    form = {"csrf_token": token(asked), "on": "rests"}

    page = moon.client.post("/admin/popups/rehearsal", data=form).text

    assert "Played: 1 of 1 visitors of the last 30 days; pages: 1." in page
    assert "With those of now" in page
    assert "Hello &lt;you&gt;" in page
    assert moon.server("GET", "/v1/popups/rests").get_json()["enabled"] is False


def test_a_document_that_cannot_be_read_is_said_beside_the_form(moon: Moon) -> None:
    moon.sign_in()
    form = {"csrf_token": token(moon.client.get("/admin/popups/rehearsal").text)}

    for text in ("{", "[]", json.dumps({"kind": "modal"})):
        answer = moon.client.post("/admin/popups/rehearsal", data={**form, "document": text})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
