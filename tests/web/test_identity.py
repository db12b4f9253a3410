"""A page says who is signed in: what a signature opens, and that nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.signature import identity_key, signature_of
from plugin.shop import MINUTE
from tests.web.conftest import Moon

PHONE, LAPTOP = "anas-phone-000001", "anas-laptop-00001"
VIEW = {"name": "view_item", "params": {"items": [{"item_id": "boots", "price": 120_000}]}}


@pytest.fixture
def key(house: Any, moon: Any) -> str:
    """The identity key of the shop."""
    return identity_key(house.settings.secret_key, moon.shop.name)


def identify(**params: Any) -> dict[str, Any]:
    return {"name": "identify", "params": params}


def known_on_laptop(moon: Any) -> None:
    """Ana is customer 7 on her laptop, says the shop's server."""
    told = {"visitor_id": LAPTOP, "events": [identify(customer_id="7")]}
    assert moon.server("POST", "/v1/events", told).status_code == 200
    moon.clock.at += MINUTE


def test_a_signed_call_makes_both_devices_one_visitor(moon: Any, key: str) -> None:
    known_on_laptop(moon)
    moon.visit(PHONE, VIEW)
    answer = moon.visit(PHONE, identify(customer_id="7", signature=signature_of(key, "7")))
    assert answer.json["accepted"] == 1
    ana = moon.server("GET", f"/v1/visitors/{PHONE}").json
    assert (ana["visitor_id"], ana["merged_ids"]) == (LAPTOP, [PHONE])
    assert (ana["traits"]["customer_id"], ana["traits"]["product_views_total"]) == ("7", 1)
    assert moon.server("GET", f"/v1/visitors/{LAPTOP}").json == ana


def test_an_unsigned_call_joins_nobody(moon: Any) -> None:
    known_on_laptop(moon)
    moon.visit(PHONE, identify(customer_id="7", first_name="Ana"))
    phone = moon.server("GET", f"/v1/visitors/{PHONE}").json
    assert phone["visitor_id"] == PHONE
    assert "merged_ids" not in phone
    assert phone["traits"]["first_name"] == "Ana"
    assert phone["traits"]["identified"] is False


def test_a_wrong_signature_is_refused_and_the_others_of_the_batch_are_kept(
    moon: Any, key: str
) -> None:
    known_on_laptop(moon)
    wrong = identify(customer_id="7", signature=signature_of(key, "8"))
    answer = moon.visit(PHONE, VIEW, wrong, VIEW).json
    assert (answer["accepted"], [one["index"] for one in answer["refused"]]) == (2, [1])
    assert signature_of(key, "7") not in str(answer)
    assert moon.server("GET", f"/v1/visitors/{PHONE}").json["visitor_id"] == PHONE


@pytest.mark.parametrize("how", ["page", "server"])
def test_a_signature_is_never_stored(moon: Any, house: Any, key: str, how: str) -> None:
    signature = signature_of(key, "7")
    said = identify(customer_id="7", signature=signature)
    if how == "page":
        moon.visit(PHONE, said)
    else:
        moon.server("POST", "/v1/events", {"visitor_id": PHONE, "events": [said]})
    with house.store(moon.shop.name).read() as tx:
        rows = tx.all("select * from events") + tx.all("select * from profiles")
    assert len(rows) == 2
    assert signature not in str(rows)


def test_an_order_of_the_server_joins_browser_and_customer(moon: Any) -> None:
    known_on_laptop(moon)
    moon.visit(PHONE, VIEW)
    order = {"transaction_id": "A-1", "visitor_id": PHONE, "customer_id": "7", "value": 120_000}
    assert moon.server("POST", "/v1/orders", order).status_code == 200
    assert moon.server("GET", f"/v1/visitors/{PHONE}").json["traits"]["orders_total"] == 1
    assert moon.server("GET", f"/v1/visitors/{LAPTOP}").json["merged_ids"] == [PHONE]


def test_what_was_done_on_one_device_is_recommended_on_the_other(moon: Any, key: str) -> None:
    boots = {"item_id": "boots", "name": "Boots", "price": 120_000, "url": "/p/boots"}
    moon.server("PUT", "/v1/items", {"items": [boots]})
    moon.visit(LAPTOP, VIEW)
    known_on_laptop(moon)
    moon.visit(PHONE, identify(customer_id="7", signature=signature_of(key, "7")))
    asked = {
        "key": moon.shop.public_key,
        "visitor_id": PHONE,
        "strategy": "recently_viewed",
        "limit": 5,
    }
    found = moon.client.post("/v1/recommend", json=asked).json["items"]
    assert [item["item_id"] for item in found] == ["boots"]


def test_erasing_a_person_by_any_id_erases_all(moon: Any, key: str) -> None:
    known_on_laptop(moon)
    moon.visit(PHONE, identify(customer_id="7", signature=signature_of(key, "7")))
    assert moon.server("DELETE", f"/v1/visitors/{PHONE}").status_code == 200
    assert moon.server("GET", f"/v1/visitors/{LAPTOP}").status_code == 404
    assert moon.server("GET", f"/v1/visitors/{PHONE}").status_code == 404


def test_the_owner_sees_the_other_ids_and_why(owner: Moon, key: str) -> None:
    known_on_laptop(owner)
    owner.visit(PHONE, identify(customer_id="7", signature=signature_of(key, "7")))
    page = owner.opens(f"visitors/{PHONE}")
    assert f"Also known as <code>{PHONE}</code>" in page
    assert "joined with this customer" in page


def test_the_install_page_shows_the_key_and_how_to_sign(owner: Moon, key: str) -> None:
    page = owner.opens("install")
    assert key in page
    assert "hexdigest" in page
    assert "hash_hmac" in page
