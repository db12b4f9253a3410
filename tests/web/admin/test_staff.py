"""The page by which the shop's own people stay out of its figures."""

from __future__ import annotations

from dataclasses import replace

from plugin.collect.staff import staff_token
from plugin.storage import control, staff
from plugin.web.admin.qr import qr
from tests.web.conftest import Moon

MINA, CHO = (f"{name}-0123456789abcdef" for name in ("mina", "cho"))


def mark(owner: Moon, *browsers: str) -> None:
    with owner.store.write() as tx:
        for one in browsers:
            staff.mark(tx, one, owner.clock.at)


def unmark(owner: Moon, **form: str) -> str:
    """Send a form of the page; the page afterwards."""
    assert owner.sends("staff/unmark", **form).status_code == 303
    return owner.opens("staff")


def test_without_an_address_of_the_shop_the_owner_gets_what_to_add_to_one(owner: Moon) -> None:
    word = staff_token("test", owner.shop.name)
    assert f">?rs_staff={word}<" in owner.opens("staff")
    assert f">?rs_staff={word}-off<" in owner.opens("staff")
    assert "Open here" not in owner.opens("staff")
    assert "<svg" not in owner.opens("staff").partition("<main")[2]


def test_each_address_of_the_shop_has_a_link_of_its_own(owner: Moon) -> None:
    name, keys = f"{owner.shop.name}_2", control.new_keys()
    origins = ("https://moon.example", "https://moon.example:8443")
    with owner.house.control.write() as tx:
        sun = replace(owner.shop, name=name, public_key=keys.public, origins=origins)
        control.add_shop(tx, sun, keys)
    text = owner.opens("staff", shop=name)
    for origin in origins:
        for ending in ("", "-off"):
            assert f'href="{origin}/?rs_staff={staff_token("test", name)}{ending}"' in text
        assert str(qr(f"{origin}/?rs_staff={staff_token('test', name)}")) in text


def test_an_address_that_an_event_told_of_gets_no_link(owner: Moon) -> None:
    owner.visit(CHO, {"name": "page_view"}, page={"url": "https://evil.example/"})
    assert "evil.example" not in owner.opens("staff")


def test_the_owner_sees_which_browsers_are_left_out(owner: Moon) -> None:
    assert "Browsers left out: 0" in owner.opens("staff")
    mark(owner, MINA, CHO)
    assert "Browsers left out: 2" in owner.opens("staff")
    assert MINA in owner.opens("staff")


def test_one_browser_is_counted_again(owner: Moon) -> None:
    mark(owner, MINA, CHO)
    text = unmark(owner, visitor_id=MINA)
    assert MINA not in text
    assert CHO in text


def test_all_browsers_are_counted_again(owner: Moon) -> None:
    mark(owner, MINA, CHO)
    assert "Browsers left out: 0" in unmark(owner, all="1")


def test_a_mark_is_only_taken_back_by_the_owners_own_form(owner: Moon) -> None:
    mark(owner, MINA)
    assert owner.posts("staff/unmark", all="1").status_code == 400
    assert MINA in owner.opens("staff")


def test_the_way_there_is_on_the_install_page(owner: Moon) -> None:
    text = owner.opens("install")
    assert "Leave our own visits out" in text
    assert "/admin/staff" in text
