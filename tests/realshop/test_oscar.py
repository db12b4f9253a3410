"""Does a whole purchase arrive from a django-oscar shop that was given one line and nothing else?

Oscar prints no structured data and fills no dataLayer; its carts are plain form posts.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from .conftest import HERE, READY_WITHIN_S, Person, Regulars, free_port, told, wait_for

HAT, BOOTS = "MOON-005", "MOON-003"
HAT_PRICE, BOOTS_PRICE = 24.90, 59.90
TOTAL = HAT_PRICE + BOOTS_PRICE


@dataclass
class Shop:
    """The running shop and the installation its tag names."""

    origin: str
    regulars: Regulars


@pytest.fixture(scope="module")
def shop(python_of_the_shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("oscar")
    port = free_port()
    origin = f"http://localhost:{port}"
    regulars = Regulars(folder, origin)
    regulars.add_shop()
    environ = os.environ | {
        "SHOP_FOLDER": str(folder),
        "SHOP_ORIGIN": origin,
        "SHOP_TAG": regulars.tag,
        "PYTHONPATH": str(HERE),
    }
    python = [python_of_the_shop, "-W", "ignore"]
    catalogue = folder / "catalogue.csv"
    fill = [*python, "-m", "oscar_shop.stock", str(catalogue)]
    subprocess.run(fill, env=environ, cwd=HERE, check=True)
    serve = [*python, "-m", "django", "runserver", f"127.0.0.1:{port}", "--noreload"]
    with (folder / "oscar.log").open("wb") as out:
        process = subprocess.Popen(
            [*serve, "--settings", "oscar_shop.settings"],
            env=environ,
            cwd=HERE,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        regulars.start()
        regulars.bring_catalogue(catalogue)
        wait_for(lambda: requests.get(origin, timeout=5).ok, READY_WITHIN_S, "the shop is open")
        yield Shop(origin, regulars)
    finally:
        process.terminate()
        process.wait(20)
        regulars.stop()


def looks_at_the_hat(person: Person) -> None:
    """Home, category, product."""
    person.opens("/")
    person.page.locator(".side_categories a", has_text="Hats").first.click()
    person.page.get_by_role("link", name="Wool hat").last.click()
    person.page.wait_for_url("**/wool-hat_*/")


def takes_the_hat(person: Person) -> None:
    """From the product's page."""
    person.page.locator("#add_to_basket_form").get_by_role("button").click()
    person.page.get_by_text("has been added to your basket").first.wait_for()


def takes_boots_from_the_shelf(person: Person) -> None:
    """From the category's page, on which every product has a button."""
    person.page.locator("a.dropdown-item", has_text="Boots").first.evaluate("link => link.click()")
    person.page.wait_for_url("**/category/boots_*/")
    pod = person.page.locator(".product_pod", has_text="Rain boots")
    pod.get_by_role("button", name="Add to basket").click()
    person.page.get_by_text("has been added to your basket").first.wait_for()


def checks_out(person: Person) -> str:
    """As a guest, from the basket to the last page; the order's number."""
    page = person.page
    page.get_by_role("button", name="View basket").click()
    page.get_by_role("link", name="Proceed to checkout").last.click()
    page.get_by_label("My email address is").fill("mina@shop.example")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/shipping-address/")
    for label, value in {
        "First name": "Mina",
        "Last name": "Kim",
        "First line of address": "1 Moon Street",
        "City": "Berlin",
        "Post/Zip-code": "10115",
    }.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/payment-details/")
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/checkout/preview/")
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/checkout/thank-you/")
    return str(re.search(r"order number is\s+(\d+)", page.inner_text("body"))[1])  # type: ignore[index]


@dataclass
class Purchase:
    """A walk that is over: who, the order's number, and what has arrived of it."""

    person: Person
    number: str
    events: list[dict[str, Any]]

    def named(self, name: str) -> list[dict[str, Any]]:
        """The params of the events of that name, oldest first."""
        return [event["params"] for event in self.events if event["name"] == name]


def bought(items: list[dict[str, Any]]) -> dict[str, float]:
    """How many of which product."""
    return {item["item_id"]: float(item.get("quantity", 1)) for item in items}


def walk(shop: Shop, person: Person, between: Callable[[str], None] = lambda step: None) -> str:
    """The whole purchase; ``between`` is told after each step. Returns the order's number."""
    looks_at_the_hat(person)
    between("looked")
    takes_the_hat(person)
    between("took the hat")
    takes_boots_from_the_shelf(person)
    between("took boots")
    return checks_out(person)


def arrived(shop: Shop, person: Person, number: str) -> Purchase:
    """Wait until the order and both adds are known, and a reload of the last page too."""
    visitor = person.id()
    shop.regulars.wait_for(visitor, "purchase")
    shop.regulars.wait_for(visitor, "add_to_cart", 2)
    views = len(shop.regulars.events(visitor, "page_view"))
    person.page.reload()
    shop.regulars.wait_for(visitor, "page_view", views + 1)
    events = shop.regulars.events(visitor)
    print("\n".join(map(told, events)))
    return Purchase(person, number, events)


@pytest.fixture(scope="module")
def purchase(shop: Shop, new_person: Callable[[str], Person]) -> Purchase:
    """Mina buys a hat and a pair of boots, and reloads the last page."""
    mina = new_person(shop.origin)
    return arrived(shop, mina, walk(shop, mina))


def test_every_page_is_a_page_view(purchase: Purchase) -> None:
    seen = [view["page_location"].split("/", 3)[3] for view in purchase.named("page_view")]
    for page in (
        "catalogue/",
        "catalogue/category/hats_2/",
        "catalogue/wool-hat_5/",
        "catalogue/category/boots_1/",
        "basket/",
        "checkout/",
        "checkout/shipping-address/",
        "checkout/payment-details/",
        "checkout/preview/",
        "checkout/thank-you/",
    ):
        assert page in seen


def test_the_product_page_is_a_view_of_its_product_and_no_other_page_is(purchase: Purchase) -> None:
    views = purchase.named("view_item")
    assert views
    assert {item["item_id"] for view in views for item in view["items"]} == {HAT}
    on_its_page = [v for v in purchase.named("page_view") if "wool-hat" in v["page_location"]]
    assert len(views) == len(on_its_page)


def test_each_product_goes_into_the_cart_once_from_the_page_and_from_the_shelf(
    purchase: Purchase,
) -> None:
    added = [bought(params["items"]) for params in purchase.named("add_to_cart")]
    assert added == [{HAT: 1}, {BOOTS: 1}]


def test_the_checkout_begins_with_the_cart(purchase: Purchase) -> None:
    begun = purchase.named("begin_checkout")
    assert begun
    assert all(bought(params["items"]) == {HAT: 1, BOOTS: 1} for params in begun)


def test_the_order_is_known_once_by_the_shops_number(purchase: Purchase) -> None:
    (order,) = purchase.named("purchase")
    assert str(order["transaction_id"]) == purchase.number
    assert bought(order["items"]) == {HAT: 1, BOOTS: 1}
    assert order["value"] == pytest.approx(TOTAL)
    assert order["currency"] == "EUR"


def test_the_profile_has_one_order_of_that_value(purchase: Purchase, shop: Shop) -> None:
    traits = shop.regulars.visitor(purchase.person.id())["traits"]
    assert traits["orders_total"] == 1
    assert traits["revenue_total"] == pytest.approx(TOTAL)


def test_nothing_went_wrong_on_any_page(purchase: Purchase) -> None:
    assert purchase.person.trouble == []


def test_what_happens_while_the_server_is_dead_arrives_once(
    shop: Shop, new_person: Callable[[str], Person]
) -> None:
    cho = new_person(shop.origin)

    def between(step: str) -> None:
        if step == "looked":
            shop.regulars.wait_for(cho.id(), "page_view", 3)
            shop.regulars.kill()
        if step == "took boots":
            shop.regulars.start()

    seen = arrived(shop, cho, walk(shop, cho, between))
    assert [bought(params["items"]) for params in seen.named("add_to_cart")] == [
        {HAT: 1},
        {BOOTS: 1},
    ]
    assert [bought(params["items"]) for params in seen.named("begin_checkout")] == [
        {HAT: 1, BOOTS: 1}
    ]
    (order,) = seen.named("purchase")
    assert str(order["transaction_id"]) == seen.number
    assert bought(order["items"]) == {HAT: 1, BOOTS: 1}
    assert max(Counter(event["event_id"] for event in seen.events).values()) == 1
    pages = [view["page_location"] for view in seen.named("page_view")]
    assert sum("category/boots" in page for page in pages) == 2  # before and after the add


def test_a_product_is_added_from_the_shelf_of_those_seen_last(
    shop: Shop, new_person: Callable[[str], Person]
) -> None:
    ana = new_person(shop.origin)
    ana.opens("/catalogue/rain-boots_3/")
    ana.opens("/catalogue/wool-hat_5/")
    pod = ana.page.locator(".product_pod", has_text="Rain boots")
    pod.get_by_role("button", name="Add to basket").click()
    ana.page.get_by_text("has been added to your basket").first.wait_for()
    (added,) = shop.regulars.wait_for(ana.id(), "add_to_cart")
    assert bought(added["params"]["items"]) == {BOOTS: 1}


def test_changing_the_basket_or_trying_a_voucher_adds_nothing(
    shop: Shop, new_person: Callable[[str], Person]
) -> None:
    tomo = new_person(shop.origin)
    tomo.opens("/catalogue/wool-hat_5/")
    takes_the_hat(tomo)
    tomo.opens("/basket/")
    tomo.page.locator("#basket_formset input[type=number]").first.fill("3")
    tomo.page.get_by_role("button", name="Update").click()
    # The shop draws its basket anew; what is pressed before is gone.
    tomo.page.locator("#basket_formset input[type=number][value='3']").wait_for()
    tomo.page.locator("#voucher_form_link a").click()
    tomo.page.locator("#voucher_form input[type=text]").fill("MOON10")
    tomo.page.get_by_role("button", name="Add voucher").click()
    tomo.page.wait_for_url("**/basket/")
    tomo.opens("/catalogue/")
    shop.regulars.wait_for(tomo.id(), "page_view", 5)
    assert [
        bought(event["params"]["items"]) for event in shop.regulars.events(tomo.id(), "add_to_cart")
    ] == [{HAT: 1}]
