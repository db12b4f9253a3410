"""The promises of plugin.collect.derive and plugin.collect.address."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.collect.address import read_address, telling
from plugin.collect.derive import candidates, quantity


def place(location: str, *keys: str) -> str | None:
    read = read_address(location)
    assert read is not None
    return read.place(frozenset(keys))


def test_a_product_is_looked_for_by_the_link_beside_it_then_by_number_then_by_page() -> None:
    said = {"page_location": "/bags/", "link_url": "https://moon.example/tote", "product_id": 7}
    assert candidates(said) == [
        ("link_url", "https://moon.example/tote"),
        ("product_id", "7"),
        ("page_location", "/bags/"),
    ]


@pytest.mark.parametrize("odd", [None, "", " ", True, -1, 1.5, [7], {"id": 7}, "x" * 129])
def test_a_number_that_cannot_be_one_is_passed_over(odd: Any) -> None:
    assert candidates({"product_id": odd, "page_location": "/tote"}) == [("page_location", "/tote")]


@pytest.mark.parametrize("odd", [None, 7, "", "\x00", ["/tote"]])
def test_an_address_that_cannot_be_one_is_passed_over(odd: Any) -> None:
    assert candidates({"link_url": odd, "page_location": odd}) == []


@pytest.mark.parametrize(
    ("said", "count"),
    [({}, 1), ({"quantity": 3}, 3), ({"quantity": "2"}, 2), ({"quantity": 0}, 1),
     ({"quantity": "many"}, 1), ({"quantity": None}, 1), ({"quantity": 1e9}, 1)],
)  # fmt: skip
def test_how_many_is_what_the_page_says_or_one(said: dict[str, Any], count: float) -> None:
    assert quantity(said) == count


@pytest.mark.parametrize(
    "same",
    [
        "https://moon.example/tote",
        "http://www.moon.example/tote/",
        "/tote",
        "//moon.example/tote#reviews",
        "https://moon.example/tote?utm_source=letter&gclid=x1",
        "https://mina:secret@moon.example:8443/tote;jsessionid=7",
    ],
)
def test_one_page_has_one_place_however_it_is_written(same: str) -> None:
    assert place(same) == "/tote"


def test_letters_of_any_script_are_the_same_encoded_or_not() -> None:
    assert place("/%EA%B0%80%EB%B0%A9/1") == place("/가방/1")


def test_only_the_keys_that_tell_are_part_of_a_place_in_one_order() -> None:
    assert place("/p?b=2&c=3&a=1", "a", "b") == place("/p?a=1&b=2&c=4", "a", "b") == "/p?a=1&b=2"


def test_the_front_page_is_no_products_place() -> None:
    assert place("https://moon.example/") is None
    assert place("https://moon.example/?p=7", "p") == "?p=7"


@pytest.mark.parametrize("odd", ["http://[", "mailto:x@y", "about:blank", "tote", "http://a:b:c/"])
def test_what_is_no_address_has_no_place(odd: str) -> None:
    read = read_address(odd)
    assert read is None or read.place(frozenset()) is None


@pytest.mark.parametrize(
    ("queries", "keys"),
    [
        (["no=1&cate=5", "no=2&cate=6", "no=3&cate=6"], {"no"}),
        (["cate=5&goods=1", "cate=6&goods=2"], {"goods"}),
        (["color=red&size=s", "color=red&size=m", "color=blue&size=s"], {"color", "size"}),
        (["no=1", "no=1"], set()),
        (["a=1&b=2", "b=2&a=1"], set()),
        ([], set()),
    ],
)
def test_the_fewest_keys_that_part_the_addresses_tell(queries: list[str], keys: set[str]) -> None:
    pages = [read_address(f"/p?{query}") for query in queries]
    assert telling(page.query for page in pages if page is not None) == keys
