"""What was viewed since the model was cut, and whose rows are to be left out of it by now?

Taken in with each request, so that a visit which has just ended counts in the next answer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import msgspec

from plugin.serve.recommend.recent import Recent
from plugin.storage import forgotten
from plugin.storage.engine import Tx
from plugin.storage.pulse import newest_seq

AT_ONCE = 200  # events that one request takes in, some 2 ms: no request pays for a backlog
MOST_BEHIND = 20_000  # events that are taken in at all; of more, the newest

SINCE = """
select seq, profile, at, case when name = 'view_item' then items end as items
from events
where seq > :last
order by seq
limit :most
"""


class _Line(msgspec.Struct):
    item_id: str


_lines = msgspec.json.Decoder(list[_Line]).decode


@dataclass
class Fresh:
    """What this process knows beside a model. ``seen``: the last event that it took in, or that the
    model holds.

    ``forgotten``: profiles whose rows count for nothing. ``lock``: held by whoever takes something
    in, or asks a ranker that reads ``recent``.
    """

    recent: Recent
    seen: int
    forgotten: frozenset[int] = frozenset()
    lock: threading.RLock = field(default_factory=threading.RLock)
    _words: int = 0  # about who is forgotten

    def take_in(self, tx: Tx, words: int) -> bool:
        """Take in what ``tx`` sees; whether that is all, or some is left for the next request.

        words: how many rows ``forgotten`` has there.
        """
        with self.lock:
            # They become more until the next model; a look with fewer is an older one, come late.
            if words > self._words:
                self.forgotten = frozenset(forgotten.everybody(tx).values())
                self._words = words
            # On PostgreSQL an event may be committed after one with a higher number. Then it is
            # missed here, and its visit is a neighbour from the next build on.
            rows = tx.tuples(SINCE, last=self.seen, most=AT_ONCE)
            if len(rows) == AT_ONCE and (newest := newest_seq(tx) - MOST_BEHIND) > self.seen:
                rows = tx.tuples(SINCE, last=newest, most=AT_ONCE)
            for seq, profile, at, items in rows:
                self.seen = seq
                for line in _lines(items) if items else ():
                    self.recent.add(profile, at, line.item_id)
            return len(rows) < AT_ONCE
