"""Which letters that folding changes stand in the events of a shop?

A look for a text in all events is quick where it can look for the very bytes. It may where no other
letters than those fold to what is looked for, and most shops hold few such letters. The clock reads
each event once to know them; of what came since, nothing is known.
"""

from __future__ import annotations

from typing import NamedTuple

from plugin.segment.text import is_odd
from plugin.storage import noted
from plugin.storage.engine import Store, Tx

TOGETHER = 20_000  # events read in one look
LOOK = "select name, value from facts where name in ('letters', 'letters_upto')"
NEXT = """
select max(seq) from (select seq from events where seq > :upto order by seq limit :most) e
"""
# Most texts are of ASCII alone: SQLite tells them by their lengths.
TEXTS = """
select params, items from events
where seq > :upto and seq <= :to and (
  length(params) <> length(cast(params as blob)) or length(items) <> length(cast(items as blob)))
"""


class Letters(NamedTuple):
    """``odd``: the letters; ``upto``: the seq of the last event that was read for them."""

    odd: str = ""
    upto: int = 0


def known(tx: Tx) -> Letters:
    """What is known."""
    found = dict(tx.tuples(LOOK))
    return Letters(found.get("letters", ""), int(found.get("letters_upto", 0)))


def take_in(store: Store) -> int:
    """Read what came since; how many letters are known now.

    Time grows with the events that came, some 3 microseconds each. On PostgreSQL, which folds by
    itself, nothing is to be known.
    """
    if store.dialect != "sqlite":
        return 0
    while True:
        with store.read() as tx:
            before = known(tx)
            upto = tx.value(NEXT, upto=before.upto, most=TOGETHER)
            if upto is None:
                return len(before.odd)
            texts = tx.tuples(TEXTS, upto=before.upto, to=upto)
        met = {one for both in texts for text in both for one in {*text}}
        odd = "".join(sorted({*before.odd, *filter(is_odd, met)}))
        with store.write() as tx:
            noted.keep(tx, "letters", odd)
            noted.keep(tx, "letters_upto", str(upto))
