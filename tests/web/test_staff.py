"""The staff's own visits count for nothing, from the link on."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.staff import staff_query, staff_token
from plugin.storage import staff

MINA, CHO = (f"{name}-0123456789abcdef" for name in ("mina", "cho"))
BOOTS = {"item_id": "boots", "item_name": "Winter Boots", "price": 120000}
POPUP = {
    "name": "Hello",
    "trigger": {"on": "load"},
    "control_share": 0,
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
}


def link(moon: Any, *, marks: bool = True) -> str:
    """The address that leaves a browser out, or counts it again."""
    return "https://moon.example/?" + staff_query(staff_token("test", moon.shop.name), staff=marks)


def opens(moon: Any, who: str, url: str = "https://moon.example/", **body: Any) -> Any:
    """Somebody opens a page, looks at boots there and orders them."""
    params = {"items": [BOOTS], "transaction_id": f"order-{moon.clock.at}-{who}"}
    events = ({"name": "page_view"}, {"name": "purchase", "params": params})
    return moon.visit(who, *events, **{"page": {"url": url}, **body})


def visitors(moon: Any) -> list[str]:
    """Who of the two is known."""
    return [w for w in (MINA, CHO) if moon.server("GET", f"/v1/visitors/{w}").status_code == 200]


def test_who_opened_the_link_is_answered_alike_and_counts_for_nothing(moon: Any) -> None:
    opens(moon, CHO)
    answer = opens(moon, MINA, link(moon))
    later = opens(moon, MINA)
    for one in (answer, later):
        assert one.status_code == 200
        assert (one.get_json()["accepted"], one.get_json()["refused"]) == (2, [])
    assert visitors(moon) == [CHO]


def test_what_the_browser_did_before_is_gone(moon: Any) -> None:
    moon.server("PUT", "/v1/segments/all", {"name": "All", "rule": {"everyone": True}})
    opens(moon, MINA)
    opens(moon, CHO)
    assert moon.server("GET", "/v1/segments/all").get_json()["size"] == 2
    opens(moon, MINA, link(moon))
    assert visitors(moon) == [CHO]
    assert moon.server("GET", "/v1/segments/all").get_json()["size"] == 1


def test_the_other_link_makes_a_visitor_of_it_again(moon: Any) -> None:
    opens(moon, MINA, link(moon))
    opens(moon, MINA, link(moon, marks=False))
    assert visitors(moon) == [MINA]
    traits = moon.server("GET", f"/v1/visitors/{MINA}").get_json()["traits"]
    assert traits["orders_total"] == 1


def test_an_event_of_the_linked_page_marks_the_browser_too(moon: Any) -> None:
    moon.visit(MINA, {"name": "page_view", "params": {"page_location": link(moon)}})
    assert visitors(moon) == []


def test_the_staff_see_popups_as_somebody_new_does(moon: Any) -> None:
    moon.server("PUT", "/v1/popups/hello", POPUP)
    opens(moon, MINA, link(moon))
    want = {"popup": True}
    assert opens(moon, MINA, want=want).get_json()["popup"]["id"] == "hello"


def test_without_consent_nothing_is_kept_of_the_browser_either(moon: Any, house: Any) -> None:
    opens(moon, MINA, link(moon), consent="denied")
    with house.store(moon.shop.name).read() as tx:
        assert staff.count(tx) == 0


@pytest.mark.parametrize("word", ["rs_staff=", "rs_staff=0000000000000000000000"])
def test_a_link_that_somebody_made_up_marks_nobody(moon: Any, word: str) -> None:
    assert opens(moon, CHO, f"https://moon.example/?{word}").status_code == 200
    assert visitors(moon) == [CHO]


def test_the_word_of_the_link_is_stored_nowhere(moon: Any, house: Any) -> None:
    opens(moon, MINA, link(moon))
    opens(moon, MINA, link(moon, marks=False))
    with house.store(moon.shop.name).read() as tx:
        stored = [tx.all(f"select * from {table}") for table in ("events", "bot_events")]
    assert all(stored)
    assert staff_token("test", moon.shop.name) not in str(stored)


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_page_that_is_only_prefetched_is_no_visit(moon: Any, header: str) -> None:
    data = {
        "key": moon.shop.public_key,
        "visitor_id": CHO,
        "events": [{"name": "page_view", "event_id": "event-of-cho"}],
    }
    answer = moon.client.post("/v1/visit", json=data, headers={header: "prefetch"})
    assert (answer.status_code, answer.get_json()["accepted"]) == (200, 1)
    assert visitors(moon) == []
