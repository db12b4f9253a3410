"""How long does it take to count the visitors a rule holds for, for each kind of leaf?

``python tests/bench/preview.py [sqlite]``: 2.6 million events of some 216,000 visitors are written
to a temporary folder, and each rule is counted in them three times; the best of them is told.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import checkout  # noqa: F401  (before plugin)
from figures import note
from fill import SHOP, fill, open_store, sample

from plugin.segment.rule import read_rule
from plugin.shop import SECOND
from plugin.storage import rules

EVENTS = int(os.environ.get("PREVIEW_EVENTS", "2600000"))
ROUNDS = 3
MARK_S = 1.0
SHOES = {"param": "item_category", "op": "contains", "value": "shoes"}
VIEWS: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
LEAVES: dict[str, Any] = {
    "everyone": {"everyone": True},
    "trait, text": {"trait": "country", "op": "is", "value": "KR"},
    "trait, date": {"trait": "first_seen", "op": "newer_than", "value": "30d"},
    "trait, anniversary": {"trait": "first_seen", "op": "anniversary_in_next", "value": "7d"},
    "trait, declared": {"trait": "size", "op": "is", "value": "L"},
    "bucket": {"bucket": "spring", "below": 10},
    "count >= 1": VIEWS,
    "count >= 3, 30 days": VIEWS | {"value": 3, "within": "30d"},
    "count = 0, ever": {"event": "purchase", "measure": "count", "op": "=", "value": 0},
    "count >= 1, this month": VIEWS | {"calendar": "this_month"},
    "days >= 2": VIEWS | {"measure": "days", "value": 2},
    "sum of value": {"event": "purchase", "measure": "sum", "of": "value", "op": ">", "value": 100},
    "average price": VIEWS | {"measure": "avg", "of": "price", "op": ">", "value": 20},
    "distinct products": VIEWS | {"measure": "distinct", "of": "item_id", "value": 3},
    "distinct products, 30 days": VIEWS
    | {"measure": "distinct", "of": "item_id", "value": 3, "within": "30d"},
    "where, text of a line": VIEWS | {"where": [SHOES]},
    "where, text, 30 days": VIEWS | {"where": [SHOES], "within": "30d"},
    "where, price": VIEWS | {"where": [{"param": "price", "op": ">", "value": 100}]},
    "where, a param": {
        "event": "page_view",
        "measure": "count",
        "op": ">=",
        "value": 1,
        "where": [{"param": "page_location", "op": "contains", "value": "sale"}],
    },
    "last older than 60 days": {"event": "purchase", "last": "older_than", "value": "60d"},
    "sequence": {"sequence": ["view_item", "add_to_cart", "purchase"], "within": "1d"},
    "not followed by": {"event": "add_to_cart", "not_followed_by": "purchase", "within": "1d"},
}
LEAVES["all of five"] = {
    "all": [
        LEAVES["count >= 3, 30 days"],
        LEAVES["count = 0, ever"],
        {"not": LEAVES["not followed by"]},
        LEAVES["trait, date"],
        {"any": [LEAVES["trait, text"], LEAVES["bucket"]]},
    ]
}


def main() -> None:
    """Fill, count, tell."""
    folder = Path(tempfile.mkdtemp(prefix="preview-"))
    try:
        rng = Random(7)
        like = sample(folder / "sample.db", rng)
        fill(folder / "shop.db", like, EVENTS, rng)
        measure(folder / "shop.db")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(path: Path) -> None:
    """Count each rule in the store at ``path``, and tell the seconds it took."""
    store, now = open_store(path), int(time.time() * SECOND)
    with store.read() as tx:
        tx.all("select count(*) from events where items = ''")  # the file is in memory from here on
        for name, document in LEAVES.items():
            rule = read_rule(document)
            took, found = best(lambda rule=rule: rules.count_matching(tx, rule, now, SHOP))
            first, told = best(lambda rule=rule: rules.fast_estimate(tx, rule, now, SHOP, 200))
            mark = "" if took <= MARK_S else "  SHORT"
            note(
                f"{name:<28} {took:7.3f} s for {found:>8,} visitors; first answer"
                f" {first * 1000:4.0f} ms: {told.visitors:>8,}{mark}"
            )
    store.close()


def best(ask: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest time (s) of some rounds, and the answer."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - began)
    return min(times), answer


if __name__ == "__main__":
    main()
