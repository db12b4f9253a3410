"""Who may report on a shop's pages, and what stays of a report."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.inspection import inspection_token, is_inspector, read_report
from plugin.errors import BodyRefused
from plugin.shop import HOUR, SECOND

NONE: frozenset[str] = frozenset()


def report(**more: Any) -> dict[str, Any]:
    return {"page": {"id": "page-0001", "url": "https://moon.example/boots"}, **more}


def test_the_word_of_the_install_page_is_good_for_an_hour(now: int) -> None:
    token = inspection_token("secret", "moon", now)
    assert is_inspector(token, "secret", "moon", now)
    assert is_inspector(token, "secret", "moon", now + HOUR - SECOND)
    assert not is_inspector(token, "secret", "moon", now + HOUR)


def test_it_opens_no_other_shop_and_no_other_installation(now: int) -> None:
    token = inspection_token("secret", "moon", now)
    assert not is_inspector(token, "secret", "sun", now)
    assert not is_inspector(token, "other", "moon", now)


@pytest.mark.parametrize("token", [None, 7, "", "-", "é", "1-abc", [], "9" * 12 + "-" + "a" * 22])
def test_what_was_not_made_here_opens_nothing(token: object, now: int) -> None:
    assert not is_inspector(token, "secret", "moon", now)


def test_an_hour_cannot_be_made_longer(now: int) -> None:
    ends, _, digest = inspection_token("secret", "moon", now).partition("-")
    assert not is_inspector(f"{int(ends) + 3600}-{digest}", "secret", "moon", now)


def test_what_was_found_is_kept_for_the_owner_to_compare() -> None:
    said = {"how": "jsonld", "item_id": "boots", "name": "Winter Boots", "price": 12.5}
    found = read_report(report(found={**said, "currency": "EUR"}), NONE).found
    assert found == {**said, "currency": "EUR"}


@pytest.mark.parametrize("price", ["12", True, None, -1, float("nan"), float("inf"), [1]])
def test_a_price_that_is_none_is_left_out(price: object) -> None:
    assert (
        "price" not in read_report(report(found={"item_id": "boots", "price": price}), NONE).found
    )


def test_a_report_keeps_nothing_personal() -> None:
    page = {"id": "page-0001", "url": "https://moon.example/me?mail=cho@moon.example&q=boots#top"}
    read = read_report(
        {
            "page": page,
            "found": {"item_id": "1", "name": "for cho@moon.example"},
            "events": [{"name": "login", "status": "refused", "reason": "no cho@moon.example"}],
            "troubles": ["cannot read cho@moon.example"],
        },
        NONE,
    )
    assert read.path == "/me?q=boots"
    assert "cho@" not in str(read)


def test_events_of_unknown_form_are_left_out() -> None:
    good = {"name": "add_to_cart", "status": "stored"}
    odd = [{"name": "x y", "status": "stored"}, {"name": "page_view", "status": "lost"}, 7, None]
    assert read_report(report(events=[*odd, good]), NONE).events == [good]


def test_the_newest_thirty_events_are_enough() -> None:
    events = [{"name": f"event_{n}", "status": "stored"} for n in range(40)]
    found = read_report(report(events=events), NONE).events
    assert [found[0]["name"], found[-1]["name"]] == ["event_10", "event_39"]


@pytest.mark.parametrize(
    "page",
    [None, [], {}, {"id": "short", "url": "https://m.example/"}, {"id": "page-0001", "url": "/a"}],
)
def test_a_report_without_its_page_is_refused(page: object) -> None:
    with pytest.raises(BodyRefused, match=r"page\.(id|url)"):
        read_report({"page": page}, NONE)


@pytest.mark.parametrize("odd", [None, 7, "x", [1], {"a": 1}])
def test_odd_parts_of_a_report_do_no_harm(odd: object) -> None:
    read = read_report(report(found=odd, events=odd, troubles=odd, consent=odd), NONE)
    assert (read.found, read.events) == ({}, [])
