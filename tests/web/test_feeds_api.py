"""Feeds over HTTP: kept, read, asked how they did, and forgotten by a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.errors import PluginError
from plugin.tasks.feeds import run_due
from tests.tasks.conftest import Receiver, new_receiver, receiver, say  # noqa: F401
from tests.web.conftest import Moon

HATS = b"SKU,title,price\nhat-1,Hat,10000\nhat-2,Cap,12000\n,No id,1\nhat-3,Beret,-5\n"


@pytest.fixture
def program(moon: Moon, house: Any) -> Moon:
    house.settings = replace(house.settings, fetch_private=True)
    return moon


def reads(moon: Moon) -> None:
    """The clock strikes."""
    run_due(moon.store, moon.shop, moon.clock.at, private=True)


def the_feed(moon: Moon) -> dict[str, Any]:
    (feed,) = moon.server("GET", "/v1/feeds").get_json()["feeds"]
    return dict(feed)


def test_a_feed_is_kept_read_by_the_clock_and_told_with_every_row_refused(
    program: Moon,
    receiver: Receiver,  # noqa: F811
) -> None:
    receiver.otherwise = lambda asked: say(asked, 200, HATS)
    source = f"{receiver.url}/feed.csv"

    put = program.server(
        "PUT", "/v1/feeds/main", {"source": source, "every": 6, "map": {"item_id": "SKU"}}
    )
    assert (put.status_code, put.get_json()["state"], put.get_json()["last"]) == (200, "new", None)
    assert put.get_json()["next_at"] == program.clock.at
    reads(program)

    feed = the_feed(program)
    assert (feed["name"], feed["source"], feed["every"]) == ("main", source, 6)
    assert (feed["map"], feed["state"], feed["error"]) == ({"item_id": "SKU"}, "good", None)
    assert feed["next_at"] - feed["good_at"] == 6 * 3_600_000
    last = feed["last"]
    assert (last["rows_read"], last["kept"], last["changed"]) == (4, 2, 2)
    assert sum(last["refused"].values()) == 2
    assert sorted(row for rows in last["examples"].values() for row in rows) == [4, 5]
    listed = program.server("GET", "/v1/items").get_json()["items"]
    assert [item["item_id"] for item in listed] == ["hat-1", "hat-2"]
    assert program.server("GET", "/v1/feeds/main").get_json() == feed


def test_a_feed_without_a_period_is_read_when_it_is_asked_for(
    program: Moon,
    receiver: Receiver,  # noqa: F811
) -> None:
    receiver.otherwise = lambda asked: say(asked, 200, HATS.replace(b"SKU", b"id"))
    program.server("PUT", "/v1/feeds/main", {"source": f"{receiver.url}/feed.csv"})
    reads(program)
    assert the_feed(program)["state"] == "new"

    asked = program.server("POST", "/v1/feeds/main/run")
    assert (asked.status_code, asked.get_json()["state"]) == (200, "asked")
    reads(program)
    assert the_feed(program)["last"]["kept"] == 2
    assert the_feed(program)["next_at"] is None


def test_a_feed_that_looks_wrong_is_told_why_and_taken_by_force(
    program: Moon,
    receiver: Receiver,  # noqa: F811
) -> None:
    hats = b"id,title\n" + b"".join(b"hat-%d,Hat\n" % number for number in range(10))
    receiver.otherwise = lambda asked: say(asked, 200, hats)
    program.server("PUT", "/v1/feeds/main", {"source": f"{receiver.url}/feed.csv", "every": 1})
    reads(program)
    receiver.otherwise = lambda asked: say(asked, 200, hats[:30])
    program.server("POST", "/v1/feeds/main/run", {})
    with pytest.raises(PluginError):
        reads(program)
    assert the_feed(program)["state"] == "refused"
    assert "the last good run had 10" in the_feed(program)["error"]

    program.server("POST", "/v1/feeds/main/run", {"force": True})
    reads(program)
    assert the_feed(program)["state"] == "good"
    assert the_feed(program)["last"]["removed"] == 8


def test_a_feed_that_is_forgotten_leaves_its_products(
    program: Moon,
    receiver: Receiver,  # noqa: F811
) -> None:
    receiver.otherwise = lambda asked: say(asked, 200, HATS.replace(b"SKU", b"id"))
    program.server("PUT", "/v1/feeds/main", {"source": f"{receiver.url}/feed.csv", "every": 1})
    reads(program)

    assert program.server("DELETE", "/v1/feeds/main").status_code == 200
    assert program.server("GET", "/v1/feeds").get_json() == {"feeds": []}
    assert len(program.server("GET", "/v1/items").get_json()["items"]) == 2
    for method, path in (("DELETE", ""), ("GET", ""), ("POST", "/run")):
        answer = program.server(method, f"/v1/feeds/main{path}", {} if method == "POST" else None)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "source is missing"),
        ({"source": "file:///etc/passwd"}, "must begin with https://"),
        ({"source": "http://169.254.169.254/latest"}, "169.254.169.254"),
        ({"source": "http://127.0.0.1:8080/", "every": 0}, "between 1 and 168"),
        ({"source": "http://127.0.0.1:8080/", "every": True}, "must be a number"),
        ({"source": "http://127.0.0.1:8080/", "map": ["SKU"]}, "map must be an object"),
        ({"source": "http://127.0.0.1:8080/", "map": {"hat": "x"}}, "ours are item_id"),
        ({"source": "http://127.0.0.1:8080/", "name": "other"}, "as in the address"),
        ({"source": "http://127.0.0.1:8080/", "hours": 6}, "unknown keys: hours"),
    ],
)
def test_a_feed_that_cannot_be_kept_is_refused_with_why(
    program: Moon, document: dict[str, Any], says: str
) -> None:
    answer = program.server("PUT", "/v1/feeds/main", document)
    assert answer.status_code == 400
    assert says in answer.get_json()["error"]["message"]
    assert program.server("GET", "/v1/feeds").get_json() == {"feeds": []}


def test_an_address_inside_the_house_is_no_feed_unless_the_settings_say_so(moon: Moon) -> None:
    answer = moon.server("PUT", "/v1/feeds/main", {"source": "http://127.0.0.1:8080/feed.csv"})
    assert answer.status_code == 400
    assert moon.server("GET", "/v1/feeds").get_json() == {"feeds": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/main"), ("PUT", "/main"), ("DELETE", "/main"), ("POST", "/main/run")],
)
def test_feeds_are_for_the_secret_key_alone(moon: Moon, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {moon.shop.public_key}"}
    answer = moon.client.open(f"/v1/feeds{path}", method=method, json={}, headers=headers)
    assert answer.status_code == 401
