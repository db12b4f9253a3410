"""The whole story in a real browser: a newcomer in the demo shop, and the owner who looks on.

The product runs as an owner runs it, by ``regulars demo``, once on each engine.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from plugin.serve.experiment import SHOW, arm
from plugin.storage.house import drop_schema
from plugin.web.demo.catalogue import PRODUCTS, DemoProduct

CALLED = (
    "Morning Mug",
    "Moss Table Lamp",
    "Ridge Backpack",
    "Sage Scarf",
    "Oak Tray",
    "Copper Watering Can",
    "Garden Lantern",
    "Letter Pouch",
)
CAMPAIGNS = ("stay-a-while", "cart-saver", "home-1", "home-2", "product-1", "cart-1")


def by_name(name: str) -> DemoProduct:
    """The demo's product of that name."""
    return next(one for one in PRODUCTS if one.name == name)


@dataclass(frozen=True)
class Demo:
    """A running demo: where it is, and who may sign in."""

    base: str
    email: str
    password: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environ.pop("REGULARS_DATABASE_URL", None)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        environ["REGULARS_DATABASE_URL"] = url
        for schema in ("regulars_control", "shop_demo"):
            drop_schema(url, schema)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "plugin", "demo", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(
        [*command, "--visitors", "300"], env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        yield _announced(process)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def _announced(process: subprocess.Popen[str]) -> Demo:
    """What the demo prints when it is ready."""
    said: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        word, colon, rest = line.partition(": ")
        if colon and word in ("Shop", "Admin", "Login"):
            said[word] = rest.strip()
        if "Login" in said:
            email, password = said["Login"].split()
            base = said["Shop"].removesuffix("/demo/")
            assert said["Admin"] == f"{base}/admin/"
            return Demo(base, email, password)
    raise AssertionError("the demo ended before it was ready")


def somebody_who_is_shown_everything() -> str:
    """A visitor id that is in no campaign's control group: one in ten is in each."""
    candidates = (f"newcomer-{number:08d}" for number in range(10_000))
    return next(one for one in candidates if all(arm(c, one, 0.1) == SHOW for c in CAMPAIGNS))


@pytest.fixture
def newcomer(demo: Demo, page_of_a_person: Any) -> Any:
    """A browser that has never been here, but for the dice that decide who is control."""
    page = page_of_a_person()
    page.context.add_cookies(
        [{"name": "_rs", "value": somebody_who_is_shown_everything(), "url": demo.base}]
    )
    page.troubles = []
    page.on("pageerror", lambda trouble: page.troubles.append(str(trouble)))
    return page


def leave(page: Any) -> None:
    """Move the mouse up out of the page, after the while that arms the trigger."""
    page.mouse.move(400, 300)
    page.wait_for_timeout(3_200)
    page.mouse.move(400, 5)
    page.mouse.move(400, -10)


def items_of(page: Any, window: str) -> list[str]:
    """The names of the products that a window shows, once it is there."""
    cards = page.locator(f"[data-rs-window='{window}'] a")
    cards.first.wait_for()
    return [text.splitlines()[0] for text in cards.all_inner_texts()]


def sign_in(page: Any, demo: Demo) -> None:
    """The owner signs in."""
    page.goto(f"{demo.base}/admin/login")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(demo.email)
    page.get_by_label(re.compile("password", re.IGNORECASE)).fill(demo.password)
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/admin/(?!login)"))


def test_three_products_one_in_the_cart_a_leaving_and_a_coming_back(
    demo: Demo, newcomer: Any, page_of_a_person: Any
) -> None:
    # She opens the shop, and looks at three products that do not stand in its windows anyway;
    # beside each stands what others looked at with it.
    newcomer.goto(f"{demo.base}/demo/")
    offered = items_of(newcomer, "home-1")
    first, second, third = names = [name for name in CALLED if name not in offered][:3]
    for name in names:
        newcomer.goto(f"{demo.base}{by_name(name).url}")
        beside = items_of(newcomer, "product-1")
        assert len(beside) >= 4
        assert name not in beside

    # She puts the last into the cart, and is about to leave: the popup for filled carts comes.
    newcomer.get_by_role("button", name="Add to cart").first.click()
    with newcomer.expect_response(re.compile("/v1/visit")):
        pass
    leave(newcomer)
    popup = newcomer.get_by_role("dialog")
    popup.wait_for()
    assert popup.locator("a[href*='/demo/cart']").count() >= 1
    newcomer.keyboard.press("Escape")
    popup.wait_for(state="detached")

    # She comes back: her own past is there, newest first, without what is in the cart or stands
    # in the window above; and no popup again.
    newcomer.goto(f"{demo.base}/demo/")
    above = items_of(newcomer, "home-1")
    expected = [name for name in (second, first) if name not in above]
    assert expected
    assert items_of(newcomer, "home-2") == expected
    assert third not in above
    leave(newcomer)
    newcomer.wait_for_timeout(700)
    assert newcomer.get_by_role("dialog").count() == 0
    assert newcomer.troubles == []

    # The owner finds her in the admin, with what she did and the groups she is in.
    link = newcomer.locator("[data-me]").get_attribute("href")
    owner = page_of_a_person()
    sign_in(owner, demo)
    owner.goto(f"{demo.base}{link}")
    told = owner.locator("main").inner_text()
    for name in names:
        assert name in told
    for group in ("First visit", "Something in the cart"):
        assert group in told
    assert "cart-saver" in told or "popup" in told.lower()


def test_a_visitor_who_leaves_with_an_empty_cart_is_offered_something_else(
    demo: Demo, page_of_a_person: Any
) -> None:
    page = page_of_a_person()
    somebody = somebody_who_is_shown_everything().replace("newcomer", "onlooker")
    candidates = (f"{somebody}{n}" for n in range(1000))
    visitor = next(one for one in candidates if all(arm(c, one, 0.1) == SHOW for c in CAMPAIGNS))
    page.context.add_cookies([{"name": "_rs", "value": visitor, "url": demo.base}])
    page.goto(f"{demo.base}/demo/")
    items_of(page, "home-1")
    leave(page)
    popup = page.get_by_role("dialog")
    popup.wait_for()
    assert "Before you go" in popup.inner_text()
    assert popup.get_by_label("E-mail").count() == 1


def test_what_is_typed_into_the_popup_is_known_to_the_owner(
    demo: Demo, page_of_a_person: Any
) -> None:
    page = page_of_a_person()
    candidates = (f"letters-{n:012d}" for n in range(1000))
    visitor = next(one for one in candidates if all(arm(c, one, 0.1) == SHOW for c in CAMPAIGNS))
    page.context.add_cookies([{"name": "_rs", "value": visitor, "url": demo.base}])
    page.goto(f"{demo.base}/demo/")
    items_of(page, "home-1")
    leave(page)
    popup = page.get_by_role("dialog")
    popup.get_by_label("E-mail").fill("cho@mail.example")
    popup.get_by_role("checkbox").check()
    with page.expect_response(re.compile("/v1/submit")) as sent:
        popup.get_by_role("button", name="Tell me").click()
    assert sent.value.json() == {"ok": True}
    owner = page_of_a_person()
    sign_in(owner, demo)
    owner.goto(f"{demo.base}/admin/visitors/{visitor}")
    assert "cho@mail.example" in owner.locator("main").inner_text()
