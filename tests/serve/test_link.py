"""The promises of plugin.serve.link."""

from __future__ import annotations

import pytest

from plugin.serve.link import safe_link


@pytest.mark.parametrize(
    "link",
    ["https://moon.example/bag?x=1#top", "http://moon.example/", "/bag/7", "bag/7", "?p=7", "#top"],
)
def test_web_links_and_links_of_the_site_are_kept(link: str) -> None:
    assert safe_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "\x01javascript:x",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "/a b", '/a"b', "", None,
    ],
)  # fmt: skip
def test_a_link_that_could_run_code_is_dropped(link: str | None) -> None:
    assert safe_link(link) is None


def test_a_mail_address_is_a_link_only_where_it_may_be() -> None:
    assert safe_link("mailto:help@moon.example", mail=True) == "mailto:help@moon.example"
    assert safe_link("mailto:help@moon.example") is None


def test_a_link_without_a_scheme_is_given_a_safe_one() -> None:
    assert safe_link("//img.moon.example/7.png") == "https://img.moon.example/7.png"
