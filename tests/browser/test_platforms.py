"""What does the tag read on the pages of real platforms, and does it leave their lists alone?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "static" / "src"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}
SHOP = "https://moon.example"
# As s.js does: find.js is given the functions of read.js.
FIND = """async () => (await import('/find.js')).find(
    { itemOf, paramsOf, money, listOf, isText, isObject, isSaid })"""
# Of twenty times the quickest: what it costs, not what else this machine did.
MILLISECONDS = """async () => {
    const { find } = await import('/find.js');
    const tools = { itemOf, paramsOf, money, listOf, isText, isObject, isSaid };
    return Math.min(...Array.from({ length: 20 }, () => {
        const begin = performance.now();
        find(tools);
        return performance.now() - begin;
    }));
}"""

# Page, address, then: item id, name, price, currency, category, brand, and what named the product.
# A currency that is not told is the shop's.
PRODUCTS = {
    "shopify": (
        "/collections/boots/products/winter-boots",
        ("632910392", "Winter boots", 129, "EUR", "Boots", "Moon", "platform"),
    ),
    "woocommerce": (
        "/product/winter-boots/",
        ("123", "Winter boots", 129, "EUR", "Shoes > Boots", None, "platform"),
    ),
    "prestashop": (
        "/bottes/19-bottes-fourrees.html",
        ("19", "Bottes fourrées", 129, "EUR", "Bottes", "Lune", "platform"),
    ),
    "bigcommerce": (
        "/winter-boots/",
        ("111", "Winter boots", 129, "USD", "Shoes", "Moon", "platform"),
    ),
    "magento": (
        "/winter-boots.html",
        ("WB-1", "Winter boots", 129, "USD", "Shoes", None, "platform"),
    ),
    "saleor": (
        "/en/default/products/winter-boots?variant=UHJv",
        ("WB-40", "Winter boots", 129, "USD", "Boots", "Moon", "jsonld"),
    ),
    "bagisto": ("/winter-boots", ("WB-1", "Winter boots", 1290.5, "INR", "Boots", None, "jsonld")),
    "solidus": (
        "/products/winter-boots",
        (f"{SHOP}/products/winter-boots", "Winter boots", 129, "USD", None, None, "microdata"),
    ),
    "opencart": (
        "/index.php?route=product/product&product_id=40",
        ("40", "Winter boots", 1129, None, "Boots", None, "platform"),
    ),
    "oscar": (
        "/en-gb/catalogue/winter-boots_209/",
        ("209", "Winter boots", 129, None, "Shoes > Boots", None, "platform"),
    ),
    "cafe24": (
        "/product/%EA%B2%A8%EC%9A%B8-%EB%B6%80%EC%B8%A0/2921/category/11/display/1/",
        ("2921", "겨울 부츠", 99000, "KRW", None, None, "platform"),
    ),
}
LISTS = {
    "shopify-list": "/collections/boots",
    "woocommerce-list": "/product-category/boots/",
    "prestashop-list": "/4-bottes",
    "magento-list": "/shoes.html",
    "opencart-list": "/index.php?route=product/category&path=20",
    "oscar-list": "/en-gb/catalogue/category/boots_3/",
    "cafe24-list": "/category/boots/11/",
}
CONFIRMED = {
    "WooCommerce": ("/checkout/order-received/123/?key=wc_order_x", "<p>Thank you.</p>", "123"),
    "Magento": (
        "/checkout/onepage/success/",
        "<p>Your order number is: <a href='/sales'><strong>000000012</strong></a>.</p>",
        "000000012",
    ),
    "Cafe24": (
        "/order/order_result.html",
        "<script>var EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA = {order_id: '20261002-0000012'}"
        "</script>",
        "20261002-0000012",
    ),
    "django-oscar": (
        "/en-gb/checkout/thank-you/",
        "<p>Your order has been placed and a confirmation email has been sent - your order number"
        " is <strong>100023</strong>.</p>",
        "100023",
    ),
    "OpenCart": ("/index.php?route=checkout/success", "<h1>Order #77 has been placed!</h1>", "77"),
    "PrestaShop": ("/confirmation-commande?id_cart=7&id_order=12", "<h1>Merci</h1>", None),
}


def opened(page: Any, address: str, html: str) -> list[str]:
    """Open ``html`` as the shop's page at ``address``; what the page complains of."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)

    def serve(route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        kind, body = TYPES[".html"], html
        if name in ("find.js", "read.js"):
            kind, body = TYPES[".js"], (SOURCES / name).read_text("utf-8")
        elif route.request.resource_type != "document":
            return route.fulfill(status=204)
        return route.fulfill(content_type=kind, body=body)

    page.route("**/*", serve)
    page.goto(SHOP + address)
    page.add_script_tag(url="/read.js")
    return troubles


def page_of(platform: str) -> str:
    """A fixture: what the platform's theme prints."""
    return (HERE / "platforms" / f"{platform}.html").read_text("utf-8")


def told(said: dict[str, Any]) -> tuple[Any, ...]:
    """Id, name, price, currency, category, brand, and how it was found."""
    (item,) = said["view"]["items"]
    names = ("item_id", "item_name", "price")
    rest = (item.get("item_category"), item.get("item_brand"), said["how"])
    return (*(item.get(name) for name in names), said["view"].get("currency"), *rest)


@pytest.mark.parametrize("platform", PRODUCTS)
def test_a_product_page_is_read(platform: str, page_of_a_person: Any) -> None:
    page = page_of_a_person()
    address, wanted = PRODUCTS[platform]
    troubles = opened(page, address, page_of(platform))
    assert told(page.evaluate(FIND)) == wanted
    assert troubles == []


@pytest.mark.parametrize("platform", LISTS)
def test_a_list_is_no_product(platform: str, page_of_a_person: Any) -> None:
    page = page_of_a_person()
    opened(page, LISTS[platform], page_of(platform))
    assert page.evaluate(FIND).get("view") is None


@pytest.mark.parametrize("platform", CONFIRMED)
def test_a_thank_you_page_names_its_order(platform: str, page_of_a_person: Any) -> None:
    page = page_of_a_person()
    address, html, number = CONFIRMED[platform]
    opened(page, address, f"<!DOCTYPE html><html><body>{html}</body></html>")
    assert page.evaluate(FIND).get("order") == number


def test_a_page_is_read_in_a_moment(page_of_a_person: Any) -> None:
    page = page_of_a_person()
    many = "<p class='a b'><a href='/x'>words</a></p>" * 1000
    opened(page, "/product/winter-boots/", page_of("woocommerce").replace("</body>", many))
    assert page.evaluate(MILLISECONDS) < 5
