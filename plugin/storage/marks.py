"""What has changed in a store since somebody last looked?

A mark is a word that is another one once what it stands for has changed. No counters: one that was
undone with its transaction would come again with another meaning.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple
from weakref import WeakKeyDictionary

from plugin.storage import noted
from plugin.storage.engine import Store, Tx

# Named in table ``facts``: what feeds and the API say of products; what events taught of them; the
# lists that the clock makes.
CATALOGUE, LEARNT, RANKINGS = "catalogue", "learnt", "rankings"
LOOK = """
select name, value from facts where name in ('generation', 'catalogue', 'learnt', 'rankings')
"""


class Marks(NamedTuple):
    """How things stand. ``generation``: of the owner's documents; None: never touched."""

    generation: int
    catalogue: str | None = None
    learnt: str | None = None
    rankings: str | None = None


_seen: WeakKeyDictionary[Store, tuple[int, Marks]] = WeakKeyDictionary()


def as_of(store: Store, tx: Tx, version: int | None) -> Marks:
    """All marks. version: the store's, looked up before ``tx``: while it stays the same nobody has
    written, and nothing is looked up again.
    """
    seen = _seen.get(store) if version is not None else None
    if seen is not None and seen[0] == version:
        return seen[1]
    found = look(tx)
    if version is not None:
        _seen[store] = (version, found)
    return found


def look(tx: Tx) -> Marks:
    """All marks, with one look."""
    found = dict(tx.tuples(LOOK))
    return Marks(
        int(found["generation"]), found.get(CATALOGUE), found.get(LEARNT), found.get(RANKINGS)
    )


def touch(tx: Tx, name: str) -> None:
    """Say that what ``name`` stands for has changed in this transaction."""
    noted.keep(tx, name, secrets.token_hex(8))
