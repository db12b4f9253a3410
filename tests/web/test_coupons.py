"""Who was offered a coupon gets one, and nobody drains a pool with the public key."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from plugin.journey.submit import submit
from plugin.shop import DAY, HOUR
from plugin.storage import profiles
from tests.web.conftest import BROWSER

CHO, ANA = "cho-0123456789abcdef", "ana-0123456789abcdef"
BOOTS = {"item_id": "boots", "item_name": "Boots", "price": 120000, "quantity": 1}
VIEW = {"name": "view_item", "params": {"items": [BOOTS]}}
CART = {"name": "add_to_cart", "params": {"items": [BOOTS]}}
COUPON = {"type": "coupon", "text": {"en": "Your code", "ko": "쿠폰 코드"}}
FORM = {
    "type": "form",
    "fields": [
        {
            "name": "email",
            "label": "E-mail",
            "input": "email",
            "required": True,
            "consent_text": {"en": "Send me news.", "ko": "소식을 받겠습니다."},
        }
    ],
}


def popup(*blocks: Any, **more: Any) -> dict[str, Any]:
    looks = [{"blocks": list(blocks) or [COUPON]}]
    base = {"trigger": {"on": "exit"}, "control_share": 0, "coupon_pool": "spring"}
    return {**base, "variants": looks, "caps": {}, **more}


def put_pool(moon: Any, codes: int = 3, **doc: Any) -> None:
    base = {"kind": "minted", "prefix": "SPRING-", "discount": {"percent": 10}}
    assert moon.server("PUT", "/v1/coupons/spring", {**base, **doc}).status_code == 200
    if doc.get("kind", "minted") == "minted" and codes:
        moon.server("POST", "/v1/coupons/spring/codes", {"mint": codes})


def claim(moon: Any, visitor: str = CHO, fields: Any = None, **body: Any) -> Any:
    data = {"key": moon.shop.public_key, "visitor_id": visitor, "popup_id": "hello"}
    headers = {"User-Agent": BROWSER, **body.pop("headers", {})}
    address = {"REMOTE_ADDR": body.pop("address", "203.0.113.9")}
    return moon.client.post(
        "/v1/submit",
        json={**data, "fields": fields or {}, **body},
        headers=headers,
        environ_overrides=address,
    )


@pytest.fixture
def spring(moon: Any) -> Any:
    """A pool of three codes, and a popup for everybody that gives them."""
    put_pool(moon)
    assert moon.server("PUT", "/v1/popups/hello", popup()).status_code == 200
    return moon


def test_a_claim_is_answered_with_a_code_and_the_same_again(spring: Any) -> None:
    spring.visit(CHO, VIEW)
    first = claim(spring).get_json()
    assert first["ok"] is True
    assert first["coupon"]["code"].startswith("SPRING-")
    assert first["coupon"]["discount"] == {"percent": 10}
    assert (first["coupon"]["text"], first["coupon"]["expires_at"]) == ("10 % off", None)
    spring.clock.at += DAY
    assert claim(spring).get_json() == first


def test_every_device_of_a_customer_gets_the_one_code(spring: Any) -> None:
    spring.visit(CHO, VIEW)
    first = claim(spring).get_json()["coupon"]
    told = {"events": [], "visitor_id": CHO}
    for visitor in (CHO, ANA):
        event = {
            "name": "identify",
            "event_id": f"who-{visitor}",
            "params": {"customer_id": "1042"},
        }
        spring.server("POST", "/v1/events", {**told, "visitor_id": visitor, "events": [event]})
    assert claim(spring, ANA).get_json()["coupon"]["code"] == first["code"]


def test_a_code_ends_by_the_servers_clock_and_no_other_follows(moon: Any) -> None:
    put_pool(moon, expires={"after": "48h"})
    moon.server("PUT", "/v1/popups/hello", popup())
    moon.visit(CHO, VIEW)
    given = claim(moon).get_json()["coupon"]
    assert given["expires_at"] == moon.clock.at + 48 * HOUR
    assert (given["left"], given["time_zone"]) == (48 * HOUR, moon.shop.timezone)
    moon.clock.at += 48 * HOUR
    answer = claim(moon, page={"language": "ko"}).get_json()
    assert (answer["coupon"], answer["why"]) == (None, "expired")
    assert answer["message"] == "쿠폰의 유효 기간이 지났습니다."
    assert moon.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"] is None


def test_the_popup_says_that_there_is_a_code_and_then_which(spring: Any) -> None:
    block = {"type": "coupon", "text": "Your code", "claim": True}
    shown = spring.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"]
    assert shown["blocks"] == [block]
    code = claim(spring).get_json()["coupon"]["code"]
    again = spring.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"]["blocks"][0]
    assert (again["code"], again["text"], "claim" in again) == (code, "Your code", False)


def test_the_end_of_a_code_comes_again_with_it_and_only_ever_comes_nearer(moon: Any) -> None:
    put_pool(moon, expires={"after": "48h"})
    moon.server("PUT", "/v1/popups/hello", popup({**COUPON, "countdown": True}))
    moon.visit(CHO, VIEW)
    given = claim(moon).get_json()["coupon"]
    moon.clock.at += HOUR
    (block,) = moon.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"]["blocks"]
    assert (block["expires_at"], block["left"]) == (given["expires_at"], 47 * HOUR)
    assert (block["time_zone"], block["countdown"]) == (moon.shop.timezone, True)


def test_a_popup_without_a_code_left_is_not_offered(moon: Any) -> None:
    put_pool(moon, codes=1)
    moon.server("PUT", "/v1/popups/hello", popup())
    for who in (CHO, ANA):
        assert moon.visit(who, VIEW, want={"popup": True}).get_json()["popup"] is not None
    assert claim(moon, CHO).get_json()["coupon"] is not None
    late = claim(moon, ANA).get_json()
    assert (late["ok"], late["coupon"], late["why"]) == (True, None, "gone")
    assert late["message"] == "The last code has just been given out. We are sorry."
    assert moon.visit(ANA, VIEW, want={"popup": True}).get_json()["popup"] is None
    moon.server("POST", "/v1/coupons/spring/codes", {"codes": ["ONE-MORE"]})
    assert claim(moon, ANA).get_json()["coupon"]["code"] == "ONE-MORE"


def test_who_is_in_control_or_not_in_the_audience_gets_no_code(moon: Any) -> None:
    put_pool(moon)
    rule = {"rule": {"trait": "cart_items_now", "op": ">=", "value": 1}}
    moon.server("PUT", "/v1/popups/hello", popup(audience=rule))
    moon.visit(CHO, VIEW)
    seen = {"name": "popup_view", "params": {"popup_id": "hello"}}
    moon.visit(CHO, seen)  # saying so is not to have been offered it
    assert claim(moon).get_json()["why"] == "not_offered"
    moon.visit(CHO, CART)
    assert claim(moon).get_json()["coupon"] is not None
    moon.server("PUT", "/v1/popups/hello", popup(control_share=0.5))
    arms = {}
    for n in range(12):
        visitor = f"visitor-{n:04}-abcdef"
        offered = moon.visit(visitor, VIEW, want={"popup": True}).get_json()["popup"]
        arms[visitor] = offered["arm"]
    assert set(arms.values()) == {"show", "control"}
    held = next(visitor for visitor, arm in arms.items() if arm == "control")
    assert claim(moon, held).get_json()["why"] == "not_offered"


def test_who_was_offered_it_may_have_it_though_the_cart_is_empty_now(moon: Any) -> None:
    put_pool(moon)
    rule = {"rule": {"trait": "cart_items_now", "op": ">=", "value": 1}}
    moon.server("PUT", "/v1/popups/hello", popup(audience=rule))
    word = moon.visit(CHO, CART, want={"popup": True}).get_json()["popup"]["claim"]
    moon.visit(CHO, {"name": "remove_from_cart", "params": {"items": [BOOTS]}})
    assert claim(moon, ANA, claim=word).get_json()["why"] == "not_offered"
    assert claim(moon).get_json()["why"] == "not_offered"
    assert claim(moon, claim=word).get_json()["coupon"] is not None


def full_price(moon: Any, visitor: str) -> None:
    """Somebody who bought twice without a discount."""
    for number, days in ((1, 20), (2, 40)):
        order = {"transaction_id": f"{visitor[:3]}-{number}", "visitor_id": visitor}
        at = moon.clock.at - days * DAY
        moon.server("POST", "/v1/orders", {**order, "value": 50_000, "timestamp": at})
    moon.visit(visitor, VIEW)


def test_who_buys_at_full_price_gets_no_code_by_asking_for_it(moon: Any) -> None:
    put_pool(moon)
    moon.server("PUT", "/v1/popups/hello", popup(FORM, COUPON))
    full_price(moon, CHO)
    assert moon.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"] is None

    answer = claim(moon, fields={"email": "cho@mail.example"}).get_json()

    message = "There is no code to be had here just now."
    assert answer == {"ok": True, "coupon": None, "why": "not_offered", "message": message}
    (lead,) = moon.server("GET", "/v1/leads").get_json()["leads"]
    assert lead["fields"] == {"email": "cho@mail.example"}
    moon.visit(ANA, VIEW)
    assert claim(moon, ANA, fields={"email": "ana@mail.example"}).get_json()["coupon"] is not None


def test_the_owner_who_turns_the_shield_off_gives_codes_to_everybody(moon: Any) -> None:
    put_pool(moon)
    moon.server("PUT", "/v1/popups/hello", popup(shield=False))
    full_price(moon, CHO)
    assert claim(moon).get_json()["coupon"] is not None


def test_a_code_that_was_promised_is_given_though_the_shield_has_come_up_since(moon: Any) -> None:
    put_pool(moon)
    moon.server("PUT", "/v1/popups/hello", popup())
    word = moon.visit(CHO, VIEW, want={"popup": True}).get_json()["popup"]["claim"]
    full_price(moon, CHO)
    assert claim(moon).get_json()["why"] == "not_offered"
    assert claim(moon, claim=word).get_json()["coupon"] is not None


def test_a_popup_for_newcomers_gives_no_code_to_who_was_here_before(moon: Any) -> None:
    put_pool(moon)
    moon.server("PUT", "/v1/popups/hello", popup(visitors="new"))
    moon.visit(CHO, VIEW)
    moon.clock.at += DAY
    moon.visit(CHO, VIEW)
    assert claim(moon).get_json()["why"] == "not_offered"


def test_a_form_before_the_code_has_to_be_filled_in_once(moon: Any) -> None:
    put_pool(moon)
    moon.server("PUT", "/v1/popups/hello", popup(FORM, COUPON))
    moon.visit(CHO, VIEW)
    assert claim(moon).status_code == 400
    given = claim(moon, fields={"email": "cho@mail.example"}).get_json()["coupon"]
    assert claim(moon).get_json()["coupon"] == given


def test_a_form_is_kept_though_the_codes_are_gone(moon: Any) -> None:
    put_pool(moon, codes=0)
    moon.server("PUT", "/v1/popups/hello", popup(FORM, COUPON))
    moon.visit(CHO, VIEW)
    answer = claim(moon, fields={"email": "cho@mail.example"}).get_json()
    assert (answer["ok"], answer["why"]) == (True, "gone")
    (lead,) = moon.server("GET", "/v1/leads").get_json()["leads"]
    assert lead["fields"] == {"email": "cho@mail.example"}


@pytest.mark.parametrize("no", [{"consent": "denied"}, {"headers": {"Sec-GPC": "1"}}])
def test_without_consent_nothing_is_kept_and_there_is_no_code(
    spring: Any, no: dict[str, Any]
) -> None:
    spring.visit(CHO, VIEW)
    assert claim(spring, **no).get_json() == {"ok": True}
    assert spring.server("GET", "/v1/coupons/spring").get_json()["given"] == 0


def test_a_bot_gets_no_code(spring: Any) -> None:
    spring.visit(CHO, VIEW)
    agent = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot)"}
    assert claim(spring, headers=agent).get_json() == {"ok": True}


def test_somebody_nobody_ever_saw_gets_no_code(spring: Any) -> None:
    assert claim(spring).get_json()["why"] == "not_offered"
    assert spring.server("GET", f"/v1/visitors/{CHO}").status_code == 404


def test_a_popup_that_is_off_or_unknown_gives_nothing(spring: Any) -> None:
    spring.visit(CHO, VIEW)
    assert claim(spring, popup_id="other").status_code == 404
    spring.server("PUT", "/v1/popups/hello", popup(enabled=False))
    assert claim(spring).status_code == 404


def test_a_network_gets_so_many_codes_a_day_whoever_asks(moon: Any) -> None:
    put_pool(moon, codes=20, per_network=3)
    moon.server("PUT", "/v1/popups/hello", popup())
    got = []
    for n in range(8):
        visitor = f"visitor-{n:04}-abcdef"
        moon.visit(visitor, VIEW)
        got.append(claim(moon, visitor, address=f"203.0.113.{n}").get_json()["coupon"])
    assert sum(coupon is not None for coupon in got) == 3
    late = claim(moon, "visitor-0007-abcdef", address="203.0.113.200").get_json()
    assert late["why"] == "later"
    elsewhere = claim(moon, "visitor-0007-abcdef", address="198.51.100.7").get_json()
    assert elsewhere["coupon"] is not None


def test_no_address_is_written_down(spring: Any, house: Any) -> None:
    spring.visit(CHO, VIEW)
    claim(spring, address="203.0.113.9")
    with house.store(spring.shop.name).read() as tx:
        (row,) = tx.all("select * from coupon_networks")
    assert (len(row["network"]), row["given"]) == (32, 1)
    assert "203" not in row["network"] or "113" not in row["network"]


def test_ten_thousand_new_visitors_of_one_network_get_no_more_than_its_cap(
    moon: Any, house: Any, engine: str
) -> None:
    many = 10_000 if engine == "sqlite" else 1_000  # a claim asks PostgreSQL several times
    put_pool(moon, codes=100, per_network=20)
    moon.server("PUT", "/v1/popups/hello", popup())
    people = [f"bot-{n:05}-0123456789" for n in range(many)]
    store, now = house.store(moon.shop.name), moon.clock.at
    with store.write() as tx:
        profiles.ensure(tx, people)
        told = [
            submit(tx, moon.shop, one, "hello", {}, now, offered=True, network="one")
            for one in people
        ]
    assert sum(answer["coupon"] is not None for answer in told) == 20
    assert moon.server("GET", "/v1/coupons/spring").get_json()["given"] == 20


def test_claims_of_one_moment_never_overspend_a_budget(moon: Any, app: Any) -> None:
    worth = {"discount": {"amount": 5000}, "budget": {"money": 60_000}, "per_network": 1000}
    put_pool(moon, codes=50, **worth)
    moon.server("PUT", "/v1/popups/hello", popup())
    people = [f"visitor-{n:04}-abcdef" for n in range(50)]
    for one in people:
        moon.visit(one, VIEW)
    begin, got = threading.Barrier(50), list[Any]()

    def come(visitor: str) -> None:
        data = {"key": moon.shop.public_key, "visitor_id": visitor, "popup_id": "hello"}
        browser = app.test_client()
        begin.wait()
        answer = browser.post(
            "/v1/submit", json={**data, "fields": {}}, headers={"User-Agent": BROWSER}
        )
        got.append(answer.get_json())

    threads = [threading.Thread(target=come, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [one["coupon"]["code"] for one in got if one.get("coupon")]
    assert (len(codes), len(set(codes))) == (12, 12)
    assert moon.server("GET", "/v1/coupons/spring").get_json()["held"] == 60_000


def test_an_order_told_by_the_server_redeems_a_code(spring: Any) -> None:
    spring.visit(CHO, VIEW)
    code = claim(spring).get_json()["coupon"]["code"]
    order = {"transaction_id": "B-1", "visitor_id": CHO, "value": 108_000, "discount": 12_000}
    spring.server("POST", "/v1/orders", {**order, "coupon": code.lower()})
    pool = spring.server("GET", "/v1/coupons/spring").get_json()
    assert (pool["given"], pool["redeemed"], pool["discounted"]) == (1, 1, 12_000)
    back = {**order, "status": "refunded"}
    spring.server("POST", "/v1/orders", back)
    assert spring.server("GET", "/v1/coupons/spring").get_json()["redeemed"] == 0


def test_codes_in_orders_that_are_not_ours_are_listed(spring: Any) -> None:
    order = {"transaction_id": "B-1", "visitor_id": CHO, "value": 1000, "coupon": "INFLUENCER"}
    spring.server("POST", "/v1/orders", order)
    (unknown,) = spring.server("GET", "/v1/coupons").get_json()["unknown"]
    assert (unknown["code"], unknown["orders"]) == ("INFLUENCER", 1)


def test_codes_are_imported_once_and_the_rest_is_counted(moon: Any) -> None:
    put_pool(moon, kind="imported", prefix=None)
    codes = {"codes": ["A-1", "a-1", "A-2", "=cmd()", "two words", ""]}
    told = moon.server("POST", "/v1/coupons/spring/codes", codes).get_json()
    assert told == {"kept": 2, "known": 1, "refused": 3}
    found = moon.server("GET", "/v1/coupons/spring/codes?limit=1").get_json()
    assert (found["codes"][0]["code"], found["codes"][0]["state"]) == ("A-1", "free")
    rest = moon.server("GET", f"/v1/coupons/spring/codes?after={found['next']}").get_json()
    assert [one["code"] for one in rest["codes"]] == ["A-2"]


@pytest.mark.parametrize(
    ("doc", "says"),
    [
        ({"kind": "lottery"}, "kind is 'lottery'"),
        ({"discount": {"percent": 10, "amount": 5}}, "must have one of percent"),
        ({"discount": {"percent": 0}}, "percent must be between"),
        ({"discount": {"amount": 0}}, "amount must be more than 0"),
        ({"budget": {"money": 1000}}, "discount.most must say"),
        ({"expires": {"after": "soon"}}, "after must be a span"),
        ({"prefix": "=HA"}, "prefix must be up to"),
        ({"kind": "text"}, "code is missing"),
        ({"kind": "text", "code": "=1+1"}, "code must be 1 to 64"),
        ({"rich": True}, "unknown keys: rich"),
        ({"per_network": 0}, "per_network must be between"),
    ],
)
def test_what_is_wrong_with_a_pool_is_said(moon: Any, doc: dict[str, Any], says: str) -> None:
    base = {"kind": "minted", "discount": {"percent": 10}}
    answer = moon.server("PUT", "/v1/coupons/spring", {**base, **doc})
    assert answer.status_code == 400
    assert says in answer.get_json()["error"]["message"]


def test_a_pool_stays_while_a_popup_gives_its_codes(spring: Any) -> None:
    assert spring.server("DELETE", "/v1/coupons/spring").status_code == 409
    spring.server("DELETE", "/v1/popups/hello")
    assert spring.server("DELETE", "/v1/coupons/spring").status_code == 200
    assert spring.server("GET", "/v1/coupons/spring").status_code == 404


def test_a_popup_can_only_give_codes_of_a_pool_that_is_there(moon: Any) -> None:
    answer = moon.server("PUT", "/v1/popups/hello", popup())
    assert answer.status_code == 400
    assert "no coupon pool called spring" in answer.get_json()["error"]["message"]
