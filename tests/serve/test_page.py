"""The promises of plugin.serve.page."""

from __future__ import annotations

import pytest

from plugin.serve.page import CHECKOUTS, THANK_YOUS, is_checkout, is_named, is_thank_you


@pytest.mark.parametrize(
    ("path", "patterns", "named"),
    [
        ("/shoes/7", [], True),
        ("/shoes/7", ["/shoes/*"], True),
        ("/shoes", ["/shoes/*"], True),
        ("/shoes/", ["/shoes"], True),
        ("/shoes", ["/shoes/"], True),
        ("/", ["/"], True),
        ("/shoes", ["/"], False),
        ("/shoesale", ["/shoes/*"], False),
        ("/bags/7", ["/shoes/*", "/bags/*"], True),
        ("/demo/cart", ["/demo/*", "!/demo/checkout"], True),
        ("/demo/checkout", ["/demo/*", "!/demo/checkout"], False),
        ("/demo/cart", ["!/demo/checkout"], True),
        ("/a/red/b", ["/a/*/b"], True),
        ("/a/b", ["/a/*/b"], False),
        ("/shoes?color=red", ["/shoes"], True),
        ("/detail.html?product_no=7", ["/detail.html?product_no=7"], True),
        ("/detail.html?product_no=8", ["/detail.html?product_no=7"], False),
        ("/shoes/7", ["https://moon.example/shoes/*"], True),
        ("/a.b", ["/a?b"], False),
        ("/axb", ["/a.b"], False),
    ],
)
def test_a_pattern_names_the_pages_an_owner_would_expect(
    path: str, patterns: list[str], named: bool
) -> None:
    assert is_named(path, patterns) is named


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    assert not is_named("/" + "a" * 100_000, ["/" + "*a" * 50 + "*b"])


@pytest.mark.parametrize(
    "path", ["/checkout", "/en/Checkout/", "/checkouts/abc", "/order/orderform.html", "/payment"]
)
def test_a_page_where_people_pay_is_known_by_its_path(path: str) -> None:
    assert is_checkout(path)


@pytest.mark.parametrize("path", ["/", "/cart", "/how-to-checkout-birds", "/payment-plans"])
def test_other_pages_are_not_taken_for_a_checkout(path: str) -> None:
    assert not is_checkout(path)


@pytest.mark.parametrize(
    "path",
    [
        "/thank-you",
        "/en/Thank-You/",
        "/thankyou.html",
        "/checkout/order-received/17/",
        "/checkout/success",
        "/checkout/onepage/success/",
        "/checkout/order-confirmation",
        "/checkout/thank-you/",
        "/checkouts/c1/thank_you",
        "/order/order_result.html",
        "/order-confirmation?id_order=7",
        "/index.php?route=checkout/success",
    ],
)
def test_a_page_that_thanks_for_an_order_is_known_and_is_no_checkout(path: str) -> None:
    assert is_thank_you(path)
    assert not is_checkout(path)


@pytest.mark.parametrize("path", ["/", "/thank-you-cards", "/products/thank-you-card", "/checkout"])
def test_other_pages_thank_for_nothing(path: str) -> None:
    assert not is_thank_you(path)


@pytest.mark.parametrize("path", ["/checkout/cart", "/checkout/cart/add/7", "/checkout/basket"])
def test_the_cart_is_no_checkout_wherever_it_lies(path: str) -> None:
    assert not is_checkout(path)


def test_the_owners_patterns_add_pages_and_take_some_away() -> None:
    assert is_checkout("/bestellen/1", ["/bestellen*"])
    assert is_checkout("/checkout/cart", ["/checkout/cart"])
    assert not is_checkout("/checkout/help", ["!/checkout/help"])
    assert is_thank_you("/danke", ["/danke"])
    assert not is_thank_you("/letter/thank-you", ["!/letter/*"])
    assert is_thank_you("/thank-you", ["!/letter/*"])


@pytest.mark.parametrize("pattern", [*CHECKOUTS, *THANK_YOUS])
def test_every_known_pattern_is_reached(pattern: str) -> None:
    path = pattern.replace("*", "x").replace("xx", "x") if "*?*" in pattern else pattern
    path = "/" + path.replace("*", "").strip("/")
    assert is_thank_you(path) or is_checkout(path)
