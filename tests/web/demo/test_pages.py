"""What does a shopper find on the demo shop's pages?"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.web.demo.catalogue import CATEGORIES, PRODUCTS, DemoProduct
from plugin.web.demo.pages import demo_blueprint

LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
KEY = "pk_demo0000000000000000"


@pytest.fixture
def app() -> Flask:
    """An application that holds nothing but the demo shop."""
    made = Flask(__name__, static_folder=None)
    made.config["REGULARS_DEMO"] = {"public_key": KEY}
    made.register_blueprint(demo_blueprint(), url_prefix="/demo")
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """The page's HTML."""
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    return answer.text


PAGES = ["/demo/", "/demo/search", "/demo/cart", "/demo/checkout", "/demo/thank-you"]
PAGES += [f"/demo/category/{slug}" for slug, _, _ in CATEGORIES] + [PRODUCTS[0].url]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_a_demo_and_carries_the_tag_as_any_shop_would(client, path):
    html = page(client, path)
    assert (
        "A demo shop. Its 90 days of history were played by a seeded simulation; "
        "your own clicks are real."
    ) in html
    assert f'<script async src="/s.js" data-key="{KEY}"></script>' in html
    assert "See yourself in the admin" in html


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.item_id)
def test_a_product_page_describes_its_product_to_machines(client, product: DemoProduct):
    found = LD.findall(page(client, product.url))
    assert len(found) == 1
    told = json.loads(found[0])
    assert told["@type"] == "Product"
    assert told["sku"] == product.item_id
    assert told["url"] == f"http://localhost{product.url}"
    assert told["offers"]["price"] == f"{product.pays / 100:.2f}"
    assert told["offers"]["priceCurrency"] == "USD"
    state = "InStock" if product.in_stock else "OutOfStock"
    assert told["offers"]["availability"] == f"https://schema.org/{state}"


@pytest.mark.parametrize(
    ("path", "slots"),
    [
        ("/demo/", ["home-1", "home-2"]),
        (PRODUCTS[0].url, ["product-1"]),
        ("/demo/cart", ["cart-1"]),
        ("/demo/checkout", []),
    ],
)
def test_the_windows_have_their_slots_and_the_checkout_has_none(client, path, slots):
    assert re.findall(r'data-rs-window="([^"]+)"', page(client, path)) == slots


def test_what_is_sold_out_cannot_be_added_to_the_cart(client):
    sold_out = next(product for product in PRODUCTS if not product.in_stock)
    assert "data-add" not in page(client, sold_out.url)
    assert "data-add" in page(client, PRODUCTS[0].url)


def test_the_line_that_the_cart_takes_is_the_one_that_events_carry(client):
    class Reader(HTMLParser):
        line = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.line = dict(attrs).get("data-product") or self.line

    reader = Reader()
    reader.feed(page(client, PRODUCTS[0].url))
    assert json.loads(reader.line) == PRODUCTS[0].as_line()


def test_a_search_finds_products_and_says_so_when_there_are_none(client):
    assert "Morning Mug" in page(client, "/demo/search?q=mug")
    assert "Nothing for" in page(client, "/demo/search?q=unicorn")


def test_what_is_searched_for_stays_text(client):
    assert "<script>alert" not in page(client, "/demo/search?q=<script>alert(1)</script>")


def test_an_unknown_address_leads_back_to_the_shop(client):
    for path in ("/demo/product/bag-99", "/demo/category/cars", "/demo/nothing/here"):
        assert "This shelf is empty" in page(client, path, 404)


def test_every_picture_and_asset_that_a_page_names_is_there(client):
    named = set()
    for path in PAGES:
        named |= set(re.findall(r'(?:src|href)="(/demo/[^"]+)"', page(client, path)))
    answers = {path: client.get(path) for path in sorted(named)}
    assert {path: a.status_code for path, a in answers.items() if a.status_code != 200} == {}
    for answer in answers.values():
        answer.close()


def test_a_picture_is_an_svg_that_may_run_nothing(client):
    answer = client.get("/demo/picture/bag-01.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert client.get("/demo/picture/nothing.svg").status_code == 404


def test_no_page_needs_a_script_or_style_of_its_own_so_a_strict_policy_holds(client):
    for path in PAGES:
        html = LD.sub("", page(client, path))
        assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []


def test_while_the_history_is_played_the_page_says_how_far_it_is(app, client):
    assert "being played" not in page(client, "/demo/")
    app.config["REGULARS_DEMO"]["filling"] = 42
    assert "42 % done" in page(client, "/demo/")


def test_without_a_key_the_shop_is_a_shop_without_the_tag(app, client):
    app.config["REGULARS_DEMO"] = {}
    assert "/s.js" not in page(client, "/demo/")
