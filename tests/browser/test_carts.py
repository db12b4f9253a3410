"""Is what visitors put in their carts told from what the page does, once, and without a trace?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import STATIC

LAYER = "<script>window.dataLayer = [];</script>\n"
READY = "() => fetch.toString().includes('arguments')"
CALL = """([url, method, type, body]) => fetch(url, {
  method, body: body || undefined, headers: type ? {'Content-Type': type} : {},
}).then((answer) => answer.text())"""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XHR = """([url, body]) => new Promise((done) => {
  const call = new XMLHttpRequest();
  call.open('POST', url);
  call.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
  call.onload = () => done(call.responseText);
  call.send(body);
})"""


def open_page(page: Page, listener: Any, name: str) -> None:
    """Open a page of the shop; it is told, and the cart is watched."""
    page.goto(f"{listener.shop}/{name}")
    listener.wait_for("page_view")
    page.wait_for_function(READY)


def settle(page: Page, listener: Any, name: str = "gift") -> None:
    """Wait until all that was said before has arrived."""
    page.evaluate("(name) => rs('track', name)", name)
    listener.wait_for(name)


def cart_events(listener: Any) -> list[tuple[str, dict[str, Any]]]:
    """What was told of the cart, without the page's address."""
    found = [event for event in listener.events() if event["name"].endswith("_cart")]
    return [
        (event["name"], {k: v for k, v in event["params"].items() if k != "page_location"})
        for event in found
    ]


CALLS = {
    "Shopify": (
        "/cart/add.js",
        FORM,
        "id=9001&quantity=2&product-id=55",
        '{"id": 9001, "product_id": 55}',
    ),
    "Shopify in JSON": (
        "/cart/add",
        JSON,
        '{"id": 9001, "quantity": 2}',
        '{"id": 9001, "product_id": 55}',
    ),
    "WooCommerce": ("/?wc-ajax=add_to_cart", FORM, "product_id=55&quantity=2", '{"fragments": {}}'),
    "WooCommerce blocks": (
        "/wp-json/wc/store/v1/cart/add-item",
        JSON,
        '{"id": 55, "quantity": 2}',
        '{"errors": [], "items": []}',
    ),
    "WooCommerce batch": (
        "/wp-json/wc/store/v1/batch",
        JSON,
        '{"requests": [{"path": "/wc/store/v1/cart/add-item", "method": "POST",'
        ' "body": {"id": 55, "quantity": 2}}]}',
        '{"responses": []}',
    ),
    "Magento": ("/checkout/cart/add/uenc/aHR0/product/55/", FORM, "qty=2", "[]"),
    "OpenCart": (
        "/index.php?route=checkout/cart.add",
        FORM,
        "product_id=55&quantity=2",
        '{"success": "ok"}',
    ),
    "older OpenCart": (
        "/index.php?route=checkout/cart/add",
        FORM,
        "product_id=55&quantity=2",
        '{"success": "ok"}',
    ),
    "Cafe24": (
        "/exec/front/order/basket/",
        FORM,
        "command=add&quantity=2&product_no=55",
        '{"result": 0}',
    ),
    "Oscar": ("/basket/add/55/", FORM, "quantity=2", "{}"),
    "BigCommerce": (
        "/remote/v1/cart/add",
        FORM,
        "action=add&product_id=55&qty%5B%5D=2",
        '{"data": {}}',
    ),
    "PrestaShop": (
        "/cart",
        FORM,
        "id_product=55&qty=2&add=1&action=update",
        '{"hasError": false, "errors": ""}',
    ),
    "a shop of its own": ("/api/basket/items", JSON, '{"productId": 55, "quantity": 2}', "{}"),
}


@pytest.mark.parametrize("shop", CALLS)
def test_a_call_that_adds_to_the_cart_is_told_with_its_product(page_of_a_person, listener, shop):
    url, kind, body, answer = CALLS[shop]
    listener.answers[url.split("?")[0]] = (200, answer)
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    assert page.evaluate(CALL, [url, "POST", kind, body]) == answer
    listener.wait_for("add_to_cart")
    (added,) = cart_events(listener)
    assert (str(added[1].pop("product_id")), added[1].pop("quantity")) == ("55", 2)
    assert added == ("add_to_cart", {})
    event = listener.events("add_to_cart")[0]
    assert event["params"]["page_location"] == f"{listener.shop}/home.html"
    assert event["event_id"].endswith("-a")


REMOVALS = {
    "WooCommerce": ("/?wc-ajax=remove_from_cart", "POST", "cart_item_key=1&product_id=55"),
    "Shopify": ("/cart/change.js", "POST", "product_id=55&quantity=0"),
    "Cafe24": ("/exec/front/order/basket/", "POST", "command=select_delete&product_no=55"),
    "OpenCart": ("/index.php?route=checkout/cart.remove", "POST", "product_id=55"),
    "a shop of its own": ("/api/cart/items?product_id=55", "DELETE", ""),
}


@pytest.mark.parametrize("shop", REMOVALS)
def test_a_call_that_takes_out_of_the_cart_is_told_so(page_of_a_person, listener, shop):
    url, method, body = REMOVALS[shop]
    listener.answers[url.split("?")[0]] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    page.evaluate(CALL, [url, method, FORM, body])
    removed = listener.wait_for("remove_from_cart")[0]["params"]
    assert str(removed["product_id"]) == "55"
    assert listener.events("add_to_cart") == []


FAILED = {
    "a status": (500, "{}"),
    "a refusal": (422, '{"description": "sold out"}'),
    "an error in JSON": (200, '{"error": true, "product_url": "/x"}'),
    "a list of errors": (200, '{"errors": {"option": "choose a size"}}'),
    "a status in JSON": (200, '{"status": 422, "message": "sold out"}'),
    "no success": (200, '{"success": false}'),
}


@pytest.mark.parametrize("how", FAILED)
def test_a_call_that_failed_is_no_addition(page_of_a_person, listener, how):
    listener.answers["/cart/add.js"] = FAILED[how]
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    page.evaluate(CALL, ["/cart/add.js", "POST", FORM, "product_id=55"])
    page.evaluate(XHR, ["/cart/add.js", "product_id=55"])
    settle(page, listener)
    assert cart_events(listener) == []


@pytest.mark.parametrize(
    ("url", "method"),
    [
        ("/cart/items", "GET"),
        ("/cart.js", "GET"),
        ("/cart/update.js", "POST"),
        ("/cart/addresses", "POST"),
        ("/collect?en=add_to_cart", "POST"),
        ("/exec/front/order/basket/?command=modify", "POST"),
    ],
)
def test_other_calls_are_left_alone(page_of_a_person, listener, url, method):
    listener.answers[url.split("?")[0]] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    body = '{"event": "add_to_cart", "url": "/cart/add", "items": [{"id": 1}]}'
    page.evaluate(CALL, [url, method, JSON, body if method == "POST" else ""])
    settle(page, listener)
    assert cart_events(listener) == []


def test_xhr_is_watched_as_fetch_is(page_of_a_person, listener):
    listener.answers["/cart/add.js"] = (200, '{"product_id": 55}')
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    assert page.evaluate(XHR, ["/cart/add.js", "id=1&quantity=4"]) == '{"product_id": 55}'
    listener.wait_for("add_to_cart")
    assert cart_events(listener) == [("add_to_cart", {"product_id": 55, "quantity": 4})]


def test_a_watched_call_gives_the_page_what_it_would_have_got(page_of_a_person, listener):
    listener.answers["/cart/add.js"] = (200, '{"product_id": 55}')
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    seen = page.evaluate("""async () => {
      const out = {};
      const asked = new Request('/cart/add.js', {method: 'POST', body: 'product_id=55'});
      const answer = await fetch(asked);
      out.native = answer instanceof Response && !answer.bodyUsed;
      const reader = answer.body.getReader();
      out.streamed = new TextDecoder().decode((await reader.read()).value);
      const stop = new AbortController();
      const stopped = fetch('/cart/add.js', {method: 'POST', signal: stop.signal});
      stop.abort();
      out.abort = await stopped.catch((trouble) => trouble.name);
      out.down = await fetch('http://localhost:1/cart/add', {method: 'POST'}).catch((e) => e.name);
      out.odd = await fetch('http://[', {method: 'POST'}).catch((trouble) => trouble.name);
      out.self = await ({fetch}).fetch('/cart/add', {method: 'POST'}).catch((e) => e.name);
      const call = new XMLHttpRequest();
      call.open('POST', '/cart/add.js');
      call.responseType = 'json';
      out.json = await new Promise((done) => {
        call.onload = () => done(call.response);
        call.send();
      });
      return out;
    }""")
    assert seen == {
        "native": True,
        "streamed": '{"product_id": 55}',
        "abort": "AbortError",
        "down": "TypeError",
        "odd": "TypeError",
        "self": "TypeError",
        "json": {"product_id": 55},
    }


def test_an_unhandled_failure_is_reported_to_the_page_once(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    page.evaluate("""() => {
      window.missed = 0;
      addEventListener('unhandledrejection', (event) => { missed++; event.preventDefault(); });
      void fetch('http://localhost:1/cart/add', {method: 'POST'});
    }""")
    page.wait_for_function("() => window.missed > 0")
    settle(page, listener)
    assert page.evaluate("window.missed") == 1


def test_a_form_posted_to_the_cart_is_told_across_the_navigation(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    page.click("#fedora")
    added = listener.wait_for("add_to_cart")[0]["params"]
    assert added["product_id"] == "12"
    assert added["link_url"] == f"{listener.shop}/hats/fedora"
    assert added["page_location"] == f"{listener.shop}/shelf.html"
    assert listener.posted[0][0] == "/basket/add/12/"


def test_the_quantity_of_a_form_comes_along(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    page.click("#beret")
    added = listener.wait_for("add_to_cart")[0]["params"]
    assert (added["product_id"], added["quantity"]) == ("11", 2)
    assert added["link_url"] == f"{listener.shop}/hats/beret"


def test_the_main_form_of_a_product_page_adds_the_pages_product(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "buy.html")
    page.click("#add")
    added = listener.wait_for("add_to_cart")[0]["params"]
    assert added["currency"] == "EUR"
    assert (added["items"][0]["item_name"], added["items"][0]["quantity"]) == ("Winter boots", 3)
    assert listener.posted[0][1] == "quantity=3&add-to-cart=7"


def test_a_single_product_beside_the_pages_own_is_itself(page_of_a_person, listener):
    listener.answers["/cart/add"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "buy.html")
    page.evaluate("() => { kit.onclick = () => fetch('/cart/add', {method: 'POST'}); }")
    page.click("#kit")
    listener.wait_for("add_to_cart")
    assert cart_events(listener) == [("add_to_cart", {"link_url": f"{listener.shop}/care-kit"})]


def test_a_form_that_the_page_sends_itself_is_told_once(page_of_a_person, listener):
    listener.answers["/basket/add/12/"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    page.evaluate("""() => document.addEventListener('submit', (event) => {
      event.preventDefault();
      fetch(event.target.action, {method: 'POST', body: new FormData(event.target)});
    })""")
    page.click("#fedora")
    listener.wait_for("add_to_cart")
    settle(page, listener)
    assert cart_events(listener) == [
        ("add_to_cart", {"link_url": f"{listener.shop}/hats/fedora", "product_id": "12"})
    ]


def test_a_button_that_calls_is_known_by_what_stands_beside_it(page_of_a_person, listener):
    listener.answers["/cart/add"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    page.evaluate("""() => document.querySelectorAll('.buy').forEach((one) => {
      one.onclick = () => {
        one.classList.add('is-busy');
        setTimeout(() => fetch('/cart/add', {method: 'POST', body: '{}'}), 20);
      };
    })""")
    page.click("#red")
    listener.wait_for("add_to_cart")
    page.click("#blue")
    listener.wait_for("add_to_cart", 2)
    assert cart_events(listener) == [
        ("add_to_cart", {"link_url": f"{listener.shop}/gloves/red?size=m", "product_id": "g-1"}),
        ("add_to_cart", {"link_url": f"{listener.shop}/gloves/blue"}),
    ]


def test_a_link_that_adds_is_told_when_the_browser_follows_it(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    page.click("#wool")
    added = listener.wait_for("add_to_cart")[0]["params"]
    assert added["link_url"] == f"{listener.shop}/gloves/wool"


def test_a_button_that_the_owner_named_adds_once_when_it_is_pressed(page_of_a_person, listener):
    built = (STATIC / "find.js").read_text("utf-8")
    mapped = built.replace('JSON.parse("{}")', '{"cart_button": ".also"}')
    listener.answers["/find.js"] = (200, mapped)
    listener.answers["/cart/add"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "buy.html")
    page.evaluate("() => { kit.onclick = () => fetch('/cart/add', {method: 'POST'}); }")
    page.click("#kit")
    listener.wait_for("add_to_cart")
    settle(page, listener)
    assert cart_events(listener) == [("add_to_cart", {"link_url": f"{listener.shop}/care-kit"})]


def test_the_same_call_twice_within_two_seconds_is_one(page_of_a_person, listener):
    listener.answers["/cart/add"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    for product in (55, 55, 56):
        page.evaluate(CALL, ["/cart/add", "POST", FORM, f"product_id={product}"])
    listener.wait_for("add_to_cart", 2)
    settle(page, listener)
    assert [params["product_id"] for _, params in cart_events(listener)] == ["55", "56"]


SAID = "dataLayer.push({event: 'add_to_cart', ecommerce: {items: [{item_id: 'boots-1'}]}})"


@pytest.mark.parametrize("first", ["the shop", "the call"])
def test_the_shops_own_word_counts_for_the_call_as_well(page_of_a_person, listener, first):
    listener.tag = 'data-flush-ms="300"'
    listener.inline = LAYER
    listener.answers["/cart/add"] = (200, "{}")
    page = page_of_a_person()
    open_page(page, listener, "home.html")
    if first == "the shop":
        page.evaluate(SAID)
    page.evaluate(CALL, ["/cart/add", "POST", FORM, "product_id=7"])
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 50))")
    if first == "the call":
        page.evaluate(SAID)
    listener.wait_for("add_to_cart")
    settle(page, listener)
    assert [params.get("items") for _, params in cart_events(listener)] == [
        [{"item_id": "boots-1"}]
    ]


def test_the_shops_word_on_the_next_page_counts_for_the_posted_form(page_of_a_person, listener):
    page = page_of_a_person()
    open_page(page, listener, "shelf.html")
    listener.inline = f"<script>window.dataLayer = []; {SAID}</script>\n"
    page.click("#fedora")
    listener.wait_for("page_view", 2)
    settle(page, listener)
    assert len(listener.events("add_to_cart")) == 1
