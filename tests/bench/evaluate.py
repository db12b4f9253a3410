"""How long does it take to judge 100 segments of one visitor with 100 events?

``python tests/bench/evaluate.py`` (``make bench ONLY=evaluate``) prints it; the rules are of every
kind the language has.
"""

from __future__ import annotations

import sys
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import checkout  # noqa: F401  (finds the program)
from figures import Figure, note, tell

from plugin.collect.event import Item
from plugin.profile.profile import Profile
from plugin.segment.evaluate import evaluate_all
from plugin.segment.facts import Facts, Happening
from plugin.segment.rule import read_rule
from plugin.shop import DAY, Shop

NOW = 1_790_046_000_000
NAMES = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase", "search")
MARK_MS = 2.0
SHOES = {"param": "item_category", "op": "is", "value": "shoes"}


def leaf(kind: int, n: int) -> dict[str, Any]:
    """One of twelve kinds of leaf; ``n`` makes each another."""
    name = NAMES[n % len(NAMES)]
    within = f"{1 + n % 60}d"
    count = {"event": name, "measure": "count", "op": ">=", "value": 1 + n % 5}
    value = {"event": name, "of": "value", "op": ">", "value": 10 + n}
    kinds: tuple[dict[str, Any], ...] = (
        {**count, "within": within},
        {**count, "op": "=", "value": 0, "within": within},
        {**count, "calendar": ("today", "this_week", "last_month")[n % 3]},
        {**count, "where": [SHOES], "within": within},
        {**value, "measure": "sum", "within": within},
        {**value, "measure": "avg"},
        {"event": "view_item", "measure": "distinct", "of": "item_id", "op": ">", "value": n % 9},
        {"event": name, "last": "older_than", "value": within, "or_never": True},
        {"sequence": ["view_item", "add_to_cart", "purchase"], "within": within},
        {"event": "add_to_cart", "not_followed_by": "purchase", "within": f"{1 + n % 40}h"},
        {"trait": "country", "op": "in", "value": ["KR", "JP", str(n)]},
        {"trait": "product_views_30d", "op": "between", "value": [1, 10 + n]},
    )
    return kinds[kind % len(kinds)]


def rules() -> dict[str, Any]:
    """A hundred segments of one to three leaves each."""
    made = {}
    for n in range(100):
        parts = [leaf(n + step * 5, n + step) for step in range(1 + n % 3)]
        made[f"s{n}"] = read_rule({("all", "any")[n % 2]: parts})
    return made


def visitor(rng: Random) -> Facts:
    """Somebody with a hundred events in ninety days; not yet asked anything."""
    events: dict[str, list[Happening]] = {name: [] for name in NAMES}
    for n, ago in enumerate(sorted((rng.randrange(90 * DAY) for _ in range(100)), reverse=True)):
        items = (Item(f"b-{rng.randrange(20)}", category=rng.choice(("Shoes", "Bags"))),)
        one = Happening(NOW - ago, f"event-{n:03}", {}, items, rng.randrange(5000), "EUR")
        events[rng.choice(NAMES)].append(one)
    times = {name: tuple(one.at for one in found) for name, found in events.items()}
    profile = Profile("cho-0123456789abcdef", first_seen_at=NOW - 90 * DAY, country="KR")
    return Facts(profile, times, {name: tuple(found) for name, found in events.items()})


def main() -> bool:
    """Print the figure; whether the mark is reached."""
    shop = Shop("moon", "pk_moon", currency="EUR", timezone="Asia/Seoul")
    segments, rng = rules(), Random(7)
    people = [visitor(rng) for _ in range(200)]
    took = []
    for one in people:
        start = perf_counter()
        evaluate_all(segments, one, NOW, shop)
        took.append((perf_counter() - start) * 1000)
    took.sort()
    middle, late = median(took), took[int(len(took) * 0.99)]
    note(f"the slowest of a hundred visitors: {late:.2f} ms")
    name = "100 segments of 100 events, ms a visitor"
    return tell([Figure(name, ("median", middle), ("may", MARK_MS), 1.0, most=True, form=".2f")])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
