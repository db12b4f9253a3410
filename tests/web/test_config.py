"""The whole shop as one document, over the server API and on the owner's page."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest

from plugin import journey
from plugin.storage.house import House
from tests.web.conftest import Moon

RULE = {"trait": "is_home_country", "op": "is", "value": True}
PARTS: dict[str, Any] = {"segments": {}, "popups": {}, "windows": {}, "settings": {}}
POPUP: dict[str, Any] = {
    "trigger": {"on": "load"},
    "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
}


def put(moon: Moon, query: str = "", etag: str | None = None, **parts: Any) -> Any:
    headers = {"Authorization": f"Bearer {moon.secret}"} | ({"If-Match": etag} if etag else {})
    body = {"version": 1, **PARTS, **parts}
    return moon.client.put(f"/v1/config{query}", json=body, headers=headers)


def got(moon: Moon) -> Any:
    return moon.server("GET", "/v1/config")


def test_the_whole_shop_is_given_and_taken_back_unchanged(moon: Moon) -> None:
    moon.server("PUT", "/v1/segments/vip", {"name": "VIP", "rule": RULE})
    hello = {**POPUP, "audience": {"segment": "vip"}}
    moon.server("PUT", "/v1/popups/hello", {**hello, "slug": "hello"})
    moon.server("PUT", "/v1/windows/home", {"strategies": ["bestsellers"], "enabled": False})
    found = got(moon)
    document = found.get_json()
    assert (document["version"], document["currency"]) == (1, "KRW")
    assert document["segments"]["vip"] == {
        "name": "VIP", "rule": RULE, "kind": "rule", "enabled": True,
    }  # fmt: skip
    assert document["popups"]["hello"] == {**hello, "enabled": True}
    assert document["windows"]["home"]["enabled"] is False

    answer = moon.server("PUT", "/v1/config", document)

    nothing = {"added": [], "changed": {}, "removed": []}
    assert answer.get_json() == {
        "dry_run": False,
        "changes": dict.fromkeys(("segments", "popups", "windows"), nothing)
        | {"settings": {"added": [], "changed": [], "removed": []}},
    }
    assert answer.headers["ETag"] == found.headers["ETag"] == got(moon).headers["ETag"]
    assert got(moon).get_json() == document


def test_settings_and_all_else_count_in_the_next_answer(moon: Moon, house: House) -> None:
    moon.visit("mina-0123456789abcdef", {"name": "page_view"})
    settings = {"home_country": "kr", "free_shipping_from": "50,000", "store_cities": ["Seoul"]}

    answer = put(moon, segments={"home": {"rule": RULE}}, settings=settings)

    assert answer.get_json()["changes"]["settings"]["added"] == sorted(settings)
    shop = house.shop(moon.shop.name)
    assert (shop.manners.home_country, shop.manners.free_shipping) == ("KR", 50_000)
    assert got(moon).get_json()["settings"] == {
        "home_country": "KR", "free_shipping_from": 50_000, "store_cities": ["Seoul"],
    }  # fmt: skip
    assert moon.server("GET", "/v1/segments/home").get_json()["name"] == "home"


def test_settings_that_a_crash_left_waiting_are_kept_with_the_next_look_at_visitors(
    moon: Moon, house: House, app: Any, clock: Any
) -> None:
    with house.store(moon.shop.name).write() as tx:  # the writer ends before it tells the shop
        wanted = {**PARTS, "settings": {"home_country": "DE"}}
        journey.STEPS["put_config"](tx, moon.shop, wanted, clock.at)
    assert house.shop(moon.shop.name).manners.home_country is None
    assert got(moon).get_json()["settings"] == {"home_country": "DE"}

    app.extensions["regulars"].writer.do(moon.shop.name, "reassign", now=clock.at)

    assert house.shop(moon.shop.name).manners.home_country == "DE"
    assert got(moon).get_json()["settings"] == {"home_country": "DE"}


def test_the_programs_own_settings_and_every_key_stay_out_of_the_document(
    moon: Moon, house: House
) -> None:
    product = {"item_id": "a", "url": "https://a.example/?product_no=1", "price": 1}
    moon.server("PUT", "/v1/items", {"items": [product, {**product, "item_id": "b",
                "url": "https://a.example/?product_no=2"}]})  # fmt: skip
    own = house.shop(moon.shop.name).settings["url_keys"]

    put(moon, settings={"home_country": "KR"})

    text = got(moon).text
    assert "url_keys" not in text
    assert moon.secret not in text
    assert moon.shop.public_key not in text
    assert house.shop(moon.shop.name).settings["url_keys"] == own == ["product_no"]


def test_two_owners_do_not_overwrite_each_other(moon: Moon) -> None:
    seen = got(moon).headers["ETag"]
    looked = put(moon, "?dry_run=1", seen, segments={"a": {"rule": RULE}})
    assert (looked.status_code, looked.get_json()["dry_run"]) == (200, True)
    assert looked.headers["ETag"] == seen
    assert got(moon).get_json()["segments"] == {}

    first = put(moon, "", looked.headers["ETag"], segments={"a": {"rule": RULE}})
    second = put(moon, "", seen, segments={"b": {"rule": RULE}})

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.get_json()["error"]["code"] == "changed"
    assert first.headers["ETag"] == got(moon).headers["ETag"] != seen
    assert list(got(moon).get_json()["segments"]) == ["a"]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"pools": {}}, "unknown: pools"),
        ({"version": 2}, "version: this installation reads 1"),
        ({"currency": "EUR"}, "currency: amounts would be read in KRW"),
        ({"segments": []}, "segments: must be an object"),
        ({"segments": {"A b": {"rule": RULE}}}, "segments.A b: a slug has"),
        ({"segments": {"new": {"rule": RULE}}}, "segments.new: new is an address of ours"),
        ({"segments": {"a": {"rule": RULE, "colour": 1}}}, "segments.a: unknown: colour"),
        ({"segments": {"a": {}}}, "segments.a.rule: is missing"),
        ({"popups": {"p": {**POPUP, "slug": "q"}}}, "popups.p.slug: must be the name"),
        ({"popups": {"p": {**POPUP, "enabled": 1}}}, "popups.p.enabled: must be true or false"),
        ({"settings": {"colour": 1}}, "settings.colour: is unknown"),
        ({"settings": {"home_country": "Korea"}}, "settings.home_country: a country is written"),
        ({"settings": {"control_share": 0.9}}, "settings.control_share: must be a number"),
        ({"settings": {"checkout_pages": "/x"}}, "settings.checkout_pages: must be a list"),
    ],
)
def test_what_is_refused_is_named_with_its_path(moon: Moon, parts: Any, says: str) -> None:
    answer = put(moon, **parts)

    assert answer.status_code == 400
    assert says in answer.get_json()["error"]["message"]


def test_a_part_that_is_missing_is_not_taken_for_an_empty_one(moon: Moon) -> None:
    answer = moon.server("PUT", "/v1/config", {"version": 1, "segments": {}})

    assert answer.status_code == 400
    assert "missing: popups, windows, settings" in answer.get_json()["error"]["message"]


def test_a_rule_may_be_as_deep_here_and_elsewhere_as_rules_may_be(moon: Moon) -> None:
    leaf = {"event": "purchase", "measure": "count", "op": ">=", "value": 1,
            "where": [{"param": "item_category", "op": "in", "value": ["shoes"]}]}  # fmt: skip
    rule: Any = leaf
    for _ in range(7):
        rule = {"all": [rule]}
    audience = {"rule": rule}

    assert moon.server("PUT", "/v1/segments/deep", {"rule": rule}).status_code == 200
    assert moon.server("POST", "/v1/segments/preview", {"rule": rule}).status_code == 200
    moon.server("PUT", "/v1/popups/deep", {**POPUP, "audience": audience})
    document = got(moon).get_json()
    assert document["popups"]["deep"]["audience"] == audience
    assert moon.server("PUT", "/v1/config", json.loads(json.dumps(document))).status_code == 200


def test_a_dry_run_is_asked_for_in_one_way(moon: Moon) -> None:
    assert put(moon, "?dry_run=yes").status_code == 400
    assert put(moon, "?dry_run=0").get_json()["dry_run"] is False


def look_at(moon: Moon, document: Any) -> Any:
    file = (BytesIO(json.dumps(document).encode()), "shop.json")
    return moon.sends("config", file=file)


def kept(moon: Moon, looked: str) -> Any:
    """Send what a look shows again, as its button does."""
    etag = re.search(r'name="etag" value="([^"]+)"', looked)
    document = re.search(r"<textarea name=\"document\" hidden>\n(.*?)</textarea>", looked, re.S)
    assert etag is not None
    assert document is not None
    return moon.sends("config", etag=etag[1], document=unescape(document[1]))


def test_an_owner_takes_the_shop_away_and_brings_it_in_after_a_look(owner: Moon) -> None:
    owner.server("PUT", "/v1/segments/vip", {"name": "</textarea><b>", "rule": RULE})
    taken = owner.gets("config.json")
    assert f'filename="{owner.shop.name}-2026-' in taken.headers["Content-Disposition"]
    document = taken.get_json()
    assert "Nothing: the shop is as the file says." in look_at(owner, document).text
    document["segments"]["vip"]["enabled"] = False
    document["windows"]["home"] = {"strategies": ["bestsellers"]}

    looked = look_at(owner, document).text

    assert "enabled" in looked
    assert owner.server("GET", "/v1/windows/home").status_code == 404
    answer = kept(owner, looked)
    assert answer.headers["Location"].endswith("/admin/config?saved=1")
    assert owner.server("GET", "/v1/segments/vip").get_json()["enabled"] is False
    assert owner.server("GET", "/v1/segments/vip").get_json()["name"] == "</textarea><b>"
    assert owner.server("GET", "/v1/windows/home").status_code == 200


def test_what_was_looked_at_is_not_put_over_what_changed_meanwhile(owner: Moon) -> None:
    looked = look_at(owner, {"version": 1, **PARTS, "settings": {"home_country": "KR"}}).text
    owner.server("PUT", "/v1/segments/vip", {"rule": RULE})

    answer = kept(owner, looked)

    assert answer.status_code == 412
    assert "has changed since" in answer.text
    assert list(got(owner).get_json()["segments"]) == ["vip"]


def test_a_file_that_cannot_be_is_told_line_by_line(owner: Moon) -> None:
    answer = look_at(owner, {"version": 1, **PARTS, "settings": {"a<b": 1, "control_share": 2}})

    assert answer.status_code == 400
    assert "<li>settings.a&lt;b: is unknown" in answer.text
    assert "<li>settings.control_share: must be a number" in answer.text
    assert look_at(owner, []).status_code == 400
