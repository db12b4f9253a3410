"""A model's file holds the arrays of every ranker."""

from __future__ import annotations

from plugin.serve.product import Product
from plugin.serve.recommend.arrays import Arrays, Ids
from plugin.serve.recommend.baskets import Pairs
from plugin.serve.recommend.build import FORM, build
from plugin.serve.recommend.content import Words
from plugin.serve.recommend.for_you import SessionRankers
from plugin.serve.recommend.next_basket import Buyers
from plugin.serve.recommend.runs import Runs
from plugin.serve.recommend.words import words_of

ITEMS = ["bag", "lamp", "mug"]
BAG, LAMP, MUG = range(3)
CATALOGUE = [Product("bag", brand="Moon"), None, Product("mug", brand="Moon")]


def made(visits: list[list[int]], baskets: list[list[int]]) -> Arrays:
    sessions, orders = Runs(), Runs()
    for at, row in enumerate(visits, 1):
        sessions.append(row, at, profile=at)
    for at, row in enumerate(baskets, 1):
        orders.append(row, at, profile=at)
    return Arrays(b"".join(build(ITEMS, sessions, orders, CATALOGUE, {"shop": "moon"})))


def test_every_ranker_reads_its_part_of_the_file() -> None:
    arrays = made([[MUG, BAG]] * 3, [[MUG, LAMP]] * 3)
    assert {number for number, _ in SessionRankers(arrays).table([MUG], 3)} == {BAG}
    assert [number for number, _ in Pairs(arrays).complements([MUG], 3)] == [LAMP]
    assert Buyers(arrays).next_basket([[MUG]], 3)[0][0] == MUG
    mug = words_of(Product("mug", brand="Moon"))
    assert [number for number, _ in Words(arrays).similar(mug, 3, {MUG})] == [BAG]
    assert [Ids(arrays)[number] for number in range(3)] == ITEMS


def test_the_file_says_its_form_and_what_the_caller_says_of_it() -> None:
    meta = made([], []).meta
    assert (meta["form"], meta["shop"]) == (FORM, "moon")


def test_a_catalogue_in_which_nothing_happened_makes_a_model_too() -> None:
    arrays = made([], [])
    assert SessionRankers(arrays).table([MUG], 3) == []
    assert Pairs(arrays).complements([MUG], 3) == []


def test_whoever_waits_hears_of_every_part_and_its_size() -> None:
    heard: list[tuple[str, int]] = []
    list(build(ITEMS, Runs(), Runs(), [None] * 3, {}, lambda *said: heard.append(said)))
    assert heard[0] == ("ids", 10 + 4 * 3)
    assert [name for name, _ in heard] == ["ids", "visits", "pairs", "buyers", "words", "pages"]
