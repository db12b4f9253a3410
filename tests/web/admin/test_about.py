"""What the owner says of the shop on the install page, and what it changes."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.errors import DocumentRefused
from plugin.journey import bring_up_to_date
from plugin.serve.about import read_about
from tests.web.conftest import Moon


def says(owner: Moon, **form: str) -> Any:
    return owner.sends("install/about", **form)


def settings(owner: Moon, house: Any) -> dict[str, Any]:
    return dict(house.shop(owner.shop.name).settings)


def test_what_is_said_is_kept_in_one_form(owner: Moon, house: Any) -> None:
    answer = says(
        owner, home_country=" kr ", store_cities="Seoul\n\n SEOUL \nBusan",
        slow_regions="제주", free_shipping_from="50,000", order_value="",
    )  # fmt: skip
    assert answer.status_code == 303
    kept = settings(owner, house)
    assert (kept["home_country"], kept["free_shipping_from"]) == ("KR", 50_000)
    assert (kept["store_cities"], kept["slow_regions"]) == (["Seoul", "Busan"], ["제주"])
    assert kept["order_value"] is None
    page = owner.client.get(answer.headers["Location"].partition("#")[0]).text
    assert 'role="status"' in page
    assert 'value="50000"' in page


@pytest.mark.parametrize(
    ("field", "wrong", "why"),
    [
        ("home_country", "Korea", "two letters"),
        ("home_country", 7, "two letters"),
        ("free_shipping_from", "fifty", "'fifty' is no amount"),
        ("free_shipping_from", True, "no amount"),
        ("free_shipping_from", "0", "more than 0"),
        ("order_value", "-3", "no amount"),
        ("store_cities", ["x" * 101], "at most 100 letters"),
        ("store_cities", "Seoul\nBusan", "one a line"),
        ("slow_regions", [f"region {n}" for n in range(201)], "at most 200"),
    ],
)
def test_what_is_wrong_is_said(field: str, wrong: Any, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read_about({field: wrong}, "KRW")


def test_what_cannot_be_read_stays_in_the_form(owner: Moon, house: Any) -> None:
    before = settings(owner, house)
    answer = says(owner, home_country="JP", free_shipping_from="<fifty>")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="&lt;fifty&gt;"' in answer.text
    assert settings(owner, house) == before


def test_who_is_at_home_follows_what_the_owner_says(owner: Moon, house: Any) -> None:
    store, now = house.store(owner.shop.name), owner.clock.at
    page = {"name": "page_view", "params": {"country": "KR"}}
    owner.visit("cho-0123456789abcdef", page)
    rule = {"trait": "is_home_country", "op": "is", "value": True}
    owner.server("PUT", "/v1/segments/at-home", {"name": "At home", "rule": rule})
    for country, inside in (("KR", 1), ("JP", 0), ("", 0)):
        assert says(owner, home_country=country).status_code == 303
        bring_up_to_date(store, house.shop(owner.shop.name), now)
        found = owner.server("GET", "/v1/segments/at-home/visitors").get_json()
        assert len(found["visitors"]) == inside
