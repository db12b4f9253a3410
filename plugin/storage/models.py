"""Which model of a shop counts, and what does this process hold of it?

A model is a file that never changes, mapped into memory, so that the workers of a machine share it.
Which one counts is a row of the store, committed after the file is in its place: whoever dies in
between leaves the last good one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from plugin.serve.recommend.arrays import Arrays, Broken, Ids
from plugin.serve.recommend.baskets import Pairs
from plugin.serve.recommend.content import Words
from plugin.serve.recommend.for_you import SessionRankers
from plugin.serve.recommend.next_basket import Buyers
from plugin.serve.recommend.pages import Pages
from plugin.serve.recommend.recent import Recent
from plugin.serve.recommend.tuning import read_tuning
from plugin.storage import model_files
from plugin.storage.engine import Row, Store, Tx
from plugin.storage.fresh import Fresh

log = logging.getLogger("regulars.models")

# One look a request: which one counts, and whether somebody was forgotten since the last look.
NEWEST = """
select m.generation, m.cut_seq, (select count(*) from forgotten) as forgotten
from models m
order by m.generation desc
limit 1
"""
ROW = "select * from models order by generation desc limit 1"
KEEP = """
insert into models (generation, made_at, cut_seq, catalogue, views, sessions, orders, items,
                    seconds, bytes)
values (:generation, :made_at, :cut_seq, :catalogue, :views, :sessions, :orders, :items,
        :seconds, :bytes)
"""
OLDER = "delete from models where generation < (select max(m.generation) from models m)"
OLDER_PARTS = """
delete from model_parts where generation < (select max(m.generation) from models m)
"""
SOMETHING = "select 1 from items where availability <> 'removed' limit 1"
# Counted no further than is asked about, so that a busy shop pays no more.
NEW_DEEDS = """
select count(*) from (
  select 1 as one from events
  where seq > :cut and name in ('view_item', 'purchase') and live = 1
  limit :most
) counted
"""


class Built:
    """A model as this process holds it, with what came since. ``cut_seq``: its last event.

    Each ranker is made when it is first asked for, one a process.
    """

    def __init__(self, generation: int, cut_seq: int, arrays: Arrays) -> None:
        self.generation, self.cut_seq, self.arrays = generation, cut_seq, arrays
        self.ids = Ids(arrays)
        self.fresh = Fresh(Recent(self.ids), cut_seq)

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held by a thread while it asks a ranker that is given ``recent``."""
        return self.fresh.lock

    @property
    def recent(self) -> Recent:
        """The visits since the model was cut; its numbers go on where the model's end."""
        return self.fresh.recent

    @property
    def forgotten(self) -> frozenset[int]:
        """Profiles that were erased, joined or parted since: their rows count for nothing."""
        return self.fresh.forgotten

    @cached_property
    def sessions(self) -> SessionRankers:
        """What goes with a visit."""
        return SessionRankers(self.arrays, read_tuning(self.arrays.meta.get("tuning", {})))

    @cached_property
    def pairs(self) -> Pairs:
        """What goes with a cart."""
        return Pairs(self.arrays)

    @cached_property
    def buyers(self) -> Buyers:
        """What a buyer orders next."""
        return Buyers(self.arrays)

    @cached_property
    def words(self) -> Words:
        """What is like a product by what the catalogue says of it."""
        return Words(self.arrays)

    @cached_property
    def pages(self) -> Pages:
        """What was worked out for the pages of products."""
        return Pages(self.arrays)


@dataclass
class _Held:
    """The model of one store in this process."""

    built: Built | None = None
    failed: int = -1  # a generation that cannot be read here
    version: int | None = None  # of the store, when it was last looked at
    opening: threading.Lock = field(default_factory=threading.Lock)


_held: WeakKeyDictionary[Store, _Held] = WeakKeyDictionary()
_holding = threading.Lock()


def current(store: Store, tx: Tx, version: int | None = None) -> Built | None:
    """The shop's model with what came since, as of ``tx``, a look into ``store``.

    None: there is none yet, or none that can be read here. version: the store's, looked up before
    ``tx``: while it stays the same nothing is looked up again.
    """
    known = _held.get(store) if version is not None else None
    if known is not None and known.version == version:
        return known.built
    found = tx.one(NEWEST)
    if found is None or store.models is None:
        return None
    with _holding:
        held = _held.setdefault(store, _Held())
    if held.failed == found["generation"]:
        return None
    # An older look into the store may come late: the newer model serves it as well.
    if held.built is None or held.built.generation < found["generation"]:
        _open(held, store, tx, found)
    is_newest = held.built is not None and held.built.generation == found["generation"]
    if held.built is not None and is_newest and held.built.fresh.take_in(tx, found["forgotten"]):
        held.version = version
    return held.built


def newest(tx: Tx) -> Row | None:
    """What is known of the model that counts: generation, made_at (Unix ms), cut_seq, catalogue
    (its version), views, sessions, orders, items, seconds, bytes; None: there is none.
    """
    return tx.one(ROW)


def keep(tx: Tx, row: Mapping[str, Any]) -> None:
    """Let a generation count whose file is in its place; the keys are those of ``newest``."""
    tx.run(KEEP, **row)
    tx.run(OLDER)
    tx.run(OLDER_PARTS)


def is_something(tx: Tx) -> bool:
    """Whether there is anything to learn from: a product that a feed or an event named."""
    return tx.value(SOMETHING) is not None


def new_deeds(tx: Tx, cut_seq: int, most: int) -> int:
    """How many views and purchases came after the event ``cut_seq``; counted up to ``most``."""
    return int(tx.value(NEW_DEEDS, cut=cut_seq, most=most))


def _open(held: _Held, store: Store, tx: Tx, found: Row) -> None:
    """Open the generation that counts; while a thread does, others go on with what is held."""
    generation = int(found["generation"])
    if store.models is None or not held.opening.acquire(blocking=held.built is None):
        return
    try:
        if held.built is not None and held.built.generation >= generation:
            return
        if (
            store.dialect == "postgresql"
            and not model_files.place(store.models, generation).exists()
        ):
            model_files.fetch(tx, store.models, generation)
        arrays = model_files.read(store.models, generation)
        held.built = Built(generation, int(found["cut_seq"]), arrays)
    except (OSError, Broken) as trouble:
        # Said once; the job that builds models finds it out as well, and makes another.
        log.warning("model %d cannot be read: %s", generation, trouble)
        held.failed = generation
    finally:
        held.opening.release()
