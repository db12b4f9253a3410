"""How long does a preview of a rule take, for each kind of leaf?

``python tests/bench/preview.py`` (``make bench ONLY=preview``): 2.6 million events of some 216,000
visitors are written to a temporary folder, or are there already (PREVIEW_STORE: the file), and each
rule is looked at in them three times; the best of them is told. Beside it: the processor time of
all its looks, what one look needs alone, and the first answer.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import checkout  # noqa: F401  (before plugin)
from figures import Figure, note, tell
from fill import SHOP, fill, open_store, sample

from plugin.segment.rule import Rule, read_rule
from plugin.segment.traits import BOOL, TEXT, TRAITS, Trait
from plugin.shop import SECOND
from plugin.storage import letters, rules, segments
from plugin.storage.engine import Tx
from plugin.storage.rule_look import Wanted, looked
from plugin.storage.sqlite import SqliteStore

EVENTS = int(os.environ.get("PREVIEW_EVENTS", "2600000"))
ROUNDS = 3
MARK_S = 1.0
FIRST_MS = 300
WHOLE = Wanted(sample=20)
SHOES = {"param": "item_category", "op": "contains", "value": "shoes"}
VIEWS: dict[str, Any] = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
PAGES = VIEWS | {"event": "page_view"}
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
    "where, a param": PAGES
    | {"where": [{"param": "page_location", "op": "contains", "value": "sale"}]},
    "where, a param, not in ASCII": PAGES
    | {"where": [{"param": "page_title", "op": "contains", "value": "신발"}]},
    "last older than 60 days": {"event": "purchase", "last": "older_than", "value": "60d"},
    "sequence": {"sequence": ["view_item", "add_to_cart", "purchase"], "within": "1d"},
    "not followed by": {"event": "add_to_cart", "not_followed_by": "purchase", "within": "1d"},
}


def of_trait(trait: Trait) -> dict[str, Any]:
    """A leaf that asks the trait of everybody."""
    if trait.kind == BOOL:
        return {"trait": trait.name, "op": "is", "value": True}
    if trait.kind == TEXT:
        return {"trait": trait.name, "op": "is", "value": "winter"}
    return {"trait": trait.name, "op": ">", "value": 0.3}


# Those that are more than a column of the profile.
LEAVES |= {one.name: of_trait(one) for one in TRAITS.values() if one.counts or one.worked}
LEAVES["all of five"] = {
    "all": [
        LEAVES["count >= 3, 30 days"],
        LEAVES["count = 0, ever"],
        {"not": LEAVES["not followed by"]},
        LEAVES["trait, date"],
        {"any": [LEAVES["trait, text"], LEAVES["bucket"]]},
    ]
}


def main() -> bool:
    """Fill, look, tell; whether all marks are reached."""
    kept = os.environ.get("PREVIEW_STORE")
    if kept:
        return measure(Path(kept))
    folder = Path(tempfile.mkdtemp(prefix="preview-"))
    try:
        rng = Random(7)
        like = sample(folder / "sample.db", rng)
        fill(folder / "shop.db", like, EVENTS, rng)
        return measure(folder / "shop.db")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(path: Path) -> bool:
    """Look at each rule in the store at ``path``; whether each is within the mark."""
    store = open_store(path)
    letters.take_in(store)  # as the clock does
    reached = []
    with store.read() as tx:
        tx.all("select count(*) from events where items = ''")  # the file is in memory from here on
        for name, document in LEAVES.items():
            reached.append(tell([figure(store, tx, name, read_rule(document))]))
    store.close()
    return all(reached)


def figure(store: SqliteStore, tx: Tx, name: str, rule: Rule) -> Figure:
    """How long a whole preview of the rule takes, of the second it may take."""
    now = int(time.time() * SECOND)
    slugs = [one.slug for one in segments.definitions(tx)]
    wanted = Wanted(WHOLE.sample, slugs)
    used = time.process_time()
    took, found = best(lambda: looked(store, tx, rule, now, SHOP, wanted))
    used = (time.process_time() - used) / ROUNDS
    alone, count = best(lambda: rules.count_matching(tx, rule, now, SHOP))
    first, told = best(lambda: rules.fast_estimate(tx, rule, now, SHOP, 200))
    assert found.count == count, name
    late = "" if first * SECOND <= FIRST_MS else "  SHORT"
    note(
        f"{name}: {count:,} visitors; {used:.2f} s of a processor; one look counts them in"
        f" {alone:.2f} s; first answer {first * SECOND:.0f} ms: {told.visitors:,}{late}"
    )
    return Figure(f"preview: {name}", ("s", took), ("may", MARK_S), 1.0, most=True, form=".2f")


def best(ask: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest time (s) of some rounds, and the answer."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - began)
    return min(times), answer


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
