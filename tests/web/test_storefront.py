"""What a shop's page sends and gets, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.web.app import create_app

CHO = "cho-0123456789abcdef"
ANA = "ana-0123456789abcdef"
BOOTS = {"item_id": "boots", "item_name": "Boots", "price": 120000, "quantity": 1}
SAVER = {
    "kind": "modal",
    "trigger": {"on": "exit"},
    "audience": {"rule": {"trait": "cart_items_now", "op": ">=", "value": 1}},
    "variants": [
        {"blocks": [{"type": "text", "text": {"en": "Your cart waits.", "ko": "기다려요."}}]}
    ],
    "control_share": 0,
}


def viewed(item: str = "boots") -> dict[str, Any]:
    return {"name": "view_item", "params": {"items": [{**BOOTS, "item_id": item}]}}


def test_a_visit_is_counted_once_however_often_it_is_sent(moon: Any) -> None:
    event = {**viewed(), "event_id": "the-same-event"}
    first, again = moon.visit(CHO, event).get_json(), moon.visit(CHO, event).get_json()
    assert (first["accepted"], first["duplicates"]) == (1, 0)
    assert (again["accepted"], again["duplicates"]) == (0, 1)


def test_a_batch_keeps_its_good_events_and_names_the_bad_ones(moon: Any) -> None:
    answer = moon.visit(CHO, viewed(), {"name": "view_item", "params": {}}).get_json()
    assert answer["accepted"] == 1
    assert [one["index"] for one in answer["refused"]] == [1]


def test_a_batch_without_a_good_event_is_refused_whole(moon: Any) -> None:
    answer = moon.visit(CHO, {"name": "9 lives"})
    assert answer.status_code == 400
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404


def test_the_answer_counts_what_the_same_request_brought(moon: Any) -> None:
    moon.server("PUT", "/v1/popups/cart-saver", SAVER)
    cart = {"name": "add_to_cart", "params": {"items": [BOOTS]}}
    assert moon.visit(ANA, viewed(), want={"popup": True}).get_json()["popup"] is None
    popup = moon.visit(CHO, cart, want={"popup": True}).get_json()["popup"]
    assert popup["id"] == "cart-saver"
    assert popup["blocks"] == [{"type": "text", "text": "Your cart waits.", "style": "body"}]


def test_a_page_cannot_speak_as_a_customer_whose_number_it_guesses(moon: Any) -> None:
    told = {"transaction_id": "B-1", "customer_id": "4711", "currency": "KRW", "value": 1000}
    of_4711 = moon.server("POST", "/v1/orders", told).get_json()["visitor_id"]
    assert moon.visit(of_4711, viewed()).status_code == 400
    asked = {"key": moon.shop.public_key, "visitor_id": of_4711}
    assert moon.client.post("/v1/popup", json=asked | {"want": {}}).status_code == 400
    events = moon.server("GET", f"/v1/visitors/{of_4711}").get_json()["events"]
    assert [one["name"] for one in events] == ["purchase"]


def test_texts_come_in_the_language_of_the_page(moon: Any) -> None:
    moon.server("PUT", "/v1/popups/cart-saver", SAVER)
    cart = {"name": "add_to_cart", "params": {"items": [BOOTS]}}
    answer = moon.visit(
        CHO, cart, want={"popup": True}, page={"url": "https://a/", "language": "ko-KR"}
    )
    assert answer.get_json()["popup"]["blocks"][0]["text"] == "기다려요."


def test_an_answer_tells_nothing_of_segments(moon: Any) -> None:
    moon.server(
        "PUT", "/v1/segments/secret-vips", {"name": "Secret VIPs", "rule": {"everyone": True}}
    )
    moon.server("PUT", "/v1/popups/hello", {**SAVER, "audience": {"segment": "secret-vips"}})
    answer = moon.visit(CHO, viewed(), want={"popup": True})
    assert answer.get_json()["popup"]["id"] == "hello"
    assert b"vip" not in answer.data.lower()


def test_without_consent_nothing_is_kept_and_the_answer_looks_the_same(moon: Any) -> None:
    yes, no = moon.visit(ANA, viewed()), moon.visit(CHO, viewed(), consent="denied")
    assert yes.get_json() == no.get_json()
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404
    assert moon.server("GET", f"/v1/visitors/{ANA}").status_code == 200


def test_global_privacy_control_is_a_no(moon: Any) -> None:
    data = {
        "key": moon.shop.public_key,
        "visitor_id": CHO,
        "events": [{**viewed(), "event_id": "gpc-event"}],
    }
    answer = moon.client.post("/v1/visit", json=data, headers={"Sec-GPC": "1"})
    assert answer.status_code == 200
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404


def test_a_known_bot_is_answered_alike_and_has_no_profile(moon: Any) -> None:
    data = {
        "key": moon.shop.public_key,
        "visitor_id": CHO,
        "events": [{**viewed(), "event_id": "bot-event"}],
    }
    agent = {
        "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    }
    answer = moon.client.post("/v1/visit", json=data, headers=agent)
    assert answer.get_json()["accepted"] == 1
    assert moon.server("GET", f"/v1/visitors/{CHO}").status_code == 404


@pytest.mark.parametrize("key", ["pk_unknown", "", None, 7, {"a": 1}])
def test_every_bad_key_has_the_same_answer(moon: Any, key: Any) -> None:
    answer = moon.client.post(
        "/v1/visit", json={"key": key, "visitor_id": CHO, "events": [viewed()]}
    )
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "not_allowed"


def test_a_page_of_any_origin_may_call_and_never_with_cookies(moon: Any) -> None:
    answer = moon.visit(CHO, viewed())
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_body_over_the_limit_is_turned_away(moon: Any) -> None:
    answer = moon.client.post("/v1/visit", data=b"{" + b" " * 131_072 + b"}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"key": NaN}', b"\xff\xfe", b"[" * 5_000, b'{"a":1,"a":2}']
)
def test_a_body_that_is_no_object_is_a_clear_400(moon: Any, body: bytes) -> None:
    answer = moon.client.post("/v1/visit", data=body)
    assert answer.status_code == 400
    assert set(answer.get_json()) == {"error"}


def test_the_body_is_read_as_json_whatever_its_content_type(moon: Any) -> None:
    import json

    data = {
        "key": moon.shop.public_key,
        "visitor_id": CHO,
        "events": [{**viewed(), "event_id": "as-plain-text"}],
    }
    answer = moon.client.post("/v1/visit", data=json.dumps(data), content_type="text/plain")
    assert answer.get_json()["accepted"] == 1


def test_recommendations_name_the_strategy_that_led(moon: Any) -> None:
    moon.server(
        "PUT",
        "/v1/items",
        {"items": [{"item_id": "hat", "name": "Hat", "url": "/hat", "price": 20000}]},
    )
    moon.visit(CHO, viewed("hat"))
    found = moon.client.post(
        "/v1/recommend",
        json={"key": moon.shop.public_key, "visitor_id": CHO, "strategy": "recently_viewed"},
    ).get_json()
    assert found["strategy"] == "recently_viewed"
    assert [item["item_id"] for item in found["items"]] == ["hat"]
    assert found["items"][0]["price"] == 20000


def test_a_change_of_the_catalogue_counts_in_the_next_answer(moon: Any) -> None:
    hat = {"item_id": "hat", "name": "Hat", "url": "/hat", "price": 20000}
    ask = {"key": moon.shop.public_key, "visitor_id": CHO, "strategy": "recently_viewed"}
    moon.server("PUT", "/v1/items", {"items": [hat]})
    moon.visit(CHO, viewed("hat"))
    assert len(moon.client.post("/v1/recommend", json=ask).get_json()["items"]) == 1
    moon.server("PUT", "/v1/items", {"items": [{**hat, "availability": "out_of_stock"}]})
    assert moon.client.post("/v1/recommend", json=ask).get_json()["items"] == []


def test_what_a_form_gathered_is_kept_with_the_visitor(moon: Any) -> None:
    form = {
        "type": "form",
        "fields": [{"name": "email", "label": "E-mail", "input": "email", "required": True}],
        "button": "Send",
    }
    moon.server(
        "PUT",
        "/v1/popups/letters",
        {**SAVER, "audience": {"rule": {"everyone": True}}, "variants": [{"blocks": [form]}]},
    )
    moon.visit(CHO, viewed())
    data = {
        "key": moon.shop.public_key,
        "visitor_id": CHO,
        "popup_id": "letters",
        "fields": {"email": "cho@mail.example"},
    }
    assert moon.client.post("/v1/submit", json=data).get_json() == {"ok": True}
    traits = moon.server("GET", f"/v1/visitors/{CHO}").get_json()["traits"]
    assert traits["email"] == "cho@mail.example"


def test_the_tracker_is_served_packed_and_may_be_kept(moon: Any) -> None:
    answer = moon.client.get("/s.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    again = moon.client.get(
        "/s.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_shop_may_let_only_its_own_pages_call(moon: Any, house: Any, clock: Any) -> None:
    keys = control.new_keys()
    name = f"sun_{moon.shop.name}"
    with house.control.write() as tx:
        control.add_shop(tx, Shop(name, keys.public, origins=("https://sun.example",)), keys)
    data = {
        "key": keys.public,
        "visitor_id": CHO,
        "events": [{**viewed(), "event_id": "from-a-page"}],
    }
    statuses = {
        origin: moon.client.post("/v1/visit", json=data, headers={"Origin": origin}).status_code
        for origin in ("https://sun.example", "https://evil.example", "null")
    }
    assert statuses == {"https://sun.example": 200, "https://evil.example": 403, "null": 403}


def test_what_one_worker_wrote_counts_in_the_next_answer_of_another(
    moon: Any, house: Any, clock: Any
) -> None:
    other_house = House(house.settings)
    other = create_app(other_house, GroupWriter(other_house).start(), clock).test_client()
    bearer = {"Authorization": f"Bearer {moon.secret}"}
    assert other.get("/v1/segments", headers=bearer).get_json()["segments"] == []
    moon.server("PUT", "/v1/segments/all", {"name": "All", "rule": {"everyone": True}})
    moon.visit(CHO, viewed())
    (found,) = other.get("/v1/segments", headers=bearer).get_json()["segments"]
    assert (found["slug"], found["size"]) == ("all", 1)
    assert other.get(f"/v1/visitors/{CHO}", headers=bearer).status_code == 200
    other_house.close()
