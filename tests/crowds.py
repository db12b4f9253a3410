"""Very many people who meet a popup at once, written straight into the tables."""

from __future__ import annotations

from plugin.storage.engine import Store

PEOPLE = "insert into profiles (id, visitor_id) values (:id, :visitor_id)"
MET = """
insert into exposures (kind, slug, profile, arm, first_at, last_at, views)
values ('popup', 'hello', :profile, :arm, :at, :at, 1)
"""
BOUGHT = """
insert into orders (transaction_id, event_id, profile, at, day, currency, value)
values (:number, :number, :profile, :at, 0, :currency, 20000)
"""


class Crowd:
    """The people of one shop so far, who come one after the other."""

    def __init__(self, store: Store, currency: str) -> None:
        self._store, self._currency, self._last = store, currency, 0

    def meets(self, arm: str, visitors: int, orders: int, at: int) -> None:
        """``visitors`` more meet the popup "hello" in one arm at ``at`` (Unix ms); the first
        ``orders`` of them buy at once, each for 20,000 minor units.
        """
        people = range(self._last + 1, self._last + visitors + 1)
        self._last += visitors
        buyers = people[:orders]
        with self._store.write() as tx:
            tx.fill(PEOPLE, [(one, f"somebody-{one:08d}") for one in people])
            tx.many(MET, [{"profile": one, "arm": arm, "at": at} for one in people])
            bought = {"at": at + 1, "currency": self._currency}
            tx.many(BOUGHT, [{"number": f"A-{one}", "profile": one, **bought} for one in buyers])
