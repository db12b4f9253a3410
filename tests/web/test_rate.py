"""Nobody calls in more often than is good for the others."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugin.web.rate import Buckets, Limits, TooMany

CHO = "cho-0123456789abcdef"


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("cho", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("cho", 499) > 0
    assert buckets.take("cho", 500) == 0
    assert buckets.take("ana", 0) == 0


@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_no_order_of_moments_gives_more_than_burst_and_rate(moments: list[int]) -> None:
    buckets = Buckets(rate=1, burst=5)
    given_out = sum(buckets.take("cho", moment) == 0 for moment in moments)
    assert given_out <= 5 + max(moments, default=0) / 1_000


def test_a_network_that_floods_one_shop_does_not_close_another() -> None:
    limits = Limits()
    refused = 0
    for _ in range(3_000):
        try:
            limits.check("moon", "203.0.113.0/24", 0)
        except TooMany:
            refused += 1
    assert refused == 2_000
    limits.check("sun", "203.0.113.0/24", 0)
    limits.check("moon", "198.51.100.0/24", 0)


def test_over_the_limit_the_page_is_told_when_to_come_again(moon: Any) -> None:
    ask = {"key": moon.shop.public_key, "visitor_id": CHO, "strategy": "bestsellers"}
    answers = [moon.client.post("/v1/recommend", json=ask) for _ in range(1_001)]
    assert {answer.status_code for answer in answers[:1_000]} == {200}
    last = answers[-1]
    assert (last.status_code, last.get_json()["error"]["code"]) == (429, "rate_limited")
    assert int(last.headers["Retry-After"]) >= 1
    moon.clock.at += 1_000
    assert moon.client.post("/v1/recommend", json=ask).status_code == 200
