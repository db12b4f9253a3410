"""Which orders were only concluded from a page that thanks for one, and who says better?"""

from __future__ import annotations

from collections.abc import Iterable

from plugin.shop import MINUTE
from plugin.storage.engine import Row, Tx

GUESSED = "visit-"  # such an order number was made by us
NEAR_MS = 30 * MINUTE  # a guess and a word so far apart may be of one order
MARK = "found_by"  # the param that every derived event has
TOLD = """
select at from events
where profile = :profile and name = 'purchase' and at > :since and at < :until
  and params not like '%"found_by":%'
limit 1
"""
GUESSES = """
select event_id, profile, at, transaction_id from events
where profile in ints(:profiles) and name = 'purchase' and live = 1
  and transaction_id like 'visit-%' and at > :since and at < :until
order by at, event_id
"""
NAME = "update events set transaction_id = :transaction_id where event_id = :event_id"
FORGET = "delete from orders where transaction_id = :transaction_id"


def told_lately(tx: Tx, profile: int, at: int) -> bool:
    """Whether a page or the shop itself told of an order half an hour around ``at`` (Unix ms)."""
    near = {"since": at - NEAR_MS, "until": at + NEAR_MS}
    return tx.value(TOLD, profile=profile, **near) is not None


def name_guesses(tx: Tx, told: Iterable[tuple[int, int, str]]) -> int:
    """Give guessed orders the numbers they turn out to have, so that each is one order; how many.

    told: profile, time (Unix ms) and number of orders that somebody told of just now. The guess of
    the same profile that is nearest, at most half an hour away, is meant; settling the number
    (``orders.settle``) then says which of the two counts.
    """
    words = sorted(told, key=lambda word: (word[1], word[2]))
    if not words:
        return 0
    left = tx.all(
        GUESSES,
        profiles=sorted({profile for profile, _, _ in words}),
        since=words[0][1] - NEAR_MS,
        until=words[-1][1] + NEAR_MS,
    )
    named = 0
    for profile, at, number in words:
        near = [g for g in left if g["profile"] == profile and abs(g["at"] - at) < NEAR_MS]
        if near:
            guess = min(near, key=lambda row: abs(row["at"] - at))
            left.remove(guess)
            _name(tx, guess, number)
            named += 1
    return named


def _name(tx: Tx, guess: Row, number: str) -> None:
    tx.run(FORGET, transaction_id=guess["transaction_id"])
    tx.run(NAME, event_id=guess["event_id"], transaction_id=number)
