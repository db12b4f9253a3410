"""Are the rankers of orders right about real orders, and how quickly?

``RECOMMEND_DATA=folder python tests/bench baskets`` prints it for Online Retail II (UCI, file
``online_retail_II_2009_2010.csv.gz``). The protocol: orders of known customers, the last 30 days
are the test. Cart: of each test order of two products or more (2,000 drawn, seed 7) one product is
left out; HR@10: it is among the ten best complements of the rest. Next basket: of 2,000 customers
drawn (seed 7) the first test order; NDCG@10 of the ten best after all orders before.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from math import log2
from pathlib import Path
from random import Random
from time import process_time, thread_time
from typing import Any, NamedTuple

import checkout  # noqa: F401  (before plugin)
from figures import Figure, note, percentile, tell

from plugin.serve.recommend.arrays import Arrays, Ids, id_arrays, in_id_order, pack
from plugin.serve.recommend.baskets import Pairs, pair_arrays
from plugin.serve.recommend.next_basket import Buyers, buyer_arrays
from plugin.serve.recommend.runs import Runs

FOLDER = "RECOMMEND_DATA"
FILE = "online_retail_II_2009_2010.csv.gz"
FIRST_DAY = date(2009, 12, 1)
PRODUCT = re.compile(r"\d{5}")  # other codes are postage, fees, samples
DAY = 86_400
TEST_DAYS = 30
DRAWN = 2_000
SEED = 7
PLACES = 10
CART_HITS = 0.316
NEXT_GAIN = 0.305
MOST_MS = 3.0  # the median of a next basket


class Order(NamedTuple):
    """What a customer ordered on a day (counted from the first): product codes in their order."""

    customer: int
    day: int
    items: list[str]


class Shop(NamedTuple):
    """A shop's model, and what came after it was cut."""

    model: Arrays
    ids: Ids
    before: dict[int, list[list[int]]]  # of each customer, oldest first
    after: list[Order]
    seconds: dict[str, float]  # of CPU, to make each part


def read(path: Path) -> list[Order]:
    """The orders in order of time; those of a day as the file has them."""
    orders: dict[tuple[int, int, str], set[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            invoice, customer, code = line["Invoice"], line["Customer ID"], line["StockCode"]
            bought = float(line["Quantity"]) > 0 and not invoice.startswith("C")
            if bought and customer and PRODUCT.match(code):
                day = (date.fromisoformat(line["InvoiceDate"][:10]) - FIRST_DAY).days
                orders.setdefault((int(float(customer)), day, invoice), set()).add(code)
    made = [Order(customer, day, sorted(items)) for (customer, day, _), items in orders.items()]
    return sorted(made, key=lambda order: order.day)


def learn(orders: Iterable[Order], cut: int) -> Shop:
    """The model of what was ordered before the day ``cut``."""
    listed = list(orders)
    old = [order for order in listed if order.day < cut]
    item_ids = in_id_order(item for order in old for item in order.items)
    number_of = {item_id: number for number, item_id in enumerate(item_ids)}
    runs, before = Runs(), defaultdict[int, list[list[int]]](list)
    for order in old:
        numbers = [number_of[item] for item in order.items]
        runs.append(numbers, order.day * DAY, order.customer)
        before[order.customer].append(numbers)
    parts: dict[str, Any] = dict(id_arrays(item_ids))
    seconds = {}
    makers: dict[str, Callable[[Runs, int], dict[str, Any]]] = {
        "pairs": pair_arrays,
        "buyers": buyer_arrays,
    }
    for name, make in makers.items():
        began = process_time()
        parts |= make(runs, len(item_ids))
        seconds[name] = process_time() - began
    model = Arrays(b"".join(pack(parts, {})))
    return Shop(model, Ids(model), before, [one for one in listed if one.day >= cut], seconds)


def carts(shop: Shop) -> tuple[float, float, list[float]]:
    """HR@10, MRR@10, and the milliseconds of CPU of each question."""
    rng, pairs = Random(SEED), Pairs(shop.model)
    asked = [order.items for order in shop.after if len(order.items) > 1]
    rng.shuffle(asked)
    hits, reciprocal, took = 0, 0.0, []
    for items in asked[:DRAWN]:
        left_out = rng.choice(items)
        cart = shop.ids.numbers(item for item in items if item != left_out)
        began = thread_time()
        found = pairs.complements(cart, PLACES)
        took.append(1_000 * (thread_time() - began))
        places = [shop.ids[number] for number, _ in found]
        if left_out in places:
            hits += 1
            reciprocal += 1 / (places.index(left_out) + 1)
    return hits / len(took), reciprocal / len(took), took


def next_baskets(shop: Shop) -> tuple[float, list[float]]:
    """NDCG@10, and the milliseconds of CPU of each question."""
    truths: dict[int, list[str]] = {}
    for order in shop.after:
        if order.customer in shop.before:
            truths.setdefault(order.customer, order.items)
    asked = sorted(truths)
    Random(SEED).shuffle(asked)
    buyers, gains, took = Buyers(shop.model), 0.0, []
    for customer in asked[:DRAWN]:
        began = thread_time()
        found = buyers.next_basket(shop.before[customer], PLACES, customer)
        took.append(1_000 * (thread_time() - began))
        gains += gain([shop.ids[number] for number, _ in found], set(truths[customer]))
    return gains / len(took), took


def gain(found: Iterable[str], truth: set[str]) -> float:
    """NDCG@10 of one answer, 0 to 1."""
    gained = sum(1 / log2(place + 2) for place, item in enumerate(found) if item in truth)
    return gained / sum(1 / log2(place + 2) for place in range(min(PLACES, len(truth))))


def main() -> bool:
    """Print the figures; whether they reach their marks."""
    folder = os.environ.get(FOLDER)
    if not folder or not (Path(folder) / FILE).exists():
        note(f"baskets: skipped, {FOLDER} names no folder with {FILE}")
        return True
    orders = read(Path(folder) / FILE)
    shop = learn(orders, max(order.day for order in orders) - TEST_DAYS)
    hits, reciprocal, cart_took = carts(shop)
    gained, next_took = next_baskets(shop)
    note(f"{len(cart_took)} carts, MRR@10 {reciprocal:.4f}; {len(next_took)} customers")
    note("; ".join(f"{name} made in {took:.1f} s of CPU" for name, took in shop.seconds.items()))
    for name, took in (("cart", cart_took), ("next basket", next_took)):
        note(f"{name}: p50 {percentile(took, 0.5):.2f}, p99 {percentile(took, 0.99):.2f} ms of CPU")
    middle = percentile(next_took, 0.5)
    return tell(
        [
            Figure("cart, HR@10", ("here", hits), ("mark", CART_HITS), 1.0, form=".4f"),
            Figure("next basket, NDCG@10", ("here", gained), ("mark", NEXT_GAIN), 1.0, form=".4f"),
            Figure("next basket, p50 ms", ("here", middle), ("mark", MOST_MS), 1.0, True, ".2f"),
        ]
    )
