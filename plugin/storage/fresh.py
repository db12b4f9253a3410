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

AT_ONCE = 1_000  # events that one request takes in: no request pays for a backlog
MOST_BEHIND = 50_000  # events that are taken in at all; of more, the newest

LAST = "select max(seq) from events"
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
    """What this process knows beside a model that was cut at event ``cut_seq``.

    ``forgotten``: profiles whose rows count for nothing. ``lock``: held by whoever takes something
    in, or asks a ranker that reads ``recent``.
    """

    recent: Recent
    cut_seq: int
    forgotten: frozenset[int] = frozenset()
    lock: threading.RLock = field(default_factory=threading.RLock)
    _seen: int | None = None  # the last event taken in
    _words: int = 0  # about who is forgotten

    def take_in(self, tx: Tx, words: int) -> None:
        """Take in what ``tx`` sees. words: how many rows ``forgotten`` has there."""
        with self.lock:
            # They become more until the next model; a look with fewer is an older one, come late.
            if words > self._words:
                self.forgotten = frozenset(forgotten.everybody(tx).values())
                self._words = words
            if self._seen is None:
                self._seen = max(self.cut_seq, (tx.value(LAST) or 0) - MOST_BEHIND)
            # On PostgreSQL an event may be committed after one with a higher number. Then it is
            # missed here, and its visit is a neighbour from the next build on.
            for seq, profile, at, items in tx.tuples(SINCE, last=self._seen, most=AT_ONCE):
                self._seen = seq
                for line in _lines(items) if items else ():
                    self.recent.add(profile, at, line.item_id)
