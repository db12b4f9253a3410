"""Which events were sent, which were acknowledged, and does the store agree?"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from plugin import journey
from plugin.config import load_settings
from plugin.storage.engine import Store
from plugin.storage.house import House

# Past the unique index, which a broken file may hold though the table has a row twice.
STORED = "select event_id, count(*) from events not indexed group by event_id"
COUNTED = "select visitor_id, pageviews_total, orders_total from profiles"


@dataclass(frozen=True)
class Parcel:
    """One batch of events as it was sent, however often. All its events are new."""

    visitor_id: str
    events: tuple[dict[str, Any], ...]
    body: bytes

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its events."""
        return tuple(event["event_id"] for event in self.events)


@dataclass
class Ledger:
    """What the clients know. They add to it from several threads."""

    sent: list[Parcel] = field(default_factory=list)
    acked: list[Parcel] = field(default_factory=list)
    resends: int = 0
    known: int = 0  # batches whose first good answer said: stored before
    abandoned: int = 0  # never acknowledged: stored as a whole, or not at all
    troubles: list[str] = field(default_factory=list)  # answers that nobody should ever get
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def send(self, parcel: Parcel) -> None:
        """A batch is about to be sent for the first time."""
        with self._lock:
            self.sent.append(parcel)

    def again(self) -> None:
        """A batch is sent once more, because no good answer came."""
        with self._lock:
            self.resends += 1

    def give_up(self) -> None:
        """A batch is not sent any more: the tab was closed."""
        with self._lock:
            self.abandoned += 1

    def complain(self, text: str) -> None:
        """An answer was wrong in itself."""
        with self._lock:
            self.troubles.append(text)

    def answered(self, parcel: Parcel, counts: dict[str, Any], tries: int) -> None:
        """A batch was acknowledged at its ``tries``-th sending."""
        stored, known, all_of_it = counts["accepted"], counts["duplicates"], len(parcel.events)
        whole = (stored, known) in ((all_of_it, 0), (0, all_of_it))
        if not whole or counts["refused"] or (tries == 1 and known):
            self.complain(f"{all_of_it} events, sending {tries}, answered {counts}")
        with self._lock:
            self.acked.append(parcel)
            self.known += stored == 0

    @property
    def acked_events(self) -> int:
        """How many events were acknowledged."""
        return sum(len(parcel.events) for parcel in self.acked)


@dataclass
class Verdict:
    """What is wrong with a store; every list is empty when all is well."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    never_sent: list[str] = field(default_factory=list)
    half: list[tuple[str, ...]] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def __str__(self) -> str:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return "; ".join(f"{len(v)} {k}: {v[:3]}" for k, v in found.items() if v) or "all is well"


def judge(folder: Path, ledger: Ledger, shop: str = "moon") -> Verdict:
    """Open the (stopped) installation in ``folder`` and hold its store against the ledger."""
    house = House(load_settings({}, data=folder))
    try:
        found = judge_store(house.store(shop), ledger)
        found.miscounted += rebuilt(house, shop)
        return found
    finally:
        house.close()


def judge_store(store: Store, ledger: Ledger) -> Verdict:
    """Hold a store against the ledger."""
    with store.read() as tx:
        stored = dict(tx.tuples(STORED))
        counted = {visitor: counts for visitor, *counts in tx.tuples(COUNTED)}
        damaged = damage(tx)
    acked = {one for parcel in ledger.acked for one in parcel.ids}
    sent = {one for parcel in ledger.sent for one in parcel.ids}
    return Verdict(
        lost=sorted(acked - stored.keys()),
        doubled=sorted(one for one, times in stored.items() if times > 1),
        never_sent=sorted(stored.keys() - sent),
        half=[p.ids for p in ledger.sent if 0 < sum(i in stored for i in p.ids) < len(p.ids)],
        miscounted=miscounted(ledger.sent, stored.keys(), counted),
        damaged=damaged,
        troubles=list(ledger.troubles),
    )


def damage(tx: Any) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    said = [row[0] for row in tx.tuples("pragma integrity_check")]
    broken = tx.tuples("pragma foreign_key_check")
    return [one for one in said if one != "ok"] + [str(row) for row in broken]


def miscounted(
    sent: Iterable[Parcel], stored: Iterable[str], counted: dict[str, list[int]]
) -> list[str]:
    """Visitors whose page views or orders are not those of their stored events."""
    there = set(stored)
    views: Counter[str] = Counter()
    orders: dict[str, set[str]] = {}
    for parcel in sent:
        for event in parcel.events:
            if event["event_id"] not in there:
                continue
            views[parcel.visitor_id] += event["name"] == "page_view"
            if event["name"] == "purchase":
                number = event["params"]["transaction_id"]
                orders.setdefault(parcel.visitor_id, set()).add(number)
    return [
        f"{visitor}: {counted.get(visitor)}, not {due}"
        for visitor in views
        if counted.get(visitor) != (due := [views[visitor], len(orders.get(visitor, ()))])
    ]


def rebuilt(house: House, shop: str) -> list[str]:
    """Whether any profile says something else than its log, which is now told anew."""
    told = journey.rebuild(house.store(shop), house.shop(shop))
    return [f"{told['changed']} profiles are not as their log tells"] if told["changed"] else []
