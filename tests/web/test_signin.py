"""Who comes in, for how long, and what guessing costs."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.shop import DAY, HOUR, SECOND
from plugin.storage import control
from plugin.web.passwords import hashed
from plugin.web.signin import FREE_TRIES, Tries, network_of, safe_next
from tests.web.conftest import EMAIL


def inside(moon: Any) -> bool:
    """Whether the browser's session opens a page."""
    return bool(moon.client.get("/admin/segments").status_code == 200)


def test_five_wrong_tries_cost_nothing_then_the_wait_doubles() -> None:
    tries, waits = Tries(), []
    for _ in range(FREE_TRIES + 2):
        tries.wrong("mina", "net", 0)
        waits.append(tries.wait_ms("mina", "net", 0))
    assert waits == [0, 0, 0, 0, 30 * SECOND, 60 * SECOND, 120 * SECOND]


def test_the_wait_is_never_longer_than_an_hour() -> None:
    tries = Tries()
    for _ in range(500):
        tries.wrong("mina", "net", 0)
    assert tries.wait_ms("mina", "net", 0) == HOUR


def test_another_address_does_not_lock_the_owner_out() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES):
        tries.wrong("mina", "a stranger's network", 0)
    assert tries.wait_ms("mina", "mina's network", 0) == 0


def test_a_right_password_wipes_the_slate() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES):
        tries.wrong("mina", "net", 0)
    tries.right("mina", "net")
    assert tries.wait_ms("mina", "net", 0) == 0


def test_the_memory_of_tries_is_bounded() -> None:
    tries = Tries()
    for n in range(10_050):
        tries.wrong(f"name-{n}", "net", n)
    assert len(tries._wrong) <= 10_000


@pytest.mark.parametrize(
    "target",
    [
        None, "", "/", "/admin", "/demo/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "https://evil.example/admin/", "https:evil.example", "javascript:alert(1)", "admin/",
        "/admin/../demo/", "/admin//evil.example", "/admin/%2e%2e/demo", "/admin/\r\nX: y",
        "/admin/\tx", " /admin/", "/admin/é", "//admin/", "/administrator", "http://[/admin/",
    ],
)  # fmt: skip
def test_only_paths_below_admin_are_gone_to(target: str | None) -> None:
    assert safe_next(target) == "/admin/"


def test_a_path_below_admin_is_kept_with_its_query() -> None:
    assert safe_next("/admin/visitors?shop=moon") == "/admin/visitors?shop=moon"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("not an address", ""),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_new_password_ends_the_old_sessions(moon: Any, house: Any, clock: Any) -> None:
    moon.sign_in()
    assert inside(moon)
    with house.control.write() as tx:
        control.put_owner(tx, EMAIL, hashed("another long password"), clock.at)
    assert not inside(moon)


def test_a_session_ends_after_two_weeks(moon: Any, clock: Any) -> None:
    moon.sign_in()
    clock.at += 15 * DAY
    assert not inside(moon)


def test_under_https_the_cookie_never_travels_in_the_clear(moon: Any) -> None:
    over_https = {"base_url": "https://regulars.moon.example"}
    secure = moon.sign_in(**over_https, headers={"Referer": "https://regulars.moon.example/"})
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "Secure" not in moon.sign_in().headers["Set-Cookie"]


def test_the_storefront_needs_no_token_and_gets_no_cookie(moon: Any) -> None:
    answer = moon.visit("cho-0123456789abcdef", {"name": "page_view", "params": {}})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Content-Security-Policy" not in answer.headers


def test_a_poll_without_a_session_is_told_so_in_json(moon: Any) -> None:
    answer = moon.client.get("/admin/live.json")
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
