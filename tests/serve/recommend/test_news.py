"""The promises of plugin.serve.recommend.news: what is news to somebody who looked before?"""

from __future__ import annotations

from plugin.serve.recommend.news import Told, good_news


def told(at: int, price: int = 100, *, sale: int | None = None, out: bool = False) -> Told:
    return Told(at, price, sale, "EUR", "out_of_stock" if out else "in_stock")


def test_it_is_news_that_it_came_back_from_the_moment_it_did() -> None:
    assert good_news([told(1, out=True), told(7)], looked_at=5) == 7


def test_it_is_news_that_it_was_gone_and_came_back_meanwhile() -> None:
    assert good_news([told(1), told(6, out=True), told(7), told(8, 101)], looked_at=5) == 7


def test_a_fall_is_news_since_the_price_is_so_low_for_good() -> None:
    assert good_news([told(1), told(6, 95), told(7, 100), told(8, 95), told(9, 94)], 5) == 8


def test_a_sale_is_a_fall() -> None:
    assert good_news([told(1), told(6, 100, sale=80)], looked_at=5) == 6


def test_a_sale_price_above_the_price_is_none() -> None:
    assert good_news([told(1), told(6, 100, sale=120)], looked_at=5) is None


def test_less_than_a_twentieth_is_no_news() -> None:
    assert good_news([told(1), told(6, 96)], looked_at=5) is None


def test_of_two_pieces_of_news_the_later_one_counts() -> None:
    assert good_news([told(1, out=True), told(6), told(8, 90)], looked_at=5) == 8


def test_what_cannot_be_bought_is_no_news() -> None:
    assert good_news([told(1), told(6, 50, out=True)], looked_at=5) is None


def test_a_price_in_another_currency_says_nothing() -> None:
    assert good_news([told(1), told(6, 50)._replace(currency="KRW")], looked_at=5) is None


def test_a_product_that_was_first_told_of_after_the_look_did_not_fall() -> None:
    assert good_news([told(6), told(7, 50)], looked_at=5) is None


def test_nothing_told_is_no_news() -> None:
    assert good_news([], looked_at=5) is None
