"""Is a page only being prepared, or has somebody opened it?"""

from __future__ import annotations

import pytest

from plugin.collect.agents import is_prefetch


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "prefetch;anonymous-client-ip"},
        {"Purpose": "prefetch"},
        {"X-Moz": "Prefetch"},
    ],
)
def test_a_page_that_is_only_prepared_is_no_visit(headers: dict[str, str]) -> None:
    assert is_prefetch(headers.get)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Purpose": ""}, {"Purpose": "prefetched"}, {"X-Purpose": "prefetch"}],
)
def test_a_page_that_somebody_opened_is_a_visit(headers: dict[str, str]) -> None:
    assert not is_prefetch(headers.get)
