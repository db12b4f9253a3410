"""The promises of plugin.serve.page."""

from __future__ import annotations

import pytest

from plugin.serve.page import is_checkout, is_named


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
