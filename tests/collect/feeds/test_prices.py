"""Prices are read as people of many countries write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.collect.feeds.prices import read_price
from plugin.errors import EventRefused


@pytest.mark.parametrize(
    ("said", "shops", "amount", "currency"),
    [
        ("12.00 USD", "EUR", "12.00", "USD"), ("USD 12", "EUR", "12", "USD"),
        ("1.234,56 €", "USD", "1234.56", "EUR"), ("€1,234.56", "USD", "1234.56", "EUR"),
        ("12,50", "EUR", "12.50", None), ("1 234,56 zł", "PLN", "1234.56", "PLN"),
        ("1'234.50 CHF", "CHF", "1234.50", "CHF"), ("12,000원", "KRW", "12000", "KRW"),
        ("₩12,000", "KRW", "12000", "KRW"), ("12.000", "KRW", "12000", None),
        ("\uffe5\uff11\uff0c\uff12\uff10\uff10", "JPY", "1200", "JPY"),
        ("1,200円", "JPY", "1200", "JPY"),
        ("¥88", "CNY", "88", "CNY"), ("$5", "CAD", "5", "CAD"), ("$5", "EUR", "5", "USD"),
        ("1,234,567", "USD", "1234567", None), ("0.999", "USD", "0.999", None),
        ("1.250 KWD", "KWD", "1.250", "KWD"), ("12000.00", "KRW", "12000.00", None),
    ],
)  # fmt: skip
def test_a_price_is_read_as_it_is_written(
    said: str, shops: str, amount: str, currency: str | None
) -> None:
    assert read_price(said, shops) == (amount, currency)


@pytest.mark.parametrize(
    "said", ["-5", "5-", "\u22125 €", "NaN", "1e5", "five", "5 bananas", "1" * 99]
)
def test_what_is_no_price_is_refused(said: str) -> None:
    with pytest.raises(EventRefused):
        read_price(said, "USD")


@pytest.mark.parametrize("said", ["", "  ", None])
def test_no_price_is_no_price(said: str | None) -> None:
    assert read_price(said, "USD") is None


@given(st.decimals(0, 10**9, places=2))
def test_a_plain_amount_comes_back_as_it_was(amount: object) -> None:
    assert read_price(f"{amount} USD", "EUR") == (str(amount), "USD")
