"""The owner's pages of coupon pools and of what people left in popups."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from plugin.storage import profiles
from tests.web.conftest import Moon
from tests.web.test_coupons import CHO, COUPON, FORM, VIEW, claim, popup, put_pool

MET = """
insert into exposures (kind, slug, profile, arm, first_at, last_at, views)
values ('popup', 'hello', :profile, :arm, :at, :at, 1)
"""
NEW = {
    "slug": "spring",
    "name": "Spring",
    "kind": "minted",
    "takes_off": "percent",
    "off": "10",
    "prefix": "SPRING-",
    "after": "48h",
    "per_network": "20",
    "enabled": "1",
}


def table(owner: Moon, path: str, **query: str) -> list[dict[str, str]]:
    text = owner.opens(path, **query).lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_without_a_pool_the_page_says_what_to_do(owner: Moon) -> None:
    assert "No coupons yet" in owner.opens("coupons")


def test_a_pool_is_made_filled_and_taken_to_the_shops_system(owner: Moon) -> None:
    assert owner.sends("coupons/save", **NEW).status_code == 303
    assert "5 codes added to spring" in owner.sends("coupons/spring/more", mint="5").text
    rows = table(owner, "coupons/spring/codes.csv")
    assert len({row["code"] for row in rows}) == 5
    first = {key: rows[0][key] for key in ("discount", "state", "order")}
    assert first == {"discount": "10%", "state": "free", "order": ""}
    assert rows[0]["code"].startswith("SPRING-")


def test_codes_come_from_a_file_and_twice_the_same_is_counted(owner: Moon) -> None:
    owner.sends("coupons/save", **{**NEW, "kind": "imported"})
    file = (io.BytesIO(b"code;worth\r\nA-1;10\r\nA-2;10\r\na-1;10\r\n=x;1"), "codes.csv")
    page = owner.sends("coupons/spring/more", file=file).text
    assert "2 codes added to spring" in page
    assert "1 were there already" in page
    assert "1 cannot be codes" in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner: Moon) -> None:
    answer = owner.sends("coupons/save", **{**NEW, "off": "lots", "name": "My <b>Spring</b>"})
    assert answer.status_code == 400
    assert "lots is no number" in answer.text
    assert "My &lt;b&gt;Spring&lt;/b&gt;" in answer.text
    assert "No coupons yet" in answer.text


def test_a_change_keeps_what_the_form_has_no_field_for(owner: Moon) -> None:
    put_pool(owner, text={"en": "Ten off"}, budget={"codes": 50})
    form = owner.opens("coupons", edit="spring")
    assert 'name="old" value="spring"' in form
    owner.sends("coupons/save", **{**NEW, "old": "spring", "off": "15", "codes": ""})
    pool = owner.server("GET", "/v1/coupons/spring").get_json()
    assert (pool["discount"], pool["text"]) == ({"percent": 15}, {"en": "Ten off"})
    assert "budget" not in pool


def test_a_new_pool_never_takes_the_place_of_another(owner: Moon) -> None:
    put_pool(owner)
    answer = owner.sends("coupons/save", **NEW)
    assert (answer.status_code, "this short name already" in answer.text) == (400, True)


def test_the_page_shows_what_became_of_the_codes(owner: Moon) -> None:
    put_pool(owner)
    owner.server("PUT", "/v1/popups/hello", popup())
    owner.visit(CHO, VIEW)
    code = claim(owner).get_json()["coupon"]["code"]
    order = {"transaction_id": "B-1", "visitor_id": CHO, "value": 108_000, "discount": 12_000}
    owner.server("POST", "/v1/orders", {**order, "coupon": f"{code},OTHER<b>"})
    page = owner.opens("coupons")
    assert "₩12,000" in page
    assert "OTHER&lt;b&gt;" in page
    (row,) = [one for one in table(owner, "coupons/spring/codes.csv") if one["code"] == code]
    assert (row["state"], row["popup"], row["order"]) == ("redeemed", "hello", "B-1")
    assert table(owner, "coupons/spring/codes.csv", state="free")[0]["order"] == ""


def test_the_owner_says_whether_orders_tell_their_value_before_the_discount(owner: Moon) -> None:
    put_pool(owner, kind="text", prefix=None, code="HELLO")
    owner.sends("coupons/value", before="1")
    order = {"transaction_id": "B-1", "visitor_id": CHO, "value": 100_000, "coupon": "HELLO"}
    owner.server("POST", "/v1/orders", order)
    assert owner.server("GET", "/v1/coupons/spring").get_json()["discounted"] == 10_000
    assert 'name="before" value="1" checked' in owner.opens("coupons")


@pytest.fixture
def asked(owner: Moon) -> Moon:
    """Cho left an e-mail and a dangerous name in a Korean popup."""
    name = {"name": "nick", "label": "Name"}
    form = {**FORM, "fields": [*FORM["fields"], name]}
    owner.server("PUT", "/v1/popups/hello", popup(form, COUPON, coupon_pool=None, name="Hello"))
    page = {"url": "https://moon.example/?utm_source=news&utm_campaign=may", "language": "ko"}
    owner.visit(CHO, {"name": "page_view", "params": {"page_location": page["url"]}}, page=page)
    fields = {"email": "cho@mail.example", "nick": "=cmd()<script>"}
    page = {"url": "https://moon.example/shoes?token=s3cret", "language": "ko-KR"}
    assert claim(owner, fields=fields, page=page).get_json() == {"ok": True}
    return owner


def test_an_answer_stands_with_its_consent_and_source(asked: Moon) -> None:
    (lead,) = asked.server("GET", "/v1/leads").get_json()["leads"]
    agreed = {"field": "email", "text": "소식을 받겠습니다.", "language": "ko"}
    assert lead["consents"] == [agreed]
    assert (lead["popup"], lead["visitor_id"], lead["at"]) == ("hello", CHO, asked.clock.at)
    assert (lead["source"]["source"], lead["source"]["campaign"]) == ("news", "may")
    assert (lead["page"], lead["language"]) == ("https://moon.example/shoes", "ko-KR")
    page = asked.opens("leads")
    assert "소식을 받겠습니다." in page
    assert "=cmd()&lt;script&gt;" in page


def test_the_same_text_edited_later_does_not_change_what_was_agreed_to(asked: Moon) -> None:
    other = {**FORM, "fields": [{**FORM["fields"][0], "consent_text": "Anything."}]}
    asked.server("PUT", "/v1/popups/hello", popup(other, coupon_pool=None))
    (lead,) = asked.server("GET", "/v1/leads").get_json()["leads"]
    assert lead["consents"][0]["text"] == "소식을 받겠습니다."


def test_no_spreadsheet_runs_an_answer(asked: Moon) -> None:
    (row,) = table(asked, "leads.csv")
    assert (row["email"], row["nick"]) == ("cho@mail.example", "'=cmd()<script>")
    assert row["consent"] == "email: 소식을 받겠습니다."


def test_answers_are_chosen_by_popup_and_by_day(asked: Moon) -> None:
    assert "cho@mail.example" in asked.opens("leads", popup="hello")
    assert "Nothing in this time" in asked.opens("leads", popup="other")
    assert "Nothing in this time" in asked.opens("leads", last="2026-01-01")
    assert "cho@mail.example" in asked.opens("leads", first="2026-01-01")
    assert asked.gets("leads", first="yesterday").status_code == 400


def test_answers_come_newest_first_a_page_at_a_time(asked: Moon) -> None:
    asked.clock.at += 1
    claim(asked, fields={"email": "new@mail.example"})
    first = asked.server("GET", "/v1/leads?limit=1").get_json()
    rest = asked.server("GET", f"/v1/leads?limit=1&after={first['next']}").get_json()
    mails = [page["leads"][0]["fields"]["email"] for page in (first, rest)]
    assert mails == ["new@mail.example", "cho@mail.example"]


def test_an_answer_is_a_trait_that_rules_can_ask(asked: Moon) -> None:
    rule = {"trait": "nick", "op": "starts_with", "value": "=cmd"}
    found = asked.server("POST", "/v1/segments/preview", {"rule": rule}).get_json()
    assert found["count"] == 1


def test_who_is_erased_takes_every_answer_along(asked: Moon) -> None:
    asked.server("DELETE", f"/v1/visitors/{CHO}")
    assert asked.server("GET", "/v1/leads").get_json()["leads"] == []
    assert "No answers yet" in asked.opens("leads")


def test_before_the_first_answer_the_page_says_so(owner: Moon) -> None:
    assert "No answers yet" in owner.opens("leads")


def test_the_control_group_says_who_would_have_bought_anyway(owner: Moon, house: Any) -> None:
    put_pool(owner, kind="text", prefix=None, code="HELLO")
    owner.server("PUT", "/v1/popups/hello", popup(control_share=0.5))
    now = owner.clock.at
    with house.store(owner.shop.name).write() as tx:
        people = profiles.ensure(tx, [f"visitor-{n:04}-abcdef" for n in range(80)])
        for n, profile in enumerate(people.values()):
            arm = "show" if n < 40 else "control"
            tx.run(MET, profile=profile, arm=arm, at=now)
    for n in (*range(20), *range(40, 50)):
        order = {"transaction_id": f"B-{n}", "visitor_id": f"visitor-{n:04}-abcdef"}
        code = {"coupon": "HELLO"} if n < 20 else {}
        told = {**order, "value": 9_000, "timestamp": now + 1, **code}
        assert owner.server("POST", "/v1/orders", told).status_code == 200
    owner.clock.at += 1_000
    pool = owner.server("GET", "/v1/coupons/spring").get_json()
    assert (pool["redeemed"], pool["bought_anyway"]) == (20, 0.5)
    assert "About 50" in owner.opens("coupons")
