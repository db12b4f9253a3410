"""A rehearsal over the server API and on the owner's page."""

from __future__ import annotations

import json
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from plugin.web import rehearsal_api
from plugin.web.preview import GONE
from tests.web.conftest import Moon

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
        ({"id": "a b"}, "id must be a text of 1 to 64"),
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

    assert (told["visitors"], told["of"], told["after"]) == (1, 30, None)


def played(moon: Moon, clients: Any, **data: Any) -> tuple[Thread, list[Any]]:
    """A rehearsal on its way in a thread of its own; its answer will be in the list."""
    answers: list[Any] = []

    def ask() -> None:
        other = Moon(moon.shop, moon.secret, clients(), moon.clock, moon.house)
        answers.append(rehearsal(other, **data))

    asking = Thread(target=ask)
    asking.start()
    return asking, answers


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a rehearsal take longer than two looks at whether it is to end for each visitor."""
    usual = rehearsal_api.enough_after

    def waiting(*words: Any) -> Any:
        enough = usual(*words)

        def after(done: int, of: int) -> bool:
            over: bool = enough(done, of)
            sleep(0.12)
            return over

        return after

    monkeypatch.setattr(rehearsal_api, "enough_after", waiting)


def until(look: Any) -> Any:
    """What ``look()`` answers once it is something."""
    end = monotonic() + 10
    while monotonic() < end:
        found = look()
        if found:
            return found
        sleep(0.02)
    raise AssertionError("it did not come")


@pytest.mark.usefixtures("slowly")
def test_one_that_runs_tells_how_far_it_is_and_can_be_stopped(moon: Moon, app: Any) -> None:
    for number in range(30):
        moon.visit(f"visitor-{number:012d}", PAGE)
    asking, answers = played(moon, app.test_client, id="mine")

    def far() -> Any:
        told = moon.server("GET", "/v1/popups/rehearsal/mine")
        return told.get_json() if told.status_code == 200 else None

    told = until(far)
    assert told["of"] == 30
    assert 1 <= told["done"] < 30
    assert moon.server("GET", "/v1/popups/rehearsal/other").status_code == 404

    assert moon.server("DELETE", "/v1/popups/rehearsal/mine").status_code == 200
    asking.join()

    assert (answers[0].status_code, answers[0].get_json()["error"]["code"]) == (409, "cancelled")
    assert far() is None


@pytest.mark.usefixtures("slowly")
def test_one_whose_page_was_closed_ends_by_itself(moon: Moon) -> None:
    for number in range(3):
        moon.visit(f"visitor-{number:012d}", PAGE)
    told: list[int] = []

    def gone() -> bool:
        told.append(1)
        return len(told) > 1

    answer = moon.client.post(
        "/v1/popups/rehearsal",
        json={},
        headers={"Authorization": f"Bearer {moon.secret}"},
        environ_overrides={GONE: gone},
    )

    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "cancelled")


def test_the_page_gets_the_same_with_progress_and_can_stop_it(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", {**HELLO, "name": "Hello <you>"})
    owner.server("PUT", "/v1/popups/louder", {**HELLO, "priority": 9})
    owner.visit(CHO, PAGE)
    address = "/admin/popups/rehearsal.json?id=abc"
    form = {"csrf_token": owner.form_token()}

    html = owner.client.post(address, data={**form, "on": ["hello", "louder"]}).get_json()["html"]

    assert "Played: 1 of 1 visitors of the last 30 days; pages: 1." in html
    assert '<th scope="row">louder</th><td>Hello &lt;you&gt;</td><td>1</td>' in html
    assert "<html" not in html
    assert owner.client.get(address).status_code == 404
    headers = {"X-CSRFToken": form["csrf_token"]}
    assert owner.client.delete(address, headers=headers).get_json() == {"ok": True}
    stopped = owner.client.post(address, data={**form, "on": "hello"})
    assert (stopped.status_code, stopped.get_json()["error"]["code"]) == (409, "cancelled")
    wrong = owner.client.post(address, data={**form, "document": "{"})
    assert (wrong.status_code, "not JSON" in wrong.text) == (400, True)


def test_the_codes_of_each_popup_are_told_with_what_they_take_off(owner: Moon) -> None:
    pool = {"kind": "text", "code": "MOON", "discount": {"amount": 3_000}}
    owner.server("PUT", "/v1/coupons/autumn", pool)
    owner.server("PUT", "/v1/popups/gift", {**HELLO, "coupon_pool": "autumn", "shield": False})
    owner.visit(CHO, PAGE)
    owner.visit(ANA, PAGE)

    page = owner.sends("popups/rehearsal", on="gift").text

    assert "2 visitors could take a code" in page
    assert "₩6,000" in page


def test_the_owner_tries_another_choice_of_popups(owner: Moon) -> None:
    owner.server("PUT", "/v1/popups/hello", {**HELLO, "name": "Hello <you>"})
    owner.server("PUT", "/v1/popups/rests", {**HELLO, "enabled": False})
    owner.visit(CHO, PAGE)

    page = owner.sends("popups/rehearsal", on="rests").text

    assert "Played: 1 of 1 visitors of the last 30 days; pages: 1." in page
    assert "With those of now" in page
    assert "Hello &lt;you&gt;" in page
    assert owner.server("GET", "/v1/popups/rests").get_json()["enabled"] is False


def test_a_document_that_cannot_be_read_is_said_beside_the_form(owner: Moon) -> None:
    for text in ("{", "[]", json.dumps({"kind": "modal"})):
        answer = owner.sends("popups/rehearsal", document=text)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
