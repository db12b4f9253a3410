"""Whose rows may a model still hold, though the profile is erased, joined with others or parted?

Models are read by all workers and made anew by the clock; until then what they hold of these
profiles is left out of every answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugin.storage.engine import Tx

FORGET = "insert into forgotten (profile) values (:profile)"
ALL = "select seq, profile from forgotten"
REMEMBER = "delete from forgotten where seq in ints(:seqs)"


def forget(tx: Tx, profile: int) -> None:
    """Leave a profile out of the model that is there; the next one is made without it."""
    tx.run(FORGET, profile=profile)


def everybody(tx: Tx) -> dict[int, int]:
    """The profiles that are left out, each under the number of the word that said so."""
    return dict(tx.tuples(ALL))


def remember(tx: Tx, seqs: Sequence[int]) -> None:
    """Drop words that a new model has taken in. By number: on PostgreSQL a lower one that the
    model has not seen may be committed after it was begun.
    """
    tx.run(REMEMBER, seqs=list(seqs))
