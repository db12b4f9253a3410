"""An owner's walk through a shop that says nothing to machines, with the real engine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.tasks.process import clock_ms
from plugin.web.app import create_app
from plugin.web.passwords import hashed

from .conftest import EMAIL, PASSWORD, Quiet, answering, sign_in

BOOTS = {"item_id": "boots", "name": "Winter Boots", "price": 12_000, "currency": "EUR"}
PAGE = """<!doctype html><html lang="en"><head><title>{name}</title>{tag}</head><body><main>
<h1>{name}</h1><p class="cost">{price}</p><a href="/shop/boots">Boots</a></main></body></html>"""


@dataclass(frozen=True)
class Engine:
    """A running engine with the shop moon, whose pages it also serves under another name."""

    port: int
    house: House

    @property
    def admin(self) -> str:
        """The owner's pages."""
        return f"http://127.0.0.1:{self.port}/admin"

    @property
    def shop(self) -> str:
        """The shop's own address."""
        return f"http://localhost:{self.port}"

    def settings(self) -> dict[str, Any]:
        """The settings of moon now."""
        return dict(self.house.shop("moon").settings)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The engine, with moon's catalogue of one pair of boots."""
    house = House(Settings(data=tmp_path, database_url=None, secret_key="test", rate_limit=False))
    writer = GroupWriter(house).start()
    app = create_app(house, writer, clock_ms)
    keys = control.new_keys()

    def page(name: str) -> str:
        tag = house.shop("moon").tag(f"http://127.0.0.1:{server.server_port}")
        if name not in ("boots", "jacket"):
            return PAGE.format(name="Moon", price="", tag=tag)
        return PAGE.format(name=f"Winter {name.title()}", price="120.00 €", tag=tag)

    app.add_url_rule("/shop/<name>", "shop", page)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    made = Engine(server.server_port, house)
    shop = Shop("moon", keys.public, currency="EUR", origins=(made.shop,), created_at=clock_ms())
    with house.control.write() as tx:
        control.add_shop(tx, shop, keys)
        control.put_owner(tx, EMAIL, hashed(PASSWORD), clock_ms())
    boots = {**BOOTS, "url": f"{made.shop}/shop/boots"}
    writer.do("moon", "put_items", products=[boots], now=clock_ms())
    with answering(server):
        yield made
    writer.close()
    house.close()


@pytest.fixture
def owner(engine: Engine, page_of_a_person: Any) -> Any:
    """Mina on the Install page."""
    page = page_of_a_person()
    page.goto(f"{engine.admin}/login")
    sign_in(page)
    page.wait_for_url("**/admin/install")
    return page


def walk(engine: Engine, owner: Any, name: str) -> tuple[Any, Any]:
    """A page of the shop in another tab, by the Install page's link; the page and its panel."""
    link = owner.locator("#walk-1").inner_text()
    assert link.startswith(f"{engine.shop}/?rs_debug=1#rs-check=")
    shop = owner.context.new_page()
    shop.goto(link.replace("/?", f"/shop/{name}?"))
    panel = shop.get_by_role("region", name="Regulars")
    panel.get_by_text("The install check listens.").wait_for()
    return shop, panel


def check(owner: Any, name: str, state: str) -> str:
    """What a line of the list says, as soon as it is in that state."""
    line = owner.locator(f'[data-name="{name}"].{state}')
    line.wait_for()
    return str(line.inner_text())


def test_the_list_fills_while_the_owner_walks(engine: Engine, owner: Any) -> None:
    assert "open a product's page" in check(owner, "product", "open")
    shop, panel = walk(engine, owner, "boots")
    panel.get_by_text("In the catalogue: Winter Boots").wait_for()
    panel.get_by_text("stored").first.wait_for()
    assert "/shop/boots" in check(owner, "product", "good")
    assert "Winter Boots is in it." in check(owner, "catalogue", "good")
    shop.evaluate("rs('track', 'add_to_cart', {items: [{item_id: 'boots', quantity: 1}]})")
    assert "stored" in check(owner, "cart", "good")
    shop.goto(f"{engine.shop}/shop/checkout")
    assert "/shop/checkout" in check(owner, "checkout", "good")


def test_a_product_that_nothing_tells_of_is_shown_by_pointing(
    engine: Engine, owner: Any, page_of_a_person: Any
) -> None:
    shop, panel = walk(engine, owner, "jacket")
    panel.get_by_text("No product was found here.").wait_for()
    for role, place in (("Name", "h1"), ("Price", ".cost")):
        panel.get_by_role("button", name=role, exact=True).click()
        shop.locator(place).click()
    panel.get_by_role("button", name="Save", exact=True).click()
    panel.get_by_text("Saved for the next pages.").wait_for()
    assert engine.settings()["map"] == {"product": {"name": "h1", "price": ".cost"}}
    fresh = page_of_a_person()  # a browser that has not kept find.js
    fresh.goto(f"{engine.shop}/shop/home?rs_debug=1")
    fresh.get_by_role("region", name="Regulars").wait_for()
    fresh.goto(f"{engine.shop}/shop/jacket")
    panel = fresh.get_by_role("region", name="Regulars")
    panel.get_by_text("Found by your own places").wait_for()


def test_a_page_is_named_a_thank_you_page_from_the_panel(engine: Engine, owner: Any) -> None:
    shop, panel = walk(engine, owner, "bestellung-1001")
    panel.get_by_role("button", name="This is a thank-you page").click()
    panel.get_by_text("Saved for the next pages.").wait_for()
    assert engine.settings()["thank_you_pages"] == ["/shop/*"]
    shop.reload()
    assert "/shop/bestellung-1001" in check(owner, "order", "part")
