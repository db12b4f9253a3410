"""The page by which the shop's own people stay out of its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.collect.staff import staff_token
from plugin.storage import control, staff
from plugin.web.admin.qr import qr
from tests.web.conftest import token

MINA, CHO = (f"{name}-0123456789abcdef" for name in ("mina", "cho"))


@pytest.fixture
def page(moon: Any) -> Any:
    """The owner, signed in: look at the page, or send one of its forms."""
    moon.sign_in()
    query = {"shop": moon.shop.name}

    def call(**sent: str) -> str:
        seen = moon.client.get("/admin/staff", query_string=query)
        assert seen.status_code == 200, seen.text[:500]
        if not sent:
            return str(seen.text)
        answer = moon.client.post(
            "/admin/staff/unmark",
            query_string=query,
            data={"csrf_token": token(seen.text), **sent},
        )
        assert answer.status_code == 303
        return call()

    return call


def mark(moon: Any, house: Any, *browsers: str) -> None:
    with house.store(moon.shop.name).write() as tx:
        for one in browsers:
            staff.mark(tx, one, moon.clock.at)


def test_without_an_address_of_the_shop_the_owner_gets_what_to_add_to_one(
    moon: Any, page: Any
) -> None:
    word = staff_token("test", moon.shop.name)
    assert f">?rs_staff={word}<" in page()
    assert f">?rs_staff={word}-off<" in page()
    assert "Open here" not in page()
    assert "<svg" not in page().partition("<main")[2]


def test_each_address_of_the_shop_has_a_link_of_its_own(moon: Any, house: Any, page: Any) -> None:
    name, keys = f"{moon.shop.name}_2", control.new_keys()
    origins = ("https://moon.example", "https://moon.example:8443")
    with house.control.write() as tx:
        sun = replace(moon.shop, name=name, public_key=keys.public, origins=origins)
        control.add_shop(tx, sun, keys)
    text = moon.client.get("/admin/staff", query_string={"shop": name}).text
    for origin in origins:
        for ending in ("", "-off"):
            assert f'href="{origin}/?rs_staff={staff_token("test", name)}{ending}"' in text
        assert str(qr(f"{origin}/?rs_staff={staff_token('test', name)}")) in text


def test_an_address_that_an_event_told_of_gets_no_link(moon: Any, page: Any) -> None:
    moon.visit(CHO, {"name": "page_view"}, page={"url": "https://evil.example/"})
    assert "evil.example" not in page()


def test_the_owner_sees_which_browsers_are_left_out(moon: Any, house: Any, page: Any) -> None:
    assert "Browsers left out: 0" in page()
    mark(moon, house, MINA, CHO)
    assert "Browsers left out: 2" in page()
    assert MINA in page()


def test_one_browser_is_counted_again(moon: Any, house: Any, page: Any) -> None:
    mark(moon, house, MINA, CHO)
    text = page(visitor_id=MINA)
    assert MINA not in text
    assert CHO in text


def test_all_browsers_are_counted_again(moon: Any, house: Any, page: Any) -> None:
    mark(moon, house, MINA, CHO)
    assert "Browsers left out: 0" in page(all="1")


def test_a_mark_is_only_taken_back_by_the_owners_own_form(moon: Any, house: Any, page: Any) -> None:
    mark(moon, house, MINA)
    answer = moon.client.post(
        "/admin/staff/unmark", query_string={"shop": moon.shop.name}, data={"all": "1"}
    )
    assert answer.status_code == 400
    assert MINA in page()


def test_the_way_there_is_on_the_install_page(moon: Any, page: Any) -> None:
    text = moon.client.get("/admin/install", query_string={"shop": moon.shop.name}).text
    assert "Leave our own visits out" in text
    assert "/admin/staff" in text
