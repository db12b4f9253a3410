"""A little shop: a test makes up people, products and days, written straight into the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from plugin.profile.profile import Profile
from plugin.shop import DAY, HOUR, MINUTE
from plugin.storage import items, profiles
from plugin.storage.engine import Store, Tx
from plugin.storage.shelves import Wanted

NEW_PROFILE = "insert into profiles (visitor_id) values (:name) returning id"
LINE = """
insert into item_events (event_id, place, profile, item_id, name, at, quantity)
values (:event_id, :place, :profile, :item_id, :name, :at, :quantity)
"""
RANKED = """
insert into rankings (strategy, scope, item_id, score) values (:strategy, :scope, :item_id, :score)
"""
Shelf = Callable[[Tx, Wanted], list[str]]


class LittleShop:
    """What it sells, what its people do, and what a shelf brings forward for one of them."""

    def __init__(self, store: Store, now: int) -> None:
        self.store, self.now = store, now
        self.people: dict[str, int] = {}
        self._events = 0

    def sells(self, item_id: str, ago: int = 90 * DAY, **told: Any) -> None:
        """The catalogue says so of a product, ``ago`` ms before now."""
        with self.store.write() as tx:
            items.upsert(tx, [{"item_id": item_id, "currency": "KRW", **told}], self.now - ago)

    def sells_all(self, *item_ids: str, **told: Any) -> None:
        for item_id in item_ids:
            self.sells(item_id, **told)

    def profile(self, name: str) -> int:
        if name not in self.people:
            with self.store.write() as tx:
                self.people[name] = tx.value(NEW_PROFILE, name=name)
        return self.people[name]

    def knows(self, name: str, **fields: Any) -> None:
        """So much is known of somebody: fields of ``Profile``."""
        profile = self.profile(name)
        with self.store.write() as tx:
            profiles.save(tx, {profile: Profile(name, **fields)}, {})

    def does(self, name: str, what: str, item_ids: Iterable[str], ago: int = HOUR) -> None:
        """One product after the other, a minute apart; the products of an order at one moment."""
        profile = self.profile(name)
        self._events += 1
        with self.store.write() as tx:
            for place, item_id in enumerate(item_ids):
                step = 0 if what == "purchase" else place * MINUTE
                tx.run(
                    LINE, event_id=f"event-{self._events}", place=place, profile=profile,
                    item_id=item_id, name=what, at=self.now - ago + step, quantity=1,
                )  # fmt: skip

    def ranked(self, strategy: str, scope: str, *item_ids: str) -> None:
        """The clock made this list."""
        with self.store.write() as tx:
            for place, item_id in enumerate(item_ids, start=1):
                row = {"strategy": strategy, "scope": scope, "item_id": item_id}
                tx.run(RANKED, score=1 / place, **row)

    def wanted(self, who: str | None = None, **wanted: Any) -> Wanted:
        profile = self.profile(who) if who else None
        asked = {"now": self.now, "limit": 20, "profile_id": profile, "currency": "KRW"}
        return Wanted(**{**asked, **wanted})

    def shelf(self, of: Shelf, who: str | None = None, **wanted: Any) -> list[str]:
        asked = self.wanted(who, **wanted)
        with self.store.read() as tx:
            return of(tx, asked)
