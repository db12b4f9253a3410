"""What the shop's own server may send and ask."""

from __future__ import annotations

from typing import Any

import pytest

CHO = "cho-0123456789abcdef"
DAY = 86_400_000


def order(number: str = "A-1", **more: Any) -> dict[str, Any]:
    return {"transaction_id": number, "visitor_id": CHO, "currency": "KRW", "value": 50000, **more}


def test_without_the_secret_key_every_door_is_closed(moon: Any) -> None:
    from plugin.web.routes import SERVER_ROUTES

    for route in SERVER_ROUTES:
        path = route.path.replace("<any(popups, windows):kind>", "popups")
        for name in ("<item_id>", "<visitor_id>", "<slug>"):
            path = path.replace(name, "some-name-of-16-letters")
        for method in route.methods:
            answer = moon.client.open(
                path, method=method, json={}, headers={"Authorization": "Bearer sk_wrong"}
            )
            assert answer.status_code == 401, (method, path)


def test_events_of_any_age_and_of_several_visitors_are_kept(moon: Any, now: int) -> None:
    events = [
        {
            "visitor_id": f"old-friend-number-{n}",
            "name": "page_view",
            "timestamp": now - 400 * DAY,
            "event_id": f"old-event-{n}",
        }
        for n in range(3)
    ]
    assert moon.server("POST", "/v1/events", {"events": events}).get_json()["accepted"] == 3
    seen = moon.server("GET", "/v1/visitors/old-friend-number-1").get_json()
    assert seen["events"][0]["timestamp"] == now - 400 * DAY


@pytest.mark.parametrize("tellings", [(20000, 30000), (30000, 20000)])
def test_of_two_confirmations_the_earlier_counts_whichever_came_first(
    moon: Any, clock: Any, tellings: tuple[int, int]
) -> None:
    for value in tellings:
        moon.server("POST", "/v1/orders", order(value=value, timestamp=clock.at - value))
    seen = moon.server("GET", f"/v1/visitors/{CHO}").get_json()
    assert (seen["traits"]["orders_total"], seen["traits"]["revenue_total"]) == (1, 30000)


def test_an_order_is_counted_once_and_its_refund_taken_off(moon: Any) -> None:
    for _ in range(2):
        assert moon.server("POST", "/v1/orders", order()).status_code == 200
    moon.server("POST", "/v1/orders", order(status="refunded", value=20000))
    traits = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["traits"]
    assert (traits["orders_total"], traits["revenue_total"]) == (1, 30000)


def test_a_customer_without_a_browser_becomes_a_visitor(moon: Any) -> None:
    told = {"transaction_id": "B-1", "customer_id": "4711", "currency": "KRW", "value": 1000}
    answer = moon.server("POST", "/v1/orders", told).get_json()
    assert (
        moon.server("GET", f"/v1/visitors/{answer['visitor_id']}").get_json()["traits"][
            "orders_total"
        ]
        == 1
    )


@pytest.mark.parametrize("nobody", [0, "guest", "null"])
def test_guests_do_not_become_one_person(moon: Any, nobody: Any) -> None:
    told = {"transaction_id": "B-1", "customer_id": nobody, "currency": "KRW", "value": 1000}
    assert moon.server("POST", "/v1/orders", told).status_code == 400
    assert moon.server("POST", "/v1/orders", told | {"visitor_id": CHO}).status_code == 200


def test_a_visitor_page_shows_traits_segments_with_why_and_newest_events_first(
    moon: Any, clock: Any
) -> None:
    moon.server(
        "PUT",
        "/v1/segments/viewers",
        {"name": "Viewers", "rule": {"trait": "product_views_total", "op": ">=", "value": 1}},
    )
    for item in ("boots", "hat"):
        moon.visit(
            CHO, {"name": "view_item", "params": {"items": [{"item_id": item, "price": 10}]}}
        )
        clock.at += 1000
    seen = moon.server("GET", f"/v1/visitors/{CHO}").get_json()
    assert seen["visitor_id"] == CHO
    assert [one["slug"] for one in seen["segments"]] == ["viewers"]
    assert seen["segments"][0]["why"]
    assert [event["params"]["items"][0]["item_id"] for event in seen["events"]] == ["hat", "boots"]
    assert len(moon.server("GET", f"/v1/visitors/{CHO}?limit=1").get_json()["events"]) == 1


def test_an_unknown_visitor_is_a_404(moon: Any) -> None:
    answer = moon.server("GET", "/v1/visitors/nobody-0123456789")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


def test_a_segment_has_its_members_in_the_very_next_answer(moon: Any) -> None:
    rule = {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "7d"}
    made = moon.server("PUT", "/v1/segments/looking", {"name": "Looking", "rule": rule}).get_json()
    assert (made["size"], made["version"], made["error"]) == (0, 1, None)
    moon.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    assert moon.server("GET", "/v1/segments/looking").get_json()["size"] == 1
    people = moon.server("GET", "/v1/segments/looking/visitors").get_json()
    assert [one["visitor_id"] for one in people["visitors"]] == [CHO]
    assert people["next"] is None


def test_members_are_paged(moon: Any) -> None:
    moon.server("PUT", "/v1/segments/all", {"name": "All", "rule": {"everyone": True}})
    for number in range(5):
        moon.visit(f"guest-number-{number:05d}", {"name": "page_view"})
    found, after = [], "0"
    while after is not None:
        page = moon.server("GET", f"/v1/segments/all/visitors?limit=2&after={after}").get_json()
        found += [one["visitor_id"] for one in page["visitors"]]
        after = page["next"]
    assert sorted(found) == [f"guest-number-{number:05d}" for number in range(5)]


def test_a_preview_counts_the_rule_and_each_of_its_leaves(moon: Any) -> None:
    moon.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    moon.visit("ana-0123456789abcdef", {"name": "page_view"})
    views = {"trait": "product_views_total", "op": ">=", "value": 1}
    found = moon.server(
        "POST", "/v1/segments/preview", {"rule": {"all": [views, {"everyone": True}]}}
    ).get_json()
    assert (found["count"], found["exact"], found["sample"]) == (1, True, [CHO])
    assert [(leaf["leaf"], leaf["count"]) for leaf in found["leaves"]] == [
        (views, 1),
        ({"everyone": True}, 2),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        {"all": []},
        {"trait": "country", "op": "resembles", "value": 1},
        {"segment": 3},
        [],
        None,
        {"what": 1},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_what_to_do(moon: Any, rule: Any) -> None:
    answer = moon.server("PUT", "/v1/segments/bad", {"name": "Bad", "rule": rule})
    assert answer.status_code == 400
    assert len(answer.get_json()["error"]["message"]) > 10


def test_a_circle_of_segments_is_refused_with_its_path(moon: Any) -> None:
    moon.server("PUT", "/v1/segments/a", {"name": "A", "rule": {"everyone": True}})
    moon.server("PUT", "/v1/segments/b", {"name": "B", "rule": {"segment": "a"}})
    answer = moon.server("PUT", "/v1/segments/a", {"name": "A", "rule": {"segment": "b"}})
    assert answer.status_code == 400
    assert "a" in answer.get_json()["error"]["message"]
    assert "b" in answer.get_json()["error"]["message"]


def test_a_segment_that_others_are_built_on_cannot_be_removed(moon: Any) -> None:
    moon.server("PUT", "/v1/segments/a", {"name": "A", "rule": {"everyone": True}})
    moon.server("PUT", "/v1/segments/b", {"name": "B", "rule": {"segment": "a"}})
    answer = moon.server("DELETE", "/v1/segments/a")
    assert answer.status_code == 409
    assert "b" in answer.get_json()["error"]["message"]
    assert moon.server("DELETE", "/v1/segments/b").status_code == 200
    assert moon.server("DELETE", "/v1/segments/a").status_code == 200


def test_products_that_cannot_be_read_are_named_and_the_others_kept(moon: Any) -> None:
    answer = moon.server(
        "PUT",
        "/v1/items",
        {"items": [{"item_id": "hat", "name": "Hat", "price": 10}, {"name": "?"}]},
    )
    assert answer.get_json()["kept"] == 1
    assert [one["index"] for one in answer.get_json()["refused"]] == [1]
    assert [item["item_id"] for item in moon.server("GET", "/v1/items").get_json()["items"]] == [
        "hat"
    ]


def test_a_window_with_an_unknown_key_is_refused_by_its_name(moon: Any) -> None:
    answer = moon.server(
        "PUT", "/v1/windows/home", {"strategies": ["bestsellers"], "colour": "red"}
    )
    assert answer.status_code == 400
    assert "colour" in answer.get_json()["error"]["message"]


def test_a_campaign_is_read_back_as_it_was_put(moon: Any) -> None:
    window = {"title": {"en": "For you"}, "strategies": ["bestsellers"], "max": 4}
    assert moon.server("PUT", "/v1/windows/home", window).status_code == 200
    assert moon.server("GET", "/v1/windows/home").get_json() == {
        **window,
        "slug": "home",
        "enabled": True,
    }
    assert [one["slug"] for one in moon.server("GET", "/v1/windows").get_json()["windows"]] == [
        "home"
    ]
    moon.server("DELETE", "/v1/windows/home")
    assert moon.server("GET", "/v1/windows/home").status_code == 404


@pytest.mark.parametrize("kind", ["segments", "popups", "windows"])
def test_lists_are_paged_by_slug(moon: Any, kind: str) -> None:
    documents = {
        "segments": {"name": "One", "rule": {"everyone": True}},
        "popups": {
            "trigger": {"on": "load"},
            "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
        },
        "windows": {"strategies": ["bestsellers"]},
    }
    for slug in ("c", "a", "b"):
        assert moon.server("PUT", f"/v1/{kind}/{slug}", documents[kind]).status_code == 200
    first = moon.server("GET", f"/v1/{kind}?limit=2").get_json()
    rest = moon.server("GET", f"/v1/{kind}?limit=2&after={first['next']}").get_json()
    assert [one["slug"] for one in first[kind]] == ["a", "b"]
    assert ([one["slug"] for one in rest[kind]], rest["next"]) == (["c"], None)


def test_the_bare_address_leads_to_the_owners_pages(moon: Any) -> None:
    assert moon.client.get("/").headers["Location"] == "/admin/"


def test_an_erased_visitor_is_gone(moon: Any) -> None:
    moon.visit(CHO, {"name": "page_view"})
    assert moon.server("DELETE", f"/v1/visitors/{CHO}").status_code == 200
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404


def test_the_description_names_every_route_of_the_api(moon: Any) -> None:
    from plugin.web.routes import ROUTES

    described = moon.client.get("/v1/openapi.json").get_json()
    for route in ROUTES:
        if route.path.startswith("/v1/"):
            path = (
                route.path.replace("<any(popups, windows):kind>", "{kind}")
                .replace("<", "{")
                .replace(">", "}")
            )
            assert {m.lower() for m in route.methods} <= set(described["paths"][path])
    assert "VisitSchema" in str(described) or "Visit" in described["components"]["schemas"]


def test_ready_says_whether_a_visit_would_be_stored(moon: Any) -> None:
    assert moon.client.get("/ready").status_code == 200
    assert moon.client.get("/health").get_json() == {"ok": True}
    assert b"regulars_segments_waiting" in moon.client.get("/metrics").data
