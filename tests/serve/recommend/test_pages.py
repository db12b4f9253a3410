"""What a product's page shows is worked out with the model, and is what would be worked out now."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from plugin.serve.product import Product
from plugin.serve.recommend import pages
from plugin.serve.recommend.arrays import Arrays
from plugin.serve.recommend.build import build
from plugin.serve.recommend.content import Words
from plugin.serve.recommend.for_you import SessionRankers
from plugin.serve.recommend.pages import PLACES, VIEWS, Pages
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.words import words_of

SHELF = [
    Product(
        f"p{number:03d}",
        f"Thing {number % 7} of {number % 5}",
        category=f"Kind {number % 3} > Sort {number % 9}",
        brand=f"Brand {number % 4}",
        group_id=f"group {number // 2}" if number % 10 == 0 else None,
    )
    for number in range(150)
]
NEVER_VIEWED, MOST_VIEWED = 149, 0


def views(rows: int) -> Runs:
    """Visits of four products each, low numbers far more often."""
    rng, runs = Random(7), Runs()
    for day in range(rows):
        viewed = [int(NEVER_VIEWED * rng.random() ** 2) for _ in range(3)]
        runs.append([*viewed, MOST_VIEWED], 86_400 * day, profile=1 + day)
    return runs


def model(visits: Runs) -> Arrays:
    ids = [one.item_id for one in SHELF]
    return Arrays(b"".join(build(ids, visits, Runs(), SHELF, {})))


@pytest.fixture(scope="module")
def busy() -> Arrays:
    """So many views that every product that was viewed has its lists."""
    return model(views(500))


def test_every_list_is_the_one_that_would_be_worked_out_now(busy: Arrays) -> None:
    ready, words, rankers = Pages(busy), Words(busy), SessionRankers(busy)
    for number in range(NEVER_VIEWED):
        said = words_of(SHELF[number])
        now = pages.like(words, rankers.table, said, number, PLACES)
        beside = pages.viewed(rankers.follow, rankers.table, number, PLACES)
        assert list(ready.like(number, said)) == list(now.best) != []
        assert list(ready.viewed(number)) == list(beside.best) != []


def test_a_product_that_is_described_anew_has_no_list_of_its_old_words(busy: Arrays) -> None:
    renamed = replace(SHELF[MOST_VIEWED], name="Another thing")
    assert not Pages(busy).like(MOST_VIEWED, words_of(renamed))


def test_a_product_that_nobody_viewed_is_not_worked_out_ahead(busy: Arrays) -> None:
    ready = Pages(busy)
    assert not ready.like(NEVER_VIEWED, words_of(SHELF[NEVER_VIEWED]))
    assert not ready.viewed(NEVER_VIEWED)


def test_a_shop_of_few_views_works_out_its_most_viewed_products_alone() -> None:
    visits = views(VIEWS)
    assert len(visits.items) // VIEWS == 4
    ready = Pages(model(visits))
    had = [number for number, one in enumerate(SHELF) if ready.like(number, words_of(one))]
    assert len(had) == 4
    assert MOST_VIEWED in had
