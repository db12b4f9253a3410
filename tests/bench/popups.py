"""What does deciding a popup add to an answer, beyond judging the visitor's segments?

A shop of 100 segments and 50 live popups of every sort, two in three for a segment of their own,
people with a hundred events and a past of popups. ``python tests/bench/popups.py``
(``make bench ONLY=popups``) prints it: the CPU time from segments that are judged to the
popup's public form, with every look into the store on the way.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from time import thread_time
from typing import Any

import checkout  # noqa: F401  (finds the program)
import evaluate
from figures import Figure, note, percentile, tell

from plugin.collect.event import Event, Item
from plugin.journey import STEPS, Wish
from plugin.journey.offers import desk
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage.engine import Store
from plugin.storage.migrate import migrate
from plugin.storage.sqlite import SqliteStore

NOW = evaluate.NOW
POPUPS, PEOPLE, ROUNDS = 50, 120, 5
MARK_MS = 1.0
PAGES = ("/", "/shoes/7", "/cart")


def popup(n: int) -> dict[str, Any]:
    """The n-th popup: kinds, triggers, caps and targets of every sort."""
    doc: dict[str, Any] = {
        "kind": ("modal", "bar", "slide", "teaser")[n % 4],
        "trigger": ({"on": "exit"}, [{"on": "time"}, {"on": "scroll"}], {"on": "idle"})[n % 3],
        "variants": [{"blocks": [{"type": "text", "text": {"en": "Hi {name|you}", "ko": "안녕"}}]}],
        "caps": {"per_visit": 1, "per_week": 1 + n % 3},
        "stop_on": ["answer", "close2", "purchase"],
        "priority": n % 7,
        "pages": (["/shoes/*", "/cart", "/"], ["!/account/*"], [])[n % 3],
    }
    if n % 3 < 2:
        doc["audience"] = {"segment": f"s{n * 2}"}
    if n % 5 == 0:
        doc |= {"discount": True, "schedule": {"hours": "00:00-23:59"}, "visitors": "returning"}
    if n % 7 == 0:
        doc |= {"languages": ["ko", "en"], "cart": {"items_min": 1}}
    return doc


def stock(store: Store, shop: Shop) -> None:
    """Segments, popups, and people with a past."""
    with store.write() as tx:
        for slug, rule in evaluate.rules().items():
            STEPS["put_segment"](
                tx, shop, slug=slug, name=slug, rule=rule.document, enabled=True, now=NOW
            )
        for n in range(POPUPS):
            STEPS["put_campaign"](
                tx, shop, kind="popup", slug=f"p{n}", body=popup(n), enabled=True, now=NOW
            )
    rng = Random(11)
    for n in range(PEOPLE):
        with store.write(synced=False) as tx:
            STEPS["collect"](tx, shop, events=[*life(person(n), rng)])


def person(n: int) -> str:
    """The id of a visitor."""
    return f"visitor-bench-{n:06d}"


def life(who: str, rng: Random) -> list[Event]:
    """A hundred events in ninety days, some of this visit, and a dozen popups met."""
    found = []
    for n in range(100):
        ago = rng.randrange(90 * DAY) if n < 90 else (100 - n) * MINUTE
        items = (Item(f"b-{rng.randrange(20)}", category="Shoes"),)
        name = rng.choice(("page_view", "view_item", "add_to_cart", "search"))
        found.append(Event(f"{who}-{n:03}", who, name, NOW - ago, NOW - ago, {}, items))
    for n in range(12):
        at = NOW - rng.randrange(HOUR, 30 * DAY)
        params = {"popup_id": f"p{rng.randrange(POPUPS)}"}
        for step, name in enumerate(("popup_view", "popup_dismiss")[: rng.randrange(1, 3)]):
            found.append(Event(f"{who}-p{n}-{step}", who, name, at + step, at + step, params))
    return sorted(found, key=lambda one: one.key)


def decided(store: Store, shop: Shop, who: str, path: str) -> tuple[float, bool]:
    """How long one decision took (ms) once the segments were judged, and whether one came."""
    with desk(store, shop, Wish(visitor_id=who, path=path, popup=True), NOW) as open_desk:
        _ = open_desk.acting.inside
        began = thread_time()
        found = open_desk.popup()
        return (thread_time() - began) * 1000, found is not None


def main() -> bool:
    """Print the figures; whether the mark is reached."""
    folder = Path(tempfile.mkdtemp(prefix="popups-"))
    store = SqliteStore(folder / "shop.db")
    try:
        migrate(store, "shop")
        shop = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")
        stock(store, shop)
        asked = [(person(n), path) for n in range(PEOPLE) for path in PAGES]
        for who, path in asked[:50]:
            decided(store, shop, who, path)  # what is kept from one answer to the next
        # The quickest of a few: what else the machine does is none of ours.
        told = [min(decided(store, shop, *one) for _ in range(ROUNDS)) for one in asked]
    finally:
        store.close()
        shutil.rmtree(folder, ignore_errors=True)
    took = [ms for ms, _ in told]
    came = sum(found for _, found in told) / len(told)
    note(f"{POPUPS} popups, 100 segments, {len(took):,} pages, {came:.0%} of them with a popup")
    may = ("may", MARK_MS)
    median_ms, late_ms = median(took), percentile(took, 0.99)
    return tell(
        Figure(f"a popup decided, ms beyond segments, {name}", (name, ms), may, 1.0, True, ".2f")
        for name, ms in (("median", median_ms), ("p99", late_ms))
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
