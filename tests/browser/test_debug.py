"""What the owner sees with ?rs_debug=1, and how places are pointed at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DEBUG = Path(__file__).resolve().parent.parent.parent / "static" / "debug.js"
SHOP = "http://moon.test"
ENGINE = "http://engine.test"
POLICY = (
    f"default-src 'none'; script-src 'self' {ENGINE} 'nonce-abc'; connect-src {ENGINE}; "
    "style-src 'self'; img-src 'self'"
)
PRODUCT = """<!doctype html><html lang="{lang}"><head><title>Boots</title></head><body>
<main><div class="product-box css-1x2y3z"><h1 class="product-title">Winter Boots</h1>
<img class="packshot" src="/boots.svg" alt="Boots" width="200" height="200">
<p><span class="label">Price</span> <span class="amount">12,000원</span></p>
<form action="/cart/add" method="post"><input type="hidden" name="product_id" value="77">
<button>Into the cart</button></form></div>
<ul class="related"><li class="product-box"><b class="product-title">Scarf</b>
<span class="amount">9,000원</span></li></ul></main></body></html>"""
DRIVER = f"""
import {{ start }} from "{ENGINE}/debug.js";
const heard = [], listeners = [];
window.tells = (kind, data) => {{
  heard.push([kind, data]);
  listeners.forEach((one) => one(kind, data));
}};
window.page = {{ key: "pk_moon", consent: "granted", id: "cho", url: location.href,
  home: "{ENGINE}" }};
window.begin = () => start({{
  on: (listener) => {{ listeners.push(listener); heard.forEach((one) => listener(...one)); }},
  page: () => window.page,
}});
window.ready = true;
"""
BOOTS = {
    "how": "jsonld",
    "params": {
        "currency": "KRW",
        "items": [{"item_id": "77", "item_name": "Winter Boots", "price": 12000}],
    },
}
MATCH = {"item_id": "77", "name": "Winter Boots", "price": 12000, "currency": "KRW", "by": "number"}


class Overlay:
    """A page of a strict shop with the overlay on it, and what it told the engine."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.told: list[dict[str, Any]] = []
        self.match: dict[str, Any] | None = MATCH
        self.status = 200
        self.lang = "en"
        self.troubles: list[str] = []
        page.on("console", lambda said: self.troubles.append(said.text))
        page.on("pageerror", lambda trouble: self.troubles.append(str(trouble)))
        page.route("**/*", self.answer)

    def answer(self, route: Any) -> None:
        """Serve the shop and the engine."""
        url, request = route.request.url.partition("?")[0], route.request
        if url == f"{ENGINE}/debug.js":
            route.fulfill(
                body=DEBUG.read_text("utf-8"),
                content_type="text/javascript",
                headers={"Access-Control-Allow-Origin": "*"},
            )
        elif url == f"{ENGINE}/v1/inspect":
            self.told.append(json.loads(request.post_data))
            error = {"error": {"code": "bad_token", "message": "over"}}
            page = {"type": "product", "match": self.match}
            mapping = self.told[-1].get("mapping", {})
            good = {"ok": True, "page": page, "mapping": mapping}
            route.fulfill(
                status=self.status,
                json=good if self.status == 200 else error,
                headers={"Access-Control-Allow-Origin": "*"},
            )
        elif url.endswith("/driver.js"):
            route.fulfill(body=DRIVER, content_type="text/javascript")
        elif url.endswith(".svg"):
            route.fulfill(
                body='<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml"
            )
        else:
            text = PRODUCT.format(lang=self.lang)
            text = text.replace(
                "</body>", '<script type="module" src="/driver.js"></script></body>'
            )
            route.fulfill(
                body=text,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
            )

    def open(self, ending: str = "?rs_debug=1") -> Overlay:
        """Open the product's page, and begin."""
        self.page.goto(f"{SHOP}/winter-boots{ending}")
        self.page.wait_for_function("window.ready")
        self.page.evaluate("begin()")
        return self

    def checked(self) -> Overlay:
        """Open it by the install page's link, and see the page's view."""
        self.open("?rs_debug=1#rs-check=1790046000-aaaaaaaaaaaaaaaaaaaaaa")
        self.tells("event", {"name": "page_view", "event_id": "event-00001", "params": {}})
        return self

    def pointing(self) -> Overlay:
        """Open it by the link, and the part with which places are shown."""
        self.checked().says("The install check listens.")
        self.panel.get_by_text("Show it by pointing").click()
        return self

    def tells(self, kind: str, data: dict[str, Any]) -> None:
        """What s.js would tell."""
        self.page.evaluate("([kind, data]) => tells(kind, data)", [kind, data])

    @property
    def panel(self) -> Any:
        """The region that holds all of it."""
        return self.page.get_by_role("region", name="Regulars")

    def says(self, text: str) -> None:
        """Wait until the panel says so."""
        self.panel.get_by_text(text).first.wait_for()

    def button(self, name: str) -> Any:
        """A button of the panel."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def wait(self, holds: Callable[[], Any]) -> Any:
        """Wait until the engine was told so; what it said."""
        for _ in range(100):
            if found := holds():
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it did not come; told so far: {self.told}")


@pytest.fixture
def overlay(page_of_a_person: Any) -> Overlay:
    """A page of moon's, which has a strict content security policy."""
    return Overlay(page_of_a_person())


def test_the_product_is_shown_with_how_it_was_found(overlay: Overlay) -> None:
    overlay.open().tells("found", BOOTS)
    for words in ("Winter Boots", "₩12,000", "77", "Found by JSON-LD"):
        overlay.says(words)


def test_where_nothing_is_found_it_says_what_to_do(overlay: Overlay) -> None:
    overlay.open()
    overlay.says("No product was found here.")
    overlay.says("Import the catalogue")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"status": 200, "answer": {"accepted": 1, "duplicates": 0, "refused": []}}, "stored"),
        ({"status": 200, "answer": {"accepted": 0, "duplicates": 1, "refused": []}}, "known"),
        (
            {
                "status": 400,
                "answer": {
                    "error": {"message": "all"},
                    "refused": [{"index": 0, "reason": "no such item"}],
                },
            },
            "no such item",
        ),
        ({"status": 403, "answer": {"error": {"message": "another origin"}}}, "another origin"),
        ({"status": 503}, "will be sent again"),
        ({"status": 0}, "blocked or offline"),
        ({}, "sent, no answer yet"),
    ],
)
def test_each_event_says_what_became_of_it(
    overlay: Overlay, sent: dict[str, Any], words: str
) -> None:
    overlay.open().tells("event", {"name": "add_to_cart", "event_id": "event-00001"})
    overlay.says("waiting")
    overlay.tells("sent", {"ids": ["event-00001"], **sent})
    overlay.says(words)


def test_events_wait_for_consent_and_say_so(overlay: Overlay) -> None:
    overlay.open().page.evaluate("page.consent = 'pending'")
    overlay.tells("event", {"name": "page_view", "event_id": "event-00001"})
    overlay.tells("held", {"why": "pending"})
    overlay.says("not answered: events wait")
    overlay.says("held until consent")
    overlay.page.evaluate("page.consent = 'granted'")
    answer = {"accepted": 1, "refused": []}
    overlay.tells("sent", {"ids": ["event-00001"], "status": 200, "answer": answer})
    overlay.says("Consent: granted")
    overlay.says("stored")


def test_an_orders_number_that_is_read_late_is_shown(overlay: Overlay) -> None:
    overlay.open().page.evaluate(
        """() => {
          const view = { name: "page_view", event_id: "event-00001", params: {} };
          tells("event", view);
          view.params.order_number = "A-1001";
          tells("sent", { ids: ["event-00001"], status: 200, answer: { accepted: 1 } });
        }"""
    )
    overlay.says("Order number: A-1001")


def test_what_was_answered_to_show_is_listed(overlay: Overlay) -> None:
    answer = {
        "accepted": 1,
        "refused": [],
        "popup": {"id": "hello", "arm": "show"},
        "windows": {"home-1": {"arm": "control", "items": []}},
    }
    overlay.open().tells("sent", {"ids": [], "status": 200, "answer": answer})
    overlay.says("hello (show)")
    overlay.says("home-1 (control, 0)")


def test_a_strict_shop_has_no_word_in_its_console(overlay: Overlay) -> None:
    overlay.checked().tells("found", BOOTS)
    overlay.says("The install check listens.")
    assert overlay.panel.evaluate("one => getComputedStyle(one).borderRadius") == "12px"
    assert overlay.troubles == []


def test_a_hostile_name_is_text(overlay: Overlay) -> None:
    name = "<img src=x onerror=window.pwned=1>"
    item = {"item_id": "77", "item_name": name, "image": "javascript:window.pwned=1"}
    overlay.open().tells("found", {"how": name, "params": {"items": [item]}})
    overlay.says(name)
    assert overlay.panel.locator("img").count() == 0
    assert overlay.page.evaluate("window.pwned") is None


@pytest.mark.parametrize(("lang", "words"), [("ko", "이 페이지"), ("ja-JP", "このページ")])
def test_it_speaks_the_pages_language(overlay: Overlay, lang: str, words: str) -> None:
    overlay.lang = lang
    overlay.open().says(words)


def test_it_is_folded_moved_and_closed_by_keyboard(overlay: Overlay) -> None:
    overlay.open().says("This page")
    overlay.button("Fold").press("Enter")
    overlay.panel.get_by_text("This page").wait_for(state="hidden")
    assert overlay.button("Fold").get_attribute("aria-expanded") == "false"
    before = overlay.panel.bounding_box()
    overlay.button("Move (arrow keys)").press("ArrowLeft")
    after = overlay.panel.bounding_box()
    assert before["x"] - after["x"] == 24
    overlay.button("Close for this tab").press("Enter")
    overlay.panel.wait_for(state="detached")
    assert overlay.page.evaluate("sessionStorage.length") == 0


def test_it_never_leaves_the_window(overlay: Overlay) -> None:
    overlay.open().says("This page")
    for _ in range(60):
        overlay.button("Move (arrow keys)").press("ArrowUp")
    assert overlay.panel.bounding_box()["y"] == 0


def test_the_word_leaves_the_address_and_lasts_for_the_tab(overlay: Overlay) -> None:
    overlay.checked()
    assert overlay.page.url == f"{SHOP}/winter-boots?rs_debug=1"
    first = overlay.wait(lambda: overlay.told)[0]
    overlay.open("")
    overlay.tells("event", {"name": "page_view", "event_id": "event-00002"})
    second = overlay.wait(lambda: [one for one in overlay.told if one != first])[0]
    assert first["token"] == second["token"] == "1790046000-aaaaaaaaaaaaaaaaaaaaaa"


def test_without_a_word_nothing_is_told_and_nothing_can_be_pointed_at(overlay: Overlay) -> None:
    overlay.open().tells("event", {"name": "page_view", "event_id": "event-00001"})
    overlay.tells("found", BOOTS)
    overlay.says("page_view")
    overlay.page.wait_for_timeout(900)  # nothing may come: there is nothing to wait for
    assert overlay.told == []
    assert not overlay.button("Price").is_visible()


def test_the_check_is_told_what_was_seen(overlay: Overlay) -> None:
    overlay.checked().tells("found", BOOTS)
    overlay.tells("event", {"name": "add_to_cart", "event_id": "event-00002"})
    answer = {"accepted": 2, "refused": []}
    overlay.tells("sent", {"ids": ["event-00001", "event-00002"], "status": 200, "answer": answer})
    told = overlay.wait(lambda: [one for one in overlay.told if len(one["events"]) > 1])[-1]
    assert told["key"] == "pk_moon"
    assert told["page"]["url"] == f"{SHOP}/winter-boots"
    assert told["page"]["looks"] == "product"
    assert told["found"] == {
        "how": "jsonld",
        "item_id": "77",
        "name": "Winter Boots",
        "price": 12000,
        "currency": "KRW",
    }
    assert [(one["name"], one["status"]) for one in told["events"]] == [
        ("page_view", "stored"),
        ("add_to_cart", "stored"),
    ]
    overlay.says("In the catalogue: Winter Boots")


def test_a_page_known_by_its_address_alone_says_whose_it_is(overlay: Overlay) -> None:
    overlay.match = {**MATCH, "by": "address"}
    overlay.checked().says("In the catalogue: Winter Boots")
    assert overlay.panel.get_by_text("No product was found").count() == 0


def test_another_price_in_the_catalogue_is_told(overlay: Overlay) -> None:
    overlay.match = {**MATCH, "price": 9000}
    overlay.checked().tells("found", BOOTS)
    overlay.says("The catalogue has another price: Winter Boots · ₩9,000")


def test_when_the_hour_is_over_it_says_so_and_stops(overlay: Overlay) -> None:
    overlay.status = 403
    overlay.checked().says("This check is over")
    overlay.tells("found", BOOTS)
    overlay.page.wait_for_timeout(900)  # nothing may come: there is nothing to wait for
    assert len(overlay.told) == 1
    assert overlay.page.evaluate("sessionStorage._rs_check") is None


def test_places_are_shown_by_clicking_them(overlay: Overlay) -> None:
    overlay.pointing()
    overlay.button("Name").click()
    overlay.page.get_by_text("Winter Boots", exact=True).first.click()
    overlay.says("Name: Winter Boots")
    overlay.button("Price").click()
    overlay.page.locator("main .amount").first.click()
    overlay.says("Price: 12,000원")
    overlay.button("Save").click()
    told = overlay.wait(lambda: [one for one in overlay.told if "mapping" in one])[0]
    product = {"name": "h1.product-title", "price": "div.product-box .amount"}
    assert told["mapping"] == {"product": product}
    overlay.says("Saved for the next pages.")


def test_a_click_that_points_does_nothing_in_the_shop(overlay: Overlay) -> None:
    overlay.pointing()
    overlay.button("Name").click()
    overlay.page.get_by_text("Into the cart").click()
    overlay.says("Name: Into the cart")
    assert overlay.page.url.endswith("/winter-boots?rs_debug=1")


def test_places_are_shown_by_keyboard(overlay: Overlay) -> None:
    overlay.pointing()
    overlay.button("Price").press("Enter")
    overlay.page.keyboard.press("Tab")
    overlay.says("Price: 12,000원")
    overlay.page.keyboard.press("Enter")
    assert overlay.button("Price").evaluate("one => one.getRootNode().activeElement == one")
    overlay.button("Number").press("Enter")
    overlay.page.keyboard.press("Tab")
    overlay.says("Number: 77")
    overlay.page.keyboard.press("Enter")
    overlay.button("Save").press("Enter")
    told = overlay.wait(lambda: [one for one in overlay.told if "mapping" in one])[0]
    assert told["mapping"]["product"]["id"] == '[name="product_id"]'


def test_escape_ends_pointing_and_leaves_the_page_alone(overlay: Overlay) -> None:
    overlay.pointing()
    overlay.button("Name").press("Enter")
    overlay.page.keyboard.press("Escape")
    assert overlay.button("Name").get_attribute("aria-pressed") == "false"
    overlay.page.get_by_text("Winter Boots", exact=True).first.click()
    assert overlay.panel.get_by_text("Name: Winter Boots").count() == 0


def test_where_nothing_is_known_it_offers_to_point(overlay: Overlay) -> None:
    overlay.match = None
    overlay.checked().says("Choose, then click it on the page")


def test_a_page_is_named_a_checkout_with_any_number_in_its_address(overlay: Overlay) -> None:
    overlay.pointing()
    overlay.page.evaluate("history.replaceState(null, '', '/zahlung/1234/adresse')")
    overlay.button("This is a checkout page").click()
    told = overlay.wait(lambda: [one for one in overlay.told if "add_page" in one])[0]
    assert told["add_page"] == {"list": "checkout_pages", "pattern": "/zahlung/*/adresse"}


@pytest.mark.parametrize(("width", "scheme", "lang"), [(1280, "light", "en"), (390, "dark", "ko")])
def test_everybody_can_use_it(page_of_a_person: Any, width: int, scheme: str, lang: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = page_of_a_person(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    overlay = Overlay(page)
    overlay.lang = lang
    overlay.match = None
    overlay.checked().tells("found", BOOTS)
    overlay.tells("sent", {"ids": ["event-00001"], "status": 403, "answer": {"error": {}}})
    overlay.panel.locator("summary").click()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}}
    found = axe.run(page, options=options).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


SHAPES = [
    ('<h1 id="title">x</h1>', "h1", "#title"),
    ('<h1 id="product-83921">x</h1>', "h1", "h1"),
    ('<b class="css-1q2w3e price">x</b><b>y</b>', ".price", ".price"),
    ('<b class="Product_name__a1B2c">x</b>', "b", "b"),
    ('<i><b class="winter-boots">x</b></i><b>y</b>', "i b", "i > b"),
    ('<b itemprop="price">x</b><b>y</b>', "b", '[itemprop="price"]'),
    ('<b data-price="1299">x</b><b>y</b>', "b", "[data-price]"),
    ('<div class="main"><b class="sum">x</b></div><b class="sum">y</b>', "b", ".main .sum"),
    ("<p><b>x</b><b>y</b></p>", "b + b", "b:nth-of-type(2)"),
    ('<b class="price is-active">x</b><b class="price old">y</b>', "b", None),
]


@pytest.mark.parametrize(("shape", "target", "wanted"), SHAPES)
def test_a_selector_is_short_and_of_names_that_stay(
    overlay: Overlay, shape: str, target: str, wanted: str | None
) -> None:
    overlay.page.goto(f"{SHOP}/winter-boots")
    found = overlay.page.evaluate(
        """async ([engine, shape, target]) => {
          document.body.innerHTML = shape;
          const element = document.body.querySelector(target);
          const { selectorOf } = await import(engine + "/debug.js");
          const selector = selectorOf(element);
          return [selector, document.querySelector(selector) == element];
        }""",
        [ENGINE, shape, target],
    )
    assert found[1]
    assert wanted in (None, found[0])
